"""How candidate themes are found, worded and measured: what the themes stage alone uses."""
