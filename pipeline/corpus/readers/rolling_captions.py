"""Reads captions that roll, as YouTube writes them: each cue repeats words of the one before it."""

from collections.abc import Sequence
from itertools import pairwise

from pipeline.corpus.text_layout import WITHDRAWN

# Captions roll if this share of the cues repeats words of the cue before it, and there are this many such cues.
SHARE, AT_LEAST = 0.4, 3
# At least so many words must be repeated, unless they are a whole line: people say `yes` twice.
WORDS, MOST_WORDS = 3, 200


def read_once(cues: Sequence[Sequence[str]]) -> tuple[list[list[str]], int]:
    """Return the lines of each cue without what the cue before it has shown, and how many cues repeated words.

    Only where cues repeat words throughout; otherwise the cues are returned as they are.
    """
    shown = [[line.split() for line in lines] for lines in cues]
    repeats = [0, *(_repeated(one, two) for one, two in pairwise(shown))]
    cut = sum(1 for count in repeats if count)
    if cut < max(AT_LEAST, SHARE * (len(cues) - 1)):
        return [list(lines) for lines in cues], 0
    return [_without(lines, count) for lines, count in zip(cues, repeats, strict=True)], cut


def _repeated(before: list[list[str]], after: list[list[str]]) -> int:
    """Return how many words at the start of a cue repeat the end of the cue before it.

    Two turns in a row that were withdrawn repeat nothing.
    """
    old = [word for line in before for word in line][-MOST_WORDS:]
    new = [word for line in after for word in line][:MOST_WORDS]
    whole_lines = set()
    total = 0
    for line in after:
        total += len(line)
        whole_lines.add(total)
    for count in range(min(len(old), len(new)), 0, -1):
        if (count >= WORDS or count in whole_lines or count == len(old)) and old[-count:] == new[:count]:
            return count if set(new[:count]) != {WITHDRAWN} else 0
    return 0


def _without(lines: Sequence[str], count: int) -> list[str]:
    """Return lines without their first `count` words."""
    kept: list[str] = []
    for line in lines:
        words = line.split()
        rest = words[count:]
        count = max(count - len(words), 0)
        if rest:
            kept.append(" ".join(rest) if len(rest) < len(words) else line)
    return kept
