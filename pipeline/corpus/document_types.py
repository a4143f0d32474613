"""What kind of source a document is, where nobody has said so."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from pipeline.corpus.text_layout import word_list

FOCUS_GROUP = 3
NOTES = word_list("field fieldnote fieldnotes note notes obs observation observations")
PAPERS = word_list("doc document documents letter minutes newsletter paper papers policies policy report reports")


def by_speakers(participants: Sequence[str], *, any_speaker: bool) -> str:
    """Return the kind of a talk from who speaks, one entry a participant's turn; '' where nobody is named.

    Three people make a focus group, if any of them comes back: answers to a form are one turn each.
    """
    turns = Counter(participants)
    if len(turns) >= FOCUS_GROUP and max(turns.values()) > 1:
        return "focus_group"
    return "interview" if any_speaker else ""


def by_name(document: str) -> str:
    """Return the kind of a text without speakers from its name and folders: field_note, document, else interview."""
    words = set(re.split(r"[^a-z]+", str(PurePosixPath(document).with_suffix("")).casefold()))
    return "field_note" if words & NOTES else "document" if words & PAPERS else "interview"
