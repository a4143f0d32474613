"""The words of the page's first screen: the study, what changed, what to read first, and what to be careful with."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pipeline.core import coders, prose
from pipeline.core.table_rows import counts, each, lookup
from pipeline.decisions import ledger, states
from pipeline.decisions.ledger import Decision
from pipeline.decisions.states import Count
from pipeline.reporting.quotes import Quote
from pipeline.reporting.views import overview, quality_data
from pipeline.reporting.views.theme_data import steadiness

# Shares from which a theme is told to rest on one person, source or question.
ONE_VOICE, ONE_SOURCE, ONE_QUESTION = 0.5, 0.6, 0.6
# F1 of a candidate code from which people may lean on it, and below which it is weak; uses that it takes to say so.
RELIABLE, WEAK, ENOUGH = 0.6, 0.4, 8
# Words of a passage that can be read by itself.
SHORTEST, LONGEST = 14, 90
# What to be careful with, most important first, and how many themes are named with each.
CAREFUL = ("Mostly one voice", "Mostly one focus group", "Unstable", "Answers to one question", "Weak codes")
MOST_NAMED = 2
# How the page calls the pipeline among coders, before its method.
THE_PIPELINE = "the pipeline"

Line = dict[str, str]


class Warned(NamedTuple):
    """Something to be careful with: why, the themes or codes that are named at once, and the rest of them."""

    why: str
    named: tuple[Line, ...]
    rest: tuple[Line, ...]


def study_line(tables: Mapping[str, pd.DataFrame]) -> str:
    """The study in one line: sources, people, passages and coders."""
    segments, codings = tables["segments"], tables["codings"]
    people, heard = (rows[rows.case != ""].case.nunique() for rows in (segments, segments[segments.substantive]))
    who = prose.count(people, "participant")
    parts = [
        overview.sources_in_words(tables["documents"]),
        f"{who} ({heard:,} with passages)" if heard < people else who,
        prose.count(int(segments.substantive.sum()), "passage"),
        prose.count(len(coders.people(codings.coder)), "coder"),
    ]
    return " · ".join(parts)


def found(count: Count) -> str:
    """How many candidate themes there are, and whose decision it is."""
    if not count.shown and count.found:
        return "No groups of passages are left: your decisions rejected or merged all of them. Quality lists them."
    if not count.shown:
        return "No groups of similar passages were found: there is too little text. Read the passages under Quotes."
    decided = f" You accepted {count.accepted:,}." if count.accepted else ""
    groups_found = f"We found {prose.count(count.found, 'group')} of similar passages (candidate themes)."
    after = ""
    if count.shown != count.found:
        after = f" After your decisions {'there is' if count.shown == 1 else 'there are'} {count.shown:,}."
    return f"{groups_found}{after}{decided} You decide which are themes."


def since(tables: Mapping[str, pd.DataFrame], decisions: Sequence[Decision], n_waiting: int) -> list[Line]:
    """What changed since the last decision, and what waits; each with the view that shows it."""
    said: list[Line] = []
    standing = ledger.standing(decisions)
    if standing:
        before = set(standing[-1].documents)
        new = [name for name in sorted(tables["documents"].document) if before and name not in before]
        if new:
            said.append({"text": prose.count(len(new), "more source"), "to": "quality?part=sources"})
    questions = tables["theme_questions"]
    if len(questions):
        count = prose.count(len(questions), "question waits", "questions wait")
        said.append({"text": f"{count} for you", "to": "quality?part=waiting"})
    labels = lookup(tables["theme_states"], "theme_id", "label")
    joined = questions[questions.kind == "joined"].sort_values("n_segments", ascending=False)
    for row in each(joined.head(1)):
        gained = prose.count(row.n_segments, "passage")
        said.append({"text": f"“{labels.get(row.theme_id, '')}” gained {gained}", "to": f"themes/{row.theme_id}"})
    if n_waiting and not len(questions):
        # By itself it is no news: the page then says "Not decided yet".
        text = prose.count(n_waiting, "theme")
        said.append({"text": f"{text} still undecided" if said else text, "to": "themes"})
    return said


def read_first(
    tables: Mapping[str, pd.DataFrame], quoted: Mapping[str, Quote], disputes: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Up to three passages, each with why: a voice hardly heard, a disagreement, and one between two themes."""
    chosen = [_disagreement(disputes), _unheard(tables, quoted), _between(tables, quoted)]
    taken: dict[int, dict[str, Any]] = {}
    for one in chosen:
        if one is not None:
            taken.setdefault(one["s"], one)
    return list(taken.values())


