"""The passages of the page: each text once, and everything that is said about a passage as numbers beside it.

The page's script cuts every quote out of these texts, so what it shows is what the document says. Offsets count UTF-16
units, as browsers do.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core import prose
from pipeline.core.coders import PIPELINE
from pipeline.core.table_rows import each, groups, lookup
from pipeline.core.terms import UNASSIGNED, VALENCES
from pipeline.reporting import quotes

# The page's theme number for segments of rejected themes.
REJECTED = -2
# The braille sign that stands for 0 less 128; none of them is a letter.
FIRST_SIGN = 0x2800
# Dimensions of the vectors in the page: neighbours hardly change, and a large study stays small.
DIMENSIONS = 96
# Bits of a passage's marks: coders differ on it with each other, or with the pipeline; it has a vector; whether its
# question asked for it can be told, and did.
DIFFERS = {"people": 1, PIPELINE: 4}
HAS_VECTOR = 2
ASKED, TOLD = 8, 16
# The map's units.
MAP_SIZE = 600


@dataclass(frozen=True)
class Marks:
    """What the tables say about segments, by segment_id.

    `theme_of`, `strength_of`: theme and how well the segment fits it; `left_out`: segments of rejected themes;
    `codes_of`: candidate codes with their scores, most certain first; `people_of`: (coder, code) of people;
    `valence_of`; `differ`: who differs on a segment, keys of DIFFERS; `asked_for`: see `prompting.asked_for`.
    """

    theme_of: Mapping[str, int] = field(default_factory=dict)
    strength_of: Mapping[str, float] = field(default_factory=dict)
    left_out: Set[str] = frozenset()
    codes_of: Mapping[str, Sequence[tuple[str, float]]] = field(default_factory=dict)
    people_of: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    valence_of: Mapping[str, str] = field(default_factory=dict)
    differ: Mapping[str, Set[str]] = field(default_factory=dict)
    asked_for: Mapping[str, bool] = field(default_factory=dict)


def codes_with_scores(accepted: pd.DataFrame) -> dict[str, list[tuple[str, float]]]:
    """The codes of each segment with their scores, most certain first. `accepted`: segment_id, code, score."""
    ordered = accepted.sort_values(["segment_id", "score", "code"], ascending=[True, False, True])
    return {
        str(segment): list(zip(rows.code, rows.score.astype(float), strict=True))
        for segment, rows in groups(ordered, "segment_id").items()
    }


def build(
    *,
    documents: pd.DataFrame,
    turns: pd.DataFrame,
    cases: pd.DataFrame,
    segments: pd.DataFrame,
    embeddings: pd.DataFrame,
    places: pd.DataFrame,
    marks: Marks,
    themes: Sequence[int],
    codes: Sequence[str],
) -> dict[str, Any]:
    """Return the data. `themes`: theme ids in the page's order; `places`: the table theme_map.

    A segment in no theme has theme -1, and one of a rejected theme REJECTED. Raises QuoteError if a turn or a segment
    differs from its document's text.
    """
    documents = documents.set_index("document", drop=False).loc[sorted(documents.document, key=prose.natural_order)]
    texts = dict(zip(documents.document, documents.text, strict=True))
    units = {name: quotes.utf16_offsets(text) for name, text in texts.items()}
    turns, segments = quotes.in_order(turns), quotes.in_order(segments)
    for table in (turns, segments):
        for row in each(table):
            quotes.check(texts, document=row.document, start=row.start, end=row.end, text=row.text)
    document = {name: number for number, name in enumerate(documents.document)}
    case_names = people(cases, segments)
    described = quotes.described(cases)
    ids = [str(name) for name in segments.segment_id]
    vectors, vectored = packed_vectors(embeddings, ids)
    coders, human = _human(marks)
    return {
        "documents": [
            {"name": row.document, "source": prose.SOURCES[row.source_type].removeprefix("set of "), "text": row.text}
            for row in each(documents)
        ],
        "cases": [{"name": name, "about": described.get(name, "")} for name in case_names],
        "attributes": attributes(cases, case_names),
        "codes": list(codes),
        "coders": coders,
        "human": human,
        "valences": list(VALENCES) if marks.valence_of else [],
        "turns": [
            [
                document[turn.document],
                turn.speaker,
                turn.part[0],
                units[turn.document][turn.start],
                units[turn.document][turn.end],
                quotes.clock(turn.time_s),
            ]
            for turn in each(turns)
        ],
        "segments": _rows(
            segments, turns, units, marks, names=(themes, codes, case_names, coders, human), vectored=vectored
        ),
        "vectors": vectors,
        "map": _map(places, ids),
    }


def _rows(
    segments: pd.DataFrame,
    turns: pd.DataFrame,
    units: Mapping[str, Sequence[int]],
    marks: Marks,
    *,
    names: tuple[Sequence[int], Sequence[str], Sequence[str], Sequence[str], Sequence[str]],
    vectored: Set[str],
) -> list[list[Any]]:
    """A row for each segment: turn, start, end, question's turn, theme, codes, case, whether used, valence, scores of
    the codes (0 to 100), people's codes (coder * number of codes + code), strength (0 to 100) and marks."""
    place = {turn: number for number, turn in enumerate(turns.turn_id)}
    theme, code, case, coder, human = ({name: n for n, name in enumerate(list(kind))} for kind in names)
    number = {segment: theme.get(of, UNASSIGNED) for segment, of in marks.theme_of.items()}
    number |= dict.fromkeys(marks.left_out, REJECTED)
    valences = {name: n for n, name in enumerate(VALENCES)}
    rows = []
    for row in each(segments):
        segment = row.segment_id
        given = [(code[name], score) for name, score in marks.codes_of.get(segment, ()) if name in code]
        by_people = [coder[who] * len(human) + human[what] for who, what in marks.people_of.get(segment, ())]
        rows.append(
            [
                place.get(row.turn_id, -1),
                units[row.document][row.start],
                units[row.document][row.end],
                place.get(row.prompt_id, -1),
                number.get(segment, UNASSIGNED),
                [one for one, _ in given],
                case.get(row.case, -1),
                int(row.substantive),
                valences.get(marks.valence_of.get(segment, ""), -1),
                [round(100 * score) for _, score in given],
                sorted(by_people),
                round(100 * max(0.0, marks.strength_of.get(segment, 0.0) or 0.0)),
                sum(DIFFERS[who] for who in marks.differ.get(segment, ()))
                + HAS_VECTOR * (segment in vectored)
                + (TOLD + ASKED * marks.asked_for[segment] if segment in marks.asked_for else 0),
            ]
        )
    return rows


