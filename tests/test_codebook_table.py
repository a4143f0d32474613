"""Codebooks as tables, as people and programs keep them: columns by meaning, levels, groups, and what is asked."""

import itertools
from pathlib import Path

import pytest
from docx import Document
from docx.shared import Pt
from openpyxl import Workbook
from typer.testing import CliRunner

from pipeline import cli
from pipeline.commands import codebook_levels, codebook_table, import_tables, importing, returned
from pipeline.core.errors import CounterpointError
from pipeline.corpus import human_codings, participants, taken
from pipeline.deductive import codebook
from pipeline.exchange import sheets


def table(*lines: str, mark: str = ",") -> codebook_table.Found:
    records = [(number, line.split(mark)) for number, line in enumerate(lines, start=1)]
    return codebook_table.read(records, place="book.csv")


def tree(*lines: str, mark: str = ",") -> dict[str, str]:
    return {code.name: code.parent for code in table(*lines, mark=mark).book.codes}


def test_other_programs_columns_are_known_and_counts_are_named_as_left_out():
    found = table("code,parent,description,n_uses", "Staffing,Resources,Too few people.,12", "Time,Resources,,3")
    assert found.book.names == ("Resources", "Staffing", "Time")
    assert found.book["Staffing"].definition == "Too few people."
    assert found.book["Staffing"].parent == "Resources"
    assert found.unread == ["n_uses"]


def test_a_parent_with_a_row_is_not_added_again():
    book = table("code,parent,description", "Resources,,What it takes.", "Staffing,Resources,").book
    assert book.names == ("Resources", "Staffing")
    assert book["Resources"].definition == "What it takes."


@pytest.mark.parametrize("header", ["document,text", "id,date", ""])
def test_a_table_of_something_else_is_no_codebook(header):
    _, layout = codebook_table.header([(1, header.split(","))])
    assert not layout.score


def test_a_code_told_twice_is_an_error():
    with pytest.raises(codebook.CodebookError, match=r"book\.csv, line 3: 'A' has another definition than in line 2"):
        table("code,parent,description", "A,,x", "A,,y")


def test_a_code_below_itself_is_an_error():
    with pytest.raises(codebook.CodebookError, match="'B' is below itself"):
        table("code,parent,description", "B,C,", "C,B,")


def test_our_own_workbook_comes_back_as_it_was(tmp_path: Path):
    book = codebook.parse_codebook(
        [{"name": "R"}, {"name": "Städte", "parent": "R", "definition": "=1+1", "examples": ["one", "two"]}], place="x"
    )
    (tmp_path / "codebook.xlsx").write_bytes(sheets.codebook(book))
    importing.run(tmp_path / "codebook.xlsx", tmp_path / "study")
    assert codebook.load_codebook(tmp_path / "study/codebook.yaml") == book


@pytest.mark.parametrize(
    ("header", "definition"),
    [
        ("Theme;Sub-theme;Definition;Example", "what it is"),
        ("Thema;Unterthema;Beschreibung;Ankerbeispiel", "what it is"),
        ("Tema;Subtema;Definición;Ejemplo", "what it is"),
        ("Thème principal;Sous-thème;Définition;Exemple", "what it is"),
        ("Tema;Subtema;Descrição;Citação", "what it is"),
        ("Hauptkategorie;Unterkategorie;Definition;Ankerbeispiele", "what it is"),
        ("Category;Subcategory;Description;Illustrative quote", "what it is"),
        ("Categoría;Subcategoría;Comentario;Cita", "what it is"),
        ("Theme;Code;Comment;Quotes", "what it is"),
        ("Second-order theme;First-order concept;Definition;Illustrative quotes", "what it is"),
    ],
)
def test_levels_definitions_and_examples_are_known_in_other_languages(header, definition):
    found = table(header, "Work;Rota;what it is;We swap.", ";Room;;", "Home;;all of home;", mark=";")
    assert {code.name: code.parent for code in found.book.codes} == {
        "Work": "",
        "Rota": "Work",
        "Room": "Work",
        "Home": "",
    }
    assert found.book["Rota"].definition == definition
    assert found.book["Rota"].examples == ("We swap.",)
    assert found.book["Home"].definition == "all of home"
    assert any("read as levels" in line for line in found.lines)
    assert any(line.startswith("Line 3: blank cells of a level were taken from the row above") for line in found.lines)


