"""What every stage and command rests on: a study's places, how files are written and removed, and who coded."""
