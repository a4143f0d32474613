"""What the page's script knows of each candidate theme. Quotes are numbers of passages, never text."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.core import prose
from pipeline.core.coders import PIPELINE
from pipeline.core.table_rows import each, groups
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import states
from pipeline.reporting.quotes import Quote, utf16_offsets
from pipeline.reporting.views.alternatives_view import Shown
from pipeline.reporting.views.further_view import coder
from pipeline.reporting.views.steady_view import NEARLY, OUTLINE, Steady
from pipeline.reporting.views.theme_view import Card

# Codes of people, and candidate codes, that are named with a theme.
MOST_CODES = 4


def build(
    cards: Sequence[Card],
    tables: Mapping[str, pd.DataFrame],
    *,
    quoted: Mapping[str, Quote],
    codes: Sequence[str],
    steady: Steady,
    notes: Mapping[str, Mapping[int, Any]],
    readings: Mapping[int, Sequence[Shown]],
) -> list[dict[str, Any]]:
    """One entry for each theme, in the order of the cards.

    `notes`: sentences by theme_id, under `framework`, `answers`, `trail`, `reading` and `questions`; `readings`:
    alternative readings.
    """
    rows = {int(row["theme_id"]): row for row in tables["themes"].to_dict("records")}
    marked = _marking(tables["theme_code"], codes)
    human = _human(tables["theme_human_code"])
    chosen = groups(tables["theme_quotes"], "theme_id")
    against = _against(tables["negative_cases"], quoted)
    parts = _parts(tables["theme_assignments"], quoted)
    offsets = {row.document: utf16_offsets(row.text) for row in each(tables["documents"])}
    return [
        {
            "id": card.theme_id,
            "number": card.number,
            "label": card.label,
            "proposed": list(card.proposed or ()),
            "vivo": _cut(card.in_vivo, offsets),
            "state": card.state,
            "standing": list(card.standing),
            "passport": card.passport,
            "keywords": list(card.keywords),
            "noKeywords": card.no_keywords,
            "parts": [[label, size, parts.get(theme, [])] for theme, label, size in card.sub_themes],
            "quotes": _chosen(chosen.get(card.theme_id), quoted),
            "against": against.get(card.theme_id, []),
            "codes": marked.get(card.theme_id, []),
            "framework": prose.sentence(str(notes["framework"].get(card.theme_id, ""))),
            "human": human.get(card.theme_id, []),
            "answers": prose.sentence(str(notes["answers"].get(card.theme_id, ""))),
            "trail": list(notes["trail"].get(card.theme_id, ())),
            "reading": str(notes["reading"].get(card.theme_id, "")),
            "questions": list(notes["questions"].get(card.theme_id, ())),
            "readings": [
                {
                    "called": reading.called,
                    "author": reading.author,
                    "when": reading.when,
                    "answers": [list(answer) for answer in reading.answers],
                    "handout": reading.handout_label,
                }
                for reading in readings.get(card.theme_id, ())
            ],
            "stability": steadiness(rows[card.theme_id].get("stability")),
            "restsLead": steady.rests_lead.get(card.theme_id, ""),
            "rests": [[one.without, one.share, one.left, one.like] for one in steady.rests.get(card.theme_id, ())],
            **_memo(rows[card.theme_id]),
        }
        for card in cards
    ]


def steadiness(value: object) -> str:
    """Whether a theme came back in the runs that leave documents out: stable, shifted, lost, or empty if unknown."""
    if not isinstance(value, float | int) or pd.isna(value):
        return ""
    return "stable" if value >= NEARLY else "shifted" if value >= OUTLINE else "lost"


def _memo(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The question that most of a theme answers, where it answers one."""
    share = row.get("prompt_share")
    text = str(row.get("prompt_text") or "")
    return {"question": text, "questionShare": 0 if not text or pd.isna(share) else round(100 * float(share))}


def _cut(quote: Quote | None, offsets: Mapping[str, Sequence[int]]) -> list[int] | None:
    """A part of a passage: its number, and where it begins and ends in the document, in UTF-16 units."""
    if quote is None:
        return None
    units = offsets[quote.document]
    return [quote.number, units[quote.start], units[quote.end]]


def _parts(assignments: pd.DataFrame, quoted: Mapping[str, Quote]) -> dict[int, list[int]]:
    """Numbers of the passages of each sub-theme."""
    own = assignments[(assignments.subtheme_id != UNASSIGNED) & assignments.segment_id.isin(list(quoted))]
    return {
        int(theme): sorted(quoted[name].number for name in rows.segment_id)
        for theme, rows in groups(own, "subtheme_id").items()
    }


def _chosen(rows: pd.DataFrame | None, quoted: Mapping[str, Quote]) -> dict[str, list[int]]:
    """Numbers of the passages that show a theme, by kind (typical, diverse, borderline, contrasting)."""
    if rows is None:
        return {}
    known = rows[rows.segment_id.isin(list(quoted))].sort_values(["rank", "segment_id"])
    return {str(kind): [quoted[name].number for name in own.segment_id] for kind, own in groups(known, "kind").items()}


def _against(table: pd.DataFrame, quoted: Mapping[str, Quote]) -> dict[int, list[list[Any]]]:
    """Passages of each theme that say the opposite of most of it, each with the code concerned."""
    known = table[(table.theme_id != UNASSIGNED) & table.segment_id.isin(list(quoted))].sort_values(["rank", "code"])
    return {
        int(theme): [[quoted[row.segment_id].number, row.code] for row in each(rows)]
        for theme, rows in groups(known, "theme_id").items()
    }


def _marking(theme_code: pd.DataFrame, codes: Sequence[str]) -> dict[int, list[list[Any]]]:
    """The candidate codes most frequent in each theme: number of the code, passages in both, and the verdict."""
    number = {code: n for n, code in enumerate(codes)}
    own = theme_code[(theme_code.coder == PIPELINE) & theme_code.code.isin(list(number)) & (theme_code.n_overlap > 0)]
    own = own.assign(marks=own.verdict.isin(["fits", "ambiguous"]))
    own = own.sort_values(["marks", "n_overlap", "code"], ascending=[False, False, True])
    return {
        int(theme): [[number[row.code], int(row.n_overlap), str(row.verdict)] for row in each(rows.head(MOST_CODES))]
        for theme, rows in groups(own, "theme_id").items()
    }


def _human(table: pd.DataFrame) -> dict[int, list[list[Any]]]:
    """The codes that each coder used most in each theme: coder, code, passages in both."""
    own = table[table.n_overlap > 0].sort_values(["coder", "n_overlap", "code"], ascending=[True, False, True])
    first = own.groupby(["theme_id", "coder"], sort=False).head(MOST_CODES)
    return {
        int(theme): [[coder(row.coder), row.code, int(row.n_overlap)] for row in each(rows)]
        for theme, rows in groups(first, "theme_id").items()
    }


def order_of(themes: pd.DataFrame) -> list[int]:
    """The ids of the themes in the order of the page, largest first."""
    return [int(theme) for theme in states.ranked(themes).theme_id]
