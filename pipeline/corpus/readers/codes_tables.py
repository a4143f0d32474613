"""Reads coded segments in tables (csv, xlsx), as Taguette, MAXQDA, ATLAS.ti, NVivo, Dedoose and others write them."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.corpus import refi
from pipeline.corpus.readers import code_headings, code_records, code_separators, codes_csv, rows
from pipeline.corpus.readers.code_headings import Columns
from pipeline.corpus.readers.code_records import Record, Sheet
from pipeline.corpus.readers.coding import Coding, Codings
from pipeline.corpus.readers.model import RefusedError, Remark

# Paragraphs as programs write them: `12`, `¶ 12`, `3 - 4`, `12: 3 - 14: 8` (with the character in the paragraph).
_NUMBER = re.compile(r"(?:¶|§|para(?:graph)?\.?)?\s*(\d{1,6})(?:\s*:\s*\d+)?", re.IGNORECASE)
_RANGE = re.compile(rf"{_NUMBER.pattern}(?:\s*[-–—]\s*{_NUMBER.pattern})?", re.IGNORECASE)

# A parent column may be blank because a code has none.
_PARENT = re.compile(r"parent|padre|pai|eltern|ober|bovenliggend|родитель")


def read_csv(data: bytes, stem: str) -> Codings:
    """Return the codings of a csv, in our own format or another program's, recognised by its columns.

    Raises RefusedError if a required column is missing.
    """
    if _own(data):
        return Codings(codes_csv.read_own_csv(data, stem))
    return _codings([code_records.csv_sheet(data)], stem)


def read_xlsx(data: bytes, stem: str) -> Codings:
    """Return the codings on every sheet of a workbook that has them, recognised by its columns.

    Raises RefusedError if a required column is missing.
    """
    sheets, others = code_records.workbook_sheets(data)
    found = _codings(sheets, stem)
    found.sheets = others
    return found


def path(code: str) -> list[str]:
    r"""Return a code path as a list, outermost first: `A > B`, `A\\B` or `A::B`."""
    return code_separators.path(code)


def _own(data: bytes) -> bool:
    """Return whether a csv is in our own format."""
    try:
        header, _ = rows.read_csv(data, whole=True)
    except RefusedError:
        return False
    return {"document", "code"} <= set(header) and ("text" in header or {"start", "end"} <= set(header))


def _codings(sheets: Sequence[Sheet], stem: str) -> Codings:
    found = Codings()
    for sheet in sheets:
        records, blank = _filled(sheet)
        codes, said = _codes(sheet.columns, records)
        found.remarks += [*sheet.remarks, *blank, *said, *_doubts(sheet.columns, records)]
        found.unread += [one for one in _unread(sheet.columns, records) if one not in found.unread]
        file = "" if sheet.columns.has("document") else stem
        for (number, cells), of_row in zip(records, codes, strict=True):
            line = f"line {number}" if not sheet.name else f"sheet '{sheet.name}', line {number}"
            stated = _stated(sheet.columns, cells)
            found += [
                replace(stated, row=line, code=code, parent_code=parent, coder=stated.coder or stem, file=file)
                for parent, code in of_row
            ]
    found.remarks += code_separators.same_names([(one.parent_code, one.code) for one in found])
    return found


def _doubts(columns: Columns, records: Sequence[Record]) -> list[Remark]:
    """Return what was uncertain about the columns: two that fit, or a coder known only as who changed the coding."""
    remarks: list[Remark] = []
    for role in ("document", "text", "code"):
        chosen = columns.at[role] if role != "code" else next(iter(columns.codes), -1)
        for other in columns.others(role) if chosen >= 0 else []:
            pairs = {
                (cells[chosen].strip(), cells[other].strip()) for _, cells in records if len(cells) > max(chosen, other)
            }
            if any(two and one != two for one, two in pairs):
                both = f"'{columns.headings[chosen].strip()}' and '{columns.headings[other].strip()}'"
                text = f"The columns {both} may each hold the {role}; the first was read. If that is wrong, rename it."
                remarks.append(Remark("guessed", text))
    coder = columns.headings[columns.at["coder"]].strip() if columns.has("coder") else ""
    if code_headings.folded(coder) in code_headings.MODIFIED:
        text = f"The column '{coder}' was read as the coder, who may be another person than made the coding."
        remarks.append(Remark("guessed", f"{text} If so, export the column 'Created by' too."))
    return remarks


def _unread(columns: Columns, records: Sequence[Record]) -> list[str]:
    """Return the headings of columns that hold something but are not read."""
    used = {*columns.at.values(), *columns.codes, *columns.marked}
    return [
        heading.strip()
        for at, heading in enumerate(columns.headings)
        if heading.strip() and at not in used and any(at < len(cells) and cells[at].strip() for _, cells in records)
    ]


def _stated(columns: Columns, cells: list[str]) -> Coding:
    """Return what a row says beside its codes."""
    cell = {role: columns.cell(cells, role).strip() for role in code_headings.ROLES}
    offsets = _offsets(columns)
    return Coding(
        row="",
        document=cell["document"],
        start=codes_csv.integer(cell["begin"]) if offsets else None,
        end=codes_csv.integer(cell["end"]) if offsets else None,
        text=columns.cell(cells, "text"),
        code="",
        coder=cell["coder"],
        memo=cell["memo"],
        date=refi.date_of(cell["date"]),
        paragraphs=_paragraphs(cell["begin"], cell["end"], cell["place"]),
    )


def _offsets(columns: Columns) -> bool:
    """Return whether the columns are offsets, `start` and `end`; Beginning and End are paragraph numbers."""
    headings = [columns.headings[columns.at[role]].strip().casefold() for role in ("begin", "end") if columns.has(role)]
    return headings == ["start", "end"]


def _paragraphs(begin: str, end: str, place: str) -> tuple[int, int] | None:
    first, last = _NUMBER.fullmatch(begin), _NUMBER.fullmatch(end)
    if first:
        return int(first[1]), int(last[1]) if last else int(first[1])
    both = _RANGE.fullmatch(place)
    return (int(both[1]), int(both[2] or both[1])) if both else None


def _codes(columns: Columns, records: Sequence[Record]) -> tuple[list[list[tuple[str, str]]], list[Remark]]:
    """Return for each row its codes, each with its parent or '', and what was uncertain."""
    if columns.marked:
        marked = [
            [("", code) for at, code in columns.marked.items() if at < len(cells) and code_headings.applies(cells[at])]
            for _, cells in records
        ]
        return marked, []
    of_rows: list[list[str]] = [[] for _ in records]
    remarks: list[Remark] = []
    counts = [codes_csv.integer(columns.cell(cells, "count").strip()) for _, cells in records]
    for at in columns.codes:
        cells = [record[at] if at < len(record) else "" for _, record in records]
        stated = counts if len(columns.codes) == 1 else [None] * len(cells)
        found, said = code_separators.several(columns.headings[at], cells, stated)
        remarks += said
        for row, names in zip(of_rows, found, strict=True):
            row += [name for name in names if name and name not in row]
    unnamed = [at for at in columns.codes if not columns.headings[at].strip()]
    if any(at < len(record) and record[at].strip() for _, record in records for at in unnamed):
        text = (
            f"Columns without a heading after '{columns.headings[columns.codes[0]].strip()}' were read as codes too. "
        )
        remarks.append(Remark("guessed", f"{text}If that is wrong, give them a heading, such as 'Comment'."))
    single = columns.headings[columns.codes[0]].strip().casefold() == "tag"  # Taguette's tags have no parents
    paths, said = ({}, []) if single else code_separators.levels([name for row in of_rows for name in row])
    remarks += said
    themes = [columns.cell(cells, "theme").strip() for _, cells in records]
    return [_with_parents(row, paths, theme) for row, theme in zip(of_rows, themes, strict=True)], remarks


def _with_parents(names: list[str], paths: dict[str, list[str]], theme: str) -> list[tuple[str, str]]:
    """Return a row's codes with their parents; a theme without a code is a code itself, and a row without either ''."""
    if not names:
        return [("", theme)]
    found = []
    for name in names:
        *above, code = paths.get(name, [name])
        found.append((above[-1] if above else theme if theme != code else "", code))
    return found


