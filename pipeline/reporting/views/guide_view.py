"""The questions of the interview guide: what themes answer each, and which one a theme answers."""

from dataclasses import dataclass

import pandas as pd

from pipeline.core import prose
from pipeline.core.table_rows import each, groups
from pipeline.core.terms import RESIDUES
from pipeline.decisions import states
from pipeline.inductive import theme_guide as shares

# Most wordings shown of a question.
SHOWN = 8


@dataclass(frozen=True)
class AskedQuestion:
    """A question of the guide: where it was asked, other wordings of it, and the themes its answers are in."""

    guide_id: str
    question: str
    size: str
    wordings: tuple[str, ...]
    further: int
    themes: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True)
class GuideView:
    """`questions`: in the guide's order; `by_theme`: what a theme answers, in a sentence; `lead`: for the section."""

    lead: str
    questions: tuple[AskedQuestion, ...]
    by_theme: dict[int, str]


def build(guide: pd.DataFrame, theme_guide: pd.DataFrame, themes: pd.DataFrame, *, n_used: int) -> GuideView:
    """Return the view. `n_used`: the number of segments analysed.

    What is no theme, such as loosely connected talk, is listed under the questions that it answers; it answers none.
    """
    ranked = states.ranked(themes)
    residue = {row.theme_id for row in each(ranked) if getattr(row, "passport", "") in RESIDUES}
    names = {row.theme_id: str(row.label) for row in each(ranked)}
    of_themes = theme_guide[theme_guide["theme_id"].isin(list(names))]
    parts = groups(of_themes, "guide_id")
    questions = tuple(_question(row, parts.get(row.guide_id, of_themes.iloc[:0]), names) for row in each(guide))
    by_theme = {
        theme: sentence
        for theme, rows in groups(of_themes, "theme_id").items()
        if theme not in residue and (sentence := answers(rows, guide, n_used=n_used))
    }
    return GuideView(lead(guide), questions, by_theme)


def lead(guide: pd.DataFrame) -> str:
    """Return how many questions there are, and how they were told."""
    if guide.empty:
        return "No question of an interview guide was found: nothing was asked in several interviews in like words."
    people = int((guide["source"] == "people").sum())
    found = len(guide) - people
    parts = [f"{people} from guide.yaml"] * bool(people) + [f"{found} recurring in interviews"] * bool(found)
    return (
        f"{prose.count(len(guide), 'question').capitalize()} of the interview guide: {prose.listed(parts)}. Like "
        "questions are matched by meaning; what is not listed is a follow-up. To name or join questions, run "
        "`counterpoint guide` and edit guide.yaml."
    )


def answers(rows: pd.DataFrame, guide: pd.DataFrame, *, n_used: int) -> str:
    """Return which question a theme answers, and how surely; '' for none. `rows`: of one theme in theme_guide."""
    best = min(each(rows), key=lambda row: (-row.n_segments, row.guide_id))
    own = guide[guide["guide_id"] == best.guide_id].iloc[0]
    much = shares.answers(float(best.share_of_theme), float(own["n_segments"]) / max(n_used, 1))
    if not much:
        return ""
    size = round(best.n_segments / best.share_of_theme)
    return (
        f"{much} “{prose.shortened(own['question'])}” ({best.n_segments} of {size} passages, "
        f"{prose.percent(best.share_of_theme)}; {prose.percent(best.share_of_answers)} of all answers to it)"
    )


def _question(row: pd.Series, rows: pd.DataFrame, names: dict[int, str]) -> AskedQuestion:
    ordered = rows.sort_values(["n_segments", "theme_id"], ascending=[False, True])
    times = prose.count(row.n_prompts, "time")
    where = prose.count(row.n_documents, "document")
    size = (
        f"asked {times} in {where}; {prose.count(row.n_segments, 'passage')} in answer"
        if row.n_prompts
        else "not asked"
    )
    others = [words for words in row.wordings if words != row.question]
    shares = tuple((one.theme_id, names[one.theme_id], prose.percent(one.share_of_answers)) for one in each(ordered))
    return AskedQuestion(row.guide_id, row.question, size, tuple(others[:SHOWN]), max(len(others) - SHOWN, 0), shares)
