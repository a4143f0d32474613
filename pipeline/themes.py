"""Themes: candidate themes of a study, each with its sub-themes, its quotes and its passport."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline.core import model_registry, parallel, stage_runner, store
from pipeline.core import params as settings
from pipeline.core.study_paths import Places
from pipeline.core.table_rows import lookup
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import decided_themes, ledger, states
from pipeline.decisions.decided_themes import Decided
from pipeline.decisions.ledger import Decision
from pipeline.inductive import (
    assigning,
    in_vivo,
    labeller,
    labels,
    passports,
    record,
    reruns,
    theme_guide,
    theme_model,
    theme_tables,
    wording,
)
from pipeline.inductive.grouping import Groups, Talk, prepare, selection
from pipeline.inductive.meaning import Encode
from pipeline.vectors import encoder, projection

if TYPE_CHECKING:
    from bertopic import BERTopic
    from spacy.language import Language

# Returns a language model's labels, given the keywords and passages of each theme.
Ask = Callable[[Sequence[Sequence[str]], Sequence[Sequence[str]]], labeller.Labels]


@dataclass(frozen=True)
class Questions:
    """The tables guide and prompts."""

    guide: pd.DataFrame
    prompts: pd.DataFrame


@dataclass(frozen=True)
class Result:
    """The stage's tables by name, the fitted model (None if there was too little talk) and its model card."""

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
    decisions: Sequence[Decision] = (),
    encode: Encode | None = None,
    ask: Ask | None = None,
    assign: assigning.Assign | None = None,
    questions: Questions | None = None,
    sources: Mapping[str, str] | None = None,
) -> Result:
    """Find the candidate themes of a study and apply the researchers' decisions to them.

    The order of rows does not matter. `questions`: the guide's, and what was asked; `sources`: each document's type.
    `parser`: loads a spaCy pipeline with a parser, for labels of several words, and
    `phrases` describes it; without it labels are single words. `encode`: the model of the vectors, for the meaning of
    phrases; `ask`: asks a language model for labels; `assign`: how
    segments outside the sample of a large study are assigned, by default in this process. Problems, such as too few
    segments, are rows of the table themes_problems.
    """
    talk, problems = prepare(segments, embeddings, options=options)
    in_sample = assigning.sampled(talk.segments, most=options.fit_segments, seed=seed)
    machine_groups = assigning.grouped(talk, in_sample, options=options, seed=seed, assign=assign)
    decided = _decided(talk, machine_groups, decisions, options=options)
    groups = replace(machine_groups, themes=decided.themes, sub_themes=decided.sub_themes, strength=decided.strength)
    sampled, sample_groups = (
        selection(talk, in_sample),
        replace(machine_groups, likeness=machine_groups.likeness[in_sample]),
    )
    source: list[str] = []
    questions = questions or Questions(store.empty("guide"), store.empty("prompts"))
    asked = theme_guide.asked(questions.guide, questions.prompts, turns, talk.segments)
    with reruns.begun(
        sampled, groups.themes[in_sample], cases, options=options, seed=seed, groups=sample_groups
    ) as steady:
        quotable = in_vivo.quotable(talk.segments, sources or {})
        worded, model = _worded(
            talk,
            groups,
            decided,
            asked,
            guide=questions.guide,
            options=options,
            parser=parser,
            encode=encode,
            quotable=quotable,
        )
        if ask is not None and groups.curve:
            worded, source, sentences = _asked(talk, groups, worded, ask, people_labels=decided.given())
            problems += [("note", "", "", sentence) for sentence in sentences]
        map_places = projection.places(talk.segments["segment_id"].tolist(), talk.vectors)
        rerun_results = steady()
    table, ids, sub_theme_ids = theme_tables.themes(
        talk, groups, worded, asked, decided=decided, rerun_results=rerun_results, sources=sources or {}
    )
    problems += theme_tables.notes(talk, groups, rerun_results.stability, n_sampled=int(in_sample.sum()))
    source += [""] * (len(table) - len(source))
    table["label_source"] = [
        asked_source or table_source
        for asked_source, table_source in zip(source, table.get("label_source", []), strict=True)
    ]
    tables = {
        "themes": table,
        "theme_assignments": theme_tables.assignments(talk, groups, ids, sub_theme_ids, decided),
        "theme_quotes": theme_tables.quotes(talk, groups, decided, options=options),
        "theme_guide": theme_guide.table(
            talk.segments,
            theme_tables.members(groups, ids, sub_theme_ids),
            questions.guide,
            questions.prompts,
        ),
        "theme_attributes": theme_tables.identified(passports.attributes(talk.segments, groups.themes, cases), ids),
        "theme_choice": theme_tables.choice(machine_groups),
        "theme_unassigned": theme_tables.unassigned(talk, groups),
        "theme_map": map_places,
        "theme_stability": rerun_results.stability,
        "theme_dependence": theme_tables.identified(rerun_results.dependence, ids),
        "themes_problems": pd.DataFrame(problems, columns=list(store.empty("themes_problems").columns)),
        **decided_themes.tables(decided, talk.segments, talk.plain, dict(zip(ids, worded.named, strict=True))),
    }
    stage_record = record.record(
        talk,
        machine_groups,
        in_sample,
        table,
        rerun_results=rerun_results,
        wording=record.Wording(model is not None, phrases if parser else None, _asked_of(options, ask, groups)),
        decisions=len(ledger.standing(decisions)),
        options=options,
        seed=seed,
    )
    tables["themes_record"] = stage_record.table()
    note = "; ".join(reason for *_, reason in problems)
    count = states.counted(tables["theme_states"], tables["theme_assignments"])
    card = theme_model.card(
        record=stage_record,
        segment_ids=talk.segments["segment_id"].tolist(),
        groups=groups.themes,
        theme_labels=worded.named,
        note=note,
        decided=states.shown_in_words(count, who="people") if count.touched else "",
    )
    return Result({name: theme_tables.fitted(name, frame) for name, frame in tables.items()}, model, card)


