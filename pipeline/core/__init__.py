"""What every stage and command rests on: the places of a study, and how files are written and removed."""
