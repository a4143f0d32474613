"""Tables of talk in csv and workbooks: which column holds the speech, who speaks, and when."""

import io

import openpyxl
import pytest

from pipeline.corpus.readers import tables
from pipeline.corpus.readers.model import Labels, RefusedError
from tests.talk_tables import ANSWERS, QUESTIONS, TALK, table, written

LABELS = Labels(("interviewer", "i"))
LONG = "She hesitates for a long time here and looks away; come back to this passage in the analysis of the shed."


def said(found):
    return [(turn.speaker, found.text[turn.start : turn.end]) for turn in found.turns]


def kinds(found):
    return [remark.kind for remark in found.remarks]


@pytest.mark.parametrize(
    ("data", "timed"),
    [
        (table(["Speaker", "Text"], lambda _, who, words: [who, words]), False),
        (table(["Nr", "Zeit", "Aussage", "Person"], lambda n, who, words: [n, f"0:0{n}", words, who], mark=";"), True),
        (b"\xef\xbb\xbf" + table(["Hablante", "Texto"], lambda _, who, words: [who, words], mark="\t"), False),
        (table(["from", "to", "utterance"], lambda n, who, words: [who, ("Eva", "Jo")[n % 2], words]), False),
        (table(["from", "to", "who", "text"], lambda n, who, words: [n, n + 1, who, words]), True),
        (table(["speaker", "text", "text", "", ""], lambda _, who, words: [who, words, "", "", ""]), False),
        (table(["Turn", "Speaker:", "Verbatim"], lambda n, who, words: [n, f"{who}:" if n < 3 else who, words]), False),
        (table(["speaker", "text"], lambda n, who, words: [f"[{who}]" if n % 2 else who.upper(), words]), False),
        (table(["speaker", "text"], lambda _, who, words: [who, f"{who}: {words}"]), False),
        (table([], lambda n, who, words: [n + 1, who, words]), False),
        (table([], lambda n, who, words: [f"00:00:1{n}", who, words]), True),
        (b"Interview 4, 12 May 2019\n\n" + table(["Sprecher", "Text"], lambda _, who, words: [who, words]), False),
        (b"Date;2019-05-12\nPlace;shed\n" + table(["Name", "Text"], lambda _, *said: said, mark=";"), False),
        (b"sep=;\n" + table(["Sprecher", "Text"], lambda _, who, words: [who, words], mark=";"), False),
        (table(["id", "text"], lambda n, who, words: [n, f"{who}: {words}"]), False),
        (written([["Jo", "Eva"], *([words, ""] if who == "Jo" else ["", words] for who, words in TALK)]), False),
    ],
)
def test_columns_are_found_by_their_content(data, timed):
    found = tables.read_csv(data, LABELS)
    spelled = {"JO": "Jo", "EVA": "Eva"}
    assert [(spelled.get(who, who), words) for who, words in said(found)] == TALK
    assert all((turn.time_s is not None) is timed for turn in found.turns)


def test_a_header_in_no_list_is_a_guess_that_is_told():
    found = tables.read_csv(table(["kto", "co"], lambda _, who, words: [who, words]), LABELS)
    assert said(found) == TALK
    assert kinds(found) == ["guessed"]
    assert "'co'" in found.remarks[0].text
    assert "'kto'" in found.remarks[0].text


def test_a_header_that_says_so_needs_no_remark():
    assert not tables.read_csv(table(["locuteur", "verbatim"], lambda _, *said: said), LABELS).remarks


@pytest.mark.parametrize("name", ["Notizen", "Memo", "Translation", "foo"])
def test_columns_of_other_sentences_are_named(name):
    found = tables.read_csv(table(["Speaker", name, "Text"], lambda _, who, words: [who, LONG, words]), LABELS)
    assert said(found) == TALK
    assert name in found.remarks[0].text
    assert kinds(found) == ["note"]


def test_a_column_of_roles_states_them():
    roles = {"Jo": "Interviewer", "Eva": "Befragte"}
    found = tables.read_csv(table(["Name", "Rolle", "Text"], lambda _, who, words: [who, roles[who], words]), LABELS)
    assert found.stated_roles() == {"jo": "interviewer", "eva": "participant"}


def test_an_empty_speaker_is_the_one_above_and_that_is_told():
    rows = [["Speaker", "Text"], ["Jo", "Why?"], ["Eva", "I was late."], ["", "So was he."], ["Jo", "And?"]]
    found = tables.read_csv(written(rows), LABELS)
    assert said(found) == [("Jo", "Why?"), ("Eva", "I was late. So was he."), ("Jo", "And?")]
    assert "row 4" in found.remarks[0].text
    assert kinds(found) == ["guessed"]


def test_merged_cells_are_no_guess():
    book = openpyxl.Workbook()
    for row in (["Speaker", "Text"], ["Jo", "Why?"], ["Eva", "I was late."], [None, "So was he."], ["Jo", "And?"]):
        book.active.append(row)
    book.active.merge_cells("A3:A4")
    place = io.BytesIO()
    book.save(place)
    found = tables.read_xlsx(place.getvalue(), LABELS)
    assert said(found) == [("Jo", "Why?"), ("Eva", "I was late. So was he."), ("Jo", "And?")]
    assert not found.remarks


@pytest.mark.parametrize("header", [[["Question", "Answer"]], [["Frage", "Antwort"]], []])
def test_a_column_of_questions_is_the_interviewers(header):
    found = tables.read_csv(written([*header, *zip(QUESTIONS, ANSWERS, strict=True)]), LABELS)
    assert [words for _, words in said(found)] == [words for _, words in TALK]
    assert sorted(found.stated_roles().values()) == ["interviewer", "participant"]


def test_columns_under_people_are_what_they_say():
    found = tables.read_csv(written([["Interviewer", "Frau Kern"], *zip(QUESTIONS, ANSWERS, strict=True)]), LABELS)
    assert {who for who, _ in said(found)} == {"Interviewer", "Frau Kern"}
    assert [words for _, words in said(found)] == [words for _, words in TALK]


@pytest.mark.parametrize("header", ["speaker_id", "spk"])
def test_numbered_speakers_get_a_name(header):
    found = tables.read_csv(table([header, "text"], lambda n, _, words: [n % 2, words]), LABELS)
    assert {who for who, _ in said(found)} == {"Speaker 0", "Speaker 1"}


def test_speakers_as_programs_number_them_need_no_header():
    data = table(
        ["id", "start_ms", "label", "text"], lambda n, who, words: [f"s{n}", n * 1000, f"spk_{who == 'Jo'}", words]
    )
    data = data.replace(b"spk_True", b"spk_1").replace(b"spk_False", b"spk_0")
    found = tables.read_csv(data, LABELS)
    assert {who for who, _ in said(found)} == {"spk_0", "spk_1"}
    assert [turn.time_s for turn in found.turns] == list(range(len(TALK)))
    assert not found.remarks


@pytest.mark.parametrize("data", [b"turn,start\n1,2\n2,3\n", b"id,date\n1,2020-01-02\n2,2020-01-03\n", b"text\n1\n2\n"])
def test_numbers_and_dates_are_no_speech(data):
    with pytest.raises(RefusedError, match="No text column"):
        tables.read_csv(data, LABELS)
