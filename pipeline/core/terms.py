"""Words that settings, tables and code share, each said once: kinds of units, of sources, of talk, and of answers."""

from typing import Literal, get_args

# How turns are divided into segments.
SegmentUnit = Literal["sentence", "window", "turn"]
# On what coders are compared; the report shows the first of them that there is.
ComparedUnit = Literal["segment", "turn", "character", "span"]
COMPARED_UNITS: tuple[str, ...] = get_args(ComparedUnit)
# What it means that a person left a passage uncoded: that no code applies, or nothing.
Uncoded = Literal["negative", "unknown"]
# What a code's threshold is for.
Aim = Literal["f1", "precision"]
# How vectors are computed, and where.
Precision = Literal["float32", "int8"]
Device = Literal["cpu", "auto"]

SOURCE_TYPES = ("interview", "focus_group", "field_note", "document")
PARTS = ("participant", "interviewer", "none")
VALENCES = ("facilitator", "barrier", "both", "neither")
# The theme of a segment that is in none.
UNASSIGNED = -1
# What a theme may be, and why a segment is in none; pipeline/decisions/states.py says what each means.
THEME_STATES = ("candidate", "open", "accepted", "rejected", "merged", "empty")
OUTSIDE = ("unlike", "rejected", "moved", "beside")

# In the place of a code, a category or a cell of the sampling frame, where a figure is of all of them together.
ALL_CODES, ALL_CATEGORIES, ANY_CODE = "(all codes)", "(all categories)", "(any code)"
EVERYTHING = "(all)"

# A code is clearly more frequent in a theme than outside where it is so many times as frequent.
CLEARLY = 2.0
# A theme holds a code where half of the code lies in it; the code fills the theme where half of the theme has it.
HALF = 0.5
