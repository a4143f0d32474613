"""Normalises people's names and compares spellings. All comparisons of names go through this module.

Documents' text is never changed; only labels, cases and coders are normalised.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

# Invisible characters (Unicode's default ignorable code points): soft hyphens, joiners, direction marks.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)

_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_SPACE = re.compile(r"\s+")
# Dotted and dotless i count as one letter, because languages differ in how they change its case.
_DOT = re.compile("ı|i\u0307")


def written(name: str) -> str:
    """Return a name in stored form: NFC, without invisible characters, single spaces."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", _INVISIBLE.sub("", name))).strip()


def key(name: str) -> str:
    """Return the comparison key of a name; two spellings of one name have the same key.

    Ignores case, spacing and compatibility forms: Zoë equals ZOË, full-width and decomposed forms; Strauß equals
    STRAUSS. Accents count: Zoe differs from Zoë.
    """
    if name.isascii():
        return _SPACE.sub(" ", name).strip().casefold()
    letters = unicodedata.normalize("NFKC", _INVISIBLE.sub("", name)).casefold()
    folded = unicodedata.normalize("NFKD", letters).casefold()
    return _SPACE.sub(" ", unicodedata.normalize("NFC", _DOT.sub("i", folded))).strip()


def alike(spellings: Iterable[str]) -> dict[str, str]:
    """Map each spelling to the most frequent spelling of the same name, in stored form.

    Ties go to the first in code point order, so the order of the input does not matter.
    """
    counts = Counter(spellings)
    standing: dict[str, str] = {}
    for spelling in sorted(counts, key=lambda name: (-counts[name], name)):
        standing.setdefault(key(spelling), written(spelling))
    return {spelling: standing[key(spelling)] for spelling in counts}


def on_disk(name: str) -> str:
    """Return a name as seen by file systems that ignore case and Unicode normalisation."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
