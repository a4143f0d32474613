"""What the program applied goes out in an export and comes back by every reader: it is never taken for a person's."""

import csv
import io
import re
import sqlite3
import zipfile
from contextlib import closing

import openpyxl
import pandas as pd
import pytest
from defusedxml.ElementTree import fromstring
from docx import Document
from qda_files import qualcoder, taguette

from pipeline import ingest
from pipeline.commands import blind_sheets, exporting, importing, sheets_back
from pipeline.commands.sheets import SheetError
from pipeline.core import coders, params, store
from pipeline.corpus import refi

N = "{urn:QDA-XML:project:1.0}"
OPTIONS = params.Ingest().model_dump()
# As other programs spell a coder that they were given.
SPELLINGS = (coders.MODEL, f" {coders.MODEL}_1", "counterpoint (Model)", coders.MODEL_GUID, "pipeline", "Counterpoint")


@pytest.fixture(scope="module")
def exported(small_study, tmp_path_factory):
    """The folder of an export, and every coding in its project: document, text, start, end, words, code, coder."""
    out = tmp_path_factory.mktemp("export")
    exporting.export(small_study, out)
    with zipfile.ZipFile(out / "coded.qdpx") as archive:
        root = fromstring(archive.read("project.qde"))
        texts = {name: archive.read(name).decode() for name in archive.namelist() if name.startswith("sources/")}
    codes = {code.get("guid"): code.get("name") for code in root.iter(f"{N}Code")}
    users = {user.get("guid"): user.get("name") for user in root.iter(f"{N}User")}
    rows = []
    for source in root.iter(f"{N}TextSource"):
        text = texts["sources/" + source.get("plainTextPath").removeprefix("internal://")]
        document = refi.file_of(source.findtext(f"{N}Description"))
        for one in source.iter(f"{N}PlainTextSelection"):
            start, end = int(one.get("startPosition")), int(one.get("endPosition"))
            for coding in one.iter(f"{N}Coding"):
                code = codes[coding.find(f"{N}CodeRef").get("targetGUID")]
                coder = users[coding.get("creatingUser")]
                rows.append((document, text, start, end, text[start:end], code, coder))
    machine = [row for row in rows if row[-1] == coders.MODEL]
    assert machine and len(machine) < len(rows)
    return out, rows


def as_csv(rows, header="document,start,end,text,code,coder"):
    place = io.StringIO()
    writer = csv.writer(place)
    writer.writerow(header.split(","))
    writer.writerows([document, start, end, said, code, who] for document, _, start, end, said, code, who in rows)
    return {"codes.csv": place.getvalue().encode()}


def as_maxqda(rows):
    book = openpyxl.Workbook()
    book.active.append(["Document name", "Beginning", "End", "Segment", "Code", "Created by"])
    for document, _, _, _, said, code, who in rows:
        book.active.append([document, 1, 2, said, code, who])
        book.active.cell(book.active.max_row, 4).data_type = "s"  # some talk begins with =
    place = io.BytesIO()
    book.save(place)
    return {"codes.xlsx": place.getvalue()}


def as_dedoose(rows):
    return as_csv(rows, "Media Title,from,to,Excerpt Copy,Codes Applied Combined,Excerpt Creator")


def as_taguette_csv(rows):
    return as_csv(rows, "document,from,to,content,tag,created by")


def as_qualcoder(rows):
    numbers = {code: number for number, code in enumerate(sorted({row[5] for row in rows}), start=11)}
    more = "DELETE FROM code_name;" + "".join(
        f"INSERT INTO code_name VALUES ({number}, '{code.replace(chr(39), chr(39) * 2)}', '', NULL, '', '', '');"
        for code, number in numbers.items()
    )
    given = [(document, numbers[code], said, start, end, who, "") for document, _, start, end, said, code, who in rows]
    return {"study.qda/data.qda": qualcoder({row[0]: row[1] for row in rows}, given, more=more)}


def as_taguette(rows):
    names = {code: number for number, code in enumerate(sorted({row[5] for row in rows}), start=11)}
    escaped = {row[0]: row[1].replace("&", "&amp;").replace("<", "&lt;") for row in rows}
    given = []
    for document, text, start, end, said, code, who in rows:
        at = [len(text[:place].encode()) for place in (start, end)]
        given.append((document, *at, said.replace("&", "&amp;").replace("<", "&lt;"), [names[code]], who))
    data = taguette(escaped, given)
    with closing(sqlite3.connect(":memory:")) as base:
        base.deserialize(data)
        base.executemany("INSERT INTO tags VALUES (?,1,?,'')", [(number, code) for code, number in names.items()])
        base.commit()
        return {"study.sqlite3": base.serialize()}


def as_rock(rows):
    """A source a document; a coder's id may hold letters, digits, dots, dashes and underscores alone."""
    files = {}
    for document, _, _, _, said, code, who in rows:
        identifier = re.sub(r"[^A-Za-z0-9._-]", "_", who)
        files.setdefault(document, []).append(f"[[coderId={identifier}]]\n{said} [[{code}]]\n")
    return {f"{document.rpartition('.')[0]}.rock": "".join(lines).encode() for document, lines in files.items()}


def as_comments(rows):
    files = {}
    for document, _, _, _, said, code, who in rows:
        made = files.setdefault(document, Document())
        made.add_comment(made.add_paragraph().add_run(said), text=code, author=who)
    found = {}
    for document, made in files.items():
        place = io.BytesIO()
        made.save(place)
        found[f"{document.rpartition('.')[0]}.docx"] = place.getvalue()
    return found


