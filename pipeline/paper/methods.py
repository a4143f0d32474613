"""The methods section for a paper: what ran, with numbered references, and gaps in brackets for what people know."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.core import prose
from pipeline.reporting import checklist_facts, references
from pipeline.reporting.method import Draft

# What only people know, in the order in which a methods section says it.
BEFORE = (
    (
        "Design and setting",
        "[State the design, the research question, the setting and the period.]",
    ),
    (
        "Ethics",
        "[Name the committee that approved the study, its reference number, and how participants consented.] [State "
        "how recordings and transcripts are stored, who can read them, and when they are deleted.]",
    ),
    (
        "Recruitment and sample",
        "[State how participants were selected and approached, and how many declined.]",
    ),
    (
        "Data collection",
        "[State who conducted the interviews, with which guide, where, when and for how long; how they were recorded "
        "and transcribed; and whether names were removed.]",
    ),
)


@dataclass(frozen=True)
class Section:
    """A part of the methods section: its heading and paragraphs, in which [1] cites the first reference."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Methods:
    """The methods section and its references in the order in which they are cited."""

    sections: tuple[Section, ...]
    references: tuple[str, ...]

    @property
    def gaps(self) -> int:
        """How many gaps are left for people to fill in."""
        text = " ".join(paragraph for section in self.sections for paragraph in section.paragraphs)
        return len(re.findall(r"\[[A-Z]", text))


def build(draft: Draft, *, cases: pd.DataFrame, frame: Sequence[str]) -> Methods:
    """The section for a paper: what people know as gaps, then what ran.

    `frame`: the attributes by which the sample is described.
    """
    sample = described(cases, frame)
    given = [
        Section(heading, (text, *([sample] if heading.startswith("Recruitment") and sample else [])))
        for heading, text in BEFORE
    ]
    sections = [*given, *(Section(heading, (text,)) for heading, text in draft.sections)]
    return numbered(sections)


def described(cases: pd.DataFrame, frame: Sequence[str]) -> str:
    """How many took part, and how many of each role and site, in a sentence; empty without participants."""
    if cases.empty:
        return ""
    clauses = []
    for attribute in [name for name in frame if name in cases.columns]:
        values = checklist_facts.values_in_words(cases[attribute], names=True)
        clauses += [f"{attribute}: {values}"] if values else []
    took = f"{prose.count(len(cases), 'participant').capitalize()} took part"
    return f"{took} ({'; '.join(clauses)})." if clauses else f"{took}."


def numbered(sections: Sequence[Section]) -> Methods:
    """Sections with every citation (Gale et al. 2013) as the number of its reference, in order of appearance."""
    found: dict[str, int] = {}
    done = [
        Section(section.heading, tuple(_numbered(paragraph, found) for paragraph in section.paragraphs))
        for section in sections
    ]
    return Methods(tuple(done), tuple(references.WORKS[name] for name in found))


def _numbered(text: str, found: dict[str, int]) -> str:
    works = sorted(references.WORKS, key=len, reverse=True)
    pattern = re.compile("|".join(re.escape(name) for name in works))
    said = pattern.sub(lambda match: f"[{found.setdefault(match[0], len(found) + 1)}]", text)
    # (Gale et al. 2013) is [1], and "BERTopic 0.17.4 (Grootendorst 2022)" keeps its space.
    said = re.sub(r"\[(\d+)\](?:[;,] | and )\[(\d+)\]", r"[\1,\2]", said)
    return re.sub(r"\((\[[\d,]+\])\)", r"\1", said)
