"""`counterpoint guide`: writes the questions that were found to recur into guide.yaml, for people to name and join."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipeline.core import prose, store, study_lock, study_template, withdrawal_state
from pipeline.core.study_paths import Places
from pipeline.core.table_rows import each
from pipeline.corpus import guide_file, question_wording
from pipeline.corpus.guide_file import Question

# Most wordings shown of a question.
SHOWN = 3


def write(folder: Path) -> list[str]:
    """Add the questions that the last run found to guide.yaml; return messages.

    Entries that are there are left as they are. Raises GuideError if the file has errors, and StudyError or StoreError
    if there is no study or it was not run.
    """
    study_template.exists(folder)
    withdrawal_state.refuse(folder)
    place = Places(folder).guide
    table = store.read(folder, "guide")
    with study_lock.locked(folder):
        before = guide_file.load(place)
        added = proposed(table, before)
        if added:
            guide_file.save(place, [*before, *added])
    return [*_listed(table), *_told(place, added, found=not table.empty)]


def proposed(table: pd.DataFrame, entries: Sequence[Question]) -> list[Question]:
    """Return an entry for each question of the table guide that none of the entries has a wording of."""
    known = {question_wording.plain(words) for entry in entries for words in entry.wordings}
    return [
        Question(question=row.question)
        for row in each(table)
        if row.source == "found"
        and not known & {question_wording.plain(words) for words in (row.question, *row.wordings)}
    ]


def _listed(table: pd.DataFrame) -> list[str]:
    lines = []
    for row in each(table):
        where = f"{prose.count(row.n_prompts, 'time')} in {prose.count(row.n_documents, 'document')}"
        lines.append(
            f"{row.guide_id} {row.question} (asked {where})"
            if row.n_prompts
            else f"{row.guide_id} {row.question} (not asked)"
        )
        others = [words for words in row.wordings if words != row.question]
        lines += [f"    {prose.shortened(words)}" for words in others[:SHOWN]]
        lines += [f"    and {prose.count(len(others) - SHOWN, 'other wording')}"] if len(others) > SHOWN else []
    return lines


def _told(place: Path, added: Sequence[Question], *, found: bool) -> list[str]:
    if len(added) == 1:
        return [
            f"Added 1 question to {place}. Give it a `name`; to join it to another, move its words to `also` of that "
            "one; if it is no question of the guide, write `follow_up: true`. Then run `counterpoint run`."
        ]
    if added:
        return [
            f"Added {prose.count(len(added), 'question')} to {place}. Give each a `name`; to join two, move the words "
            "of one to `also` of the other; write `follow_up: true` where one is no question of the guide. Then run "
            "`counterpoint run`."
        ]
    if not found:
        return [
            "No question was asked in several interviews in like words, so there is none to propose. If you have an "
            f"interview guide, list its questions in {place}."
        ]
    return [f"Every question found is in {place}. Nothing was changed."]
