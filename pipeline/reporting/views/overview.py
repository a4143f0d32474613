"""Study overview: sources, cases, segments, and what was guessed, left out or set aside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.core import coders, languages, prose
from pipeline.core.table_rows import counts, each, groups
from pipeline.corpus import speaker_table
from pipeline.reporting import method_talk

ASIDE = {
    "interviewer": "spoken by an interviewer",
    "backchannel": "acknowledgements such as “Yeah.” or “Okay, right.”",
    "short": "too short to analyse on their own",
    "courtesy": "thanks and leave-taking such as “Thank you, bye.”",
    "procedure": "about the interview itself, such as “Is it recording?” or “Shall I go on to the next question?”",
    "nonresponse": "non-responses such as “n/a” or “no comment”",
    "heading": "headings",
    "script": "scripted questions or tasks repeated word for word",
    "note": "transcriber’s notes in brackets, and titles before the first speaker",
}
STAGES = {
    "ingest": "Import",
    "segment": "Segmentation",
    "themes": "Themes",
    "map_codes": "Code mapping",
    "compare": "Comparison",
}
KINDS = {"refused": "left out", "guessed": "guessed", "note": "worth knowing"}


@dataclass(frozen=True)
class Source:
    """A document of the study: a row of the table of sources."""

    document: str
    source_type: str
    language: str
    speakers: str
    n_words: int
    n_segments: int
    coders: str


@dataclass(frozen=True)
class Problem:
    """Something a stage left out, guessed or noted: a row of the table of problems."""

    stage: str
    kind: str
    document: str
    place: str
    reason: str


@dataclass(frozen=True)
class Overview:
    """The study at a glance. `lead` holds the sentences at the top of the page."""

    lead: tuple[str, ...]
    sources: tuple[Source, ...]
    attributes: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    aside: tuple[tuple[str, int], ...]
    problems: tuple[Problem, ...]


def build(
    *,
    documents: pd.DataFrame,
    speakers: pd.DataFrame,
    cases: pd.DataFrame,
    segments: pd.DataFrame,
    codings: pd.DataFrame,
    problems: Mapping[str, pd.DataFrame],
) -> Overview:
    """Summarise a study. `problems`: each stage's table of problems, by stage name."""
    listed = problem_rows(problems)
    return Overview(
        lead=_lead(documents, segments, codings, listed, speaker_table.words_by(speakers, documents)),
        sources=_sources(documents, segments, codings),
        attributes=_attributes(cases),
        aside=set_aside(segments),
        problems=listed,
    )


def problem_rows(problems: Mapping[str, pd.DataFrame]) -> tuple[Problem, ...]:
    """All problems of all stages: what was left out first, then guesses, then notes."""
    rows = [
        Problem(STAGES.get(stage, stage), row.kind, row.document, row.place, prose.passages(row.reason))
        for stage in problems
        for row in each(problems[stage])
    ]
    order = {(STAGES.get(stage, stage)): number for number, stage in enumerate(problems)}
    kinds = list(KINDS)
    return tuple(
        sorted(
            rows,
            key=lambda problem: (
                kinds.index(problem.kind),
                order[problem.stage],
                problem.document,
                problem.place,
                problem.reason,
            ),
        )
    )


def sources_in_words(documents: pd.DataFrame) -> str:
    """The number of sources by type: 10 interviews and 2 focus groups."""
    kinds = counts(documents.source_type)
    return prose.listed([prose.source(kind, kinds[kind]) for kind in prose.SOURCES if kind in kinds]) or "no sources"


def set_aside(segments: pd.DataFrame) -> tuple[tuple[str, int], ...]:
    """Reasons why segments are set aside, in words, with the number of segments, largest first."""
    why = counts(segments[~segments.substantive].set_aside)
    pairs = [(ASIDE.get(reason, reason), number) for reason, number in why.items()]
    return tuple(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def _lead(
    documents: pd.DataFrame,
    segments: pd.DataFrame,
    codings: pd.DataFrame,
    problems: Sequence[Problem],
    words_by: Mapping[str, int],
) -> tuple[str, ...]:
    people = segments[segments.case != ""].case.nunique()
    said = method_talk.words_in_words(int(documents.n_words.sum()), words_by, people)
    sentences = [f"This study has {sources_in_words(documents)} with {said}."]
    sentences += languages.summary(documents)
    used = int(segments.substantive.sum())
    if len(segments):
        sentences.append(
            f"The text was divided into {prose.count(len(segments), 'passage')} of whole sentences by one speaker. "
            f"Themes and codes are based on the {prose.count(used, 'passage')} with substantive content; "
            f"the other {len(segments) - used:,} are set aside but can be read under Quotes."
        )
    people_who_coded = coders.people(codings.coder)
    if people_who_coded:
        own = codings[codings.coder.isin(people_who_coded) & (codings.code != coders.NO_CODE)]
        placed = prose.count(len(own), "coding")
        sentences.append(
            f"{prose.listed(people_who_coded)} coded {prose.count(own.document.nunique(), 'document')} ({placed})."
        )
    else:
        sentences.append("This study has no human coding, so nothing here has been compared with human coders.")
    left_out, guessed = (sum(problem.kind == kind for problem in problems) for kind in ("refused", "guessed"))
    if left_out:
        sentences.append(
            f"{prose.count(left_out, 'item').capitalize()} could not be used; see Problems for the reasons."
        )
    if guessed:
        sentences.append(
            f"{prose.count(guessed, 'item').capitalize()} had to be guessed and may be wrong; see Problems."
        )
    return tuple(sentences)


def _sources(documents: pd.DataFrame, segments: pd.DataFrame, codings: pd.DataFrame) -> tuple[Source, ...]:
    used = counts(segments[segments.substantive].document)
    talk = groups(segments[segments.case != ""], "document")
    who = {name: sorted(set(group.speaker) - {""}) for name, group in talk.items()}
    coders = {name: sorted(set(group.coder)) for name, group in groups(codings, "document").items()}
    return tuple(
        Source(
            document=row.document,
            source_type=prose.SOURCES[row.source_type].removeprefix("set of "),
            language=languages.described(row.language, row.language_share, row.other_languages),
            speakers=prose.listed(who.get(row.document, [])),
            n_words=row.n_words,
            n_segments=used.get(row.document, 0),
            coders=prose.listed(coders.get(row.document, [])),
        )
        for row in each(documents.sort_values("document"))
    )


def _attributes(cases: pd.DataFrame) -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
    attributes = []
    for column in cases.columns:
        if column != "case":
            values = counts(cases[column].fillna("").replace("", "not given"))
            attributes.append((str(column), tuple(sorted(values.items(), key=lambda pair: (-pair[1], pair[0])))))
    return tuple(attributes)
