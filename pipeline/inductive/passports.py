"""Theme passports: the participants, documents and question a theme depends on, and its stability, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pipeline.core import languages, prose
from pipeline.inductive import labels
from pipeline.inductive.theme_guide import Asked

# A theme is found again if a theme of the other run has at least this Jaccard index with it (Hennig 2007).
FOUND_AGAIN = 0.5
ONE_VOICE, TWO_VOICES = 0.5, 2.0
ONE_QUESTION = 0.6
# A theme is shared if this share of the cases speak of it, and none gives more than MOST_OF_ONE of it; ...
HALF, MOST_OF_ONE = 0.5, 1 / 3
# ... and depends on one document, type of source or language that has this share of it, and this many times its share
# of the study.
MOST, LIFT = 0.5, 1.5
# How many cases of a theme make a document a conversation of several people.
GROUP = 3
# How a group of participants is named among those without whom a theme is lost.
ALL_WITH = "all participants with"


@dataclass(frozen=True)
class Facts:
    """The facts about one theme. Shares are from 0 to 1; `stability` is nan if it was not measured.

    `possible_cases`: how many were asked its main question or speak of it, where it mostly answers one; else 0.
    `main_source`: the type of source most of it comes from; `main_language`: that most of it is in.
    """

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
    possible_cases: int = 0
    main_source: str = ""
    main_source_share: float = 0.0
    main_language: str = ""
    main_language_share: float = 0.0
    stability: float = float("nan")
    lost_without: Sequence[str] = field(default=())


@dataclass(frozen=True)
class Study:
    """What themes are compared with: its cases, segments per document and language, and documents' source types."""

    n_cases: int
    documents: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)

    def share(self, source: str) -> float:
        """Return the share of all segments that is from a type of source."""
        of_type = sum(n for name, n in self.documents.items() if self.sources.get(name) == source)
        return of_type / max(sum(self.documents.values()), 1)


def facts(
    segments: pd.DataFrame, *, asked: Asked, keywords: Sequence[str], sources: Mapping[str, str] | None = None
) -> Facts:
    """The facts about one theme from its segments (at least one). `sources`: each document's type."""
    cases = segments.loc[segments["case"] != "", "case"].value_counts()
    cases = cases[sorted(cases.index, key=lambda name: (-cases[name], name))]
    shares = cases / len(segments)
    to = segments["prompt_id"].map(asked.of)
    main, prompt_share = _most(to)
    is_main = prompt_share >= ONE_QUESTION
    documents = segments["document"].value_counts()
    document, document_share = _most(segments["document"])
    in_it = segments.loc[segments["document"] == document, "case"]
    source, source_share = _most(segments["document"].map(sources or {}).fillna(""))
    language, language_share = _most(segments["language"])
    first = segments.loc[(to == main) & (to != ""), "prompt_id"]
    return Facts(
        n_segments=len(segments),
        n_cases=len(cases),
        n_documents=segments["document"].nunique(),
        effective_cases=_effective(cases),
        main_case=str(cases.index[0]) if len(cases) else "",
        main_case_share=float(shares.iloc[0]) if len(cases) else 0.0,
        prompt_id=str(first.min()) if len(first) else "",
        prompt_text=asked.text_of.get(main, ""),
        prompt_share=prompt_share,
        unprompted_share=1.0 - float(prompted(segments, asked=asked, keywords=keywords).mean()),
        effective_documents=_effective(documents),
        main_document=document,
        main_document_share=document_share,
        main_document_cases=len(set(in_it) - {""}),
        possible_cases=len(asked.cases_of.get(main, frozenset()) | set(cases.index)) if is_main else 0,
        main_source=source,
        main_source_share=source_share,
        main_language=language,
        main_language_share=language_share,
    )


def prompted(segments: pd.DataFrame, *, asked: Asked, keywords: Sequence[str]) -> pd.Series:
    """Return whether a question asked for each segment of one theme, aligned with `segments`.

    A segment is unprompted if no question precedes it, or the question has none of the theme's keywords, is none that
    the theme mostly or partly answers, and none of the guide most of whose answers are in the theme.
    """
    to = segments["prompt_id"].map(asked.of)
    keyword_stems = {labels.stem(word) for word in keywords}
    stems = segments["prompt_id"].map(lambda turn: {labels.stem(word) for word in labels.tokens(asked.words(turn))})
    answered = {
        name
        for name, n in to.value_counts().items()
        if asked.answered(str(name), n / len(to)) or n * 2 > asked.answers_to.get(str(name), n * 2)
    }
    return stems.map(lambda question: bool(question & keyword_stems)) | to.isin(answered)


def _most(values: pd.Series) -> tuple[str, float]:
    """Return the most frequent value, of equals the first by name, and its share of all; '' counts as none."""
    counted = values[values != ""].value_counts()
    if not len(counted):
        return "", 0.0
    name = min(counted.index, key=lambda value: (-counted[value], value))
    return str(name), float(counted[name] / len(values))


