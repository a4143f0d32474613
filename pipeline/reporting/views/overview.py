"""What the study is, in words and counts: sources, cases, talk, and what was guessed, refused or set aside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.core import languages, prose
from pipeline.core.table_rows import counts, each, groups

ASIDE = {
    "interviewer": "were said by an interviewer",
    "backchannel": "only show that someone listens (“Yeah.”, “Okay, right.”)",
    "short": "are too short to say anything alone",
    "heading": "are headings",
    "script": "are questions or tasks that recur word for word",
    "note": "are remarks in brackets",
}
STAGES = {
    "ingest": "Reading",
    "segment": "Segmenting",
    "themes": "Themes",
    "map_codes": "Mapping",
    "compare": "Comparing",
}
KINDS = {"refused": "left out", "guessed": "guessed", "note": "worth knowing"}


@dataclass(frozen=True)
class Source:
    """A document of the study, as a row of the page's first table."""

    document: str
    source_type: str
    language: str
    speakers: str
    n_words: int
    n_segments: int
    coders: str


@dataclass(frozen=True)
class Problem:
    """Something a stage left out, guessed or wants known, as a row of the page."""

    stage: str
    kind: str
    document: str
    place: str
    reason: str


@dataclass(frozen=True)
class Overview:
    """The study at a glance. `lead` are the sentences at the top of the page."""

    lead: tuple[str, ...]
    sources: tuple[Source, ...]
    attributes: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    aside: tuple[tuple[str, int], ...]
    problems: tuple[Problem, ...]


def build(
    *,
    documents: pd.DataFrame,
    cases: pd.DataFrame,
    segments: pd.DataFrame,
    codings: pd.DataFrame,
    problems: Mapping[str, pd.DataFrame],
) -> Overview:
    """Sum up a study. `problems` holds each stage's table of problems by the stage's name."""
    listed = problem_rows(problems)
    return Overview(
        lead=_lead(documents, segments, codings, listed),
        sources=_sources(documents, segments, codings),
        attributes=_attributes(cases),
        aside=set_aside(segments),
        problems=listed,
    )


def problem_rows(problems: Mapping[str, pd.DataFrame]) -> tuple[Problem, ...]:
    """Every problem of every stage: what was left out first, then what was guessed, then notes."""
    rows = [
        Problem(STAGES.get(stage, stage), row.kind, row.document, row.place, row.reason)
        for stage in problems
        for row in each(problems[stage])
    ]
    order = {(STAGES.get(stage, stage)): number for number, stage in enumerate(problems)}
    kinds = list(KINDS)
    return tuple(sorted(rows, key=lambda p: (kinds.index(p.kind), order[p.stage], p.document, p.place, p.reason)))


def sources_in_words(documents: pd.DataFrame) -> str:
    """How many sources of each kind: 10 interviews and 2 focus groups."""
    kinds = counts(documents.source_type)
    return prose.listed([prose.source(kind, kinds[kind]) for kind in prose.SOURCES if kind in kinds]) or "no sources"


def set_aside(segments: pd.DataFrame) -> tuple[tuple[str, int], ...]:
    """Why segments take no part in finding themes, in words, with how many: most first."""
    why = counts(segments[~segments.substantive].set_aside)
    pairs = [(ASIDE.get(reason, reason), number) for reason, number in why.items()]
    return tuple(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def _lead(
    documents: pd.DataFrame, segments: pd.DataFrame, codings: pd.DataFrame, problems: Sequence[Problem]
) -> tuple[str, ...]:
    people = segments[segments.case != ""].case.nunique()
    total = int(documents.n_words.sum())
    said = [
        f"This study holds {sources_in_words(documents)}: {prose.count(total, 'word')} in all, "
        f"with the talk of {prose.count(people, 'case')} (participants)."
    ]
    said += languages.summary(documents)
    used = int(segments.substantive.sum())
    if len(segments):
        said.append(
            f"The talk was cut into {prose.count(len(segments), 'segment')}, whole sentences of one speaker. "
            f"{prose.count(used, 'segment').capitalize()} say something of their own: themes and codes rest on these. "
            f"The other {len(segments) - used:,} are kept, can be read here, and are set aside."
        )
    coders = sorted(set(codings.coder))
    if coders:
        placed = prose.count(len(codings), "coding")
        said.append(f"{prose.listed(coders)} coded {prose.count(codings.document.nunique(), 'document')} ({placed}).")
    else:
        said.append("No human coding came with this study, so nothing here has been compared with what people coded.")
    left_out, guessed = (sum(problem.kind == kind for problem in problems) for kind in ("refused", "guessed"))
    if left_out:
        said.append(f"{prose.count(left_out, 'thing').capitalize()} could not be used; the reason is given below.")
    if guessed:
        said.append(f"{prose.count(guessed, 'thing').capitalize()} had to be guessed and may be wrong.")
    return tuple(said)


def _sources(documents: pd.DataFrame, segments: pd.DataFrame, codings: pd.DataFrame) -> tuple[Source, ...]:
    used = counts(segments[segments.substantive].document)
    talk = groups(segments[segments.case != ""], "document")
    who = {name: sorted(set(group.speaker) - {""}) for name, group in talk.items()}
    coders = {name: sorted(set(group.coder)) for name, group in groups(codings, "document").items()}
    return tuple(
        Source(
            document=row.document,
            source_type=prose.SOURCES[row.source_type].removeprefix("set of "),
            language=_language(row),
            speakers=prose.listed(who.get(row.document, [])),
            n_words=row.n_words,
            n_segments=used.get(row.document, 0),
            coders=prose.listed(coders.get(row.document, [])),
        )
        for row in each(documents.sort_values("document"))
    )


def _language(row: Any) -> str:
    """What a document is in and how surely: Portuguese (98%), also English."""
    if row.language == languages.UNKNOWN:
        return "cannot be told"
    others = languages.listed(str(row.other_languages).split())
    return f"{languages.name(row.language)} ({prose.percent(row.language_share)}){f', also {others}' if others else ''}"


def _attributes(cases: pd.DataFrame) -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
    found = []
    for column in cases.columns:
        if column != "case":
            values = counts(cases[column].fillna("").replace("", "not given"))
            found.append((str(column), tuple(sorted(values.items(), key=lambda pair: (-pair[1], pair[0])))))
    return tuple(found)
