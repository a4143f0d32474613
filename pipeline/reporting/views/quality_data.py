"""What the page's script knows of agreement: a line for each code, and the passages on which coders differ."""

import math
from collections.abc import Mapping, Sequence, Set
from typing import Any

import pandas as pd

from pipeline.core import coders, prose
from pipeline.core.table_rows import each, groups, lookup
from pipeline.core.terms import COMPARED_UNITS
from pipeline.reporting.quotes import Quote
from pipeline.reporting.views.further_view import coder

# Passages on which coders differ that the page shows.
MOST = 600
# Words from which a passage can be discussed by itself.
CLEAR_WORDS, LONG_WORDS = 12, 60
# Passages with a code from which agreement on it can be told from chance finds.
OFTEN = 8
# Groups of lines, in order: two people used the code; only one did, beside the pipeline; too few uses; no figure.
GROUPS = ("people", coders.PIPELINE, "rare", "undefined")

# How the table says that a coder gave no code.
NOTHING = ("", "none", "no code")

Pair = list[Any]


def lines(agreement: pd.DataFrame, codes: Sequence[str], *, reflexive: bool) -> list[dict[str, Any]]:
    """A line for each code that two coders could have used, sorted by its group (see GROUPS) and its first pair.

    `group`: number in GROUPS. The first pair is the one the line shows and is sorted by: of people, the two who agree
    least; else the pipeline's best method with a person. Each pair: who, kind (people, or the pipeline's method),
    passages of the first, the second and both, kappa with its interval (missing if undefined, or if the study is
    reflexive) and the note.
    """
    rows = _by_code(agreement)
    found = [_line(str(code), own, reflexive) for code, own in groups(rows, "code").items()]
    order = {code: number for number, code in enumerate(codes)}
    return sorted(
        found,
        key=lambda line: (
            line["group"],
            _agreement(line["pairs"][0], reflexive),
            order.get(line["code"], len(order)),
            line["code"],
        ),
    )


def _by_code(agreement: pd.DataFrame) -> pd.DataFrame:
    """The rows of single codes, by the unit that the page shows."""
    unit = next((unit for unit in COMPARED_UNITS if unit in set(agreement.unit)), "segment")
    return agreement[(agreement.unit == unit) & (agreement.level == "code")]


def with_pipeline(agreement: pd.DataFrame) -> pd.DataFrame:
    """How well the pipeline does on each code, from the passages that the lines count: one row a code, best first.

    Columns `code`; `n_people`: passages that the coder who used it most gave it; `f1`: twice what both gave as a share
    of what each gave, over all coders, by the method that does best (missing where nobody gave it).
    """
    rows = _by_code(agreement)
    machine = {side: rows[f"coder_{side}"].map(coders.is_pipeline).astype(bool) for side in "ab"}
    rows = rows[machine["a"] != machine["b"]]
    first = machine["a"].reindex(rows.index)
    rows = rows.assign(
        method=rows.coder_a.where(first, rows.coder_b),
        n_people=rows.n_b.where(first, rows.n_a),
        given=rows.n_a + rows.n_b,
    )
    by_method = rows.groupby(["code", "method"], as_index=False)
    summed = by_method.agg(n_people=("n_people", "max"), given=("given", "sum"), n_both=("n_both", "sum"))
    summed["f1"] = (2 * summed.n_both / summed.given.where(summed.given > 0)).astype("float64")
    ordered = summed.sort_values(["f1", "code", "method"], ascending=[False, True, True])
    return ordered.drop_duplicates("code")[["code", "n_people", "f1"]].reset_index(drop=True)


def _line(code: str, rows: pd.DataFrame, reflexive: bool) -> dict[str, Any]:
    pairs: list[Pair] = []
    for row in each(rows.sort_values(["coder_a", "coder_b"])):
        machine = [name for name in (row.coder_a, row.coder_b) if coders.is_pipeline(name)]
        kind = coders.method_of(machine[0]) if machine else "people"
        values = (row.kappa, row.low, row.high)
        figures = [None if reflexive or pd.isna(one) else round(float(one), 3) for one in values]
        counts = [int(row.n_a), int(row.n_b), int(row.n_both)]
        pairs.append([coder(row.coder_a), coder(row.coder_b), kind, *counts, *figures, prose.passages(str(row.note))])
    people, machine = ([pair for pair in pairs if (pair[2] == "people") is wanted] for wanted in (True, False))
    people.sort(key=lambda pair: _agreement(pair, reflexive))
    machine.sort(key=lambda pair: _agreement(pair, reflexive, missing=-math.inf), reverse=True)
    return {"code": code, "group": _group(people, machine, reflexive), "pairs": [*people, *machine]}


