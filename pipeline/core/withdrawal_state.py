"""A withdrawal under way: where its journal lies, how far it is, and the sentence that says so until it is finished.

The journal is written before the first file is changed. A folder of its own holds it, which Git leaves alone.
"""

import json
from pathlib import Path

from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import Places

# The journal's name says how far the withdrawal is: files are being changed; or what was made is thrown away as well,
# and the pipeline may run again.
BEGUN, EMPTIED = "begun.json", "emptied.json"


class UnfinishedError(CounterpointError):
    """A withdrawal was begun and has to be finished first."""


def journal(study: Path) -> Path | None:
    """The journal of a withdrawal that is under way; None where there is none."""
    places = (Places(study).withdrawal / name for name in (BEGUN, EMPTIED))
    return next((place for place in places if place.is_file()), None)


def refuse(study: Path) -> None:
    """Raise UnfinishedError where a withdrawal has still to remove what was made, so that nothing is made anew yet."""
    place = journal(study)
    if place is not None and place.name == BEGUN:
        raise UnfinishedError(unfinished(study))


def unfinished(study: Path) -> str:
    """The sentence that says which withdrawal is not finished, and how to finish it; '' where there is none."""
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
