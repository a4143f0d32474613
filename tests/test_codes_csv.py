import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.readers import codes_csv, rows
from pipeline.corpus.readers.model import RefusedError

HEADER = "document,start,end,text,code,coder\n"


def read(text, **options):
    return codes_csv.read_own_csv(text.encode(), options.get("stem", "file"))


def test_a_row_is_a_coding():
    (one,) = read(
        "document,start,end,text,code,coder,parent_code,memo,date,more\nP1,3,9,so what,Time,lea,Resources,hm,2024-01-02,x\n"
    )
    assert (one.document, one.start, one.end, one.text, one.code, one.coder) == ("P1", 3, 9, "so what", "Time", "lea")
    assert (one.parent_code, one.memo, one.date, one.row) == ("Resources", "hm", "2024-01-02", "line 2")


def test_who_is_not_named_is_called_as_the_file():
    assert read(HEADER + "P1,1,2,a,Time,\n", stem="lea")[0].coder == "lea"
    assert read("document,text,code\nP1,a,Time\n", stem="lea")[0].coder == "lea"


def test_text_is_kept_as_written():
    (one,) = read(HEADER + 'P1,1,2," two\nlines ""and"" space ",Time,a\n')
    assert one.text == ' two\nlines "and" space '


@pytest.mark.parametrize(
    ("cell", "number"),
    [("7", 7), ("7.0", 7), ("", None), ("-1", None), ("x", None), ("1e3", None), ("²", None), ("9" * 20, None)],
)
def test_offsets(cell, number):
    assert read(HEADER + f"P1,{cell},9,a,Time,a\n")[0].start == number


@pytest.mark.parametrize("delimiter", [";", "\t", ","])
def test_delimiters(delimiter):
    assert read((HEADER + "P1,1,2,a b,Time,x\n").replace(",", delimiter))[0].text == "a b"


def test_line_numbers_count_lines_of_the_file():
    found = read(HEADER + '\nP1,1,2,"a\nb",Time,x\nP1,3,4,c,Time,x\n')
    assert [one.row for one in found] == ["line 3", "line 5"]


def test_old_encodings_and_a_byte_order_mark():
    text = HEADER + "P1,1,2,It’s “so” – at the café,Time,Zoë\n" * 5
    for encoding in ("cp1252", "utf_8_sig", "utf_16"):
        assert codes_csv.read_own_csv(text.encode(encoding), "x")[0].text == "It’s “so” – at the café"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("\n\n", "header is missing"),
        ("document,text\nP1,a\n", "'code'"),
        ("document,code\nP1,a\n", "'text'"),
        ("code,code,document,text\n", "duplicate column"),
        ("a;b\n", "'document'"),
    ],
)
def test_what_is_missing_is_said(text, said):
    with pytest.raises(RefusedError, match=said):
        read(text)


def test_text_or_offsets_suffice():
    assert read("document,start,end,code\nP1,1,2,Time\n")[0].text == ""
    assert read("document,text,code\nP1,a,Time\n")[0].start is None


def test_a_header_alone_has_no_coding():
    assert read(HEADER) == []


def test_too_many_rows(monkeypatch):
    monkeypatch.setattr(rows, "MAX_ROWS", 2)
    with pytest.raises(RefusedError, match="more than 2 rows"):
        read(HEADER + "P1,1,2,a,Time,x\n" * 3)


def test_short_and_long_rows_do_no_harm():
    found = read(HEADER + "P1,1\nP1,1,2,a,Time,x,extra,extra\n")
    assert [(one.code, one.coder) for one in found] == [("", "file"), ("Time", "x")]


@given(st.binary(max_size=200))
def test_any_bytes_give_codings_or_a_sentence(raw):
    try:
        codes_csv.read_own_csv(HEADER.encode() + raw, "x")
    except RefusedError as error:
        assert str(error).endswith(".")
