"""Ingest: reads transcripts, participants.csv and human codes into documents, turns, cases and codings.

Files that cannot be read are omitted and listed with the reason; guesses are used and listed too.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from pipeline.core import languages, stage_runner, store
from pipeline.core.coders import CONSENSUS
from pipeline.core.stage_record import Record
from pipeline.core.study_paths import Places
from pipeline.corpus import (
    human_codings,
    imported,
    participants,
    sources,
    speaker_table,
    turn_rows,
)
from pipeline.corpus.participants import Person
from pipeline.corpus.readers.model import Labels
from pipeline.corpus.sources import Problem


def ingest(
    folder: Path, *, interviewer_labels: tuple[str, ...], min_label_count: int, people: list[Person] | None = None
) -> dict[str, pd.DataFrame]:
    """Read a study's folder; return documents, turns, speakers, cases, codings, memos, imports, ingest_problems
    and ingest_record.

    `people`: used instead of participants.csv. Raises ParticipantsError if participants.csv is contradictory; all other
    problems are rows of ingest_problems.
    """
    people = participants.read_participants(Places(folder).participants) if people is None else people
    labels = Labels(interviewer_labels, min_count=min_label_count)
    confirmed = [person for person in people if not person.proposed]
    read = sources.read_transcripts(Places(folder).transcripts, confirmed, labels)
    known, lost = participants.match_documents(people, sorted(read.transcripts))
    roles, doubts = turn_rows.assigned_roles(read.transcripts, known, labels)
    turns = turn_rows.assigned(read.transcripts, roles)
    types, type_guesses = turn_rows.source_types(turns, read.transcripts, known)
    turns = turn_rows.with_own_case(turns, types, read.transcripts)
    codings, code_problems, left_out = human_codings.read_codings(Places(folder).human_codes, read.transcripts)
    texts = {name: transcript.text for name, transcript in read.transcripts.items()}
    memos, imports, unread = imported.read(Places(folder).imported, texts)
    problems = [*unread, *read.problems, *type_guesses, *code_problems, *turn_rows.unmatched(lost, known, turns)]
    problems += [Problem("guessed", name, "", doubt) for name, said in doubts.items() for doubt in said]
    problems += [*turn_rows.respelled(people), *turn_rows.repeated(read.transcripts, turns)]
    spoken = turn_rows.languages_of(turns, sorted(read.transcripts))
    problems += [
        Problem("note", name, "", message) for name, detected in spoken.items() if (message := languages.note(detected))
    ]
    heard = speaker_table.speakers(turns, roles)
    n_words = Counter[str]()
    for one in heard:
        n_words[one.document] += one.n_words
    documents = [
        (
            name,
            types[name],
            f"transcripts/{read.files[name]}",
            read.hashes[name],
            n_words[name],
            *_told(spoken[name]),
            detected.text,
        )
        for name, detected in sorted(read.transcripts.items())
    ]
    tables = {
        "documents": _frame("documents", documents),
        "turns": _frame("turns", turns),
        "speakers": _frame("speakers", heard),
        "cases": turn_rows.cases(people, turns, known, stated=turn_rows.stated_attributes(read.transcripts)),
        "codings": _frame("codings", codings),
        "memos": memos,
        "imports": imports,
        "ingest_problems": _frame("ingest_problems", sorted(set(problems))),
    }
    done = record(
        tables,
        labels=labels,
        guessed=len({name for (name, _), role in roles.items() if role.guessed}),
        left_out=left_out,
    )
    return tables | {"ingest_record": done.table()}


def record(tables: Mapping[str, pd.DataFrame], *, labels: Labels, guessed: int, left_out: int) -> Record:
    """Return the stage's record.

    `guessed`: number of documents with a guessed interviewer; `left_out`: number of this program's own codings.
    """
    documents, codings = tables["documents"], tables["codings"]
    coded_by = set(codings["coder"])
    return Record(
        sources={kind: int(n) for kind, n in sorted(documents["source_type"].value_counts().items())},
        words=int(documents["n_words"].sum()),
        words_by=speaker_table.words_by(tables["speakers"], documents),
        cases=len(tables["cases"]),
        interviewer_labels=sorted(labels.interviewer),
        min_label_count=labels.min_count,
        guessed=guessed,
        codings=len(codings),
        coders=len(coded_by - {CONSENSUS}),
        consensus=CONSENSUS in coded_by,
        left_out=left_out,
    )


def _told(found: languages.Found) -> tuple[str, float | None, str]:
    return found.language, found.share, " ".join(found.others)


def _frame(table: str, rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    none = store.empty(table)
    return pd.DataFrame(rows, columns=list(none.columns)).astype(none.dtypes.to_dict()) if rows else none


def main() -> None:
    """Run the stage on the study that params.yaml names."""
    with stage_runner.opened("ingest") as params:
        options = params.ingest
        tables = ingest(
            params.folder, interviewer_labels=options.interviewer_labels, min_label_count=options.min_label_count
        )
        for name, frame in tables.items():
            store.write(params.folder, name, frame)


if __name__ == "__main__":
    main()
