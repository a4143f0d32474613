"""Taguette's projects: passages of HTML counted in bytes, tags, who made them and when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qda_files import DATE, TAGUETTE, taguette

from pipeline.corpus import span_alignment
from pipeline.corpus.readers import codes_taguette
from pipeline.corpus.readers.model import RefusedError

HTML = "<p><u>Ana</u>: déjà vu 😀 &amp; no time.</p>\n<p>Bo: no time &lt;3?<br/>I was proud.</p>"
PLAIN = "Ana: déjà vu 😀 & no time.\nBo: no time <3?\nI was proud."
FLAT = "Ana: déjà vu 😀 & no time.\nBo: no time <3?I was proud."


def at(words, nth=0):
    start = -1
    for _ in range(nth + 1):
        start = FLAT.index(words, start + 1)
    return len(FLAT[:start].encode()), len(FLAT[: start + len(words)].encode())


def read(*highlights, html=HTML):
    return codes_taguette.read_taguette(taguette({"P1.docx": html}, highlights), "tags")


def placed(codings, text=PLAIN):
    found, lost = span_alignment.place_codings(codings, {"P1.txt": text})
    assert lost == []
    return [(text[one.start : one.end], one.start) for one in found]


def test_a_tag_is_a_code_and_who_made_the_highlight_its_coder():
    time_, pride = read(("P1.docx", *at("déjà vu 😀"), "déjà vu 😀", [2, 1], "lea"))
    assert (pride.code, time_.code) == ("time", "pride")
    assert (pride.document, pride.coder, pride.date, pride.row) == ("P1.docx", "lea", DATE, "highlight 1")
    assert pride.text == pride.copy[pride.start : pride.end] == "déjà vu 😀"


@pytest.mark.parametrize("words", ["déjà vu 😀 & no", "vu", "😀", "<3?", "I was proud.", "Ana", "no time.\nBo: no"])
def test_bytes_outside_tags_are_counted(words):
    (one,) = read(("P1.docx", *at(words), words.replace("&", "&amp;").replace("<", "&lt;"), [1], "lea"))
    assert one.start is not None
    assert placed([one]) == [(words, PLAIN.index(words))]


def test_words_of_two_paragraphs_are_parted():
    (one,) = read(("P1.docx", *at("<3?I was"), "<p>&lt;3?<br>I was</p>", [1], "lea"))
    assert placed([one]) == [("<3?\nI was", PLAIN.index("<3?"))]


def test_words_said_twice_are_placed_by_the_copy_in_the_project():
    codings = read(*[("P1.docx", *at("no time", n), "no time", [1], "lea") for n in (0, 1)])
    title = "Interview one\n" + PLAIN
    assert [start for _, start in placed(codings, title)] == [title.index("no time"), title.rindex("no time")]


def test_where_words_and_positions_disagree_the_snippet_counts():
    (one,) = read(("P1.docx", 0, 3, "<i>I was</i> proud", [1], "lea"))
    assert (one.start, one.text) == (None, "I was proud")
    (one,) = read(("P1.docx", 7, 9000, "vu", [1], "lea"))
    assert (one.start, one.text) == (None, "vu")


def test_a_highlight_without_a_tag_is_no_coding():
    assert read(("P1.docx", *at("vu"), "vu", [], "lea")) == []


def test_without_a_history_the_file_is_the_coder():
    data = taguette({"a": "<p>x y</p>"}, [("a", 0, 1, "x", [1], "lea")])
    (one,) = codes_taguette.read_taguette(data.replace(b"highlight_add", b"highlight_old"), "tags")
    assert (one.coder, one.date) == ("tags", "")


def test_a_history_that_is_no_json_does_no_harm():
    data = taguette({"a": "<p>x y</p>"}, [("a", 0, 1, "x", [1], "lea")])
    (one,) = codes_taguette.read_taguette(data.replace(b'"type": ', b'"type"; '), "tags")
    assert one.coder == "tags"


def test_what_is_no_project_is_refused():
    assert "CREATE TABLE highlights" in TAGUETTE
    data = taguette({}, []).replace(b"highlights", b"highlightz")
    with pytest.raises(RefusedError, match=r"'highlights'.*Taguette"):
        codes_taguette.read_taguette(data, "tags")


@pytest.mark.parametrize("piece", ["<a", '<a "', "<a '", "<a b='\"", "<!--", "</", "<p>", "&#x", "<a-"])
def test_marks_that_are_no_tags_take_no_time(piece):
    page = codes_taguette.Page(piece * 100_000)
    assert page.broken.replace("\n", "") == page.text


@given(st.text(st.sampled_from("ab é😀<>&\n\"'p/"), max_size=40), st.data())
def test_a_highlight_written_comes_back_where_it_was(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    marked = text.replace("&", "&amp;").replace("<", "&lt;")
    offsets = (len(text[:start].encode()), len(text[:end].encode()))
    snippet = text[start:end].replace("&", "&amp;").replace("<", "&lt;")
    (one,) = read(("P1.docx", *offsets, f"<b>{snippet}</b>", [1], "lea"), html=f"<b>{marked}</b>")
    assert one.text == text[start:end]
    if start < end:
        assert (one.start, one.end, one.copy) == (start, end, text)
