"""Terms used in settings, tables and code."""

from typing import Literal, get_args

# How turns are divided into segments.
SegmentUnit = Literal["sentence", "window", "turn"]
# Units on which coders are compared; the report shows the first one available.
ComparedUnit = Literal["segment", "turn", "exchange", "character", "span"]
COMPARED_UNITS: tuple[str, ...] = get_args(ComparedUnit)
# How uncoded passages are treated: as not matching any code, or as not assessed.
Uncoded = Literal["negative", "unknown"]
# What people coded as one: each passage, or a question with its whole answer.
CodedUnit = Literal["segment", "exchange"]
# What a code's threshold is optimised for.
Aim = Literal["f1", "precision"]
# Precision of vectors, and the device that computes them.
Precision = Literal["float32", "int8"]
Device = Literal["cpu", "auto"]
# Size of the sheets that workbooks and Word documents are laid out for.
Paper = Literal["a4", "letter"]

SOURCE_TYPES = ("interview", "focus_group", "field_note", "document")
PARTS = ("participant", "interviewer", "none")
# What a memo that was imported belongs to.
MEMOS_ABOUT = ("project", "code", "document", "case", "passage", "attribute", "set", "journal")
VALENCES = ("facilitator", "barrier", "both", "neither")
# Theme id of segments without a theme.
UNASSIGNED = -1
# What is said of talk that nothing sets apart: neither shared nor stable, however often it is found again.
LOOSE = "No theme of its own: its segments have little in common but that they fit no other theme better."
PROCEDURAL = "About the interview itself: most of its segments are about recording, consent, tasks or appointments."
# Passports of groups that are no themes, and are listed after them.
RESIDUES = (LOOSE, PROCEDURAL)
# States of a theme, and reasons why a segment has none; explained in pipeline/decisions/states.py.
THEME_STATES = ("candidate", "open", "accepted", "rejected", "merged", "empty")
OUTSIDE = ("unlike", "rejected", "moved", "beside")

# Placeholders for a code, category or cell of the sampling frame in rows of totals.
ALL_CODES, ALL_CATEGORIES, ANY_CODE = "(all codes)", "(all categories)", "(any code)"
EVERYTHING = "(all)"
# All people together, as a coder: a passage has a code if any of them gave it.
ANYONE = "(anyone)"
# The verdict on a code or theme where the data cannot decide; a note says why.
CANNOT_TELL = "cannot tell"
# What becomes of a code in the candidate themes; see docs/codes.md.
VERDICTS = ("recovered", "merged", "fragmented", "invisible", CANNOT_TELL)

# A code is clearly more frequent in a theme if its frequency is this many times that outside.
CLEARLY = 2.0
# A code is rare if fewer than this share of passages have it: then kappa alone misleads.
RARE = 0.1
# A theme contains a code if half of the code's segments are in it; a code fills a theme if half of the theme has it.
HALF = 0.5
