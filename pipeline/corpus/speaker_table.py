"""The table of who speaks: a row for each document and speaker, with what their part rests on."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

import pandas as pd

from pipeline.core.names import alike, key
from pipeline.corpus.text_layout import count_words

# Whose words there are, and the types of sources whose words nobody says.
WHOSE = ("participant", "interviewer", "written", "other")
WRITTEN = ("field_note", "document")


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


def words_by(speakers: pd.DataFrame, documents: pd.DataFrame) -> dict[str, int]:
    """Return the number of words by whom they are: participant, interviewer, written (field notes and written
    documents), other (titles, notes and speech of nobody known); those without words are left out.

    Unlabelled speech that has a case is a participant's. `speakers`: the table; `documents`: with their source types.
    """
    written = documents["document"][documents["source_type"].isin(WRITTEN)]
    whose = speakers["part"].where(speakers["part"] != "none", "other")
    whose = whose.mask((whose == "other") & speakers["document"].isin(written), "written")
    whose = whose.mask((speakers["part"] == "none") & (speakers["case"] != ""), "participant")
    words = speakers["n_words"].groupby(whose).sum()
    return {name: int(words[name]) for name in WHOSE if words.get(name, 0)}
