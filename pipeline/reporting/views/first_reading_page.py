"""The page of `counterpoint review --read-first`: passages to read and note, and no theme, label or code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.core import prose
from pipeline.core.table_rows import each, lookup
from pipeline.core.terms import UNASSIGNED
from pipeline.reporting import quotes, templates
from pipeline.reporting.views.page import sha256_of


@dataclass(frozen=True)
class Said:
    """A turn or passage: its speaker, whether an interviewer asks, and its words."""

    speaker: str
    asks: bool
    text: str


@dataclass(frozen=True)
class Part:
    """What is read in one go: a document, or the passages of one group. `theme`: its id, or -1.

    `segments`: ids of those that count as read; `read`: how many are; `notes`: the reader's, with their days; `shown`:
    what its theme is called, once it was shown.
    """

    key: str
    name: str
    theme: int
    said: tuple[Said, ...]
    segments: tuple[str, ...]
    read: int
    notes: tuple[tuple[str, str], ...] = ()
    shown: str = ""

    @property
    def done(self) -> bool:
        """Whether all of it has been read."""
        return self.read == len(self.segments)

    @property
    def state(self) -> str:
        """How much of it has been read, in words."""
        return "read" if self.done else f"{self.read:,} of {prose.count(len(self.segments), 'passage')} read"


def documents(tables: Mapping[str, pd.DataFrame], *, read: set[str]) -> list[Part]:
    """A part for each document with talk that is analysed, in alphabetical order, with everything said in it."""
    segments, turns = tables["segments"], quotes.in_order(tables["turns"])
    made = []
    for document in sorted(set(segments[segments.substantive].document)):
        own = quotes.in_order(segments[(segments.document == document) & segments.substantive]).segment_id
        said = tuple(
            Said(row.speaker, row.part == "interviewer", row.text) for row in each(turns[turns.document == document])
        )
        made.append(Part(document, document, UNASSIGNED, said, tuple(own), sum(name in read for name in own)))
    return made


def groups(tables: Mapping[str, pd.DataFrame], *, read: set[str]) -> list[Part]:
    """A part for each theme, numbered in the order of their ids, which says nothing of them; passages in text order."""
    segments, assigned = tables["segments"], tables["theme_assignments"]
    questions = lookup(tables["turns"], "turn_id", "text")
    theme_of = lookup(assigned, "segment_id", "theme_id")
    made = []
    for number, theme in enumerate(sorted(set(assigned.theme_id) - {UNASSIGNED}), start=1):
        own = quotes.in_order(segments[segments.segment_id.map(theme_of) == theme])
        said: list[Said] = []
        asked = ""
        for row in each(own):
            question = str(questions.get(row.prompt_id, ""))
            if question and question != asked:
                said.append(Said("", True, question))
            asked = question
            said.append(Said(row.speaker or row.document, False, row.text))
        names = tuple(own.segment_id)
        n_read = sum(name in read for name in names)
        made.append(Part(str(theme), f"Group {number}", int(theme), tuple(said), names, n_read))
    return made


def render(parts: Sequence[Part], *, who: str, by_theme: bool) -> str:
    """The page as HTML, under a policy that allows its own script and style and requests to its own server."""
    style, script = templates.text("first_reading.css"), templates.text("first_reading.js")
    context: dict[str, Any] = {
        "who": who,
        "by_theme": by_theme,
        "parts": parts,
        "n_read": sum(part.read for part in parts),
        "n_segments": sum(len(part.segments) for part in parts),
        "style": style,
        "script": script,
        "policy": (
            f"default-src 'none'; connect-src 'self'; script-src '{sha256_of(script)}'; "
            f"style-src '{sha256_of(style)}'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
        ),
    }
    return templates.environment().get_template("first_reading.html").render(**context)
