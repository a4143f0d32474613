"""Human codes as used for few-shot mapping: which segments people read, and the codes of each.

A segment has a code if any coder assigned it, because codes that only one coder assigned are as likely to be oversights
as disagreements. For segments resolved by "consensus", only the resolution counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.core.coders import CONSENSUS, NO_CODE
from pipeline.core.terms import Uncoded
from pipeline.corpus.coded_segments import codes_of_segments
from pipeline.deductive.calibration import Bools
from pipeline.deductive.codebook import Codebook

# A document is coded apart if the codes to be expected there, judging by other documents, occur in it with at most this
# part of the share that is usual; told where at least so many codings are expected, and so many documents are coded.
APART, EXPECTED, DOCUMENTS = 0.25, 10.0, 3


@dataclass(frozen=True)
class Tree:
    """All codes, in order: those of the codebook, those that only coders used, then categories that coders named.

    `parent`: each code's parent or "". `given`: codes that can be assigned; a category that occurs only as
    `parent_code` is used for learning alone.
    """

    names: tuple[str, ...]
    parent: Mapping[str, str]
    given: frozenset[str]
    missing: tuple[str, ...]

    def line(self, name: str) -> list[str]:
        """Return a code and its ancestors, nearest first; loops in coders' files end it."""
        found = [name]
        while (above := self.parent.get(found[-1], "")) and above not in found:
            found.append(above)
        return found

    def category(self, name: str) -> str:
        """Return the top of a code's branch; the code itself where coders' files lead round in a loop."""
        top = self.line(name)[-1]
        return name if self.parent.get(top) else top

    @property
    def above(self) -> Bools:
        """Codes x codes: whether the second is the first or one of its ancestors."""
        place = {name: number for number, name in enumerate(self.names)}
        matrix = np.zeros((len(self.names), len(self.names)), dtype=bool)
        for name in self.names:
            matrix[place[name], [place[other] for other in self.line(name)]] = True
        return matrix


@dataclass(frozen=True)
class Truth:
    """Rows are segments. `seen`: read by a person; `direct`: codes assigned; `rolled`: those and their ancestors."""

    seen: Bools
    direct: Bools
    rolled: Bools


def tree(book: Codebook, codings: pd.DataFrame) -> Tree:
    """Return the codes of the codebook and those used by coders, with their parents."""
    used = codings[codings["code"] != NO_CODE].groupby(["code", "parent_code"]).size().rename("n").reset_index()
    # If files give a code several parents, the most frequent one counts, unless it is the code itself.
    used["none"] = (used["parent_code"] == "") | (used["parent_code"] == used["code"])
    used = used.sort_values(["code", "none", "n", "parent_code"], ascending=[True, True, False, True])
    used = used.drop_duplicates("code")[["code", "parent_code"]]
    beside = {str(code): str(parent) for code, parent in used.itertuples(index=False) if code not in book}
    parent = {code.name: code.parent for code in book.codes} | {
        code: above if above != code else "" for code, above in beside.items()
    }
    categories = sorted({above for above in parent.values() if above and above not in parent})
    names = (*book.names, *sorted(beside), *categories)
    return Tree(names, parent, frozenset(parent), tuple(sorted(beside)))


def truth(segments: pd.DataFrame, codings: pd.DataFrame, *, codes: Tree, uncoded: Uncoded = "negative") -> Truth:
    """Return the human codes of each segment (rows in the order of `segments`).

    With `uncoded` negative, an uncoded segment of a coded document counts as having no code, unless a person used "(no
    code)" in that document: then only marked segments do. With unknown, uncoded segments never count.
    """
    given = codes_of_segments(segments, codings)
    settled = given[given["coder"] == CONSENSUS]
    given = given[(given["coder"] == CONSENSUS) | ~given["segment_id"].isin(settled["segment_id"])]
    place = {str(segment): number for number, segment in enumerate(segments["segment_id"])}
    column = {name: number for number, name in enumerate(codes.names)}
    direct = np.zeros((len(segments), len(codes.names)), dtype=bool)
    assigned = given[given["code"] != NO_CODE]
    direct[assigned["segment_id"].map(place).to_numpy(np.int64), assigned["code"].map(column).to_numpy(np.int64)] = True
    explicit = codings["code"] == NO_CODE
    full = set(codings["document"]) - set(codings.loc[explicit, "document"]) if uncoded == "negative" else set()
    answered = segments["segment_id"].isin(given["segment_id"])
    seen = (segments["document"].isin(full) | answered).to_numpy(dtype=bool)
    return Truth(seen, direct, (direct.astype(np.float64) @ codes.above.astype(np.float64)) > 0)


def shared(truth: Truth, units: npt.NDArray[np.int64]) -> Truth:
    """Return the codes of each segment's unit (an exchange): those of any of its segments; read if any of them was.

    `units`: a number per segment, from 0.
    """
    n = int(units.max(initial=-1)) + 1
    parts = []
    for part in (truth.seen[:, None], truth.direct & truth.seen[:, None], truth.rolled & truth.seen[:, None]):
        unit_codes = np.zeros((n, part.shape[1]), dtype=bool)
        np.logical_or.at(unit_codes, units, part)
        parts.append(unit_codes[units])
    return Truth(parts[0][:, 0], parts[1], parts[2])


def coded_apart(truth: Truth, documents: npt.NDArray[np.str_]) -> list[str]:
    """Return the documents in which the codes of the other documents hardly occur, sorted.

    They have few codes, and not the usual ones: they were coded by markers ("question", "last") or only begun, so an
    uncoded segment there does not mean that no code applies. If half of the documents or more would be such, none is:
    it cannot be told which are.
    """
    names, place = np.unique(documents[truth.seen], return_inverse=True)
    if len(names) < DOCUMENTS:
        return []
    sizes = np.bincount(place, minlength=len(names))[:, None]
    counts = np.zeros((len(names), truth.direct.shape[1]))
    np.add.at(counts, place, truth.direct[truth.seen])
    used = counts > 0
    # A code that only one of the others has is no sign of how the rest are coded.
    usual = used.sum(axis=0) - used >= 2
    expected = np.where(usual, (counts.sum(axis=0) - counts) / (sizes.sum() - sizes) * sizes, 0.0)
    total = expected.sum(axis=1)
    present = np.where(used, expected, 0.0).sum(axis=1) / np.maximum(total, 1e-9)
    # Documents about other things have other codes, and as many of them.
    few = used.sum(axis=1) <= np.median(used.sum(axis=1)) / 2
    found = names[few & (total >= EXPECTED) & (present <= APART * np.median(present))].tolist()
    return found if 2 * len(found) < len(names) else []


def without(truth: Truth, documents: npt.NDArray[np.str_], names: list[str]) -> Truth:
    """Return the human codes as if nobody had read these documents."""
    return replace(truth, seen=truth.seen & ~np.isin(documents, names))
