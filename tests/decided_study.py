"""A study with themes but no talk: just the tables that deciding and the status read."""

from pathlib import Path

import pandas as pd

from pipeline.core import store
from tests.small_study import undecided

LABELS = {500_000: "Protected time", 500_001: "Staffing", 500_002: "Board"}


def filled(table: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    """Rows with the columns of a table; what they lack is empty."""
    empty = store.empty(table)
    blank = {"i": 0, "f": 0.0, "b": True}
    frame = pd.DataFrame(rows)
    for column in empty:
        if column not in frame:
            frame[column] = blank.get(empty[column].dtype.kind, "")
    return frame[list(empty.columns)]


def write(study: Path, *, themes: dict[str, int], clusters: dict[str, int] | None = None) -> None:
    """A study whose segments (named <document><number>) have these themes; `clusters`: where the run put them else."""
    segments = [{"segment_id": s, "document": f"{s[0]}.txt", "part": "participant"} for s in sorted(themes)]
    store.write(study, "segments", filled("segments", segments))
    found = themes | (clusters or {})
    assigned = [
        {"segment_id": s, "theme_id": t, "subtheme_id": -1, "cluster_id": found[s], "rejected_id": -1}
        | {"outside": "" if t >= 0 else "unlike"}
        for s, t in sorted(themes.items())
    ]
    store.write(study, "theme_assignments", filled("theme_assignments", assigned))
    size = {"level": 1, "parent_id": -1, "n_segments": 1, "n_documents": 1, "status": "candidate", "keywords": []}
    present = sorted(set(themes.values()) - {-1})
    held = [{"theme_id": theme, "label": LABELS.get(theme, ""), **size} for theme in present]
    store.write(study, "themes", filled("themes", held) if held else store.empty("themes"))
    named = {theme: LABELS.get(theme, "") for theme in present}
    store.write(study, "theme_states", undecided(named, list(themes.values())))
    store.write(study, "theme_questions", store.empty("theme_questions"))
    store.write(study, "theme_news", store.empty("theme_news"))
    (study / "transcripts").mkdir(exist_ok=True)
