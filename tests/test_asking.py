import pytest

from pipeline.corpus import asking, speaker_roles
from pipeline.corpus.participants import Person
from pipeline.corpus.readers.model import Labels, Turn, Utterance, compose

LABELS = Labels(("interviewer", "moderator", "int", "i", "q"))
ANSWERS = [
    "I open the shed first and then I look at the list on the door, because the list changes every night.",
    "The night team writes it, and sometimes nobody can read the handwriting, so we phone them.",
    "Then we wait, and waiting is what costs us most of the morning.",
    "I would put the list on a screen so that everybody sees the same thing at the same time.",
]
QUESTIONS = ["How do you begin?", "Who writes the list?", "What happens then?", "Would you change anything?"]
PROMPTS = ["Tell me how a day begins.", "Say more about the list.", "Go on, please do.", "Describe what you would do."]
YES = ["Yes.", "No.", "Sometimes.", "Yes."]


def talk(*turns):
    return compose((Utterance(speaker, text) for speaker, text in turns), unit="row")


def interview(asks, answers, questions=QUESTIONS, replies=ANSWERS):
    pairs = zip(questions, replies, strict=True)
    return talk(*(turn for question, reply in pairs for turn in ((asks, question), (answers, reply))))


def assign(people=None, **documents):
    return speaker_roles.assign(documents, people or {}, LABELS)


def who(assigned, document="a"):
    return {name for (at, name), role in assigned.roles.items() if at == document and role.part == "interviewer"}


@pytest.mark.parametrize(
    "text",
    [
        "Who writes it?",
        "名單是誰寫的？",
        "ومن يكتب هذه القائمة؟",
        "Και ποιος γράφει τη λίστα;",
        "Και ποιος γράφει τη λίστα\u037e",
        "Ո՞վ է գրում այն",
        "ማን ይጽፋል፧",
        "¿Quién la escribe? Sí.",
        "名簿は誰が書きますか。",
        "Is it you?!",
    ],
)
def test_a_turn_asks_in_any_script(text):
    assert asking.question(text) == 1


@pytest.mark.parametrize("text", ["", "Nobody writes it.", "Eggs; milk; bread;", "It closed; we left."])
def test_a_turn_that_does_not_ask(text):
    assert asking.question(text) == 0


def test_a_question_within_a_long_answer_counts_little():
    assert 0 < asking.question("You know? I went home. Then I slept. And I came back the next day, as always.") < 0.5


@pytest.mark.parametrize(
    ("questions", "replies"),
    [
        (QUESTIONS, ANSWERS),
        (PROMPTS, ANSWERS),
        ([question.rstrip("?").lower() for question in QUESTIONS], ANSWERS),
        ([f"Do you think that it is so when {answer.lower()[:-1]}?" for answer in ANSWERS], YES),
    ],
    ids=["marks", "prompts", "no marks", "long questions"],
)
def test_who_asks_is_told_by_marks_or_by_shape(questions, replies):
    found = assign(a=interview("AR", "BK", questions, replies))
    assert who(found) == {"ar"}
    assert "'AR' was assumed to be the interviewer" in found.doubts["a"][0]


def test_short_answers_are_no_prompts():
    found = assign(a=interview("AR", "BK", ANSWERS, YES))
    assert who(found) == set()
    assert found.doubts["a"][0].startswith("Nobody was taken for the interviewer: by their turns, AR and BK")


def test_where_nobody_clearly_asks_it_is_said_and_nobody_is_set_aside():
    turns = [(name, f"{answer} Right?") for answer in ANSWERS for name in ("Tom", "Mia")]
    found = assign(a=talk(*turns))
    assert who(found) == set()
    assert "part: interviewer in participants.csv" in found.doubts["a"][0]


def test_a_list_of_comments_is_no_conversation():
    assert assign(a=talk(*((f"P{n}", "Good.") for n in range(9)))).doubts == {}


def test_two_people_may_ask():
    turns = [
        turn
        for n, (question, reply) in enumerate(zip(QUESTIONS * 2, ANSWERS * 2, strict=True))
        for turn in (("Ana" if n % 2 else "Lee", question), ("Kern", reply))
    ]
    assert who(assign(a=talk(*turns))) == {"ana", "lee"}


def test_a_role_has_one_part_in_the_whole_study():
    usual = {f"d{n}": interview("Therapist", "Client") for n in range(8)}
    turned = interview("Client", "Therapist", ["Did I do that?", "Should I?", "And you?", "Was it me?"])
    found = assign(**usual, odd=turned, short=talk(("Therapist", "Well."), ("Client", "Yes."), ("Therapist", "Yes.")))
    assert {who(found, name) == {"therapist"} for name in [*usual, "odd", "short"]} == {True}
    assert any("kept as" in line for line in found.doubts["odd"])
    assert "8 other documents" in found.doubts["short"][0]