FORMS = {
    "our csv": as_csv,
    "MAXQDA's workbook": as_maxqda,
    "Dedoose's table": as_dedoose,
    "Taguette's table": as_taguette_csv,
    "Taguette's project": as_taguette,
    "QualCoder's project": as_qualcoder,
    "ROCK": as_rock,
    "Word comments": as_comments,
}


def read(folder, texts, files):
    """The codings and the notes of a study of these texts and files of human codes."""
    for name, text in texts.items():
        place = folder / "transcripts" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    for name, data in files.items():
        place = folder / "human_codes" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    tables = ingest.ingest(folder, **OPTIONS)
    problems = tables["ingest_problems"]
    assert not (problems.kind == "refused").any(), problems[problems.kind == "refused"].reason.tolist()
    return tables["codings"], [reason for reason in problems.reason if "program's own name" in reason]


def named(rows):
    """The rows, each document a text, whatever it was: its name ends in .txt."""
    return [(row[0].replace(".docx", ".txt").replace(".vtt", ".txt"), *row[1:]) for row in rows]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("form", FORMS)
def test_the_programs_codings_come_back_as_nobodys(exported, tmp_path, form, spelling):
    rows = named(exported[1])
    texts = {row[0]: row[1] for row in rows}
    people = [row for row in rows if row[-1] != coders.MODEL]
    spelled = [(*row[:-1], spelling if row[-1] == coders.MODEL else row[-1]) for row in rows]
    wanted, silent = read(tmp_path / "people", texts, FORMS[form](people))
    found, said = read(tmp_path / "all", texts, FORMS[form](spelled))
    pd.testing.assert_frame_equal(found.drop(columns="date"), wanted.drop(columns="date"))
    assert set(found.coder) == {"lea", "max"}
    assert not silent
    assert sum(int(one.split()[0]) for one in said) == len(rows) - len(people)


def test_the_programs_codings_in_a_project_are_left_out_where_it_lies_and_where_it_is_imported(
    small_study, exported, tmp_path
):
    wanted = store.read(small_study, "codings")
    machine = sum(row[-1] == coders.MODEL for row in exported[1])
    data = (exported[0] / "coded.qdpx").read_bytes()
    lines = importing.run(exported[0] / "coded.qdpx", tmp_path / "imported")
    assert (
        sum(
            line.startswith(f"{machine} of {len(exported[1])} codings were omitted: they are by '{coders.MODEL}'")
            for line in lines
        )
        == 1
    )
    imported = ingest.ingest(tmp_path / "imported", **OPTIONS)["codings"]
    place = tmp_path / "imported" / "transcripts"
    texts = {one.relative_to(place).as_posix(): one.read_text(encoding="utf-8") for one in place.rglob("*.txt")}
    lying, said = read(tmp_path / "lying", texts, {"coded.qdpx": data})
    for found in (imported, lying):
        assert sorted(zip(found.text, found.code, found.coder, strict=True)) == sorted(
            zip(wanted.text, wanted.code, wanted.coder, strict=True)
        )
    assert len(said) == 1 and said[0].startswith(f"{machine} of ")


def test_an_imported_table_leaves_the_programs_codings_out_and_says_so(exported, tmp_path):
    (data,) = as_csv(exported[1]).values()
    (tmp_path / "theirs.csv").write_bytes(data)
    lines = importing.run(tmp_path / "theirs.csv", tmp_path / "study")
    written = (tmp_path / "study/human_codes/theirs.csv").read_text(encoding="utf-8")
    machine = sum(row[-1] == coders.MODEL for row in exported[1])
    assert any(line.startswith(f"{machine} of {len(exported[1])} codings were omitted: they are by") for line in lines)
    assert coders.MODEL not in written


def test_a_file_of_nothing_but_the_programs_codings_leaves_no_coder(exported, tmp_path):
    rows = named(row for row in exported[1] if row[-1] == coders.MODEL)
    found, said = read(tmp_path, {row[0]: row[1] for row in rows}, as_csv(rows))
    assert found.empty
    assert said[0].startswith(f"{len(rows)} of {len(rows)} codings")


def test_a_table_without_coders_that_bears_the_programs_name_is_the_programs(exported, tmp_path):
    rows = named(row for row in exported[1] if row[-1] == coders.MODEL)
    (data,) = as_csv([(*row[:-1], "") for row in rows]).values()
    found, said = read(tmp_path, {row[0]: row[1] for row in rows}, {f"{coders.MODEL}.csv": data})
    assert found.empty and said


def test_no_sheet_is_drawn_for_the_program_or_taken_in_as_its(small_study, tmp_path):
    with pytest.raises(SheetError, match="is reserved for this program's own codings"):
        blind_sheets.write_sheets(small_study, coder="counterpoint (model)")
    sheet = tmp_path / "sheet.csv"
    document = store.read(small_study, "documents").iloc[0]
    sheet.write_text(f"document,start,end,code,coder\n{document.document},0,5,Time,{coders.MODEL}\n", encoding="utf-8")
    with pytest.raises(
        SheetError, match="row 2: 'Counterpoint \\(model\\)' is reserved for this program's own codings"
    ):
        sheets_back.filled(sheet, texts={document.document: document.text}, column="code")
