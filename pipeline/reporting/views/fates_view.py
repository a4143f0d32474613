"""Codes one by one: what became of each in the candidate themes, what speaks against it, and help and hindrance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from pipeline.core import prose
from pipeline.core.coders import PIPELINE
from pipeline.core.table_rows import each, groups, lookup
from pipeline.corpus.coded_segments import codes_of_segments
from pipeline.reporting.quotes import Quote

SIDES = {
    "both": "In the theme and given the code",
    "theme_only": "In the theme, not given the code",
    "code_only": "Given the code, outside the theme",
}
VERDICTS = {
    "recovered": "recovered: one theme holds most of it, and is mostly made of it",
    "merged": "merged: one theme holds most of it, among other things",
    "fragmented": "fragmented: no theme holds half of it",
    "invisible": "invisible: in no theme is it more frequent than elsewhere",
    "too few": "too few passages to say",
}
# Codes that say how a passage speaks of something; the same names as in pipeline/deductive/valence.py.
HELPS = frozenset(["facilitator", "facilitators", "enabler", "enablers"])
HINDERS = frozenset(["barrier", "barriers", "obstacle", "obstacles"])


@dataclass(frozen=True)
class Fate:
    """What became of one code in the candidate themes. `best`, `others`: themes in words; `share`, `part`: as text.

    `sides`: quotes of the code and the theme it marks most; `against`: its negative cases, each with the reason.
    """

    code: str
    n_segments: int
    verdict: str
    best: str
    share: str
    part: str
    others: str
    beside: str
    sides: tuple[tuple[str, tuple[Quote, ...]], ...]
    against: tuple[tuple[Quote, str], ...]


@dataclass(frozen=True)
class Evidence:
    """Sentences that made the pipeline read passages of a code as a help, or as a hindrance: Quotes cut to them."""

    code: str
    kinds: tuple[tuple[str, tuple[Quote, ...]], ...]


@dataclass(frozen=True)
class View:
    """The parts, each empty where there is nothing to show.

    `told`: what the codes say of each theme, by its id; `doubt`: how well help and hindrance are told apart.
    """

    lead: str
    told: Mapping[int, str]
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
    """Prepare the parts. `names`: each theme in words by its id; with `reflexive` nothing that measures is shown."""
    return View(
        lead=_fates_lead(tables["code_themes"]),
        told=told(tables["theme_code"]),
        fates=_fates(tables, codes=codes, names=names, quotes=quotes, reflexive=reflexive),
        evidence=_evidence(tables["valence"], accepted, codes, quotes, tables["documents"]),
        doubt=_doubt(tables, reflexive),
    )


def told(theme_code: pd.DataFrame) -> dict[int, str]:
    """For each theme the candidate codes that mark it, in words: one, several, or none."""
    said = {}
    for theme, rows in groups(theme_code[theme_code.coder == PIPELINE], "theme_id").items():
        ordered = rows.sort_values(["n_overlap", "code"], ascending=[False, True])
        marks = [f"“{code}”" for code in ordered[ordered.verdict.isin(["fits", "ambiguous"])].code]
        if (rows.verdict == "fits").any():
            said[theme] = f"fits {marks[0]}"
        elif marks:
            said[theme] = f"between {prose.listed(marks)}"
        elif (rows.verdict == "orphan").all():
            said[theme] = "no candidate code covers it: is it missing in the framework?"
    return said


def _fates_lead(code_themes: pd.DataFrame) -> str:
    if code_themes.empty:
        return ""
    counted = [(kind, int((code_themes.verdict == kind).sum())) for kind in VERDICTS]
    parts = [f"{number} {kind if kind != 'too few' else 'too rare to say'}" for kind, number in counted if number]
    return f"Of {prose.count(len(code_themes), 'candidate code')}: {prose.listed(parts)}."


def _fates(
    tables: Mapping[str, pd.DataFrame],
    *,
    codes: Sequence[str],
    names: Mapping[int, str],
    quotes: Mapping[str, Quote],
    reflexive: bool,
) -> tuple[Fate, ...]:
    sides, against = (
        groups(table[table.segment_id.isin(list(quotes))], "code")
        for table in (tables["theme_code_quotes"], tables["negative_cases"])
    )
    table = tables["code_themes"]
    none = table.iloc[:0]
    made = []
    for code in [*(name for name in codes if name in set(table.code)), *sorted(set(table.code) - set(codes))]:
        row = next(each(table[table.code == code]))
        others = [theme for theme in theme_ids(row.themes) if theme != row.theme_id]
        beside, shown = _sides(sides.get(code, none), row.theme_id, theme_ids(row.themes), names, quotes)
        made.append(
            Fate(
                code=code,
                n_segments=int(row.n_segments),
                verdict=VERDICTS[row.verdict],
                best=names.get(row.theme_id, ""),
                share="" if reflexive else prose.percent(row.recall),
                part="" if reflexive else prose.percent(row.precision),
                others="; ".join(names[theme] for theme in others if theme in names),
                beside=beside,
                sides=shown,
                against=_against(against.get(code, none), names, quotes),
            )
        )
    return tuple(made)


def theme_ids(said: str) -> list[int]:
    """The ids in a list of themes as the tables write it: "T943067, T965753" or "943067; 109863"."""
    parts = said.replace(";", ",").split(",")
    return [int(part.strip().lstrip("T")) for part in parts if part.strip().lstrip("T").isdecimal()]


def _sides(
    rows: pd.DataFrame, best: int, marked: Sequence[int], names: Mapping[int, str], quotes: Mapping[str, Quote]
) -> tuple[str, tuple[tuple[str, tuple[Quote, ...]], ...]]:
    """The theme whose quotes are shown (the best one, else the first that the code marks), and the quotes by side."""
    there = set(rows.theme_id) if len(rows) else set()
    theme = next((one for one in (best, *marked, *sorted(there)) if one in there), None)
    if theme is None:
        return "", ()
    own = rows[rows.theme_id == theme].sort_values(["rank", "segment_id"])
    found = []
    for side, said in SIDES.items():
        shown = tuple(quotes[segment] for segment in own[own.side == side].segment_id)
        if shown:
            found.append((said, shown))
    return names.get(theme, ""), tuple(found)


def _against(
    rows: pd.DataFrame, names: Mapping[int, str], quotes: Mapping[str, Quote]
) -> tuple[tuple[Quote, str], ...]:
    if rows.empty:
        return ()
    ordered = rows.sort_values(["kind", "rank", "segment_id"])
    return tuple((quotes[row.segment_id], _named(row, names)) for row in each(ordered))


def _named(row: Any, names: Mapping[int, str]) -> str:
    """The reason, in which the theme goes by its name on the page rather than by its id."""
    name = names.get(row.theme_id, "")
    return str(row.reason).replace(f"theme {row.theme_id}", name) if name else str(row.reason)


def _evidence(
    valence: pd.DataFrame,
    accepted: pd.DataFrame,
    codes: Sequence[str],
    quotes: Mapping[str, Quote],
    documents: pd.DataFrame,
) -> tuple[Evidence, ...]:
    """For each code the sentences that speak most surely of help and of hindrance, two of each."""
    told = valence[(valence.evidence_end > valence.evidence_start) & valence.segment_id.isin(list(quotes))]
    given = accepted[["segment_id", "code"]].merge(told, on="segment_id")
    by_code, texts = groups(given, "code"), lookup(documents, "document", "text")
    found = []
    for code in [name for name in codes if name in by_code]:
        kinds = []
        for kind, said in (("facilitator", "As a help"), ("barrier", "As a hindrance")):
            own = by_code[code][by_code[code].valence == kind].sort_values(
                ["score", "segment_id"], ascending=[False, True]
            )
            cut = tuple(_cut(quotes[row.segment_id], row, texts) for row in each(own.head(2)))
            if cut:
                kinds.append((said, cut))
        if kinds:
            found.append(Evidence(code, tuple(kinds)))
    return tuple(found)


def _cut(quote: Quote, row: Any, texts: Mapping[str, str]) -> Quote:
    start, end = int(row.evidence_start), int(row.evidence_end)
    return replace(quote, start=start, end=end, text=texts[quote.document][start:end])


def _doubt(tables: Mapping[str, pd.DataFrame], reflexive: bool) -> str:
    """How well help and hindrance are told apart here: by count where people coded it, and plainly where nobody did."""
    if tables["valence"].empty:
        return ""
    least = (
        "It is the least certain of the pipeline’s readings: irony, and a barrier that was overcome, are read wrongly "
        "as often as not."
    )
    right, total = told_right(tables["segments"], tables["codings"], tables["valence"])
    if not total:
        return f"Nobody coded help and hindrance in this study, so how well it is read here is not known. {least}"
    if reflexive:
        return f"People coded help and hindrance too: where do they read it otherwise? {least}"
    return (
        f"Of {prose.count(total, 'passage')} that people coded as a help or as a hindrance, and to which a candidate "
        f"code was given, {right:,} ({prose.percent(right / total)}) were read the same way. {least}"
    )


def told_right(segments: pd.DataFrame, codings: pd.DataFrame, valence: pd.DataFrame) -> tuple[int, int]:
    """Of the segments that people coded as help or as hindrance (not both), how many were read so, and of how many."""
    names = [codings[column].str.casefold() for column in ("code", "parent_code")]
    helps, hinders = (codings[names[0].isin(kind) | names[1].isin(kind)] for kind in (HELPS, HINDERS))
    sides = pd.concat([helps.assign(code="facilitator"), hinders.assign(code="barrier")])
    coded = codes_of_segments(segments[segments.substantive], sides)[["segment_id", "code"]].drop_duplicates()
    one = coded[~coded.segment_id.duplicated(keep=False)].merge(valence[["segment_id", "valence"]], on="segment_id")
    return int((one.code == one.valence).sum()), len(one)
