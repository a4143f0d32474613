"""What is looked for of somebody: their sentences and their names, in every form, and nothing that is everybody's."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.withdrawal.name_patterns import SENTENCE
from pipeline.withdrawal.normalised_text import forms, letters, level, small
from pipeline.withdrawal.search_terms import Needles, needles

SAID = "They promised us half a day, and “then” winter came to Café Nord."
WANTED = needles([f"Yes. {SAID} Anna said so."], ["Somebody else says other things here."], ["Anna"])


def said(wanted: Needles, text: str) -> list[str]:
    return sorted(str(hit) for hit in wanted.hits(text))


@pytest.mark.parametrize(
    "text",
    [
        "memo: promised us half a day, AND then winter",
        "promised us half\na day, and then\nwinter came",
        "prom-\nised us half a day and then winter",
        "half a day and then winter came to Cafe Nord",
        "1. half a day\n2. and then winter\n3. came to",
        "promisedushalfadayandthenwinter",
    ],
)
def test_a_part_of_about_six_words_is_enough_however_it_is_set(text: str):
    assert SENTENCE in WANTED.hits(text)


@pytest.mark.parametrize("text", ["promised us half a day", "winter came", "", "Somebody else says other things here."])
def test_less_is_anybody_s(text: str):
    assert SENTENCE not in WANTED.hits(text)


def test_what_others_say_too_is_not_theirs_alone():
    wanted = needles(
        [f"{SAID} Yes, I do.\nThe chair asked us all to wait outside."],
        ["And the chair asked us all to wait outside."],
        [],
    )
    assert SENTENCE not in wanted.hits("The chair asked us all to wait outside.")
    assert SENTENCE in wanted.hits(SAID)


def test_a_short_sentence_counts_whole():
    assert SENTENCE in needles(["We never get the time. No."], [], []).hits("memo: we never get the time")
    assert not needles(["Yes, I think so."], [], []).runs


def test_scripts_without_spaces_are_looked_for_in_shorter_runs():
    wanted = needles(["我们答应给半天时间，然后冬天就来了。"], ["别人说别的话。"], [])
    assert SENTENCE in wanted.hits("备忘：答应给半天时间，然后冬天")
    assert SENTENCE not in wanted.hits("冬天就来了")


def test_phrases_are_looked_for_if_they_are_theirs_alone():
    wanted = needles([SAID], ["We had half a day too."], [], phrases=["Winter came", "half a day", "Nord"])
    assert SENTENCE in wanted.hits("label: winter came")
    assert SENTENCE not in wanted.hits("label: half a day") and SENTENCE not in wanted.hits("Nord")


NAMES = needles(
    [], ["And will you have time? Rose from it."], ["Zoë Müller", "Will", "Jo", "C1", "O'Brien", "王芳", "زينب"]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("as Zoë Müller said", ["the name Zoë Müller"]),
        (unicodedata.normalize("NFD", "by ZOË MÜLLER"), ["the name Zoë Müller"]),
        ("zoe_mueller.docx", ["the name Zoë Müller, in another spelling"]),
        ("Will came", ["'Will', which is also an ordinary word"]),
        ("you will", ["'Will' in lower case, where it is usually an ordinary word or part of something else"]),
        ("Jo's", ["'Jo', which is short and may be something else"]),
        ("C1", ["'C1', which is short and may be something else"]),
        ("int_C1.txt", ["'C1', which is short and may be something else"]),
        ("O’Brien’s", ["the name O'Brien"]),
        ("OBrien", ["the name O'Brien"]),
        ("我和王芳说", ["the name 王芳"]),
        ("قالت زَيْنَب ", ["the name زينب, in another spelling"]),
        ("وزينب", ["the name زينب"]),
        ("Dr Müller", ["'Müller', a part of their name"]),
        ("Johanna, C12, AC1, willing, Briens", []),
    ],
)
def test_a_name_is_found_as_a_whole_word_and_said_how_surely(text: str, found: list[str]):
    assert said(NAMES, text) == found


def test_a_name_too_short_to_look_for_is_kept_apart():
    wanted = needles([], [], ["7", "A", "0417", "Bo"])
    assert wanted.left_out == ("7", "A")
    assert {name.text: name.how for name in wanted.names} == {"0417": "short", "Bo": "short"}


def test_a_name_is_a_plain_word_where_others_say_it_so():
    assert needles([], ["it was a pearl of an idea, stormy"], ["Stormy"]).names[0].how == "word"
    assert needles([], ["Stormy came"], ["Stormy"]).names[0].how == "name"


def test_roles_in_a_label_are_nobody_s_name():
    assert [name.text for name in needles([], [], ["Nurse Anna"]).names] == ["Anna", "Nurse Anna"]
    assert needles([], [], ["Participant", "The Interviewer"]).names == ()


def test_what_is_written_down_holds_none_of_their_words_and_looks_for_the_same():
    held = json.dumps(WANTED.dump())
    assert not [word for word in SAID.split() if len(word) > 3 and word in held]
    again = Needles.load(json.loads(held))
    assert again == WANTED
    assert SENTENCE in again.hits(SAID) and said(again, "Anna") == ["the name Anna"]


@given(text=st.text(max_size=60))
def test_any_text_can_be_looked_through(text: str):
    WANTED.hits(text)
    assert next(forms(text)) == text
    lower = small(level(text))
    assert letters(lower) == "".join(sign for sign in lower if sign.isalpha())
    assert letters(small(level(unicodedata.normalize("NFD", text)))) == letters(lower)


@given(text=st.text("abc éÉœ\n-’12", max_size=30))
def test_what_somebody_said_is_found_in_it(text: str):
    turn = f"The purple {text} tractor of my cousin broke down near Penrith"
    assert SENTENCE in needles([turn], [], []).hits(f"x {turn.upper()} y")
