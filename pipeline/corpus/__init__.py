"""What ingest and segment make of files: readers, who speaks, where codings lie, sentences and segments."""
