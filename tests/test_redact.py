"""Taking one person's words out of a file that others speak in: theirs go, everybody else's stay letter for letter."""

import io
import zipfile
from collections.abc import Callable
from itertools import pairwise, permutations

import docx as word
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.names import key
from pipeline.corpus.readers import TRANSCRIPTS
from pipeline.corpus.readers.model import Labels
from pipeline.withdrawal import redaction

INT = Labels(("interviewer",))
TALK = [
    ("Interviewer", "Shall we begin? How was it?"),
    ("Anna", "It was my idea, the sticker on the chart."),
    ("Bilal", "It was, I stole it from her. It worked."),
    ("Interviewer", "And then?"),
    ("Anna", "Then winter came, and it went — every “time”."),
    ("Interviewer", "Anything else?"),
    ("Bilal", "No. Anna said it all."),
    ("Anna", "Yes."),
]


def plain(talk=TALK) -> bytes:
    return "\n\n".join(f"{who}: {words}" for who, words in talk).encode()


def voices(talk=TALK) -> bytes:
    cues = [
        f"{n}\n00:00:{n:02d}.000 --> 00:00:{n:02d}.900\n<v {who}>{words}</v>\n" for n, (who, words) in enumerate(talk)
    ]
    return ("WEBVTT\n\n" + "\n".join(cues)).encode()


def zoom(talk=TALK) -> bytes:
    cues = [f"{n}\n00:00:{n:02d}.000 --> 00:00:{n:02d}.900\n{who}: {words}\n" for n, (who, words) in enumerate(talk)]
    return ("WEBVTT\n\n" + "\n".join(cues)).encode()


def document(talk=TALK) -> bytes:
    made = word.Document()
    for who, words in talk:
        paragraph = made.add_paragraph()
        paragraph.add_run(f"{who}: ").bold = True
        paragraph.add_run(words)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def srt(talk=TALK) -> bytes:
    return zoom(talk).removeprefix(b"WEBVTT\n\n").replace(b".000", b",000").replace(b".900", b",900")


def identified(talk=TALK) -> bytes:
    cues = [
        f'{n} "{who}" (1)\n00:00:{n:02d}.000 --> 00:00:{n:02d}.900\n{words}\n' for n, (who, words) in enumerate(talk)
    ]
    return ("WEBVTT\n\n" + "\n".join(cues)).encode()


FORMATS = {"a.txt": plain, "a.vtt": voices, "zoom.vtt": zoom, "a.docx": document}


def read(name: str, data: bytes):
    return TRANSCRIPTS[name[name.rindex(".") :]](data, INT)


def everything(name: str, data: bytes) -> str:
    if not name.endswith(".docx"):
        return data.decode()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "".join(archive.read(part).decode(errors="replace") for part in archive.namelist())


@pytest.mark.parametrize("name", FORMATS)
def test_their_turns_become_a_note_and_the_others_stay_as_they_were(name: str):
    data = FORMATS[name]()
    done = redaction.redact(data, name, {"anna"}, INT)
    left = everything(name, done.data)
    for trace in ("sticker", "winter came", "Anna:", "<v Anna>"):
        assert trace in everything(name, data) or trace in ("Anna:", "<v Anna>")
        assert trace not in left
    after = read(name, done.data)
    assert after.text == done.text
    said = [(turn.speaker, after.text[turn.start : turn.end]) for turn in after.turns]
    theirs = [(who, words) for who, words in said if words != redaction.MARK]
    assert theirs == [pair for pair in TALK if pair[0] != "Anna"]
    assert "Anna said it all" in left, "what others say of her is theirs, and is for a person to read"


@pytest.mark.parametrize("name", ["a.txt", "a.vtt", "a.docx"])
def test_turns_keep_their_number_so_that_later_ones_keep_their_ids(name: str):
    data = FORMATS[name]()
    assert len(read(name, redaction.redact(data, name, {"anna"}, INT).data).turns) == len(TALK)


@pytest.mark.parametrize("name", FORMATS)
def test_spans_of_the_others_are_found_again(name: str):
    data = FORMATS[name]()
    before = read(name, data)
    done = redaction.redact(data, name, {"anna"}, INT)
    for words in ("stole it", "And then?", "all"):
        start = before.text.index(words)
        new = done.span(start, start + len(words))
        assert new is not None and done.text[slice(*new)] == words
    start = before.text.index("sticker")
    assert done.span(start, start + 7) is None
    both = done.span(before.text.index("sticker"), before.text.index("stole") + 5)
    assert both is not None and done.text[slice(*both)] == "It was, I stole"
    outward = done.span(before.text.index("It worked"), before.text.index("winter"))
    assert outward is not None and done.text[slice(*outward)].startswith("It worked.")
    assert "winter" not in done.text[slice(*outward)]


