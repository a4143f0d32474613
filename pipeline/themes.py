"""Themes: candidate themes of a study, each with its sub-themes, its quotes and its passport."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline.core import model_registry, parallel, stage_runner, store
from pipeline.core import params as settings
from pipeline.core.study_paths import Places
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import decided_themes, ledger, states
from pipeline.decisions.decided_themes import Decided
from pipeline.decisions.ledger import Decision
from pipeline.inductive import (
    assigning,
    labeller,
    labels,
    passports,
    record,
    reruns,
    theme_model,
    theme_tables,
    wording,
)
from pipeline.inductive.grouping import Groups, Talk, part_of, prepare
from pipeline.vectors import projection

if TYPE_CHECKING:
    from bertopic import BERTopic
    from spacy.language import Language

# Given keywords and passages of each theme, what a language model calls it.
Ask = Callable[[Sequence[Sequence[str]], Sequence[Sequence[str]]], labeller.Labels]


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
    seed: int = settings.SEED,
    parser: Callable[[], "Language"] | None = None,
    phrases: model_registry.SpacyPipeline | None = None,
    taken: Sequence[Decision] = (),
    ask: Ask | None = None,
    assign: assigning.Assign | None = None,
) -> Result:
    """Find the candidate themes of a study; those that were decided on (`taken`) stay as the researchers left them.

    A function of the set of segments: the order of rows changes nothing. `parser` loads a spaCy pipeline that parses,
    for labels of more than one word, and `phrases` says what it is; without it labels are single words. `ask`: a
    labeller (see labeller.py), if the researcher named one. `assign`: where the rest of a large study joins the themes
    of its sample; None is here.
    Too little talk is said in the problems table.
    """
    talk, problems = prepare(segments, embeddings, options=options)
    looked = assigning.sampled(talk.segments, most=options.fit_segments, seed=seed)
    found = assigning.grouped(talk, looked, options=options, seed=seed, assign=assign)
    left = _decided(talk, found, taken, options=options)
    groups = replace(found, themes=left.themes, parts=left.parts, strength=left.strength)
    seen, behind = part_of(talk, looked), replace(found, likeness=found.likeness[looked])
    source: list[str] = []
    with reruns.begun(seen, groups.themes[looked], cases, options=options, seed=seed, found=behind) as steady:
        worded, model = _worded(talk, groups, left, options=options, parser=parser)
        if ask is not None and groups.curve:
            worded, source, said = _asked(talk, groups, worded, ask, given=left.given())
            problems += [("note", "", "", sentence) for sentence in said]
        places = projection.places(talk.segments["segment_id"].tolist(), talk.vectors)
        again = steady()
    table, ids, part_ids = theme_tables.themes(talk, groups, worded, turns, left=left, again=again)
    problems += theme_tables.notes(talk, groups, again.stability, looked=int(looked.sum()))
    source += [""] * (len(table) - len(source))
    table["label_source"] = [one or own for one, own in zip(source, table.get("label_source", []), strict=True)]
    tables = {
        "themes": table,
        "theme_assignments": theme_tables.assignments(talk, groups, ids, part_ids, left),
        "theme_quotes": theme_tables.quotes(talk, groups, left, options=options),
        "theme_attributes": theme_tables.identified(passports.attributes(talk.segments, groups.themes, cases), ids),
        "theme_choice": theme_tables.choice(found),
        "theme_unassigned": theme_tables.unassigned(talk, groups),
        "theme_map": places,
        "theme_stability": again.stability,
        "theme_dependence": theme_tables.identified(again.dependence, ids),
        "themes_problems": pd.DataFrame(problems, columns=list(store.empty("themes_problems").columns)),
        **decided_themes.tables(left, talk.segments, talk.plain, dict(zip(ids, worded.named, strict=True))),
    }
    done = record.record(
        talk,
        found,
        looked,
        table,
        again=again,
        wording=record.Wording(model is not None, phrases if parser else None, _asked_of(options, ask, groups)),
        decisions=len(ledger.standing(taken)),
        options=options,
        seed=seed,
    )
    tables["themes_record"] = done.table()
    note = "; ".join(reason for *_, reason in problems)
    count = states.counted(tables["theme_states"], tables["theme_assignments"])
    card = theme_model.card(
        record=done,
        segment_ids=talk.segments["segment_id"].tolist(),
        groups=groups.themes,
        named=worded.named,
        note=note,
        told=states.shown_in_words(count, who="people") if count.touched else "",
    )
    return Result({name: theme_tables.fitted(name, frame) for name, frame in tables.items()}, model, card)


def _decided(talk: Talk, found: Groups, taken: Sequence[Decision], *, options: settings.Themes) -> Decided:
    """The groups as the decisions leave them, each with its id."""
    inside = [np.flatnonzero(found.themes == theme) for theme in range(int(found.themes.max(initial=UNASSIGNED)) + 1)]
    machine = decided_themes.Clusters(found.themes, found.parts, found.strength, theme_tables.identifiers(talk, inside))
    return decided_themes.decided(
        talk.segments, machine, taken, shift_share=options.shift_share, min_size=options.min_size
    )


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


def _asked_of(options: settings.Themes, ask: Ask | None, groups: Groups) -> str:
    """The language model that was asked for labels, or empty where none was."""
    return options.labeller.model if options.labeller and ask is not None and groups.curve else ""


def _labeller(options: settings.Themes, folder: Path) -> Ask | None:
    if options.labeller is None:
        return None
    return partial(labeller.label, options=options.labeller, cache=Places(folder).cache / "labels")


def main() -> None:
    """Read segments and vectors, find the candidate themes, write their tables and their model."""
    with stage_runner.opened("themes") as params, parallel.opened(params.engine, workers=params.workers):
        folder = params.folder
        words_model = model_registry.find(params.segment.model, kind="spacy").folder
        phrases = model_registry.of_spacy(params.segment.model)
        result = themes(
            *(store.read(folder, table) for table in ("segments", "embeddings", "turns", "cases")),
            options=params.themes,
            seed=params.seed,
            parser=partial(labels.load, words_model),
            phrases=phrases,
            taken=ledger.load(Places(folder).decisions),
            ask=_labeller(params.themes, folder),
            assign=partial(assigning.by_way_of, params.places.cache / "assign"),
        )
        for name, table in result.tables.items():
            store.write(folder, name, table)
        theme_model.save(result.model, params.places.model, card=result.card)


if __name__ == "__main__":
    main()
