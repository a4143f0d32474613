"""What every stage and command rests on: settings, tables, paths, files, models and errors."""
