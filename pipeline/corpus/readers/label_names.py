"""Joins the spellings of a speaker's label: numbered questions, abbreviations, ids of lines, slips of the pen."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from pipeline.core.names import key
from pipeline.corpus import text_layout
from pipeline.corpus.readers.model import Labels, Remark

# Labels this similar count as a misspelling of the same label; not checked if there are more labels than this.
SLIP_CHARACTERS, SLIP_LIKENESS, SLIP_LABELS = 5, 0.9, 200
# So many numbered labels, and this share of them counting up, are the numbers of lines or questions, not of people.
MIN_NUMBERED, COUNTING_UP = 3, 0.9
# Answers are numbered as their questions if they share this much of the numbers.
SAME = 0.7
SHOWN = 5

_DIGITS = re.compile(r"\d+")
_LINE_ID = re.compile(r"(?:[^\W\d_]{1,2}|#)?(\d{1,5})[.)]?[ \t]+(\S.*)")
_NUMBERED = re.compile(r"([^\W\d_]+)[ .]*(\d{1,4})")
_MESSAGE = re.compile(
    r"(?:From|Von|De|Da)[ \t]+(\S.*?)[ \t]+(?:to|an|à|para|a)[ \t]+(?:Everyone|Alle|Tous|Todos|Tutti|Me)\b.*"
)
_INTRODUCED = re.compile(r"(.+?)[ \t]*[(\[]([^()\[\]]+)[)\]]")
# Words for a question in numbered interviews; an answer beside it is numbered likewise or not at all.
_SURE_QUESTIONS = text_layout.word_list("q qu question frage pregunta pergunta domanda vraag spm fråga 问 問 سؤال")
_ANSWERS = text_layout.word_list(
    "answer antwort réponse reponse respuesta resposta risposta antwoord svar ответ 答 إجابة"
)
_QUESTIONS = _SURE_QUESTIONS | text_layout.word_list("f p d v в")


def joined(labels: Sequence[str], known: Labels) -> dict[str, str]:
    """Map labels, in order of appearance, to the label of the person; those that stay as they are may be left out.

    `Q1`, `Q2` and so on are one person where they count up; `T1 Ada`, `T2 Ben` are Ada and Ben; `R` is the
    `Respondent (R)` it was introduced with.
    """
    persons: dict[str, str] = {}
    for rule in (_of_messages, _without_line_ids, _without_numbers, _introduced):
        now = [persons.get(label, label) for label in labels]
        step = rule(now, known)
        persons = {label: step.get(name, name) for label, name in zip(labels, now, strict=True)}
    return {label: person for label, person in persons.items() if label != person}


def with_slips(
    spelled: Mapping[str, str], usual: Mapping[str, str], *, in_talk: Collection[str]
) -> tuple[dict[str, str], list[Remark]]:
    """Return accepted labels, misspelt ones (`Particpant`) under the right name, and remarks on rare and misspelt ones.

    `spelled`: spelling of each accepted label by key; `usual`: spelling of each label; `in_talk`: the labels of lines
    that are read as speech, not as titles.
    """
    accepted, rare = dict(spelled), []
    remarks: list[Remark] = []
    stems = [name for name in spelled if len(name) >= SLIP_CHARACTERS and shape(name) == name]
    for name in sorted(usual) if spelled and len(usual) <= SLIP_LABELS else ():
        if name in spelled:
            continue
        near = [stem for stem in stems if _alike(name, stem)] or [stem for stem in spelled if _swapped(name, stem)]
        if len(near) == 1:
            accepted[name] = spelled[near[0]]
            message = (
                f"'{usual[name]}:' was read as a misspelling of '{accepted[name]}'. If it is another speaker, "
                "list both in participants.csv."
            )
            remarks.append(Remark("guessed", message))
        elif name in in_talk and usual[name].istitle() and len(name.split()) <= 2:
            rare.append(f"'{usual[name]}:'")
    if rare:
        message = (
            f"{', '.join(rare[:SHOWN])}{' and others' if len(rare) > SHOWN else ''} at the start of a "
            "line: read as speech, because the label does not recur. If it is a speaker, list it in "
            "participants.csv."
        )
        remarks.append(Remark("note", message))
    return accepted, remarks


def shape(label: str) -> str:
    """Return a label with each number as 0: numbered labels of one kind have one shape."""
    return _DIGITS.sub("0", label)


def initials(label: str) -> str:
    """Return the initials of a name, as meeting programs show them: `BK` for Bo Kern."""
    return "".join(word[0] for word in label.split() if word[0].isalpha()).upper()


def _alike(label: str, name: str) -> bool:
    return SequenceMatcher(None, label, name, autojunk=False).ratio() >= SLIP_LIKENESS


def _swapped(label: str, name: str) -> bool:
    """Return whether two letters of a name changed places: `Bne`."""
    return len(name) > 2 and label[0] == name[0] and sorted(label) == sorted(name) and not _DIGITS.search(name)


def _of_messages(labels: Sequence[str], known: Labels) -> dict[str, str]:
    """Map labels of a meeting's chat to the sender: `From Ana to Everyone`."""
    return {label: match[1] for label in labels if (match := _MESSAGE.fullmatch(label))}


