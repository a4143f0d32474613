"""The questions of the interview guide: what turns ask, which of them ask the same, and guide.yaml."""

import random

import numpy as np
import pandas as pd
import pytest

from pipeline.core import store
from pipeline.corpus import guide_file, question_wording
from pipeline.corpus.guide_file import GuideError, Question
from pipeline.vectors import guide, question_groups

# What wordings are about: like ones have like vectors, whatever their words.
ABOUT = {
    "time": ("Is there time for it?", "Do you get hours for this work?", "How about time, do you have any?"),
    "role": ("What is your role here?", "What do you do on the ward?", "How would you describe your job?"),
    "board": ("How does the board see it?", "What do the directors make of this?", "Is the executive team behind it?"),
}
SUBJECT = {words: number for number, group in enumerate(ABOUT.values()) for words in group}


def encode(texts: list[str]) -> np.ndarray:
    """Unit vectors: one axis a subject, a little of an axis of its own for every wording, another axis if unknown."""
    vectors = np.zeros((len(texts), 64))
    for row, words in enumerate(texts):
        random.seed(words)
        vectors[row, 10 + random.randrange(54)] = 0.5
        if words in SUBJECT:
            vectors[row, SUBJECT[words]] = 1
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def interview(name: str, *questions: str, case: str = "", aside: str = "interviewer") -> list[dict[str, object]]:
    rows = []
    for number, question in enumerate(questions):
        asks, answers = f"{name}:{2 * number}", f"{name}:{2 * number + 1}"
        shared = {"document": name, "language": "en", "speaker": "", "part": "none", "case": ""}
        rows.append({**shared, "turn_id": asks, "prompt_id": "", "set_aside": aside, "text": question})
        answer = {
            "turn_id": answers,
            "prompt_id": asks,
            "set_aside": "",
            "text": f"Answer {number}.",
            "case": case or name,
        }
        rows.append({**shared, **answer, "part": "participant"})
    return rows


def segments(*interviews: list[dict[str, object]]) -> pd.DataFrame:
    table = pd.DataFrame([row for rows in interviews for row in rows])
    table["start"] = table.groupby("document").cumcount() * 10
    table["segment_id"] = [f"s{number}" for number in range(len(table))]
    return table.assign(substantive=table["set_aside"] == "")


def sources(table: pd.DataFrame, kind: str = "interview") -> pd.DataFrame:
    return pd.DataFrame({"document": sorted(set(table["document"]))}).assign(source_type=kind)


def made(table: pd.DataFrame, *entries: Question, kind: str = "interview") -> dict[str, pd.DataFrame]:
    return guide.tables(table, sources(table, kind), entries, encode=encode, common=np.zeros(64))


def three_interviews() -> pd.DataFrame:
    asked = list(zip(*ABOUT.values(), strict=True))
    return segments(
        *(interview(f"i{at}", *questions, f"What about the {at}{at} then, Tom?") for at, questions in enumerate(asked))
    )


def asked_as(tables: dict[str, pd.DataFrame]) -> list[set[str]]:
    return [set(words) for words in tables["guide"]["wordings"]]


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Great. So, moving on. Is there time for it?", "Is there time for it?"),
        ("Okay, um, so how does the board see it?", "How does the board see it?"),
        ("Tell me about your role. I have read the notes.", "Tell me about your role."),
        (
            "I'd like to hear about the figures. Do you see them? Do you use them?",
            "I'd like to hear about the figures. Do you use them?",
        ),
        ("[laughs] Why the rota?", "Why the rota?"),
        ("3.a Is there time for it?", "Is there time for it?"),
        ("[Q3] Negative change", "Negative change"),
        ("# NHFT: What was good?", "NHFT: What was good?"),
        ("So it was the rota.", "It was the rota."),
        ("(The participant reads the task again)", ""),
        ("And you?", ""),
        ("4 nurses left, why was that?", "4 nurses left, why was that?"),
    ],
)
def test_what_a_turn_asks(text, asks):
    assert question_wording.wording(text, language="en") == asks


@pytest.mark.parametrize(
    ("language", "text", "asks"),
    [
        ("de", "Danke. Also, haben Sie Zeit für das Projekt?", "Haben Sie Zeit für das Projekt?"),
        ("fr", "Merci. Alors, quel est votre rôle ?", "Quel est votre rôle ?"),
        ("es", "Muy bien. ¿Tienen tiempo para el proyecto?", "¿Tienen tiempo para el proyecto?"),
        ("ja", "なるほど。時間はありますか？", "時間はありますか？"),
    ],
)
def test_what_a_turn_asks_in_other_languages(language, text, asks):
    assert question_wording.wording(text, language=language) == asks


