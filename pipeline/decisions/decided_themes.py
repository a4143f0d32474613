"""Apply the researchers' decisions to new clusters, before themes are labelled."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.core import store
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import ledger, new_talk, replay, state_table
from pipeline.decisions.held_themes import Held
from pipeline.decisions.ledger import Decision
from pipeline.decisions.replay import Replayed


@dataclass(frozen=True)
class Clusters:
    """Clusters of n segments.

    `themes` and `parts` (sub-themes): (n,), numbered from 0, -1 for none, each part inside one theme; `strength`:
    (n, themes); `ids`: the id of each theme by number.
    """

    themes: np.ndarray
    parts: np.ndarray
    strength: np.ndarray
    ids: Sequence[int]


@dataclass(frozen=True)
class Decided:
    """The themes after decisions, largest first; arrays as in `Clusters`.

    `replayed`: the result of the replay; `clusters`: the cluster of each segment before decisions, by id (-1: none);
    `standing`: the decisions in force; `settling`: see replay.settling.
    """

    themes: np.ndarray
    parts: np.ndarray
    strength: np.ndarray
    ids: list[int]
    replayed: Replayed
    clusters: Mapping[str, int]
    standing: Sequence[Decision]
    settling: Mapping[int, tuple[str, ...]]

    def given(self) -> list[str | None]:
        """Return the label that the researchers gave, accepted or kept for each theme, or None."""
        held = self.replayed.held
        return [held[theme].label if theme in held else None for theme in self.ids]

    def columns(self) -> list[dict[str, str]]:
        """For each theme the columns status, decided and label_source of its row."""
        return [self._columns(theme) for theme in self.ids]

    def _columns(self, theme: int) -> dict[str, str]:
        held = self.replayed.held.get(theme)
        return {
            "status": "accepted" if held and held.status == "accepted" else "candidate",
            "decided": " ".join(held.decided) if held else "",
            "label_source": _source(held),
        }


def _source(held: Held | None) -> str:
    """Return the source of a label: words, people, or kept (only annotated, so it keeps the label it had)."""
    if held is None or not held.label:
        return "words"
    return "people" if held.named else "kept"


def decided(
    segments: pd.DataFrame, found: Clusters, taken: Sequence[Decision], *, shift_share: float, min_size: int
) -> Decided:
    """Replay decisions on clusters; without decisions the clusters are returned unchanged.

    `segments`: columns segment_id and document, rows aligned with `found`; `shift_share`: see replay.replay. Sub-themes
    with fewer than `min_size` segments are dropped.
    """
    names, documents = segments["segment_id"].tolist(), segments["document"].tolist()
    ids = [*found.ids, UNASSIGNED]
    clusters = {name: ids[int(number)] for name, number in zip(names, found.themes, strict=True)}
    standing = ledger.standing(taken)
    where = dict(zip(names, documents, strict=True))
    done = replay.replay(clusters, where, standing, shift_share=shift_share, min_size=min_size)
    settling = replay.settling(done, clusters, where, standing, shift_share=shift_share, min_size=min_size)
    known = (done, clusters, standing, settling)
    if done.themes == clusters:
        return Decided(found.themes, found.parts, found.strength, list(found.ids), *known)
    left = [done.themes[name] for name in names]
    sizes = Counter(theme for theme in left if theme != UNASSIGNED)
    order = sorted(sizes, key=lambda theme: (-sizes[theme], theme))
    number = {theme: place for place, theme in enumerate(order)} | {UNASSIGNED: UNASSIGNED}
    themes = np.array([number[theme] for theme in left], dtype=np.int64)
    parts = _parts(themes, found.parts, min_size=min_size)
    return Decided(themes, parts, _strength(found, themes, len(order)), order, *known)


def _strength(found: Clusters, themes: np.ndarray, count: int) -> np.ndarray:
    """Return the strength of each segment in each theme after decisions, (n, count), at least one column.

    The strength in a cluster is divided among the themes that its segments are in now, in proportion to their number.
    """
    inside = found.themes >= 0
    made = np.zeros((found.strength.shape[1], max(count, 1)))
    kept = inside & (themes >= 0)
    np.add.at(made, (found.themes[kept], themes[kept]), 1.0)
    sizes = np.bincount(found.themes[inside], minlength=len(made))[: len(made)]
    return np.asarray(np.round(found.strength @ (made / np.maximum(sizes, 1)[:, None]), 6))


def _parts(themes: np.ndarray, parts: np.ndarray, *, min_size: int) -> np.ndarray:
    """Return sub-themes intersected with the themes after decisions, largest first, (n,)."""
    pairs = [(int(theme), int(part)) for theme, part in zip(themes, parts, strict=True)]
    sizes = Counter(pair for pair in pairs if UNASSIGNED not in pair)
    kept = sorted((pair for pair in sizes if sizes[pair] >= min_size), key=lambda pair: (-sizes[pair], pair))
    number = {pair: place for place, pair in enumerate(kept)}
    return np.array([number.get(pair, UNASSIGNED) for pair in pairs], dtype=np.int64)


def pinned_first(
    quotes: pd.DataFrame, segments: pd.DataFrame, vectors: np.ndarray, found: Decided, *, count: int
) -> pd.DataFrame:
    """Put pinned exemplars before the typical quotes of their theme; at most `count` stay, and all that are pinned.

    `quotes`: columns theme, kind, rank, segment_id, score; `vectors`: plain ones, rows as `segments`; score: the cosine
    with the theme's mean, as for any typical quote.
    """
    places = {name: place for place, name in enumerate(segments["segment_id"])}
    for number, theme in enumerate(found.ids):
        held = found.replayed.held.get(theme)
        asked = dict.fromkeys(held.pinned if held else ())
        pinned = [name for name in asked if name in places and found.themes[places[name]] == number]
        if not pinned:
            continue
        own = (quotes["theme"] == number) & (quotes["kind"] == "typical")
        others = [row for row in quotes[own].sort_values("rank").itertuples() if row.segment_id not in asked]
        mean = vectors[found.themes == number].mean(axis=0)
        scores = [round(_cosine(vectors[places[name]], mean), 6) for name in pinned]
        listed = [*zip(pinned, scores, strict=True), *((row.segment_id, row.score) for row in others)]
        listed = listed[: max(count, len(pinned))]
        rows = [(number, "typical", rank, name, score) for rank, (name, score) in enumerate(listed, start=1)]
        typical = pd.DataFrame(rows, columns=list(quotes.columns))
        before = quotes[quotes["theme"] < number]
        after = quotes[~own & (quotes["theme"] >= number)]
        quotes = pd.concat([before, typical, after], ignore_index=True)
    return quotes


def _cosine(one: np.ndarray, two: np.ndarray) -> float:
    length = float(np.linalg.norm(one) * np.linalg.norm(two))
    return float(one @ two) / length if length > 0 else 0.0


def tables(
    found: Decided, segments: pd.DataFrame, vectors: np.ndarray, labels: Mapping[int, str]
) -> dict[str, pd.DataFrame]:
    """The tables theme_questions, theme_news and theme_states.

    `vectors`: plain, rows as `segments`; `labels`: of all themes, by id.
    """
    asked = [
        (q.theme_id, q.kind, q.n_segments, q.sentence, list(found.settling.get(q.theme_id, ())))
        for q in found.replayed.questions
    ]
    names = segments["segment_id"].tolist()
    talk = new_talk.Talk(
        themes=found.replayed.themes,
        documents=dict(zip(names, segments["document"], strict=True)),
        vectors=dict(zip(names, vectors, strict=True)),
    )
    told = [tuple(vars(row).values()) for row in new_talk.news(talk, held=found.replayed.held, labels=labels)]
    return {
        "theme_questions": _frame("theme_questions", asked),
        "theme_news": _frame("theme_news", told),
        "theme_states": state_table.table(found.replayed, found.clusters, found.standing, labels),
    }


def _frame(table: str, rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    empty = store.empty(table)
    return pd.DataFrame(rows, columns=list(empty.columns)) if rows else empty
