"""What the page needs so that one can decide in it: the themes with their anchors, and what was decided by then."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import pandas as pd

from pipeline.core.table_rows import each
from pipeline.decisions import ledger, states
from pipeline.decisions.ledger import Decision


def basis(themes: pd.DataFrame, assignments: pd.DataFrame) -> str:
    """A fingerprint of what is decided about: each segment's theme and each theme's label (16 hexadecimal digits)."""
    first = themes[themes.level == 1]
    held = {
        "labels": sorted([int(row.theme_id), str(row.label)] for row in each(first)),
        "segments": sorted([str(row.segment_id), int(row.theme_id)] for row in each(assignments)),
    }
    return hashlib.sha256(json.dumps(held, ensure_ascii=True).encode()).hexdigest()[:16]


def build(
    *,
    themes: pd.DataFrame,
    assignments: pd.DataFrame,
    segments: pd.DataFrame,
    questions: pd.DataFrame,
    taken: Sequence[Decision],
) -> dict[str, Any]:
    """The page's own data for deciding.

    `themes`: id, number, label, members (their segments) and answers (the questions that accepting settles); `seen`:
    the ids of all decisions the page knows; `last`: when the last of them was taken; `review`: filled in by the server
    of `counterpoint review` alone.
    """
    document_of = dict(zip(segments.segment_id, segments.document, strict=True))
    members: dict[int, list[str]] = {}
    for row in each(assignments.sort_values("segment_id")):
        members.setdefault(int(row.theme_id), []).append(str(row.segment_id))
    answers = {int(row.theme_id): sorted(map(str, row.settles)) for row in each(questions)}
    return {
        "basis": basis(themes, assignments),
        "documents": sorted({document_of[name] for name in assignments.segment_id}),
        "last": max((decision.when.replace(" ", "T") for decision in taken), default=""),
        "review": None,
        "seen": sorted(decision.key for decision in ledger.in_order(taken)),
        "themes": [
            {
                "id": int(row.theme_id),
                "number": int(row.number),
                "label": str(row.label),
                "members": members.get(int(row.theme_id), []),
                "answers": answers.get(int(row.theme_id), []),
            }
            for row in each(states.ranked(themes))
        ],
    }