def test_numbered_speakers_are_other_people_in_each_file():
    pairs = {f"d{n}": (f"Speaker {1 + n % 2}", f"Speaker {2 - n % 2}") for n in range(6)}
    found = assign(**{name: interview(*pair) for name, pair in pairs.items()})
    assert all(who(found, name) == {pair[0].lower()} for name, pair in pairs.items())


def test_an_abbreviation_that_answers_is_not_believed():
    found = assign(a=interview("R", "I"))
    assert who(found) == {"r"}
    assert "'I' is a label of interviewers" in found.doubts["a"][0]
    assert assign(a=interview("I", "R")).doubts == {}


def test_a_word_that_answers_is_questioned_and_kept():
    found = assign(a=interview("Bo", "Interviewer"))
    assert who(found) == {"interviewer"}
    assert "'Bo' seems to ask" in found.doubts["a"][0]


def test_an_interviewer_who_talks_most_is_not_questioned():
    found = assign(a=interview("Interviewer", "Bo", [f"{answer} Right?" for answer in ANSWERS], YES))
    assert found.doubts == {}
    assert assign(a=interview("Interviewer", "Bo", ANSWERS, YES)).doubts == {}


def test_the_head_says_who_is_who():
    body = interview("R", "I", ANSWERS, [f"{answer} It was so." for answer in ANSWERS])
    head = "R = researcher, I = interviewee\n\n"
    turns = [Turn(turn.speaker, turn.start + len(head), turn.end + len(head)) for turn in body.turns]
    found = assign(a=speaker_roles.Transcript(head + body.text, turns))
    assert who(found) == {"r"}


def test_who_asks_beside_the_interviewer_is_mentioned():
    more = interview("Jo", "Bo", QUESTIONS, YES)
    turns = [(turn.speaker, more.text[turn.start : turn.end]) for turn in more.turns]
    found = assign(a=talk(("Interviewer", "Shall we?"), ("Bo", "Yes."), ("Interviewer", "Jo?"), *turns))
    assert who(found) == {"interviewer"}
    assert "'Jo' was kept as a participant" in found.doubts["a"][0]


def test_nothing_is_asked_of_people_who_are_listed():
    people = {("a", name): Person(1, "a", name, "", "participant") for name in ("tom", "mia")}
    assert assign(people, a=interview("Tom", "Mia", ANSWERS, ANSWERS)).doubts == {}


def test_who_alone_has_a_label_may_ask():
    pairs = zip(QUESTIONS, [f"{answer} {answer} {answer}" for answer in ANSWERS], strict=True)
    found = assign(a=talk(*(turn for question, reply in pairs for turn in (("Ana", question), ("", reply)))))
    assert who(found) == {"ana"}
    assert len(found.doubts["a"]) == 1
    pairs = zip(QUESTIONS, ANSWERS, strict=True)
    found = assign(a=talk(*(turn for question, reply in pairs for turn in (("", question), ("Ana", reply)))))
    assert (who(found), found.doubts) == (set(), {})


def test_a_heading_that_names_the_interviewer_is_not_the_one_who_asks():
    body = interview("AR", "BK")
    turns = [(turn.speaker, body.text[turn.start : turn.end]) for turn in body.turns]
    assert "ar" in who(assign(a=talk(("Interviewer", "Ana Ruiz"), *turns)))
    panel = [
        ("Moderator", "Welcome."),
        ("A", "Is it on?"),
        ("B", "Yes, it was a long day."),
        ("A", "Well."),
        ("C", "So."),
    ]
    found = assign(a=talk(*panel))
    assert (who(found), found.doubts) == ({"moderator"}, {})


def test_what_is_stated_in_other_documents_counts():
    people = {(name, "dan"): Person(1, name, "Dan", "", "interviewer") for name in ("b", "c")}
    alike = interview("Dan", "Eve", ANSWERS, ANSWERS)
    assert who(assign(a=alike)) == set()
    assert who(assign(people, a=alike, b=alike, c=alike)) == {"dan"}


def test_an_abbreviation_that_answers_briefly_in_many_documents_is_not_believed():
    found = assign(**{name: talk(("R", "How do you begin?"), ("I", ANSWERS[0])) for name in "abc"})
    assert {role.part for role in found.roles.values()} == {"participant"}
    assert all("'I' is a label of interviewers" in lines[0] for lines in found.doubts.values())


def test_a_speaker_for_whom_the_file_states_two_roles_is_listed():
    roles = ("interviewer", "participant", "participant")
    turns = [Utterance("Speaker", f"{answer}", role=role) for answer, role in zip(ANSWERS, roles, strict=False)]
    found = assign(a=compose(turns, unit="row"))
    assert "several roles for 'Speaker'" in found.doubts["a"][0]


def test_of_two_labels_of_interviewers_one_may_answer():
    found = assign(a=interview("I1", "I2"))
    assert who(found) == {"i1"}
    assert "'I2' is a label of interviewers" in found.doubts["a"][0]
