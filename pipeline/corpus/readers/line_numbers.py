"""Finds the line numbers that word processors print in the margin, on every line or on every fifth."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

# Every line is numbered if this share of lines begins with a number, and this share of numbers follows the one before.
COVERED, FOLLOWING = 0.8, 0.9
# Fewest numbers, and fewest lines from one restart to the next: shorter runs are lists.
FEWEST, RUN = 6, 8
# Numbering restarts at most here, after an empty line or two, and begins below this, unlike years.
AGAIN, FIRST = 3, 1000
# Numbers on some lines only: they are multiples of one of these, and as many lines apart.
STEPS, FEWEST_STEPS = (5, 10), 4
LEFT = re.compile(r"[ \t]*[\[(]?0*(?P<number>\d{1,5})[\])]?(?:[.:]|[ \t]?\|)?(?=\s|$)[ \t]?")
_MARGIN = frozenset("0123456789.:|[]()")
_LAST = re.compile(r"\d{1,5}$")


class Number(NamedTuple):
    """A number in a line's margin: the line's index, and the number's value and span in the line."""

    line: int
    value: int
    start: int
    end: int


def in_margin(lines: Sequence[str], *, tight: bool = False) -> list[Number]:
    """Return the line numbers of a text, [] if its lines are not numbered.

    Lines count with or without the empty ones, and numbering may restart, as on every page. `tight`: a number on the
    right may follow a single space.
    """
    for numbers in (_left(lines), _right(lines, gap=1 if tight else 2)):
        if found := _on_every_line(numbers, lines) or _on_some_lines(numbers, lines):
            return found
    return []


def _left(lines: Sequence[str]) -> list[Number]:
    matches = ((index, LEFT.match(line)) for index, line in enumerate(lines))
    return [Number(index, int(match["number"]), *match.span()) for index, match in matches if match]


def _right(lines: Sequence[str], *, gap: int) -> list[Number]:
    """Return the numbers that end lines after a tab or so many spaces."""
    numbers = []
    for index, line in enumerate(lines):
        bare = line.rstrip()
        match = _LAST.search(bare[-6:])
        words = bare[: -len(match.group())].rstrip(" \t") if match else ""
        between = bare[len(words) : len(bare) - len(match.group())] if match else ""
        if match and words and (len(between) >= gap or "\t" in between):
            numbers.append(Number(index, int(match.group()), len(words), len(line)))
    return numbers


def said(count: int) -> str:
    """Return what is told of a text whose line numbers were set aside."""
    return (
        f"{count} numbers in the margin count the lines and were left out of what was said. If these numbers are "
        "speech, write them as words."
    )


def _on_every_line(numbers: Sequence[Number], lines: Sequence[str]) -> list[Number]:
    written = [index for index, line in enumerate(lines) if line.strip()]
    if len(numbers) < max(FEWEST, COVERED * len(written)):
        return []
    rank = _ranks(lines)
    follows = [_follows(one, two, rank) for one, two in pairwise(numbers)]
    chained = [
        number
        for number, before, after in zip(numbers, [False, *follows], [*follows, False], strict=True)
        if before or after
    ]
    restarts = sum(two.value <= one.value for one, two in pairwise(chained))
    fits = sum(follows) >= FOLLOWING * len(follows) - restarts and len(chained) >= COVERED * len(written)
    long = len(chained) >= max(FEWEST, RUN * restarts) and chained[0].value < FIRST
    return chained if fits and long else []


def _on_some_lines(numbers: Sequence[Number], lines: Sequence[str]) -> list[Number]:
    rank = _ranks(lines)
    for step in STEPS:
        multiples = [number for number in numbers if number.value and number.value % step == 0]
        chained = [
            number
            for index, number in enumerate(multiples)
            if any(_steps(one, two, step, rank) for one, two in _neighbours(multiples, index))
        ]
        values = len({number.value for number in chained})
        if (
            len(chained) >= FEWEST_STEPS
            and values > 1
            and chained[0].value < FIRST
            and len(chained) * step >= 0.6 * (rank[-1] if rank else 0)
        ):
            return chained
    return []


def _neighbours(numbers: Sequence[Number], index: int) -> Iterator[tuple[Number, Number]]:
    if index:
        yield numbers[index - 1], numbers[index]
    if index + 1 < len(numbers):
        yield numbers[index], numbers[index + 1]


def _follows(one: Number, two: Number, rank: Sequence[int]) -> bool:
    """Return whether a number counts on from another: by one, by the lines between, or again from the start."""
    if two.value <= one.value:
        return two.value <= AGAIN < one.value
    return two.value - one.value in (1, two.line - one.line, rank[two.line] - rank[one.line])


def _steps(one: Number, two: Number, step: int, rank: Sequence[int]) -> bool:
    between = (two.line - one.line, rank[two.line] - rank[one.line])
    if two.value <= one.value:  # a page's first number after another page's last
        return two.value == step and min(between) < 2 * step
    return two.value - one.value in between and (two.value - one.value) % step == 0


def _ranks(lines: Sequence[str]) -> list[int]:
    """Return for each line how many lines with words there are up to it."""
    ranks, count = [], 0
    for line in lines:
        count += bool(line.strip())
        ranks.append(count)
    return ranks


def blanked(text: str) -> tuple[str, int]:
    """Return a text whose line numbers are replaced by spaces, so that every position stays, and how many they are."""
    lines = text.split("\n")
    numbers = in_margin(lines)
    for number in numbers:
        line = lines[number.line]
        mark = line[number.start : number.end]
        spaces = "".join(sign if sign.isspace() else " " for sign in mark)
        lines[number.line] = line[: number.start] + spaces + line[number.end :]
    return "\n".join(lines), len(numbers)


def same(passage: str, quoted: str) -> bool:
    """Return whether a quote is a passage of a text, or what the passage was before its line numbers became spaces."""
    return passage == quoted or (
        len(passage) == len(quoted)
        and all(now == was or (now == " " and was in _MARGIN) for now, was in zip(passage, quoted, strict=True))
    )


def without(pages: Sequence[Sequence[str]]) -> tuple[list[list[str]], int]:
    """Return the lines of printed pages without their line numbers, and how many there were.

    A number in a line of its own goes with the line after it. A numbered line without words leaves an empty line.
    """
    joined = [_with_lone_numbers(page) for page in pages]
    lines = [line for page in joined for line in page]
    numbers = in_margin(lines, tight=True)
    if not numbers:
        return [list(page) for page in pages], 0
    for number in numbers:
        line = lines[number.line]
        lines[number.line] = (line[: number.start] + line[number.end :]).strip()
    rest = iter(lines)
    return [[next(rest) for _ in page] for page in joined], len(numbers)


def _with_lone_numbers(page: Sequence[str]) -> list[str]:
    joined: list[str] = []
    for line in page:
        if joined and joined[-1].strip().isdecimal() and not LEFT.match(line):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return joined


def without_blocks(lines: Sequence[str]) -> list[str]:
    """Return a page's lines without runs of lines that hold nothing but rising numbers.

    A margin that was drawn before or after the words of its page reads so.
    """
    kept: list[str] = []
    for numeric, group in groupby(lines, key=lambda line: line.strip().isdecimal()):
        run = list(group)
        if not (numeric and _rising([int(line) for line in run])):
            kept.extend(run)
    return kept


def _rising(values: Sequence[int]) -> bool:
    steps = {two - one for one, two in pairwise(values)}
    return len(values) >= FEWEST_STEPS and len(steps) == 1 and steps <= {1, *STEPS}
