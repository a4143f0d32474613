"""What researchers decide about candidate themes: the ledger, its replay on new clusters, the questions it raises."""