FOUR = [
    ("Interviewer", "How did you all come to be on the ward?"),
    *((("Anna", "Bilal", "Carys")[n % 3], f"I said number {n} about the tablet, and it was true.") for n in range(9)),
    ("Interviewer", "Thank you, that was very helpful."),
]


@pytest.mark.parametrize("order", list(permutations(["anna", "bilal", "carys"])), ids="-".join)
@pytest.mark.parametrize("kind", [plain, document, voices, zoom, srt, identified])
def test_one_after_the_other_may_withdraw_from_the_same_file(kind: Callable[..., bytes], order: tuple[str, ...]):
    name = {plain: "a.txt", document: "a.docx", srt: "a.srt"}.get(kind, "a.vtt")
    data = kind(FOUR)
    gone: set[str] = set()
    for who in order:
        data = redaction.redact(data, name, {who}, INT).data
        gone.add(who)
        after = read(name, data)
        said = [(turn.speaker, after.text[turn.start : turn.end]) for turn in after.turns]
        assert [pair for pair in said if pair[1] != redaction.MARK] == [p for p in FOUR if p[0].lower() not in gone]
        assert {who for who, words in said if words == redaction.MARK} == {""}, "the mark has no speaker"
        assert not after.remarks, "nor is it a sign of anything"


def test_a_name_on_a_line_of_its_own_goes_too():
    data = b"Anna  0:01\nIt was my idea.\n\nBilal  0:09\nIt was.\n\nAnna  0:12\nYes it was.\n\nBilal  0:15\nAll right then."
    done = redaction.redact(data, "otter.txt", {"anna"}, INT)
    assert "Anna" not in done.data.decode() and "idea" not in done.data.decode()
    assert "Bilal  0:09\nIt was." in done.data.decode()


def test_the_text_around_the_talk_stays():
    data = b"# Focus group 1\n\nInterviewer: Well?\n\nAnna: Mine.\nAnd this too.\n\n[laughter]\n\nBilal: Ours.\n\nBilal: Indeed.\n"
    done = redaction.redact(data, "a.txt", {"anna"}, Labels(("interviewer",), frozenset({"bilal"})))
    assert done.data.decode() == (
        "# Focus group 1\n\nInterviewer: Well?\n\n[withdrawn]\n\n[laughter]\n\nBilal: Ours.\n\nBilal: Indeed.\n"
    )


def test_other_encodings_and_line_ends_are_read():
    data = "Anna: Café, naïve.\r\n\r\nBilal: Garçon, señor.\r\n\r\nAnna: Oui.\r\n\r\nBilal: Non, señor.\r\n".encode(
        "cp1252"
    )
    done = redaction.redact(data, "a.txt", {"anna"}, Labels((), frozenset({"anna", "bilal"})))
    assert "Garçon, señor." in done.data.decode()
    assert "Café" not in done.data.decode()


def test_two_voices_in_one_cue_are_told_apart():
    data = b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna>Mine it is.</v>\n<v Bilal>Ours it is.</v>\n\n00:03.000 --> 00:04.000\n<v Bilal>Yes.</v>\n"
    done = redaction.redact(data, "a.vtt", {"anna"}, INT).data.decode()
    assert "Mine" not in done and "Anna" not in done
    assert "<v Bilal>Ours it is." in done


def test_a_cue_without_a_name_that_goes_on_with_theirs_goes_too():
    data = (
        zoom()
        .decode()
        .replace("sticker on the chart.", "sticker on\n\n00:00:01.500 --> 00:00:01.800\nthe fluid chart.")
    )
    assert "fluid chart" not in redaction.redact(data.encode(), "zoom.vtt", {"anna"}, INT).data.decode()


