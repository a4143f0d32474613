"""Framework matrix of cases by codes (Gale et al. 2013, BMC Med Res Methodol 13:117) with extractive summaries.

A summary consists of verbatim sentences, chosen by their similarity to the centroid of all passages of the code (Radev
et al. 2004, Inf Process Manag 40:919).
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from pipeline.core import languages
from pipeline.core.table_rows import each, groups

SENTENCE = re.compile(r"\S.*?(?:[.!?…]+[\"'”’)\]]*(?=\s|$)|$)", re.DOTALL)
BETWEEN = " […] "


@dataclass(frozen=True)
class Part:
    """A verbatim sentence of a summary. `start`, `end`: code points in the document, end exclusive."""

    segment_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Cell:
    """The cell of a case and a code.

    `state`: spoken, asked (and silent), not_asked, unknown, or not_available (in a language that is not mapped);
    `parts`: the sentences of the summary; `excerpts`: segment ids; `question`: the turn_id of the question, or empty.
    """

    case: str
    code: str
    state: str
    parts: tuple[Part, ...]
    excerpts: tuple[str, ...]
    question: str = ""

    @property
    def summary(self) -> str:
        """The sentences as one text, with an ellipsis in brackets between them."""
        return BETWEEN.join(part.text for part in self.parts)


def rows_of(segments: pd.DataFrame) -> pd.DataFrame:
    """Return which cases speak in which documents (columns document, case), sorted.

    A document without named speakers, such as field notes, counts as a case under its own name.
    """
    said = segments[segments.part != "interviewer"]
    named = said.assign(case=said.case.where(said.case != "", said.document))
    named = named[(said.case != "") | (said.part == "none")]
    return named[["document", "case"]].drop_duplicates().sort_values(["case", "document"], ignore_index=True)


def unread(segments: pd.DataFrame, *, looked: Collection[str]) -> frozenset[str]:
    """Return the cases with at least half of their words in segments that were not mapped, because of their language.

    `looked`: ids of the mapped segments.
    """
    if not looked:
        return frozenset()
    said = segments[segments.substantive]
    who = said.case.where(said.case != "", said.document)
    words = said.n_words.groupby(who).sum()
    mapped = said.n_words.where(said.segment_id.isin(list(looked)), 0).groupby(who).sum()
    return frozenset(str(name) for name in words.index[mapped * 2 <= words])


def cells(
    *,
    segments: pd.DataFrame,
    accepted: pd.DataFrame,
    codes: Sequence[str],
    asked: dict[tuple[str, str], str],
    sentences: int = 2,
    unread: frozenset[str] = frozenset(),
) -> list[Cell]:
    """Return a cell for every case and code: cases in alphabetical order, codes in the order given.

    `accepted`: columns segment_id, code and score; `asked`: see asked_about.asked; `unread`: cases not mapped because
    of their language. Excerpts are ordered by score, then by position. A summary has at most `sentences` sentences, in
    text order, and only from English segments, since the method uses English stop words.
    """
    rows = rows_of(segments)
    cases = sorted(set(rows.case))
    named = segments.assign(case=segments.case.where(segments.case != "", segments.document))
    best = accepted.sort_values(["segment_id", "code", "score"], ascending=[True, True, False])
    best = best.drop_duplicates(["segment_id", "code"]).merge(named, on="segment_id")
    best = best.sort_values(["score", "document", "start"], ascending=[False, True, True], kind="stable")
    best = best[best.code.isin(list(codes))]
    english = best[languages.read_in(best.language, best.n_words, {languages.ENGLISH})]
    summaries = {code: _summaries(group, sentences) for code, group in groups(english, "code").items()}
    excerpts = {key: tuple(group.segment_id) for key, group in groups(best, ["case", "code"]).items()}
    made = []
    for case in cases:
        for code in codes:
            own = excerpts.get((case, code), ())
            question = "" if own else asked.get((case, code), "")
            silent = (
                "not_available"
                if case in unread
                else "unknown"
                if (case, code) not in asked
                else "asked"
                if question
                else "not_asked"
            )
            parts = summaries.get(code, {}).get(case, ())
            made.append(Cell(case, code, "spoken" if own else silent, parts, own, question))
    return made


def table(found: Sequence[Cell]) -> pd.DataFrame:
    """Return the cells as the table framework_matrix."""
    return pd.DataFrame(
        {
            "case": [cell.case for cell in found],
            "code": [cell.code for cell in found],
            "summary": [cell.summary for cell in found],
            "n_segments": [len(cell.excerpts) for cell in found],
            "excerpts": [list(cell.excerpts) for cell in found],
            "state": [cell.state for cell in found],
            "question": [cell.question for cell in found],
        }
    )


def sentences_of(text: str) -> list[tuple[int, int]]:
    """Return the (start, end) offsets of the sentences of a passage; only whitespace lies between them."""
    return [(match.start(), match.end()) for match in SENTENCE.finditer(text) if match.group().strip()]


def _summaries(passages: pd.DataFrame, count: int) -> dict[str, tuple[Part, ...]]:
    """Return each case's sentences nearest to the centroid of all passages of one code, at most `count`."""
    parts: list[tuple[str, Part]] = []
    order: list[tuple[str, int]] = []
    for row in each(passages):
        for start, end in sentences_of(row.text):
            part = Part(row.segment_id, row.start + start, row.start + end, row.text[start:end])
            parts.append((row.case, part))
            order.append((row.document, row.start + start))
    near = _nearness([part.text for _, part in parts])
    chosen: dict[str, list[int]] = {}
    for number in sorted(range(len(parts)), key=lambda number: (-near[number], order[number])):
        own = chosen.setdefault(parts[number][0], [])
        same = any(parts[other][1].text == parts[number][1].text for other in own)
        if len(own) < count and not same:
            own.append(number)
    return {
        case: tuple(parts[number][1] for number in sorted(own, key=lambda number: order[number]))
        for case, own in chosen.items()
    }


def _nearness(texts: list[str]) -> np.ndarray:
    """Return each sentence's cosine with the centroid, 0 to 1, reduced for sentences under eight words."""
    lengths = np.array([len(text.split()) for text in texts], dtype=float)
    enough = np.minimum(lengths / 8, 1.0)
    try:
        words = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit_transform(texts)
    except ValueError:  # nothing but stop words
        return np.round(enough * 1e-3, 9)
    centre = normalize(np.asarray(words.mean(axis=0))).ravel()
    return np.round(np.asarray(words @ centre).ravel() * enough, 9)
