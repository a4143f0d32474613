"""The verdicts on codes among the candidate themes, in words."""

from collections.abc import Iterable

from pipeline.core import prose
from pipeline.core.terms import CANNOT_TELL, VERDICTS

# In tables, with the term that the tables of the study use.
WORDS = {
    "recovered": "a theme of its own (recovered)",
    "merged": "together with others in one theme (merged)",
    "fragmented": "spread over several themes (fragmented)",
    "invisible": "in no theme more than elsewhere (invisible)",
    CANNOT_TELL: "cannot be told",
}
# Of a theme.
ORPHAN = "no candidate code is more frequent than elsewhere: is one missing from the framework?"
# After a number, of one code and of several.
COUNTED = {
    "recovered": ("is a theme of its own", "are a theme of their own"),
    "merged": ("lies together with others", "lie together with others"),
    "fragmented": ("is spread over several", "are spread over several"),
    "invisible": ("is in no theme more than elsewhere", "are in no theme more than elsewhere"),
    CANNOT_TELL: ("cannot be told", "cannot be told"),
}


def told(verdicts: Iterable[str], noun: str, many: str = "", *, whose: str = "") -> str:
    """Return a clause: of 9 codes, 4 are a theme of their own, 3 lie together with others and 2 cannot be told.

    `whose`: stands before the number (ann's).
    """
    said = list(verdicts)
    counted = [(said.count(verdict), *COUNTED[verdict]) for verdict in VERDICTS]
    parts = [f"{n:,} {one if n == 1 else several}" for n, one, several in counted if n]
    return f"of {whose}{' ' if whose else ''}{prose.count(len(said), noun, many)}, {prose.listed(parts)}"


def with_reason(verdict: str, note: str) -> str:
    """Return a verdict in words; if nothing can be told, with the reason in place of it."""
    return f"{WORDS[verdict]}: {note}" if verdict == CANNOT_TELL and note else WORDS[verdict]
