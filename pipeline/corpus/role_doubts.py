"""Says in sentences what a speaker's role rests on, and what is doubtful about it."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence

from pipeline.core import prose
from pipeline.core.names import key
from pipeline.corpus import asking
from pipeline.corpus.asking import Signs
from pipeline.corpus.readers.model import Transcript
from pipeline.corpus.who_asks import Verdict

# Most speakers that are named, and most reasons that are given, in a sentence.
NAMED, REASONS = 4, 3
# From how many speakers of one turn each a document is a list of statements: with questions among them, and without.
STATEMENTS, UNASKED = 8, 4
MEND = "give each speaker's part in participants.csv"

Names = Mapping[str, str]


def because(name: str, signs: Mapping[str, Signs], verdict: Verdict) -> str:
    """Return why a speaker was taken for the interviewer: "they ask 14 of the 18 questions and speak first"."""
    answering = [one for other, one in signs.items() if other not in verdict.asks]
    phrases = asking.reasons(signs[name], answering)
    elsewhere = verdict.by_study.get(name, 0) - (name in verdict.local)
    if elsewhere > 0:
        phrases = [*phrases[: REASONS - 1], f"ask in {prose.count(elsewhere, 'other document')}"]
    phrases = phrases[:REASONS]
    return f"they {prose.listed(phrases)}" if phrases else "they ask"


def doubts(signs: Mapping[str, Signs], verdict: Verdict, names: Names) -> list[str]:
    """Return what is doubtful in a document in which no interviewer is stated. `names`: labels by speaker key."""
    said = [
        f"'{names[name]}' was assumed to be the interviewer, because {because(name, signs, verdict)}. "
        f"If that is wrong, {MEND}."
        for name in sorted(verdict.asks)
    ]
    said += [_against(name, signs, verdict, names) for name in sorted(verdict.against)]
    if not verdict.asks and "" not in signs and not _statements(signs):
        said.append(nobody(signs, names))
    return said


def nobody(signs: Mapping[str, Signs], names: Names) -> str:
    """Return that nobody was taken for the interviewer in a document, and why."""
    shown = [names[name] for name in sorted(signs)]
    who = prose.listed(shown) if len(shown) <= NAMED else f"the {len(shown)} speakers"
    few = sum(one.turns for one in signs.values()) <= NAMED
    why = f"{who} have too few turns to tell" if few else f"by their turns, {who} ask alike"
    return (
        f"Nobody was taken for the interviewer: {why}. If one of them asks the questions, give them part: "
        "interviewer in participants.csv."
    )


def questioned(label: str, other: str, own: Signs, against: Signs, *, swapped: bool) -> str:
    """Return that a label that means the interviewer seems to answer. `swapped`: whether it was read as another's."""
    conduct = f"'{other}' seems to ask ({prose.listed(asking.reasons(against, [own])) or 'by the shape of the talk'})"
    if swapped:
        return (
            f"'{label}' is a label of interviewers (ingest.interviewer_labels), but here {conduct} and '{label}' "
            f"answers, so '{label}' was not taken for the interviewer. If that is wrong, {MEND}."
        )
    return (
        f"'{label}' was taken for the interviewer, as ingest.interviewer_labels says, but here {conduct} and '{label}' "
        f"answers. If that is wrong, {MEND}."
    )


def second(label: str, own: Signs) -> str:
    """Return that a participant asks like an interviewer beside one who is labelled as such."""
    return (
        f"'{label}' was kept as a participant, although they ask {own.n_questions} of the {own.of_questions} questions "
        "beside the interviewer. If they are an interviewer too, say so in participants.csv."
    )


def mixed(transcript: Transcript, *, listed: Container[str]) -> list[str]:
    """Return a sentence on each speaker for whom a file states several roles. `listed`: keys of those who are known."""
    stated: dict[str, Counter[str]] = {}
    labels: dict[str, str] = {}
    for turn in transcript.turns:
        if turn.role and key(turn.speaker) not in listed:
            stated.setdefault(key(turn.speaker), Counter())[turn.role] += 1
            labels.setdefault(key(turn.speaker), turn.speaker)
    return [
        f"The file states several roles for '{labels[name]}' "
        f"({prose.listed([f'{role} in {number}' for role, number in roles.most_common()])} of the turns), and "
        f"the first of them was used. If it is several people, name them apart; otherwise {MEND}."
        for name, roles in sorted(stated.items())
        if len(roles) > 1
    ]


def _against(name: str, signs: Mapping[str, Signs], verdict: Verdict, names: Names) -> str:
    number = prose.count(verdict.by_study[name], "document")
    if name in verdict.asks:
        asks = prose.listed([f"'{names[other]}'" for other in sorted(verdict.local)])
        return (
            f"Here {asks} may be asking instead of '{names[name]}', who asks in {number} and was kept as the "
            f"interviewer. If that is wrong, {MEND}."
        )
    return (
        f"'{names[name]}' may be asking here ({prose.listed(asking.reasons(signs[name], _others(signs, name)))}), but "
        f"answers in {number} and was kept as a participant. If that is wrong, {MEND}."
    )


def _others(signs: Mapping[str, Signs], name: str) -> Sequence[Signs]:
    return [one for other, one in signs.items() if other != name]


def _statements(signs: Mapping[str, Signs]) -> bool:
    """Return whether a document is a list of statements, one of each person."""
    asked = any(one.n_questions for one in signs.values())
    return len(signs) >= (STATEMENTS if asked else UNASKED) and all(one.turns == 1 for one in signs.values())
