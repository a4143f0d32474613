"""Framework matrix of cases by codes (Gale et al. 2013, BMC Med Res Methodol 13:117) with extractive summaries.

A passage that a person coded has that person's codes alone; the others have the pipeline's candidate codes.

A summary consists of verbatim sentences, chosen by their similarity to the centroid of all passages of the code (Radev
et al. 2004, Inf Process Manag 40:919).
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from pipeline.core import languages, prose
from pipeline.core.table_rows import each, groups
from pipeline.corpus import exchanges
from pipeline.corpus.coded_segments import codes_of_segments
from pipeline.deductive import coded
from pipeline.deductive.codebook import Codebook

SENTENCE = re.compile(r"\S.*?(?:[.!?…]+[\"'”’)\]]*(?=\s|$)|$)", re.DOTALL)
BETWEEN = " […] "
# The score of a code that a person gave: above all scores of candidates.
BY_PERSON = 2.0


@dataclass(frozen=True)
class SummarySentence:
    """A verbatim sentence of a summary, or several that follow each other.

    `start`, `end`: code points in the document, end exclusive.
    """

    segment_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Cell:
    """The cell of a case and a code.

    `state`: spoken, asked (and silent), not_asked, unknown, or not_available (in a language that is not mapped);
    `sentences`: the sentences of the summary; `excerpts`: segment ids; `question`: the turn_id of the question, or
    empty; `n_coded`: how many of the excerpts a person coded; the others are candidates.
    """

    case: str
    code: str
    state: str
    sentences: tuple[SummarySentence, ...]
    excerpts: tuple[str, ...]
    question: str = ""
    n_coded: int = 0

    @property
    def summary(self) -> str:
        """The sentences as one text, with an ellipsis in brackets where text between them is omitted."""
        return BETWEEN.join(sentence.text for sentence in self.sentences)


def rows_of(segments: pd.DataFrame) -> pd.DataFrame:
    """Return which cases speak in which documents (columns document, case), sorted.

    A document without named speakers, such as field notes, counts as a case under its own name; a title or a note of
    the transcriber makes no case.
    """
    spoken = segments[segments.part != "interviewer"]
    with_case = spoken.assign(case=spoken.case.where(spoken.case != "", spoken.document))
    with_case = with_case[(spoken.case != "") | ((spoken.part == "none") & spoken.substantive)]
    return with_case[["document", "case"]].drop_duplicates().sort_values(["case", "document"], ignore_index=True)


def unread(segments: pd.DataFrame, *, mapped_ids: Collection[str]) -> frozenset[str]:
    """Return the cases with at least half of their words in segments that were not mapped, because of their language.

    `mapped_ids`: ids of the mapped segments.
    """
    if not mapped_ids:
        return frozenset()
    substantive = segments[segments.substantive]
    voice = substantive.case.where(substantive.case != "", substantive.document)
    n_words = substantive.n_words.groupby(voice).sum()
    mapped = substantive.n_words.where(substantive.segment_id.isin(list(mapped_ids)), 0).groupby(voice).sum()
    return frozenset(str(name) for name in n_words.index[mapped * 2 <= n_words])


def content(*, segments: pd.DataFrame, codings: pd.DataFrame, candidates: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """Return the codes of each segment (columns segment_id, code, score): people's, and candidates where nobody coded.

    `candidates`: the pipeline's codes, with the same columns. A segment that a person gave any code, or the mark that
    it has none, has no candidates. People's codes have the score BY_PERSON.
    """
    spoken = segments[segments.part != "interviewer"]
    codes = coded.tree(book, codings)
    marked = exchanges.with_answers(codings, segments)
    people = coded.truth(spoken, marked, codes=codes, uncoded="unknown")
    # "Yeah." in the middle of a coded answer is not one more passage; coded by itself it is.
    alone = coded.truth(spoken, marked[~_on_talk(spoken, marked)], codes=codes, uncoded="unknown")
    rows, columns = np.nonzero(np.where(spoken.substantive.to_numpy()[:, None], people.direct, alone.direct))
    ids = spoken.segment_id.to_numpy()
    names = np.array(codes.names, dtype=object)
    by_people = pd.DataFrame({"segment_id": ids[rows], "code": names[columns], "score": BY_PERSON})
    rest = candidates[~candidates.segment_id.isin(ids[people.seen])]
    return pd.concat([part for part in (by_people, rest) if len(part)] or [rest], ignore_index=True)


def _on_talk(spoken: pd.DataFrame, codings: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return whether each coding lies on a substantive segment, (codings,)."""
    each_alone = codings.assign(coder="", code=[str(row) for row in range(len(codings))])
    placed = codes_of_segments(spoken[spoken.substantive], each_alone)
    return np.isin(each_alone.code.to_numpy(dtype=str), placed.code.to_numpy(dtype=str))


