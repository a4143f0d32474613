"""Ways of counting positions: which there are, where each lands, and how one is chosen."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corpus.readers import offsets
from pipeline.corpus.readers.model import RefusedError
from pipeline.corpus.readers.offsets import Convention, Passage, Ruler

POINTS = Convention("code points", pairs_as_two=False, mark_counts=False, end_included=False)


def way(**changes) -> Convention:
    return Convention(**{**POINTS.__dict__, **changes})


def test_there_are_twelve_ways_and_twice_as_many_after_a_byte_order_mark():
    assert len(set(offsets.conventions(marked=False))) == 12
    assert len(set(offsets.conventions(marked=True))) == 24
    assert offsets.conventions(marked=False)[0] == POINTS
    assert {one.unit for one in offsets.conventions(marked=True, units=("UTF-16 units",))} == {"UTF-16 units"}


def test_a_way_says_itself_in_words():
    assert str(POINTS) == "code points, line ends counted as one, end not included"
    said = str(way(unit="UTF-16 units", pairs_as_two=True, mark_counts=True, end_included=True))
    assert said == "UTF-16 units, CRLF counted as two, byte order mark counted, end included"


@pytest.mark.parametrize(
    ("raw", "convention", "passage", "words"),
    [
        ("abc def", POINTS, (4, 7), "def"),
        ("abc def", way(end_included=True), (4, 6), "def"),
        ("😀 def", POINTS, (2, 5), "def"),
        ("😀 def", way(unit="UTF-16 units"), (3, 6), "def"),
        ("😀 def", way(unit="UTF-8 bytes"), (5, 8), "def"),
        ("é def", way(unit="UTF-8 bytes"), (3, 6), "def"),
        ("€ def", way(unit="UTF-8 bytes"), (4, 7), "def"),
        ("a\r\ndef", POINTS, (2, 5), "def"),
        ("a\r\ndef", way(pairs_as_two=True), (3, 6), "def"),
        ("a\rdef", POINTS, (2, 5), "def"),
        ("a\n\rdef", way(pairs_as_two=True), (3, 6), "def"),
        ("def", way(mark_counts=True), (1, 4), "def"),
        ("def", way(mark_counts=True, unit="UTF-8 bytes"), (3, 6), "def"),
    ],
)
def test_where_positions_land(raw, convention, passage, words):
    ruler = Ruler(raw, marked=convention.mark_counts)
    ((start, end),) = ruler.spans([Passage(*passage)], convention)
    assert ruler.text[start:end] == words


@pytest.mark.parametrize(
    ("passage", "convention"),
    [
        ((0, 0), POINTS),
        ((3, 2), POINTS),
        ((0, 99), POINTS),
        ((-1, 2), POINTS),
        ((1, 3), way(unit="UTF-16 units")),
        ((0, 2), way(unit="UTF-8 bytes")),
        ((0, 2), way(mark_counts=True)),
    ],
)
def test_outside_empty_and_inside_a_character_is_no_span(passage, convention):
    assert Ruler("😀ab", marked=True).spans([Passage(*passage)], convention) == [None]


def test_no_text_has_no_span():
    assert Ruler("", marked=False).spans([Passage(0, 1)], POINTS) == [None]
    assert Ruler("", marked=False).spans([], POINTS) == []


def fitted(raw, *passages, marked=False):
    return offsets.fitting([(Ruler(raw, marked=marked), list(passages))], offsets.conventions(marked=marked))


def test_whole_words_decide():
    assert fitted("one two three", Passage(4, 7))[1] == [[(4, 7)]]
    assert fitted("one two three", Passage(4, 6))[0].end_included


@pytest.mark.parametrize(
    ("outside", "inside", "fit"),
    [
        ("a", "b", 0),  # a word in two
        ("a", "1", 0),
        (" ", "b", 2),
        ("", "b", 2),
        ("a", ".", 2),
        ("a", " ", 1),  # space inside is untidy
        ("中", "文", 1),  # no spaces are written: any end may be one
        ("a", "文", 1),
        ("中", "b", 1),
        ("ก", "ข", 1),
        ("ក", "ខ", 1),
        ("\u2e7f", "a", 2),
        ("א", "ב", 0),
    ],
)
def test_how_clean_an_end_is(outside, inside, fit):
    assert offsets._edge(outside, inside) == fit


@pytest.mark.parametrize(
    ("name", "words", "fit"),
    [
        ("two three", "two three", 2),
        ("two th", "two three", 1),
        ("two three...", "two three", 2),
        (" two\nthree ", "two  three", 2),
        ("two", "two", 0),  # three letters prove nothing
        ("twos", "twos", 2),
        ("two three", "two", 0),
        ("wo three", "two three", 0),
    ],
)
def test_how_well_a_name_is_the_words(name, words, fit):
    assert offsets._matches(name, words) == fit


def test_half_of_the_ends_may_cut_a_word_and_no_more():
    whole, cut = Passage(0, 3), Passage(5, 6)  # "one", and the "w" of "two"... with its end included: "wo"
    ways = [POINTS, way(end_included=True)]
    text = "one twos three"
    assert offsets.fitting([(Ruler(text, marked=False), [whole, cut])], ways)[1] == [[(0, 3), (5, 6)]]
    with pytest.raises(RefusedError, match="split words"):
        offsets.fitting([(Ruler(text, marked=False), [whole, cut, cut])], ways)


def test_names_go_before_whole_words():
    # Both ends cut a word, and are right: the name says so.
    chosen, spans = fitted("ones twos x threes", Passage(1, 6, "nes t"))
    assert (chosen, spans) == (POINTS, [[(1, 6)]])


@pytest.mark.parametrize("name", ["a name of the program's", "line:6", "", "ab"])
def test_a_name_that_is_not_the_words_says_nothing(name):
    assert fitted("one two three", Passage(4, 7, name))[1] == [[(4, 7)]]


@pytest.mark.parametrize("name", ["two thr...", "two thr…", "two\nthree four", "  two   three "])
def test_a_name_may_be_cut_or_have_other_spaces(name):
    raw = "one 😀 two three four"
    assert fitted(raw, Passage(7, 21, name))[0].unit == "UTF-16 units"


def test_one_way_holds_for_all_texts_of_a_project():
    first, second = Ruler("😀 one two", marked=False), Ruler("no emoji here", marked=False)
    texts = [(first, [Passage(3, 6)]), (second, [Passage(3, 8)])]
    chosen, spans = offsets.fitting(texts, offsets.conventions(marked=False))
    assert chosen.unit == "UTF-16 units"
    assert spans == [[(2, 5)], [(3, 8)]]


def test_the_only_way_there_is_is_not_doubted():
    assert offsets.fitting([(Ruler("abcdef", marked=False), [Passage(1, 3)])], [POINTS])[1] == [[(1, 3)]]


def test_what_fits_nowhere_is_refused():
    with pytest.raises(RefusedError, match="do not match the texts"):
        fitted("abcdefghijklmnop", Passage(3, 6))


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from(["word", "né", "😀😀", "أهلا", "two\r\nlines", "."]), min_size=3, max_size=12),
    st.sampled_from(offsets.conventions(marked=True)),
    st.data(),
)
def test_named_words_are_always_found(words, convention, data):
    raw = " ".join(words)
    ruler = Ruler(raw, marked=True)
    whole = ruler.spans(
        [Passage(at, at + 1) for at in range(len(raw) * 4 + 4)], way(**{**convention.__dict__, "end_included": False})
    )
    starts = {span[0]: at for at, span in enumerate(whole) if span}
    passages = []
    for _ in range(3):
        start = data.draw(st.sampled_from(sorted(starts)))
        end = data.draw(st.sampled_from([at for at in sorted(starts) if at >= start]))
        if ruler.spans([Passage(starts[start], starts[end] - convention.end_included)], convention) == [None]:
            continue
        passages.append(
            (Passage(starts[start], starts[end] - convention.end_included, ruler.text[start:end]), (start, end))
        )
    long = [one for one in passages if len(" ".join(ruler.text[slice(*one[1])].split())) >= offsets.SHORTEST_NAME]
    if not long:
        return
    try:
        _, (spans,) = offsets.fitting([(ruler, [one for one, _ in long])], offsets.conventions(marked=True))
    except RefusedError as error:
        assert "two ways" in str(error) or "split words" in str(error)
        return
    found = [" ".join(ruler.text[slice(*span)].split()) for span in spans if span]
    assert all(
        got.startswith(" ".join(ruler.text[slice(*wanted)].split()))
        for got, (_, wanted) in zip(found, long, strict=True)
    )
