"""Assigns each speaker a role and a case: from participants.csv, from the speaker label, or by a guess."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.core.names import key, written
from pipeline.corpus.participants import Person
from pipeline.corpus.readers.model import Labels, Transcript
from pipeline.corpus.text_layout import count_words

# Minimum share of turns with a question, and minimum number of turns, to be guessed the interviewer.
MIN_ASKING, MIN_TURNS = 0.15, 2
# Weights of further signs of an interviewer, relative to the share of turns with a question.
SHORTER, OPENS, ELSEWHERE = 0.25, 0.15, 0.5
# Labels for several or unknown speakers: their words are analysed but belong to no case.
NOBODY = frozenset(
    [
        "all",
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


@dataclass(frozen=True)
class Said:
    """A turn as used for the guess: its document, speaker key and words."""

    document: str
    speaker: str
    text: str


@dataclass(frozen=True)
class Role:
    """A speaker's role and case. `guessed`: whether the role of interviewer was guessed; `why`: what the role rests on.

    `why` completes a sentence such as "Dan: interviewer, because …"; it is '' where there is nothing to explain.
    """

    part: str
    case: str
    guessed: bool = False
    why: str = field(default="", compare=False)


def roles(
    transcripts: Mapping[str, Transcript], people: Mapping[tuple[str, str], Person], labels: Labels
) -> dict[tuple[str, str], Role]:
    """Return the role of each (document, speaker key).

    participants.csv takes precedence, then roles that the file states, then labels that mean the interviewer; in
    documents where none names an interviewer, one may be guessed. A case is `document/speaker` unless participants.csv
    names it.
    """
    speakers = {
        (name, key(turn.speaker)): turn.speaker for name, transcript in transcripts.items() for turn in transcript.turns
    }
    stated_roles = {
        (name, speaker): part
        for name, transcript in transcripts.items()
        for speaker, part in transcript.stated_roles().items()
    }
    settled = {
        place: _settled(speaker, people.get(place), labels, stated_roles.get(place, ""))
        for place, speaker in speakers.items()
    }
    asked = {document for (document, _), part in settled.items() if part == "interviewer"}
    turns = [
        Said(document, key(turn.speaker), transcript.text[turn.start : turn.end])
        for document, transcript in sorted(transcripts.items())
        for turn in transcript.turns
        if document not in asked and settled[document, key(turn.speaker)] != "none"
    ]
    open_to_guess = {place for place, part in settled.items() if not part}
    guessed = guess_interviewers(turns, open_to_guess=open_to_guess)
    found_roles = {}
    for (document, name), speaker in speakers.items():
        is_guess = guessed.get(document) == name
        part = "interviewer" if is_guess else settled[document, name] or "participant"
        person = people.get((document, name))
        stated = person.case if person is not None and part != "interviewer" else ""
        case = stated or (f"{document}/{written(speaker)}" if part == "participant" else "")
        why = "they ask most of the questions" if is_guess else _why(speaker, person, labels)
        found_roles[document, name] = Role(part, case, is_guess, why)
    return found_roles


def guess_interviewers(all_turns: Sequence[Said], *, open_to_guess: set[tuple[str, str]]) -> dict[str, str]:
    """Return the speaker key of the likely interviewer per document; documents without a clear one are omitted.

    Signs are the share of turns with a question, shorter turns than the others', speaking first, and asking most in
    other documents too. Only (document, speaker) pairs in `open_to_guess` qualify, and never a sole speaker.
    """
    by_document: dict[str, list[Said]] = defaultdict(list)
    for turn in all_turns:
        by_document[turn.document].append(turn)
    shares = {document: _asking(turns) for document, turns in by_document.items()}
    leads = Counter(speaker for share in shares.values() for speaker in _leaders(share))
    guessed = {}
    for document, turns in sorted(by_document.items()):
        share = shares[document]
        counts = Counter(turn.speaker for turn in turns)
        free = sorted(name for name in share if (document, name) in open_to_guess and counts[name] >= MIN_TURNS)
        scores = {name: _score(name, turns, share, leads) for name in free if share[name] >= MIN_ASKING}
        if scores and len(share) > 1:
            guessed[document] = max(scores, key=scores.__getitem__)
    return guessed


def _settled(speaker: str, person: Person | None, labels: Labels, stated: str) -> str:
    """Return the role known without a guess, or ''. `stated`: the role that the file states."""
    if person is not None and person.part:
        return person.part
    if not speaker or key(speaker) in NOBODY:
        return "none"
    if person is not None and person.case:
        return "participant"
    return stated or ("interviewer" if labels.asks(speaker) else "")


def _why(speaker: str, person: Person | None, labels: Labels) -> str:
    """Return what a role that was not guessed rests on, or ''."""
    if person is not None and (person.part or person.case):
        return f"participants.csv, line {person.line}, says so"
    return "the label means the interviewer (ingest.interviewer_labels)" if speaker and labels.asks(speaker) else ""


def _asking(turns: Sequence[Said]) -> dict[str, float]:
    """Return each speaker's share of turns with a question."""
    total = Counter(turn.speaker for turn in turns)
    asking = Counter(turn.speaker for turn in turns if "?" in turn.text or "？" in turn.text)
    return {speaker: asking[speaker] / count for speaker, count in total.items()}


def _leaders(share: Mapping[str, float]) -> list[str]:
    """Return who asks most, in a document with several speakers."""
    top = max(share.values())
    return [name for name, value in share.items() if value == top and value >= MIN_ASKING and len(share) > 1]


def _score(speaker: str, turns: Sequence[Said], share: Mapping[str, float], leads: Counter[str]) -> float:
    lengths: dict[str, list[int]] = defaultdict(list)
    for turn in turns:
        lengths[turn.speaker].append(count_words(turn.text))
    mean = {name: sum(words) / len(words) for name, words in lengths.items()}
    others = [value for name, value in mean.items() if name != speaker]
    shorter = bool(others) and mean[speaker] < sum(others) / len(others)
    opens = turns[0].speaker == speaker
    return share[speaker] + SHORTER * shorter + OPENS * opens + ELSEWHERE * (leads[speaker] > 1)
