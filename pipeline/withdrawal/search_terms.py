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
        runs = {str(first): sorted(map(list, held)) for first, held in sorted(self.runs.items())}
        names = [[name.text, name.how] for name in self.names]
        return {"runs": runs, "names": names, "left_out": list(self.left_out)}

    @staticmethod
    def load(held: Mapping[str, Any]) -> "Needles":
        """Restore terms from `dump`; raise KeyError, TypeError or ValueError for other data."""
        runs = {
            int(first): frozenset((int(size), str(mark)) for size, mark in said) for first, said in held["runs"].items()
        }
        names = tuple(Name(str(text), str(how)) for text, how in held["names"])
        return Needles(runs, names, tuple(map(str, held["left_out"])))

    @cached_property
    def _table(self) -> npt.NDArray[np.bool_]:
        table = np.zeros(1 << _TABLE_BITS, dtype=bool)
        firsts = np.fromiter(self.runs, dtype=np.uint64, count=len(self.runs))
        table[_slots(firsts)] = True
        return table

    @cached_property
    def _looks(self) -> tuple[Look, ...]:
        return tuple(map(Look.of, self.names))

    def quoted_at(self, said: str) -> Iterator[tuple[int, int, str]]:
        """Yield (start, first letters' number, fingerprint) of each run in a text that is letters alone."""
        firsts = _firsts(said) if self.runs else np.zeros(0, dtype=np.uint64)
        for start in np.flatnonzero(self._table[_slots(firsts)]).tolist():
            first = int(firsts[start])
            for size, mark in sorted(self.runs.get(first, ())):
                if start + size <= len(said) and _fingerprint(said[start : start + size]) == mark:
                    yield start, first, mark

    def hits(self, text: str) -> set[Hit]:
        """What a text holds of them, however it is written: whether a sentence, and which names."""
        found: set[Hit] = set()
        for form in forms(text):
            levelled = level(form)
            lower = small(levelled)
            if SENTENCE not in found and any(True for _ in self.quoted_at(letters(lower))):
                found.add(SENTENCE)
            found |= {hit for sought in self._looks if (hit := sought.hit(form, levelled, lower))}
        return surest(found)


def needles(
    theirs: Iterable[str], others: Iterable[str], names: Iterable[str], *, phrases: Iterable[str] = ()
) -> Needles:
    """Return the search terms: runs of letters in a participant's turns that nobody else said, and their names.

    `theirs`, `others`: texts of turns; `phrases`: short phrases of theirs used elsewhere, such as in a theme label.
    """
    turns, others = list(theirs), list(others)
    own: dict[int, set[tuple[int, str]]] = {}
    for run in [*(run for turn in turns for run in _runs(turn)), *_theirs_alone(phrases, turns, others)]:
        own.setdefault(_number(run), set()).add((len(run), _fingerprint(run)))
    found = Needles({first: frozenset(held) for first, held in own.items()})
    for text in others:
        for _, first, mark in list(found.quoted_at(letters(small(level(text))))):
            own[first] = {run for run in own[first] if run[1] != mark}
    spoken = {word for text in others for word in re.findall(r"(?<![^\W\d_])[^\W\d_A-Z]+(?![^\W\d_])", level(text))}
    named, left_out = to_look_for(names, spoken)
    return Needles({first: frozenset(held) for first, held in own.items() if held}, named, left_out)


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
        words = _TOKEN.findall(small(level(sentence)))
        if len(words) >= MIN_WORDS and MIN_LETTERS <= len("".join(words)) < size:
            yield "".join(words)


def _theirs_alone(phrases: Iterable[str], turns: Sequence[str], others: Sequence[str]) -> Iterator[str]:
    """Yield phrases of at least two words, as letters, that are in the participant's turns and nobody else's."""
    said, else_said = " ".join(map(_spaced, turns)), " ".join(map(_spaced, others))
    for phrase in phrases:
        run = _spaced(phrase)
        long_enough = " " in run and len(run.replace(" ", "")) >= ANCHOR
        if long_enough and f" {run} " in f" {said} " and f" {run} " not in f" {else_said} ":
            yield run.replace(" ", "")


def _spaced(text: str) -> str:
    return " ".join(_TOKEN.findall(small(level(text))))


def _fingerprint(run: str) -> str:
    return hashlib.blake2b(run.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _number(run: str) -> int:
    return int(_firsts(run)[0])


def _firsts(said: str) -> Hashes:
    """Return a number for the ANCHOR letters from each position: eight bytes, one per letter.

    Non-ASCII letters may share a byte, so matches must be checked against the letters.
    """
    if said.isascii():
        held = np.frombuffer(said.encode(), dtype=np.uint8)
    else:
        codes = np.frombuffer(said.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        held = (codes ^ (codes >> 8) ^ (codes >> 16)).astype(np.uint8)
    places = max(len(held) - ANCHOR + 1, 0)
    return np.ndarray((places,), dtype="<u8", buffer=held.tobytes() + bytes(ANCHOR), strides=(1,)).copy()


def _slots(firsts: Hashes) -> Hashes:
    """Return the position of each number in the hash table of runs."""
    return (firsts * _FACTOR) >> np.uint64(64 - _TABLE_BITS)
