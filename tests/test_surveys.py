"""Surveys: a row a respondent, a column a question; or a row an answer."""

import pytest

from pipeline import ingest
from pipeline.corpus.readers import tables
from pipeline.corpus.readers.model import Labels
from tests.talk_tables import ANSWERS, QUESTIONS, written

LABELS = Labels(("interviewer",))
SITES = ("north", "south", "north", "south")


def said(found):
    return [(turn.speaker, found.text[turn.start : turn.end]) for turn in found.turns]


def wide(header, cells):
    return written([header, *(cells(at) for at in range(4))], mark=";")


IN_FULL = wide(["ID", "Site", *QUESTIONS], lambda at: [at + 1, SITES[at], *(f"{one} {at}" for one in ANSWERS)])


@pytest.mark.parametrize(
    "data",
    [
        IN_FULL,
        wide(["Q1", "Q2", "Q3", "Age"], lambda at: [*(f"{one} {at}" for one in ANSWERS), 30 + at % 2]),
        wide(["Teilnehmer", *QUESTIONS], lambda at: [f"P{at}", *ANSWERS]),
    ],
)
def test_each_row_is_a_respondent_and_each_column_a_question(data):
    found = tables.read_csv(data, LABELS)
    assert set(found.stated_roles().values()) == {"interviewer", "participant"}
    assert sum(role == "participant" for role in found.stated_roles().values()) == 4
    answers = [words for who, words in said(found) if who != "Question"]
    assert [words[: len(one)] for words, one in zip(answers, ANSWERS * 4, strict=True)] == list(ANSWERS * 4)
    assert [remark.kind for remark in found.remarks] == ["guessed"]


def test_closed_questions_are_attributes_and_the_rest_is_named():
    cells = lambda at: [f"2024/03/0{at + 1} 10:00:00 AM GMT+1", f"p{at}@x.org", SITES[at], ANSWERS[at % 3]]  # noqa: E731
    found = tables.read_csv(wide(["Timestamp", "Email Address", "Site", QUESTIONS[0]], cells), LABELS)
    assert found.attributes["respondent 2"] == {"site": "south"}
    assert "Not read: 'Timestamp', 'Email Address'." in found.remarks[0].text
    assert "Attributes: 'Site'." in found.remarks[0].text


def test_short_answers_under_a_question_are_answers():
    shorts = ["Kosten", "keine Wahl", "Preis", "zu weit weg von allem, was wir kennen"]
    found = tables.read_csv(wide(["ID", "Warum haben Sie gewechselt?"], lambda at: [at, shorts[at]]), LABELS)
    assert [words for who, words in said(found) if who != "Question"] == shorts


def test_a_row_may_be_an_answer():
    rows = [
        [f"P{at}", question, answer, SITES[at]]
        for at in range(3)
        for question, answer in zip(QUESTIONS, ANSWERS, strict=True)
    ]
    found = tables.read_csv(written([["participant", "question", "response", "site"], *rows]), LABELS)
    assert [words for who, words in said(found) if who == "Question"] == list(QUESTIONS * 3)
    assert found.attributes["p1"] == {"site": "south"}


def test_respondents_are_cases_with_attributes_and_no_focus_group(tmp_path):
    (tmp_path / "transcripts").mkdir()
    (tmp_path / "transcripts" / "survey.csv").write_bytes(IN_FULL)
    found = ingest.ingest(tmp_path, interviewer_labels=("interviewer",), min_label_count=2)
    assert found["cases"]["case"].tolist() == [f"survey.csv/Respondent {at}" for at in range(1, 5)]
    assert found["cases"]["site"].tolist() == list(SITES)
    assert found["documents"]["source_type"].tolist() == ["interview"]
    (tmp_path / "participants.csv").write_text("document,speaker,case,part,site\nsurvey,Respondent 1,Eva,,west\n")
    found = ingest.ingest(tmp_path, interviewer_labels=("interviewer",), min_label_count=2)
    assert found["cases"].set_index("case")["site"]["Eva"] == "west"


@pytest.mark.parametrize("second", [["Erste Frage", "Zweite Frage"], ["Open-Ended Response", "Open-Ended Response"]])
def test_second_headers_of_survey_programs_are_no_answers(second):
    rows = [["Q1 What was good?", "Q2 What was not?"], second, ['{"ImportId":"QID1"}', '{"ImportId":"QID2"}']]
    rows = rows if "Frage" in second[0] else rows[:2]
    found = tables.read_csv(written([*rows, *([f"{one} {at}" for one in ANSWERS[:2]] for at in range(4))]), LABELS)
    assert len(found.turns) == 16
    assert "Response" not in found.text
    assert "ImportId" not in found.text


def test_a_comment_beside_a_closed_question_is_an_answer_to_it():
    found = tables.read_csv(
        wide(["ID", "Zufrieden?", "Kommentar"], lambda at: [at, ["ja", "nein"][at % 2], *ANSWERS[:1]]), LABELS
    )
    assert [who for who, _ in said(found)][1::2] == [f"Respondent {at}" for at in range(4)]
    assert found.attributes["respondent 1"] == {"zufrieden?": "nein"}
