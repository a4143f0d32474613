"""How far the candidate themes can be leaned on: steadiness, their number, what they rest on, and what is in none."""

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

# As the passports say it: from here a theme comes back nearly the same, from here in outline (mean Jaccard index).
NEARLY, OUTLINE = 0.75, 0.5
# The same in words for all themes together (mean adjusted Rand index).
SAME, MOSTLY, PARTLY = 0.8, 0.6, 0.4
# A number whose score is this close to the best would have done as well.
NEAR_AS_GOOD = 0.02
MOST_UNASSIGNED = 40


@dataclass(frozen=True)
class Rest:
    """What is left of a theme without one case, or one site or role. `like`: a figure as text, empty where hidden."""

    without: str
    share: str
    left: str
    like: str


@dataclass(frozen=True)
class Steady:
    """The parts, each empty where there is nothing to show.

    `sentences`: whether the themes come back when documents are left out; `runs`: each such run as a row of text under
    `columns`; `number`: why this many themes, with its `curve` and `tried` (how many, how well, whether taken); `rests`
    and `rests_lead`: by theme_id; `unassigned`: what to read first of the `n_unassigned`, each with why it is in no
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
    n_unassigned: int
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
    found, stability = states.ranked(themes), stability.sort_values("run")
    first = unassigned[unassigned.segment_id.isin(list(quotes))].sort_values("rank").head(MOST_UNASSIGNED)
    own = {theme: rows for theme, rows in groups(dependence, "theme_id").items() if theme in set(found.theme_id)}
    return Steady(
        sentences=_sentences(found, stability, noun(count), reflexive),
        columns=("Run", "Left out", "Segments", "Themes found", *(() if reflexive else ("Adjusted Rand index",))),
        runs=_runs(stability, reflexive),
        number=_number(choice, n_themes, reflexive),
        curve=None if reflexive else _curve(choice),
        tried=() if reflexive else _tried(choice),
        rests={theme: _rests(rows, reflexive) for theme, rows in own.items()},
        rests_lead={theme: _rests_lead(rows) for theme, rows in own.items()},
        unassigned=tuple((quotes[row.segment_id], notes.get(row.segment_id, "")) for row in each(first)),
        outside=states.outside_in_words(count),
        n_unassigned=len(unassigned),
        labels=labels_in_words(found),
    )


def labels_in_words(themes: pd.DataFrame) -> str:
    """Who or what the labels of themes come from; a language model is named."""
    from_words = int((themes.label_source == "words").sum())
    from_people = int((themes.label_source == "people").sum())
    kept = int((themes.label_source == "kept").sum())
    models = themes[~themes.label_source.isin(["words", "people", "kept", ""])].label_source.value_counts().sort_index()
    said = [f"{prose.count(from_words, 'label')} from the segments’ own words"] if from_words else []
    said += [f"{prose.count(from_people, 'label')} given or accepted by people"] if from_people else []
    said += [f"{prose.count(kept, 'label')} kept because something was decided about the theme"] if kept else []
    said += [
        f"{prose.count(int(number), 'label')} written by the language model {name}, which was sent examples of the talk"
        for name, number in models.items()
    ]
    return prose.sentence(f"labels of themes: {prose.listed(said)}") if said else ""


def _sentences(themes: pd.DataFrame, stability: pd.DataFrame, what: str, reflexive: bool) -> tuple[str, ...]:
    if themes.empty:
        return ()
    if stability.empty:
        return (
            "Whether these themes would come back from slightly different material was not tried: it takes two "
            "documents and more talk than there is here, or it was switched off (themes.stability_runs).",
        )
    sizes = sorted({len(names) for names in stability.left_out})
    much = prose.count(sizes[0], "document") if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]} documents"
    mean = float(stability.agreement.mean())
    figures = (
        f" (adjusted Rand index {prose.figure(mean)} on average, {prose.figure(stability.agreement.min())} to "
        f"{prose.figure(stability.agreement.max())} by run; 1 is the same groups, 0 what chance gives)"
    )
    said = [
        f"Would the same themes come back from slightly different material? They were sought again "
        f"{prose.count(len(stability), 'time')}, each time without {much}: {_come_back(mean)}"
        f"{'' if reflexive else figures}."
    ]
    known = themes.stability[themes.stability.notna()]
    if len(known):
        counted = [
            (int((known >= NEARLY).sum()), "nearly the same"),
            (int(((known >= OUTLINE) & (known < NEARLY)).sum()), "in outline"),
        ]
        gone = int((known < OUTLINE).sum())
        parts = [f"{number:,} come{'s' if number == 1 else ''} back {how}" for number, how in counted if number]
        parts += [f"{gone:,} dissolve{'s' if gone == 1 else ''} or merge{'s' if gone == 1 else ''}"] if gone else []
        said.append(f"Of {prose.count(len(known), what)}, {prose.listed(parts)}; each card says which.")
    worst = stability.sort_values(["agreement", "run"]).iloc[0]
    if len(stability) > 1 and worst.agreement < MOSTLY:
        said.append(f"Most changes without {prose.listed(sorted(worst.left_out))}: read with care what rests on it.")
    return tuple(said)


def _come_back(mean: float) -> str:
    if mean >= SAME:
        return "nearly the same groups come back"
    if mean >= MOSTLY:
        return "the groups come back in outline, and passages on their edges change sides"
    if mean >= PARTLY:
        return "part of the groups come back, and others divide the talk anew"
    return "the groups change a good deal, so take them as one way among several to divide this talk"


def _runs(stability: pd.DataFrame, reflexive: bool) -> tuple[tuple[str, ...], ...]:
    rows = []
    for row in each(stability.sort_values("run")):
        figure = () if reflexive else (prose.figure(row.agreement),)
        names = ", ".join(sorted(row.left_out))
        rows.append((str(row.run), names, f"{row.n_segments:,}", str(row.n_themes), *figure))
    return tuple(rows)


def _number(choice: pd.DataFrame, n_themes: int | None, reflexive: bool) -> str:
    taken = choice[choice.chosen]
    if taken.empty:
        return ""
    chosen = int(taken.n_themes.iloc[0])
    if n_themes is not None:
        near = "" if chosen == n_themes else ", and this is the nearest the talk allows"
        return f"The number of candidates, {chosen}, was not read from the talk: params.yaml asks for {n_themes}{near}."
    if len(choice) < 2:
        return f"No other number of candidates than {chosen} was weighed: there is too little talk to compare several."
    tried = f"{int(choice.n_themes.min())} to {int(choice.n_themes.max())}"
    said = (
        f"Why {prose.count(chosen, 'candidate')}? Of the numbers that were tried, {tried}, this is the one at which "
        "the themes are most like what many runs on parts of the talk found by themselves"
    )
    if reflexive or taken.score.isna().all():
        return f"{said}. Another number is another reading: themes.n_themes in params.yaml sets it."
    best = float(taken.score.iloc[0])
    others = sorted(choice[~choice.chosen & (choice.score >= best - NEAR_AS_GOOD)].n_themes)
    close = f" {_spread([*others, chosen], others)} would do nearly as well." if others else ""
    return f"{said}.{close} Another number is another reading: themes.n_themes in params.yaml sets it."


def _spread(together: Sequence[int], others: Sequence[int]) -> str:
    """Numbers in words: as a span where they are several in a row."""
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
        y_label="likeness to the runs",
        label="How like the runs the themes are, by their number; the table holds the same figures",
    )


def _tried(choice: pd.DataFrame) -> tuple[tuple[str, str, bool], ...]:
    return tuple(
        (str(row.n_themes), prose.figure(row.score), bool(row.chosen)) for row in each(choice.sort_values("n_themes"))
    )


def _ordered(rows: pd.DataFrame) -> pd.DataFrame:
    """What says most of the theme first."""
    return rows.sort_values(["share", "kind", "name"], ascending=[False, True, True])


def _name(row: Any) -> str:
    return str(row.name) if row.kind == "case" else f"{row.kind} {row.name}"


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
    start = f"The theme was sought again without each of {tried} that speak in it"
    if not lost:
        return f"{start}, and was found again every time."
    most = [*lost[:4], *([f"{len(lost) - 4} more"] if len(lost) > 4 else [])]
    return f"{start}. It was not found again without {prose.listed(most, 'or')}."
