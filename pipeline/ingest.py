"""Ingest: transcripts, participants.csv and human codes become documents, turns, cases and codings.

What cannot be read is left out and listed with its reason; what has to be guessed is used and listed too.
"""

import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import pandas as pd

from pipeline import layout, naming, participants, parts, placing, readers, stage, store
from pipeline.participants import ANY, Person
from pipeline.readers.coding import Coding
from pipeline.readers.model import Labels, RefusedError, Transcript, Turn, key

TABLES = ("documents", "turns", "cases", "codings", "ingest_problems")
# Speakers who are nobody in particular: their words are evidence, and no case's.
NOBODY = frozenset(
    [
        "unknown",
        "unknown speaker",
        "unidentified",
        "unidentified speaker",
        "all",
        "several",
        "group",
        "multiple",
        "everyone",
    ]
)
FOCUS_GROUP = 3
_NOTES = frozenset("note notes fieldnote fieldnotes field observation observations obs".split())
_PAPERS = frozenset(
    "document documents doc paper papers minutes policy policies report reports newsletter letter".split()
)


@dataclass
class Study:
    """What is known while a study is read: its people, its documents, and what went wrong so far."""

    people: list[Person]
    transcripts: dict[str, Transcript] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    problems: list[tuple[str, str, str, str]] = field(default_factory=list)

    def note(self, kind: str, document: str, reason: str, *, place: str = "") -> None:
        """Keep something for the researcher: kind is refused, guessed or note."""
        self.problems.append((kind, document, place, reason))


def ingest(folder: Path, *, interviewer_labels: tuple[str, ...], min_label_count: int) -> dict[str, pd.DataFrame]:
    """Read a study's folder; return its tables by name: documents, turns, cases, codings and ingest_problems.

    Raises ParticipantsError where participants.csv contradicts itself; every other trouble is a row of ingest_problems.
    """
    study = Study(participants.read(folder / "participants.csv"))
    _read_transcripts(study, folder / "transcripts", interviewer_labels, min_label_count)
    known, lost = participants.matched(study.people, sorted(study.transcripts))
    for person, reason in lost:
        study.note("refused", person.document, reason, place=f"participants.csv, line {person.line}")
    turns = _turns(study, known, interviewer_labels)
    _unmatched(study, known, turns)
    documents = _documents(study, known, turns)
    turns = _own_case(study, known, documents, turns)
    codings = _codings(study, folder / "human_codes")
    problems = pd.DataFrame(sorted(set(study.problems)), columns=["kind", "document", "place", "reason"])
    frames = (documents, turns, _cases(study, turns), codings, problems)
    return {name: frame if len(frame) else store.empty(name) for name, frame in zip(TABLES, frames, strict=True)}


def source_files(folder: Path) -> list[Path]:
    """Return the files below a folder in order, without what people never put there: hidden and lock files."""
    if not folder.is_dir():
        return []
    found = [path for path in folder.rglob("*") if path.is_file() and not _hidden(path.relative_to(folder))]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "~$")) or part in ("Thumbs.db", "desktop.ini", "__MACOSX") for part in path.parts)


def _read_transcripts(study: Study, folder: Path, interviewer_labels: tuple[str, ...], min_label_count: int) -> None:
    names = {naming.normal(path.relative_to(folder).as_posix()): path for path in source_files(folder)}
    listed: dict[str, set[str]] = defaultdict(set)
    finder = naming.Documents(names)
    for person in study.people:
        for document in names if person.document == ANY else [finder.find(person.document)]:
            listed[document].add(key(person.speaker))
    for document, path in names.items():
        labels = Labels(interviewer_labels, frozenset(listed[document] - {""}), min_label_count)
        try:
            if path.is_symlink():
                raise RefusedError("It is a link to another place. Put the file itself here.")
            transcript = readers.read_transcript(path, labels)
        except RefusedError as error:
            study.note("refused", document, str(error))
            continue
        study.transcripts[document] = transcript
        study.hashes[document] = hashlib.sha256(path.read_bytes()).hexdigest()
        for remark in transcript.remarks:
            study.note("guessed" if "guessed" in remark else "note", document, remark)


