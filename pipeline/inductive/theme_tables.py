"""Output tables of the themes stage, with each theme under its id."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain, count

import numpy as np
import pandas as pd

from pipeline.core import languages, prose, store
from pipeline.core import params as settings
from pipeline.core.table_rows import counts
from pipeline.core.terms import LOOSE, PROCEDURAL, UNASSIGNED
from pipeline.decisions import decided_themes
from pipeline.decisions.decided_themes import Decided
from pipeline.inductive import grouping, naming, passports, reruns, steadiness, theme_quotes, wording
from pipeline.inductive.grouping import Groups, Talk
from pipeline.inductive.naming import Line
from pipeline.inductive.passports import Facts, Study
from pipeline.inductive.theme_guide import Asked

FEW = 50
# Facts about a theme that its passport says and the table has no column for.
IN_WORDS_ONLY = (
    *("lost_without", "main_document_cases", "possible_cases"),
    *("main_source", "main_source_share", "main_language", "main_language_share"),
)


def identifiers(talk: Talk, groups: Sequence[np.ndarray], *, used: Sequence[int] = ()) -> list[int]:
    """Return a six-digit id for each group, derived from the id of its most central segment.

    The id is stable between runs as long as that segment stays the most central one. `groups`: row positions of the
    segments of each group; `used`: ids already in use. On a collision the next most central segment is used.
    """
    ids = list(used)
    names = talk.segments["segment_id"].tolist()
    for inside in groups:
        nearest = wording.by_nearness(talk.vectors, inside)
        tries = (_number(names[place]) for place in nearest)
        fallback = count(_number(names[nearest[0]]))
        ids.append(next(number for number in chain(tries, fallback) if number not in ids))
    return ids[len(used) :]


def _number(name: str) -> int:
    return 100_000 + int(hashlib.sha256(name.encode()).hexdigest()[:15], 16) % 900_000


def themes(
    talk: Talk,
    groups: Groups,
    worded: wording.Words,
    asked: Asked,
    *,
    decided: Decided,
    rerun_results: reruns.Steady,
    sources: Mapping[str, str],
) -> tuple[pd.DataFrame, list[int], list[int]]:
    """Return the themes table, the ids of the themes and the ids of the sub-themes (-1 where a theme has only one).

    `asked`: what was asked of whom; `sources`: each document's type.
    """
    theme_places = [np.flatnonzero(groups.themes == theme) for theme in range(len(worded.named))]
    sub_theme_places = [np.flatnonzero(groups.sub_themes == sub_theme) for sub_theme in range(len(worded.sub_themes))]
    theme_ids, study = decided.ids, _study(talk, sources)
    sub_theme_ids = identifiers(talk, sub_theme_places, used=theme_ids)
    dependence, steady = (
        rerun_results.dependence,
        np.append(rerun_results.means, np.full(len(theme_places) - len(rerun_results.means), np.nan)),
    )
    lost = dependence[~dependence["remains"].astype(bool) & (dependence["share"] >= steadiness.LEAST_SHARE)]
    rows = []
    for theme, places in enumerate(theme_places):
        facts = passports.facts(
            talk.segments.iloc[places], asked=asked, keywords=worded.keywords[theme], sources=sources
        )
        lost_without = [
            name if kind == "case" else f"{passports.ALL_WITH} {kind} “{name}”"
            for kind, name in lost.loc[lost["theme"] == theme, ["kind", "name"]].itertuples(index=False)
        ]
        facts = replace(facts, stability=float(steady[theme]), lost_without=tuple(lost_without))
        spoken = worded.languages[theme]
        label_columns = (worded.named[theme], worded.keywords[theme], spoken)
        # What people call a theme is one, whatever it sounds like.
        residue = _residue(worded.named[theme]) if _residue(worded.own[theme]) else ""
        facts = _measured(facts, spoken, residue=residue)
        row = _row(theme_ids[theme], UNASSIGNED, *label_columns, facts=facts, study=study, residue=residue)
        row |= _in_vivo(talk, worded.lines[theme]) | {"words_label": worded.own[theme]}
        rows.append(row | decided.columns()[theme])
    for sub_theme, places in enumerate(sub_theme_places):
        parent = int(groups.themes[places[0]])
        if len(places) == len(theme_places[parent]):
            sub_theme_ids[sub_theme] = UNASSIGNED
            continue
        keywords = worded.sub_theme_keywords[sub_theme]
        facts = passports.facts(talk.segments.iloc[places], asked=asked, keywords=keywords, sources=sources)
        spoken = worded.sub_theme_languages[sub_theme]
        label_columns = (worded.sub_themes[sub_theme], keywords, spoken)
        facts = _measured(facts, spoken)
        own, above = sub_theme_ids[sub_theme], theme_ids[parent]
        row = _row(own, above, *label_columns, facts=facts, study=study)
        rows.append(row | _in_vivo(talk, worded.sub_theme_lines[sub_theme]))
    for row in rows:  # a label that names a language alone is made of nobody's words
        if row["label_source"] == "words" and not languages.english(str(row["language"])):
            row["label_source"] = ""
    return pd.DataFrame(rows), theme_ids, sub_theme_ids


def _in_vivo(talk: Talk, line: Line | None) -> dict[str, object]:
    """Return the columns of a theme's in-vivo line; empty where there is none."""
    text, place, start, end = line or Line("", UNASSIGNED, 0, 0)
    segment = talk.segments["segment_id"].iloc[place] if line else ""
    return {"in_vivo": text, "in_vivo_segment": segment, "in_vivo_start": start, "in_vivo_end": end}


