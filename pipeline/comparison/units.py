"""Place human codings and the pipeline's codes on units that all coders share.

A unit is a segment, a turn, an exchange (a question with its answer), a marked passage, or a stretch of characters
within which no coding starts or ends. A stretch is weighted by its number of characters; other units have weight 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from pipeline.comparison.coefficients import Bools, Floats, Ints
from pipeline.core.coders import CONSENSUS, NO_CODE, pipeline_name
from pipeline.core.terms import ANY_CODE, ANYONE, ComparedUnit, Uncoded
from pipeline.corpus import exchanges
from pipeline.corpus.coded_segments import codes_of_segments


@dataclass(frozen=True)
class Ratings:
    """Codes of several coders on shared units.

    `units`: columns segment_id, document, start, end and weight, in text order; `given`: (coders, units, codes), the
    coder applied the code; `seen`: (coders, units), the coder's answer is known, so that no code means "no";
    `possible`: (coders, codes), the codes that the coder could apply (people: all; the pipeline: those it maps);
    `human`: (coders,), the coder is a person.
    """

    unit: ComparedUnit
    units: pd.DataFrame
    coders: tuple[str, ...]
    codes: tuple[str, ...]
    given: Bools
    seen: Bools
    possible: Bools
    human: Bools

    @cached_property
    def weights(self) -> Floats:
        """The weight of each unit: its number of characters, or 1."""
        return self.units["weight"].to_numpy(dtype=np.float64)

    @cached_property
    def documents(self) -> Ints:
        """The document of each unit as a number, in the order of the units."""
        return pd.factorize(self.units["document"])[0].astype(np.int64)


def pipeline_codings(assignments: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    """Return the pipeline's accepted codes as codings of whole segments: document, start, end, code, coder."""
    accepted = assignments[assignments["accepted"] & (assignments["method"] != "human")]
    placed = accepted.merge(segments[["segment_id", "document", "start", "end"]], on="segment_id")
    return placed.assign(coder=placed["method"].map(pipeline_name))[["document", "start", "end", "code", "coder"]]


def ratings_of_units(
    *,
    unit: ComparedUnit,
    uncoded: Uncoded,
    segments: pd.DataFrame,
    turns: pd.DataFrame,
    documents: pd.DataFrame,
    codings: pd.DataFrame,
    assignments: pd.DataFrame,
) -> Ratings:
    """Place all coders' codes on units of one kind.

    Segments, turns and exchanges are those with substantive talk by participants, and a coding of a question alone
    counts for its answer; characters are all characters of a document, as in NVivo; spans are the passages that people
    marked, so uncoded talk does not count. `uncoded`: what it means if a
    person left a unit uncoded in a document that they coded elsewhere. In a document where a person used "(no code)",
    it is always unknown.
    """
    columns = ["document", "start", "end", "code", "coder"]
    machine = pipeline_codings(assignments, segments)
    marked = codings[columns]
    if unit not in ("character", "span"):
        marked = exchanges.with_answers(marked, segments)
    all_codings = pd.concat([marked, machine[columns]], ignore_index=True)
    frame = _units(unit, segments=segments, turns=turns, documents=documents, all_codings=all_codings, codings=codings)
    people = tuple(sorted(set(codings["coder"])))
    methods = sorted(set(assignments["method"].unique()) - {"human"})
    coders = (*people, *(pipeline_name(method) for method in methods))
    codes = tuple(sorted({*codings["code"].unique(), *assignments["code"].unique()} - {NO_CODE}))
    unit_codes = _codes_of_units(frame, all_codings, exact=unit == "character")
    if unit == "segment":
        unit_codes = pd.concat(
            [unit_codes[unit_codes["coder"].isin(people)], _machine_on_segments(assignments)], ignore_index=True
        )
    any_code = _boolean_cube(unit_codes.assign(code=ANY_CODE), frame, coders, (ANY_CODE,))[:, :, 0]
    seen = np.zeros((len(coders), len(frame)), dtype=bool)
    possible = np.ones((len(coders), len(codes)), dtype=bool)
    for coder, person in enumerate(people):
        seen[coder] = _person_seen(person, frame, codings, any_code[coder], uncoded)
    for coder, method in enumerate(methods, start=len(people)):
        seen[coder] = _machine_seen(method, frame, assignments, segments, unit)
        possible[coder] = _is_mapped(method, assignments, codes)
    applied = _boolean_cube(unit_codes[unit_codes["code"] != NO_CODE], frame, coders, codes)
    human = np.array([person in people for person in coders], dtype=bool)
    return Ratings(unit, frame, coders, codes, applied, seen, possible, human)


