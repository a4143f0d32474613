from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import model_registry
from pipeline.corpus import sentences, text_layout
from pipeline.corpus.sentences import Place, Sentence


@pytest.fixture(scope="module")
def split():
    return sentences.splitter(model_registry.load_spacy("en_core_web_sm"))


def by_stops(texts):
    return [sentences.spans(text, sentences.plain_starts(text)) for text in texts]


def lengths(*words):
    return [Sentence(10 * at, 10 * at + 9, count) for at, count in enumerate(words)]


def counts(groups):
    return [[one.words for one in group] for group in groups]


def test_spacy_finds_sentences(split):
    text = "We had no time. I asked Dr. Smith about it! Did it help? Well..."
    assert [text[a:b] for a, b in split([text])[0]] == [
        "We had no time.",
        "I asked Dr. Smith about it!",
        "Did it help?",
        "Well...",
    ]


def test_no_texts_and_empty_texts(split):
    assert split([]) == []
    assert split(["", "word", " \n "]) == [[], [(0, 4)], []]


def test_what_is_no_word_is_split_by_its_stops(split):
    text = "We went. " + "...(" * 50_000 + " And so. On"
    found = [text[a:b] for a, b in split([text, "One. Two."])[0]]
    assert found[0] == "We went."
    assert found[-2:] == ["And so.", "On"] or found[-1] == "On"


@given(
    st.lists(
        st.text(
            alphabet=st.one_of(
                st.sampled_from("ab. ?!\n’'\u00a0é😀א\u202e。"), st.characters(exclude_categories=["Cs"])
            ),
            max_size=50,
        ),
        max_size=3,
    )
)
def test_spans_cover_every_letter_and_cut_no_word(split_texts):
    for text, found in zip(split_texts, by_stops(split_texts), strict=True):
        assert all(end <= start for (_, end), (start, _) in pairwise(found))
        covered = {at for a, b in found for at in range(a, b)}
        assert all(at in covered for at, letter in enumerate(text) if not letter.isspace())
        assert all(a == 0 or text[a - 1].isspace() or text[a - 1] in "。！？" for a, _ in found)


def test_windows_are_even_and_few():
    assert counts(sentences.windows(lengths(20, 20, 20, 3), max_words=60)) == [[20, 20], [20, 3]]
    assert counts(sentences.windows(lengths(10, 10, 10), max_words=60)) == [[10, 10, 10]]
    assert counts(sentences.windows(lengths(), max_words=60)) == []


def test_a_long_sentence_stands_alone():
    assert counts(sentences.windows(lengths(5, 90, 5), max_words=60)) == [[5], [90], [5]]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=25), st.integers(5, 40))
def test_windows_keep_order_and_limit(words, most):
    given_ = lengths(*words)
    found = sentences.windows(given_, max_words=most)
    assert [one for group in found for one in group] == given_
    assert all(sum(one.words for one in group) <= most or len(group) == 1 for group in found)
    greedy, room = 1, most
    for count in (max(1, one.words) for one in given_):
        if count > room:
            greedy, room = greedy + 1, most
        room -= count
    assert len(found) <= greedy


def of_turns(places, texts, split):
    plain = sentences.plain(places, texts, split)
    script = sentences.script([sentences.heard(places, texts, plain)], documents=len(texts))
    return sentences.with_script(places, texts, plain, script)


def of(texts, *, labelled=False, split=by_stops):
    places = [Place(name, 0, len(text), labelled) for name, text in texts.items()]
    found = of_turns(places, texts, split)
    return {
        name: [(text[one.start : one.end], one.script) for one in group]
        for (name, text), group in zip(texts.items(), found, strict=True)
    }


SCRIPT = "3.a Please say aloud what you think."


def test_what_recurs_in_many_documents_is_script():
    texts = {f"d{n}": f"{SCRIPT}\nI think {n} things at once. No." for n in range(4)}
    assert of(texts)["d1"] == [
        (SCRIPT.split(" ", 1)[0] + " Please say aloud what you think.", True),
        ("I think 1 things at once.", False),
        ("No.", False),
    ]