def _measured(known: Facts, spoken: str, *, residue: str = "") -> Facts:
    """Return the facts that mean something.

    What is no theme answers no question as a whole; without keywords, in other languages than English, nothing tells
    what was asked for in the theme's own words.
    """
    if residue:
        nothing = float("nan")
        return replace(known, prompt_id="", prompt_text="", prompt_share=nothing, unprompted_share=nothing)
    return known if languages.english(spoken) else replace(known, unprompted_share=float("nan"))


def _row(
    theme_id: int,
    parent_id: int,
    label: str,
    keywords: list[str],
    language: str,
    *,
    facts: Facts,
    study: Study,
    residue: str = "",
) -> dict[str, object]:
    row = {name: value for name, value in vars(facts).items() if name not in IN_WORDS_ONLY}
    return row | {
        "theme_id": theme_id,
        "parent_id": parent_id,
        "level": 1 if parent_id == UNASSIGNED else 2,
        "label": label,
        "words_label": label,
        "keywords": keywords,
        "language": language,
        "label_source": "words",
        "status": "candidate",
        "decided": "",
        "passport": residue or passports.verdict(facts, study),
    }


def _residue(label: str) -> str:
    """Return the passport of a group that is no theme, by its label; '' for a theme."""
    known = {naming.LOOSE: LOOSE, naming.ABOUT_INTERVIEW: PROCEDURAL}
    return next((passport for name, passport in known.items() if label.startswith(name)), "")


def _study(talk: Talk, sources: Mapping[str, str]) -> Study:
    segments = talk.segments
    return Study(
        n_cases=len(set(segments["case"]) - {""}),
        documents=counts(segments["document"]),
        sources=sources,
        languages=counts(segments["language"]),
    )


def members(groups: Groups, ids: Sequence[int], sub_theme_ids: Sequence[int]) -> list[tuple[int, np.ndarray]]:
    """Return the id and the row positions of each theme and sub-theme."""
    return [
        (name, np.flatnonzero(of == number))
        for of, names in ((groups.themes, ids), (groups.sub_themes, sub_theme_ids))
        for number, name in enumerate(names)
        if name != UNASSIGNED
    ]


def assignments(
    talk: Talk, groups: Groups, ids: Sequence[int], sub_theme_ids: Sequence[int], decided: Decided
) -> pd.DataFrame:
    """Return the table theme_assignments, in text order."""
    names, replayed = talk.segments["segment_id"].tolist(), decided.replayed
    inside = groups.themes >= 0
    strengths = groups.strength[np.arange(len(inside)), np.maximum(groups.themes, 0)] if len(inside) else np.zeros(0)
    return pd.DataFrame(
        {
            "segment_id": talk.segments["segment_id"],
            "theme_id": np.where(inside, np.array([*ids, UNASSIGNED])[groups.themes], UNASSIGNED),
            "subtheme_id": np.where(inside, np.array([*sub_theme_ids, UNASSIGNED])[groups.sub_themes], UNASSIGNED),
            "strength": np.where(inside, strengths, 0.0),
            "cluster_id": [decided.clusters[name] for name in names],
            "outside": [replayed.outside.get(name, "") for name in names],
            "rejected_id": [replayed.rejected.get(name, UNASSIGNED) for name in names],
        }
    )


