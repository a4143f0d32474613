from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus import quoted_passages, span_alignment
from pipeline.corpus.readers.coding import Coding
from pipeline.corpus.text_folding import letters, levelled

TEXT = "Anna: I can’t say  it was\neasy – at all. We had time. No, we had time. So."
TEXTS = {"P1.txt": TEXT, "P2.txt": "x"}


def coding(text="", start=None, end=None, *, document="P1", code="Time"):
    return Coding("line 2", document, start, end, text, code, "lea", "Resources", "memo", "2024")


def placed(one):
    found, lost = span_alignment.place_codings([one], TEXTS)
    assert len(found) + len(lost) == 1
    return (found[0].start, found[0].end, found[0].how) if found else lost[0].reason


def test_offsets_that_agree_count():
    assert placed(coding("We had time", 41, 52)) == (41, 52, "offsets")
    assert TEXT[41:52] == "We had time"


def test_offsets_without_text_count():
    assert placed(coding("", 41, 52)) == (41, 52, "offsets")


def test_a_text_of_space_alone_is_none():
    assert placed(coding(" \n", 41, 52)) == (41, 52, "offsets")
    assert "has no text, and no offsets" in placed(coding(" \n"))


def test_offsets_tell_apart_what_occurs_twice():
    at = TEXT.index("we had time")
    assert placed(coding("we had time", at, at + 11)) == (at, at + 11, "offsets")


@pytest.mark.parametrize(("start", "end"), [(None, None), (0, 5), (500, 600), (9, 3), (-4, 2), (41, None)])
def test_where_offsets_fail_a_text_is_searched(start, end):
    assert placed(coding("easy – at all", start, end)) == (26, 39, "text")


@pytest.mark.parametrize(
    "text", ["i can't say it was easy - at all.", "“I CAN‘T say it was easy", " I can’t  say\tit was  "]
)
def test_case_space_and_quotes_are_levelled(text):
    found = placed(coding(text.lstrip("“")))
    assert found[2] == "text"
    assert TEXT[found[0] : found[1]].startswith("I can’t say  it was")


def test_the_row_holds_the_documents_own_words():
    found, _ = span_alignment.place_codings([coding("i can't say it was")], TEXTS)
    row = span_alignment.coding_row(found[0], TEXT)
    assert row == ("P1.txt", 6, 25, "I can’t say  it was", "Time", "Resources", "lea", "memo", "2024")


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (coding("no such words"), "does not occur word for word in the document, and no offsets are given"),
        (coding("no such words", 1, 5), "the offsets do not match it"),
        (coding("had time"), "more than once"),
        (coding("", None, None), "has no text, and no offsets"),
        (coding("", 500, 600), "has no text, and no offsets"),
        (coding("", 23, 25, document="P1"), None),
        (coding("We", document="P9"), "No readable document 'P9'"),
        (coding("We", document=""), "No document is named"),
        (coding("We", code=" "), "No code is given"),
        (coding("as"), "does not occur word for word"),
        (coding("", 17, 19), "has no text, and no offsets"),
    ],
)
def test_what_cannot_be_placed_says_why(one, said):
    result = placed(one)
    if said is None:
        assert result == (23, 25, "offsets")
    else:
        assert said in result
        assert result.endswith(".")


def test_every_coding_is_placed_or_not():
    codings = [coding("We had time", 41, 52), coding("nowhere"), coding("So"), coding("easy")]
    found, lost = span_alignment.place_codings(codings, TEXTS)
    assert [one.coding.text for one in found] == ["We had time", "So", "easy"]
    assert [one.coding.text for one in lost] == ["nowhere"]


LETTERS = st.text(
    alphabet=st.one_of(st.sampled_from("ab ’'“\n\tßİﬁ😀אé\u0301–"), st.characters(exclude_categories=["Cs"])),
    max_size=60,
)


