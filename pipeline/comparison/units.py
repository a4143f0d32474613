"""Who gave which code to which unit: codings and the pipeline's codes, laid on units that all coders share.

A unit is a segment, a turn, a passage that somebody marked, or a stretch of characters within which nobody's coding
begins or ends (its weight is its number of characters; any other unit weighs 1).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from pipeline.comparison.coefficients import Bools, Floats, Ints
from pipeline.core.coders import NO_CODE, pipeline_name
from pipeline.core.terms import ANY_CODE, ComparedUnit, Uncoded
from pipeline.corpus.coded_segments import codes_of_segments


@dataclass(frozen=True)
class Ratings:
    """Coders x units x codes. `given`: the coder gave the code; `seen`: the coder's silence on the unit means no.

    `units`: document, start, end and weight, in the order of the text. `asked`: the codes that a coder could give
    (people: all; the pipeline: those it maps). `human`: whether the coder is a person.
    """

    unit: ComparedUnit
    units: pd.DataFrame
    coders: tuple[str, ...]
    codes: tuple[str, ...]
    given: Bools
    seen: Bools
    asked: Bools
    human: Bools

    @cached_property
    def weights(self) -> Floats:
        """The weight of each unit: its number of characters, or 1."""
        return self.units["weight"].to_numpy(dtype=np.float64)

    @cached_property
    def documents(self) -> Ints:
        """Each unit's document as a number, in the order of the units."""
        return pd.factorize(self.units["document"])[0].astype(np.int64)


