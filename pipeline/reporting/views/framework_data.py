"""What the page's script knows of the framework: codes with their themes and passages near them, and the matrix."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.core.coders import PIPELINE
from pipeline.core.prose import natural_order
from pipeline.core.table_rows import each, groups, lookup
from pipeline.deductive.codebook import Codebook
from pipeline.reporting.matrix import Cell
from pipeline.reporting.quotes import Quote, in_order, utf16_offsets
from pipeline.reporting.views.further_view import Leaning
from pipeline.reporting.written_summaries import Summary, digest

# Passages near a code that were not given it, for each code.
MOST_NEAR = 25
STATES = ("spoken", "asked", "not_asked", "unknown", "not_available")


def build(
    tables: Mapping[str, pd.DataFrame],
    *,
    codes: Sequence[str],
    book: Codebook,
    quoted: Mapping[str, Quote],
    leanings: Sequence[Leaning],
    themes: Sequence[int],
) -> list[dict[str, Any]]:
    """One entry for each code that was mapped, in the order of the codebook. `themes`: ids in the page's order."""
    fates = tables["code_themes"]
    verdicts = lookup(fates[fates.level == "code"], "code", "verdict")
    leaning_of = {one.code: list(one.counts) for one in leanings}
    in_themes = _in_themes(tables["theme_code"], themes)
    near = _near(tables["code_assignments"], quoted)
    against = _against(tables["negative_cases"], quoted)
    return [
        {
            "name": code,
            "category": book.category_of(code),
            "parent": book[code].parent,
            "definition": book[code].definition,
            "include": book[code].include,
            "exclude": book[code].exclude,
            "verdict": str(verdicts.get(code, "")),
            "themes": in_themes.get(code, []),
            "leaning": leaning_of.get(code, []),
            "near": near.get(code, []),
            "against": against.get(code, []),
        }
        for code in codes
    ]


def _in_themes(theme_code: pd.DataFrame, themes: Sequence[int]) -> dict[str, list[list[Any]]]:
    """The themes that a code is found in: number of the theme on the page, passages in both, and the verdict."""
    place = {theme: number for number, theme in enumerate(themes)}
    own = theme_code[(theme_code.coder == PIPELINE) & theme_code.theme_id.isin(list(place))]
    own = own[own.n_overlap > 0].sort_values(["n_overlap", "theme_id"], ascending=[False, True])
    return {
        str(code): [[place[row.theme_id], int(row.n_overlap), str(row.verdict)] for row in each(rows)]
        for code, rows in groups(own, "code").items()
    }


def _near(assignments: pd.DataFrame, quoted: Mapping[str, Quote]) -> dict[str, list[int]]:
    """The passages most like the words of a code that were not given it, most like first."""
    by_words = assignments[assignments.method == "zero_shot"]
    rest = by_words[~by_words.accepted & by_words.segment_id.isin(list(quoted))]
    ordered = rest.sort_values(["score", "segment_id"], ascending=[False, True])
    return {
        str(code): [quoted[name].number for name in rows.head(MOST_NEAR).segment_id]
        for code, rows in groups(ordered, "code").items()
    }


def _against(table: pd.DataFrame, quoted: Mapping[str, Quote]) -> dict[str, list[int]]:
    """The passages to read against a code, in order."""
    known = table[table.segment_id.isin(list(quoted))].sort_values(["kind", "rank", "segment_id"])
    by_code = groups(known, "code")
    return {str(code): [quoted[name].number for name in rows.segment_id] for code, rows in by_code.items()}


def matrix(
    cells: Sequence[Cell],
    *,
    tables: Mapping[str, pd.DataFrame],
    codes: Sequence[str],
    quoted: Mapping[str, Quote],
    people: Sequence[str],
    written: Mapping[tuple[str, str], Summary],
) -> list[dict[str, Any]]:
    """One entry for each case (or document in which nobody is named), with a cell for each code.

    A cell is its state (number in STATES), its passages, the sentences of its summary (passage, start and end in UTF-16
    units), the turn of the question asked, a summary by a person (text, author, and whether passages changed since),
    and how many of the passages people coded (they come first).
    """
    offsets = {row.document: utf16_offsets(row.text) for row in each(tables["documents"])}
    place = {turn: number for number, turn in enumerate(in_order(tables["turns"]).turn_id)}
    case_number = {name: number for number, name in enumerate(people)}
    documents = {name: number for number, name in enumerate(sorted(tables["documents"].document, key=natural_order))}
    of = {(cell.case, cell.code): cell for cell in cells}
    rows = []
    for case in sorted({cell.case for cell in cells}, key=natural_order):
        field, number = ("case", case_number[case]) if case in case_number else ("document", documents.get(case, -1))
        own = [_cell(of[case, code], quoted, offsets, place, written.get((case, code))) for code in codes]
        rows.append({"name": case, "field": field, "number": number, "cells": own})
    return rows


def _cell(
    cell: Cell,
    quoted: Mapping[str, Quote],
    offsets: Mapping[str, Sequence[int]],
    place: Mapping[str, int],
    summary: Summary | None,
) -> list[Any]:
    said = []
    for sentence in cell.sentences:
        quote = quoted[sentence.segment_id]
        units = offsets[quote.document]
        said.append([quote.number, units[sentence.start], units[sentence.end]])
    passages = [quoted[name].number for name in cell.excerpts if name in quoted]
    by_person = [] if summary is None else [summary.summary, summary.who, int(summary.of != digest(cell.summary))]
    return [STATES.index(cell.state), passages, said, place.get(cell.question, -1), by_person, cell.n_coded]
