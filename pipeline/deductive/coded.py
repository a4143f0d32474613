"""What people coded, as few-shot mapping learns it: which segments they read, and which codes each one got.

A segment has a code where any coder gave it: passages that one person coded and another did not are as likely to be
oversights as refusals. Where the coders settled a segment (coder "consensus"), the settlement alone counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.core.coders import CONSENSUS, NO_CODE
from pipeline.core.terms import Uncoded
from pipeline.corpus.coded_segments import codes_of_segments
from pipeline.deductive.calibration import Bools
from pipeline.deductive.codebook import Codebook


@dataclass(frozen=True)
class Tree:
    """The codes in play, in order: those of the codebook, then those that only coders used, then categories they named.

    `parent`: of each code, its parent or "". `given`: codes that can be given to a segment; a category that coders
    named as `parent_code` and that is no code itself takes part in learning alone.
    """

    names: tuple[str, ...]
    parent: Mapping[str, str]
    given: frozenset[str]
    missing: tuple[str, ...]

    def line(self, name: str) -> list[str]:
        """A code and all codes above it, nearest first; coders' files may hold rings, which end it."""
        found = [name]
        while (above := self.parent.get(found[-1], "")) and above not in found:
            found.append(above)
        return found

    @property
    def above(self) -> Bools:
        """Codes x codes: whether the second is the first or stands above it."""
        place = {name: number for number, name in enumerate(self.names)}
        matrix = np.zeros((len(self.names), len(self.names)), dtype=bool)
        for name in self.names:
            matrix[place[name], [place[other] for other in self.line(name)]] = True
        return matrix


@dataclass(frozen=True)
class Truth:
    """Rows are segments. `seen`: a person read it; `direct`: codes given; `rolled`: those and all codes above them."""

    seen: Bools
    direct: Bools
    rolled: Bools


def tree(book: Codebook, codings: pd.DataFrame) -> Tree:
    """The codes of the codebook and those that coders used beside it, with their parents."""
    used = codings[codings["code"] != NO_CODE].groupby(["code", "parent_code"]).size().rename("n").reset_index()
    # Where files give a code several parents, the most frequent counts; one that is the code itself is none.
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
    """What people said of each segment (rows in the order of `segments`), as far as they said anything.

    With `uncoded` negative, a document that a person coded has been read in full, so that silence in it means no; where
    a person said "(no code)" anywhere in it, silence elsewhere is not an answer. With unknown, silence never is one.
    """
    given = codes_of_segments(segments, codings)
    settled = given[given["coder"] == CONSENSUS]
    given = given[(given["coder"] == CONSENSUS) | ~given["segment_id"].isin(settled["segment_id"])]
    place = {str(segment): number for number, segment in enumerate(segments["segment_id"])}
    column = {name: number for number, name in enumerate(codes.names)}
    direct = np.zeros((len(segments), len(codes.names)), dtype=bool)
    said = given[given["code"] != NO_CODE]
    direct[said["segment_id"].map(place).to_numpy(np.int64), said["code"].map(column).to_numpy(np.int64)] = True
    explicit = codings["code"] == NO_CODE
    full = set(codings["document"]) - set(codings.loc[explicit, "document"]) if uncoded == "negative" else set()
    answered = segments["segment_id"].isin(given["segment_id"])
    seen = (segments["document"].isin(full) | answered).to_numpy(dtype=bool)
    return Truth(seen, direct, (direct.astype(np.float64) @ codes.above.astype(np.float64)) > 0)
