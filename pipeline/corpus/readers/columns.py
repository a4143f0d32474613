"""Reads printed pages in two columns: one column after the other, where it is clear what belongs to which."""

from collections.abc import Sequence

from pipeline.corpus.readers.model import RefusedError, Remark

# Two columns: a gap so wide at the same position, in the middle third, in this share of at least so many full rows.
GAP, ROWS, SHARE = 3, 10, 0.6
# Rows that run across the gap may only stand above and below the columns; so many elsewhere may be astray.
ASTRAY = 0.02
# Pages drawn one column after the other: this share of the halves of rows are lines of their own, in that order.
OWN = 0.9


def are_in(laid_out: str) -> bool:
    """Return whether a page, as laid out in characters, has two columns."""
    return _gap(_rows(laid_out)) >= 0


def in_order(lines: Sequence[str], laid_out: str, number: int) -> list[str]:
    """Return the lines of a page in two columns, the left column first.

    `lines`: in the order in which they were drawn; `number`: the page's. Raises RefusedError if lines cannot be told
    to belong to one column or the other.
    """
    rows = _rows(laid_out)
    gap = _gap(rows)
    halves = [(row[:gap].strip(), row[gap + GAP :].strip()) for row in rows if _parted(row, gap)]
    if _drawn_in_order(lines, halves):
        return list(lines)
    parted = [_parted(row, gap) or not row[gap:].strip() for row in rows]
    first = parted.index(True)
    last = len(parted) - 1 - parted[::-1].index(True)
    if parted[first : last + 1].count(False) > ASTRAY * (last + 1 - first):
        raise RefusedError(
            f"Page {number} has two columns, which would be read across. Export the text in a single column."
        )
    block = rows[first : last + 1]
    ordered = [*rows[:first], *(row[:gap] for row in block), *(row[gap:] for row in block), *rows[last + 1 :]]
    return [words for row in ordered if (words := " ".join(row.split()))]


def remarks(pages: Sequence[int]) -> list[Remark]:
    """Return a remark on the pages that were read in two columns."""
    if not pages:
        return []
    which = f"Page {pages[0]} has" if len(pages) == 1 else f"{len(pages)} pages, the first page {pages[0]}, have"
    message = (
        f"{which} two columns; the left one was read before the right one. If the columns belong side by side (a "
        "translation, questions and answers), export the text as a table."
    )
    return [Remark("guessed", message)]


def _rows(laid_out: str) -> list[str]:
    return [row.rstrip() for row in laid_out.split("\n") if row.strip()]


def _gap(rows: Sequence[str]) -> int:
    """Return where the gap between two columns begins; -1 if there is none."""
    width = max(map(len, rows), default=0)
    wide = [row for row in rows if len(row) > 0.6 * width]
    if len(wide) < ROWS:
        return -1
    counts = {at: sum(_parted(row, at) for row in wide) for at in range(width // 3, 2 * width // 3)}
    best = max(counts, key=lambda at: counts[at], default=-1)
    return best if best >= 0 and counts[best] >= SHARE * len(wide) else -1


def _parted(row: str, gap: int) -> bool:
    return row[gap : gap + GAP].isspace() and bool(row[:gap].strip())


def _drawn_in_order(lines: Sequence[str], halves: Sequence[tuple[str, str]]) -> bool:
    """Return whether the halves of rows are lines of their own, all left ones before the right ones."""
    at = {line: index for index, line in enumerate(lines)}
    left, right = ([" ".join(half.split()) for half in side if half] for side in zip(*halves, strict=True))
    own = [[at[line] for line in side if line in at] for side in (left, right)]
    if sum(map(len, own)) < OWN * (len(left) + len(right)) or not all(own):
        return False
    return max(own[0]) < min(own[1])