def test_script_is_cut_out_of_a_sentence():
    texts = {f"d{n}": f"{SCRIPT}\nWell." for n in range(4)} | {"z": f"it was fine {SCRIPT} yes it was"}
    assert of(texts)["z"] == [("it was fine", False), (SCRIPT, True), ("yes it was", False)]


def test_two_documents_make_no_script():
    assert not any(script for group in of({"a": SCRIPT, "b": SCRIPT}).values() for _, script in group)


def test_a_rare_repeat_makes_no_script():
    texts = {f"d{n}": f"It was thing number {n} of many." for n in range(20)} | dict.fromkeys("abc", SCRIPT)
    assert not any(script for group in of(texts).values() for _, script in group)


@pytest.mark.parametrize(("documents", "enough"), [(1, 3), (10, 3), (11, 3.3), (20, 6)])
def test_script_stands_in_three_documents_and_in_three_of_ten(documents, enough):
    assert sentences.recurring(documents) == pytest.approx(enough)


@pytest.mark.parametrize(("labelled", "words"), [(False, 5), (True, 9)])
def test_script_is_of_five_words_and_in_labelled_speech_of_nine(labelled, words):
    for count in (words - 1, words):
        said = " ".join(["Whatever", *["again"] * (count - 1)]) + "."
        ((_, script),) = of(dict.fromkeys("abc", said), labelled=labelled)["a"]
        assert script == (count >= words)


def test_script_is_what_recurs_in_documents_and_not_within_one():
    texts = {"a": f"{SCRIPT}\nNo.\n{SCRIPT}\nYes.\n{SCRIPT}", "b": "Something else was said here.", "c": "And more."}
    assert not any(script for group in of(texts).values() for _, script in group)


def test_script_is_known_by_its_words_and_cut_out_as_it_is_mostly_written():
    texts = {
        f"d{n}": form for n, form in enumerate(["Please say it ALOUD to me."] * 2 + ["Please, say it aloud to me"] * 3)
    }
    found = of(texts | {"z": "so Please, say it aloud to me no"})
    assert all(script for name in texts for _, script in found[name])
    assert found["z"] == [("so", False), ("Please, say it aloud to me", True), ("no", False)]


def test_a_long_text_is_handed_over_in_pieces_that_end_with_a_sentence(monkeypatch):
    monkeypatch.setattr(sentences, "MAX_PIECE", 20)
    for text in (
        "One two. Three four. Five six. Seven.",
        "no stop in all of this text",
        "x" * 50,
        "",
        "One two three four.",
    ):
        cuts = sentences._cuts(text)
        assert [text[a:b] for a, b in cuts] == {
            "One two. Three four. Five six. Seven.": ["One two. ", "Three four. ", "Five six. Seven."],
            "no stop in all of this text": ["no stop in all of ", "this text"],
            "x" * 50: ["x" * 20, "x" * 20, "x" * 10],
        }.get(text, [text])


def test_what_people_often_say_is_no_script():
    texts = dict.fromkeys("abcd", "I do not think so at all.")
    assert not any(script for group in of(texts, labelled=True).values() for _, script in group)
    assert of(dict.fromkeys("abcd", "Yes, it is."))["a"] == [("Yes, it is.", False)]


def test_no_sentence_goes_on_past_a_paragraph():
    assert [
        text
        for text, _ in of({"a": "we had no\ntime to do it"}, split=lambda texts: [[(0, len(text))] for text in texts])[
            "a"
        ]
    ] == ["we had no", "time to do it"]


def test_sentences_do_not_hang_on_other_documents(split):
    text = "We had no time. So we did it at home, and I mean it. Honest."
    alone = of({"a": text}, split=split)["a"]
    among = of({"0": "Other words. More of them!", "a": text, "b": "x"}, split=split)["a"]
    assert alone == among


def test_words_are_counted():
    (group,) = of_turns([Place("a", 5, 14, False)], {"a": "Dan: Not now. x"}, by_stops)
    assert [(one.start, one.end, one.words) for one in group] == [(5, 13, 2)]
    assert text_layout.count_words("Not now.") == 2