@pytest.mark.parametrize(
    "cue",
    ["{n}\n{time}\n[{who}]: {words}", '{n} "{who}" (10)\n{time}\n{words}', "{n}\n{time}\n>> {who}: {words}"],
    ids=["brackets", "identifier", "arrows"],
)
def test_speakers_named_in_other_ways_are_taken_out_of_subtitles(cue: str):
    shown = [
        cue.format(n=n, time=f"00:00:{n:02d}.000 --> 00:00:{n:02d}.900", who=who.lower(), words=words)
        for n, (who, words) in enumerate(TALK)
    ]
    done = redaction.redact(("WEBVTT\n\n" + "\n\n".join(shown)).encode(), "a.vtt", {"anna"}, INT).data.decode()
    assert not any(trace in done for trace in ("sticker", "winter came", "Yes.", '"anna"', "[anna]", "anna:"))
    assert all(words in done for who, words in TALK if who != "Anna")


def test_captions_that_roll_are_to_be_changed_by_hand():
    lines = [f"{who}: {words}" for who, words in TALK]
    shown = [f"00:00:{n:02d}.000 --> 00:00:{n:02d}.900\n{one}\n{two}" for n, (one, two) in enumerate(pairwise(lines))]
    with pytest.raises(redaction.RedactError, match="in the program"):
        redaction.redact(("WEBVTT\n\n" + "\n\n".join(shown)).encode(), "a.vtt", {"anna"}, INT)


def test_a_word_file_keeps_its_other_parts_and_a_paragraph_its_form():
    done = redaction.redact(document(), "a.docx", {"anna"}, INT)
    with zipfile.ZipFile(io.BytesIO(document())) as old, zipfile.ZipFile(io.BytesIO(done.data)) as new:
        assert old.namelist() == new.namelist()
        assert old.read("word/styles.xml") == new.read("word/styles.xml")
    paragraphs = word.Document(io.BytesIO(done.data)).paragraphs
    assert [p.text for p in paragraphs][:3] == [
        "Interviewer: Shall we begin? How was it?",
        redaction.MARK,
        ": ".join(TALK[2]),
    ]
    assert paragraphs[2].runs[0].bold


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("talk.pdf", b"%PDF-1.4"),
        ("talk.rtf", b"{\\rtf1 Anna: hi}"),
        ("talk.txt", b"\x00\x01\x02"),
        ("talk.docx", b"PK\x03\x04no"),
    ],
)
def test_what_cannot_be_done_safely_is_refused_with_what_to_do(name: str, data: bytes):
    with pytest.raises(redaction.RedactError, match=rf"transcripts/{name}.*Delete their turns"):
        redaction.redact(data, name, {"anna"}, INT)


def test_a_file_that_would_read_differently_is_refused():
    # Three numbered labels lend each other weight; two do not, and P2's and P3's words would be nobody's.
    data = b"P1: One thing.\n\nP2: Two things.\n\nP1: Three things.\n\nP3: Four things.\n"
    with pytest.raises(redaction.RedactError):
        redaction.redact(data, "a.txt", {"p1"}, Labels(()))
    listed = redaction.redact(data, "a.txt", {"p1"}, Labels((), frozenset({"p2", "p3"})))
    assert listed.data == b"[withdrawn]\n\nP2: Two things.\n\n[withdrawn]\n\nP3: Four things.\n"


words = st.text(st.sampled_from("ab é.,?\u201c😀'"), min_size=1, max_size=30).map(lambda s: f"w{s.strip()}w")
talks = st.lists(st.tuples(st.sampled_from(["Interviewer", "Anna", "Bilal", "Cleo"]), words), min_size=2, max_size=12)


@settings(max_examples=60, deadline=None)
@given(talk=talks, name=st.sampled_from(sorted(FORMATS)))
def test_whatever_is_said_only_theirs_goes(talk: list[tuple[str, str]], name: str):
    listed = Labels(("interviewer",), frozenset({"anna", "bilal", "cleo"}))
    without = Labels(("interviewer",), frozenset({"bilal", "cleo"}))
    talk = [(who, f"{words} {n:03d}") for n, (who, words) in enumerate(talk)]
    data = FORMATS[name](talk)
    before = TRANSCRIPTS[name[name.rindex(".") :]](data, listed)
    try:
        done = redaction.redact(data, name, {"anna"}, without)
    except redaction.RedactError:
        return
    left = everything(name, done.data)
    for turn in before.turns:
        said = before.text[turn.start : turn.end]
        if key(turn.speaker) == "anna":
            assert said[-3:] not in done.text
            assert done.span(turn.start, turn.end) is None
        else:
            new = done.span(turn.start, turn.end)
            assert new is not None and done.text[slice(*new)] == said
    assert "<v Anna>" not in left and "Anna:" not in left
