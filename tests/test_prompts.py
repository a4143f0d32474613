"""Which turns ask for something of their own, and which only for more."""

import pytest
from test_segment import run

from pipeline.corpus import prompts

NAMES = prompts.names_of({"Priya", "P3", "Dr Ben Okafor"})


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Protected time?"),
        ("en", "What would you like to know?"),
        ("en", "Tell me about your role."),
        ("en", "So the quality of the registry data was poor."),
        ("en", "Thank you. And what about the board?"),
        ("unknown", "How is it funded?"),
        ("de", "Welche Hindernisse gab es?"),
        ("de", "Erzählen Sie von Ihrer Station."),
        ("fr", "Qu'est-ce qui a changé dans votre service ?"),
        ("es", "¿Qué obstáculos encontraron?"),
        ("no", "Hvilke hindringer møtte dere?"),
        ("ja", "病院ではどのような問題がありましたか。"),
        ("ar", "ما هي العقبات التي واجهتموها؟"),
        ("ig", "Gịnị mere?"),
        ("eo", "Io ajn"),
    ],
)
def test_what_has_words_of_its_own_asks(language, text):
    assert prompts.asks(text, language=language, names=NAMES)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Mm."),
        ("en", "Thank you, Priya. Anyone else?"),
        ("en", "And you, P3?"),
        ("en", "What do you think, Ben?"),
        ("en", "Would you like to add anything to that?"),
        ("en", "Can you say a bit more about that?"),
        ("en", "Why is that?"),
        ("en", "Could you give me an example?"),
        ("en", "Don’t you think so?"),
        ("en", "The purple ones."),
        ("en", "So it was the rota."),
        ("de", "Danke. Noch jemand?"),
        ("de", "Möchten Sie dazu noch etwas ergänzen?"),
        ("fr", "Merci. Quelqu'un d'autre ?"),
        ("fr", "Vous pouvez donner un exemple ?"),
        ("es", "¿Alguien más?"),
        ("es", "¿Por qué?"),
        ("pt", "Mais alguém?"),
        ("it", "Qualcun altro? Grazie."),
        ("nl", "Dank je. Nog iemand?"),
        ("sv", "Någon annan?"),
        ("no", "Noen andre?"),
        ("pl", "Ktoś jeszcze?"),
        ("ru", "Почему?"),
    ],
)
def test_what_only_asks_for_more_keeps_the_question_before_it(language, text):
    assert not prompts.asks(text, language=language, names=NAMES)


def test_an_answer_belongs_to_the_last_question_that_asks_whoever_put_something_in_between():
    found = run(
        "Interviewer: What kept you from joining?\nAnna: It was the rota, mostly, in our case.\n"
        "Interviewer: Thank you, Anna. Anyone else?\nBo: We never had a person for the data.\n"
        "Q: Mm. Why?\nBo: Nobody wanted to do the typing.\n"
        "Interviewer: And the board?\nAnna: They came round once and never again.\n"
    )
    assert found.loc[found["part"] == "participant", "prompt_id"].tolist() == ["a:0", "a:0", "a:0", "a:6"]


def test_where_nothing_was_asked_before_a_question_without_own_words_asks():
    found = run("Interviewer: Why is that?\nAnna: It was the rota, mostly, in our case.\n")
    assert found["prompt_id"].tolist() == ["", "a:0"]


def test_short_headings_are_questions_however_plain_their_words():
    found = run("[Q1] More\nAnna: We had no time at all.\n[Q2] Others\nAnna: There were only two of us.\n")
    assert found.loc[found["substantive"], "prompt_id"].tolist() == ["a:0", "a:2"]


def test_where_no_question_is_marked_one_word_of_its_own_is_enough():
    said = "okay um and how about the registry"
    assert prompts.asks(said, language="en", marked=False)
    assert not prompts.asks(said, language="en", marked=True)
    assert not prompts.asks("okay thank you anyone else", language="en", marked=False)
    assert not prompts.marks(["how is it", "why", "Really?"])
    assert prompts.marks(["¿Por qué?", "Why？"])
