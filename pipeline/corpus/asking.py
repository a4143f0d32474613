"""Signs of who asks in a conversation, most of which need no language: questions, brevity, prompts, order.

A speaker's score is the sum of their signs, each between -1 and 1 and multiplied by its weight:

| sign | what it is | weight |
|---|---|---|
| asks | share of their turns that ask, by any script's question mark | 2 |
| questions | their share of all questions | 1.5 |
| prompts | share of their turns that another speaker answers at least twice as long; half of it in a group | 1.5 |
| brief | how much shorter their turns are than the others' | 0.75 |
| opens | they speak first | 0.5 |
| spread | in a group: how many of the others speak next after them | 0.5 |
| recurs | they are in at least twice as many documents as any other speaker | 0.75 |
| word | the label is a word for people who ask (1), who ask at work (0.5), or who answer (-1) | 1.5 |
| legend | the head of the document says who they are | 3 |

Where questions are marked, length counts half, because answers may be short. No sign decides alone.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from pipeline.corpus import role_words

WEIGHTS = {
    "asks": 2.0,
    "questions": 1.5,
    "prompts": 1.5,
    "brief": 0.75,
    "opens": 0.5,
    "spread": 0.5,
    "recurs": 0.75,
    "word": 1.5,
    "legend": 3.0,
}
WORD = {"asks": 1.0, "leads": 0.5, "answers": -1.0, "": 0.0}
# Turns and questions that are added to what there is before shares are taken, so that few weigh little.
FEW = 2
# From how many questions on marks can be relied on, and what length then counts for.
MARKS, MARKED = 2, 0.5
# How much longer an answer is than its prompt, and how long a prompt is; shorter ones may be answers: "Yes."
LONGER, PROMPT = 2, 14
# From how many documents on a speaker recurs.
RECURS = 2
# Most letters that may follow a question for the turn to end with it: "…, is it? Yeah."
TAIL = 16

# Question marks: Latin, full-width, Arabic, Ethiopic, Armenian, Vai, Bamum, doubled, reversed, and the Greek one.
_MARK = re.compile("[?？؟⁇⁈⁉‽⸮՞፧꘏꛷﹖︖\u037e]+")
_GREEK, _GREEK_MARK = re.compile("[\u0370-\u03ff]"), re.compile(r"(?<=[\u0370-\u03ff\u1f00-\u1fff])\s?;")
# Particles that end a question where no mark is written, in Japanese and Chinese.
_PARTICLE = re.compile(r"(?<=[\u3041-\u3096])か(?=[。．\s」]|$)|[吗嗎呢](?=[。．\s”」]|$)")
_SENTENCE = re.compile(r"[.!。！．։።…\n]+")
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LETTER = re.compile(r"[^\W_]")


@dataclass(frozen=True)
class Said:
    """A turn: its document, speaker key and words."""

    document: str
    speaker: str
    text: str


@dataclass(frozen=True)
class Signs:
    """A speaker's signs in a document, each between -1 and 1, and the counts that explain them."""

    asks: float
    questions: float
    prompts: float
    brief: float
    opens: float
    spread: float
    recurs: float
    word: float
    legend: float
    turns: int
    n_questions: int
    of_questions: int
    n_prompts: int

    @property
    def score(self) -> float:
        """The weighted sum of the signs."""
        return round(sum(weight * float(getattr(self, name)) for name, weight in WEIGHTS.items()), 6)

    @property
    def conduct(self) -> float:
        """The weighted sum without what the label says of the speaker."""
        return round(self.score - WEIGHTS["word"] * self.word, 6)


def question(text: str) -> float:
    """Return how far a turn asks: 1 if it ends with a question, otherwise the share of its sentences that ask."""
    ends = [match.end() for match in _MARK.finditer(text)] + [match.end() for match in _PARTICLE.finditer(text)]
    if _GREEK.search(text):
        ends += [match.end() for match in _GREEK_MARK.finditer(text)]
    if not ends:
        return 0.0
    tail = text[max(ends) :]
    if len(_LETTER.findall(tail)) <= TAIL or ("՞" in text and not _SENTENCE.search(tail[:-1])):
        return 1.0
    sentences = sum(1 for one in _SENTENCE.split(text) if _LETTER.search(one)) + len(ends)
    return len(ends) / sentences