@given(LETTERS, st.data())
def test_right_offsets_always_come_back(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found, lost = span_alignment.place_codings([coding(text[start:end], start, end, document="d")], {"d": text})
    if text[start:end].strip():
        assert [(one.start, one.end, one.how) for one in found] == [(start, end, "offsets")]
    else:
        assert len(lost) == 1


@given(LETTERS, LETTERS)
def test_a_span_found_by_text_says_the_same_and_lies_in_the_document(text, wanted):
    found, _ = span_alignment.place_codings([coding(wanted, document="d")], {"d": text})
    for one in found:
        assert 0 <= one.start < one.end <= len(text)
        level = levelled(wanted).text.strip()
        said = text[one.start : one.end]
        close = levelled(said).text.strip() in quoted_passages.without_margin(level)
        assert close or letters(said).text in letters(wanted).text or one.how == "pieces"


LONG = "and then we went all the way down to the harbour, two-way traffic, and it was over"


@pytest.mark.parametrize(
    "exported",
    [
        "we went all the way 1 2 3 4 down to the harbour",
        "we went all the way\n99\n100\n101\ndown to the harbour",
        "down to the harbour, two- way traffic",
        "7 8 9 way down to the harbour, two- way 10 11 12 traffic",
    ],
)
def test_what_a_pdfs_margin_left_in_a_passage_is_no_hindrance(exported):
    (one,), lost = span_alignment.place_codings([coding(exported, document="d")], {"d": LONG})
    assert lost == []
    assert LONG[one.start : one.end].split()[-1] in {"harbour", "traffic"}


@pytest.mark.parametrize("exported", ["way 1 2 down to", "way 1 3 5 down to", "the way 3 2 1 down"])
def test_numbers_that_people_said_are_not_taken_out(exported):
    assert span_alignment.place_codings([coding(exported, document="d")], {"d": LONG})[0] == []
    said = LONG.replace("way down", exported)
    assert len(span_alignment.place_codings([coding(exported, document="d")], {"d": said})[0]) == 1


def test_numbers_that_are_in_the_text_are_found_as_they_stand():
    text = "I counted 1 2 3 and then four. I counted and then four."
    (one,), _ = span_alignment.place_codings([coding("I counted 1 2 3 and", document="d")], {"d": text})
    assert (one.start, one.end) == (0, 19)


def test_only_a_long_passage_may_begin_or_end_with_half_a_word():
    half = LONG[1:47]
    (one,), _ = span_alignment.place_codings([coding(half, document="d")], {"d": LONG})
    assert (one.start, one.end) == (1, 47)
    assert span_alignment.place_codings([coding(LONG[1:18], document="d")], {"d": LONG})[0] == []
    assert span_alignment.place_codings([coding(half, document="d")], {"d": f"{LONG} {LONG}"})[0] == []


def test_a_passage_said_twice_is_placed_by_the_coders_own_copy():
    copy = "TITLE\n" + TEXT
    for at, expected in ((copy.index("had time"), 0), (copy.rindex("had time"), 1)):
        one = replace(coding("had time", at, at + 8), copy=copy)
        assert placed(one)[0] == [TEXT.index("had time"), TEXT.rindex("had time")][expected]


@pytest.mark.parametrize(("start", "end", "meant"), [(6, 9, 0), (9, 12, 1), (7, 8, 0), (6, 12, None), (12, 13, None)])
def test_of_passages_side_by_side_the_one_that_the_offsets_in_the_copy_touch_is_meant(start, end, meant):
    text, copy = "And (a)(a), so", "TITLE (a)(a), so"
    one = replace(coding("(a)", start, end, document="d"), copy=copy)
    found, lost = span_alignment.place_codings([one], {"d": text})
    assert [(place.start, place.end) for place in found] == ([] if meant is None else [(4 + 3 * meant, 7 + 3 * meant)])
    assert len(lost) == (meant is None)


def test_a_copy_in_which_the_words_occur_another_number_of_times_proves_nothing():
    copy = "We had time. " + TEXT
    at = copy.index("had time")
    assert "more than once" in placed(replace(coding("had time", at, at + 8), copy=copy))
    assert "more than once" in placed(replace(coding("had time", None, None), copy=TEXT))


def test_without_a_document_the_file_names_it_or_the_words_do():
    texts = {"P1.txt": "We had no time at all. So.", "P2.txt": "So we waited for the list. Well, yes."}
    words = [("So", "P1"), ("waited for the list", "x"), ("So", "x"), ("and now for something else", "x")]
    codings = [replace(coding(text, document=""), file=file) for text, file in words]
    found, lost = span_alignment.place_codings(codings, texts)
    assert [(one.document, one.how) for one in found] == [("P1.txt", "text"), ("P2.txt", "document")]
    assert [one.kind for one in lost] == ["no document is named"] * 2