def as_categories(ratings: Ratings, category_of: Mapping[str, str]) -> Ratings:
    """Return the same ratings by category: a unit has a category if it has any of its codes."""
    names = tuple(sorted({category_of.get(code, code) for code in ratings.codes}))
    belongs = np.array([[category_of.get(code, code) == name for name in names] for code in ratings.codes], dtype=bool)
    belongs = belongs.reshape(len(ratings.codes), len(names))
    applied, possible = _grouped(ratings.given, belongs), _grouped(ratings.possible, belongs)
    return replace(ratings, codes=names, given=applied, possible=possible)


def with_anyone(ratings: Ratings) -> Ratings:
    """Return the people's ratings with all of them together first: anyone gave the code, anyone's answer is known.

    The pipeline is left out, and so is the consensus coder of what anyone says. With one person there is no anyone.
    """
    people = np.flatnonzero(ratings.human)
    pooled = np.array([place for place in people if ratings.coders[place] != CONSENSUS], dtype=np.int64)
    if pooled.size < 2:
        return _of_coders(ratings, people)

    def stacked(values: Bools) -> Bools:
        return np.concatenate([values[pooled].any(0, keepdims=True), values[people]])

    return replace(
        ratings,
        coders=(ANYONE, *(ratings.coders[place] for place in people)),
        given=stacked(ratings.given & ratings.seen[:, :, None]),
        seen=stacked(ratings.seen),
        possible=stacked(ratings.possible),
        human=np.ones(people.size + 1, dtype=bool),
    )


def _of_coders(ratings: Ratings, places: Ints) -> Ratings:
    arrays = {name: getattr(ratings, name)[places] for name in ("given", "seen", "possible", "human")}
    return replace(ratings, coders=tuple(ratings.coders[place] for place in places), **arrays)


def _grouped(values: Bools, member: Bools) -> Bools:
    """Reduce the last axis from codes to categories: True if any code of the category is."""
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
    all_codings: pd.DataFrame,
    codings: pd.DataFrame,
) -> pd.DataFrame:
    substantive = segments[segments["substantive"]]
    if unit == "segment":
        frame = substantive[["segment_id", "document", "start", "end"]].assign(weight=1)
    elif unit == "turn":
        spoken = turns[turns["turn_id"].isin(set(substantive["turn_id"]))]
        frame = spoken.rename(columns={"turn_id": "segment_id"})[["segment_id", "document", "start", "end"]]
        frame = frame.assign(weight=1)
    elif unit == "exchange":
        frame = exchanges.spans(segments).assign(weight=1)
    elif unit == "span":
        frame = codings[["document", "start", "end"]].drop_duplicates().assign(weight=1)
    else:
        frame = _character_stretches(documents, all_codings)
    frame = frame.sort_values(["document", "start", "end"], kind="stable").reset_index(drop=True)
    if "segment_id" not in frame:
        frame["segment_id"] = [f"{unit} {number}" for number in range(len(frame))]
    return frame


def _character_stretches(documents: pd.DataFrame, all_codings: pd.DataFrame) -> pd.DataFrame:
    """Split each document wherever a coding starts or ends."""
    edges = {name: {0, len(text)} for name, text in zip(documents["document"], documents["text"], strict=True)}
    for name, group in all_codings.groupby("document"):
        if name in edges:
            edges[str(name)] |= set(group["start"]) | set(group["end"])
    rows = [
        (name, start, end, end - start)
        for name, boundaries in edges.items()
        for start, end in zip(sorted(boundaries), sorted(boundaries)[1:], strict=False)
    ]
    return pd.DataFrame(rows, columns=["document", "start", "end", "weight"])


