"""How segments are mapped onto the codebook: what the map_codes stage alone uses."""