def _effective(counts: pd.Series) -> float:
    """Return how many there would be if all gave equally much: the inverse Simpson index of counts; 0 of none."""
    return float(counts.sum() ** 2 / (counts**2).sum()) if len(counts) else 0.0


def verdict(theme: Facts, study: Study) -> str:
    """A theme's passport in a sentence."""
    one_document = _one_document(theme, study)
    clauses = [_voices(theme, study.n_cases, shared=not one_document)]
    if one_document:
        clauses.append(_document(theme, study))
    elif theme.n_documents > 1 and _peculiar(theme.main_source_share, study.share(theme.main_source)):
        kinds = prose.SOURCES_MANY.get(theme.main_source) or f"{prose.SOURCES[theme.main_source]}s"
        clauses.append(
            f"mostly from {kinds.removeprefix('sets of ')}: {prose.percent(theme.main_source_share)} of it, and "
            f"{prose.percent(study.share(theme.main_source))} of all segments"
        )
    spoken = study.languages.get(theme.main_language, 0) / max(sum(study.languages.values()), 1)
    if theme.main_language != languages.UNKNOWN and _peculiar(theme.main_language_share, spoken):
        clauses.append(
            f"mostly in {languages.listed([theme.main_language])}: {prose.percent(theme.main_language_share)} of it, "
            f"and {prose.percent(spoken)} of all segments"
        )
    if theme.prompt_share >= ONE_QUESTION:
        clauses.append(
            f"mostly one question: {prose.percent(theme.prompt_share)} of it answers "
            f"“{prose.shortened(theme.prompt_text)}”"
        )
    clauses += _steadiness(theme)
    return "; ".join(clauses)[:1].upper() + "; ".join(clauses)[1:] + "."


def _peculiar(share: float, expected: float) -> bool:
    """Return whether most of a theme comes from what has much less of the study."""
    return expected > 0 and share >= max(MOST, LIFT * expected)


def _voices(theme: Facts, n_cases: int, *, shared: bool) -> str:
    """Return the clause on a theme's cases. `shared`: whether it may be called so."""
    if theme.n_cases == 0:
        return "only in notes and documents without named speakers"
    share = prose.percent(theme.main_case_share)
    if theme.n_cases == 1:
        beside = f"one participant, {theme.main_case}: {share} of it; the rest is from sources in which nobody is named"
        return beside if theme.main_case_share < 1 else f"only one participant: {theme.main_case}"
    if theme.main_case_share >= ONE_VOICE:
        return f"dominated by one participant: {share} of it is from {theme.main_case}"
    possible = theme.possible_cases or n_cases
    of = f"{theme.n_cases} of {n_cases} cases"
    if possible < n_cases:
        of = f"{theme.n_cases} of the {possible} cases who were asked or spoke about it"
    if theme.effective_cases < TWO_VOICES + 0.5:
        return f"few participants: {of}; {share} of it is from {theme.main_case}"
    if theme.main_case_share > MOST_OF_ONE:
        return f"one participant above all: {share} of it is from {theme.main_case}; {of}"
    width = "shared" if shared and theme.n_cases >= HALF * possible else "some participants"
    return f"{width}: {of}, at most {share} of it from any one"


def _one_document(theme: Facts, study: Study) -> bool:
    """Return whether a theme of several participants, or of none, comes mostly from one document of several."""
    alone = theme.n_cases == 1 and theme.main_case_share >= 1
    if alone or len(study.documents) < 2 or theme.main_document_cases == 1:
        return False
    expected = study.documents.get(theme.main_document, 0) / max(sum(study.documents.values()), 1)
    return _peculiar(theme.main_document_share, expected)


def _document(theme: Facts, study: Study) -> str:
    kind = study.sources.get(theme.main_document, "")
    named = kind if kind != "interview" else ""  # several people in it: a conversation of a group
    noun = prose.SOURCES.get(named) or ("document" if theme.main_document_cases < GROUP else "group conversation")
    number = sum(source == kind for source in study.sources.values()) if named else len(study.documents)
    others = prose.SOURCES_MANY.get(named) or (f"{prose.SOURCES[named]}s" if named else "documents")
    among = f"the only {noun}" if number == 1 else f"one of {number} {others}"
    return f"mostly one {noun}: {prose.percent(theme.main_document_share)} of it is from {theme.main_document}, {among}"


def _steadiness(theme: Facts) -> list[str]:
    """How a theme fares without some documents and without those it depends on: one clause, or none."""
    lost = f"lost without {_listed(theme.lost_without)}" if theme.lost_without else ""
    if theme.stability != theme.stability:  # nan: not measured
        return [f"fragile: {lost}"] if lost else []
    left_out = "when some documents are left out"
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


def _listed(names: Sequence[str]) -> str:
    if len(names) > 3:
        further = len(names) - 3
        return f"{', '.join(names[:3])} or {'1 other' if further == 1 else f'one of {further} others'}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
