"""The table of who speaks: a row for each document and speaker, with what their part rests on."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from pipeline.core.names import alike, key
from pipeline.corpus.text_layout import count_words


class Spoken(Protocol):
    """A turn, as far as it is counted here."""

    @property
    def document(self) -> str:
        """Its document."""

    @property
    def speaker(self) -> str:
        """Its speaker's label, or ''."""

    @property
    def case(self) -> str:
        """Its case, or ''."""

    @property
    def part(self) -> str:
        """Its speaker's part."""

    @property
    def text(self) -> str:
        """What is said."""


class Basis(Protocol):
    """A role, as far as it is explained here."""

    @property
    def why(self) -> str:
        """What the part rests on, or ''."""


class Speaker(NamedTuple):
    """A row of the table speakers."""

    document: str
    speaker: str
    part: str
    case: str
    why: str
    n_turns: int
    n_words: int
    share: float


def speakers(turns: Iterable[Spoken], roles: Mapping[tuple[str, str], Basis]) -> list[Speaker]:
    """Return who speaks in each document, sorted by document, part and words.

    `roles`: by document and speaker key. A label in several spellings is one speaker, under its most frequent spelling.
    """
    own: dict[tuple[str, str, str, str], list[Spoken]] = {}
    for turn in turns:
        own.setdefault((turn.document, key(turn.speaker), turn.part, turn.case), []).append(turn)
    words = {place: sum(count_words(turn.text) for turn in said) for place, said in own.items()}
    whole: dict[str, int] = {}
    for (document, *_), number in words.items():
        whole[document] = whole.get(document, 0) + number
    rows = []
    for (document, name, part, case), said in own.items():
        spellings = [turn.speaker for turn in said]
        number = words[document, name, part, case]
        role = roles.get((document, name))
        rows.append(
            Speaker(
                document,
                alike(spellings)[spellings[0]],
                part,
                case,
                role.why if role is not None else "",
                len(said),
                number,
                number / whole[document] if whole[document] else 0.0,
            )
        )
    order = {"participant": 0, "interviewer": 1, "none": 2}
    return sorted(rows, key=lambda row: (row.document, order[row.part], -row.n_words, row.speaker, row.case))
