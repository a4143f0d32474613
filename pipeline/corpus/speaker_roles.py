"""Assigns each speaker a role and a case: from participants.csv, from the file, from the label, or by a guess."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.core.names import key, written
from pipeline.corpus import asking, legends, role_doubts, who_asks
from pipeline.corpus.asking import Said, Signs
from pipeline.corpus.participants import Person
from pipeline.corpus.readers.model import Labels, Transcript
from pipeline.corpus.who_asks import Verdict

# Labels for several or unknown speakers: their words are analysed but belong to no case.
NOBODY = frozenset(
    [
        "all",
        "alle",
        "everyone",
        "group",
        "multiple",
        "several",
        "unidentified",
        "unidentified speaker",
        "unknown",
        "unknown speaker",
    ]
)
# Most letters of an interviewer's label that may as well be short for another word: I for interviewee.
ABBREVIATION = 3
# In how many documents its speakers must seem to answer for that to count although it is not sure in any.
MANY = 3
# What a participant needs to be questioned as a second interviewer: share of turns that ask, and of all questions.
ASKS_TOO, QUESTIONS_TOO = 0.5, 0.25

PARTS = ("interviewer", "participant")
Place = tuple[str, str]


@dataclass(frozen=True)
class Role:
    """A speaker's role and case. `guessed`: whether the role of interviewer was guessed; `why`: what the role rests on.

    `why` completes a sentence such as "Dan: interviewer, because …"; it is '' where there is nothing to explain.
    """

    part: str
    case: str
    guessed: bool = False
    why: str = field(default="", compare=False)


@dataclass(frozen=True)
class Settled:
    """A part known without a guess, or '', and why. `by_label`: whether only the label says so."""

    part: str = ""
    why: str = ""
    by_label: bool = False


class Assigned(NamedTuple):
    """The role of each (document, speaker key), and what is doubtful about them: sentences, by document."""

    roles: dict[Place, Role]
    doubts: dict[str, list[str]]


def assign(transcripts: Mapping[str, Transcript], people: Mapping[Place, Person], labels: Labels) -> Assigned:
    """Return the role of each (document, speaker key), and the doubts about them.

    participants.csv takes precedence, then roles that the file states, then labels that mean the interviewer, unless
    their speakers answer; in documents where none names an interviewer, one may be guessed. A case is
    `document/speaker` unless participants.csv names it.
    """
    names: dict[str, dict[str, str]] = {
        document: {key(turn.speaker): turn.speaker for turn in transcript.turns}
        for document, transcript in sorted(transcripts.items())
    }
    settled = {
        (document, name): _settled(label, people.get((document, name)), labels, stated.get(name, ""))
        for document, stated in ((one, transcripts[one].stated_roles()) for one in names)
        for name, label in names[document].items()
    }
    found = _signs(transcripts, names, settled)
    doubts = _mixed(transcripts, people)
    mistaken = _mistaken(found, names, settled, doubts)
    settled = {place: Settled() if place in mistaken else one for place, one in settled.items()}
    asked, once = _asked(found, settled)
    open_to_guess = {place for place, one in settled.items() if not one.part}
    unasked = {
        document: {name: one for name, one in signs.items() if (document, name) not in once}
        for document, signs in found.items()
        if document not in asked
    }
    known = sorted((name, one.part) for (_, name), one in settled.items() if one.part in PARTS and not one.by_label)
    verdicts = who_asks.decide(unasked, open_to_guess=open_to_guess, stated=known)
    for document, signs in found.items():
        free = {name for name in signs if (document, name) in open_to_guess}
        if document in asked and not doubts[document]:
            doubts[document] += _seconds(signs, free, names[document])
        elif document in unasked and free and (verdicts[document].asks or document not in {at for at, _ in once}):
            doubts[document] += role_doubts.doubts(unasked[document], verdicts[document], names[document])
    roles_ = {}
    for (document, name), one in settled.items():
        verdict = verdicts.get(document, Verdict())
        if name in verdict.asks:
            why = role_doubts.because(name, found[document], verdict)
            roles_[document, name] = Role("interviewer", "", True, why)
        else:
            roles_[document, name] = _role(document, names[document][name], one, people.get((document, name)))
    return Assigned(roles_, {document: lines for document, lines in sorted(doubts.items()) if lines})


def _settled(speaker: str, person: Person | None, labels: Labels, stated: str) -> Settled:
    """Return what is known of a speaker without a guess. `stated`: the part that the file states."""
    says = "proposes so and is not confirmed" if person is not None and person.proposed else "says so"
    listed = f"participants.csv, line {person.line}, {says}" if person is not None else ""
    if person is not None and person.part:
        return Settled(person.part, listed)
    if not speaker or key(speaker) in NOBODY:
        return Settled("none")
    if person is not None and person.case:
        return Settled("participant", listed)
    if stated:
        return Settled(stated, "the file says so")
    if labels.asks(speaker):
        return Settled("interviewer", "the label means the interviewer (ingest.interviewer_labels)", by_label=True)
    return Settled()


def _signs(
    transcripts: Mapping[str, Transcript], names: Mapping[str, Mapping[str, str]], settled: Mapping[Place, Settled]
) -> dict[str, dict[str, Signs]]:
    """Return the signs of each speaker in each document in which several people speak.

    Where only one has a label, talk without a label is compared with theirs.
    """
    recurring = Counter(name for document in names.values() for name in document)
    found = {}
    for document, labels in names.items():
        transcript = transcripts[document]
        turns = [
            Said(document, key(turn.speaker), transcript.text[turn.start : turn.end])
            for turn in transcript.turns
            if settled[document, key(turn.speaker)].part != "none"
        ]
        if len({turn.speaker for turn in turns}) == 1:
            turns = [
                Said(document, key(turn.speaker), transcript.text[turn.start : turn.end]) for turn in transcript.turns
            ]
            turns = [turn for turn in turns if not turn.speaker or settled[document, turn.speaker].part != "none"]
        if len({turn.speaker for turn in turns}) > 1:
            legend = legends.parts(transcript, labels.values())
            found[document] = asking.signs(turns, labels=labels, recurring=recurring, legend=legend)
    return found


def _mixed(transcripts: Mapping[str, Transcript], people: Mapping[Place, Person]) -> dict[str, list[str]]:
    """Return, by document, a sentence on each speaker for whom the file states several roles; others are empty."""
    listed: dict[str, set[str]] = defaultdict(set)
    for document, name in people:
        listed[document].add(name)
    said = {document: role_doubts.mixed(one, listed=listed[document]) for document, one in sorted(transcripts.items())}
    return defaultdict(list, said)


def _mistaken(
    found: Mapping[str, Mapping[str, Signs]],
    names: Mapping[str, Mapping[str, str]],
    settled: Mapping[Place, Settled],
    doubts: dict[str, list[str]],
) -> set[Place]:
    """Return the speakers whose label means the interviewer but who answer, and add what is doubtful to `doubts`.

    Only an abbreviation is given up, and only if its speakers answer in most documents; any other is questioned.
    """
    against: dict[str, dict[str, tuple[str, float]]] = defaultdict(dict)
    for document, signs in found.items():
        by_label = [name for name in sorted(signs) if settled[document, name].by_label]
        free = {name: one for name, one in signs.items() if not settled[document, name].part}
        for name in by_label:
            others = {other: one for other, one in signs.items() if other in free or other in by_label}
            fewest = 1 if len(names[document][name]) <= ABBREVIATION else who_asks.MIN_TURNS
            other, gap = who_asks.contradicted(others, name, fewest=fewest)
            against[name][document] = (other, gap if other in free or not free else 0.0)
    mistaken = set()
    for name, documents in against.items():
        label = names[min(documents)][name]
        short = len(label) <= ABBREVIATION
        strong = [document for document, (_, gap) in documents.items() if gap >= who_asks.STRONG]
        some = [document for document, (_, gap) in documents.items() if gap >= who_asks.TAKEN]
        swapped = short and 2 * len(strong if len(some) < MANY else some) > len(documents)
        mistaken |= {(document, name) for document in documents if swapped}
        for document, (other, gap) in documents.items():
            if gap >= (who_asks.TAKEN if short else who_asks.STRONG):
                signs, shown = found[document], names[document]
                doubt = role_doubts.questioned(shown[name], shown[other], signs[name], signs[other], swapped=swapped)
                doubts[document].append(doubt)
    return mistaken


def _asked(found: Mapping[str, Mapping[str, Signs]], settled: Mapping[Place, Settled]) -> tuple[set[str], set[Place]]:
    """Return the documents in which an interviewer is known, and the speakers for whom that is not enough.

    A label that stands once may be a heading (`Interviewer: Ana Ruiz`) where somebody else asks.
    """
    asking_places = {place for place, one in settled.items() if one.part == "interviewer"}
    once = {
        (document, name)
        for document, name in asking_places
        if settled[document, name].by_label and len(found.get(document, {})) > 2 and found[document][name].turns == 1
        if any(
            max(one.n_questions, one.n_prompts) >= who_asks.SECOND_QUESTIONS
            for other, one in found[document].items()
            if not settled[document, other].part
        )
    }
    return {document for document, _ in asking_places - once}, once


def _seconds(signs: Mapping[str, Signs], free: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """Return a sentence on each participant who asks like an interviewer beside one."""
    return [
        role_doubts.second(names[name], signs[name])
        for name in sorted(free)
        if signs[name].asks >= ASKS_TOO
        and signs[name].questions >= QUESTIONS_TOO
        and signs[name].n_questions >= who_asks.SECOND_QUESTIONS
    ]


def _role(document: str, speaker: str, settled: Settled, person: Person | None) -> Role:
    """Return the role of a speaker who was not guessed to be the interviewer."""
    part = settled.part or "participant"
    case = person.case if person is not None and part != "interviewer" else ""
    return Role(part, case or (f"{document}/{written(speaker)}" if part == "participant" else ""), False, settled.why)
