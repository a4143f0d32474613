"""Theme passports: the participants and question a theme depends on, and its stability, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline.inductive import labels

# Questions with at least this cosine of tf-idf count as the same: interviewers rarely repeat one word for word.
SAME_QUESTION = 0.6
# A theme is found again if a theme of the other run has at least this Jaccard index with it (Hennig 2007).
FOUND_AGAIN = 0.5
ONE_VOICE, TWO_VOICES = 0.5, 2.0
ONE_QUESTION = 0.6
# How a group of participants is named among those without whom a theme is lost.
ALL_WITH = "all participants with"


@dataclass(frozen=True)
class Facts:
    """The facts about one theme. Shares are from 0 to 1; `stability` is nan if it was not measured."""

    n_segments: int
    n_cases: int
    n_documents: int
    effective_cases: float
    main_case: str
    main_case_share: float
    prompt_id: str
    prompt_text: str
    prompt_share: float
    unprompted_share: float
    stability: float = float("nan")
    lost_without: Sequence[str] = field(default=())


def questions(turns: pd.DataFrame) -> dict[str, str]:
    """Map each interviewer turn_id to the turn_id of the first turn that asks the same question.

    Questions are the same if they are identical or their cosine of tf-idf is at least SAME_QUESTION.
    """
    question_turns = turns[turns["part"] != "participant"].sort_values(["document", "start", "turn_id"])
    first: dict[str, str] = {}
    for turn, text in zip(question_turns["turn_id"], question_turns["text"], strict=True):
        first.setdefault(_plain(text), turn)
    texts = list(first)
    leader = _leaders(texts)
    by_text = {text: first[texts[leader[position]]] for position, text in enumerate(texts)}
    return {
        turn: by_text[_plain(text)]
        for turn, text in zip(question_turns["turn_id"], question_turns["text"], strict=True)
    }


def _plain(text: str) -> str:
    return " ".join(labels.tokens(text)) or text.strip().lower()


def _leaders(texts: Sequence[str]) -> list[int]:
    """The index of each text's leader: the first similar text that leads itself, else the text itself."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    try:
        tfidf = sparse.csr_matrix(TfidfVectorizer(token_pattern=labels.TOKEN, sublinear_tf=True).fit_transform(texts))
    except ValueError:  # no words at all
        return list(range(len(texts)))
    likeness = sparse.csr_matrix(tfidf @ tfidf.T)
    leader = list(range(len(texts)))
    for position in range(len(texts)):
        span = slice(likeness.indptr[position], likeness.indptr[position + 1])
        alike = likeness.indices[span][np.round(likeness.data[span], 6) >= SAME_QUESTION]
        leader[position] = min(
            (int(other) for other in alike if other < position and leader[other] == other), default=position
        )
    return leader


def facts(
    segments: pd.DataFrame, *, question_of: Mapping[str, str], prompts: Mapping[str, str], keywords: Sequence[str]
) -> Facts:
    """The facts about one theme from its segments (at least one).

    `question_of`: question by turn_id (see `questions`); `prompts`: text by turn_id. A segment is unprompted if no
    question precedes it or the question contains none of the theme's keywords.
    """
    cases = segments.loc[segments["case"] != "", "case"].value_counts()
    cases = cases[sorted(cases.index, key=lambda name: (-cases[name], name))]
    shares = cases / len(segments)
    to = segments["prompt_id"].map(lambda turn: question_of.get(turn, turn))
    counted = to[to != ""].value_counts()
    main = min(counted.index, key=lambda turn: (-counted[turn], turn)) if len(counted) else ""
    keyword_stems = {labels.stem(word) for word in keywords}
    prompt_stems = segments["prompt_id"].map(
        lambda turn: {labels.stem(word) for word in labels.tokens(prompts.get(turn, ""))}
    )
    unprompted = prompt_stems.map(lambda question: not question & keyword_stems)
    proportions = cases / cases.sum() if len(cases) else cases
    return Facts(
        n_segments=len(segments),
        n_cases=len(cases),
        n_documents=segments["document"].nunique(),
        effective_cases=float(1 / (proportions**2).sum()) if len(cases) else 0.0,
        main_case=str(cases.index[0]) if len(cases) else "",
        main_case_share=float(shares.iloc[0]) if len(cases) else 0.0,
        prompt_id=main,
        prompt_text=prompts.get(main, ""),
        prompt_share=float(counted[main] / len(segments)) if main else 0.0,
        unprompted_share=float(unprompted.mean()),
    )


