"""Writes the codings of an import to human_codes/, without those that the study has already in another file."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipeline.commands import import_texts
from pipeline.commands.import_plan import Plan
from pipeline.commands.import_study import Study
from pipeline.core import prose, study_lock
from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import Places
from pipeline.corpus import human_codings, span_alignment
from pipeline.corpus.readers.coding import Coding, by_people
from pipeline.corpus.taken import Tally
from pipeline.exchange import csv

COLUMNS = ("document", "start", "end", "text", "code", "parent_code", "coder", "memo", "date")


def add(
    plan: Plan, path: Path, codings: Sequence[Coding], *, tally: Tally | None = None, study: Study | None = None
) -> None:
    """Plan to write human codings as csv to human_codes/, without those that the study has already."""
    tally = tally or Tally(path.name)
    total = len(codings)
    codings, left_out = by_people(codings)
    if left_out:
        plan.lines.append(left_out)
        tally.leave("codings", total - len(codings), why="made by this program, not by a person")
    placed = [coding for coding in codings if coding.start is not None or coding.text.strip()]
    if len(placed) < len(codings):
        n_without_position = len(codings) - len(placed)
        plan.lines.append(
            f"Left out {prose.count(n_without_position, 'coding')} without a position in a text that is here."
        )
        tally.leave(
            "codings",
            n_without_position,
            why="without a position in a text (a page, picture or recording, or a text that is not in the file)",
        )
    named = [coding for coding in placed if coding.code]
    tally.leave("codings", len(placed) - len(named), why="their code is not in the file")
    file = Places(plan.folder).human_codes / f"{import_texts.safe(path.stem).removesuffix('.txt')}.csv"
    new = missing(named, study, plan.folder, own=study_lock.alike(file)) if study else named
    if len(new) < len(named):
        known = len(named) - len(new)
        plan.lines.append(f"{prose.count(known, 'coding is', 'codings are')} in human_codes/ already, in another file.")
    tally.take("codings", len(named))
    tally.take("coders", len({coding.coder for coding in named}))
    if not new:
        return
    data = csv.table(
        pd.DataFrame([[getattr(coding, name) for name in COLUMNS] for coding in new], columns=list(COLUMNS))
    )
    existing = study_lock.alike(file)
    if existing is None:
        plan.files[file] = data
    elif not import_texts.holds(existing, data):
        raise CounterpointError(f"{existing} already exists with other content. Move it, or rename {path.name}.")
    what = f"{prose.count(len(new), 'coding')} by {', '.join(sorted({coding.coder for coding in new}))}"
    plan.lines.append(f"Wrote {what} to {file}." if existing is None else f"{existing} already has {what}.")


def missing(codings: Sequence[Coding], study: Study, folder: Path, *, own: Path | None) -> list[Coding]:
    """Return the codings that no file of human codes has, in their order.

    Two codings are one if coder, code and passage are. `own`: the file that an earlier import of the same project
    wrote, which does not count.
    """
    human_codes = Places(folder).human_codes
    if not human_codes.is_dir() or not any(path != own for path in human_codes.iterdir()):
        return list(codings)
    rows = human_codings.read_codings(human_codes, study.transcripts, without=own)[0]
    known = {(row[0], row[1], row[2], row[4], row[6]) for row in rows}
    placed, _ = span_alignment.place_codings(codings, study.texts)
    there = {
        id(one.coding)
        for one in placed
        if (one.document, one.start, one.end, one.coding.code, one.coding.coder) in known
    }
    return [coding for coding in codings if id(coding) not in there]