def _turns(study: Study, known: dict[tuple[str, str], Person], interviewer_labels: tuple[str, ...]) -> pd.DataFrame:
    """Return the turns of all documents with each speaker's part and case."""
    asked = Labels(interviewer_labels)
    speakers = {
        (document, key(turn.speaker)): turn.speaker
        for document, found in study.transcripts.items()
        for turn in found.turns
    }
    settled: dict[tuple[str, str], str] = {}
    for (document, name), speaker in speakers.items():
        person = known.get((document, name))
        if person is not None and person.part:
            settled[document, name] = person.part
        elif not name or name in NOBODY:
            settled[document, name] = "none"
        elif person is not None and person.case:
            settled[document, name] = "participant"
        elif asked.asks(speaker):
            settled[document, name] = "interviewer"
    _guess(study, settled)
    rows = [
        (
            document,
            f"{document}:{number:04d}",
            turn.speaker,
            *_part_and_case(document, turn, known, settled),
            turn.start,
            turn.end,
            turn.time_s,
        )
        for document, found in sorted(study.transcripts.items())
        for number, turn in enumerate(found.turns, start=1)
    ]
    frame = pd.DataFrame(rows, columns=["document", "turn_id", "speaker", "part", "case", "start", "end", "time_s"])
    frame["time_s"] = frame["time_s"].astype(float)
    frame["text"] = [study.transcripts[row.document].text[row.start : row.end] for row in frame.itertuples()]
    return frame[["document", "turn_id", "speaker", "case", "part", "start", "end", "time_s", "text"]]


def _guess(study: Study, settled: dict[tuple[str, str], str]) -> None:
    """Add a guessed interviewer to each document that has none, and say so."""
    asked = {document for (document, _), part in settled.items() if part == "interviewer"}
    said = [
        parts.Said(document, turn.speaker, found.text[turn.start : turn.end])
        for document, found in sorted(study.transcripts.items())
        for turn in found.turns
        if settled.get((document, key(turn.speaker))) != "none"
    ]
    unsettled = set(study.transcripts) - asked
    for document, speaker in parts.guess_interviewers(said, unsettled=unsettled, settled=set(settled)).items():
        settled[document, key(speaker)] = "interviewer"
        study.note(
            "guessed",
            document,
            f"'{speaker}' was taken for the interviewer, since they ask most. If that is wrong, give their part in participants.csv.",
        )


def _part_and_case(
    document: str, turn: Turn, known: dict[tuple[str, str], Person], settled: dict[tuple[str, str], str]
) -> tuple[str, str]:
    name = key(turn.speaker)
    part = settled.get((document, name), "participant")
    person = known.get((document, name))
    if person is not None and person.case and part != "interviewer":
        return part, person.case
    return part, f"{document}/{turn.speaker}" if part == "participant" and turn.speaker else ""


def _unmatched(study: Study, known: dict[tuple[str, str], Person], turns: pd.DataFrame) -> None:
    """List the rows of participants.csv whose document is there and whose speaker is not."""
    there = {(row.document, key(row.speaker)) for row in turns.itertuples()}
    for (document, name), person in sorted(known.items()):
        if person.document != ANY and name and (document, name) not in there:
            heard = sorted({row.speaker for row in turns[turns["document"] == document].itertuples() if row.speaker})
            study.note(
                "refused",
                document,
                f"No turn of '{person.speaker}' was found. The speakers found are: {', '.join(heard) or 'none'}. Mend the speaker's name.",
                place=f"participants.csv, line {person.line}",
            )


def _documents(study: Study, known: dict[tuple[str, str], Person], turns: pd.DataFrame) -> pd.DataFrame:
    stated = {document: person.source_type for (document, _), person in sorted(known.items()) if person.source_type}
    rows = []
    for document, found in sorted(study.transcripts.items()):
        source_type = stated.get(document) or _source_type(study, document, turns[turns["document"] == document])
        words = sum(layout.count_words(found.text[turn.start : turn.end]) for turn in found.turns)
        rows.append((document, source_type, f"transcripts/{document}", study.hashes[document], words, found.text))
    return pd.DataFrame(rows, columns=["document", "source_type", "path", "sha256", "n_words", "text"])


