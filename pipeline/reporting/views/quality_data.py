"""What the page's script knows of agreement: a line for each code, and the passages on which coders differ."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.core import coders
from pipeline.core.table_rows import each, groups, lookup
from pipeline.core.terms import COMPARED_UNITS
from pipeline.reporting.quotes import Quote
from pipeline.reporting.views.further_view import coder

# Passages on which coders differ that the page shows.
MOST = 600
# Words from which a passage can be discussed by itself.
CLEAR_WORDS, LONG_WORDS = 12, 60
# Passages with a code from which a disagreement on it is told before others.
OFTEN = 8


def lines(agreement: pd.DataFrame, codes: Sequence[str], *, reflexive: bool) -> list[dict[str, Any]]:
    """A line for each code that two coders could have used, worst first: where people agree least, then the pipeline.

    Each pair: who, kind (people, or the pipeline's method), passages of the first, the second and both, kappa with its
    interval (missing if undefined, or if the study is reflexive) and the note.
    """
    unit = next((unit for unit in COMPARED_UNITS if unit in set(agreement.unit)), "segment")
    rows = agreement[(agreement.unit == unit) & (agreement.level == "code")]
    found = [_line(str(code), own, reflexive) for code, own in groups(rows, "code").items()]
    order = {code: number for number, code in enumerate(codes)}
    return sorted(found, key=lambda line: (*_badness(line), order.get(line["code"], len(order)), line["code"]))


def _line(code: str, rows: pd.DataFrame, reflexive: bool) -> dict[str, Any]:
    pairs = []
    for row in each(rows.sort_values(["coder_a", "coder_b"])):
        machine = [name for name in (row.coder_a, row.coder_b) if coders.is_pipeline(name)]
        kind = coders.method_of(machine[0]) if machine else "people"
        values = (row.kappa, row.low, row.high)
        figures = [None if reflexive or pd.isna(one) else round(float(one), 3) for one in values]
        counts = [int(row.n_a), int(row.n_b), int(row.n_both)]
        pairs.append([coder(row.coder_a), coder(row.coder_b), kind, *counts, *figures, str(row.note)])
    return {"code": code, "pairs": sorted(pairs, key=lambda pair: pair[2] != "people")}


def _badness(line: Mapping[str, Any]) -> tuple[int, float]:
    """Sorts lines: people's worst kappa first, then codes that only the pipeline can be compared on.

    Codes too rare for a difference to mean much come after these, and undefined ones last.
    """
    rare = max((pair[3] + pair[4] - pair[5] for pair in line["pairs"]), default=0) < OFTEN
    people = [pair[6] for pair in line["pairs"] if pair[2] == "people" and pair[6] is not None]
    machine = [pair[6] for pair in line["pairs"] if pair[2] != "people" and pair[6] is not None]
    if people:
        return 2 * rare, min(people)
    if machine:
        return 1 + 2 * rare, max(machine)
    shares = [pair[5] / max(1, pair[3] + pair[4] - pair[5]) for pair in line["pairs"]]
    return 4, min(shares, default=1.0)


def disputes(
    table: pd.DataFrame, segments: pd.DataFrame, quoted: Mapping[str, Quote], known: Sequence[str]
) -> list[dict[str, Any]]:
    """The passages on which coders differ, best to discuss first: long enough to be clear, and given two codes.

    Each: passage, the codes in dispute, and what each coder said. `known`: names of codes.
    """
    words = lookup(segments, "segment_id", "n_words")
    rows = []
    for row in each(table[table.segment_id.isin(list(quoted))].sort_values("rank")):
        says = [_said(answer) for answer in row.says.split(" | ")]
        disputed = _codes(row.disputed, known)
        n_words = int(words.get(row.segment_id, 0))
        unclear = n_words < CLEAR_WORDS, sum(codes not in ("", "none", "no code") for _, codes in says) < 2
        rows.append((*unclear, n_words > LONG_WORDS * 3, row.rank, quoted[row.segment_id].number, disputed, says))
    rows.sort(key=lambda one: one[:5])
    return [{"s": number, "codes": disputed, "says": says} for *_, number, disputed, says in rows[:MOST]]


def _said(answer: str) -> tuple[str, str]:
    who, _, codes = answer.partition(": ")
    return coder(who), codes


def _codes(text: str, known: Sequence[str]) -> list[str]:
    """The codes in a list as the table writes it; a name that holds a semicolon is kept whole."""
    if text in known:
        return [text]
    return [part for part in text.split("; ") if part]