def _disagreement(disputes: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The first passage on which people differ with each other; if there is none, with the pipeline."""
    for of_people, who in ((True, "Coders differ"), (False, "Coder and pipeline differ")):
        for one in disputes:
            words = _difference(_given(one, of_people=of_people), one["codes"])
            if words:
                return {"s": one["s"], "why": f"{who}: {words}", "to": "quality"}
    return None


def _given(dispute: Mapping[str, Any], *, of_people: bool) -> dict[str, list[str]]:
    """The codes that each coder gave; of people, or of people and the pipeline's first method."""
    given: dict[str, list[str]] = {}
    for who, codes in dispute["says"]:
        machine = who.startswith(THE_PIPELINE)
        if not (machine and of_people):
            given.setdefault(THE_PIPELINE if machine else who, quality_data.given_codes(codes, dispute["codes"]))
    return given


def _difference(given: Mapping[str, Sequence[str]], disputed: Sequence[str]) -> str:
    """What coders gave differently, in words; empty if they gave the same of the codes in dispute."""
    givers = {code: [who for who, codes in given.items() if code in codes] for code in disputed}
    contested = [code for code in disputed if 0 < len(givers[code]) < len(given)]
    if not contested:
        return ""
    alone = {who: codes[0] for who, codes in given.items() if len(codes) == 1}
    if len(given) == len(alone) == len(set(alone.values())):
        return prose.listed([f"“{code}” ({who})" for who, code in alone.items()], "or")
    code = contested[0]
    others = [who for who in given if who not in givers[code]]
    verb = "added" if set.intersection(*(set(codes) for codes in given.values())) else "gave"
    return f"{prose.listed(givers[code])} {verb} “{code}”; {prose.listed(others)} did not"


def _readable(segments: pd.DataFrame) -> pd.DataFrame:
    return segments[segments.substantive & segments.n_words.between(SHORTEST, LONGEST)]


def _unheard(tables: Mapping[str, pd.DataFrame], quoted: Mapping[str, Quote]) -> dict[str, Any] | None:
    """The passage least like all others, of the person of whom the fewest passages were chosen as quotes."""
    segments = _readable(tables["segments"])
    spoken = segments[segments.case != ""]
    if spoken.case.nunique() < 3:
        return None
    case_of = lookup(tables["segments"], "segment_id", "case")
    shown = counts(tables["theme_quotes"].segment_id.map(case_of))
    unlike = lookup(tables["theme_unassigned"], "segment_id", "rank")
    strength = lookup(tables["theme_assignments"], "segment_id", "strength")
    ordered = spoken.assign(
        shown=spoken.case.map(lambda case: shown.get(case, 0)),
        unlike=spoken.segment_id.map(lambda name: unlike.get(name, len(unlike) + 1)),
        strength=spoken.segment_id.map(lambda name: -(strength.get(name) or 0.0)),
    ).sort_values(["shown", "unlike", "strength", "segment_id"])
    row = next(each(ordered))
    return {"s": quoted[row.segment_id].number, "why": f"Least quoted: {_short(row.case, spoken.case)}", "to": ""}


def _short(case: str, others: pd.Series) -> str:
    """What a person is called: named by document and speaker ("P1.txt/Ana"), by the speaker where no two are alike."""
    last = case.rsplit("/", 1)[-1]
    return last if sum(name.rsplit("/", 1)[-1] == last for name in set(others)) == 1 else case


def _between(tables: Mapping[str, pd.DataFrame], quoted: Mapping[str, Quote]) -> dict[str, Any] | None:
    """The passage whose vector lies most evenly between the centres of two themes."""
    vector_of = lookup(tables["embeddings"], "segment_id", "vector")
    theme_of = lookup(tables["theme_assignments"], "segment_id", "theme_id")
    ranked = states.ranked(tables["themes"])
    labels = lookup(ranked, "theme_id", "label")
    held = [name for name, theme in theme_of.items() if theme in labels and name in vector_of]
    if len(labels) < 2 or not held:
        return None
    matrix = np.stack([np.asarray(vector_of[name], dtype=np.float64) for name in held])
    of = np.array([theme_of[name] for name in held])
    themes = [theme for theme in labels if (of == theme).any()]
    centres = np.stack([matrix[of == theme].mean(axis=0) for theme in themes])
    centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-12)
    near = matrix @ centres.T
    order = np.argsort(-near, axis=1, kind="stable")[:, :2]
    if order.shape[1] < 2:
        return None
    two = np.take_along_axis(near, order, axis=1)
    readable = set(_readable(tables["segments"]).segment_id)
    # High for both, and nearly the same for both.
    score = two[:, 1] - 2 * (two[:, 0] - two[:, 1])
    best = [place for place in np.argsort(-score, kind="stable") if held[place] in readable][:1]
    if not best:
        return None
    between = prose.listed([f"“{labels[themes[place]]}”" for place in sorted(order[best[0]])])
    return {"s": quoted[held[best[0]]].number, "why": f"Between {between}", "to": ""}


