"""People's names: how one is kept, and when two spellings are one name. Nothing else compares names.

What a file says stays as it is: only labels, cases and coders are kept in one form, never the text they stand in.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

# Signs that are not seen (Unicode's default ignorable code points): soft hyphens, joiners, marks of direction.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)

_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_SPACE = re.compile(r"\s+")
# An i is one letter with and without its dot, whichever language's rules made a capital or a small letter of it.
_DOT = re.compile("ı|i\u0307")


def written(name: str) -> str:
    """Return a name as it is kept: letters and accents composed (NFC), no sign that is not seen, single spaces."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", _INVISIBLE.sub("", name))).strip()


def key(name: str) -> str:
    """Return the form in which two spellings of a name are compared: capitals, space and forms of letters do not count.

    Zoë is one name composed and decomposed, in full-width letters and as ZOË; so are Strauß and STRAUSS. Zoe is not.
    """
    if name.isascii():
        return _SPACE.sub(" ", name).strip().casefold()
    letters = unicodedata.normalize("NFKC", _INVISIBLE.sub("", name)).casefold()
    folded = unicodedata.normalize("NFKD", letters).casefold()
    return _SPACE.sub(" ", unicodedata.normalize("NFC", _DOT.sub("i", folded))).strip()


def alike(spellings: Iterable[str]) -> dict[str, str]:
    """Return for each spelling the one that stands for its name: the most frequent one, as it is kept.

    Of those as frequent the first in the order of code points stands, so that the order they come in does not count.
    """
    counts = Counter(spellings)
    standing: dict[str, str] = {}
    for spelling in sorted(counts, key=lambda name: (-counts[name], name)):
        standing.setdefault(key(spelling), written(spelling))
    return {spelling: standing[key(spelling)] for spelling in counts}
