"""Code by code: recovery by the candidate themes, and facilitators and barriers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from pipeline.core import prose
from pipeline.core.coders import PIPELINE
from pipeline.core.table_rows import each, groups, lookup
from pipeline.core.terms import HALF
from pipeline.corpus import exchanges
from pipeline.deductive.valence_words import CODED
from pipeline.reporting import verdict_words
from pipeline.reporting.quotes import Quote


@dataclass(frozen=True)
class Fate:
    """What becomes of one code, or of a category with its codes, in the candidate themes.

    `parent`: the category of a code within one; `verdict`: in words; `best`, `others`: themes by name; `share`,
    `share_of_theme`: recall and precision as text.
    """

    code: str
    parent: str
    n_segments: int
    verdict: str
    best: str
    share: str
    share_of_theme: str
    others: str


@dataclass(frozen=True)
class Evidence:
    """The sentences on which the pipeline based facilitator or barrier, as shortened quotes."""

    code: str
    kinds: tuple[tuple[str, tuple[Quote, ...]], ...]


@dataclass(frozen=True)
class View:
    """The sections, each empty if there is nothing to show.

    `by_theme`: how the codes describe each theme, by theme_id; `doubt`: how accurate valence is.
    """

    lead: str
    by_theme: Mapping[int, str]
    fates: tuple[Fate, ...]
    evidence: tuple[Evidence, ...]
    doubt: str


def build(
    tables: Mapping[str, pd.DataFrame],
    *,
    accepted: pd.DataFrame,
    codes: Sequence[str],
    names: Mapping[int, str],
    quotes: Mapping[str, Quote],
    reflexive: bool,
) -> View:
    """Prepare the sections. `names`: theme names by theme_id; with `reflexive`, no statistics are shown."""
    return View(
        lead=_fates_lead(tables["code_themes"]),
        by_theme=by_theme(tables["theme_code"]),
        fates=_fates(tables["code_themes"], codes=codes, names=names, reflexive=reflexive),
        evidence=_evidence(tables["valence"], accepted, codes, quotes, tables["documents"]),
        doubt=_doubt(tables, reflexive),
    )


def by_theme(theme_code: pd.DataFrame) -> dict[int, str]:
    """The candidate codes characteristic of each theme, in words, by theme_id: one, several or none.

    A theme matches a code only if half of the code is in it, or half of what has a code in it has this one.
    """
    words = {}
    for theme, verdicts in groups(theme_code[theme_code.coder == PIPELINE], "theme_id").items():
        ordered = verdicts.sort_values(["n_overlap", "code"], ascending=[False, True])
        marks = [f"“{code}”" for code in ordered[ordered.verdict.isin(["fits", "ambiguous"])].code]
        fits = ordered[ordered.verdict == "fits"].head(1)
        if len(fits):
            row = next(each(fits))
            much = f"{row.n_overlap:,} of its {prose.count(row.n_theme, 'passage')}"
            holds = max(row.precision, row.recall) >= HALF
            words[theme] = f"matches “{row.code}”" if holds else f"has “{row.code}” more than elsewhere: {much}"
        elif marks:
            words[theme] = f"between {prose.listed(marks)}"
        elif (verdicts.verdict == "orphan").all():
            words[theme] = verdict_words.ORPHAN
    return words


def _fates_lead(code_themes: pd.DataFrame) -> str:
    """What becomes of the categories, where there are any, and of the codes."""
    by_level = groups(code_themes, "level")
    nouns = {"category": ("candidate category", "candidate categories"), "code": ("candidate code", "candidate codes")}
    clauses = [verdict_words.told(by_level[level].verdict, *nouns[level]) for level in nouns if level in by_level]
    return prose.sentence("; ".join(clauses))


def _in_order(table: pd.DataFrame, codes: Sequence[str]) -> list[Any]:
    """Each category that has codes below it, followed by these, in the order of the codebook."""
    order = {code: number for number, code in enumerate(codes)}
    parents = set(table.parent[table.parent != ""])
    rows = table[(table.level == "code") | table.code.isin(list(parents))]
    branch = rows.parent.where(rows.parent != "", rows.code)
    place = {name: order.get(name, len(order)) for name in {*rows.code, *branch}}
    for name, code in zip(branch, rows.code, strict=True):
        place[name] = min(place[name], order.get(code, len(order)))
    ranked = rows.assign(branch=branch, first=branch.map(place), detail=rows.level == "code", rank=rows.code.map(place))
    return list(each(ranked.sort_values(["first", "branch", "detail", "rank", "code"])))


def _fates(
    code_themes: pd.DataFrame, *, codes: Sequence[str], names: Mapping[int, str], reflexive: bool
) -> tuple[Fate, ...]:
    return tuple(
        Fate(
            code=row.code if row.level == "code" else f"{row.code} (with its sub-codes)",
            parent=row.parent,
            n_segments=int(row.n_segments),
            verdict=verdict_words.with_reason(row.verdict, "" if reflexive else prose.passages(row.note)),
            best=names.get(row.theme_id, ""),
            share="" if reflexive else prose.percent(row.recall),
            share_of_theme="" if reflexive else prose.percent(row.precision),
            others="; ".join(
                names[theme] for theme in theme_ids(row.themes) if theme != row.theme_id and theme in names
            ),
        )
        for row in _in_order(code_themes, codes)
    )


def theme_ids(text: str) -> list[int]:
    """The theme ids in a list as written in the tables: "T943067, T965753" or "943067; 109863"."""
    items = text.replace(";", ",").split(",")
    return [int(item.strip().lstrip("T")) for item in items if item.strip().lstrip("T").isdecimal()]


def _evidence(
    valence: pd.DataFrame,
    accepted: pd.DataFrame,
    codes: Sequence[str],
    quotes: Mapping[str, Quote],
    documents: pd.DataFrame,
) -> tuple[Evidence, ...]:
    """For each code, the two sentences with the highest score as facilitator and as barrier."""
    with_evidence = valence[(valence.evidence_end > valence.evidence_start) & valence.segment_id.isin(list(quotes))]
    coded = accepted[["segment_id", "code"]].merge(with_evidence, on="segment_id")
    by_code, texts = groups(coded, "code"), lookup(documents, "document", "text")
    evidence = []
    for code in [name for name in codes if name in by_code]:
        kinds = []
        for kind, heading in (("facilitator", "Facilitator"), ("barrier", "Barrier")):
            of_kind = by_code[code][by_code[code].valence == kind].sort_values(
                ["score", "segment_id"], ascending=[False, True]
            )
            cut = tuple(_cut(quotes[row.segment_id], row, texts) for row in each(of_kind.head(2)))
            if cut:
                kinds.append((heading, cut))
        if kinds:
            evidence.append(Evidence(code, tuple(kinds)))
    return tuple(evidence)


def _cut(quote: Quote, row: Any, texts: Mapping[str, str]) -> Quote:
    start, end = int(row.evidence_start), int(row.evidence_end)
    return replace(quote, start=start, end=end, text=texts[quote.document][start:end])


def _doubt(tables: Mapping[str, pd.DataFrame], reflexive: bool) -> str:
    """How accurate valence is in this study, as far as human codes show it."""
    if tables["valence"].empty:
        return ""
    least = (
        "Valence is the least reliable of the pipeline’s results: irony and barriers that were overcome are often "
        "misread."
    )
    right, total = accuracy(tables["segments"], tables["codings"], tables["valence"])
    if not total:
        return f"This study has no human codes for facilitators and barriers, so accuracy here is unknown. {least}"
    if reflexive:
        return f"People also coded facilitators and barriers: where do they read a passage differently? {least}"
    return (
        f"Of {prose.count(total, 'passage')} that people coded as facilitator or barrier and that have a candidate "
        f"code, the pipeline agrees on {right:,} ({prose.percent(right / total)}). {least}"
    )


def accuracy(segments: pd.DataFrame, codings: pd.DataFrame, valence: pd.DataFrame) -> tuple[int, int]:
    """How many of the segments people coded as facilitator or barrier (not both) the pipeline got right; the total."""
    code, parent = (codings[column].str.casefold().map(CODED) for column in ("code", "parent_code"))
    helps, hinders = (codings[(code == side) | (parent == side)] for side in (0, 1))
    sides = pd.concat([helps.assign(code="facilitator"), hinders.assign(code="barrier")])
    coded = exchanges.codes_of_talk(segments, sides)[["segment_id", "code"]].drop_duplicates()
    single = coded[~coded.segment_id.duplicated(keep=False)].merge(valence[["segment_id", "valence"]], on="segment_id")
    return int((single.code == single.valence).sum()), len(single)
