"""Find out whether a case was asked about a code, so that silence can be interpreted.

A question counts as asking about a code if it shares enough distinctive words with the code's name, definition,
inclusion criteria and examples (tf-idf cosine), in the words in which it was asked or those of the guide's question
that it is. Turns that ask for nothing of their own ("Anyone else?") are no questions. This is a candidate reading; the
question is always shown beside it.
"""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

from pipeline.core.table_rows import each, groups
from pipeline.deductive.codebook import Code

# Least cosine of question and code: one distinctive word in a short question, several in a long one.
ENOUGH = 0.17
WORD = re.compile(r"[^\W\d_]{3,}")
ENDINGS = ("ing", "ers", "er", "ed", "es", "s")


def asked(
    prompts: pd.DataFrame,
    guide: pd.DataFrame,
    *,
    cases: pd.DataFrame,
    codes: Mapping[str, Code],
    enough: float = ENOUGH,
) -> dict[tuple[str, str], str]:
    """Return the turn_id of the question that best asks about each (case, code), or "" if none does.

    `prompts`, `guide`: the tables; `cases`: columns document and case; in a focus group every case is asked every
    question. `enough`: the least cosine. Cases whose documents contain no questions are left out, because it is unknown
    what they were asked.
    """
    questions = prompts.sort_values("prompt_id", ignore_index=True)
    names = questions.prompt_id.to_list()
    likeness = _of_guide(questions, guide, list(codes.values()))
    question_of: dict[tuple[str, str], str] = {}
    for case, numbers in _put_to(questions, cases).items():
        for code_number, code in enumerate(codes):
            best = max(numbers, key=lambda number: (likeness[number, code_number], -number))
            question_of[case, code] = names[best] if likeness[best, code_number] >= enough else ""
    return question_of


def _of_guide(questions: pd.DataFrame, guide: pd.DataFrame, codes: list[Code]) -> np.ndarray:
    """Return the likeness of every question with every code, (questions, codes).

    It is that of its own words, of the guide's question, or the mean of all wordings of that, whichever is greatest.
    """
    whole = _likeness([*questions.wording, *guide.question], codes)
    likeness, of_guide = whole[: len(questions)], whole[len(questions) :]
    best = likeness.copy()
    for number, guide_id in enumerate(guide.guide_id):
        inside = (questions.guide_id == guide_id).to_numpy(dtype=bool)
        if inside.any():
            shared = np.maximum(of_guide[number], likeness[inside].mean(axis=0))
            best[inside] = np.maximum(likeness[inside], shared)
    return np.round(best, 9)


def told_by(code: Code) -> str:
    """Return the text that represents a code; its name counts three times."""
    return " ".join([code.name] * 3 + [code.definition, code.include, *code.examples])


def stems(text: str) -> list[str]:
    """Return the content words of a text without common English endings."""
    stemmed = []
    for word in WORD.findall(text.lower()):
        if word not in ENGLISH_STOP_WORDS:
            ending = next((end for end in ENDINGS if word.endswith(end) and len(word) - len(end) >= 4), "")
            stemmed.append(word.removesuffix(ending) if ending else word)
    return stemmed


def _likeness(questions: list[str], codes: list[Code]) -> np.ndarray:
    """Return the cosine of every question with every code, (questions, codes)."""
    none = np.zeros((len(questions), len(codes)))
    texts = [told_by(code) for code in codes] + questions
    if not codes or not any(stems(text) for text in texts):
        return none
    vectors = TfidfVectorizer(analyzer=stems, sublinear_tf=True).fit_transform(texts)
    likeness: np.ndarray = (vectors[len(codes) :] @ vectors[: len(codes)].T).toarray()
    return np.round(likeness, 9)


def _put_to(questions: pd.DataFrame, rows: pd.DataFrame) -> dict[str, list[int]]:
    """Return the numbers of the questions put to each case."""
    numbered = questions.assign(number=range(len(questions)))
    within = {document: group.number.to_list() for document, group in groups(numbered, "document").items()}
    put: dict[str, list[int]] = {}
    for row in each(rows.sort_values(["case", "document"])):
        put.setdefault(row.case, []).extend(within.get(row.document, []))
    return {case: numbers for case, numbers in put.items() if numbers}
