"""Finds what the columns of a table hold, by their content: the speech, who speaks, when, questions, interviews.

A header is one sign among several, so that columns are found under any name and in any language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.core.names import key
from pipeline.corpus.readers import header_words
from pipeline.corpus.readers.column_profiles import MOSTLY, Profile, clean_name
from pipeline.corpus.readers.grids import Column

# Minimum share of cells that end in a question mark in a column of questions.
ASKING = 0.6


@dataclass(frozen=True)
class Chosen:
    """The columns of a table of talk, each a position or -1.

    `unread`: positions of columns of sentences that are not speech or not chosen; `sure`: whether the header, too,
    names the column of the speech and of the speaker.
    """

    text: int = -1
    speaker: int = -1
    role: int = -1
    start: int = -1
    question: int = -1
    interview: int = -1
    unread: tuple[int, ...] = ()
    sure: bool = True


def choose(columns: Sequence[Column]) -> Chosen:
    """Return which columns hold the speech, the speakers, and the rest; `text` is -1 if none holds speech."""
    profiles = [Profile(column) for column in columns]
    text = _text(profiles)
    if text < 0:
        return Chosen()
    question = _question(profiles, text)
    if question == text:  # the better column of sentences is the one of questions
        others = [at for at, profile in enumerate(profiles) if at != question]
        text = max(others, key=lambda at: _speech(profiles[at]))
    role = _role(profiles, {text, question})
    interview = _interview_by_name(profiles, {text, question, role})
    speaker = _speaker(profiles, {text, question, role, interview}, asked=question >= 0)
    if speaker < 0 and role >= 0:
        speaker, role = role, -1
    elif speaker >= 0 and interview < 0 and role >= 0 and _plays_both(profiles[speaker], profiles[role]):
        interview, speaker, role = speaker, role, -1
    if interview < 0 and speaker >= 0:
        interview = _interview_by_content(profiles, speaker, {text, question, role, speaker})
    taken = {text, speaker, role, question, interview}
    began = start(profiles, taken)
    unread = tuple(
        at for at, one in enumerate(profiles) if at not in {*taken, began} and one.speaks and one.prose >= 0.3
    )
    sure = profiles[text].means("text") > 0 and (speaker < 0 or speaker == role or _names_people(profiles[speaker]))
    return Chosen(text, speaker, role, began, question, interview, unread, sure)


def _plays_both(speaker: Profile, role: Profile) -> bool:
    """Return whether the same name has both roles, so that it names the interview (P1) and the role the speaker."""
    pairs = {
        (key(clean_name(name)), header_words.role(part))
        for name, part in zip(speaker.column.cells, role.column.cells, strict=True)
    }
    both = sum((name, "participant") in pairs for name, part in pairs if part == "interviewer")
    return both > len(speaker.counts) / 2


def _names_people(profile: Profile) -> bool:
    return profile.diarised or max(profile.means("speaker"), profile.means("role")) > 0 or _from(profile)


def _from(profile: Profile) -> bool:
    """Return whether a column names who sends a message: `from` beside `to`, with names in it."""
    return not profile.numeric and header_words.words(profile.column.name)[:1] in (
        ["from"],
        ["von"],
        ["de"],
        ["da"],
        ["от"],
    )


def _speech(profile: Profile) -> float:
    """Return how much a column looks like speech, at least 0; 0 if it cannot be speech."""
    if not profile.speaks:
        return 0.0
    mean = profile.words / len(profile.filled)
    named = 3 * profile.means("text") + 1
    aside = 4 if profile.means("aside") and not profile.means("text") else 1
    people = 4 if profile.means("speaker") and profile.named >= MOSTLY and not profile.means("text") else 1
    return named * profile.coverage * (mean + 0.1) * (0.3 + 0.7 * profile.prose) / (aside * people)


def _text(profiles: Sequence[Profile]) -> int:
    """Return the column of the speech: sentences in most rows, or short words under a header that says so."""
    scores = {
        at: _speech(profile)
        for at, profile in enumerate(profiles)
        if profile.prose >= 0.15 or profile.means("text") or (len(profiles) == 1 and not profile.means("speaker"))
    }
    best = max(scores, key=lambda at: (scores[at], -at), default=-1)
    return best if best >= 0 and scores[best] > 0 else -1


def _question(profiles: Sequence[Profile], text: int) -> int:
    """Return the column of the questions that the speech answers."""
    found = [
        at
        for at, profile in enumerate(profiles)
        if profile.speaks
        and (profile.means("question") or (profile.asking >= ASKING and profile.prose >= 0.5))
        and (at != text or _other_speech(profiles, at))
        and not (at == text and not profile.means("question") and profile.asking < ASKING)
    ]
    return max(found, key=lambda at: (profiles[at].means("question"), profiles[at].asking), default=-1)


def _other_speech(profiles: Sequence[Profile], text: int) -> bool:
    """Return whether another column holds answers, so that this one may hold the questions."""
    return any(
        at != text and profile.speaks and (profile.prose >= 0.3 or profile.means("text") == 1) and profile.asking < 0.3
        for at, profile in enumerate(profiles)
    )


def _role(profiles: Sequence[Profile], taken: set[int]) -> int:
    """Return the column that says who is interviewer or participant."""
    for at, profile in enumerate(profiles):
        values = list(profile.counts)
        if at in taken or not values or len(values) > 12 or len(values) >= len(profile.filled):
            continue
        roles = {header_words.role(value) for value in values}
        if "interviewer" in roles and (profile.means("role") or (len(values) <= 3 and "" not in roles)):
            return at
    return -1


def _interview_by_name(profiles: Sequence[Profile], taken: set[int]) -> int:
    """Return the column whose header, or whose names of files, say which interview a row belongs to."""
    for at, profile in enumerate(profiles):
        usable = at not in taken and profile.filled and profile.prose < 0.5 and not profile.timed
        says = profile.means("interview") or profile.names_files
        if usable and says and not profile.means("start") and len(profile.counts) <= len(profile.filled) / 2:
            return at
    return -1


def _speaker(profiles: Sequence[Profile], taken: set[int], *, asked: bool) -> int:
    """Return the column that names who speaks: short cells that recur, usually in turn."""

    def score(at: int) -> float:
        profile = profiles[at]
        named = max(profile.means("speaker"), profile.diarised, 0.5 * profile.means("role"), 0.9 * _from(profile))
        few_numbers = profile.numeric and len(profile.counts) <= 8 and _returns(profile) and profile.recurrence >= 0.6
        if profile.column.name.endswith("?"):  # a closed question of a survey
            return 0.0
        if at in taken or not profile.filled or profile.dated or profile.names_files or profile.named < MOSTLY:
            return 0.0
        if (
            profile.timed
            or (profile.numeric and not named and not few_numbers)
            or (profile.means("start") and not _from(profile))
        ):
            return 0.0
        if not named and (profile.means("aside") or profile.means("end") or len(profile.counts) < 2):
            return 0.0
        if profile.recurrence < 0.3 and not named:
            return 0.0
        turns = min(profile.alternation, 0.9) + (0.3 if _returns(profile) else 0.0)
        few = 0.4 if len(profile.counts) <= 12 else 0.0
        likely = 2.5 * named + turns * profile.coverage + few + 0.5 * profile.recurrence
        return likely * (0.7 if profile.numeric and not named else 1.0)

    best = max(range(len(profiles)), key=lambda at: (score(at), -at), default=-1)
    least = 0.5 if asked else 1.2
    return best if best >= 0 and score(best) >= least else -1


def _returns(profile: Profile) -> bool:
    """Return whether a value comes back after another, as a speaker does in conversation."""
    return len(profile.runs) > len(profile.counts)


def _interview_by_content(profiles: Sequence[Profile], speaker: int, taken: set[int]) -> int:
    """Return a column with one value for each stretch of rows in which people talk in turn.

    Others than the interviewer must change with it; or it names participants, beside a column that names speakers.
    """
    speakers = [key(clean_name(cell)) for cell in profiles[speaker].column.cells]
    for at, profile in enumerate(profiles):
        if at in taken or profile.coverage < 1 or not 2 <= len(profile.counts) <= len(profile.filled) / 4:
            continue
        if len(profile.runs) != len(profile.counts) or profile.prose >= 0.5 or profile.means("aside"):
            continue
        groups: dict[str, list[str]] = {}
        for value, name in zip(profile.column.cells, speakers, strict=True):
            groups.setdefault(key(clean_name(value)), []).append(name)
        in_turn = all(len(set(names)) > 1 and _alternates(names) for names in groups.values())
        everywhere = set.intersection(*(set(names) for names in groups.values()))
        own = all(set(names) - everywhere for names in groups.values())
        if in_turn and (own or profile.means("speaker") or header_words.numbers_rows(profile.column.name)):
            return at
    return -1


def _alternates(names: list[str]) -> bool:
    return sum(1 for one, two in pairwise(names) if one != two) >= 2


def start(profiles: Sequence[Profile], taken: set[int]) -> int:
    """Return the column of the times at which rows begin: written with colons, or numbers under such a header."""
    found = [
        at
        for at, profile in enumerate(profiles)
        if at not in taken
        and profile.filled
        and not profile.dated
        and (profile.timed or (profile.means("start") and (profile.numeric or profile.times > 0)))
        and not (profile.means("end") and not profile.means("start"))
    ]
    return max(found, key=lambda at: (profiles[at].means("start"), -at), default=-1)