def _human(marks: Marks) -> tuple[list[str], list[str]]:
    """The coders, and every code that they gave to a segment."""
    pairs = {pair for given in marks.people_of.values() for pair in given}
    return sorted({who for who, _ in pairs}), sorted({what for _, what in pairs})


def packed_vectors(embeddings: pd.DataFrame, ids: Sequence[str]) -> tuple[dict[str, Any], frozenset[str]]:
    """The vectors of segments in the order of `ids`, a braille sign for each number, and the ids that have one.

    They are projected on their first DIMENSIONS principal directions, and each is scaled to the range of int8, so that
    the order of cosines is kept. Encoded bytes would be a file that a search for somebody's words cannot read.
    """
    known = lookup(embeddings, "segment_id", "vector")
    there = [name for name in ids if name in known]
    if not there:
        return {"dimensions": 0, "signs": ""}, frozenset()
    matrix = np.stack([np.asarray(known[name], dtype=np.float64) for name in there])
    if matrix.shape[1] > DIMENSIONS:
        matrix = matrix @ _directions(matrix)
    matrix /= np.maximum(np.abs(matrix).max(axis=1, keepdims=True), 1e-12)
    data = np.round(matrix * 127).astype(np.int8)
    packed = "".join(map(chr, (data.ravel().astype(np.int64) + FIRST_SIGN + 128).tolist()))
    return {"dimensions": int(data.shape[1]), "signs": packed}, frozenset(there)


def _directions(matrix: np.ndarray) -> np.ndarray:
    """The principal directions, (columns, DIMENSIONS), each with its largest entry positive."""
    _, directions = np.linalg.eigh(matrix.T @ matrix)
    kept = directions[:, ::-1][:, :DIMENSIONS]
    largest = kept[np.abs(kept).argmax(axis=0), np.arange(kept.shape[1])]
    return kept * np.where(largest < 0, -1.0, 1.0)


def _map(places: pd.DataFrame, ids: Sequence[str]) -> list[int]:
    """The place of every segment on the map, x and y one after the other; -1 where it has none."""
    at = {row.segment_id: (round(MAP_SIZE * row.x), round(MAP_SIZE * row.y)) for row in each(places)}
    return [value for name in ids for value in at.get(name, (-1, -1))] if at else []


def people(cases: pd.DataFrame, segments: pd.DataFrame) -> list[str]:
    """All cases of a study, speaking or only listed, in the order of the page's filter."""
    return sorted(set(cases.case) | (set(segments.case) - {""}), key=prose.natural_order)


def attributes(cases: pd.DataFrame, names: Sequence[str]) -> list[dict[str, Any]]:
    """Attributes to group by: at least two values, and not as many as people; no number that nobody shares."""
    found = []
    by_case = cases.set_index("case")
    for column in by_case.columns:
        values = [str(by_case[column].get(name, "") or "") for name in names]
        kinds = sorted({value for value in values if value and value != "nan"})
        exact = len(kinds) == sum(map(bool, values)) and all(kind.replace(".", "", 1).isdecimal() for kind in kinds)
        if 2 <= len(kinds) <= max(30, len(names) // 2) and not exact:
            index = {kind: number for number, kind in enumerate(kinds)}
            found.append({"name": str(column), "values": kinds, "of": [index.get(value, -1) for value in values]})
    return found
