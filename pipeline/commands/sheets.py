"""Tables for people to fill in, as xlsx and csv, and reading them back. All cells are text, never formulas."""

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.core import atomic_files, formula_guard, study_lock, text_files
from pipeline.core.errors import CounterpointError
from pipeline.corpus.readers import files, workbooks
from pipeline.corpus.readers.model import RefusedError
from pipeline.exchange import sheet_layout

ENDINGS = (".xlsx", ".csv")
LARGEST = 20 * 2**20
# Of a column and of the sheet About, in characters.
WIDTH, ABOUT_WIDTHS = 12, (32, 60, 60, 60)
# So much of a coder's name, or a sheet's, names a file.
LONGEST = 60


class SheetError(CounterpointError):
    """A completed sheet cannot be read; the message lists every problem, one per line."""


def contents(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    *,
    widths: Mapping[str, int] | None = None,
    to_fill: Sequence[str] = (),
    about: Sequence[Sequence[str]] = (),
) -> dict[str, bytes]:
    """Rows as workbook and csv, by file extension. `to_fill`: columns to fill in, which are coloured.

    `about`: the rows of a second sheet with instructions.
    """
    return {".xlsx": _xlsx(rows, columns, widths or {}, to_fill, about=about), ".csv": _csv(rows, columns)}


def write(base_path: Path, rows: Sequence[Mapping[str, Any]], columns: Sequence[str], **options: Any) -> list[Path]:
    """Write rows as `base_path`.xlsx and .csv, replacing existing files; return both. `options`: see `contents`."""
    file_of = contents(rows, columns, **options)
    for ending, data in file_of.items():
        atomic_files.write(base_path.with_suffix(ending), data)
    return [base_path.with_suffix(ending) for ending in file_of]


def refuse_filled(place: Path, remedy: str) -> None:
    """Raise SheetError if both files of a sheet exist; a single one may be left over from an interrupted command."""
    there = _there(place)
    if len(there) == len(ENDINGS):
        raise SheetError(f"{there[0]} already exists and may be partly filled in. {remedy}")


def put(study: Path, base_path: Path, contents_of: Mapping[str, bytes], remedy: str) -> list[Path]:
    """Write the files of a sheet unless other ones exist, which raises SheetError; return their paths."""
    with study_lock.locked(study):
        refuse_filled(base_path, remedy)
        for existing in _there(base_path):
            if existing.read_bytes() != contents_of[existing.suffix.lower()]:
                raise SheetError(f"{existing} already exists and may be partly filled in. {remedy}")
        files = [base_path.with_name(base_path.name + ending) for ending in ENDINGS]
        for file in files:
            if not study_lock.alike(file):
                atomic_files.create(file, contents_of[file.suffix])
    return files


def _there(place: Path) -> list[Path]:
    """The sheet's existing files, including names that some file systems treat as the same."""
    return [there for ending in ENDINGS if (there := study_lock.alike(place.with_name(place.name + ending)))]


