"""Notes on comparability: who coded which documents with which codes, and what was not compared."""

import numpy as np
import pandas as pd

from pipeline.comparison.saturation import Order
from pipeline.comparison.units import Ratings
from pipeline.core.coders import CONSENSUS, NO_CODE


def problems(
    codings: pd.DataFrame, assignments: pd.DataFrame, ratings: Ratings, *, order: Order
) -> list[dict[str, str]]:
    """Return rows of Problems that limit the comparison, such as missing codings, other documents or other codes.

    `ratings`: all coders' codes on segments; `order`: of the documents in the saturation curve.
    """
    if codings.empty:
        return [
            _note(
                "There are no human codes, so there is nothing to compare with. Put what people coded into "
                "human_codes/ (csv, qdpx, or another program's export) and run again."
            )
        ]
    notes = [*_who_coded_what(ratings), *_codes_beside(codings, assignments)]
    with_segments = set(ratings.units["document"])
    without_segments = sorted(set(codings["document"]) - with_segments)
    notes += [
        _note("The document has no segments, so its codings are not compared.", name) for name in without_segments
    ]
    outside = _outside(codings, ratings)
    if outside:
        notes.append(
            _note(
                f"{outside} of {len(codings)} codings are on text that is not compared: interviewer speech, "
                "acknowledgements, or short fragments."
            )
        )
    if (codings["code"] == NO_CODE).any():
        notes.append(
            _note(
                "In documents where a coder read only a sample (blind sheets), segments they did not read count "
                "as unknown."
            )
        )
    if order.undated:
        notes.append(
            _note(
                "These documents have no interview order or date and come last in the saturation curve: "
                f"{', '.join(order.undated)}."
            )
        )
    if order.kind == "file names" and len(order.documents) > 1:
        notes.append(
            _note(
                "participants.csv has no column `order` or `date`, so the saturation curve follows the file "
                "names. Use the random orders, or add one of these columns."
            )
        )
    return notes


def _who_coded_what(ratings: Ratings) -> list[dict[str, str]]:
    """Return a note if people coded different documents, or if only one person coded."""
    documents = ratings.units["document"]
    people = [coder for coder in np.flatnonzero(ratings.human) if ratings.coders[coder] != CONSENSUS]
    coded = {ratings.coders[coder]: set(documents[ratings.seen[coder]]) for coder in people}
    every = set().union(*coded.values())
    if len(coded) < 2:
        name = next(iter(coded), CONSENSUS)
        return [
            _note(
                f"Only one person coded ({name}), so there is no agreement between human coders to compare the "
                "pipeline with."
            )
        ]
    if all(documents_coded == every for documents_coded in coded.values()):
        return []
    counts = ", ".join(f"{name} {len(documents_coded)}" for name, documents_coded in sorted(coded.items()))
    shared = len(set.intersection(*coded.values()))
    return [
        _note(
            f"People coded different documents ({counts} of {len(every)}; {shared} by all). Each pair is compared on "
            "the documents both coded."
        )
    ]


def _codes_beside(codings: pd.DataFrame, assignments: pd.DataFrame) -> list[dict[str, str]]:
    """Return a note on human codes that the pipeline does not map."""
    mapped = set(assignments["code"].unique())
    if not mapped:
        return [_note("The codebook has no codes to map, so the pipeline is not compared with human coders.")]
    foreign = sorted(set(codings["code"]) - mapped - {NO_CODE})
    if not foreign:
        return []
    named = ", ".join(f"'{code}'" for code in foreign[:10]) + (" and others" if len(foreign) > 10 else "")
    return [
        _note(
            f"Human codes that are not in the codebook are compared between people only ({len(foreign)}): "
            f"{named}. Add them to codebook.yaml to map them."
        )
    ]


def _outside(codings: pd.DataFrame, ratings: Ratings) -> int:
    """Return the number of codings that overlap no compared segment."""
    count = 0
    spans = dict(list(ratings.units.groupby("document")))
    for name, group in codings.groupby("document"):
        if str(name) not in spans:
            continue
        units = spans[str(name)]
        first = np.searchsorted(units["end"].to_numpy(), group["start"].to_numpy(), side="right")
        last = np.searchsorted(units["start"].to_numpy(), group["end"].to_numpy(), side="left")
        count += int((last <= first).sum())
    return count


def _note(reason: str, document: str = "") -> dict[str, str]:
    return {"kind": "note", "document": document, "place": "", "reason": reason}
