import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.readers import cues, vtt
from pipeline.corpus.readers.model import Labels, RefusedError

LABELS = Labels(("interviewer",))


def read(text):
    return vtt.read_vtt(text.encode(), LABELS)


def said(text):
    found = read(text)
    return [(turn.speaker, found.text[turn.start : turn.end], turn.time_s) for turn in found.turns]


TEAMS = """WEBVTT

NOTE made by a machine

STYLE
::cue { color: red }

intro-1
00:00:01.000 --> 00:00:04.000 align:start
<v Interviewer>What made you</v>

2
00:00:04.000 --> 00:00:06,500
<v Interviewer>come back?</v>

3
00:06.500 --> 00:09.000
<v.loud Anna Bell>I like it here &amp; &lt;there&gt;.</v>
<v Interviewer>Do you?</v>
"""


def test_voices_of_teams():
    assert said(TEAMS) == [
        ("Interviewer", "What made you come back?", 1.0),
        ("Anna Bell", "I like it here & <there>.", 6.5),
        ("Interviewer", "Do you?", 6.5),
    ]


def test_the_canonical_text_is_written_anew():
    assert read(TEAMS).text == (
        "Interviewer: What made you come back?\n\nAnna Bell: I like it here & <there>.\n\nInterviewer: Do you?"
    )


def test_names_of_zoom():
    text = (
        "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nDan: So, one thing:\n\n2\n00:00:02.000 --> 00:00:03.000\nwhat now?\n\n"
        + "".join(
            f"{n}\n00:00:0{n}.000 --> 00:00:0{n + 1}.000\n{'Anna' if n % 2 else 'Dan'}: Words {n}.\n\n"
            for n in range(3, 7)
        )
    )
    assert said(text)[0] == ("Dan", "So, one thing: what now?", 1.0)
    assert said(text)[1] == ("Anna", "Words 3.", 3.0)
    assert len(said(text)) == 5


def test_nobody_named_is_split_at_silence():
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nWe went\n\n00:06.000 --> 00:07.000\nhome.\n\n00:07.100 --> 00:08.000\nAll of us.\n\n00:12.000 --> 00:13.000\nIt rained."
    assert said(text) == [("", "We went home. All of us.", 1.0), ("", "It rained.", 12.0)]
    assert read(text).text == "We went home. All of us.\n\nIt rained."


def test_a_missing_empty_line_loses_nothing():
    text = "1\n00:00:01,000 --> 00:00:02,000\nOne.\n2\n00:00:02,000 --> 00:00:03,000\nTwo."
    assert [cue.text for cue in cues.cues(text)] == ["One.", "Two."]


def test_a_number_that_is_said_is_kept():
    text = "1\n00:00:01,000 --> 00:00:02,000\nHow many?\n12\n\n2\n00:00:02,000 --> 00:00:03,000\n13\n"
    assert [cue.text for cue in cues.cues(text)] == ["How many? 12", "13"]


def test_marks_are_no_words():
    assert (
        said("WEBVTT\n\n00:01.000 --> 00:02.000\n<i>Well</i> <00:01.500><c.x>yes</c>, a<b>b</b> 3 < 4\u200e\n")[0][1]
        == "Well yes, ab 3 < 4"
    )


@pytest.mark.parametrize("text", ["WEBVTT", "WEBVTT\n\nwords only\n", "WEBVTT\n\n00:01 -> 00:02\nx"])
def test_no_cue_is_refused(text):
    with pytest.raises(RefusedError, match="No subtitle cues"):
        read(text)


def test_windows_line_ends_and_a_mark():
    assert vtt.read_vtt(b"\xef\xbb\xbf" + TEAMS.replace("\n", "\r\n").encode(), LABELS).text == read(TEAMS).text


WORDS = st.text(alphabet="ab é😀א.?:,", min_size=1, max_size=12).filter(lambda text: text.strip() and "-->" not in text)


@given(st.lists(st.tuples(st.sampled_from(["Dan", "Zoë", "שרה"]), WORDS), min_size=1, max_size=8))
def test_every_word_of_every_voice_comes_back(voices):
    text = "WEBVTT\n\n" + "".join(
        f"00:00:{n:02}.000 --> 00:00:{n:02}.900\n<v {name}>{words}</v>\n\n" for n, (name, words) in enumerate(voices)
    )
    found = read(text)
    assert " ".join(words for _, words, _ in said(text)).split() == " ".join(words for _, words in voices).split()
    assert all(found.text[turn.start : turn.end] for turn in found.turns)
    assert all(one.speaker != two.speaker for one, two in zip(found.turns, found.turns[1:], strict=False))
