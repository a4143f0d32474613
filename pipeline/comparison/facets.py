"""Whether themes follow the guide's questions, the documents or the codes, and whether codes cut across the guide.

How far a grouping follows a facet is the share of its entropy that the facet explains, corrected for chance: (I - E) /
(H - E), 0 for chance and 1 where the facet tells the groups apart completely. I is the mutual information, H the
entropy of the groups, and E the mean of I where stretches of an answer in one group are moved as wholes over the
study, so that talk that goes on in one theme is no evidence. A facet of many values gains nothing from having many.

Theil (1970), American Journal of Sociology 76, 103-154 (the uncertainty coefficient); Vinh, Epps & Bailey (2010), JMLR
11, 2837-2854 (adjustment for chance).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import xlogy

from pipeline.comparison import chance, coefficients, intervals
from pipeline.comparison.coefficients import Bools, Floats, Ints
from pipeline.comparison.overlaps import FEWEST
from pipeline.comparison.pairs import Options
from pipeline.comparison.units import Ratings
from pipeline.core.terms import HALF, UNASSIGNED

# Random arrangements from which E is estimated.
DRAWS = 50


@dataclass(frozen=True)
class Talk:
    """Applications of codes, in the order of the talk: theme, code, document, question and answer by number, (n,)."""

    theme_ids: Ints
    theme: Ints
    code: Ints
    document: Ints
    question: Ints
    answer: Ints

    def facet(self, name: str) -> Ints:
        """Return the values of a facet by its name."""
        return np.asarray(getattr(self, name), dtype=np.int64)


def facet_rows(
    themes: Ints,
    ratings: Ratings,
    coder: int,
    *,
    questions: Sequence[str],
    prompts: Sequence[str],
    options: Options,
) -> list[dict[str, Any]]:
    """Return rows of ThemeFacets, without the level: all themes, each theme, and the coder's codes, by facet.

    `themes`: (units,), theme ids, -1 for none; `questions`: (units,), the guide_id of the question that each answers,
    "" if none; `prompts`: (units,), the turn that each answers. Only segments with a code, a theme and a question
    count; where fewer than half of them have a question, that facet is left out.
    """
    asked = pd.DataFrame({"question": questions, "answer": prompts, "document": ratings.documents}, dtype="object")
    talk, facets = _talk(themes, asked, ratings.given[coder] & ratings.seen[coder][:, None])
    row = {"coder": ratings.coders[coder], "n": int(talk.theme.size)}
    if talk.theme.size < options.min_units or talk.theme_ids.size < 2 or np.unique(talk.code).size < 2:
        return []
    rows = _followed(talk, "theme", [*facets, "code"], options)
    names = [UNASSIGNED, *talk.theme_ids.tolist()]
    found = [
        row | {"of": "themes" if place == 0 else "theme", "theme_id": name} | one
        for place, name in enumerate(names)
        for one in rows[place]
        if place == 0 or np.count_nonzero(talk.theme == place - 1) >= FEWEST
    ]
    of_codes = _followed(talk, "code", facets, options)[0] if facets else []
    return found + [row | {"of": "codes", "theme_id": UNASSIGNED} | one for one in of_codes]


def explained(groups: Ints, facet: Ints, *, answers: Ints | None = None, seed: int, draws: int = DRAWS) -> Floats:
    """Return how far all groups, and then each of them against the rest, follow a facet; (groups + 1,).

    `groups`, `facet`: (n,), numbered from 0, in the order of the talk; `answers`: (n,), the answer each belongs to.
    """
    size = (int(groups.max(initial=-1)) + 1, int(facet.max(initial=-1)) + 1)
    whole = np.zeros_like(groups)

    def information(of: Ints) -> tuple[Floats, Floats]:
        return _information(np.bincount(of * size[1] + facet, minlength=size[0] * size[1]).reshape(size))

    shared, entropy = information(groups)
    arranged = chance.moved(groups, whole, across=False, draws=draws, seed=seed, cuts=answers)
    expected = np.mean([information(of)[0] for of in arranged], axis=0)
    return coefficients.divided(shared - expected, entropy - expected)


def _talk(themes: Ints, asked: pd.DataFrame, given: Bools) -> tuple[Talk, list[str]]:
    """Return the applications that count, and the facets beside codes that can be compared."""
    unit, code = np.nonzero(given & (themes >= 0)[:, None])
    has_question = (asked["question"] != "").to_numpy(dtype=bool)[unit]
    is_known = bool(unit.size and has_question.mean() >= HALF)
    if is_known:
        unit, code = unit[has_question], code[has_question]
    theme_ids, theme = np.unique(themes[unit], return_inverse=True)
    places = {name: pd.factorize(asked[name].to_numpy()[unit])[0].astype(np.int64) for name in asked.columns}
    codes = np.unique(code, return_inverse=True)[1].astype(np.int64)
    talk = Talk(theme_ids=theme_ids.astype(np.int64), theme=theme.astype(np.int64), code=codes, **places)
    several = {"question": is_known, "document": True}
    return talk, [name for name, known in several.items() if known and np.unique(talk.facet(name)).size > 1]


def _followed(talk: Talk, groups: str, facets: list[str], options: Options) -> list[list[dict[str, Any]]]:
    """Return, for all groups and then for each, a row per facet: value, interval and whether it follows that most."""
    pairs = list(combinations(range(len(facets)), 2))
    n_groups = int(talk.facet(groups).max()) + 1

    def statistic(used: Bools) -> Floats:
        values = np.full((len(facets), n_groups + 1), np.nan)
        present, of = np.unique(talk.facet(groups)[used], return_inverse=True)
        for place, name in enumerate(facets):
            facet = np.unique(talk.facet(name)[used], return_inverse=True)[1]
            values[place][np.r_[0, present + 1]] = explained(of, facet, answers=talk.answer[used], seed=options.seed)
        return np.concatenate([values, *(values[[one]] - values[[other]] for one, other in pairs)])

    n_documents = np.unique(talk.document).size
    if n_documents < options.min_documents:
        value = statistic(np.ones(talk.theme.size, dtype=bool))
        nothing = np.full(value.shape, np.nan)
        bounds, note = (
            intervals.Bounds(value, nothing, nothing, nothing),
            intervals.few_documents(n_documents, options.min_documents),
        )
    else:
        bounds, note = intervals.jackknife(statistic, talk.document), ""
    leads = [_leads(bounds, place, pairs, len(facets)) for place in range(len(facets))]
    return [
        [
            {
                "facet": name,
                "value": intervals.defined(bounds.value[place, group]),
                "low": intervals.defined(bounds.low[place, group]),
                "high": intervals.defined(bounds.high[place, group]),
                "follows": bool(leads[place][group]),
                "note": note,
            }
            for place, name in enumerate(facets)
        ]
        for group in range(n_groups + 1)
    ]


def _leads(bounds: intervals.Bounds, place: int, pairs: list[tuple[int, int]], n_facets: int) -> Bools:
    """Return whether the groups follow this facet, and clearly more than each other facet."""
    leads: Bools = np.greater(np.nan_to_num(bounds.low[place]), 0)
    for number, (one, other) in enumerate(pairs, start=n_facets):
        if place == one:
            leads &= np.nan_to_num(bounds.low[number]) > 0
        elif place == other:
            # `jackknife` caps upper bounds at 1, which no difference reaches here.
            leads &= np.nan_to_num(bounds.high[number], nan=1.0) < 0
    return leads


def _information(table: Ints) -> tuple[Floats, Floats]:
    """Return mutual information with the facet and entropy: of all groups, then of each against the rest, in nats."""
    joint = table / table.sum()
    group, facet = joint.sum(1), joint.sum(0)
    inside = xlogy(joint, joint) - xlogy(joint, group[:, None] * facet)
    rest, others = facet - joint, 1 - group
    outside = xlogy(rest, np.maximum(rest, 0)) - xlogy(rest, others[:, None] * facet)
    entropy = -xlogy(group, group)
    return (
        np.r_[inside.sum(), (inside + outside).sum(1)],
        np.r_[entropy.sum(), entropy - xlogy(others, others)],
    )
