"""Which questions a theme's segments answer: those of the guide, and follow-ups as they were worded."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pipeline.core import store
from pipeline.core.table_rows import each, groups
from pipeline.corpus import question_wording

# A theme answers a question if this share of it does; in part if PARTLY does, and LIFT times what the question has of
# all segments.
MOSTLY, PARTLY, LIFT = 0.5, 1 / 3, 2.0
# A question of the guide names a theme by these shares (see `names`), if so many segments answer it, ...
LEAST_OF_THEME, MOST = 0.15, 0.5
FEWEST = 5
# ... and if the guide calls it by so many words and signs at most.
MOST_WORDS, MOST_SIGNS = 8, 60


def answers(share: float, expected: float) -> str:
    """Return how far a theme answers a question: mostly, partly or ''.

    `share`: of the theme's segments that answer it; `expected`: of all segments.
    """
    if share >= MOSTLY:
        return "mostly"
    return "partly" if share >= PARTLY and share >= LIFT * expected else ""


@dataclass(frozen=True)
class Asked:
    """What was asked of whom.

    `question_of`: the question that a turn asks, by prompt_id: its guide_id, or for a follow-up the first turn in the
    same words; `text_of`: a question's text; `wording_of`: a turn's own words; `cases_of`: who was asked a question;
    `share_of`: the share of all segments that answer it; `answers_to`: how many answer a question of the guide.
    """

    question_of: Mapping[str, str] = field(default_factory=dict)
    text_of: Mapping[str, str] = field(default_factory=dict)
    wording_of: Mapping[str, str] = field(default_factory=dict)
    cases_of: Mapping[str, frozenset[str]] = field(default_factory=dict)
    share_of: Mapping[str, float] = field(default_factory=dict)
    answers_to: Mapping[str, int] = field(default_factory=dict)

    def of(self, prompt_id: str) -> str:
        """Return the question that a turn asks; '' for none."""
        return self.question_of.get(prompt_id, prompt_id)

    def words(self, prompt_id: str) -> str:
        """Return all that a turn asks: its own words, and those of the guide's question."""
        return f"{self.wording_of.get(prompt_id, '')} {self.text_of.get(self.of(prompt_id), '')}"

    def answered(self, question: str, share: float) -> bool:
        """Return whether talk of which this share answers a question was asked for by it; '' is no question."""
        return bool(question and answers(share, self.share_of.get(question, 0.0)))


def asked(guide: pd.DataFrame, prompts: pd.DataFrame, turns: pd.DataFrame, segments: pd.DataFrame) -> Asked:
    """Return what was asked of whom: the questions of a document, of all who speak in it."""
    whole = dict(zip(turns["turn_id"], turns["text"], strict=True))
    known = {row.prompt_id: row for row in each(prompts)}
    asking = segments.loc[segments["prompt_id"] != "", ["document", "prompt_id"]].drop_duplicates()
    where = dict(zip(asking["prompt_id"], asking["document"], strict=True)) | {
        name: row.document for name, row in known.items()
    }
    first: dict[str, str] = {}
    question_of, wording_of = {}, {}
    for turn in sorted(where):
        own = known.get(turn)
        wording_of[turn] = (own.wording if own else "") or whole.get(turn, "")
        same = first.setdefault(question_wording.plain(wording_of[turn]), turn)
        question_of[turn] = (own.guide_id if own else "") or same
    text_of = {turn: wording_of[turn] for turn in question_of.values() if turn in wording_of}
    text_of |= dict(zip(guide["guide_id"], guide["question"], strict=True))
    speak = {document: {*own["case"]} - {""} for document, own in groups(segments, "document").items()}
    cases_of: dict[str, set[str]] = {}
    for turn, question in question_of.items():
        cases_of.setdefault(question, set()).update(speak.get(where[turn], ()))
    answers_to = segments["prompt_id"].map(lambda turn: question_of.get(turn, turn)).value_counts()
    share_of = answers_to / len(segments)
    return Asked(
        question_of,
        text_of,
        wording_of,
        {name: frozenset(cases) for name, cases in cases_of.items()},
        {str(name): float(share) for name, share in share_of.items()},
        {name: int(answers_to.get(name, 0)) for name in guide["guide_id"]},
    )


def names(called: Sequence[str], groups: np.ndarray) -> list[str]:
    """Return for each group the question of the guide that names it; "" for none.

    `called`: how the guide calls the question that each segment answers, "" for none; `groups`: (n,), -1 for none. A
    question names a group if the guide calls it by a few words; if the group holds at least half of its answers, and
    more than any other group; and if it is what at least half of the group's answers to any question are to, and more
    than to any other. Other segments of the group may answer follow-ups, which are not in the guide.
    """
    answered, found = np.array(called, dtype=object), []
    n_groups = int(groups.max(initial=-1)) + 1
    for group in range(n_groups):
        own = pd.Series(answered[groups == group])
        counts = own[own != ""].value_counts().sort_index()
        name = str(counts.idxmax()) if len(counts) else ""
        n = int(counts.max()) if len(counts) else 0
        here = np.bincount(groups[(answered == name) & (groups >= 0)], minlength=n_groups)
        most_here = n >= MOST * int((answered == name).sum()) and n > np.delete(here, group).max(initial=0)
        most_of_it = n >= MOST * counts.sum() and int((counts == n).sum()) == 1
        enough = n >= LEAST_OF_THEME * len(own) and most_of_it and most_here
        found.append(name if n >= FEWEST and enough and _is_name(name) else "")
    return found


def _is_name(text: str) -> bool:
    """Return whether a question's text is a few words that call it ("Role"), and no question or request in full."""
    ends = unicodedata.category(text[-1:]).startswith("P") and text[-1:] not in "\"”»’')]"
    asks = any(sign in text for sign in "?？؟;")
    printable = not any(unicodedata.category(sign).startswith("C") for sign in text)
    letters = any(sign.isalpha() for sign in text)
    return letters and printable and not (ends or asks) and len(text) <= MOST_SIGNS and len(text.split()) <= MOST_WORDS


def table(
    segments: pd.DataFrame, members: Sequence[tuple[int, np.ndarray]], guide: pd.DataFrame, prompts: pd.DataFrame
) -> pd.DataFrame:
    """Return the table theme_guide. `members`: the id and the places in `segments` of each theme and sub-theme."""
    guide_of = dict(zip(prompts["prompt_id"], prompts["guide_id"], strict=True))
    answered = segments["prompt_id"].map(guide_of).fillna("").to_numpy()
    total = pd.Series(answered).value_counts()
    rows = []
    for theme_id, places in members:
        own = pd.Series(answered[places]).value_counts()
        for guide_id in guide["guide_id"]:
            if n := int(own.get(guide_id, 0)):
                rows.append((theme_id, guide_id, n, n / len(places), n / int(total[guide_id])))
    columns = list(store.empty("theme_guide").columns)
    return pd.DataFrame(rows, columns=columns) if rows else store.empty("theme_guide")
