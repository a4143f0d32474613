"""What goes into a paper: tables, figures, methods and checklists as files for Word and for print."""
