"""Finds which speaker each case of another program's project is."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pipeline.commands.import_study import Study
from pipeline.core.names import key, written
from pipeline.corpus.readers import qdpx
from pipeline.corpus.readers.qde import CaseEntry
from pipeline.corpus.readers.qdpx import Place
from pipeline.corpus.taken import Tally

# A case that holds passages is the speaker of this share of their words at least.
MOST = 0.6


class Joined(NamedTuple):
    """A speaker of a document and the case that they are. `joined`: not by the name, so people have to confirm it.

    `case` is empty for values that a case without a name gives to a document.
    """

    document: str
    speaker: str
    case: str
    part: str
    values: dict[str, str]
    joined: bool


def join(project: qdpx.Contents, names: Mapping[str, str], study: Study, tally: Tally) -> list[Joined]:
    """Return the speakers that cases are, and count cases that were taken and left.

    `names`: the document of each source.
    """
    cases = project.project.cases
    at = _documents(project, names)
    found: dict[tuple[str, str], Joined] = {}
    taken: set[int] = set()
    for document in sorted({document for places in at for document in places}):
        here = [number for number, places in enumerate(at) if document in places]
        for number, one in _of_document(document, here, cases, at, study):
            found.setdefault((document, key(one.speaker)), one)
            taken.add(number)
    for number, case in enumerate(cases):
        if number not in taken and case.name and not at[number]:
            for document, label in _everywhere(case.name, study):
                if (document, key(label)) not in found:
                    found[document, key(label)] = Joined(document, label, case.name, "participant", {}, joined=False)
                    taken.add(number)
    _count(cases, at, taken, found.values(), tally, known=project.project.variables)
    return sorted(found.values(), key=lambda one: (one.document, one.case, one.speaker))


def _documents(project: qdpx.Contents, names: Mapping[str, str]) -> list[dict[str, list[Place]]]:
    """Return the documents of each case with its places in them."""
    by_guid = {guid: source.name for source in project.sources for guid in (source.guid, *source.guids)}
    places = project.places or [
        [Place(by_guid[guid]) for guid in case.sources if guid in by_guid] for case in project.project.cases
    ]
    found = []
    for of_case in places:
        by_document: dict[str, list[Place]] = defaultdict(list)
        for place in of_case:
            by_document[names.get(place.source, place.source)].append(place)
        found.append(dict(by_document))
    return found


def _of_document(
    document: str,
    here: Sequence[int],
    cases: Sequence[CaseEntry],
    at: Sequence[Mapping[str, Sequence[Place]]],
    study: Study,
) -> list[tuple[int, Joined]]:
    """Return the cases of one document, each with its speaker."""
    parts = study.speakers(document)
    labels = {key(label): label for label in parts if label}
    free = {label for label, part in parts.items() if part == "participant" and label}
    free = free or ({""} if "" in parts or not parts else set())
    found: list[tuple[int, Joined]] = []
    waiting = []
    for number in here:
        label = labels.get(key(written(cases[number].name))) if cases[number].name else None
        if label is not None:
            free.discard(label)
            found.append((number, Joined(document, label, cases[number].name, "participant", {}, joined=False)))
        else:
            waiting.append(number)
    named = [number for number in waiting if cases[number].name]
    for number in named:
        label = _speaking(document, [place for place in at[number][document] if place.span], study, free)
        if label is not None:
            free.discard(label)
            found.append((number, Joined(document, label, cases[number].name, "participant", {}, joined=True)))
    left = [number for number in named if number not in {number for number, _ in found}]
    if len(left) == 1 and len(free) == 1:
        (label,) = free
        found.append((left[0], Joined(document, label, cases[left[0]].name, "participant", {}, joined=bool(label))))
    return found + _nameless(document, [one for one in waiting if not cases[one].name], cases, parts, found)


def _nameless(
    document: str,
    nameless: Sequence[int],
    cases: Sequence[CaseEntry],
    parts: Mapping[str, str],
    found: list[tuple[int, Joined]],
) -> list[tuple[int, Joined]]:
    """Return the values of cases without a name, which are those of the document, for each of its participants."""
    people = [label for label, part in parts.items() if part == "participant" and label]
    people = people or ([""] if "" in parts else [])
    known = {key(one.speaker): one for _, one in found}
    more = []
    for number in nameless:
        for label in people:
            if key(label) in known:
                known[key(label)].values.update(cases[number].values)
            else:
                known[key(label)] = Joined(document, label, "", "", dict(cases[number].values), joined=False)
            more.append((number, known[key(label)]))
    return more


def _speaking(document: str, places: Sequence[Place], study: Study, free: set[str]) -> str | None:
    """Return the participant whose words the passages of a case are; None if they are several people's."""
    spans = [place.span for place in places if place.span]
    letters: Counter[str] = Counter()
    for turn in study.turns:
        if turn.document == document and turn.speaker in free:
            letters[turn.speaker] += sum(max(0, min(turn.end, end) - max(turn.start, start)) for start, end in spans)
    best = letters.most_common(1)
    total = letters.total()
    return best[0][0] if total and best[0][1] >= MOST * total else None


def _everywhere(name: str, study: Study) -> list[tuple[str, str]]:
    """Return each document and label of a participant with this name."""
    found = {(turn.document, turn.speaker): None for turn in study.turns if turn.part == "participant" and turn.speaker}
    return [place for place in found if key(place[1]) == key(written(name))]


def _count(
    cases: Sequence[CaseEntry],
    at: Sequence[Mapping[str, object]],
    taken: set[int],
    found: Iterable[Joined],
    tally: Tally,
    *,
    known: Mapping[str, str],
) -> None:
    """Count the cases, and the values of `known` variables of those that were left out."""
    tally.take("cases", len(taken), note="in participants.csv")
    joined = [one.case for one in found if one.joined]
    if joined:
        said = "named otherwise than the speaker, so to be confirmed in participants.csv"
        tally.remark("cases", f"{len(set(joined))} {said}")
    for number, case in enumerate(cases):
        if number not in taken:
            why = "no text or passage belongs to it, and no speaker has its name"
            if at[number]:
                why = "which speaker of its text it is cannot be told; add it to participants.csv"
            tally.leave("cases", why=why, names=[case.name or "(no name)"])
            tally.leave("values", sum(guid in known for guid in case.values), why="of a case that was left out")