def _source_type(study: Study, document: str, turns: pd.DataFrame) -> str:
    """Return what kind of source a document is, by its speakers, else by its name; say so where it is a guess."""
    speakers = Counter(key(row.speaker) for row in turns.itertuples() if row.part == "participant")
    if len(speakers) >= FOCUS_GROUP and max(speakers.values()) > 1:
        return "focus_group"
    if any(row.speaker for row in turns.itertuples()):
        return "interview"
    words = set(re.split(r"[^a-z]+", str(PurePosixPath(document).with_suffix("")).casefold()))
    source_type = "field_note" if words & _NOTES else "document" if words & _PAPERS else "interview"
    said = {"field_note": "field notes", "document": "a document", "interview": "one person's interview"}[source_type]
    study.note(
        "guessed",
        document,
        f"No speaker labels were found; it was taken for {said}. If that is wrong, give its source_type in participants.csv.",
    )
    return source_type


def _own_case(
    study: Study, known: dict[tuple[str, str], Person], documents: pd.DataFrame, turns: pd.DataFrame
) -> pd.DataFrame:
    """Give the words of an interview in which no participant is labelled a case of their own: the document's."""
    spoken = set(turns.loc[turns["part"] == "participant", "document"])
    alone = set(documents.loc[documents["source_type"].isin(["interview", "focus_group"]), "document"]) - spoken
    own = turns["document"].isin(alone) & (turns["part"] == "none") & (turns["case"] == "") & (turns["speaker"] == "")
    return turns.assign(case=turns["case"].where(~own, turns["document"]))


def _cases(study: Study, turns: pd.DataFrame) -> pd.DataFrame:
    """Return the cases that speak, with the attributes that participants.csv gives them, as text."""
    names = list(dict.fromkeys(name for person in study.people for name in person.attributes if name != "case"))
    values: dict[str, dict[str, str]] = defaultdict(dict)
    known, _ = participants.matched(study.people, sorted(study.transcripts))
    for row in turns[["document", "speaker", "case"]].drop_duplicates().itertuples():
        person = known.get((row.document, key(row.speaker)))
        for name, value in person.attributes.items() if person is not None else ():
            values[row.case].setdefault(name, value) or values[row.case].update({name: value})
    cases = sorted({case for case in turns["case"] if case})
    return pd.DataFrame(
        [{"case": case, **{name: values[case].get(name, "") for name in names}} for case in cases],
        columns=["case", *names],
    )


def _codings(study: Study, folder: Path) -> pd.DataFrame:
    """Return the human codings that could be placed; list those that could not, each with its file and row."""
    texts = {document: found.text for document, found in study.transcripts.items()}
    columns = ["document", "start", "end", "text", "code", "parent_code", "coder", "memo", "date"]
    rows: list[tuple[str, int, int, str, str, str, str, str, str]] = []
    for path in source_files(folder):
        name = naming.normal(path.relative_to(folder).as_posix())
        try:
            codings: list[Coding] = readers.read_codes(path)
        except RefusedError as error:
            study.note("refused", "", str(error), place=f"human_codes/{name}")
            continue
        placed, misplaced = placing.place(codings, texts)
        for lost in misplaced:
            study.note("refused", lost.document, lost.reason, place=f"human_codes/{name}, {lost.coding.row}")
        found = sum(1 for one in placed if one.how == "text")
        if found:
            study.note(
                "note",
                "",
                f"{found} of {len(codings)} codings were placed by their text, since their offsets do not fit or are missing.",
                place=f"human_codes/{name}",
            )
        for one in placed:
            coding = one.coding
            text = texts[one.document][one.start : one.end]
            rows.append(
                (
                    one.document,
                    one.start,
                    one.end,
                    text,
                    coding.code,
                    coding.parent_code,
                    coding.coder,
                    coding.memo,
                    coding.date,
                )
            )
    unique = list(dict.fromkeys(sorted(rows)))
    if len(unique) < len(rows):
        study.note(
            "note", "", f"{len(rows) - len(unique)} codings were stated twice and count once.", place="human_codes"
        )
    return pd.DataFrame(unique, columns=columns)


def main() -> None:
    """Run the stage on the study that params.yaml names."""
    with stage.opened("ingest") as params:
        tables = ingest(
            params.folder,
            interviewer_labels=params.ingest.interviewer_labels,
            min_label_count=params.ingest.min_label_count,
        )
        for name, frame in tables.items():
            store.write(params.folder, name, frame)


if __name__ == "__main__":
    main()