def test_questions_asked_again_in_other_words_are_one_and_what_was_asked_once_is_a_follow_up():
    tables = made(three_interviews())
    assert asked_as(tables) == [set(words) for words in ABOUT.values()]  # in the order of the interviews
    assert tables["guide"]["guide_id"].tolist() == ["Q1", "Q2", "Q3"]
    assert (
        tables["guide"][["n_prompts", "n_documents", "n_segments", "n_cases"]].to_numpy().tolist() == [[3, 3, 3, 3]] * 3
    )
    assert set(tables["guide"]["source"]) == {"found"}
    follow_ups = tables["prompts"][tables["prompts"]["guide_id"] == ""]
    assert len(follow_ups) == 3 and follow_ups["likeness"].isna().all()
    for name, table in tables.items():
        store.schema(name).validate(table)


def test_the_order_of_rows_decides_nothing():
    table = three_interviews()
    shuffled = made(table.sample(frac=1, random_state=3))
    for name, expected in made(table).items():
        pd.testing.assert_frame_equal(shuffled[name], expected)


def test_two_questions_of_one_interview_are_two_however_alike():
    time, hours, _ = ABOUT["time"]
    tables = made(segments(*(interview(f"i{at}", time, hours) for at in range(3))))
    assert asked_as(tables) == [{time}, {hours}]


def test_a_question_asked_twice_of_one_person_is_still_one():
    table = segments(
        interview("i0", ABOUT["time"][0]), interview("i1", ABOUT["time"][1]), interview("i2", *ABOUT["time"][1:])
    )
    assert asked_as(made(table)) == [set(ABOUT["time"])]


def test_where_questions_stand_tells_apart_what_words_do_not():
    early = [interview(f"i{at}", ABOUT["time"][at], *ABOUT["role"][:1], *ABOUT["board"][:1]) for at in range(3)]
    late = [
        interview(f"j{at}", *ABOUT["board"][:1], *ABOUT["role"][:1], f"The time after number {at}?") for at in range(3)
    ]
    assert set(ABOUT["time"]) in asked_as(made(segments(*early, *late)))


def test_one_interview_has_no_guide():
    tables = made(segments(interview("i0", *(words[0] for words in ABOUT.values()))))
    assert tables["guide"].empty
    assert len(tables["prompts"]) == 3


def test_what_recurs_and_asks_nothing_is_no_question():
    recurring = "The programme is open source and free for all."
    tables = made(segments(*(interview(f"i{at}", ABOUT["time"][at], recurring) for at in range(3))))
    assert asked_as(tables) == [set(ABOUT["time"])]


def test_a_study_without_questions_has_none():
    table = segments([{**row, "prompt_id": ""} for row in interview("notes", "A heading")])
    tables = made(table)
    assert tables["guide"].empty and tables["prompts"].empty
    tables = made(table, Question(question="Is there time for it?"))
    assert tables["guide"][["question", "source", "n_prompts"]].to_numpy().tolist() == [
        ["Is there time for it?", "people", 0]
    ]


@pytest.mark.parametrize("kind", ["document", "field_note"])
def test_the_headings_of_documents_are_no_questions(kind):
    tables = made(segments(*(interview(f"i{at}", "What is it for?", aside="heading") for at in range(3))), kind=kind)
    assert tables["guide"].empty and tables["prompts"].empty


def test_the_question_of_a_survey_is_one_at_once():
    tables = made(segments(interview("good", "What was good?", aside="heading")))
    assert asked_as(tables) == [{"What was good?"}]
    assert made(segments(interview("title", "Ward four, in May", aside="heading")))["guide"].empty


def test_a_question_put_to_many_in_one_file_recurs():
    people = [row for at in range(3) for row in interview("survey.csv", "What was good?", case=f"p{at}")]
    for number, row in enumerate(people):
        row["turn_id"] = f"t{number}"
        row["prompt_id"] = f"t{number - 1}" if row["prompt_id"] else ""
    tables = made(segments(people))
    assert tables["guide"][["question", "n_prompts", "n_cases"]].to_numpy().tolist() == [["What was good?", 3, 3]]
    alone = [{**row, "case": "p0" if row["case"] else ""} for row in people]
    assert made(segments(alone))["guide"].empty  # asked of one person again and again


def test_printed_questions_with_different_words_are_different():
    table = segments(*(interview(f"f{at}", words, aside="heading") for at, words in enumerate(ABOUT["time"][:2])))
    assert asked_as(made(table)) == [{words} for words in sorted(ABOUT["time"][:2])]


def test_the_guide_that_people_have_is_matched_with_what_was_asked():
    own = (
        Question(question="The board", name="Leadership", also=(ABOUT["board"][1],)),
        Question(question=ABOUT["time"][2]),
    )
    tables = made(three_interviews(), *own)
    assert tables["guide"]["question"].tolist()[:2] == ["Leadership", ABOUT["time"][2]]
    assert tables["guide"]["source"].tolist() == ["people", "people", "found"]
    assert asked_as(tables) == [set(ABOUT["board"]), set(ABOUT["time"]), set(ABOUT["role"])]
    assert tables["guide"]["n_documents"].tolist() == [3, 3, 3]