def pipeline_codings(assignments: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    """The pipeline's accepted codes as codings of whole segments: document, start, end, code, coder."""
    accepted = assignments[assignments["accepted"] & (assignments["method"] != "human")]
    placed = accepted.merge(segments[["segment_id", "document", "start", "end"]], on="segment_id")
    return placed.assign(coder=placed["method"].map(pipeline_name))[["document", "start", "end", "code", "coder"]]


def ratings(
    *,
    unit: ComparedUnit,
    uncoded: Uncoded,
    segments: pd.DataFrame,
    turns: pd.DataFrame,
    documents: pd.DataFrame,
    codings: pd.DataFrame,
    assignments: pd.DataFrame,
) -> Ratings:
    """Lay every coder's codes on units of one kind.

    Segments and turns are those in which a participant says something (the interviewer's words are nobody's evidence);
    characters are all of a document, as NVivo counts them; spans are the passages that people marked, so that talk
    which nobody coded takes no part. `uncoded`: what a person's silence means where they coded other parts of the
    document. In a document where a person said "(no code)" anywhere, silence elsewhere is always unknown.
    """
    columns = ["document", "start", "end", "code", "coder"]
    machine = pipeline_codings(assignments, segments)
    every = pd.concat([codings[columns], machine[columns]], ignore_index=True)
    frame = _units(unit, segments=segments, turns=turns, documents=documents, every=every, codings=codings)
    people = tuple(sorted(set(codings["coder"])))
    methods = sorted(set(assignments["method"].unique()) - {"human"})
    coders = (*people, *(pipeline_name(method) for method in methods))
    codes = tuple(sorted({*codings["code"].unique(), *assignments["code"].unique()} - {NO_CODE}))
    laid = _laid(frame, every, exact=unit == "character")
    if unit == "segment":
        laid = pd.concat([laid[laid["coder"].isin(people)], _machine_on_segments(assignments)], ignore_index=True)
    said = _cube(laid.assign(code=ANY_CODE), frame, coders, (ANY_CODE,))[:, :, 0]
    seen = np.zeros((len(coders), len(frame)), dtype=bool)
    asked = np.ones((len(coders), len(codes)), dtype=bool)
    for row, name in enumerate(people):
        seen[row] = _person_seen(name, frame, codings, said[row], uncoded)
    for row, method in enumerate(methods, start=len(people)):
        seen[row] = _machine_seen(method, frame, assignments, segments, unit)
        asked[row] = _mapped(method, assignments, codes)
    given = _cube(laid[laid["code"] != NO_CODE], frame, coders, codes)
    human = np.array([name in people for name in coders], dtype=bool)
    return Ratings(unit, frame, coders, codes, given, seen, asked, human)


def as_categories(found: Ratings, category_of: Mapping[str, str]) -> Ratings:
    """The same ratings by category: a unit has a category where it has any code of it."""
    names = tuple(sorted({category_of.get(code, code) for code in found.codes}))
    member = np.array([[category_of.get(code, code) == name for name in names] for code in found.codes], dtype=bool)
    member = member.reshape(len(found.codes), len(names))
    given, asked = _grouped(found.given, member), _grouped(found.asked, member)
    return replace(found, codes=names, given=given, asked=asked)


def _grouped(values: Bools, member: Bools) -> Bools:
    """Any of the codes of each category; the last axis goes from codes to categories."""
    grouped = np.zeros((*values.shape[:-1], member.shape[1]), dtype=bool)
    for category in range(member.shape[1]):
        values[..., member[:, category]].any(-1, out=grouped[..., category])
    return grouped


def _units(
    unit: ComparedUnit,
    *,
    segments: pd.DataFrame,
    turns: pd.DataFrame,
    documents: pd.DataFrame,
    every: pd.DataFrame,
    codings: pd.DataFrame,
) -> pd.DataFrame:
    talk = segments[segments["substantive"]]
    if unit == "segment":
        frame = talk[["segment_id", "document", "start", "end"]].assign(weight=1)
    elif unit == "turn":
        spoken = turns[turns["turn_id"].isin(set(talk["turn_id"]))]
        frame = spoken.rename(columns={"turn_id": "segment_id"})[["segment_id", "document", "start", "end"]]
        frame = frame.assign(weight=1)
    elif unit == "span":
        frame = codings[["document", "start", "end"]].drop_duplicates().assign(weight=1)
    else:
        frame = _stretches(documents, every)
    frame = frame.sort_values(["document", "start", "end"], kind="stable").reset_index(drop=True)
    if "segment_id" not in frame:
        frame["segment_id"] = [f"{unit} {number}" for number in range(len(frame))]
    return frame


def _stretches(documents: pd.DataFrame, every: pd.DataFrame) -> pd.DataFrame:
    """Split each document wherever a coding begins or ends."""
    edges = {name: {0, len(text)} for name, text in zip(documents["document"], documents["text"], strict=True)}
    for name, group in every.groupby("document"):
        if name in edges:
            edges[str(name)] |= set(group["start"]) | set(group["end"])
    rows = [
        (name, a, b, b - a) for name, cut in edges.items() for a, b in zip(sorted(cut), sorted(cut)[1:], strict=False)
    ]
    return pd.DataFrame(rows, columns=["document", "start", "end", "weight"])


def _laid(frame: pd.DataFrame, every: pd.DataFrame, *, exact: bool) -> pd.DataFrame:
    """Which units carry which coder's code: segment_id, coder, code."""
    if not exact:
        laid = [codes_of_segments(layer, every) for _, layer in frame.groupby(_layers(frame))]
        return pd.concat(laid, ignore_index=True) if laid else codes_of_segments(frame, every)
    rows = []
    spans = dict(list(every.drop_duplicates().groupby("document")))
    for name, group in frame.groupby("document"):
        marked = spans.get(str(name))
        if marked is None:
            continue
        starts, ids = group["start"].to_numpy(), group["segment_id"].to_numpy()
        first = np.searchsorted(starts, marked["start"].to_numpy())
        last = np.searchsorted(starts, marked["end"].to_numpy())
        times = last - first
        inside = np.concatenate([ids[a:b] for a, b in zip(first, last, strict=True)])
        rows.append(
            pd.DataFrame(
                {
                    "segment_id": inside,
                    "coder": np.repeat(marked["coder"].to_numpy(), times),
                    "code": np.repeat(marked["code"].to_numpy(), times),
                }
            )
        )
    empty = pd.DataFrame({"segment_id": [], "coder": [], "code": []}, dtype="str")
    return pd.concat(rows, ignore_index=True).drop_duplicates() if rows else empty


def _layers(frame: pd.DataFrame) -> Ints:
    """A layer for each unit so that no two units of one layer overlap: people's spans do. `frame` is in text order."""
    layers = np.zeros(len(frame), dtype=np.int64)
    document, ends = "", [0]
    spans = zip(frame["document"].tolist(), frame["start"].tolist(), frame["end"].tolist(), strict=True)
    for row, (name, start, end) in enumerate(spans):
        if name != document:
            document, ends = name, [0]
        free = next((layer for layer, last in enumerate(ends) if last <= start), len(ends))
        ends[free : free + 1] = [end]
        layers[row] = free
    return layers


def _machine_on_segments(assignments: pd.DataFrame) -> pd.DataFrame:
    accepted = assignments[assignments["accepted"] & (assignments["method"] != "human")]
    return accepted.assign(coder=accepted["method"].map(pipeline_name))[["segment_id", "coder", "code"]]


def _cube(laid: pd.DataFrame, frame: pd.DataFrame, coders: tuple[str, ...], codes: tuple[str, ...]) -> Bools:
    cube = np.zeros((len(coders), len(frame), len(codes)), dtype=bool)
    who = pd.Index(coders).get_indexer(pd.Index(laid["coder"]))
    where = pd.Index(frame["segment_id"]).get_indexer(pd.Index(laid["segment_id"]))
    what = pd.Index(codes).get_indexer(pd.Index(laid["code"]))
    placed = (who >= 0) & (where >= 0) & (what >= 0)
    cube[who[placed], where[placed], what[placed]] = True
    return cube


def _person_seen(name: str, frame: pd.DataFrame, codings: pd.DataFrame, said: Bools, uncoded: Uncoded) -> Bools:
    own = codings[codings["coder"] == name]
    if uncoded == "unknown":
        return said
    explicit = set(own.loc[own["code"] == NO_CODE, "document"])
    whole = frame["document"].isin(set(own["document"]) - explicit).to_numpy(dtype=bool)
    return np.asarray(whole | said, dtype=bool)


def _machine_seen(
    method: str, frame: pd.DataFrame, assignments: pd.DataFrame, segments: pd.DataFrame, unit: ComparedUnit
) -> Bools:
    """Mark every segment that the pipeline has a row for as seen, so that no code there is an answer."""
    read = assignments.loc[assignments["method"] == method, "segment_id"].unique()
    if unit == "segment":
        return frame["segment_id"].isin(read).to_numpy(dtype=bool)
    looked = segments[segments["segment_id"].isin(read)]
    if unit == "turn":
        return frame["segment_id"].isin(set(looked["turn_id"])).to_numpy(dtype=bool)
    return frame["document"].isin(set(looked["document"])).to_numpy(dtype=bool)


def _mapped(method: str, assignments: pd.DataFrame, codes: tuple[str, ...]) -> list[bool]:
    mapped = set(assignments.loc[assignments["method"] == method, "code"].unique())
    return [code in mapped for code in codes]
