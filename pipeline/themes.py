"""Themes: candidate themes of a study, each with its sub-themes, its quotes and its passport."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pipeline import (
    assigning,
    decided,
    decisions,
    labeller,
    labels,
    models,
    passports,
    projection,
    reruns,
    stage,
    steadiness,
    store,
    theme_model,
    theme_quotes,
    wording,
    words,
)
from pipeline import params as settings
from pipeline.decided import Decided
from pipeline.decisions import Decision
from pipeline.grouping import NONE, Groups, Talk, part_of, prepare
from pipeline.passports import Facts

if TYPE_CHECKING:
    from bertopic import BERTopic
    from spacy.language import Language

# Given keywords and passages of each theme, what a language model calls it.
Ask = Callable[[Sequence[Sequence[str]], Sequence[Sequence[str]]], labeller.Labels]
FEW = 50


@dataclass(frozen=True)
class Result:
    """Every table of the stage by name, the fitted model (None where there was too little) and its card."""

    tables: dict[str, pd.DataFrame]
    model: "BERTopic | None"
    card: str


def themes(
    segments: pd.DataFrame,
    embeddings: pd.DataFrame,
    turns: pd.DataFrame,
    cases: pd.DataFrame,
    *,
    options: settings.Themes,
    parser: Callable[[], "Language"] | None = None,
    taken: Sequence[Decision] = (),
    ask: Ask | None = None,
    assign: assigning.Assign | None = None,
) -> Result:
    """Find the candidate themes of a study; those that were decided on (`taken`) stay as the researchers left them.

    A function of the set of segments: the order of rows changes nothing. `parser` loads a spaCy pipeline that parses,
    for labels of more than one word; without it labels are single words. `ask`: a labeller (see pipeline/labeller.py),
    if the researcher named one. `assign`: where the rest of a large study joins the themes of its sample; None is here.
    Too little talk is said in the problems table.
    """
    talk, problems = prepare(segments, embeddings, options=options)
    looked = assigning.sampled(talk.segments, most=options.fit_segments, seed=options.seed)
    found = assigning.grouped(talk, looked, options=options, assign=assign)
    left = _decided(talk, found, taken, options=options)
    groups = replace(found, themes=left.themes, parts=left.parts, strength=left.strength)
    seen, behind = part_of(talk, looked), replace(found, likeness=found.likeness[looked])
    source: list[str] = []
    with reruns.begun(seen, groups.themes[looked], cases, options=options, found=behind) as steady:
        worded, model = _worded(talk, groups, left, options=options, parser=parser)
        if ask is not None and groups.curve:
            worded, source, said = _asked(talk, groups, worded, ask, given=left.given())
            problems += [("note", "", "", sentence) for sentence in said]
        places = projection.places(talk.segments["segment_id"].tolist(), talk.vectors)
        again = steady()
    table, ids, part_ids = _themes(talk, groups, worded, turns, left=left, again=again)
    problems += _notes(talk, groups, again.stability, looked=int(looked.sum()))
    source += [""] * (len(table) - len(source))
    table["label_source"] = [one or own for one, own in zip(source, table.get("label_source", []), strict=True)]
    tables = {
        "themes": table,
        "theme_assignments": _assignments(talk, groups, ids, part_ids),
        "theme_quotes": _quotes(talk, groups, left, options=options),
        "theme_attributes": _identified(passports.attributes(talk.segments, groups.themes, cases), ids),
        "theme_choice": _choice(found),
        "theme_unassigned": _unassigned(talk, groups),
        "theme_map": places,
        "theme_stability": again.stability,
        "theme_dependence": _identified(again.dependence, ids),
        "themes_problems": _frame("themes_problems", problems),
        **decided.tables(left, talk.segments, talk.plain, dict(zip(ids, worded.named, strict=True))),
    }
    note = "; ".join(reason for *_, reason in problems)
    card = theme_model.card(
        settings=options.model_dump(),
        segment_ids=talk.segments["segment_id"].tolist(),
        groups=groups.themes,
        named=worded.named,
        note=note,
    )
    return Result({name: _fitted(name, frame) for name, frame in tables.items()}, model, card)


def _decided(talk: Talk, found: Groups, taken: Sequence[Decision], *, options: settings.Themes) -> Decided:
    """The groups as the decisions leave them, each with its id."""
    inside = [np.flatnonzero(found.themes == theme) for theme in range(int(found.themes.max(initial=NONE)) + 1)]
    machine = decided.Clusters(found.themes, found.parts, found.strength, identifiers(talk, inside))
    return decided.decided(talk.segments, machine, taken, shift_share=options.shift_share, min_size=options.min_size)


def _worded(
    talk: Talk, groups: Groups, left: Decided, *, options: settings.Themes, parser: Callable[[], "Language"] | None
) -> tuple[wording.Words, "BERTopic | None"]:
    """Labels and keywords of the groups, and the model fitted on them."""
    return wording.worded(
        talk.segments,
        talk.vectors,
        groups.themes,
        groups.parts,
        keywords=options.keywords,
        nlp=parser and parser(),
        given=left.given(),
    )


def _asked(
    talk: Talk, groups: Groups, worded: wording.Words, ask: Ask, *, given: Sequence[str | None]
) -> tuple[wording.Words, list[str], list[str]]:
    """The labels a language model gave, who gave each ("" where the label stayed), and what the report says of it."""
    texts = talk.segments["text"].tolist()
    places = [wording.by_nearness(talk.plain, np.flatnonzero(groups.themes == theme)) for theme in range(len(given))]
    found = ask(worded.keywords, [[texts[place] for place in inside] for inside in places])
    named = labeller.distinct(found.named, worded.named, given=given)
    source = [found.source if name != own else "" for name, own in zip(named, worded.named, strict=True)]
    return replace(worded, named=named), source, [found.sent, *found.problems]


def identifiers(talk: Talk, groups: Sequence[np.ndarray], *, taken: Sequence[int] = ()) -> list[int]:
    """An id for each group of segments (their places): six digits from the id of its most central segment.

    So it stays the same from run to run as long as the heart of the theme does. Of two groups with one heart, the later
    takes the next most central segment. None is given that is `taken`.
    """
    given = list(taken)
    names = talk.segments["segment_id"].tolist()
    for inside in groups:
        nearest = wording.by_nearness(talk.vectors, inside)
        tries = (_number(names[place]) for place in nearest)
        fallback = count(_number(names[nearest[0]]))
        given.append(next(number for number in chain(tries, fallback) if number not in given))
    return given[len(taken) :]


def _number(name: str) -> int:
    return 100_000 + int(hashlib.sha256(name.encode()).hexdigest()[:15], 16) % 900_000


def _themes(
    talk: Talk,
    groups: Groups,
    worded: wording.Words,
    turns: pd.DataFrame,
    *,
    left: Decided,
    again: reruns.Steady,
) -> tuple[pd.DataFrame, list[int], list[int]]:
    """The themes table, the ids of the themes and the ids of the parts (-1 where a theme is of one part)."""
    inside = [np.flatnonzero(groups.themes == theme) for theme in range(len(worded.named))]
    within = [np.flatnonzero(groups.parts == part) for part in range(len(worded.parts))]
    theme_ids, n_cases = left.ids, _n(talk)
    part_ids = identifiers(talk, within, taken=theme_ids)
    asked, prompts = passports.questions(turns), dict(zip(turns["turn_id"], turns["text"], strict=True))
    dependence, steady = again.dependence, np.append(again.means, np.full(len(inside) - len(again.means), np.nan))
    lost = dependence[~dependence["remains"].astype(bool) & (dependence["share"] >= steadiness.LEAST_SHARE)]
    rows = []
    for theme, places in enumerate(inside):
        known = passports.facts(
            talk.segments.iloc[places], asked=asked, prompts=prompts, keywords=worded.keywords[theme]
        )
        gone = [
            name if kind == "case" else f"{kind} {name}"
            for kind, name in lost.loc[lost["theme"] == theme, ["kind", "name"]].itertuples(index=False)
        ]
        known = replace(known, stability=float(steady[theme]), lost_without=tuple(gone))
        row = _row(theme_ids[theme], NONE, worded.named[theme], worded.keywords[theme], known=known, n_cases=n_cases)
        rows.append(row | left.columns()[theme])
    for part, places in enumerate(within):
        parent = int(groups.themes[places[0]])
        if len(places) == len(inside[parent]):
            part_ids[part] = NONE
            continue
        keywords = worded.part_keywords[part]
        known = passports.facts(talk.segments.iloc[places], asked=asked, prompts=prompts, keywords=keywords)
        rows.append(_row(part_ids[part], theme_ids[parent], worded.parts[part], keywords, known=known, n_cases=n_cases))
    return pd.DataFrame(rows), theme_ids, part_ids


def _row(
    theme_id: int, parent_id: int, label: str, keywords: list[str], *, known: Facts, n_cases: int
) -> dict[str, object]:
    row = {name: value for name, value in vars(known).items() if name != "lost_without"}
    return row | {
        "theme_id": theme_id,
        "parent_id": parent_id,
        "level": 1 if parent_id == NONE else 2,
        "label": label,
        "keywords": keywords,
        "label_source": "words",
        "status": "candidate",
        "decided": "",
        "passport": passports.verdict(known, n_cases=n_cases),
    }


def _n(talk: Talk) -> int:
    return len(set(talk.segments["case"]) - {""})


def _assignments(talk: Talk, groups: Groups, ids: Sequence[int], part_ids: Sequence[int]) -> pd.DataFrame:
    inside = groups.themes >= 0
    own = groups.strength[np.arange(len(inside)), np.maximum(groups.themes, 0)] if len(inside) else np.zeros(0)
    return pd.DataFrame(
        {
            "segment_id": talk.segments["segment_id"],
            "theme_id": np.where(inside, np.array([*ids, NONE])[groups.themes], NONE),
            "subtheme_id": np.where(inside, np.array([*part_ids, NONE])[groups.parts], NONE),
            "strength": np.where(inside, own, 0.0),
        }
    )


def _quotes(talk: Talk, groups: Groups, left: Decided, *, options: settings.Themes) -> pd.DataFrame:
    chosen = theme_quotes.choose(talk.segments, talk.plain, groups.themes, groups.strength, count=options.quotes)
    return _identified(decided.pinned_first(chosen, talk.segments, talk.plain, left, count=options.quotes), left.ids)


def _identified(frame: pd.DataFrame, ids: Sequence[int]) -> pd.DataFrame:
    return frame.assign(theme_id=[ids[int(theme)] for theme in frame["theme"]]).drop(columns="theme")


def _choice(groups: Groups) -> pd.DataFrame:
    chosen = int(groups.themes.max(initial=NONE)) + 1
    curve = groups.curve or ({chosen: float("nan")} if chosen else {})
    rows = [(count, round(score, 6), count == chosen) for count, score in sorted(curve.items())]
    return pd.DataFrame(rows, columns=["n_themes", "score", "chosen"])


def _unassigned(talk: Talk, groups: Groups) -> pd.DataFrame:
    alone = np.flatnonzero(groups.themes == NONE)
    alone = alone[np.argsort(groups.likeness[alone], kind="stable")]
    names = talk.segments["segment_id"].to_numpy()[alone]
    return pd.DataFrame({"rank": np.arange(1, len(alone) + 1), "segment_id": names, "likeness": groups.likeness[alone]})


def _notes(talk: Talk, groups: Groups, stability: pd.DataFrame, *, looked: int) -> list[tuple[str, str, str, str]]:
    """What the reader should know of the themes as a whole, as rows of problems."""
    n, documents = len(talk.segments), talk.segments["document"].nunique()
    said = []
    if n == 0:
        said.append("There is no talk to find themes in: no segment of a participant says something of its own.")
    elif not groups.curve:
        said.append(
            f"{words.count(n, 'segment').capitalize()}: too few to tell themes apart, so all stand together as one. "
            "Read them as they are; themes can be told from about 50 segments on."
        )
    elif n < FEW:
        said.append(f"There are {n} segments: themes of so few are hints at best. Read every segment.")
    if looked < n:
        said.append(
            f"Themes were found in {looked:,} of the {n:,} segments, the same share of each document and case; the "
            "others joined the theme they are nearest to. How steady themes are was measured on the former."
        )
    if groups.curve and documents == 1:
        said.append("There is one document: whether themes would come back in another cannot be told.")
    elif groups.curve and stability.empty:
        said.append("How steady the themes are was not measured: see stability_runs and rerun_segments in params.yaml.")
    return [("note", "", "", sentence) for sentence in said]


def _frame(table: str, rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(store.empty(table).columns))


def _fitted(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with the columns of its table in their order; an empty one has their types as well."""
    empty = store.empty(table)
    return frame[list(empty.columns)].reset_index(drop=True) if len(frame) else empty


def _labeller(options: settings.Themes, folder: Path) -> Ask | None:
    if options.labeller is None:
        return None
    return partial(labeller.label, options=options.labeller, cache=folder / ".cache" / "labels")


def main() -> None:
    """Read segments and vectors, find the candidate themes, write their tables and their model."""
    with stage.opened("themes") as params:
        folder = params.folder
        words_model = models.find(params.segment.model, kind="spacy").folder
        result = themes(
            *(store.read(folder, table) for table in ("segments", "embeddings", "turns", "cases")),
            options=params.themes,
            parser=partial(labels.load, words_model),
            taken=decisions.load(folder / "decisions.yaml"),
            ask=_labeller(params.themes, folder),
            assign=assigning.chosen(params),
        )
        for name, table in result.tables.items():
            store.write(folder, name, table)
        theme_model.save(result.model, Path("models") / folder, card=result.card)


if __name__ == "__main__":
    main()
