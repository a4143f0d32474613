"""Current themes for deciding: the last run's clusters with all decisions replayed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.core import params as settings
from pipeline.core import store
from pipeline.core.study_paths import Places
from pipeline.decisions import held_themes, ledger, page_data, replay, state_table
from pipeline.decisions.held_themes import Question
from pipeline.decisions.ledger import Decision
from pipeline.decisions.states import Count, counted


@dataclass(frozen=True)
class Screen:
    """The themes as the next run on the same segments would show them.

    `themes`: the theme of each substantive segment (-1: none); `documents`: its document; `rejected`: the rejected
    theme of segments left out with it; `states`: the table theme_states; `count`: its totals; `questions`: open
    questions; `settling`: the answers that a decision on each theme must list to settle them.
    """

    themes: Mapping[str, int]
    documents: Mapping[str, str]
    rejected: Mapping[str, int]
    states: pd.DataFrame
    count: Count
    questions: Sequence[Question]
    settling: Mapping[int, tuple[str, ...]]

    @property
    def labels(self) -> dict[int, str]:
        """The current or last label of each theme, by id."""
        return dict(zip(self.states["theme_id"], self.states["label"], strict=True))

    @property
    def statuses(self) -> dict[int, str]:
        """The state of each theme by its id; see states.STATES."""
        return dict(zip(self.states["theme_id"], self.states["state"], strict=True))

    @property
    def known(self) -> list[int]:
        """The themes that can be decided on: all except those merged into others."""
        return [theme for theme, state in self.statuses.items() if state != "merged"]

    def members(self, theme: int) -> tuple[str, ...]:
        """Return the segments of a theme; of a rejected theme, those left out with it."""
        segments = {segment for segment, assigned in self.themes.items() if assigned == theme}
        return tuple(sorted(segments | {segment for segment, assigned in self.rejected.items() if assigned == theme}))


def read(study: Path, decisions: Sequence[Decision]) -> Screen:
    """Read the last run's clusters and replay the decisions on them."""
    assigned, themes = store.read(study, "theme_assignments"), store.read(study, "themes")
    segments = store.read(study, "segments")
    document_of = dict(zip(segments["segment_id"], segments["document"], strict=True))
    clusters = dict(zip(assigned["segment_id"], assigned["cluster_id"].astype(int), strict=True))
    documents = {segment: str(document_of[segment]) for segment in clusters}
    standing, options = ledger.standing(decisions), _options()
    share, size = options.shift_share, options.min_size
    replayed = replay.replay(clusters, documents, standing, shift_share=share, min_size=size)
    settling = replay.settling(replayed, clusters, documents, standing, shift_share=share, min_size=size)
    first = themes[themes["level"] == 1]
    # A theme that the last run did not show (for example, one whose rejection was undone) keeps its last label.
    labels = held_themes.called(ledger.in_order(decisions)) | dict(zip(first["theme_id"], first["label"], strict=True))
    theme_states = state_table.table(replayed, clusters, standing, labels)
    placed = pd.DataFrame(
        {
            "cluster_id": [clusters[segment] for segment in replayed.themes],
            "theme_id": list(replayed.themes.values()),
            "outside": [replayed.outside.get(segment, "") for segment in replayed.themes],
        }
    )
    return Screen(
        replayed.themes,
        documents,
        replayed.rejected,
        theme_states,
        counted(theme_states, placed),
        replayed.questions,
        settling,
    )


def _options() -> settings.Themes:
    """The settings that the next run would have."""
    return settings.load().themes if Path("params.yaml").exists() else settings.Themes()


def state(study: Path) -> str:
    """Return a fingerprint of the last run's themes and the decisions so far (16 hexadecimal digits)."""
    basis = page_data.basis(store.read(study, "themes"), store.read(study, "theme_assignments"))
    file = Places(study).decisions
    decisions_bytes = file.read_bytes() if file.exists() else b""
    return hashlib.sha256(basis.encode() + decisions_bytes).hexdigest()[:16]
