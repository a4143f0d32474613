"""Reads the human codings of a study and places them in its documents."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.core import prose
from pipeline.corpus import document_names, readers, span_alignment
from pipeline.corpus.readers import coding, files
from pipeline.corpus.readers.model import RefusedError, Transcript
from pipeline.corpus.sources import Problem

# So many sheets of a workbook are named in a message.
SHEETS_SHOWN = 5


def read_codings(
    folder: Path, transcripts: Mapping[str, Transcript], *, without: Path | None = None
) -> tuple[list[span_alignment.Row], list[Problem], int]:
    """Return the human codings that could be placed, problems with their file and row, and a count.

    The count is the number of codings omitted because this program made them. `without`: a file not to be read.
    """
    by_program = 0
    texts = {document: unique.text for document, unique in transcripts.items()}
    rows: list[span_alignment.Row] = []
    problems: list[Problem] = []
    every_lost: list[span_alignment.Misplaced] = []
    n_placed = 0
    listing = files.listed(folder, endings=readers.CODES)
    problems.extend(Problem("refused", "", f"human_codes/{name}", why) for name, why in listing.refused)
    for path in readers.code_files(listing.files):
        if path == without:
            continue
        name = f"human_codes/{document_names.shown(document_names.normal(path.relative_to(folder).as_posix()))}"
        try:
            files.check_name(path.name)
            every = readers.read_codes(path)
        except RefusedError as error:
            problems.append(Problem("refused", "", name, str(error)))
            continue
        codings, left_out = coding.by_people(every)
        by_program += len(every) - len(codings)
        if left_out:
            problems.append(Problem("note", "", name, left_out))
        problems.extend(Problem(remark.kind, "", name, remark.text) for remark in every.remarks)
        if every.sheets:
            problems.append(Problem("note", "", name, _without_codings(every.sheets)))
        placed, lost = span_alignment.place_codings(codings, texts)
        problems.extend(
            Problem("refused", unplaced.document, f"{name}, {unplaced.coding.row}", unplaced.reason)
            for unplaced in lost
        )
        problems.extend(Problem("note", "", name, message) for message in _how_placed(placed, len(codings)))
        every_lost += lost
        n_placed += len(placed)
        unique = dict.fromkeys(span_alignment.coding_row(item, texts[item.document]) for item in placed)
        if len(unique) < len(placed):
            twice = len(placed) - len(unique)
            message = f"{prose.count(twice, 'duplicate coding')} {'was' if twice == 1 else 'were'} counted once."
            problems.append(Problem("note", "", name, message))
        rows.extend(unique)
    share = span_alignment.share_placed(n_placed, every_lost)
    if share:
        problems.append(Problem("note", "", "human_codes/", share))
    return sorted(set(rows)), problems, by_program


def _how_placed(placed: Sequence[span_alignment.Placed], total: int) -> list[str]:
    """Return a message for each way in which codings were placed other than by their offsets."""
    by_text = [item for item in placed if item.how != "offsets"]
    messages = []
    if by_text:
        without = sum(item.coding.start is None or item.coding.end is None for item in by_text)
        why = "no offsets are given" if without == len(by_text) else "offsets are missing or wrong"
        was, its = ("was", "its") if len(by_text) == 1 else ("were", "their")
        messages.append(f"{len(by_text)} of {total} codings {was} placed by {its} text, because {why}.")
    for how, words in span_alignment.TOLD.items():
        found = [item.coding.row for item in placed if item.how == how]
        if found:
            lines = ", ".join(list(dict.fromkeys(found))[:5]) + (", …" if len(set(found)) > 5 else "")
            messages.append(f"{len(found)} of {total} codings were placed {words} ({lines}). Check them.")
    return messages


def _without_codings(sheets: Sequence[str]) -> str:
    """A message on the sheets of a workbook that hold no codings."""
    shown = [f"'{sheet}'" for sheet in sheets[:SHEETS_SHOWN]]
    more = [prose.count(len(sheets) - SHEETS_SHOWN, "other")] if len(sheets) > SHEETS_SHOWN else []
    return (
        f"No coded segments on {prose.listed([*shown, *more])}: no columns for document, text and code. "
        "`counterpoint import` reads such a sheet if it holds a codebook or participants."
    )
