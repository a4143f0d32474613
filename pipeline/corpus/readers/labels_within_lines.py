"""Finds labels in the middle of lines, where line ends were lost: `Interviewer: Why? Keeper: Because.`."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.core.names import key, written
from pipeline.corpus.readers.label_lines import Line, T
from pipeline.corpus.readers.model import Labels, Remark

# A label that no line begins with must stand within this share of the lines with labels.
MIN_SHARE, LEAST = 0.4, 2
MAX_WORDS = 3

_WITHIN = re.compile(
    rf"(?:(?<=[.?!…。？！])[\"”»’)]*[ \t]*|(?<=[.?!…。？！]{T})[ \t]*|(?<=[.?!…][\"”»’)])[ \t]*)"
    rf"\[?(?P<label>[^\W\d_](?:[^\n:：\[\]<>{{}}?!.,;。，；、|{T}]|\.(?=[^\W\d_])){{0,29}}?)\]?[ \t]*"
    rf"(?:{T}+[ \t]*)?[:：](?![/\d])[ \t]*"
)


def split(lines: Sequence[Line], labels: Labels) -> tuple[list[Line], list[Remark]]:
    """Return the lines with a line for each label within one, and a remark if there are any.

    A label counts within a line after the end of a sentence, if lines begin with it, or if it recurs within many of the
    lines that begin with a label.
    """
    begins = Counter(key(line.label) for line in lines if line.label)
    labelled = sum(begins.values())
    within = Counter(key(match["label"]) for line in lines if line.label for match in _matches(line))
    named = {
        key(match["label"])
        for line in lines
        for match in _matches(line)
        if len(match["label"].split()) <= MAX_WORDS and all(not word[0].islower() for word in match["label"].split())
    }
    people = {name for name, count in begins.items() if count >= LEAST or labels.known(name)}
    people |= {
        name for name, count in within.items() if count >= LEAST + 1 and count >= MIN_SHARE * labelled and name in named
    }
    if not people & set(within):
        return list(lines), []
    done = [piece for line in lines for piece in _pieces(line, people)]
    numbers = [at for at, line in enumerate(lines, start=1) if len(_pieces(line, people)) > 1]
    if not numbers:
        return done, []
    here = [written(match["label"]) for line in lines for match in _matches(line)]
    names = sorted({f"'{label}:'" for label in here if key(label) in people})
    message = (
        f"{', '.join(names[:3])} was read as a speaker label within {len(numbers)} "
        f"line{'s' if len(numbers) > 1 else ''} (the first is line {numbers[0]}). If it "
        "is speech, replace the colon in the file."
    )
    return done, [Remark("guessed", message)]


def _matches(line: Line) -> Iterator[re.Match[str]]:
    return _WITHIN.finditer(line.shape, max(line.speech - line.start, 0)) if line.label else iter(())


def _pieces(line: Line, people: set[str]) -> list[Line]:
    here = [match for match in _matches(line) if key(match["label"]) in people]
    ends = [line.start + match.start() for match in here] + [line.stop]
    pieces = [replace(line, stop=min(line.stop, ends[0]), stamped=line.stamped and not here)]
    for match, end in zip(here, ends[1:], strict=True):
        speech = line.start + match.end()
        pieces.append(
            replace(line, label=written(match["label"]), speech=speech, stop=max(end, speech), time_s=None, odd="",
                    stamped=line.stamped and end == line.stop)
        )  # fmt: skip
    return pieces