def _without_line_ids(labels: Sequence[str], known: Labels) -> dict[str, str]:
    numbered = [(label, int(match[1]), match[2]) for label in labels if (match := _LINE_ID.fullmatch(label))]
    people = {key(person) for _, _, person in numbered}
    if len(people) > len(numbered) / 2 or not _counting([number for _, number, _ in numbered], repeats=False):
        return {}
    return {label: person for label, _, person in numbered}


def _without_numbers(labels: Sequence[str], known: Labels) -> dict[str, str]:
    """Map numbered questions, and answers with the same numbers, to their letter or word: `Q1`, `Q2` to `Q`."""
    numbers: dict[str, list[int]] = defaultdict(list)
    spellings: dict[str, dict[str, str]] = defaultdict(dict)
    for label in labels:
        match = _NUMBERED.fullmatch(label)
        if match and key(label) not in known.listed:
            numbers[key(match[1])].append(int(match[2]))
            spellings[key(match[1])][label] = match[1]
    counting = {word for word, of in numbers.items() if _counting(of, repeats=True)}
    persons: dict[str, str] = {}
    for answer in sorted(counting & _ANSWERS):
        persons |= spellings[answer]
    for question in sorted(counting & _QUESTIONS):
        answers = {word for word in counting - {question} if _same_numbers(numbers[word], numbers[question])}
        if answers or question in _SURE_QUESTIONS:
            persons |= {label: person for word in {question, *answers} for label, person in spellings[word].items()}
    return persons


def _same_numbers(some: Sequence[int], others: Sequence[int]) -> bool:
    """Return whether two labels have the same numbers, but for a label here and there that was left out."""
    return len(set(some) & set(others)) >= SAME * len(set(some) | set(others))


def _counting(numbers: Sequence[int], *, repeats: bool) -> bool:
    """Return whether numbers count up, as those of lines and questions do and those of people do not.

    `repeats`: a number may follow itself, as in a question that is asked again.
    """
    if len(numbers) < MIN_NUMBERED or (repeats and len(set(numbers)) < len(numbers) / 2):
        return False
    steps = [after - before for before, after in pairwise(numbers)]
    return sum(0 < step <= 10 or (repeats and step == 0) for step in steps) >= COUNTING_UP * len(steps)


def _introduced(labels: Sequence[str], known: Labels) -> dict[str, str]:
    """Map each abbreviation to the label that introduced it: `R` to `Respondent (R)`, `P4` to `P4 (woman, 45)`."""
    by_key = {key(label): label for label in reversed(labels)}
    longer: dict[str, set[str]] = defaultdict(set)
    for label in by_key.values():
        match = _INTRODUCED.fullmatch(label)
        for short in (key(match[1]), key(match[2])) if match else ():
            if short in by_key and short not in known.listed:
                longer[short].add(label)
    people = {short: next(iter(names)) for short, names in longer.items() if len(names) == 1}
    return {label: people[key(label)] for label in labels if key(label) in people}
