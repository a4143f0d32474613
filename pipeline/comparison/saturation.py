"""Saturation: do further interviews still bring new codes, or new themes?

Guest, Namey & Chen (2020), A simple method to assess and report thematic saturation in qualitative research. PLOS ONE
15(5), e0232076. The first documents are the base. Runs of the next documents, each moved on by one, are set against it:
saturation is reached when the new codes of a run are no more than a threshold share of the base's codes.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.comparison.coefficients import Bools, Floats, Ints
from pipeline.comparison.intervals import LEVEL
from pipeline.core.terms import EVERYTHING

TALK = ("interview", "focus_group")


@dataclass(frozen=True)
class Rule:
    """`base` and `run`: numbers of documents; `threshold`: new codes of a run as a share of the base's codes."""

    base: int = 4
    run: int = 2
    threshold: float = 0.05
    orders: int = 500
    seed: int = 0


@dataclass(frozen=True)
class Order:
    """The documents in the order of reading; `kind`: interviewing or file names; `undated`: those without a place."""

    documents: tuple[str, ...]
    kind: str
    undated: tuple[str, ...] = ()


def interview_order(documents: pd.DataFrame, turns: pd.DataFrame, cases: pd.DataFrame) -> Order:
    """Interviews and focus groups (else all documents) in the order of interviewing, where participants.csv tells it.

    From the column `order` (a number) or else `date` (year first), the earliest of a document's participants; documents
    without either come last. Without these columns: by name, with numbers in names read as numbers (P2 before P10).
    """
    talk = documents[documents["source_type"].isin(TALK)]
    names = sorted((talk if len(talk) else documents)["document"], key=_natural)
    column = next((name for name in ("order", "date") if name in cases.columns), None)
    if column is None:
        return Order(tuple(names), "file names")
    told = cases[column].astype("str").str.strip()
    if column == "order":
        place = pd.to_numeric(told, errors="coerce").astype("float64").to_numpy()
    else:
        days = pd.to_datetime(told, errors="coerce", format="ISO8601").to_numpy(dtype="datetime64[D]")
        place = np.where(np.isnat(days), np.nan, days.astype(np.int64).astype(np.float64))
    place_of = dict(zip(cases["case"], place, strict=True))
    of_turns = turns.assign(place=turns["case"].map(place_of).astype("float64")).groupby("document")["place"].min()
    when = of_turns.reindex(names)
    undated = tuple(name for name in names if np.isnan(when[name]))
    if len(undated) == len(names):
        return Order(tuple(names), "file names")
    dated = sorted((name for name in names if name not in undated), key=lambda name: when[name])
    return Order((*dated, *undated), "interviewing", undated)


def met(found: pd.DataFrame, order: Order) -> Bools:
    """A boolean matrix, documents (in order) x codes; `found`: columns document and code."""
    here = found[found["document"].isin(order.documents)]
    codes = sorted(set(here["code"]))
    presence = np.zeros((len(order.documents), len(codes)), dtype=bool)
    rows = pd.Index(order.documents).get_indexer(pd.Index(here["document"]))
    presence[rows, pd.Index(codes).get_indexer(pd.Index(here["code"]))] = True
    return presence


def new_codes(presence: Bools) -> Ints:
    """The number of codes first found at each document, in the order of the rows: (documents,)."""
    first = np.argmax(presence, axis=0)[presence.any(0)]
    return np.bincount(first, minlength=len(presence)).astype(np.int64)


def ratios(new: Ints, rule: Rule) -> Floats:
    """New codes of the run ending at each document as a share of the base; nan before a run is complete."""
    found = np.full(len(new), np.nan)
    base, first = new[: rule.base].sum(), rule.base + rule.run - 1
    if base:
        known = np.concatenate([[0], new.cumsum()])
        found[first:] = (known[first + 1 :] - known[rule.base : max(len(new) - rule.run + 1, rule.base)]) / base
    return found


def reached_at(found: Floats, rule: Rule) -> int:
    """The number of documents after which a run first adds no more than the threshold; -1 if none does."""
    low = np.flatnonzero(np.nan_to_num(found, nan=np.inf) <= rule.threshold)
    return int(low[0]) + 1 if low.size else -1


