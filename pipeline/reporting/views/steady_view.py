"""Robustness of the candidate themes: stability, their number, dependence on cases, and segments in no theme."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.core import prose
from pipeline.core.table_rows import each, groups
from pipeline.decisions import states
from pipeline.decisions.states import Count
from pipeline.reporting.quotes import Quote
from pipeline.reporting.views import curve_view
from pipeline.reporting.views.theme_view import noun

# Mean Jaccard index from which a theme is stable, and from which it is partly stable; as in the theme passports.
NEARLY, OUTLINE = 0.75, 0.5
# The same for all themes together (mean adjusted Rand index).
SAME, MOSTLY, PARTLY = 0.8, 0.6, 0.4
# A number of themes whose score is this close to the best is nearly as good.
NEAR_AS_GOOD = 0.02
MOST_UNASSIGNED = 40


@dataclass(frozen=True)
class Rest:
    """Whether a theme is found again without one case or group. `like`: the Jaccard index as text, empty if hidden."""

    without: str
    share: str
    left: str
    like: str


@dataclass(frozen=True)
class Steady:
    """The parts, each empty where there is nothing to show.

    `sentences`: whether the themes come back when documents are left out; `runs`: each such run as a row of text under
    `columns`; `number`: why this many themes, with its `curve` and `tried` (how many, how well, whether taken); `rests`
    and `rests_lead`: by theme_id; `unassigned`: what to read first of those in no theme, each with why it is in no
    theme where it did not just fit none; `outside`: the same in counts.
    """

    sentences: tuple[str, ...]
    columns: tuple[str, ...]
    runs: tuple[tuple[str, ...], ...]
    number: str
    curve: curve_view.Curve | None
    tried: tuple[tuple[str, str, bool], ...]
    rests: Mapping[int, tuple[Rest, ...]]
    rests_lead: Mapping[int, str]
    unassigned: tuple[tuple[Quote, str], ...]
    outside: str
    labels: str


def build(
    *,
    themes: pd.DataFrame,
    count: Count,
    stability: pd.DataFrame,
    choice: pd.DataFrame,
    dependence: pd.DataFrame,
    unassigned: pd.DataFrame,
    notes: Mapping[str, str],
    quotes: Mapping[str, Quote],
    n_themes: int | None,
    reflexive: bool,
) -> Steady:
    """Prepare the parts; with `reflexive`, in words and without a coefficient.

    `count`: how many themes there are of each state; `notes`: why a segment is in no theme, where it did not just fit
    none; `n_themes`: the number asked for in params.yaml, if one was.
    """
    ranked, stability = states.ranked(themes), stability.sort_values("run")
    first = unassigned[unassigned.segment_id.isin(list(quotes))].sort_values("rank").head(MOST_UNASSIGNED)
    dependence_of = {
        theme: rows for theme, rows in groups(dependence, "theme_id").items() if theme in set(ranked.theme_id)
    }
    return Steady(
        sentences=_sentences(ranked, stability, noun(count), reflexive),
        columns=("Run", "Left out", "Passages", "Themes found", *(() if reflexive else ("Adjusted Rand index",))),
        runs=_runs(stability, reflexive),
        number=_number(choice, n_themes, reflexive),
        curve=None if reflexive else _curve(choice),
        tried=() if reflexive else _tried(choice),
        rests={theme: _rests(rows, reflexive) for theme, rows in dependence_of.items()},
        rests_lead={theme: _rests_lead(rows) for theme, rows in dependence_of.items()},
        unassigned=tuple((quotes[row.segment_id], notes.get(row.segment_id, "")) for row in each(first)),
        outside=states.outside_in_words(count),
        labels=labels_in_words(ranked),
    )


def labels_in_words(themes: pd.DataFrame) -> str:
    """Who or what the labels of themes come from; a language model is named."""
    from_words = int((themes.label_source == "words").sum())
    from_people = int((themes.label_source == "people").sum())
    n_kept = int((themes.label_source == "kept").sum())
    models = themes[~themes.label_source.isin(["words", "people", "kept", ""])].label_source.value_counts().sort_index()
    phrases = (
        [f"{prose.count(from_words, 'label')} taken from words of the passages and of the questions they answer"]
        if from_words
        else []
    )
    phrases += [f"{prose.count(from_people, 'label')} given or accepted by people"] if from_people else []
    phrases += [f"{prose.count(n_kept, 'label')} kept because of a decision about the theme"] if n_kept else []
    phrases += [
        f"{prose.count(int(number), 'label')} written by the language model {name} from example passages"
        for name, number in models.items()
    ]
    return prose.sentence(f"theme labels: {prose.listed(phrases)}") if phrases else ""


def _sentences(themes: pd.DataFrame, stability: pd.DataFrame, theme_noun: str, reflexive: bool) -> tuple[str, ...]:
    if themes.empty:
        return ()
    if stability.empty:
        return (
            "Stability was not assessed: it needs at least two documents and more passages than this study has, or it "
            "was switched off (themes.stability_runs).",
        )
    sizes = sorted({len(names) for names in stability.left_out})
    much = prose.count(sizes[0], "document") if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]} documents"
    mean = float(stability.agreement.mean())
    figures = (
        f" (adjusted Rand index {prose.figure(mean)} on average, {prose.figure(stability.agreement.min())} to "
        f"{prose.figure(stability.agreement.max())} by run; 1: identical groups, 0: chance)"
    )
    sentences = [
        f"Stability: themes were found again in {prose.count(len(stability), 'run')}, each leaving out {much}. "
        f"{_come_back(mean)}"
        f"{'' if reflexive else figures}."
    ]
    known = themes.stability[themes.stability.notna()]
    if len(known):
        counted = [
            (int((known >= NEARLY).sum()), "stable"),
            (int(((known >= OUTLINE) & (known < NEARLY)).sum()), "partly stable"),
        ]
        n_unstable = int((known < OUTLINE).sum())
        phrases = [f"{number:,} {'is' if number == 1 else 'are'} {how}" for number, how in counted if number]
        phrases += (
            [f"{n_unstable:,} {'is' if n_unstable == 1 else 'are'} unstable (dissolved or merged)"]
            if n_unstable
            else []
        )
        sentences.append(
            f"Of {prose.count(len(known), theme_noun)}, {prose.listed(phrases)}; each card gives the details."
        )
    worst = stability.sort_values(["agreement", "run"]).iloc[0]
    if len(stability) > 1 and worst.agreement < MOSTLY:
        sentences.append(
            f"Themes change most without {prose.listed(sorted(worst.left_out))}: read themes that depend on it with "
            "care."
        )
    return tuple(sentences)


def _come_back(mean: float) -> str:
    if mean >= SAME:
        return "Nearly the same groups were found again"
    if mean >= MOSTLY:
        return "Broadly the same groups were found again; borderline passages change groups"
    if mean >= PARTLY:
        return "Some of the groups were found again; others were divided differently"
    return "The groups change considerably, so treat them as one of several possible ways to group the data"


def _runs(stability: pd.DataFrame, reflexive: bool) -> tuple[tuple[str, ...], ...]:
    rows = []
    for row in each(stability.sort_values("run")):
        figure = () if reflexive else (prose.figure(row.agreement),)
        names = ", ".join(sorted(row.left_out))
        rows.append((str(row.run), names, f"{row.n_segments:,}", str(row.n_themes), *figure))
    return tuple(rows)


def _number(choice: pd.DataFrame, n_themes: int | None, reflexive: bool) -> str:
    chosen_row = choice[choice.chosen]
    if chosen_row.empty:
        return ""
    chosen = int(chosen_row.n_themes.iloc[0])
    if n_themes is not None:
        near = "" if chosen == n_themes else ", and this is the closest number possible"
        return f"The number of candidates ({chosen}) was set in params.yaml (themes.n_themes: {n_themes}){near}."
    if len(choice) < 2:
        return (
            f"There are too few passages to compare different numbers of candidates, so {chosen} was the only option."
        )
    tried = f"{int(choice.n_themes.min())} to {int(choice.n_themes.max())}"
    reason = (
        f"Why {prose.count(chosen, 'candidate')}? Of the numbers compared ({tried}), this one gives the themes that "
        "agree best with many clustering runs on subsets of the data"
    )
    if reflexive or chosen_row.score.isna().all():
        return f"{reason}. To look at a different number, set themes.n_themes in params.yaml."
    best = float(chosen_row.score.iloc[0])
    others = sorted(choice[~choice.chosen & (choice.score >= best - NEAR_AS_GOOD)].n_themes)
    close = f" {_spread([*others, chosen], others)} would do nearly as well." if others else ""
    return f"{reason}.{close} To look at a different number, set themes.n_themes in params.yaml."


def _spread(together: Sequence[int], others: Sequence[int]) -> str:
    """Numbers in words, as a range if they are consecutive."""
    low, high = min(together), max(together)
    if len(others) > 2 and high - low == len(others):
        return f"Anything from {low} to {high}"
    return prose.listed([str(number) for number in others])


def _curve(choice: pd.DataFrame) -> curve_view.Curve | None:
    known = choice[choice.score.notna()].sort_values("n_themes")
    if len(known) < 2:
        return None
    marked = known[known.chosen].n_themes
    points = tuple((float(row.n_themes), float(row.score)) for row in each(known))
    line = curve_view.Series("", points, marked=float(marked.iloc[0]) if len(marked) else None)
    return curve_view.draw(
        [line],
        x_label="number of themes",
        y_label="similarity to the runs",
        label="Similarity of the themes to the runs by number of themes; the table has the same values",
    )


def _tried(choice: pd.DataFrame) -> tuple[tuple[str, str, bool], ...]:
    return tuple(
        (str(row.n_themes), prose.figure(row.score), bool(row.chosen)) for row in each(choice.sort_values("n_themes"))
    )


def _ordered(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows by share of the theme, largest first."""
    return rows.sort_values(["share", "kind", "name"], ascending=[False, True, True])


def _name(row: Any) -> str:
    return str(row.name) if row.kind == "case" else f"{row.kind} “{row.name}”"


def _rests(rows: pd.DataFrame, reflexive: bool) -> tuple[Rest, ...]:
    return tuple(
        Rest(
            without=_name(row),
            share=prose.percent(row.share),
            left="found again" if row.remains else "not found again",
            like="" if reflexive else prose.figure(row.jaccard),
        )
        for row in each(_ordered(rows))
    )


def _rests_lead(rows: pd.DataFrame) -> str:
    ordered = _ordered(rows)
    lost: Sequence[str] = [_name(row) for row in each(ordered[~ordered.remains])]
    tried = prose.count(len(rows), "case or group", "cases and groups")
    start = f"The analysis was repeated without each of {tried} that contribute to this theme"
    if not lost:
        return f"{start}; the theme was found again every time."
    most = [*lost[:4], *([f"{len(lost) - 4} more"] if len(lost) > 4 else [])]
    return f"{start}. The theme was lost without {prose.listed(most, 'or')}."