def _filled(sheet: Sheet) -> tuple[list[Record], list[Remark]]:
    """Return the rows with what is left blank because it is that of the row above, and which rows they are.

    This is the document, also with the codes where both are blank, and the theme beside a code.
    """
    columns = sheet.columns
    document, theme = columns.at["document"], columns.at["theme"]
    if theme >= 0 and _PARENT.search(columns.headings[theme].casefold()):
        theme = -1  # a code without a parent
    above: list[str] = []
    blank: list[int] = []
    filled: list[Record] = []
    for number, row in sheet.records:
        cells = [*row, *[""] * (len(columns.headings) - len(row))]
        if columns.cell(cells, "text").strip():
            coded = any(cells[at].strip() for at in [*columns.codes, *columns.marked])
            wanted = [document] if document >= 0 and not cells[document].strip() else []
            wanted += [*columns.codes, columns.at["theme"]] if wanted and not coded else [theme] if coded else []
            taken = [at for at in wanted if at >= 0 and above and not cells[at].strip() and above[at].strip()]
            for at in taken:
                cells[at] = above[at]
            blank += [number] if taken else []
            above = cells
        filled.append((number, cells))
    if not blank:
        return filled, []
    listed = ", ".join(map(str, blank[:5])) + (", …" if len(blank) > 5 else "")
    text = f"Line {listed}: blank cells for document, theme or code were taken from the line above. If that is wrong, "
    return filled, [Remark("guessed", f"{text}fill them in.")]
