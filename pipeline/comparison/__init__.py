"""Agreement between coders and comparison of themes with codes, for the compare stage."""