def _codes_of_units(frame: pd.DataFrame, all_codings: pd.DataFrame, *, exact: bool) -> pd.DataFrame:
    """Return the codes on each unit: segment_id, coder, code."""
    if not exact:
        layered = [codes_of_segments(layer, all_codings) for _, layer in frame.groupby(_layers(frame))]
        return pd.concat(layered, ignore_index=True) if layered else codes_of_segments(frame, all_codings)
    frames = []
    spans = dict(list(all_codings.drop_duplicates().groupby("document")))
    for name, group in frame.groupby("document"):
        marked = spans.get(str(name))
        if marked is None:
            continue
        starts, ids = group["start"].to_numpy(), group["segment_id"].to_numpy()
        first = np.searchsorted(starts, marked["start"].to_numpy())
        last = np.searchsorted(starts, marked["end"].to_numpy())
        times = last - first
        inside = np.concatenate([ids[start:end] for start, end in zip(first, last, strict=True)])
        frames.append(
            pd.DataFrame(
                {
                    "segment_id": inside,
                    "coder": np.repeat(marked["coder"].to_numpy(), times),
                    "code": np.repeat(marked["code"].to_numpy(), times),
                }
            )
        )
    empty = pd.DataFrame({"segment_id": [], "coder": [], "code": []}, dtype="str")
    return pd.concat(frames, ignore_index=True).drop_duplicates() if frames else empty


def _layers(frame: pd.DataFrame) -> Ints:
    """Return a layer number for each unit, such that units of a layer do not overlap; `frame` is in text order."""
    layers = np.zeros(len(frame), dtype=np.int64)
    document, ends = "", [0]
    spans = zip(frame["document"].tolist(), frame["start"].tolist(), frame["end"].tolist(), strict=True)
    for position, (name, start, end) in enumerate(spans):
        if name != document:
            document, ends = name, [0]
        free = next((layer for layer, end_of_layer in enumerate(ends) if end_of_layer <= start), len(ends))
        ends[free : free + 1] = [end]
        layers[position] = free
    return layers


def _machine_on_segments(assignments: pd.DataFrame) -> pd.DataFrame:
    accepted = assignments[assignments["accepted"] & (assignments["method"] != "human")]
    return accepted.assign(coder=accepted["method"].map(pipeline_name))[["segment_id", "coder", "code"]]


def _boolean_cube(
    unit_codes: pd.DataFrame, frame: pd.DataFrame, coders: tuple[str, ...], codes: tuple[str, ...]
) -> Bools:
    cube = np.zeros((len(coders), len(frame), len(codes)), dtype=bool)
    coder = pd.Index(coders).get_indexer(pd.Index(unit_codes["coder"]))
    unit = pd.Index(frame["segment_id"]).get_indexer(pd.Index(unit_codes["segment_id"]))
    code = pd.Index(codes).get_indexer(pd.Index(unit_codes["code"]))
    placed = (coder >= 0) & (unit >= 0) & (code >= 0)
    cube[coder[placed], unit[placed], code[placed]] = True
    return cube


def _person_seen(name: str, frame: pd.DataFrame, codings: pd.DataFrame, any_code: Bools, uncoded: Uncoded) -> Bools:
    own_codings = codings[codings["coder"] == name]
    if uncoded == "unknown":
        return any_code
    explicit = set(own_codings.loc[own_codings["code"] == NO_CODE, "document"])
    in_document = frame["document"].isin(set(own_codings["document"]) - explicit).to_numpy(dtype=bool)
    return np.asarray(in_document | any_code, dtype=bool)


def _machine_seen(
    method: str, frame: pd.DataFrame, assignments: pd.DataFrame, segments: pd.DataFrame, unit: ComparedUnit
) -> Bools:
    """Mark the units for which the pipeline has a row as seen; no code there is an answer."""
    read_ids = assignments.loc[assignments["method"] == method, "segment_id"].unique()
    if unit == "segment":
        return frame["segment_id"].isin(read_ids).to_numpy(dtype=bool)
    read_segments = segments[segments["segment_id"].isin(read_ids)]
    if unit in ("turn", "exchange"):
        ids = read_segments["turn_id"] if unit == "turn" else exchanges.exchange_ids(read_segments)
        return frame["segment_id"].isin(set(ids)).to_numpy(dtype=bool)
    return frame["document"].isin(set(read_segments["document"])).to_numpy(dtype=bool)


def _is_mapped(method: str, assignments: pd.DataFrame, codes: tuple[str, ...]) -> list[bool]:
    mapped = set(assignments.loc[assignments["method"] == method, "code"].unique())
    return [code in mapped for code in codes]
