"""Counterpoint: candidate themes and framework mapping for interview studies, set against what human coders did."""

import gc

# A stage is a short process, and most objects it makes stay until its end: to look through them for what can be thrown
# away after every 700 new ones, as Python does, is up to a tenth of its time.
gc.set_threshold(20_000)
