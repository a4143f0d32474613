"""Counterpoint: candidate themes and framework mapping for interview studies, set against what human coders did."""
