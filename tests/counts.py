"""How many themes there are of each state, as tests make it up."""

from pipeline.core.terms import OUTSIDE
from pipeline.decisions.states import Count

NUMBERS = ("found", "candidates", "open", "accepted", "rejected", "merged", "empty", "split", "missed")
FATES = ("in_decided", "in_rejected", "scattered", "segments")


def made(*, outside: dict[str, int] | None = None, **numbers: int) -> Count:
    """A count with these numbers, and 0 for the others."""
    return Count(**dict.fromkeys((*NUMBERS, *FATES), 0) | numbers, outside=dict.fromkeys(OUTSIDE, 0) | (outside or {}))
