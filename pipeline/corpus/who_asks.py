"""Decides who asks in each document: first by each document's own signs, then for the study as a whole.

A label that asks in nearly every document in which somebody clearly asks gets that part everywhere, and one that
answers never asks. A document that contradicts this is reported, not decided the other way.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipeline.corpus.asking import Signs

# How far the score of those who ask must lie above the others' to be taken as such, and to speak against a label.
TAKEN, STRONG = 1.25, 2.5
# Fewest turns of an interviewer, and the most who ask in one document.
MIN_TURNS, MOST_ASK = 2, 2
# What a second interviewer needs: share of turns that ask, and number of questions.
SECOND_ASKS, SECOND_QUESTIONS = 0.4, 3
# From how many documents on, and with what share of them, a label has one part in the whole study.
STUDY_DOCUMENTS, STUDY_SHARE = 2, 2 / 3

# Labels that programs number anew in each file.
_NUMBERED = re.compile(
    r"(?:(?:speaker|spkr?|voice|person|channel|track|sprecher(?:in)?|locuteur|hablante|orador|falante|parlante|spreker|"
    r"talare|mówca|спикер|голос|说话人|講者|發言人|发言人|話者|화자|참석자|ομιλητής|المتحدث|konuşmacı|s|m|f)?[\s_#.-]*)?"
    r"(?:\d{1,3}|(?<=[\s_])[a-z])"
)


@dataclass(frozen=True)
class Verdict:
    """Who asks in a document: speaker keys, and what is to be said about it.

    `local`: who asks by this document alone; `against`: speakers whose own signs contradict the part they are given.
    """

    asks: frozenset[str] = frozenset()
    local: frozenset[str] = frozenset()
    by_study: Mapping[str, int] = field(default_factory=dict)
    against: frozenset[str] = frozenset()


def decide(
    found: Mapping[str, Mapping[str, Signs]],
    *,
    open_to_guess: set[tuple[str, str]],
    stated: Iterable[tuple[str, str]] = (),
) -> dict[str, Verdict]:
    """Return the verdict for each document. `found`: signs by document and speaker; talk without a label is of ''.

    Only (document, speaker) pairs in `open_to_guess` can be taken for interviewers. `stated`: speakers and their parts
    in documents in which they are stated, which count as those in which they are clear.
    """
    free = {
        document: {name for name in signs if (document, name) in open_to_guess} for document, signs in found.items()
    }
    local = {
        document: askers({name: one.score for name, one in signs.items()}, signs) & free[document]
        for document, signs in sorted(found.items())
    }
    study = study_parts(found, local, stated)
    verdicts = {}
    for document, signs in sorted(found.items()):
        known = {name: study[name] for name in sorted(free[document] & set(study))}
        always = {name for name, (part, _) in known.items() if part == "interviewer"}
        never = set(known) - always
        asks = frozenset(always or (local[document] - never))
        here = askers({name: one.conduct for name, one in signs.items()}, signs) | local[document]
        against = frozenset((here & never) | (always - here if here else set()))
        by_study = {name: known[name][1] for name in sorted((asks | against) & set(known))}
        verdicts[document] = Verdict(asks, here, by_study, against)
    return verdicts


def askers(scores: Mapping[str, float], signs: Mapping[str, Signs]) -> frozenset[str]:
    """Return who asks in one document: those above the widest gap in the scores, if it is wide enough.

    A speaker who is the only one with a label needs a wider one, because the talk without a label may be anything.
    """
    ranked = sorted(scores, key=lambda name: (-scores[name], name))
    best: tuple[float, int] = (0.0, 0)
    for count in range(1, min(MOST_ASK, len(ranked) - 1) + 1):
        gap = scores[ranked[count - 1]] - scores[ranked[count]]
        if all(_may_ask(signs[name], first=name == ranked[0]) for name in ranked[:count]) and gap > best[0]:
            best = (gap, count)
    gap, count = best
    return frozenset(ranked[:count]) if gap >= (STRONG if "" in signs else TAKEN) else frozenset()


def study_parts(
    found: Mapping[str, Mapping[str, Signs]],
    local: Mapping[str, frozenset[str]],
    stated: Iterable[tuple[str, str]] = (),
) -> dict[str, tuple[str, int]]:
    """Return the part of each label that is clear from the study, and in how many documents it has it.

    Only documents in which somebody clearly asks count. Numbered labels of programs (`Speaker 1`) mean another person
    in each file and have no part in the study.
    """
    asked: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for name, part in stated:
        seen[name] += 1
        asked[name] += part == "interviewer"
    for document, signs in found.items():
        for name in signs if local[document] else ():
            seen[name] += 1
            asked[name] += name in local[document]
    parts = {}
    for name, count in seen.items():
        if not name or count < STUDY_DOCUMENTS or _NUMBERED.fullmatch(name):
            continue
        if asked[name] >= STUDY_SHARE * count:
            parts[name] = ("interviewer", asked[name])
        elif count - asked[name] >= STUDY_SHARE * count:
            parts[name] = ("participant", count - asked[name])
    return parts


def contradicted(signs: Mapping[str, Signs], label: str, *, fewest: int) -> tuple[str, float]:
    """Return who, by their conduct, asks instead of a speaker whose label means the interviewer, and by how much.

    `fewest`: fewest turns of each for them to be compared.
    """
    others = {name: one for name, one in signs.items() if name != label and one.turns >= fewest}
    if not others or signs[label].turns < fewest:
        return "", 0.0
    best = max(sorted(others), key=lambda name: others[name].conduct)
    return best, round(others[best].conduct - signs[label].conduct, 6)


def _may_ask(one: Signs, *, first: bool) -> bool:
    if one.turns < MIN_TURNS:
        return False
    return first or (one.asks >= SECOND_ASKS and one.n_questions >= SECOND_QUESTIONS)