def signs(
    turns: Sequence[Said], *, labels: Mapping[str, str], recurring: Mapping[str, int], legend: Mapping[str, float]
) -> dict[str, Signs]:
    """Return the signs of each speaker of one document.

    `turns`: in order; `labels`: a speaker's label; `recurring`: in how many documents a speaker is; `legend`: 1 for a
    speaker whom the head of the document calls the interviewer, -1 for one whom it calls a participant.
    """
    talk = [(speaker, " ".join(turn.text for turn in of)) for speaker, of in groupby(turns, lambda turn: turn.speaker)]
    runs = [(speaker, _length(text)) for speaker, text in talk]
    names = sorted({speaker for speaker, _ in runs})
    lengths: dict[str, list[int]] = defaultdict(list)
    asked: dict[str, list[float]] = defaultdict(list)
    for (speaker, length), (_, text) in zip(runs, talk, strict=True):
        lengths[speaker].append(length)
        asked[speaker].append(question(text))
    prompts, answered, nexts = _prompts(runs)
    total = sum(sum(values) for values in asked.values())
    shape = MARKED if total >= MARKS else 1.0
    found = {}
    for name in names:
        own, others = _mean(lengths[name]), [_mean(lengths[other]) for other in names if other != name]
        most = max((recurring.get(other, 1) for other in names if other != name), default=0)
        found[name] = Signs(
            asks=sum(asked[name]) / (len(asked[name]) + FEW),
            questions=sum(asked[name]) / (total + FEW),
            prompts=shape * prompts[name] / (answered[name] + 1) / (1 if len(names) == 2 else 2),
            brief=shape * (_mean(others) - own) / (_mean(others) + own) if others else 0.0,
            opens=float(runs[0][0] == name),
            spread=(len(nexts[name]) - 1) / (len(names) - 1) if len(names) > 2 and nexts[name] else 0.0,
            recurs=float(recurring.get(name, 1) >= max(RECURS, 2 * most)),
            word=WORD[role_words.kind(labels.get(name, name))],
            legend=legend.get(name, 0.0),
            turns=len(lengths[name]),
            n_questions=sum(value == 1 for value in asked[name]),
            of_questions=sum(value == 1 for values in asked.values() for value in values),
            n_prompts=prompts[name],
        )
    return found


def reasons(own: Signs, others: Iterable[Signs]) -> list[str]:
    """Return what speaks for a speaker as the one who asks, as phrases after "they"."""
    others = list(others)
    phrases = []
    if own.n_questions and own.asks > max((other.asks for other in others), default=0):
        phrases.append(f"ask {own.n_questions} of the {own.of_questions} questions")
    if own.n_prompts > 1 and own.prompts > max((other.prompts for other in others), default=0):
        phrases.append(f"speak briefly before {own.n_prompts} longer answers")
    if own.opens:
        phrases.append("speak first")
    if own.recurs:
        phrases.append("are in several documents")
    if own.legend > 0:
        phrases.append("are called so at the head of the document")
    elif own.word > 0:
        phrases.append("have a label that means so")
    if any(other.word < 0 or other.legend < 0 for other in others) and own.word <= 0 and own.legend <= 0:
        phrases.append("talk to people called participants")
    return phrases


def _prompts(runs: Sequence[tuple[str, int]]) -> tuple[Counter[str], Counter[str], dict[str, set[str]]]:
    """Return per speaker: turns answered at length, turns that another speaker follows, and who follows."""
    prompts: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    nexts: dict[str, set[str]] = defaultdict(set)
    for (speaker, length), (after, answer) in pairwise(runs):
        answered[speaker] += 1
        nexts[speaker].add(after)
        prompts[speaker] += length >= PROMPT and answer >= LONGER * length
    return prompts, answered, nexts


def _length(text: str) -> int:
    """Return the length of a turn in characters, without spaces; one of a script without them is worth several."""
    return max(len("".join(text.split())) + len(_DENSE.findall(text)), 1)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