def _group(people: Sequence[Pair], machine: Sequence[Pair], reflexive: bool) -> int:
    if reflexive:
        return 0
    pairs = [*people, *machine]
    if math.isinf(_agreement(pairs[0], reflexive)):
        return GROUPS.index("undefined")
    if max(pair[3] + pair[4] - pair[5] for pair in pairs) < OFTEN:
        return GROUPS.index("rare")
    return GROUPS.index("people" if people else coders.PIPELINE)


def _agreement(pair: Pair, reflexive: bool, *, missing: float = math.inf) -> float:
    """The kappa of a pair, or with `reflexive` the share that both gave of what either gave; `missing` if undefined."""
    if reflexive:
        either = pair[3] + pair[4] - pair[5]
        return pair[5] / either if either else missing
    return missing if pair[6] is None else float(pair[6])


def disputes(
    table: pd.DataFrame, segments: pd.DataFrame, quoted: Mapping[str, Quote], known: Sequence[str]
) -> list[dict[str, Any]]:
    """The passages on which coders differ, best to discuss first: long enough to be clear, and given two codes.

    Each: passage, the codes in dispute, and what each coder said. `known`: names of codes. At most MOST of them.
    """
    words = lookup(segments, "segment_id", "n_words")
    rows = []
    for row in each(table[table.segment_id.isin(list(quoted))].sort_values("rank")):
        says = [_said(answer) for answer in row.says.split(" | ")]
        disputed = codes_in(row.disputed, known)
        n_words = int(words.get(row.segment_id, 0))
        unclear = n_words < CLEAR_WORDS, sum(codes not in NOTHING for _, codes in says) < 2
        rows.append((*unclear, n_words > LONG_WORDS * 3, row.rank, quoted[row.segment_id].number, disputed, says))
    rows.sort(key=lambda one: one[:5])
    return [{"s": number, "codes": disputed, "says": says} for *_, number, disputed, says in rows[:MOST]]


def who_differ(says: str, disputed: Sequence[str], known: Sequence[str], mapped: Set[str]) -> frozenset[str]:
    """Who differs on a passage: "people" (two coders with each other), "pipeline" (a coder and the pipeline), or both.

    `says`: what each coder said, and `disputed`: the codes in dispute, as in the table disagreements; `known`: names of
    codes; `mapped`: the codes that the pipeline could give. Of its methods the primary one counts, as on the page.
    """
    given = [
        (who, frozenset(codes_in(codes, known))) for who, _, codes in (one.partition(": ") for one in says.split(" | "))
    ]
    people = [codes for who, codes in given if not coders.is_pipeline(who)]
    primary = coders.primary(coders.method_of(who) for who, _ in given if coders.is_pipeline(who))
    machine = [codes for who, codes in given if coders.is_pipeline(who) and primary in ("", coders.method_of(who))]
    differ = {"people"} if len({codes & set(disputed) for codes in people}) > 1 else set()
    if people and machine and len({codes & set(disputed) & mapped for codes in (*people, *machine)}) > 1:
        differ.add(coders.PIPELINE)
    return frozenset(differ)


def _said(answer: str) -> tuple[str, str]:
    who, _, codes = answer.partition(": ")
    return coder(who), codes


def given_codes(text: str, known: Sequence[str]) -> list[str]:
    """The codes that a coder gave, as the table writes them; none where it says so in words."""
    return [] if text in NOTHING else codes_in(text, known)


def codes_in(text: str, known: Sequence[str]) -> list[str]:
    """The codes in a list as the table writes it; a name that holds a semicolon is kept whole."""
    if text in known:
        return [text]
    return [part for part in text.split("; ") if part]