def test_a_blank_level_is_no_parent_where_the_others_are_repeated():
    found = table("Theme,Code,Definition", "Work,Rota,a", "Work,Room,b", ",Other,c")
    assert found.book["Other"].parent == ""
    assert any("Line 4: blank cells of a level were left blank" in line for line in found.lines)


def test_three_levels_and_a_level_named_like_the_one_above():
    assert tree("Theme,Sub-theme,Code,Definition", "Work,Time,Rota,a", "Work,Time,Swaps,b", "Home,Home,,c") == {
        "Work": "",
        "Time": "Work",
        "Rota": "Time",
        "Swaps": "Time",
        "Home": "",
    }


def test_a_category_may_lie_above_or_below_a_theme():
    assert tree("Category,Theme,Definition", "A,x,1", "A,y,2", "B,z,3")["x"] == "A"
    assert tree("Category,Theme,Definition", "x,A,1", "y,A,2", "z,B,3")["x"] == "A"


def test_groups_are_parents_and_further_groups_are_named():
    found = table("Code,Comment,Code Group 1,Code Group 2", "Rota,How,Work,Time", "Room,,Work,", "Fun,,,")
    assert {code.name: code.parent for code in found.book.codes} == {
        "Work": "",
        "Rota": "Work",
        "Room": "Work",
        "Fun": "",
    }
    assert found.book["Rota"].definition == "How"
    assert "A code has one parent, so further groups were left out: 'Rota' (Time)." in found.lines


def test_groups_in_one_cell_are_parted():
    records = [
        (1, ["Kode", "Kommentar", "Kodegruppen"]),
        (2, ["Rota", "Wie", "Arbeit\nZeit"]),
        (3, ["Raum", "", "Arbeit"]),
    ]
    found = codebook_table.read(records, place="x")
    assert found.book["Rota"].parent == "Arbeit"
    assert any("'Rota' (Zeit)" in line for line in found.lines)


def test_ids_of_parents_are_followed():
    lines = ("Id,Parent Id,Depth,Title,Description", "1,,0,Work,all", "2,1,1,Rota,how", "3,2,2,Swaps,", "4,9,1,Odd,")
    assert tree(*lines) == {"Work": "", "Rota": "Work", "Swaps": "Rota", "Odd": ""}


@pytest.mark.parametrize(
    "rows",
    [
        ["Hierarchical Name,Description", "Codes\\\\Work,all", "Codes\\\\Work\\\\Rota,how"],
        ["Name,Description", "Work,all", "  Rota,how"],
        ["Code,Description", "Work,all", "Work > Rota,how"],
        ["Code,Memo", "Work,all", "Work>>Rota,how"],
        ["Code,Parent code,Description", "Rota,Work,how", "Work,,all"],
        ["Obercode,Code,Kommentar", "Work,Rota,how", ",Work,all"],
        ["Code,Description,Folder", "Work,all,", "Rota,how,Work"],
    ],
)
def test_hierarchies_in_other_forms(rows):
    found = table(*rows)
    assert {code.name: code.parent for code in found.book.codes} == {"Work": "", "Rota": "Work"}
    assert found.book["Rota"].definition == "how"


def test_a_name_below_two_parents_keeps_both():
    found = table("Theme,Code,Definition", "Work,Other,a", "Home,Other,b")
    assert {code.name: code.parent for code in found.book.codes} == {
        "Work": "",
        "Work / Other": "Work",
        "Home": "",
        "Home / Other": "Home",
    }
    assert any("share a name" in line for line in found.lines)


def test_no_more_ways_to_tell_codes_apart_are_written_out_than_are_tried(monkeypatch):
    written: list[int] = []

    def counted(start: int):
        for number in itertools.count(start):
            written.append(number)
            yield number

    monkeypatch.setattr(codebook_levels, "count", counted)
    below_others = [(f"P{number}", "A") for number in range(500)]
    assert len(set(codebook_levels.unique(below_others).values())) == 500
    assert not written
    capitals = [("P", "".join(one)) for one in itertools.product("aA", "bB", "cC", "dD", "eE")]
    names = codebook_levels.unique(capitals)
    assert len({name.casefold() for name in names.values()}) == len(written) + 1 == 32


