"""`counterpoint import` of what people coded in tables and reports: it goes into human_codes/ as it is."""

from collections.abc import Collection
from pathlib import Path

from pipeline.commands import import_texts
from pipeline.commands.import_plan import Plan
from pipeline.core import prose, study_lock
from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import Places
from pipeline.corpus import readers
from pipeline.corpus.readers.coding import by_people
from pipeline.corpus.taken import Tally


def add(plan: Plan, path: Path, data: bytes, tally: Tally, *, beside: Collection[str] = ()) -> None:
    """Plan to copy a file of codings into human_codes/, where every run reads it; messages say what is in it.

    `beside`: the sheets of a workbook from which something else is taken.
    Raises RefusedError if the file has no codings, and CounterpointError if another file has its name.
    """
    every = readers.read_codes(path, follow=True)
    codings, left_out = by_people(every)
    if not every:
        raise CounterpointError(f"{path} has columns for coded segments, but no rows.")
    suffix = path.suffix.lower()
    file = Places(plan.folder).human_codes / f"{import_texts.safe(path.stem).removesuffix('.txt')}{suffix}"
    existing = study_lock.alike(file)
    if existing is not None and not import_texts.holds(existing, data):
        raise CounterpointError(f"{existing} already exists with other content. Move it, or rename {path.name}.")
    plan.lines.extend(remark.text for remark in every.remarks)
    plan.lines.extend([left_out] if left_out else [])
    tally.take("codings", len(codings), note="in human_codes/")
    tally.leave("codings", len(every) - len(codings), why="made by this program, not by a person")
    tally.take("coders", len({coding.coder for coding in codings}))
    tally.leave("other", len(every.unread), why="columns that are not read", names=every.unread)
    others = [sheet for sheet in every.sheets if sheet not in beside]
    tally.leave("other", len(others), why="sheets that are not read", names=others)
    coders = sorted({coding.coder for coding in codings})
    codes = {(coding.parent_code, coding.code) for coding in codings if coding.code}
    what = (
        f"{prose.count(len(codings), 'coding')} with {prose.count(len(codes), 'code')}"
        f"{f' by {prose.listed(coders[:5])}' if coders else ''}"
        f"{' (the file names no coder; rename it to change this)' if coders == [path.stem] else ''}"
    )
    if existing is not None:
        plan.lines.append(f"{existing} already has this file: {what}.")
        return
    plan.files[file] = data
    plan.lines.append(
        f"Copied to {file}: {what}. The next run looks for the passages in transcripts/, and lists those not found."
    )
