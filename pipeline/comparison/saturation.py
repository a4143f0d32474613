"""Saturation: whether further interviews still bring new codes or themes.

The first documents are the base. Runs of consecutive documents are compared with it: saturation is reached when the
number of new codes in a run is at most a threshold share of the number in the base, and the documents after that run
add no more than that either. Guest, Namey & Chen (2020), A
simple method to assess and report thematic saturation in qualitative research. PLOS ONE 15(5), e0232076.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.comparison.coefficients import Bools, Floats, Ints
from pipeline.comparison.intervals import LEVEL
from pipeline.core import prose
from pipeline.core.prose import natural_order
from pipeline.core.terms import EVERYTHING

TALK = ("interview", "focus_group")


@dataclass(frozen=True)
class Rule:
    """Settings of the assessment.

    `base`, `run`: numbers of documents; `threshold`: new codes in a run as a share of those in the base; `orders`: the
    number of random orders.
    """

    base: int = 4
    run: int = 2
    threshold: float = 0.05
    orders: int = 500
    seed: int = 0


@dataclass(frozen=True)
class Order:
    """The documents in order; `kind`: "interviewing" or "file names"; `undated`: documents without a position, last."""

    documents: tuple[str, ...]
    kind: str
    undated: tuple[str, ...] = ()


def interview_order(documents: pd.DataFrame, turns: pd.DataFrame, cases: pd.DataFrame) -> Order:
    """Return interviews and focus groups, or else all documents, in the order of interviewing if it is known.

    The order comes from the column `order` (a number) or `date` (ISO 8601) of `cases`; a document has the earliest
    value of its participants, and documents without one come last. Without these columns documents are sorted by name,
    with digits compared as numbers (P2 before P10).
    """
    talk = documents[documents["source_type"].isin(TALK)]
    names = sorted((talk if len(talk) else documents)["document"], key=natural_order)
    column = next((name for name in ("order", "date") if name in cases.columns), None)
    if column is None:
        return Order(tuple(names), "file names")
    written = cases[column].astype("str").str.strip()
    if column == "order":
        position = pd.to_numeric(written, errors="coerce").astype("float64").to_numpy()
    else:
        days = pd.to_datetime(written, errors="coerce", format="ISO8601").to_numpy(dtype="datetime64[D]")
        position = np.where(np.isnat(days), np.nan, days.astype(np.int64).astype(np.float64))
    position_of = dict(zip(cases["case"], position, strict=True))
    of_turns = turns.assign(place=turns["case"].map(position_of).astype("float64")).groupby("document")["place"].min()
    position_in_order = of_turns.reindex(names)
    undated = tuple(name for name in names if np.isnan(position_in_order[name]))
    if len(undated) == len(names):
        return Order(tuple(names), "file names")
    dated = sorted((name for name in names if name not in undated), key=lambda name: position_in_order[name])
    return Order((*dated, *undated), "interviewing", undated)


def presence(found_codes: pd.DataFrame, order: Order) -> Bools:
    """Return whether each code occurs in each document, (documents, codes).

    `found_codes`: columns document and code. Documents are in the given order; codes are sorted.
    """
    in_order = found_codes[found_codes["document"].isin(order.documents)]
    codes = sorted(set(in_order["code"]))
    presence = np.zeros((len(order.documents), len(codes)), dtype=bool)
    document_positions = pd.Index(order.documents).get_indexer(pd.Index(in_order["document"]))
    presence[document_positions, pd.Index(codes).get_indexer(pd.Index(in_order["code"]))] = True
    return presence


def new_codes(presence: Bools) -> Ints:
    """Return the number of codes that occur first in each document, (documents,)."""
    first = np.argmax(presence, axis=0)[presence.any(0)]
    return np.bincount(first, minlength=len(presence)).astype(np.int64)


def ratios(new: Ints, rule: Rule) -> Floats:
    """Return the new codes of the run ending at each document as a share of those in the base, (documents,).

    nan until the first run is complete, or if the base has no codes.
    """
    shares = np.full(len(new), np.nan)
    base, first = new[: rule.base].sum(), rule.base + rule.run - 1
    if base:
        cumulative = np.concatenate([[0], new.cumsum()])
        shares[first:] = (
            cumulative[first + 1 :] - cumulative[rule.base : max(len(new) - rule.run + 1, rule.base)]
        ) / base
    return shares


def reached_at(new: Ints, rule: Rule) -> int:
    """Return the number of documents after which saturation is reached; -1 if it is not.

    That is the first run that adds no more than the threshold, if all documents after it together add no more either.
    `new`: (documents,), new codes in each document.
    """
    low = np.flatnonzero(np.nan_to_num(ratios(new, rule), nan=np.inf) <= rule.threshold)
    still = rule.threshold * new[: rule.base].sum()
    return next((int(last) + 1 for last in low if new[last + 1 :].sum() <= still), -1)


def saturation(source: str, cell: str, presence: Bools, order: Order, rule: Rule) -> tuple[list[Any], dict[str, Any]]:
    """Return the curves of one source in one cell (rows of saturation) and its verdict (a row of saturation_verdict).

    `source`: a coder or "themes"; `cell`: the cell of the sampling frame; `presence`: (documents, codes).
    """
    new = new_codes(presence)
    ratio = ratios(new, rule)
    drawn = _random_orders(presence, rule)
    drawn_ratio = np.array([ratios(drawn_new, rule) for drawn_new in drawn]).reshape(drawn.shape)
    cumulative = drawn.cumsum(1)
    tails = [100 * (1 - LEVEL) / 2, 100 * (1 + LEVEL) / 2]
    rows: list[dict[str, Any]] = []
    for position, name in enumerate(order.documents):
        row = {"source": source, "cell": cell, "position": position + 1}
        observed = {"order": order.kind, "document": name, "n_new": new[position], "n_known": new[: position + 1].sum()}
        rows.append(row | observed | {"ratio": _defined(ratio[position])})
        low, high = np.percentile(cumulative[:, position], tails)
        random = {
            "order": "random",
            "document": "",
            "n_new": drawn[:, position].mean(),
            "n_known": cumulative[:, position].mean(),
        }
        random |= {"known_low": low, "known_high": high}
        if not np.isnan(drawn_ratio[:, position]).any():
            low, high = np.percentile(drawn_ratio[:, position], tails)
            random |= {"ratio": drawn_ratio[:, position].mean(), "ratio_low": low, "ratio_high": high}
        rows.append(row | random)
    complete = len(new) >= rule.base + rule.run
    verdict = {
        "source": source,
        "cell": cell,
        "n_documents": len(new),
        "n_known": int(new.sum()),
        "reached_at": reached_at(new, rule),
        "ratio": _defined(ratio[-1]) if complete else None,
        "random": float(np.mean([reached_at(drawn_new, rule) > 0 for drawn_new in drawn])) if complete else None,
        "sentence": sentence(cell, new, rule, things="themes" if source == "themes" else "codes"),
    }
    return rows, verdict


def sentence(cell: str, new: Ints, rule: Rule, *, things: str = "codes") -> str:
    """Return the verdict on one cell as a sentence; `new`: (documents,), new codes or themes in each document."""
    who = "All documents" if cell == EVERYTHING else cell[:1].upper() + cell[1:]
    n, least = len(new), rule.base + rule.run
    if n < least:
        need = f"at least {least} are needed (a base of {rule.base} and a run of {rule.run})"
        return f"{who}: {_count(n)}, too few to assess: {need}."
    base = int(new[: rule.base].sum())
    if not base:
        return f"{who}: the first {rule.base} of {_count(n)} have no {things}, so saturation cannot be assessed."
    shares = ratios(new, rule)
    reached = reached_at(new, rule)
    if reached < 0:
        added = _new(int(new[-rule.run :].sum()), things)
        share = f"{prose.percent(shares[-1])} of the {base} in the base; threshold {prose.percent(rule.threshold)}"
        return f"{who}: {_count(n)}, saturation not reached: the last {rule.run} added {added} ({share})."
    added = _new(int(new[reached - rule.run : reached].sum()), things)
    share = f"{prose.percent(shares[reached - 1])} of the {base} in the base"
    run = f"{_numbers(reached - rule.run + 1, reached)} added {added} ({share})"
    later, after = int(new[reached:].sum()), n - reached
    rest = f", and the {'one' if after == 1 else after} after them {later or 'none'}" if after else ""
    return f"{who}: {_count(n)}, saturation reached after {reached}: {run}{rest}."


def _numbers(first: int, last: int) -> str:
    """Return "document 6", "documents 5 and 6" or "documents 4 to 6"."""
    if first == last:
        return f"document {last}"
    return f"documents {first} {'and' if last == first + 1 else 'to'} {last}"


def _new(number: int, things: str) -> str:
    return f"{number or 'no'} new {things if number != 1 else things.removesuffix('s')}"


def cells(cases: pd.DataFrame, frame: tuple[str, ...]) -> dict[str, set[str]]:
    """Map each cell of the sampling frame, such as "nurse, site B", to its cases.

    `frame`: the attributes that define the cells; those that `cases` lacks are ignored. Cases with a missing value are
    in no cell.
    """
    names = [name for name in frame if name in cases.columns]
    if not names:
        return {}
    values = cases[names].fillna("").astype("str")
    complete = (values != "").all(axis=1)
    label = pd.Series([", ".join(row) for row in values[complete].itertuples(index=False)], values.index[complete])
    grouped = cases.loc[complete, "case"].groupby(label)
    return {str(name): set(group) for name, group in sorted(grouped, key=lambda pair: str(pair[0]))}


def _random_orders(presence: Bools, rule: Rule) -> Ints:
    """Return new codes by position in random orders of the documents, (orders, documents)."""
    random = np.random.default_rng(rule.seed)
    drawn = [new_codes(presence[random.permutation(len(presence))]) for _ in range(rule.orders)]
    return np.array(drawn, dtype=np.int64).reshape(rule.orders, len(presence))


def _count(count: int) -> str:
    written = {0: "no documents", 1: "one document", 2: "two documents", 3: "three documents"}
    return written.get(count, f"{count} documents")


def _defined(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
