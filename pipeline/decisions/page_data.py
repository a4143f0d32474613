"""The data that the report page needs for deciding: themes, their segments and earlier decisions."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.core.table_rows import each
from pipeline.decisions import ledger, states
from pipeline.decisions.ledger import Decision


def basis(themes: pd.DataFrame, assignments: pd.DataFrame) -> str:
    """Return a fingerprint of all assignments and theme labels (16 hexadecimal digits)."""
    first = themes[themes.level == 1]
    content = {
        "labels": sorted([int(row.theme_id), str(row.label)] for row in each(first)),
        "segments": sorted([str(row.segment_id), int(row.theme_id)] for row in each(assignments)),
    }
    return hashlib.sha256(json.dumps(content, ensure_ascii=True).encode()).hexdigest()[:16]


def build(
    *,
    themes: pd.DataFrame,
    assignments: pd.DataFrame,
    segments: pd.DataFrame,
    questions: pd.DataFrame,
    decisions: Sequence[Decision],
    numbers: Mapping[str, int],
) -> dict[str, Any]:
    """Return the page's data for deciding. `numbers`: the passages' numbers on the page, by segment_id.

    `themes`: id, number, label, members (segment ids), numbers (theirs on the page) and answers (the questions that
    accepting settles); `seen`: the ids of all decisions included; `last`: the time of the latest one; `review`: set
    only by `counterpoint review`.
    """
    document_of = dict(zip(segments.segment_id, segments.document, strict=True))
    members: dict[int, list[str]] = {}
    for row in each(assignments.sort_values("segment_id")):
        members.setdefault(int(row.theme_id), []).append(str(row.segment_id))
    answers = {int(row.theme_id): sorted(map(str, row.settles)) for row in each(questions)}
    return {
        "basis": basis(themes, assignments),
        "documents": sorted({document_of[name] for name in assignments.segment_id}),
        "last": max((decision.when.replace(" ", "T") for decision in decisions), default=""),
        "review": None,
        "seen": sorted(decision.key for decision in ledger.in_order(decisions)),
        "themes": [
            {
                "id": int(row.theme_id),
                "number": int(row.number),
                "label": str(row.label),
                "members": members.get(int(row.theme_id), []),
                "numbers": [numbers[name] for name in members.get(int(row.theme_id), [])],
                "answers": answers.get(int(row.theme_id), []),
            }
            for row in each(states.ranked(themes))
        ],
    }