def cells(
    *,
    segments: pd.DataFrame,
    accepted: pd.DataFrame,
    codes: Sequence[str],
    asked: dict[tuple[str, str], str],
    sentences: int = 2,
    unread: frozenset[str] = frozenset(),
    texts: Mapping[str, str] | None = None,
) -> list[Cell]:
    """Return a cell for every case and code: cases in the order of their numbers, codes in the order given.

    `accepted`: see `content`; `asked`: see asked_about.asked; `unread`: cases not mapped because of their language;
    `texts`: the documents by name, to tell whether segments follow each other. Excerpts are ordered by score, then by
    position. A summary has at most `sentences` sentences, in text order, and only from English segments, since the
    method uses English stop words.
    """
    with_case = segments.assign(case=segments.case.where(segments.case != "", segments.document))
    best = accepted.sort_values(["segment_id", "code", "score"], ascending=[True, True, False])
    best = best.drop_duplicates(["segment_id", "code"]).merge(with_case, on="segment_id")
    best = best.sort_values(["score", "document", "start"], ascending=[False, True, True], kind="stable")
    best = best[best.code.isin(list(codes))]
    cases = sorted({*rows_of(segments).case, *best[best.part != "interviewer"].case}, key=prose.natural_order)
    english = best[languages.read_in(best.language, best.n_words, {languages.ENGLISH})]
    summaries = {code: _summaries(group, sentences, texts or {}) for code, group in groups(english, "code").items()}
    excerpts = {key: tuple(group.segment_id) for key, group in groups(best, ["case", "code"]).items()}
    n_coded = {key: len(group) for key, group in groups(best[best.score == BY_PERSON], ["case", "code"]).items()}
    matrix_cells = []
    for case in cases:
        for code in codes:
            cell_excerpts = excerpts.get((case, code), ())
            question = "" if cell_excerpts else asked.get((case, code), "")
            silence = (
                "not_available"
                if case in unread
                else "unknown"
                if (case, code) not in asked
                else "asked"
                if question
                else "not_asked"
            )
            parts = summaries.get(code, {}).get(case, ())
            matrix_cells.append(
                Cell(
                    case,
                    code,
                    "spoken" if cell_excerpts else silence,
                    parts,
                    cell_excerpts,
                    question,
                    n_coded.get((case, code), 0),
                )
            )
    return matrix_cells


def table(matrix_cells: Sequence[Cell]) -> pd.DataFrame:
    """Return the cells as the table framework_matrix."""
    return pd.DataFrame(
        {
            "case": [cell.case for cell in matrix_cells],
            "code": [cell.code for cell in matrix_cells],
            "summary": [cell.summary for cell in matrix_cells],
            "n_segments": [len(cell.excerpts) for cell in matrix_cells],
            "excerpts": [list(cell.excerpts) for cell in matrix_cells],
            "state": [cell.state for cell in matrix_cells],
            "question": [cell.question for cell in matrix_cells],
            "n_coded": [cell.n_coded for cell in matrix_cells],
        }
    )


def sentences_of(text: str) -> list[tuple[int, int]]:
    """Return the (start, end) offsets of the sentences of a passage; only whitespace lies between them."""
    return [(match.start(), match.end()) for match in SENTENCE.finditer(text) if match.group().strip()]


def count_in_words(n_segments: int, n_coded: int) -> str:
    """How many passages of a cell people coded, and how many are candidates: "2 coded, 1 candidate"."""
    n_candidates = n_segments - n_coded
    parts = [f"{n_coded:,} coded"] if n_coded else []
    return ", ".join([*parts, *([prose.count(n_candidates, "candidate")] if n_candidates else [])])


def _summaries(passages: pd.DataFrame, count: int, texts: Mapping[str, str]) -> dict[str, tuple[SummarySentence, ...]]:
    """Return each case's sentences nearest to the centroid of all passages of one code, at most `count`.

    Sentences with nothing but space between them are joined.
    """
    candidates: list[tuple[str, SummarySentence]] = []
    order: list[tuple[str, int]] = []
    for passage in each(passages):
        for start, end in sentences_of(passage.text):
            candidate = SummarySentence(
                passage.segment_id, passage.start + start, passage.start + end, passage.text[start:end]
            )
            candidates.append((passage.case, candidate))
            order.append((passage.document, passage.start + start))
    near = _nearness([candidate.text for _, candidate in candidates])
    chosen: dict[str, list[int]] = {}
    for number in sorted(range(len(candidates)), key=lambda number: (-near[number], order[number])):
        chosen_numbers = chosen.setdefault(candidates[number][0], [])
        repeated = any(candidates[other][1].text == candidates[number][1].text for other in chosen_numbers)
        if len(chosen_numbers) < count and not repeated:
            chosen_numbers.append(number)
    parts_of: dict[str, tuple[SummarySentence, ...]] = {}
    text_of = {row.segment_id: (row.document, row.start, row.text) for row in each(passages)}
    for case, chosen_numbers in chosen.items():
        parts: list[SummarySentence] = []
        for number in sorted(chosen_numbers, key=lambda number: order[number]):
            part = candidates[number][1]
            joined = _joined(parts[-1], part, text_of, texts) if parts else None
            parts[-1:] = [joined] if joined else [*parts[-1:], part]
        parts_of[case] = tuple(parts)
    return parts_of


def _joined(
    one: SummarySentence,
    two: SummarySentence,
    text_of: Mapping[str, tuple[str, int, str]],
    texts: Mapping[str, str],
) -> SummarySentence | None:
    """Return two stretches of a document as one if nothing but space lies between them, else None.

    `text_of`: document, start and text of each segment.
    """
    document, start, text = text_of[one.segment_id]
    if one.segment_id != two.segment_id:
        start, text = 0, texts.get(document, "")
    gap = text[one.end - start : two.start - start]
    if (
        text_of[two.segment_id][0] != document
        or two.start < one.end
        or gap.strip()
        or (not gap and two.start != one.end)
    ):
        return None
    return SummarySentence(one.segment_id, one.start, two.end, text[one.start - start : two.end - start])


def _nearness(texts: list[str]) -> np.ndarray:
    """Return each sentence's cosine with the centroid, 0 to 1, reduced for sentences under eight words."""
    lengths = np.array([len(text.split()) for text in texts], dtype=float)
    enough = np.minimum(lengths / 8, 1.0)
    try:
        tfidf = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit_transform(texts)
    except ValueError:  # nothing but stop words
        return np.round(enough * 1e-3, 9)
    centre = normalize(np.asarray(tfidf.mean(axis=0))).ravel()
    return np.round(np.asarray(tfidf @ centre).ravel() * enough, 9)
