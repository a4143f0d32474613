"""State of a withdrawal in progress: its journal, its progress, and the message shown until it is complete.

The journal is written before the first file is changed, in a folder of its own that Git ignores.
"""

import json
from pathlib import Path

from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import Places

# The journal's name shows the progress: files are being changed; or generated files are deleted too, and the pipeline
# may run again.
BEGUN, EMPTIED = "begun.json", "emptied.json"


class UnfinishedError(CounterpointError):
    """A withdrawal must be completed first."""


def journal(study: Path) -> Path | None:
    """Return the journal of a withdrawal in progress, or None."""
    places = (Places(study).withdrawal / name for name in (BEGUN, EMPTIED))
    return next((place for place in places if place.is_file()), None)


def refuse(study: Path) -> None:
    """Raise UnfinishedError if a withdrawal still has to delete generated files."""
    place = journal(study)
    if place is not None and place.name == BEGUN:
        raise UnfinishedError(unfinished(study))


def unfinished(study: Path) -> str:
    """Return the message about an incomplete withdrawal; '' if there is none."""
    place = journal(study)
    if place is None:
        return ""
    if place.name == EMPTIED:
        return (
            f"{study}: {_subject(place)} was withdrawn, but the command stopped before the final search "
            "for remaining traces. Run `counterpoint withdraw` to search and report what it finds."
        )
    return (
        f"{study}: the withdrawal of {_subject(place)} is not complete, so their words may still be in the "
        "project. Run `counterpoint withdraw` to resume it."
    )


def _subject(place: Path) -> str:
    try:
        return str(json.loads(place.read_text(encoding="utf-8"))["subject"])
    except (OSError, ValueError, KeyError, TypeError):
        return "somebody"