def careful(tables: Mapping[str, pd.DataFrame], *, reflexive: bool) -> list[Warned]:
    """What to be careful with: themes of one person, one focus group or one question, unstable ones, and weak codes."""
    kind_of = lookup(tables["documents"], "document", "source_type")
    several = len(tables["documents"]) > 1
    told: dict[str, list[Line]] = {}
    for row in each(states.ranked(tables["themes"])):
        why = _why_careful(row, kind_of, several)
        if why:
            told.setdefault(why, []).append({"text": str(row.label), "to": f"themes/{row.theme_id}"})
    weak = [] if reflexive else weak_codes(tables["agreement"])
    if weak:
        told["Weak codes"] = [{"text": code, "to": "quality"} for code in weak]
    return [Warned(why, tuple(told[why][:MOST_NAMED]), tuple(told[why][MOST_NAMED:])) for why in CAREFUL if why in told]


def _why_careful(row: Any, kind_of: Mapping[str, str], several: bool) -> str:
    """The most important reason to be careful with a theme, or an empty text."""
    if several and row.main_case and _at_least(row.main_case_share, ONE_VOICE):
        return "Mostly one voice"
    if several and kind_of.get(row.main_document) == "focus_group" and _at_least(row.main_document_share, ONE_SOURCE):
        return "Mostly one focus group"
    if steadiness(row.stability) == "lost":
        return "Unstable"
    if row.prompt_text and _at_least(row.prompt_share, ONE_QUESTION):
        return "Answers to one question"
    return ""


def _at_least(value: object, limit: float) -> bool:
    return isinstance(value, float | int) and not pd.isna(value) and value >= limit


def weak_codes(agreement: pd.DataFrame) -> list[str]:
    """The candidate codes that agree least with people's, of those that people used often enough to tell."""
    own = _measured(agreement)
    return [str(code) for code in own[own.f1 < WEAK].code][::-1]


def reliable_codes(agreement: pd.DataFrame, *, most: int = 2) -> str:
    """Which candidate codes people can rely on, and which not, in a sentence; empty if nobody coded enough to tell.

    Each code counts by itself, without its sub-codes, as in the list of codes below it.
    """
    own = _measured(agreement)
    if own.empty:
        return ""
    good, bad = list(own[own.f1 >= RELIABLE].code), weak_codes(agreement)
    first = f"Candidate codes: most reliable for {_some(good, most)}" if good else "No candidate code is reliable yet"
    return f"{first}{f'; weak for {_some(bad, most)}' if bad else ''}."


def _some(codes: Sequence[str], most: int) -> str:
    """The first of some codes, and how many more there are."""
    more = len(codes) - most
    return prose.listed([*(f"“{code}”" for code in codes[:most]), *([f"{more:,} more"] if more > 0 else [])])


def _measured(agreement: pd.DataFrame) -> pd.DataFrame:
    """The codes that people used often enough to tell (see `quality_data.with_pipeline`), best code first."""
    own = quality_data.with_pipeline(agreement)
    return own[(own.n_people >= ENOUGH) & own.f1.notna()]


def stability(tables: Mapping[str, pd.DataFrame]) -> str:
    """Whether the groups came back in the runs that leave sources out, in a sentence; empty if not measured."""
    runs = tables["theme_stability"]
    known = [steadiness(value) for value in states.ranked(tables["themes"]).stability]
    if runs.empty or not any(known):
        return ""
    sizes = sorted({len(names) for names in runs.left_out})
    much = prose.count(sizes[0], "source") if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]} sources"
    number = {kind: known.count(kind) for kind in ("stable", "shifted", "lost")}
    words = [f"{number['stable']:,} {'group was' if number['stable'] == 1 else 'groups were'} stable"]
    words += [f"{number['shifted']:,} shifted"] if number["shifted"] else []
    words += [f"{number['lost']:,} did not hold"] if number["lost"] else []
    reruns = "one rerun" if len(runs) == 1 else f"{len(runs):,} reruns, each"
    return f"In {reruns} without {much}, {', '.join(words)}."