def verdict(theme: Facts, *, n_cases: int) -> str:
    """A theme's passport in a sentence; `n_cases`: the number of cases in the study."""
    clauses = [_voices(theme, n_cases)]
    if theme.prompt_share >= ONE_QUESTION:
        clauses.append(
            f"mostly one question: {_percent(theme.prompt_share)} of it answers “{_short(theme.prompt_text)}”"
        )
    if theme.lost_without:
        clauses.append(f"fragile: lost if {_listed(theme.lost_without)} {_are(theme.lost_without)} removed")
    if theme.stability == theme.stability:  # not nan
        clauses.append(_steadiness(theme.stability))
    return "; ".join(clauses)[:1].upper() + "; ".join(clauses)[1:] + "."


def _voices(theme: Facts, n_cases: int) -> str:
    if theme.n_cases == 0:
        return "only in notes and documents without named speakers"
    share = _percent(theme.main_case_share)
    if theme.n_cases == 1:
        return f"only one participant: {theme.main_case}"
    if theme.main_case_share >= ONE_VOICE:
        return f"dominated by one participant: {share} of it is from {theme.main_case}"
    if theme.effective_cases < TWO_VOICES + 0.5:
        return f"few participants: {theme.n_cases} of {n_cases} cases; {share} of it is from {theme.main_case}"
    width = "widely shared" if theme.n_cases >= 0.5 * n_cases else "shared"
    return f"{width}: {theme.n_cases} of {n_cases} cases, at most {share} of it from any one"


def _steadiness(stability: float) -> str:
    if stability >= 0.75:
        return "stable when a tenth of the documents is left out"
    if stability >= FOUND_AGAIN:
        return "partly stable when a tenth of the documents is left out"
    return "unstable (dissolves or merges) when a tenth of the documents is left out: interpret with care"


def jaccard(theme: np.ndarray, others: np.ndarray) -> float:
    """The best Jaccard index of a theme with the groups of another run. Both (n,): membership; group (-1: none)."""
    inside = others[theme]
    sizes = np.bincount(others[others >= 0])
    if not len(sizes):
        return 0.0
    shared = np.bincount(inside[inside >= 0], minlength=len(sizes))
    return float((shared / np.maximum(sizes + theme.sum() - shared, 1)).max())


def attributes(segments: pd.DataFrame, themes: np.ndarray, cases: pd.DataFrame) -> pd.DataFrame:
    """Counts by attribute: columns theme, attribute, value, n_segments, n_cases.

    `segments` and `themes` are aligned. A case without a value counts as "(not given)".
    """
    frames = []
    with_case = segments.assign(theme=themes)
    with_case = with_case[(with_case["theme"] >= 0) & (with_case["case"] != "")]
    for attribute in [column for column in cases.columns if column != "case"]:
        value = cases.set_index("case")[attribute].fillna("").astype(str).replace("", "(not given)")
        with_value = with_case.assign(value=with_case["case"].map(value).fillna("(not given)"))
        counted = with_value.groupby(["theme", "value"]).agg(n_segments=("case", "size"), n_cases=("case", "nunique"))
        frames.append(counted.reset_index().assign(attribute=attribute))
    columns = ["theme", "attribute", "value", "n_segments", "n_cases"]
    return pd.concat(frames)[columns].sort_values(columns[:3]) if frames else pd.DataFrame(columns=columns)


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"


def _short(text: str, *, most_words: int = 14) -> str:
    words = text.split()
    return " ".join(words) if len(words) <= most_words else " ".join(words[:most_words]) + " …"


def _listed(names: Sequence[str]) -> str:
    if len(names) > 3:
        further = len(names) - 3
        return f"{', '.join(names[:3])} or {'1 other' if further == 1 else f'one of {further} others'}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _are(names: Sequence[str]) -> str:
    """The verb after `_listed`, which agrees with the last name listed."""
    return "are" if len(names) <= 3 and names[-1].startswith(ALL_WITH) else "is"
