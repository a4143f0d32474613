"""Finds what belongs to printed pages and not to what was said: running heads and feet, page numbers, footnotes."""

import re
from collections import Counter
from collections.abc import Collection, Sequence

# A head or foot has at most this many lines.
DEEP = 5
# It is on this share of the pages, or of the odd or the even ones, and on so many of them at least.
SHARE, FEWEST, FEWEST_OF_SIDE = 0.5, 3, 2
# A line that looks like a speaker's turn is a head only on nearly all of many pages.
SHARE_OF_LABELS = 0.8
# A page number is no longer than this.
NUMBER_CHARACTERS = 30
_WORDS = (
    r"page|p\.|pp\.|pg\.?|seite|s\.|página|pagina|pág\.|pag\.|page|sida|side|sivu|strona|str\.|strana|oldal|sayfa|"
    r"страница|стр\.|сторінка|halaman|trang|p a g e|صفحة|עמוד|หน้า"
)
_OF = r"(?:/|of|von|de|di|av|af|z|ze|из|із|van|sur|\||／)"
_NUMBER = re.compile(
    rf"[\[(|–—-]*\s*(?:{_WORDS})?\s*[-–—|:]?\s*\d{{1,4}}\s*[-–—|]?(?:\s*{_OF}\s*\d{{1,4}}|\s*\(\d{{1,4}}\))?"
    rf"\s*(?:\|?\s*(?:{_WORDS}))?\s*[\])|–—-]*|第?\s*\d{{1,4}}\s*(?:页|頁|ページ|페이지|쪽)(?:\s*[,，/]?\s*共\s*\d+\s*[页頁])?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")


def is_page_number(line: str) -> bool:
    """Return whether a line holds nothing but a page number: `7`, `- 7 -`, `Page 7 of 9`, `第7页`."""
    bare = " ".join(line.split())
    return len(bare) <= NUMBER_CHARACTERS and bool(_NUMBER.fullmatch(bare))


def without_heads(pages: Sequence[Sequence[str]], *, labelled: Collection[str] = ()) -> list[list[str]]:
    """Return the lines of pages without page numbers and without the heads and feet that pages share.

    Heads may have several lines, hold a number that changes, differ between odd and even pages, and be missing from the
    first page. `labelled`: lines that begin with a speaker's label, which need more evidence.
    """
    return [list(page[top:end]) for page, (top, end) in zip(pages, bodies(pages, labelled=labelled), strict=True)]


def bodies(pages: Sequence[Sequence[str]], *, labelled: Collection[str] = ()) -> list[tuple[int, int]]:
    """Return for each page where its lines begin and end without head and foot, as in `without_heads`."""
    tops = _running([list(page[:DEEP]) for page in pages], labelled)
    feet = _running([list(reversed(page[-DEEP:])) for page in pages], labelled)
    tops = [min(top, len(page)) for page, top in zip(pages, tops, strict=True)]
    return [(top, max(top, len(page) - foot)) for page, top, foot in zip(pages, tops, feet, strict=True)]


def _running(edges: Sequence[Sequence[str]], labelled: Collection[str]) -> list[int]:
    """Return for each page how many lines from its edge belong to a running head or foot."""
    shared = [_shared(edges, depth, labelled) for depth in range(DEEP)]
    found = []
    for edge in edges:
        deep = 0
        for depth, line in enumerate(edge):
            above = depth - sum(is_page_number(one) for one in edge[:depth])
            runs = any(_shape(line) in shared[at] for at in {depth, above})
            if not (runs or is_page_number(line)):
                break
            deep = depth + 1
        found.append(deep)
    return found


def _shared(edges: Sequence[Sequence[str]], depth: int, labelled: Collection[str]) -> set[str]:
    """Return the shapes of lines that so many pages have at a depth that they are no talk."""
    lines = [_shape(edge[depth]) if depth < len(edge) else "" for edge in edges]
    spoken = {_shape(line) for line in labelled}
    counts, many = Counter(filter(None, lines)), len(edges)
    shared = {line for line, count in counts.items() if count >= max(FEWEST, SHARE * many) and line not in spoken}
    enough = max(FEWEST, SHARE_OF_LABELS * many)
    shared |= {line for line, count in counts.items() if count >= enough}
    sides = [Counter(filter(None, lines[side::2])) for side in (0, 1)]
    best = [
        {line for line, count in of_side.items() if count >= max(FEWEST_OF_SIDE, SHARE * len(lines[side::2]))} - spoken
        for side, of_side in enumerate(sides)
    ]
    return shared | best[0] | best[1] if all(best) else shared | _on_both(lines, spoken)


def _on_both(lines: Sequence[str], spoken: Collection[str]) -> set[str]:
    """Return the line that both pages of two have."""
    first = lines[0] if len(lines) == 2 else ""
    return {first} if first and lines[0] == lines[1] and first not in spoken and " " in first else set()


def _shape(line: str) -> str:
    """Return a line without what changes from page to page: its numbers, and its spaces and case."""
    return _DIGITS.sub("0", " ".join(line.split())).casefold()
