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
# A theme is shared if this share of the cases speak of it, and none gives more than MOST_OF_ONE of it; ...
HALF, MOST_OF_ONE = 0.5, 1 / 3
# ... and depends on one document that has this share of it, and this many times its share of the study.
ONE_DOCUMENT, DOCUMENT_LIFT = 0.5, 1.5
# How many cases of a theme make a document a conversation of several people.
GROUP = 3
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
    effective_documents: float = 0.0
    main_document: str = ""
    main_document_share: float = 0.0
    main_document_cases: int = 0
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
    documents = segments["document"].value_counts()
    document = min(documents.index, key=lambda name: (-documents[name], name))
    in_it = segments.loc[segments["document"] == document, "case"]
    return Facts(
        n_segments=len(segments),
        n_cases=len(cases),
        n_documents=segments["document"].nunique(),
        effective_cases=_effective(cases),
        main_case=str(cases.index[0]) if len(cases) else "",
        main_case_share=float(shares.iloc[0]) if len(cases) else 0.0,
        prompt_id=main,
        prompt_text=prompts.get(main, ""),
        prompt_share=float(counted[main] / len(segments)) if main else 0.0,
        unprompted_share=float(unprompted.mean()),
        effective_documents=_effective(documents),
        main_document=str(document),
        main_document_share=float(documents[document] / len(segments)),
        main_document_cases=len(set(in_it) - {""}),
    )


def _effective(counts: pd.Series) -> float:
    """Return how many there would be if all gave equally much: the inverse Simpson index of counts; 0 of none."""
    return float(counts.sum() ** 2 / (counts**2).sum()) if len(counts) else 0.0


def verdict(theme: Facts, *, n_cases: int, documents: Mapping[str, int] | None = None) -> str:
    """A theme's passport in a sentence. `n_cases`: the number of cases in the study; `documents`: segments in each."""
    clauses = [_voices(theme, n_cases)]
    if _one_document(theme, documents or {}):
        clauses.append(_document(theme, len(documents or {})))
    if theme.prompt_share >= ONE_QUESTION:
        clauses.append(
            f"mostly one question: {_percent(theme.prompt_share)} of it answers “{_short(theme.prompt_text)}”"
        )
    clauses += _steadiness(theme)
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
    if theme.main_case_share > MOST_OF_ONE:
        return f"one participant above all: {share} of it is from {theme.main_case}; {theme.n_cases} of {n_cases} cases"
    width = "shared" if theme.n_cases >= HALF * n_cases else "some participants"
    return f"{width}: {theme.n_cases} of {n_cases} cases, at most {share} of it from any one"


def _one_document(theme: Facts, documents: Mapping[str, int]) -> bool:
    """Return whether a theme of several participants, or of none, comes mostly from one document of several."""
    if theme.n_cases == 1 or len(documents) < 2 or theme.main_document_share < ONE_DOCUMENT:
        return False
    expected = documents.get(theme.main_document, 0) / max(sum(documents.values()), 1)
    return theme.main_document_share >= DOCUMENT_LIFT * expected and theme.main_document_cases != 1


def _document(theme: Facts, n_documents: int) -> str:
    kind = "document" if theme.main_document_cases < GROUP else "group conversation"
    return (
        f"mostly one {kind}: {_percent(theme.main_document_share)} of it is from {theme.main_document}, one of "
        f"{n_documents} documents"
    )


def _steadiness(theme: Facts) -> list[str]:
    """How a theme fares without some documents and without those it depends on: one clause, or none."""
    lost = f"lost without {_listed(theme.lost_without)}" if theme.lost_without else ""
    if theme.stability != theme.stability:  # nan: not measured
        return [f"fragile: {lost}"] if lost else []
    left_out = "when a tenth of the documents is left out"
    if theme.stability >= 0.75:
        return [f"stable {left_out}, but {lost}" if lost else f"stable {left_out}"]
    if theme.stability >= FOUND_AGAIN:
        return [f"partly stable {left_out}" + (f", and {lost}" if lost else "")]
    return [f"unstable (dissolves or merges) {left_out}" + (f", and {lost}" if lost else "") + ": interpret with care"]


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