@pytest.mark.parametrize(
    ("heading", "row"),
    [
        ("Code,Parent,Definition", "{0},{3},d"),
        ("Code,ID,Parent ID,Definition", "{0},{1},{2},d"),
        ("Code,Definition", "{4}{0},d"),
    ],
)
def test_more_levels_than_anybody_means_are_refused_where_they_begin(heading, row):
    def chain(length: int) -> list[str]:
        rows = [("C1", "1", "", "", ""), *((f"C{n}", n, n - 1, f"C{n - 1}", " " * n) for n in range(2, length + 1))]
        return [heading, *(row.format(*one) for one in rows)]

    assert len(table(*chain(50)).book) == 50
    with pytest.raises(CounterpointError, match=r"book\.csv, line 52: 'C51' is below 50 others or more.*at most 50"):
        table(*chain(200))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("book.csv", "Code,Definition\n"),
        ("book.yaml", "codes:\n"),
        ("book.yml", "codes: []\n"),
        ("book.qdc", '<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes/></CodeBook>'),
    ],
)
def test_a_codebook_without_codes_is_refused_and_makes_no_study(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(CounterpointError, match=rf"{name} has no codes; nothing was imported\."):
        importing.run(tmp_path / name, tmp_path / "study")
    assert not (tmp_path / "study").exists()


def test_an_empty_codebook_beside_coded_segments_is_named(tmp_path):
    lines = importing.run(workbook(tmp_path / "all.xlsx", {"B": BOOK[:1], "S": SEGMENTS}), tmp_path / "study")
    assert "The codebook in all.xlsx has no codes." in lines


def test_definition_and_description_are_joined_and_a_comment_beside_them_is_left_out():
    found = table("Code,Definition,Description,Comment", "Rota,How shifts are made.,Also swaps.,ask Ann")
    assert found.book["Rota"].definition == "How shifts are made. Also swaps."
    assert "The columns 'Definition' and 'Description' were joined as the definition." in found.lines
    assert "The column 'Comment' was left out: it is no definition." in found.lines


def test_two_columns_that_may_hold_the_name_are_asked_about():
    with pytest.raises(CounterpointError, match="'Code' and 'Label' may each hold the code's name"):
        table("Code,Label,Definition", "Rota,Shift plans,a", "Room,Rooms to meet,b")


def test_a_column_of_numbers_is_not_the_name():
    found = table("Code,Label,Definition", "1.1,Shift plans,a", "1.2,Rooms to meet,b")
    assert found.book.names == ("Shift plans", "Rooms to meet")
    assert found.unread == ["Code"]


def test_rows_without_a_name_go_on_with_the_code_above():
    found = table("Code,Definition,Example", "Rota,How,One.", ",,Two.")
    assert found.book["Rota"].examples == ("One.", "Two.")
    assert "Line 3: no code is named, so the row was added to the code above." in found.lines


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_csv_may_have_any_delimiter_and_titles_above(tmp_path, mark, encoding):
    lines = [
        "Codebook of the study",
        mark.join(("Code", "Comment")),
        mark.join(("Rota", "Größe")),
        mark.join(("Room", "")),
    ]
    (tmp_path / "book.csv").write_text("\n".join(lines), encoding)
    importing.run(tmp_path / "book.csv", tmp_path / "study")
    book = codebook.load_codebook(tmp_path / "study/codebook.yaml")
    assert book.names == ("Rota", "Room")
    assert book["Rota"].definition == "Größe"


def test_a_workbook_may_have_the_codebook_on_a_later_sheet(tmp_path):
    book = Workbook()
    book.active.append(["Project", "Ours"])
    second = book.create_sheet("Kodes")
    for row in (["Kode", "Kommentar", "Kodegruppen", "Häufigkeit"], ["Rota", "Wie", "Arbeit", 3]):
        second.append(row)
    book.save(tmp_path / "book.xlsx")
    lines = importing.run(tmp_path / "book.xlsx", tmp_path / "study")
    assert codebook.load_codebook(tmp_path / "study/codebook.yaml")["Rota"].parent == "Arbeit"
    assert any("columns that are not read ('Häufigkeit')" in line for line in lines)
    assert any("sheets that are not read ('Sheet')" in line for line in lines)


SEGMENTS = [["Document", "Segment", "Code", "Coder"], ["a", "I like it here", "Rota", "Mia"]]
BOOK = [["Code", "Definition", "Example"], ["Rota", "Who works when", "the rota"], ["Room", "Where", "a room"]]
PEOPLE = [["document", "speaker", "case", "part", "role"], ["a", "Ann", "P1", "participant", "nurse"]]
ABOUT = [["Project", "Ours"], ["Date", "2024"]]


def workbook(place, sheets):
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(place)
    return place


@pytest.mark.parametrize("order", [("S", "B", "P", "A"), ("A", "P", "B", "S"), ("P", "S", "A", "B")])
def test_all_that_a_workbook_holds_is_taken_and_the_rest_is_named(tmp_path, order):
    every = {"S": SEGMENTS, "B": BOOK, "P": PEOPLE, "A": ABOUT}
    file = workbook(tmp_path / "all.xlsx", {name: every[name] for name in order})
    lines = importing.run(file, tmp_path / "study")
    assert codebook.load_codebook(tmp_path / "study/codebook.yaml").names == ("Rota", "Room")
    assert (tmp_path / "study/human_codes/all.xlsx").exists()
    (person,) = participants.read_participants(tmp_path / "study/participants.csv")
    assert (person.speaker, person.case) == ("Ann", "P1")
    rows = {row.kind: row for row in taken.load((tmp_path / "study/imported/taken.csv").read_bytes())}
    assert {kind: row.taken for kind, row in rows.items() if row.taken} == {
        "codes": 2, "codings": 1, "coders": 1, "cases": 1, "variables": 1, "values": 1, "speakers": 1,
    }  # fmt: skip
    (left,) = [row for row in rows.values() if row.left]
    assert (left.kind, left.left) == ("other", 1) and "'A'" in left.why
    assert not any("'B'" in line or "'P'" in line for line in lines)
    assert "Nothing was changed" in importing.run(file, tmp_path / "study")[-1]


def test_codes_that_differ_in_capitals_alone_get_numbers_and_that_is_said(tmp_path):
    found = table("Code,Theme,Definition", "rota,Work,lower", "Rota,Work,upper", "ROTA,Rest,other", "Room,Work,")
    assert set(found.book.names) == {"Work", "Rest", "Work / rota", "Work / Rota (2)", "Rest / ROTA", "Room"}
    assert any("3 codes that share a name, or differ in capitals alone" in line for line in found.lines)
    (one,) = [line for line in table("Code", "Rota", "rota").lines if "'" in line]
    assert one.startswith("1 code that shares a name, or differs in capitals alone") and one.endswith(
        "such as 'rota (2)'."
    )


def test_the_codebook_of_another_study_is_imported_as_it_is(tmp_path):
    other = tmp_path / "codebook.yaml"
    other.write_text(
        "codes:\n- {name: Work, codable: false}\n- {name: Rota, parent: Work, definition: Who works when.}\n"
    )
    study = tmp_path / "study"
    assert not returned.comes_back(other)
    assert f"Wrote 2 codes to {study / 'codebook.yaml'}." in importing.run(other, study)
    assert codebook.load_codebook(study / "codebook.yaml") == codebook.load_codebook(other)
    assert importing.run(other, study)[-1] == "Nothing was changed: the study has all of it already."
    other.write_text("codes:\n- {nom: Work}\n")
    with pytest.raises(CounterpointError, match="line 2"):
        importing.run(other, study)
    for text in ("decisions: []\n", "codes: []\ndecisions: []\n", "- x\n", "{"):
        other.write_text(text)
        assert returned.comes_back(other)


def test_a_second_codebook_in_a_workbook_is_named(tmp_path):
    lines = importing.run(workbook(tmp_path / "two.xlsx", {"B": BOOK, "C": BOOK}), tmp_path / "study")
    assert any("1 left out: a second codebook" in line and "'C'" in line for line in lines)


def test_a_run_says_which_command_reads_the_other_sheets_of_codings(tmp_path):
    (tmp_path / "human_codes").mkdir()
    workbook(tmp_path / "human_codes/all.xlsx", {"S": SEGMENTS, "B": BOOK, "A": ABOUT})
    _, problems, _ = human_codings.read_codings(tmp_path / "human_codes", {})
    (said,) = [one.reason for one in problems if "'B' and 'A'" in one.reason]
    assert "`counterpoint import` reads such a sheet" in said


def test_a_codebook_in_a_word_document_is_read_from_its_table(tmp_path, monkeypatch):
    word = Document()
    word.add_heading("Codebook")
    grid = word.add_table(rows=0, cols=4)
    for row in (
        ("Name", "Description", "Files", "References"),
        ("Rota", "How shifts are made", "2", "9"),
        ("Room", "", "1", "1"),
    ):
        for cell, text in zip(grid.add_row().cells, row, strict=True):
            cell.text = text
    word.save(tmp_path / "Codebook.docx")
    (tmp_path / "params.yaml").write_text("study: data/study\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(cli.app, ["import", "Codebook.docx"])
    assert answer.exit_code == 0, answer.output
    assert codebook.load_codebook(tmp_path / "data/study/codebook.yaml")["Rota"].definition == "How shifts are made"
    assert "'Files' and 'References'" in answer.output


def in_word(place, rows, indents=()):
    word = Document()
    grid = word.add_table(rows=0, cols=len(rows[0]))
    for row, indent in zip(rows, [*indents, *[0] * len(rows)], strict=False):
        cells = grid.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
        if indent:
            cells[0].paragraphs[0].paragraph_format.left_indent = Pt(indent)
    word.save(place)
    return place


def test_indents_in_a_table_in_word_are_levels(tmp_path):
    rows = [("Name", "Description"), ("Work", "all"), ("Rota", "how"), ("Swaps", ""), ("Home", "")]
    place = in_word(tmp_path / "Codebook.docx", rows, (0, 0, 12, 24, 0))
    lines = importing.run(place, tmp_path / "study")
    book = codebook.load_codebook(tmp_path / "study/codebook.yaml")
    assert {code.name: code.parent for code in book.codes} == {"Work": "", "Rota": "Work", "Swaps": "Rota", "Home": ""}
    assert "Codes were put below others by the spaces before 'Rota'." in lines


def test_coded_segments_in_a_table_in_word_are_refused_with_what_to_do(tmp_path):
    place = in_word(tmp_path / "x.docx", [("Document", "Quote", "Code"), ("ann", "We swap.", "Rota")])
    with pytest.raises(CounterpointError, match="Copy the table into a spreadsheet"):
        importing.run(place, tmp_path / "study")


def test_a_workbook_may_hold_a_codebook_and_what_was_coded(tmp_path):
    book = Workbook()
    for row in (["Code", "Comment"], ["Rota", "How"]):
        book.active.append(row)
    second = book.create_sheet("Quotes")
    for row in (["Document", "Quotation", "Codes"], ["ann", "We swap.", "Rota"]):
        second.append(row)
    book.save(tmp_path / "all.xlsx")
    lines = importing.run(tmp_path / "all.xlsx", tmp_path / "study")
    assert codebook.load_codebook(tmp_path / "study/codebook.yaml")["Rota"].definition == "How"
    assert (tmp_path / "study/human_codes/all.xlsx").exists()
    assert any("1 coding with 1 code" in line for line in lines)


def test_participants_may_stand_in_a_workbook(tmp_path):
    book = Workbook()
    for row in (["document", "speaker", "case", "part", "role"], ["ann.txt", "Ann", "Ann", "participant"]):
        book.active.append(row)
    book.save(tmp_path / "people.xlsx")
    importing.run(tmp_path / "people.xlsx", tmp_path / "study")
    assert "ann.txt,Ann,Ann,participant," in (tmp_path / "study/participants.csv").read_text("utf-8-sig")


def test_a_codebook_with_quotes_is_no_table_of_coded_segments():
    found = import_tables.of_csv(b"Theme,Definition,Quote\nRota,How,We swap.\n", Path("x.csv"))
    assert found.book and found.book["Rota"].examples == ("We swap.",)
    assert import_tables.of_csv(b"Document,Theme,Quote\nann,Rota,We swap.\n", Path("x.csv")).segments


@pytest.mark.parametrize("header", ["Code,Number of quotations", "Thema;Häufigkeit", "Tag", "Codes\tGrounded\tDensity"])
def test_a_list_of_codes_is_a_codebook_of_their_names(header):
    mark = next((one for one in ",;\t" if one in header), ",")
    rows = [header, *(mark.join([name, *"34"][: header.count(mark) + 1]) for name in ("Rota", "Room"))]
    found = import_tables.of_csv("\n".join(rows).encode(), Path("x.csv"))
    assert found.book and found.book.names == ("Rota", "Room")


@pytest.mark.parametrize("table", ["Name,Age\nAnn,40\nBen,41\n", "Code,Count\nRota,3\nRota,4\n"])
def test_a_list_of_anything_is_no_codebook(tmp_path, table):
    (tmp_path / "x.csv").write_text(table, "utf-8")
    with pytest.raises(CounterpointError, match="Unknown columns"):
        importing.run(tmp_path / "x.csv", tmp_path / "study")


def test_unknown_columns_are_named(tmp_path):
    (tmp_path / "x.csv").write_text("Apples,Pears\n1,2\n", "utf-8")
    with pytest.raises(CounterpointError, match=r"Unknown columns \(Apples, Pears\)"):
        importing.run(tmp_path / "x.csv", tmp_path / "study")
