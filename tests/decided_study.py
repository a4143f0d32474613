"""A study with themes but no talk: just the tables that deciding and the status read."""

from pathlib import Path

import pandas as pd

from pipeline import store

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


def write(study: Path, *, themes: dict[str, int], questions: list[tuple[int, str, int, str]] = ()) -> None:
    """A study whose segments (named <document><number>) have these themes."""
    segments = [{"segment_id": s, "document": f"{s[0]}.txt", "part": "participant"} for s in sorted(themes)]
    store.write(study, "segments", filled("segments", segments))
    assigned = [{"segment_id": s, "theme_id": t, "subtheme_id": -1} for s, t in sorted(themes.items())]
    store.write(study, "theme_assignments", filled("theme_assignments", assigned))
    size = {"level": 1, "parent_id": -1, "n_segments": 1, "n_documents": 1, "status": "candidate", "keywords": []}
    present = sorted(set(themes.values()) - {-1})
    held = [{"theme_id": theme, "label": LABELS.get(theme, ""), **size} for theme in present]
    store.write(study, "themes", filled("themes", held) if held else store.empty("themes"))
    asked = pd.DataFrame(list(questions), columns=["theme_id", "kind", "n_segments", "sentence"])
    store.write(study, "theme_questions", asked if len(asked) else store.empty("theme_questions"))
    store.write(study, "theme_news", store.empty("theme_news"))
    (study / "transcripts").mkdir(exist_ok=True)