def saturation(source: str, cell: str, presence: Bools, order: Order, rule: Rule) -> tuple[list[Any], dict[str, Any]]:
    """The curves of one source in one cell (rows of saturation) and its verdict (a row of saturation_verdict)."""
    new = new_codes(presence)
    ratio = ratios(new, rule)
    drawn = _random_orders(presence, rule)
    drawn_ratio = np.array([ratios(each, rule) for each in drawn]).reshape(drawn.shape)
    known = drawn.cumsum(1)
    tails = [100 * (1 - LEVEL) / 2, 100 * (1 + LEVEL) / 2]
    rows: list[dict[str, Any]] = []
    for place, name in enumerate(order.documents):
        row = {"source": source, "cell": cell, "position": place + 1}
        given = {"order": order.kind, "document": name, "n_new": new[place], "n_known": new[: place + 1].sum()}
        rows.append(row | given | {"ratio": _known(ratio[place])})
        low, high = np.percentile(known[:, place], tails)
        random = {"order": "random", "document": "", "n_new": drawn[:, place].mean(), "n_known": known[:, place].mean()}
        random |= {"known_low": low, "known_high": high}
        if not np.isnan(drawn_ratio[:, place]).any():
            low, high = np.percentile(drawn_ratio[:, place], tails)
            random |= {"ratio": drawn_ratio[:, place].mean(), "ratio_low": low, "ratio_high": high}
        rows.append(row | random)
    complete = len(new) >= rule.base + rule.run
    verdict = {
        "source": source,
        "cell": cell,
        "n_documents": len(new),
        "n_known": int(new.sum()),
        "reached_at": reached_at(ratio, rule),
        "ratio": _known(ratio[-1]) if complete else None,
        "random": float(np.mean([reached_at(each, rule) > 0 for each in drawn_ratio])) if complete else None,
        "sentence": sentence(cell, new, rule, things="themes" if source == "themes" else "codes"),
    }
    return rows, verdict


def sentence(cell: str, new: Ints, rule: Rule, *, things: str = "codes") -> str:
    """The verdict on one cell in a sentence. `new`: (documents,) new codes or themes at each document."""
    who = "All documents" if cell == EVERYTHING else cell[:1].upper() + cell[1:]
    n, least = len(new), rule.base + rule.run
    if n < least:
        need = f"at least {least} are needed (a base of {rule.base} and a run of {rule.run})"
        return f"{who}: {_count(n)}, too few to assess: {need}."
    base = int(new[: rule.base].sum())
    if not base:
        return f"{who}: the first {rule.base} of {_count(n)} have no {things}, so saturation cannot be assessed."
    found = ratios(new, rule)
    last = int(new[-rule.run :].sum())
    brought = f"the last {rule.run} added {last} new {things} ({found[-1]:.0%} of the {base} in the base"
    at = reached_at(found, rule)
    if at < 0:
        return f"{who}: {_count(n)}, not reached: {brought}; threshold {rule.threshold:.0%})."
    later = int(new[at:].sum())
    # The rule looks at a single run; later documents may contradict it.
    against = ", but" if later > rule.threshold * base else ";"
    after = f"{against} later documents added {later} more" if at < n else ""
    return f"{who}: {_count(n)}, reached after {at}: that run added {found[at - 1]:.0%}{after}."


def cells(cases: pd.DataFrame, frame: tuple[str, ...]) -> dict[str, set[str]]:
    """The cases in each cell of the sampling frame, by its name ("nurse, site B"); a case without values is in none."""
    names = [name for name in frame if name in cases.columns]
    if not names:
        return {}
    told = cases[names].fillna("").astype("str")
    whole = (told != "").all(axis=1)
    label = told[whole].agg(", ".join, axis=1)
    grouped = cases.loc[whole, "case"].groupby(label)
    return {str(name): set(group) for name, group in sorted(grouped, key=lambda pair: str(pair[0]))}


def _random_orders(presence: Bools, rule: Rule) -> Ints:
    """New codes by position in random orders of the documents, orders x documents."""
    random = np.random.default_rng(rule.seed)
    drawn = [new_codes(presence[random.permutation(len(presence))]) for _ in range(rule.orders)]
    return np.array(drawn, dtype=np.int64).reshape(rule.orders, len(presence))


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Return a sort key that compares runs of digits as numbers."""
    parts = re.split(r"([0-9]+)", name)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]


def _count(n: int) -> str:
    words = {0: "no documents", 1: "one document", 2: "two documents", 3: "three documents"}
    return words.get(n, f"{n} documents")


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