def quotes(talk: Talk, groups: Groups, decided: Decided, *, options: settings.Themes) -> pd.DataFrame:
    """Return the table theme_quotes; pinned exemplars come first."""
    chosen = theme_quotes.choose(talk.segments, talk.plain, groups.themes, groups.strength, count=options.quotes)
    return identified(
        decided_themes.pinned_first(chosen, talk.segments, talk.plain, decided, count=options.quotes), decided.ids
    )


def identified(frame: pd.DataFrame, ids: Sequence[int]) -> pd.DataFrame:
    """Replace theme numbers (column theme) by theme ids (column theme_id)."""
    return frame.assign(theme_id=[ids[int(theme)] for theme in frame["theme"]]).drop(columns="theme")


def choice(groups: Groups) -> pd.DataFrame:
    """Return the table theme_choice: the score of each possible number of themes."""
    chosen = int(groups.themes.max(initial=UNASSIGNED)) + 1
    curve = groups.curve or ({chosen: float("nan")} if chosen else {})
    rows = [(count, round(score, 6), count == chosen) for count, score in sorted(curve.items())]
    return pd.DataFrame(rows, columns=["n_themes", "score", "chosen"])


def unassigned(talk: Talk, groups: Groups) -> pd.DataFrame:
    """Return the table theme_unassigned: segments in no theme, least similar to the rest first."""
    outliers = np.flatnonzero(groups.themes == UNASSIGNED)
    outliers = outliers[np.argsort(groups.likeness[outliers], kind="stable")]
    names = talk.segments["segment_id"].to_numpy()[outliers]
    return pd.DataFrame(
        {"rank": np.arange(1, len(outliers) + 1), "segment_id": names, "likeness": groups.likeness[outliers]}
    )


def notes(talk: Talk, groups: Groups, stability: pd.DataFrame, *, n_sampled: int) -> list[tuple[str, str, str, str]]:
    """Return notes on the themes as rows of themes_problems; `n_sampled`: the number of segments clustered."""
    n, documents = len(talk.segments), talk.segments["document"].nunique()
    sentences = []
    if n == 0:
        sentences.append("There are no substantive segments by participants, so there are no themes.")
    elif not groups.curve:
        n_distinct = grouping.n_distinct(talk)
        repeated = f", {n_distinct} of them distinct" if n_distinct < n else ""
        sentences.append(
            f"{prose.count(n, 'segment').capitalize()}{repeated}: too few to cluster, so all are shown as one theme. "
            "Read them directly; themes can be distinguished from about 50 segments."
        )
    elif n < FEW:
        sentences.append(f"There are only {n} segments, so the themes are tentative at best. Read every segment.")
    foreign = talk.segments.loc[~talk.segments["language"].map(languages.english), "language"]
    if len(foreign):
        spoken = languages.listed(foreign.value_counts().index.to_list())
        sentences.append(
            f"{prose.count(len(foreign), 'segment').capitalize()} of {n:,} are in {spoken}. The models are "
            "for English, so the grouping of these segments is uncertain, and themes mostly in another language have "
            "no labels or keywords. Read and label them yourself."
        )
    if n_sampled < n:
        sentences.append(
            f"Themes were found in a sample of {n_sampled:,} of the {n:,} segments, in proportion to each document and "
            "case; the others were assigned to the nearest theme. Stability was measured on the sample."
        )
    if groups.curve and documents == 1:
        sentences.append("There is only one document, so it is unknown whether the themes would recur in another.")
    elif groups.curve and stability.empty:
        sentences.append(
            "The stability of the themes was not measured: see stability_runs and rerun_segments in params.yaml."
        )
    return [("note", "", "", sentence) for sentence in sentences]


def fitted(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Put a frame's columns in the order of its table; an empty frame also gets the column types."""
    empty = store.empty(table)
    return frame[list(empty.columns)].reset_index(drop=True) if len(frame) else empty
