"""A quote is verbatim or the build fails."""

import html as markup

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import store
from pipeline.reporting import quotes

DOCUMENTS = pd.DataFrame({"document": ["b.txt", "a.txt"], "text": ["Ünë 😀 two three", "<b>bold</b> & plain"]})
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


def collected(study):
    names = ("documents", "turns", "cases", "segments")
    return quotes.collect(**{name: store.read(study, name) for name in names})


def test_every_segment_is_a_quote_numbered_in_the_order_of_the_talk(small_study):
    found = list(collected(small_study).values())
    assert [quote.number for quote in found] == list(range(len(store.read(small_study, "segments"))))
    places = [(quote.document, quote.start) for quote in found]
    assert places == sorted(places)


def test_the_order_of_rows_makes_no_difference(small_study):
    tables = {name: store.read(small_study, name) for name in ("documents", "turns", "cases", "segments")}
    turned = {name: table.iloc[::-1] for name, table in tables.items()}
    assert quotes.collect(**tables) == quotes.collect(**turned)


def test_a_quote_knows_who_when_and_what_was_asked(small_study):
    quote = next(quote for quote in collected(small_study).values() if quote.text.startswith("Never."))
    assert (quote.document, quote.source_type, quote.speaker) == ("interviews/ana.txt", "interview", "Ana")
    assert (quote.attributes, quote.time, quote.question) == ("nurse, north", "2:00", "And was there time for it?")


def test_field_notes_have_neither_speaker_nor_time_nor_question(small_study):
    quote = next(quote for quote in collected(small_study).values() if quote.document.startswith("notes/"))
    assert (quote.speaker, quote.case, quote.time, quote.question) == ("", "", "", "")


def test_a_segment_that_is_not_what_the_document_says_is_refused(small_study):
    tables = {name: store.read(small_study, name) for name in ("documents", "turns", "cases", "segments")}
    tables["segments"].loc[3, "text"] = "Nobody ever said this."
    with pytest.raises(quotes.QuoteError, match=r"ward\.txt.*not what the document says.*counterpoint run"):
        quotes.collect(**tables)


@pytest.mark.parametrize(("start", "end", "text"), [(0, 3, "Une"), (0, 4, "Ünë"), (4, 5, "\ud83d"), (90, 91, "x")])
def test_check_refuses_what_differs_by_one_letter(start, end, text):
    with pytest.raises(quotes.QuoteError):
        quotes.check({"b.txt": "Ünë 😀 two three"}, document="b.txt", start=start, end=end, text=text)


def test_check_refuses_a_document_that_is_not_there():
    with pytest.raises(quotes.QuoteError, match=r"gone\.txt"):
        quotes.check({}, document="gone.txt", start=0, end=1, text="a")


@given(TEXT)
def test_utf16_offsets_are_those_that_browsers_count(text):
    offsets = quotes.utf16_offsets(text)
    assert offsets == [len(text[:n].encode("utf-16-le")) // 2 for n in range(len(text) + 1)]


def test_utf16_offsets_count_an_emoji_twice_and_an_accent_once():
    assert quotes.utf16_offsets("é😀x") == [0, 1, 3, 4]
    assert quotes.utf16_offsets("") == [0]


def page_with(place: str, text: str) -> str:
    return f'<p>before</p><blockquote class="q" data-quote="{place}">{text}</blockquote><p>after</p>'


@given(TEXT)
def test_whatever_is_said_survives_the_page(text):
    documents = pd.DataFrame({"document": ["d"], "text": ["start " + text + " end"]})
    page = page_with(f"0:6:{6 + len(text)}", markup.escape(text))
    assert quotes.verify_page(page, documents) == 1


def test_documents_are_numbered_in_alphabetical_order():
    assert quotes.verify_page(page_with("0:0:11", "&lt;b&gt;bold&lt;/b&gt;"), DOCUMENTS) == 1
    assert quotes.verify_page(page_with("1:4:5", "😀"), DOCUMENTS) == 1


@pytest.mark.parametrize("text", ["&lt;b&gt;Bold&lt;/b&gt;", "&lt;b&gt;bold&lt;/b&gt; ", "", "bold"])
def test_a_page_with_another_wording_is_refused(text):
    with pytest.raises(quotes.QuoteError):
        quotes.verify_page(page_with("0:0:11", text), DOCUMENTS)


def test_a_page_whose_quote_holds_markup_is_refused():
    with pytest.raises(quotes.QuoteError, match="markup"):
        quotes.verify_page(page_with("0:0:11", "<b>bold</b>"), DOCUMENTS)


def test_a_page_without_quotes_is_fine():
    assert quotes.verify_page("<p>nothing</p>", DOCUMENTS) == 0


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.0, "0:00"), (59.9, "0:59"), (60.0, "1:00"), (3599.0, "59:59"), (3600.0, "1:00:00"), (float("nan"), "")],
)
def test_clock(seconds, shown):
    assert quotes.clock(seconds) == shown


def test_what_is_known_of_a_case_leaves_out_what_is_not():
    cases = pd.DataFrame({"case": ["a", "b", "c"], "role": ["nurse", "", None], "site": ["x", "y", " "]})
    assert quotes.described(cases) == {"a": "nurse, x", "b": "y", "c": ""}
