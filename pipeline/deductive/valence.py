"""Classifies passages as facilitator or barrier, with the sentence that shows it.

Based on wording: similarity of the vector to model sentences of either kind, and marker words, reversed by a preceding
negation. If people coded facilitators and barriers, the two are reweighted by these passages, each document by the
codings of others. This is the least reliable of the pipeline's outputs: irony and barriers that were overcome are often
misread.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.corpus.coded_segments import codes_of_segments
from pipeline.deductive import mapping_few
from pipeline.deductive.calibration import DIGITS, Floats, sigmoid
from pipeline.deductive.mapping_few import EVERYTHING
from pipeline.deductive.valence_words import CODED, HELP_WORDS, HINDER_WORDS, NEGATIONS

HELPS = (
    "This really helped us to do the work.",
    "It worked well and people were glad to take part.",
    "We had the support, the time and the people we needed.",
    "Things got better because of it.",
    "Having somebody keen made all the difference.",
    "It was easy, useful and clear.",
    "They listened to us and backed us.",
    "I was proud of it and wanted to do more.",
)
HINDERS = (
    "This got in the way of the work.",
    "It did not work and people gave up on it.",
    "We had no support, no time and not enough people.",
    "Things got worse because of it.",
    "Nobody was interested and it stopped.",
    "It was difficult, useless and confusing.",
    "They did not listen to us and left us alone.",
    "I was frustrated by it and wanted no more of it.",
)
ANCHORS = (*HELPS, *HINDERS)

REACH = 3
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
SENTENCE = re.compile(r"[^.!?\n]+[.!?]*[\"'”’)]*")

# Weights of vectors and words in log-odds; round numbers, not fitted to any study.
OF_VECTORS, OF_WORDS = 10.0, 1.5
# Minimum probability of a single valence; below it, both if words of both kinds occur, otherwise neither.
CLEAR = 0.6
# Minimum number of coded passages of each kind for learning.
FEWEST = 10


@dataclass(frozen=True)
class Reading:
    """Counts of facilitator and barrier words in a text."""

    helps: int
    hinders: int


def read(text: str) -> Reading:
    """Count facilitator and barrier words in a text; a negation up to three words before reverses a word."""
    helps = hinders = 0
    words = WORD.findall(text.lower().replace("’", "'"))
    for place, word in enumerate(words):
        if word not in HELP_WORDS and word not in HINDER_WORDS:
            continue
        before = words[max(place - REACH, 0) : place]
        turned = any(other in NEGATIONS for other in before) or (word in HELP_WORDS and "too" in before)
        if (word in HELP_WORDS) != turned:
            helps += 1
        else:
            hinders += 1
    return Reading(helps, hinders)


@dataclass(frozen=True)
class Witness:
    """Evidence from wording, one row per segment.

    `vectors`: similarity to facilitators (+) or barriers (-); `words`: -1 to 1; `readings`: the counts behind `words`.
    """

    vectors: Floats
    words: Floats
    readings: tuple[Reading, ...]

    @property
    def helps(self) -> Floats:
        """The probability of facilitator rather than barrier, from wording alone."""
        return sigmoid(OF_VECTORS * self.vectors + OF_WORDS * self.words).round(DIGITS)


def witness(texts: list[str], plain: Floats, anchors: npt.NDArray[np.float32]) -> Witness:
    """Return the evidence from wording. `plain`: unit vectors of segments; `anchors`: vectors of ANCHORS."""
    help_side, hinder_side = anchors[: len(HELPS)].mean(axis=0), anchors[len(HELPS) :].mean(axis=0)
    readings = tuple(read(text) for text in texts)
    balance = [(one.helps - one.hinders) / (1 + one.helps + one.hinders) for one in readings]
    vectors: Floats = plain @ (help_side - hinder_side).astype(np.float64)
    return Witness(vectors, np.array(balance, dtype=np.float64), readings)


def valences(
    segments: pd.DataFrame,
    evidence_of: Witness,
    *,
    codings: pd.DataFrame,
    features: Callable[[], Floats],
    options: mapping_few.Options,
) -> pd.DataFrame:
    """Return rows of the table valence, one per segment; learned if people coded valence, otherwise from wording alone.

    `features`: returns the features, one row per segment; called only if there is something to learn.
    """
    helps = evidence_of.helps
    both = np.array([counts.helps > 0 and counts.hinders > 0 for counts in evidence_of.readings], dtype=bool)
    sides = np.stack([helps, 1 - helps], axis=1)
    verdict = np.where(helps >= CLEAR, "facilitator", np.where(helps <= 1 - CLEAR, "barrier", ""))
    verdict = np.where(verdict != "", verdict, np.where(both, "both", "neither"))
    middle = 1 - np.abs(2 * helps - 1)
    score = np.where(verdict == "facilitator", helps, np.where(verdict == "barrier", 1 - helps, middle))
    method = np.full(len(segments), "zero_shot", dtype=object)
    coded = _coded(segments, codings)
    if coded.sum(axis=0).min() >= FEWEST:
        own = np.stack([evidence_of.vectors * OF_VECTORS, evidence_of.words * OF_WORDS], axis=1) / 4
        predicted = mapping_few.predict(
            np.hstack([features(), own]),
            coded,
            groups=segments["document"].to_numpy(dtype=np.str_),
            seen=np.asarray(coded.any(axis=1)),
            options=options,
        )
        learned = predicted.fold >= EVERYTHING
        fits = predicted.probabilities >= predicted.thresholds
        names = np.array(["neither", "barrier", "facilitator", "both"], dtype=object)[2 * fits[:, 0] + fits[:, 1]]
        sure = np.where(fits, predicted.probabilities, 1 - predicted.probabilities).min(axis=1)
        verdict, score = np.where(learned, names, verdict), np.where(learned, sure, score)
        sides = np.where(learned[:, None], predicted.probabilities, sides)
        method[learned] = "few_shot"
    spans = [
        evidence(str(text), str(way)) for text, way in zip(segments["text"].tolist(), verdict.tolist(), strict=True)
    ]
    start = segments["start"].to_numpy(dtype=np.int64)
    return pd.DataFrame(
        {
            "segment_id": segments["segment_id"].to_numpy(),
            "valence": verdict,
            "score": score.round(6),
            "facilitator": sides[:, 0].round(6),
            "barrier": sides[:, 1].round(6),
            "evidence_start": start + np.array([span[0] for span in spans], dtype=np.int64),
            "evidence_end": start + np.array([span[1] for span in spans], dtype=np.int64),
            "method": method,
        }
    )


def evidence(text: str, verdict: str) -> tuple[int, int]:
    """Return the span of the sentence that best supports the verdict; (0, 0) if there is none."""
    best, place = 0, (0, 0)
    for match in SENTENCE.finditer(text):
        counts = read(match.group())
        weight = {
            "facilitator": counts.helps - counts.hinders,
            "barrier": counts.hinders - counts.helps,
            "both": counts.helps + counts.hinders,
        }.get(verdict, 0)
        if weight > best:
            lead = len(match.group()) - len(match.group().lstrip())
            best, place = weight, (match.start() + lead, match.start() + len(match.group().rstrip()))
    return place


def _coded(segments: pd.DataFrame, codings: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return segments x (facilitator, barrier): where people coded it, by the name of the code or its parent."""
    side = codings["code"].str.casefold().map(CODED).fillna(codings["parent_code"].str.casefold().map(CODED))
    named = codings.assign(code=side.map({0: "facilitator", 1: "barrier"})).dropna(subset=["code"])
    rows = codes_of_segments(segments, named)
    ids = segments["segment_id"]
    columns = [ids.isin(rows.loc[rows["code"] == name, "segment_id"]) for name in ("facilitator", "barrier")]
    return np.stack(columns, axis=1).astype(np.bool_)
