"""The draft methods section, from what every stage recorded, and the settings of the run."""

import importlib.metadata
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.core import stage_record
from pipeline.core.stage_record import Record
from pipeline.reporting import method_codes, method_talk, method_themes, references

STAGES = ("ingest", "segment", "embed", "themes", "map_codes", "compare")
CANDIDATES = "All machine results were treated as candidates. [State who reviewed them and what was decided.]"
MATRIX = (
    "Data were charted into a framework matrix of participants by codes (Gale et al. 2013); each cell quotes the "
    "sentences closest to the centroid of all passages of its code, those of other participants included (Radev et al. "
    "2004)."
)


@dataclass(frozen=True)
class Draft:
    """A draft methods section: headings with their paragraphs, and the works cited."""

    sections: tuple[tuple[str, str], ...]
    references: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it in one piece."""
        return " ".join(paragraph for _, paragraph in self.sections)


def records(tables: Mapping[str, pd.DataFrame]) -> dict[str, Record]:
    """What each stage recorded, by stage name; empty if its table is empty or missing."""
    return {
        stage: stage_record.read_record(tables[f"{stage}_record"]) if f"{stage}_record" in tables else Record()
        for stage in STAGES
    }


def draft(
    done: Mapping[str, Record],
    *,
    reflexive: bool = False,
    matrix: bool = False,
    decided: str = "",
    researchers: Sequence[str] = (),
) -> Draft:
    """A draft methods section that states what ran, as recorded by every stage.

    `reflexive`: leave out coefficients; `matrix`: whether there is a framework matrix; `decided`: people's decisions
    about themes, in words; `researchers`: who they are, and what they read before and after themes were shown.
    """
    themes, codes = done["themes"], done["map_codes"]
    topics = (
        ("Material", [*method_talk.material(done["ingest"]), *method_talk.segments(done["segment"])]),
        ("Representation", method_talk.vectors(done["embed"])),
        (
            "Candidate themes",
            [
                *method_themes.grouping(themes, reflexive=reflexive),
                *method_themes.labels(themes),
                *method_themes.steadiness(themes),
                *method_themes.decisions(themes, decided=decided),
            ],
        ),
        ("Framework", [*method_codes.mapping(codes), MATRIX if matrix else ""]),
        (
            "Comparison",
            [
                *method_codes.comparison(done["compare"], reflexive=reflexive),
                *method_codes.saturation(done["compare"]),
            ],
        ),
        ("Researchers", [sentence for sentence in researchers if sentence]),
        ("Software", [f"{software(done)} {method_themes.generative(themes)}".strip(), CANDIDATES]),
    )
    sections = tuple((heading, " ".join(filter(None, sentences))) for heading, sentences in topics if any(sentences))
    return Draft(sections, references.cited(" ".join(paragraph for _, paragraph in sections)))


def software(done: Mapping[str, Record]) -> str:
    """The program and the libraries used, in a sentence."""
    (program, version), *others = versions(done)
    libraries = ", ".join(f"{name} {number}" for name, number in others)
    return f"{program.capitalize()} {version} was used" + (f", with {libraries}." if libraries else ".")


def versions(done: Mapping[str, Record]) -> list[tuple[str, str]]:
    """The program and each library used, with the versions recorded by the stages."""
    version_of: dict[str, str] = {}
    for stage in STAGES:
        record = done[stage]
        singles = [record.get(key, "") for key in ("library", "clustering", "words", "learning")]
        for library in [*record.get("libraries", []), *singles]:
            name, _, number = str(library).rpartition(" ")
            if name:
                version_of.setdefault(name, number)
    return [("Counterpoint", importlib.metadata.version("counterpoint")), *sorted(version_of.items(), key=_by_name)]


def models(done: Mapping[str, Record]) -> list[tuple[str, str, str]]:
    """The models used: name, purpose, and the SHA-256 of the files."""
    purposes = (("embed", "segment embeddings"), ("segment", "sentence splitting"))
    return [(done[stage]["model"], purpose, done[stage]["fingerprint"]) for stage, purpose in purposes if done[stage]]


def settings(params: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Every setting of the run, `section.name` and its value as params.yaml would write it."""
    shown = []
    for section, values in params.items():
        if isinstance(values, Mapping):
            shown += [(f"{section}.{name}", _shown(value)) for name, value in values.items()]
        else:
            shown.append((section, _shown(values)))
    return tuple(shown)


def _by_name(pair: tuple[str, str]) -> str:
    return pair[0].casefold()


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return ", ".join(str(item) for item in value)
    return json.dumps(value)
