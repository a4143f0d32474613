"""Search terms for a withdrawal: the participant's words and names, and whether a text contains them.

Words are searched for as runs of letters and stored as fingerprints, so the record of a withdrawal in progress contains
no words of theirs. Names are stored as they are, since all their forms must be searched for.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.withdrawal.name_patterns import SENTENCE, Hit, Look, Name, surest, to_look_for
from pipeline.withdrawal.normalised_text import UNSPACED, forms, letters, level, small

# Letters in a row that count as a quotation, about six words; fewer in scripts without spaces.
RUN, RUN_UNSPACED = 24, 10
# Least words and letters of a sentence that is searched for as a whole; shorter ones are too common.
MIN_WORDS, MIN_LETTERS = 5, 12
# Letters at the start of a run that are compared first.
ANCHOR = 8

_TOKEN = re.compile(rf"[{UNSPACED}]|[^\W\d_{UNSPACED}]+")
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])\s*|\n+")
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_TABLE_BITS = 22

Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Needles:
    """The search terms.

    `runs`: for the number of each run's first letters, the possible lengths and fingerprints; `names`: names to search
    for; `left_out`: names too short to search for.
    """

    runs: Mapping[int, frozenset[tuple[int, str]]]
    names: tuple[Name, ...] = ()
    left_out: tuple[str, ...] = ()

    def dump(self) -> dict[str, Any]:
        """Return the terms as JSON-compatible data."""
        runs = {str(first): sorted(map(list, marks)) for first, marks in sorted(self.runs.items())}
        names = [[name.text, name.how] for name in self.names]
        return {"runs": runs, "names": names, "left_out": list(self.left_out)}

    @staticmethod
    def load(data: Mapping[str, Any]) -> "Needles":
        """Restore terms from `dump`; raise KeyError, TypeError or ValueError for other data."""
        runs = {
            int(first): frozenset((int(size), str(mark)) for size, mark in marks)
            for first, marks in data["runs"].items()
        }
        names = tuple(Name(str(text), str(how)) for text, how in data["names"])
        return Needles(runs, names, tuple(map(str, data["left_out"])))

    @cached_property
    def _table(self) -> npt.NDArray[np.bool_]:
        table = np.zeros(1 << _TABLE_BITS, dtype=bool)
        firsts = np.fromiter(self.runs, dtype=np.uint64, count=len(self.runs))
        table[_slots(firsts)] = True
        return table

    @cached_property
    def _looks(self) -> tuple[Look, ...]:
        return tuple(map(Look.of, self.names))

    def quoted_at(self, text_letters: str) -> Iterator[tuple[int, int, str]]:
        """Yield (start, first letters' number, fingerprint) of each run in a text that is letters alone."""
        firsts = _firsts(text_letters) if self.runs else np.zeros(0, dtype=np.uint64)
        for start in np.flatnonzero(self._table[_slots(firsts)]).tolist():
            first = int(firsts[start])
            for size, mark in sorted(self.runs.get(first, ())):
                if start + size <= len(text_letters) and _fingerprint(text_letters[start : start + size]) == mark:
                    yield start, first, mark

    def hits(self, text: str) -> set[Hit]:
        """What a text holds of them, however it is written: whether a sentence, and which names."""
        hits: set[Hit] = set()
        for form in forms(text):
            levelled = level(form)
            lower = small(levelled)
            if SENTENCE not in hits and any(True for _ in self.quoted_at(letters(lower))):
                hits.add(SENTENCE)
            hits |= {hit for sought in self._looks if (hit := sought.hit(form, levelled, lower))}
        return surest(hits)


def needles(
    theirs: Iterable[str], others: Iterable[str], names: Iterable[str], *, phrases: Iterable[str] = ()
) -> Needles:
    """Return the search terms: runs of letters in a participant's turns that nobody else said, and their names.

    `theirs`, `others`: texts of turns; `phrases`: short phrases of theirs used elsewhere, such as in a theme label.
    """
    turns, others = list(theirs), list(others)
    runs_by_first: dict[int, set[tuple[int, str]]] = {}
    for run in [*(run for turn in turns for run in _runs(turn)), *_theirs_alone(phrases, turns, others)]:
        runs_by_first.setdefault(_number(run), set()).add((len(run), _fingerprint(run)))
    candidates = Needles({first: frozenset(marks) for first, marks in runs_by_first.items()})
    for text in others:
        for _, first, mark in list(candidates.quoted_at(letters(small(level(text))))):
            runs_by_first[first] = {run for run in runs_by_first[first] if run[1] != mark}
    spoken = {word for text in others for word in re.findall(r"(?<![^\W\d_])[^\W\d_A-Z]+(?![^\W\d_])", level(text))}
    named, left_out = to_look_for(names, spoken)
    return Needles({first: frozenset(marks) for first, marks in runs_by_first.items() if marks}, named, left_out)


def _runs(turn: str) -> Iterator[str]:
    """Yield the runs of letters in a turn: one from each word, and each shorter sentence that is long enough."""
    tokens = _TOKEN.findall(small(level(turn)))
    text = "".join(tokens)
    unspaced = 2 * sum(bool(re.match(f"[{UNSPACED}]", token)) for token in tokens) > len(tokens)
    size = RUN_UNSPACED if unspaced else RUN
    for start in accumulate(map(len, tokens), initial=0):
        if start + size <= len(text):
            yield text[start : start + size]
    for sentence in [turn, *_SENTENCE_END.split(turn)]:
        sentence_tokens = _TOKEN.findall(small(level(sentence)))
        if len(sentence_tokens) >= MIN_WORDS and MIN_LETTERS <= len("".join(sentence_tokens)) < size:
            yield "".join(sentence_tokens)


def _theirs_alone(phrases: Iterable[str], turns: Sequence[str], others: Sequence[str]) -> Iterator[str]:
    """Yield phrases of at least two words, as letters, that are in the participant's turns and nobody else's."""
    their_text, other_text = " ".join(map(_spaced, turns)), " ".join(map(_spaced, others))
    for phrase in phrases:
        run = _spaced(phrase)
        long_enough = " " in run and len(run.replace(" ", "")) >= ANCHOR
        if long_enough and f" {run} " in f" {their_text} " and f" {run} " not in f" {other_text} ":
            yield run.replace(" ", "")


def _spaced(text: str) -> str:
    return " ".join(_TOKEN.findall(small(level(text))))


def _fingerprint(run: str) -> str:
    return hashlib.blake2b(run.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _number(run: str) -> int:
    return int(_firsts(run)[0])


def _firsts(text_letters: str) -> Hashes:
    """Return a number for the ANCHOR letters from each position: eight bytes, one per letter.

    Non-ASCII letters may share a byte, so matches must be checked against the letters.
    """
    if text_letters.isascii():
        letter_bytes = np.frombuffer(text_letters.encode(), dtype=np.uint8)
    else:
        codes = np.frombuffer(text_letters.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        letter_bytes = (codes ^ (codes >> 8) ^ (codes >> 16)).astype(np.uint8)
    places = max(len(letter_bytes) - ANCHOR + 1, 0)
    return np.ndarray((places,), dtype="<u8", buffer=letter_bytes.tobytes() + bytes(ANCHOR), strides=(1,)).copy()


def _slots(firsts: Hashes) -> Hashes:
    """Return the position of each number in the hash table of runs."""
    return (firsts * _FACTOR) >> np.uint64(64 - _TABLE_BITS)
