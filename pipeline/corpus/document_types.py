"""Guesses the source type of a document."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import PurePosixPath

from pipeline.corpus.text_layout import word_list

FOCUS_GROUP = 3
NOTES = word_list("field fieldnote fieldnotes note notes obs observation observations")
PAPERS = word_list("doc document documents letter minutes newsletter paper papers policies policy report reports")


def by_speakers(participants: Sequence[str], *, any_speaker: bool) -> str:
    """Return the source type from the participants' turns (one speaker key per turn); '' if no speaker is named.

    Three participants make a focus group if one of them speaks again after another: the answers to a form or a survey
    are given by one after another.
    """
    runs = Counter(speaker for speaker, _ in groupby(participants))
    if len(runs) >= FOCUS_GROUP and max(runs.values()) > 1:
        return "focus_group"
    return "interview" if any_speaker else ""


def by_name(document: str) -> str:
    """Return the source type from a document's name and folders: field_note, document or interview."""
    words = set(re.split(r"[^a-z]+", str(PurePosixPath(document).with_suffix("")).casefold()))
    return "field_note" if words & NOTES else "document" if words & PAPERS else "interview"
