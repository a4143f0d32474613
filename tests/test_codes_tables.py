import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus import readers
from pipeline.corpus.readers import codes_rock, codes_tables
from pipeline.corpus.readers.model import RefusedError


def fields(codings):
    return [(one.document, one.text, one.code, one.coder, one.parent_code) for one in codings]


def test_taguette():
    found = codes_tables.read_csv(b'id,document,tag,content\n1,P1.odt,Needs > wants,"So, yes."\n', "tags")
    assert fields(found) == [("P1.odt", "So, yes.", "Needs > wants", "tags", "")]


def test_maxqda_names_paragraphs_not_offsets():
    found = codes_tables.read_csv(
        b"Document name;Code;Beginning;End;Segment;Created by;Comment\nP1;Needs\\Time;3;4;So, yes.;lea;hm\n",
        "x",
    )
    assert fields(found) == [("P1", "So, yes.", "Time", "lea", "Needs")]
    assert (found[0].start, found[0].end, found[0].memo) == (None, None, "hm")


def test_dedoose_gives_several_codes_a_row():
    found = codes_tables.read_csv(
        b'Media Title,Excerpt Copy,Codes Applied Combined,Excerpt Creator\nP1,So.,"Time, Needs",max\n', "x"
    )
    assert [(one.code, one.coder) for one in found] == [("Time", "max"), ("Needs", "max")]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Transcript,Snippet,Codes", 'P1,"So, yes.","Time; Pay"'),
        ("Transcript Name,Excerpt,Code(s)", 'P1,"So, yes.","Time, Pay"'),
        ("Interview;Quote;Labels", 'P1;So, yes.;"Time\nPay"'),
    ],
)
def test_snippets_of_several_codes(header, row):
    found = codes_tables.read_csv(f"{header}\n{row}\n".encode(), "delve")
    assert fields(found) == [("P1", "So, yes.", "Time", "delve", ""), ("P1", "So, yes.", "Pay", "delve", "")]


def test_nvivo_names_a_code_with_all_above_it_and_its_coverage_is_no_text():
    raw = "Hierarchical Name,File Name,Coverage,Coded Text,Coded By Initials,Modified On\n"
    raw += "Codes\\\\Needs\\Time,P1,2.1%,So.,LE,2024-01-02\n"
    (one,) = codes_tables.read_csv(raw.encode(), "x")
    assert fields([one]) == [("P1", "So.", "Time", "LE", "Needs")]
    assert one.date == "2024-01-02"


def test_our_own_form_is_taken_as_it_stands():
    (one,) = codes_tables.read_csv(b"document,start,end,text,code,coder\nP1,1,2,a,A > B,lea\n", "x")
    assert (one.code, one.parent_code, one.start) == ("A > B", "", 1)


def test_xlsx():
    book = openpyxl.Workbook()
    for row in (["document", "start", "end", "text", "code"], ["P1", 3, 9, "So", "Time"]):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    (one,) = codes_tables.read_xlsx(buffer.getvalue(), "lea")
    assert (one.start, one.end, one.code, one.coder) == (3, 9, "Time", "lea")


def test_unknown_headers_are_refused():
    with pytest.raises(RefusedError, match="'document'"):
        codes_tables.read_csv(b"a,b\n1,2\n", "x")


QUOTE = "because the list changes every night"


def book(*sheets):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for number, table in enumerate(sheets):
        sheet = made.create_sheet(f"Sheet {number}")
        for cells in table:
            sheet.append(cells)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "heading",
    [
        ["Dokumentname", "Code", "Anfang", "Ende", "Segment"],
        ["Nom du document", "Code", "Début", "Fin", "Segment"],
        ["Nome do documento", "Código", "Início", "Fim", "Segmento"],
        ["Nombre del documento", "Código", "Inicio", "Fin", "Segmento"],
        ["Nome del documento", "Codice", "Inizio", "Fine", "Segmento"],
        ["Documentnaam", "Code", "Begin", "Einde", "Segment"],
        ["Dokumentnamn", "Kod", "Början", "Slut", "Segment"],
        ["Название документа", "Код", "Начало", "Конец", "Сегмент"],
        ["文書名", "コード", "開始", "終了", "セグメント"],
        ["文档名", "代码", "开始", "结束", "片段"],
        ["Belge adı", "Kod", "Başlangıç", "Son", "Bölüm"],
        ["Nazwa dokumentu", "Kod", "Początek", "Koniec", "Segment"],
        ["DOCUMENT NAME", "Code:", "Start paragraph", "End paragraph", "Coded segment"],
    ],
)
def test_headings_in_other_languages(heading):
    found = codes_tables.read_xlsx(book([heading, ["P1", "Access > List", "2", "3", QUOTE]]), "x")
    assert fields(found) == [("P1", QUOTE, "List", "x", "Access")]
    assert (found[0].paragraphs, found[0].start) == ((2, 3), None)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Number,Reference,Name,Text Content,Document,Codes,Number of Codes", f"1:1,2 - 3,,{QUOTE},P1,List,1"),
        ("ID,Document,Quotation Content,Codes,Reference", f"1:1,P1,{QUOTE},List,¶ 2 - 3"),
        ("Document,Quote,Code,Paragraph", f"P1,{QUOTE},List,2: 14 - 3: 8"),
        ("File Name,Hierarchical Name,Reference Text,Paragraphs", f"P1,Codes\\List,{QUOTE},2-3"),
    ],
)
def test_places_in_other_programs_tables(header, row):
    (one,) = codes_tables.read_csv(f"{header}\n{row}\n".encode(), "x")
    assert (one.document, one.text, one.code, one.paragraphs) == ("P1", QUOTE, "List", (2, 3))


