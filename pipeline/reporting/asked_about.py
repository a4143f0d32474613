"""Was a person asked about a code at all? Silence after a question says something; silence without one says nothing.

A question is taken to ask about a code if it shares enough of the words that tell the code from the others in the
codebook (name, definition, what to include, examples; weighted by tf-idf). It is a candidate reading, and the question
it rests on is always shown beside it.
"""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

from pipeline.core.table_rows import each, groups
from pipeline.deductive.codebook import Code

# The least cosine of question and code. At this point a short question needs one telling word, a long one several.
ENOUGH = 0.17
WORD = re.compile(r"[^\W\d_]{3,}")
ENDINGS = ("ing", "ers", "er", "ed", "es", "s")


def asked(
    *, turns: pd.DataFrame, rows: pd.DataFrame, codes: Mapping[str, Code], enough: float = ENOUGH
) -> dict[tuple[str, str], str]:
    """For each case and code, the turn_id of the question that most nearly asked about it, or "" where none did.

    `rows` holds document and case: in a focus group everybody is asked every question. A case in whose documents
    nobody asks anything is left out: of it nothing can be said.
    """
    questions = turns[turns.part == "interviewer"].sort_values("turn_id")
    names = questions.turn_id.to_list()
    likeness = _likeness(questions.text.to_list(), list(codes.values()))
    found: dict[tuple[str, str], str] = {}
    for case, numbers in _put_to(questions, rows).items():
        for place, code in enumerate(codes):
            best = max(numbers, key=lambda number: (likeness[number, place], -number))
            found[case, code] = names[best] if likeness[best, place] >= enough else ""
    return found


def told_by(code: Code) -> str:
    """The text a code is known by; its name counts more than what is said of it."""
    return " ".join([code.name] * 3 + [code.definition, code.include, *code.examples])


def stems(text: str) -> list[str]:
    """The words of a text that may tell something, without their commonest English endings."""
    found = []
    for word in WORD.findall(text.lower()):
        if word not in ENGLISH_STOP_WORDS:
            ending = next((end for end in ENDINGS if word.endswith(end) and len(word) - len(end) >= 4), "")
            found.append(word.removesuffix(ending) if ending else word)
    return found


def _likeness(questions: list[str], codes: list[Code]) -> np.ndarray:
    """The cosine of every question (rows) with every code (columns)."""
    none = np.zeros((len(questions), len(codes)))
    texts = [told_by(code) for code in codes] + questions
    if not codes or not any(stems(text) for text in texts):
        return none
    vectors = TfidfVectorizer(analyzer=stems, sublinear_tf=True).fit_transform(texts)
    likeness: np.ndarray = (vectors[len(codes) :] @ vectors[: len(codes)].T).toarray()
    return np.round(likeness, 9)


def _put_to(questions: pd.DataFrame, rows: pd.DataFrame) -> dict[str, list[int]]:
    """The questions (by number) that each case was there to answer."""
    numbered = questions.assign(number=range(len(questions)))
    within = {document: group.number.to_list() for document, group in groups(numbered, "document").items()}
    put: dict[str, list[int]] = {}
    for row in each(rows.sort_values(["case", "document"])):
        put.setdefault(row.case, []).extend(within.get(row.document, []))
    return {case: numbers for case, numbers in put.items() if numbers}
