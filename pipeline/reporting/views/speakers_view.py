"""Who speaks in each source: part, turns, words, first words, what was set aside, and what remains to be confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pipeline.core import prose
from pipeline.corpus import overview

# Speakers of a source that are shown, and letters of their first words.
SHOWN, LETTERS = 12, 110


@dataclass(frozen=True)
class Row:
    """A speaker of a source, as text. `why`: what the part rests on; `first`: the beginning of the first words."""

    speaker: str
    part: str
    turns: str
    words: str
    share: str
    first: str
    why: str


@dataclass(frozen=True)
class Source:
    """A source with its speakers. `about`: type, language, size; `notes`: further sentences, each with its heading."""

    document: str
    about: str
    rows: tuple[Row, ...]
    more: int
    notes: tuple[tuple[str, str], ...]


def build(tables: Mapping[str, pd.DataFrame]) -> tuple[Source, ...]:
    """Prepare the sources. `tables`: documents, turns, speakers and ingest_problems."""
    return tuple(_source(one) for one in overview.overviews(tables))


def _source(one: overview.Overview) -> Source:
    notes = [("Set aside", "; ".join(one.aside))] if one.aside else []
    if one.of("participant") and not one.of("interviewer"):
        notes.append(("Interviewer", "nobody was taken for the interviewer"))
    return Source(
        document=one.document,
        about=f"{one.source_type}, {one.language}, {prose.count(one.n_words, 'word')}",
        rows=tuple(_row(voice) for voice in one.voices[:SHOWN]),
        more=len(one.voices[SHOWN:]),
        notes=(*notes, *(("Question", question) for question in one.questions)),
    )


def _row(voice: overview.Voice) -> Row:
    first = voice.first if len(voice.first) <= LETTERS else f"{voice.first[:LETTERS].rstrip()}…"
    return Row(
        speaker=voice.speaker,
        part=voice.part if voice.part != "none" else "no part",
        turns=f"{voice.n_turns:,}",
        words=f"{voice.n_words:,}",
        share=prose.percent(voice.share),
        first=first,
        why=f"because {voice.why}" if voice.why and voice.part == "interviewer" else "",
    )
