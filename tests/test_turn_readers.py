"""Readers of formats that keep turns apart: .csv, .json, .eaf, .TextGrid, .cha, .srt, .md."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus import readers
from pipeline.corpus.readers import chat, eaf, json_turns, tables, textgrid
from pipeline.corpus.readers.model import Labels, RefusedError

LABELS = Labels(("interviewer",))


def turns(found):
    return [(turn.speaker, found.text[turn.start : turn.end], turn.time_s) for turn in found.turns]


def test_csv_is_a_row_a_turn():
    found = tables.read_csv(b'Timestamp;Speaker;Text\n00:01;Dan;Why?\n1:02;Anna;"It was\nso."\n;Anna;And so.\n', LABELS)
    assert turns(found) == [("Dan", "Why?", 1.0), ("Anna", "It was so. And so.", 62.0)]


def test_csv_without_speakers():
    assert turns(tables.read_csv(b"text\nOne.\nTwo.\n", LABELS)) == [("", "One.", None), ("", "Two.", None)]


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"speaker\nx\n"])
def test_csv_without_words_is_refused(data):
    with pytest.raises(RefusedError, match=r"\.$"):
        tables.read_csv(data, LABELS)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {
                "text": "all",
                "segments": [{"start": 0.5, "end": 1, "text": " Hello "}, {"start": 1.0, "text": "there."}],
            },
            [("", "Hello", 0.5), ("", "there.", 1.0)],
        ),
        (
            {
                "segments": [
                    {"start": 1, "text": "So?", "speaker": "SPEAKER_00"},
                    {"start": 4, "text": "Yes.", "speaker": "SPEAKER_01"},
                ]
            },
            [("SPEAKER_00", "So?", 1.0), ("SPEAKER_01", "Yes.", 4.0)],
        ),
        (
            {
                "utterances": [
                    {"speaker": "A", "start": 1500, "text": "So?"},
                    {"speaker": "B", "start": 90000, "text": "Yes."},
                ]
            },
            [("Speaker A", "So?", 1.5), ("Speaker B", "Yes.", 90.0)],
        ),
        ({"results": {"utterances": [{"speaker": 0, "start": 0.2, "transcript": "So?"}]}}, [("Speaker 0", "So?", 0.2)]),
        (
            {"monologues": [{"speaker": {"id": "x", "name": "Dan"}, "elements": [{"value": "So"}, {"value": "?"}]}]},
            [("Dan", "So?", None)],
        ),
        ([{"speaker": "Dan", "text": "So?"}], [("Dan", "So?", None)]),
    ],
)
def test_json_of_several_programs(value, expected):
    assert turns(json_turns.read_json(json.dumps(value).encode(), LABELS)) == expected


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"{}", b'"x"', b"[" * 100_000, b'{"segments": []}', b'{"a": 1}', b'{"text": "x"}', b"[1, 2]"],
)
def test_json_without_turns_is_refused(data):
    with pytest.raises(RefusedError, match=r"\.$"):
        json_turns.read_json(data, LABELS)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["segments", "text", "start", "speaker", "elements", "utterances", "x"]), inner, max_size=3
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_gives_turns_or_a_sentence(value):
    try:
        found = json_turns.read_json(json.dumps(value).encode(), LABELS)
    except RefusedError as error:
        assert str(error).endswith(".")
    else:
        assert all(found.text[turn.start : turn.end].strip() for turn in found.turns)


EAF = """<ANNOTATION_DOCUMENT><TIME_ORDER><TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="500"/><TIME_SLOT TIME_SLOT_ID="t2" TIME_VALUE="2500"/><TIME_SLOT TIME_SLOT_ID="t3"/></TIME_ORDER>
<TIER TIER_ID="anna" PARTICIPANT="Anna"><ANNOTATION><ALIGNABLE_ANNOTATION TIME_SLOT_REF1="t2" TIME_SLOT_REF2="t3"><ANNOTATION_VALUE>Yes.</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER TIER_ID="Dan"><ANNOTATION><ALIGNABLE_ANNOTATION TIME_SLOT_REF1="t1" TIME_SLOT_REF2="t2"><ANNOTATION_VALUE>So?</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER TIER_ID="gloss" PARENT_REF="Dan"><ANNOTATION><REF_ANNOTATION><ANNOTATION_VALUE>alors</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER></ANNOTATION_DOCUMENT>"""


def test_elans_tiers_are_speakers_in_order_of_time():
    assert turns(eaf.read_eaf(EAF.encode(), LABELS)) == [("Dan", "So?", 0.5), ("Anna", "Yes.", 2.5)]


GRID = """File type = "ooTextFile"
Object class = "TextGrid"
xmin = 0
xmax = 9
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "Anna"
        intervals [1]:
            xmin = 0
            xmax = 2
            text = ""
        intervals [2]:
            xmin = 2.5
            xmax = 9
            text = "I said ""so"" – é."
    item [2]:
        class = "TextTier"
        name = "Dan"
        points [1]:
            number = 1.25
            mark = "Well?"
"""


@pytest.mark.parametrize("encoding", ["utf_8", "utf_16"])
def test_praats_tiers_are_speakers(encoding):
    assert turns(textgrid.read_textgrid(GRID.encode(encoding), LABELS)) == [
        ("Dan", "Well?", 1.25),
        ("Anna", 'I said "so" – é.', 2.5),
    ]


CHA = "@Begin\n@Participants:\tPAR Anna Participant, INV Investigator\n*INV:\twhy did &-uh you come ? \x15100_900\x15\n%mor:\tadv|why\n*PAR:\tit was [/] it was the pay (.) and\n\tthe <people> [//] view . \x151500_2500\x15\n*PAR:\tyes +...\n@End\n"


def test_chat_is_read_without_its_codes():
    assert turns(chat.read_cha(CHA.encode(), LABELS)) == [
        ("Investigator", "why did uh you come?", 0.1),
        ("Participant", "it was it was the pay and the people view. yes", 1.5),
    ]


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (eaf.read_eaf, b"<a/>"),
        (eaf.read_eaf, b"<a"),
        (eaf.read_eaf, b"<!DOCTYPE a><a/>"),
        (textgrid.read_textgrid, b"x"),
        (chat.read_cha, b"@Begin\n@End\n"),
        (chat.read_cha, b""),
    ],
)
def test_tiers_without_words_are_refused(read, data):
    with pytest.raises(RefusedError, match=r"\.$"):
        read(data, LABELS)


def test_every_ending_has_a_reader(tmp_path):
    for suffix in readers.TRANSCRIPTS:
        (tmp_path / f"a{suffix}").write_bytes(b"")
        with pytest.raises(RefusedError, match="empty"):
            readers.read_transcript(tmp_path / f"a{suffix}", LABELS)


def test_endings_do_not_mind_case(tmp_path):
    (tmp_path / "a.SRT").write_text(
        "1\n00:00:01,000 --> 00:00:02,000\nDan: So?\n\n2\n00:00:02,000 --> 00:00:03,000\nDan: Yes.\n"
    )
    found, digest = readers.read_transcript(tmp_path / "a.SRT", LABELS)
    assert turns(found) == [("Dan", "So? Yes.", 1.0)]
    assert len(digest) == 64


@given(st.sampled_from(sorted(readers.TRANSCRIPTS)), st.binary(max_size=120))
def test_any_bytes_under_any_ending_give_turns_or_a_sentence(suffix, data):
    try:
        found = readers.TRANSCRIPTS[suffix](data, LABELS)
    except RefusedError as error:
        assert str(error).endswith(".")
    else:
        assert all(found.text[turn.start : turn.end].strip() for turn in found.turns)