def test_a_guide_question_asked_once_is_one_and_two_of_the_guide_stay_two():
    table = segments(interview("i0", ABOUT["time"][0], ABOUT["role"][0]))
    tables = made(table, Question(question=ABOUT["time"][1]), Question(question=ABOUT["time"][2]))
    assert tables["guide"]["n_prompts"].sum() == 1
    assert len(tables["guide"]) == 2


def test_people_join_questions_and_say_what_is_none():
    joined = made(three_interviews(), Question(question=ABOUT["time"][0], also=(ABOUT["role"][0],)))
    assert set(ABOUT["time"]) | set(ABOUT["role"]) == asked_as(joined)[0]
    without = made(three_interviews(), Question(question=ABOUT["time"][0], follow_up=True))
    assert asked_as(without) == [set(ABOUT["role"]), set(ABOUT["board"])]


def test_a_proposal_written_into_the_guide_changes_no_group():
    table = three_interviews()
    found = made(table)
    kept = made(table, *(Question(question=words) for words in found["guide"]["question"]))
    assert asked_as(kept) == asked_as(found)
    assert kept["guide"]["question"].tolist() == found["guide"]["question"].tolist()


def test_a_guide_is_a_list_of_questions_one_a_line(tmp_path):
    path = tmp_path / "guide.yaml"
    path.write_text("# Ours.\n- Is there time for it?\n- {question: The  board, name: Board, also: And them?}\n")
    own = guide_file.load(path)
    assert [one.shown for one in own] == ["Is there time for it?", "Board"]
    assert own[1].wordings == ("The board", "And them?")
    guide_file.save(path, own)
    assert guide_file.load(path) == own
    assert "# Ours." in path.read_text()
    assert guide_file.load(tmp_path / "none.yaml") == []


@pytest.mark.parametrize(
    "line",
    [
        "How did you come to it? (Staff: who decides?)",
        "Q1: Is there time for it?",
        "Yes or no: did you sleep?",
        "And the costs:",
    ],
)
def test_a_question_may_have_a_colon_in_it(tmp_path, line):
    path = tmp_path / "guide.yaml"
    path.write_text(f"# Ours.\nquestions:\n- {line}\n- How do you sleep?\n")
    own = guide_file.load(path)
    assert [one.question for one in own] == [line, "How do you sleep?"]
    guide_file.save(path, own)
    assert guide_file.load(path) == own


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("questions:\n- {name: Time}\n", "line 2: question 1, question: this field is required"),
        ("questions:\n- qestion: Is there time?\n", "line 2: question 1, qestion: unknown field"),
        ("questions:\n- Is there time: {no: 1}\n", "line 2: question 1, Is there time: unknown field"),
        ("questions:\n- {question: Time?, answer: No}\n", "unknown field"),
        ("questions:\n- {question: '  '}\n", "the words of a question are required"),
        (
            "questions:\n- Is there time?\n- {question: Role?, also: [is there TIME]}\n",
            "line 3: “Role?” has a wording that is also in line 2",
        ),
        ("questions: Time\n", "expected the key 'questions' with a list"),
        ("codes: []\nquestions: []\n", "unknown key 'codes'"),
    ],
)
def test_errors_of_a_guide_are_sentences_with_their_line(tmp_path, text, said):
    path = tmp_path / "guide.yaml"
    path.write_text(text)
    with pytest.raises(GuideError) as told:
        guide_file.load(path)
    assert said in str(told.value)
    assert str(path) in str(told.value)


def test_less_is_enough_for_a_question_of_the_guide_if_it_is_clearly_the_nearest(monkeypatch):
    table = segments(*(interview(f"i{at}", words) for at, words in enumerate((*ABOUT["time"][:2], ABOUT["role"][0]))))
    monkeypatch.setattr(guide, "TIE", 0.99)
    monkeypatch.setattr(question_groups, "TIE", 0.99)
    own = (Question(question=ABOUT["time"][2]), Question(question=ABOUT["board"][2]))
    tables = made(table, *own)
    assert asked_as(tables)[:2] == [set(ABOUT["time"][:2]), set()]
    monkeypatch.setattr(guide, "CLEARLY", 2.0)
    assert asked_as(made(table, *own))[:2] == [set(), set()]


def test_a_guide_stands_in_its_order_where_nobody_asked_in_its_words():
    late = [
        interview(f"i{at}", *ABOUT["board"][:1], *ABOUT["role"][:1], words)
        for at, words in enumerate(ABOUT["time"][:2])
    ]
    own = [Question(question=words) for words in ("Start?", "Middle?", ABOUT["time"][2])]
    assert asked_as(made(segments(*late), *own))[2] == set(ABOUT["time"][:2])