def _decided(talk: Talk, machine_groups: Groups, decisions: Sequence[Decision], *, options: settings.Themes) -> Decided:
    """Return the groups after the researchers' decisions, each with its id."""
    members = [
        np.flatnonzero(machine_groups.themes == theme)
        for theme in range(int(machine_groups.themes.max(initial=UNASSIGNED)) + 1)
    ]
    machine_clusters = decided_themes.Clusters(
        machine_groups.themes,
        machine_groups.sub_themes,
        machine_groups.strength,
        theme_tables.identifiers(talk, members),
    )
    return decided_themes.decided(
        talk.segments, machine_clusters, decisions, shift_share=options.shift_share, min_size=options.min_size
    )


def _worded(
    talk: Talk,
    groups: Groups,
    decided: Decided,
    asked: theme_guide.Asked,
    *,
    guide: pd.DataFrame,
    options: settings.Themes,
    parser: Callable[[], "Language"] | None,
    encode: Encode | None,
    quotable: np.ndarray,
) -> tuple[wording.Words, "BERTopic | None"]:
    """Return labels and keywords of the groups, and the model fitted on them."""
    names = dict(zip(guide["guide_id"], guide["question"], strict=True))
    return wording.worded(
        talk.segments,
        talk.vectors,
        groups.themes,
        groups.sub_themes,
        keywords=options.keywords,
        nlp=parser and parser(),
        given=decided.given(),
        plain=talk.plain,
        encode=encode,
        called=[names.get(asked.of(prompt_id), "") for prompt_id in talk.segments["prompt_id"]],
        questions=[asked.words(prompt_id) if prompt_id else "" for prompt_id in talk.segments["prompt_id"]],
        quotable=quotable,
    )


def _asked(
    talk: Talk, groups: Groups, worded: wording.Words, ask: Ask, *, people_labels: Sequence[str | None]
) -> tuple[wording.Words, list[str], list[str]]:
    """Return the language model's labels, the source of each ("" if unchanged) and notes for the report."""
    texts = talk.segments["text"].tolist()
    central_places = [
        wording.by_nearness(talk.plain, np.flatnonzero(groups.themes == theme)) for theme in range(len(people_labels))
    ]
    lines = [[line.text] if line else [] for line in worded.lines]
    passages = [line + [texts[place] for place in places] for line, places in zip(lines, central_places, strict=True)]
    answers = ask(worded.keywords, passages)
    theme_labels = labeller.distinct(answers.named, worded.named, people_labels=people_labels)
    source = [
        answers.source if name != word_label else ""
        for name, word_label in zip(theme_labels, worded.named, strict=True)
    ]
    return replace(worded, named=theme_labels), source, [answers.sent, *answers.problems]


def _asked_of(options: settings.Themes, ask: Ask | None, groups: Groups) -> str:
    """Return the name of the language model that was asked for labels, or an empty string."""
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
            encode=lambda texts: encoder.encode(texts, **params.embed.model_dump()),
            decisions=ledger.load(Places(folder).decisions),
            ask=_labeller(params.themes, folder),
            assign=partial(assigning.in_scratch_batches, params.places.cache / "assign"),
            questions=Questions(store.read(folder, "guide"), store.read(folder, "prompts")),
            sources=lookup(store.read(folder, "documents"), "document", "source_type"),
        )
        for name, table in result.tables.items():
            store.write(folder, name, table)
        theme_model.save(result.model, params.places.model, card=result.card)


if __name__ == "__main__":
    main()
