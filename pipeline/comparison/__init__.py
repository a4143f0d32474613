"""How coders, and themes and codes, are set against each other: what the compare stage alone uses."""