@pytest.mark.parametrize("encoding", ["utf_8", "utf_8_sig", "utf_16", "utf_16_le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters(encoding, delimiter):
    rows = [["Document", "Code", "Quote", "Coder"], ["P1", "Schlüssel", f'"Yes; no, well: {QUOTE}"', "Zoë"]] * 1
    raw = "\r\n".join(delimiter.join(cells) for cells in rows * 1).encode(encoding)
    assert fields(codes_tables.read_csv(raw, "x")) == [("P1", f"Yes; no, well: {QUOTE}", "Schlüssel", "Zoë", "")]


@pytest.mark.parametrize(
    "above", ["sep=;\n", "Project: Sheds\nExported 2026-01-01;;\n\n", "\n\n", ";;;\nSource;;Coding;\n"]
)
def test_rows_above_the_header(above):
    found = codes_tables.read_csv(f"{above}Document;Code;Quote\nP1;List;{QUOTE}\n".encode(), "x")
    assert fields(found) == [("P1", QUOTE, "List", "x", "")]
    assert found[0].row == f"line {above.count(chr(10)) + 2}"


def test_an_open_quotation_mark_is_told_with_its_line_and_loses_no_row():
    raw = f'Document;Code;Quote\nP1;List;"{QUOTE}\nP1;Wait;"and so on"\nP1;Late;"x\nP1;Soon;y\n'
    found = codes_tables.read_csv(raw.encode(), "x")
    assert [(one.code, one.text) for one in found] == [
        ("List", QUOTE),
        ("Wait", "and so on"),
        ("Late", "x"),
        ("Soon", "y"),
    ]
    assert [one.text for one in found.remarks] == [
        "Line 2, 4: a quotation mark is not closed; the line was read as it stands. Close it."
    ]


def test_quotes_over_lines_and_marks_inside_are_no_open_ones():
    raw = 'Document,Code,Quote\nP1,List,"one\n\ntwo, ""three"""\nP1,Late,so "what" then\n'
    found = codes_tables.read_csv(raw.encode(), "x")
    assert [one.text for one in found] == ['one\n\ntwo, "three"', 'so "what" then']
    assert found.remarks == []


@pytest.mark.parametrize(
    ("heading", "row"),
    [
        (["Document", "Code", "Code", "Quote"], ["P1", "List", "Night", QUOTE]),
        (["Document", "Quote", "Code 1", "Code 2", "Code 3"], ["P1", QUOTE, "List", "Night", None]),
        (["Document", "Quote", "Code_1", "Code_2"], ["P1", QUOTE, "List", "Night"]),
        (["Dokument", "Zitat", "Kode 1", "Kode 2"], ["P1", QUOTE, "List", "Night"]),
        (["Document", "Quote", "Primary code", "Secondary code"], ["P1", QUOTE, "List", "Night"]),
        (["Document", "Quote", "List", "Other", "Night"], ["P1", QUOTE, 1, 0, 1]),
        (["Participant", "Excerpt", "List", "Night", "Other"], ["P1", QUOTE, "x", "X", None]),
        (["Media Title", "Excerpt Copy", "Codes Applied Combined", "Code: List Applied", "Code: Night Applied"],
         ["P1", QUOTE, "List, Night", "True", "True"]),
    ],
)  # fmt: skip
def test_codes_in_several_columns(heading, row):
    found = codes_tables.read_xlsx(book([heading, row, ["P1", *[None] * len(row)][: len(row)]]), "x")
    assert [one.code for one in found if one.text] == ["List", "Night"]


@pytest.mark.parametrize(
    "heading",
    [["Theme", "Code", "Quote", "Participant(s)"], ["Category", "Subcategory", "Verbatim", "Interview"], ["Code", "Sub-code", "Text", "File"]],
)  # fmt: skip
def test_a_theme_beside_a_code_is_its_parent(heading):
    found = codes_tables.read_xlsx(book([heading, ["Access", "List", QUOTE, "P1"], ["Access", None, "so", "P1"]]), "x")
    assert fields(found) == [("P1", QUOTE, "List", "x", "Access"), ("P1", "so", "Access", "x", "")]


def test_a_blank_document_is_that_of_the_row_above_and_said():
    found = codes_tables.read_csv(b"Document,Code,Quote\nP1,List,a\n,Wait,b\nP2,Wait,c\n", "x")
    assert [one.document for one in found] == ["P1", "P1", "P2"]
    assert [one.text[:7] for one in found.remarks] == ["Line 3:"]


def test_a_blank_code_and_theme_are_those_of_the_row_above_only_where_the_table_is_grouped():
    raw = "Theme,Code,Document,Quote\nT,List,P1,a\n,,,b\n,Wait,P1,c\n,,P1,d\n"
    found = codes_tables.read_csv(raw.encode(), "x")
    assert [(one.parent_code, one.code) for one in found] == [("T", "List"), ("T", "List"), ("T", "Wait"), ("", "")]
    assert [one.text[:10] for one in found.remarks] == ["Line 3, 4:"]
    raw = raw.replace("Theme", "Parent code")
    assert [one.parent_code for one in codes_tables.read_csv(raw.encode(), "x")] == ["T", "T", "", ""]


@pytest.mark.parametrize("text", ["text", "Quote"])
def test_a_quote_with_commas_outside_quotation_marks_is_not_cut_off_in_silence(text):
    (one,) = found = codes_tables.read_csv(f"document,code,{text}\nP1,List,so, well, yes\n".encode(), "x")
    assert one.text == "so, well, yes"
    assert found.remarks[0].text.startswith("Line 2: 5 cells, but 3 columns")
    (one,) = found = codes_tables.read_csv(f"document,code,{text},memo\nP1,List,so,well,x\n".encode(), "x")
    assert "were not read" in found.remarks[0].text


def test_merged_cells_hold_in_every_row_they_span():
    made = openpyxl.Workbook()
    for cells in (
        ["Code", "Document", "Quote"],
        ["List", "P1", "a"],
        [None, "P1", "b"],
        [None, "P2", "c"],
        [None, "P2", "d"],
    ):
        made.active.append(cells)
    made.active.merge_cells("A2:A4")
    buffer = io.BytesIO()
    made.save(buffer)
    found = codes_tables.read_xlsx(buffer.getvalue(), "x")
    assert [one.code for one in found] == ["List", "List", "List", ""]
    assert found.remarks == []


def test_a_heading_merged_over_columns_of_codes_holds_for_all_of_them():
    for cells in (["Document", "Quote", "Codes"], ["Document", "Quote", "Codes", None, None]):
        found = codes_tables.read_xlsx(book([cells, ["P1", "a", "List", "Night", "Wait"]]), "x")
        assert [one.code for one in found] == ["List", "Night", "Wait"]
        assert [one.kind for one in found.remarks] == ["guessed"]


def test_without_a_column_for_the_document_the_file_names_it():
    found = codes_tables.read_csv(f"Code,Quote\nList,{QUOTE}\n".encode(), "P1")
    assert [(one.document, one.file) for one in found] == [("", "P1")]


def test_every_sheet_with_codings_is_read_and_the_others_are_named():
    first = [["Document", "Code", "Quote"], ["P1", "List", QUOTE]]
    found = codes_tables.read_xlsx(book(first, [["Code", "Definition"], ["List", "x"]], first), "x")
    assert [one.row for one in found] == ["sheet 'Sheet 0', line 2", "sheet 'Sheet 2', line 2"]
    assert found.sheets == ["Sheet 1"]


def test_a_refusal_lists_the_columns():
    with pytest.raises(RefusedError, match=r"'code'.*'Dokument', 'Zitat', 'Sonstiges'"):
        codes_tables.read_csv(b"Dokument,Zitat,Sonstiges\nP1,a,b\n", "x")


def test_two_codes_of_one_name_stay_two():
    found = codes_tables.read_csv(b"Document,Code,Quote\nP1,A > Other,a\nP1,B > Other,b\n", "x")
    assert [(one.parent_code, one.code) for one in found] == [("A", "Other"), ("B", "Other")]
    assert "Two codes are called 'Other'" in found.remarks[0].text


ROCK = """---
metadata:
  a: [[no]]
---
[[cid=1]]
We had [[intensity||2]] time. [[Needs>Time]] [[Pay]]
~~It was good. [[Good]]
---<<paragraph_break>>---
[[Alone]]
"""


def test_rock_codes_a_line():
    assert fields(codes_rock.read_rock(ROCK.encode(), "P1")) == [
        ("P1", "We had  time.", "Time", "rock", "Needs"),
        ("P1", "We had  time.", "Pay", "rock", ""),
        ("P1", "It was good.", "Good", "rock", ""),
    ]


@given(st.sampled_from(sorted(readers.CODES)), st.binary(max_size=150))
def test_any_bytes_under_any_ending_give_codings_or_a_sentence(suffix, data):
    try:
        readers.CODES[suffix](data, "x")
    except RefusedError as error:
        assert str(error).endswith(".")
