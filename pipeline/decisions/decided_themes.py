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

    `themes` and `sub_themes`: (n,), numbered from 0, -1 for none, each inside one theme; `strength`:
    (n, themes); `ids`: the id of each theme by number.
    """

    themes: np.ndarray
    sub_themes: np.ndarray
    strength: np.ndarray
    ids: Sequence[int]


@dataclass(frozen=True)
class Decided:
    """The themes after decisions, largest first; arrays as in `Clusters`.

    `replayed`: the result of the replay; `clusters`: the cluster of each segment before decisions, by id (-1: none);
    `standing`: the decisions in force; `settling`: see replay.settling.
    """

    themes: np.ndarray
    sub_themes: np.ndarray
    strength: np.ndarray
    ids: list[int]
    replayed: Replayed
    clusters: Mapping[str, int]
    standing: Sequence[Decision]
    settling: Mapping[int, tuple[str, ...]]

    def given(self) -> list[str | None]:
        """Return the label that the researchers gave, accepted or kept for each theme, or None."""
        held_themes = self.replayed.held
        return [held_themes[theme].label if theme in held_themes else None for theme in self.ids]

    def columns(self) -> list[dict[str, str]]:
        """Return for each theme the columns status, decided and label_source of its row."""
        return [self._columns(theme) for theme in self.ids]

    def _columns(self, theme: int) -> dict[str, str]:
        held_theme = self.replayed.held.get(theme)
        return {
            "status": "accepted" if held_theme and held_theme.status == "accepted" else "candidate",
            "decided": " ".join(held_theme.decided) if held_theme else "",
            "label_source": _source(held_theme),
        }


def _source(theme: Held | None) -> str:
    """Return the source of a label: words, people, or kept (only annotated, so it keeps the label it had)."""
    if theme is None or not theme.label:
        return "words"
    return "people" if theme.named else "kept"


def decided(
    segments: pd.DataFrame, machine: Clusters, decisions: Sequence[Decision], *, shift_share: float, min_size: int
) -> Decided:
    """Replay decisions on clusters; without decisions the clusters are returned unchanged.

    `segments`: columns segment_id and document, rows aligned with `machine`; `shift_share`: see replay.replay.
    Sub-themes with fewer than `min_size` segments are dropped.
    """
    names, documents = segments["segment_id"].tolist(), segments["document"].tolist()
    ids = [*machine.ids, UNASSIGNED]
    clusters = {name: ids[int(number)] for name, number in zip(names, machine.themes, strict=True)}
    standing = ledger.standing(decisions)
    where = dict(zip(names, documents, strict=True))
    replayed = replay.replay(clusters, where, standing, shift_share=shift_share, min_size=min_size)
    settling = replay.settling(replayed, clusters, where, standing, shift_share=shift_share, min_size=min_size)
    replay_results = (replayed, clusters, standing, settling)
    if replayed.themes == clusters:
        return Decided(machine.themes, machine.sub_themes, machine.strength, list(machine.ids), *replay_results)
    theme_of_segment = [replayed.themes[name] for name in names]
    sizes = Counter(theme for theme in theme_of_segment if theme != UNASSIGNED)
    order = sorted(sizes, key=lambda theme: (-sizes[theme], theme))
    number = {theme: position for position, theme in enumerate(order)} | {UNASSIGNED: UNASSIGNED}
    themes = np.array([number[theme] for theme in theme_of_segment], dtype=np.int64)
    sub_themes = _sub_themes(themes, machine.sub_themes, min_size=min_size)
    return Decided(themes, sub_themes, _strength(machine, themes, len(order)), order, *replay_results)


def _strength(machine: Clusters, themes: np.ndarray, count: int) -> np.ndarray:
    """Return the strength of each segment in each theme after decisions, (n, count), at least one column.

    The strength in a cluster is divided among the themes that its segments are in now, in proportion to their number.
    """
    inside = machine.themes >= 0
    shares = np.zeros((machine.strength.shape[1], max(count, 1)))
    stays = inside & (themes >= 0)
    np.add.at(shares, (machine.themes[stays], themes[stays]), 1.0)
    sizes = np.bincount(machine.themes[inside], minlength=len(shares))[: len(shares)]
    return np.asarray(np.round(machine.strength @ (shares / np.maximum(sizes, 1)[:, None]), 6))


def _sub_themes(themes: np.ndarray, sub_themes: np.ndarray, *, min_size: int) -> np.ndarray:
    """Return sub-themes intersected with the themes after decisions, largest first, (n,)."""
    pairs = [(int(theme), int(sub_theme)) for theme, sub_theme in zip(themes, sub_themes, strict=True)]
    sizes = Counter(pair for pair in pairs if UNASSIGNED not in pair)
    large_enough = sorted((pair for pair in sizes if sizes[pair] >= min_size), key=lambda pair: (-sizes[pair], pair))
    number = {pair: position for position, pair in enumerate(large_enough)}
    return np.array([number.get(pair, UNASSIGNED) for pair in pairs], dtype=np.int64)


def pinned_first(
    quotes: pd.DataFrame, segments: pd.DataFrame, vectors: np.ndarray, final: Decided, *, count: int
) -> pd.DataFrame:
    """Put pinned exemplars before the typical quotes of their theme; keep at most `count`, but all that are pinned.

    `quotes`: columns theme, kind, rank, segment_id, score; `vectors`: (n, d), without context, rows aligned with
    `segments`. The score of a pinned quote is its cosine with the theme's mean, as for other typical quotes.
    """
    position_of = {name: place for place, name in enumerate(segments["segment_id"])}
    for number, theme in enumerate(final.ids):
        held_theme = final.replayed.held.get(theme)
        pinned_ids = dict.fromkeys(held_theme.pinned if held_theme else ())
        pinned = [name for name in pinned_ids if name in position_of and final.themes[position_of[name]] == number]
        if not pinned:
            continue
        typical_rows = (quotes["theme"] == number) & (quotes["kind"] == "typical")
        others = [
            quote
            for quote in quotes[typical_rows].sort_values("rank").itertuples()
            if quote.segment_id not in pinned_ids
        ]
        mean = vectors[final.themes == number].mean(axis=0)
        scores = [round(_cosine(vectors[position_of[name]], mean), 6) for name in pinned]
        listed = [*zip(pinned, scores, strict=True), *((quote.segment_id, quote.score) for quote in others)]
        listed = listed[: max(count, len(pinned))]
        rows = [(number, "typical", rank, name, score) for rank, (name, score) in enumerate(listed, start=1)]
        typical = pd.DataFrame(rows, columns=list(quotes.columns))
        before = quotes[quotes["theme"] < number]
        after = quotes[~typical_rows & (quotes["theme"] >= number)]
        quotes = pd.concat([before, typical, after], ignore_index=True)
    return quotes


def _cosine(first: np.ndarray, second: np.ndarray) -> float:
    length = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / length if length > 0 else 0.0


def tables(
    final: Decided, segments: pd.DataFrame, vectors: np.ndarray, labels: Mapping[int, str]
) -> dict[str, pd.DataFrame]:
    """Return the tables theme_questions, theme_news and theme_states.

    `vectors`: (n, d), without context, rows aligned with `segments`; `labels`: of all themes, by id.
    """
    questions = [
        (
            question.theme_id,
            question.kind,
            question.n_segments,
            question.sentence,
            list(final.settling.get(question.theme_id, ())),
        )
        for question in final.replayed.questions
    ]
    names = segments["segment_id"].tolist()
    talk = new_talk.Talk(
        themes=final.replayed.themes,
        documents=dict(zip(names, segments["document"], strict=True)),
        vectors=dict(zip(names, vectors, strict=True)),
    )
    news_rows = [tuple(vars(news).values()) for news in new_talk.news(talk, held=final.replayed.held, labels=labels)]
    return {
        "theme_questions": _frame("theme_questions", questions),
        "theme_news": _frame("theme_news", news_rows),
        "theme_states": state_table.table(final.replayed, final.clusters, final.standing, labels),
    }


def _frame(table: str, rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    empty = store.empty(table)
    return pd.DataFrame(rows, columns=list(empty.columns)) if rows else empty
