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
