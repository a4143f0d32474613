"""Removes one interview from a table of several, and leaves every other line as it was."""

from pipeline.corpus.readers import decoding, grids, tables
from pipeline.corpus.readers.model import Labels, RefusedError
from pipeline.withdrawal import csv_editing
from pipeline.withdrawal.redaction import RedactError


def without(data: bytes, document: str) -> bytes:
    """Return a csv without the rows of one of its documents (`interviews.csv/A`), verified by reading it again.

    Raises RedactError if the file is no csv, or if another interview in it would change.
    """
    file, _, name = document.rpartition("/")
    try:
        if not file.lower().endswith(".csv"):
            raise RefusedError("Only rows of csv files can be removed.")
        text, _ = decoding.decode(data)
        before = tables.read_csv(data, Labels()).parts
        new = csv_editing.without_rows(data, before[name].rows, delimiter=grids.delimiter(text))
        after = tables.read_csv(new, Labels())
    except (RefusedError, KeyError):
        raise _by_hand(file, name) from None
    left = {part: found.text for part, found in before.items() if part != name}
    kept = {part: found.text for part, found in after.parts.items()}
    if len(left) == 1:  # a single interview has no name of its own
        kept = dict.fromkeys(left, after.text)
    if left != kept:
        raise _by_hand(file, name)
    return new


def _by_hand(file: str, name: str) -> RedactError:
    return RedactError(
        f"transcripts/{file}: the rows of '{name}' cannot be removed safely from this file automatically. Delete them "
        "in the program the file was written with, save it, and run this command again."
    )
