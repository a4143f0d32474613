"""Thanks and farewells are set aside where they are that and nothing else."""

import pytest
from test_segment import run

from pipeline.corpus import courtesies


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Thank you very much, it was lovely talking to you. Bye!"),
        ("en", "Oh, you’re very welcome. Thanks, take care, bye."),
        ("de", "Vielen Dank Ihnen, und einen schönen Tag noch!"),
        ("fr", "Merci beaucoup à vous, au revoir."),
        ("es", "Muchas gracias a ustedes, adiós."),
        ("nl", "Heel veel dank en nog een goed weekend."),
    ],
)
def test_thanks_and_nothing_else_are_a_courtesy(language, text):
    assert courtesies.is_courtesy(text, language=language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Thank you for the extra nurse."),
        ("en", "Thank you, nobody ever did anything for us."),
        ("en", "No thanks to them, we never have enough."),
        ("en", "They said thank you. And then they made us do it again."),
        ("en", "It was lovely, and very good for us."),
        ("de", "Danke sagt hier keiner, nie."),
        ("fr", "On ne dit jamais merci aux infirmières."),
        ("eo", "Dankon, merci."),
    ],
)
def test_a_sentence_with_content_is_never_one(language, text):
    assert not courtesies.is_courtesy(text, language=language)


def test_courtesies_are_set_aside_with_their_reason():
    found = run(
        "Interviewer: Is it hard?\nAnna: We had no time for it.\nAnna: Thank you so much, it was nice to talk.\n"
    )
    assert found["set_aside"].tolist() == ["interviewer", "", "courtesy"]