def read(path: Path, needed: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a completed sheet (xlsx or csv), all cells as text; `row` is the row number in the file, from 1.

    Raises SheetError if the file has another format, cannot be read, or lacks a needed column.
    """
    if not path.exists():
        raise SheetError(f"{path} does not exist. Check the file name.")
    if path.suffix.lower() not in ENDINGS:
        raise SheetError(f"Unsupported file {path}. Save the sheet as .xlsx or .csv.")
    try:
        data = files.content(path, limit=LARGEST, follow=True)
        with files.reading("a sheet"):
            header, sheet_rows = parsed(data, place=path)
    except RefusedError as error:
        raise SheetError(f"{path}: {error}") from None
    missing = [name for name in needed if name not in header]
    if missing:
        raise SheetError(f"{path}: the column '{missing[0]}' is missing. Restore the columns {', '.join(needed)}.")
    return sheet_rows


def header(data: bytes, *, place: Path) -> list[str]:
    """The header of a sheet's bytes, in lower case, whatever is below it.

    Raises RefusedError or TextFileError if there is none to read.
    """
    if place.suffix.lower() == ".csv":
        lines = text_files.csv_rows(text_files.decode_utf8(data, place=str(place)), place=str(place))
        first = next(lines, (1, []))
    else:
        (sheet,) = workbooks.sheets(data).values()
        first = next(iter(sheet), (1, []))
    return [name.strip().lower() for name in first[1]]


def own(coder: str) -> str:
    """Say that a name is this program's own."""
    return f"'{coder}' is reserved for this program's own codings."


def safe(name: str) -> str:
    """A name as a file's name: letters, digits, - and _; raise SheetError where nothing is left."""
    composed = unicodedata.normalize("NFC", name.strip())[:LONGEST]
    file_name = "".join(character if character.isalnum() or character in "-_" else "_" for character in composed).strip(
        "_"
    )
    if not file_name:
        raise SheetError("The coder's name needs letters or digits: it is part of the file name.")
    return file_name


def _csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([formula_guard.guarded(str(row.get(name, ""))) for name in columns] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    widths: Mapping[str, int],
    to_fill: Sequence[str],
    *,
    about: Sequence[Sequence[str]],
) -> bytes:
    import xlsxwriter

    # In memory: a killed command must leave no passages in the system's folder of temporary files.
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, plain)
    book.set_properties({"created": formula_guard.MADE})
    head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    blank = book.add_format(
        {"text_wrap": True, "valign": "top", "bg_color": "#FFF8E1", "border": 1, "border_color": "#D0C8A0"}
    )
    sheet = book.add_worksheet("Passages")
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(columns):
        sheet.set_column(column, column, widths.get(name, WIDTH))
        sheet.write_string(0, column, name, head)
        style = blank if name in to_fill else text
        for line, row in enumerate(rows, start=1):
            value = row.get(name, "")
            if isinstance(value, int | float) and not isinstance(value, bool):
                sheet.write_number(line, column, value, style)
            else:
                sheet.write_string(line, column, str(value)[: formula_guard.LONGEST], style)
    for line, row in enumerate(rows, start=1):
        shown = [(str(row.get(name, "")), widths.get(name, WIDTH)) for name in columns]
        sheet.set_row(line, sheet_layout.height(shown))
    sheet.set_row(0, sheet_layout.height([]))
    sheet_layout.for_print(sheet)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    if about:
        other = book.add_worksheet("About")
        for column, width in enumerate(ABOUT_WIDTHS):
            other.set_column(column, column, width)
        for line, about_row in enumerate(about):
            for column, cell in enumerate(about_row):
                other.write_string(line, column, cell[: formula_guard.LONGEST], text)
            other.set_row(line, sheet_layout.height(zip(about_row, ABOUT_WIDTHS, strict=False)))
    book.close()
    return out.getvalue()


def parsed(data: bytes, *, place: Path) -> tuple[list[str], list[dict[str, str]]]:
    """The header, in lower case, and the rows of a sheet's bytes, by the ending of its `place`.

    Raises SheetError and RefusedError where they cannot be read.
    """
    return (_read_csv if place.suffix.lower() == ".csv" else _read_xlsx)(data, place)


def _read_csv(data: bytes, place: Path) -> tuple[list[str], list[dict[str, str]]]:
    try:
        lines = list(text_files.csv_rows(text_files.decode_utf8(data, place=str(place)), place=str(place)))
    except text_files.TextFileError as error:
        raise SheetError(str(error)) from None
    return _rows([(number, [formula_guard.plain(cell) for cell in line]) for number, line in lines], f"{place}, line")


def _read_xlsx(data: bytes, path: Path) -> tuple[list[str], list[dict[str, str]]]:
    (sheet,) = workbooks.sheets(data).values()
    return _rows(sheet, f"{path}, row")


def _rows(lines: list[tuple[int, list[str]]], where: str) -> tuple[list[str], list[dict[str, str]]]:
    """The header, in lower case, and the rows below it. Raises SheetError if columns are ambiguous."""
    header = [name.strip().lower() for name in lines[0][1]] if lines else []
    twice = next((name for name in header if name and header.count(name) > 1), "")
    if twice:
        raise SheetError(f"{where} {lines[0][0]}: the column '{twice}' occurs twice. Remove one of them.")
    row_dicts = []
    for number, line in lines[1:]:
        if any(cell.strip() for cell in line[len(header) :]):
            raise SheetError(f"{where} {number}: the row has more cells than there are columns. Correct it.")
        if any(cell.strip() for cell in line):
            full = [*line, *[""] * (len(header) - len(line))]
            row_dicts.append({**dict(zip(header, full, strict=False)), "row": str(number)})
    return header, row_dicts
