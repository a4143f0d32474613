"""Taking a participant or a document out of a study, and looking for what is left of them."""
