"""What notebooks begin with: finding the study, and plots."""
