"""Short answers are evidence where answers are short, and nonresponse is not."""

import pandas as pd
import pytest

from pipeline import segment
from pipeline.corpus import short_answers
from pipeline.corpus.short_answers import Answer

LONG = "The night team writes the list, and in the morning nobody can read what it says about us."


def asked(*lengths, part="participant", speakers=None, timed=False):
    names = speakers or [f"R{at}" for at in range(len(lengths))]
    return [Answer(name, part, words, timed) for name, words in zip(names, lengths, strict=True)]


@pytest.mark.parametrize(
    ("answers", "short"),
    [
        (asked(2, 3, 1, 40, 6), True),  # respondents, one after another
        (asked(2, 3, 1, 40, 6, speakers=["A", "B", "A", "B", "A"]), False),  # they talk with each other
        (asked(*[2, 3, 1, 4] * 2, speakers=["A", "B"] * 4), True),  # all that is said is short
        (asked(30, 2, 60, 25), False),  # respondents who write long answers
        (asked(3, 40, speakers=["", ""]), False),
        (asked(*[3] * 9, 90, speakers=[""] * 10), True),  # a list of comments
        ([*asked(*[3] * 9, 90, speakers=[""] * 10), Answer("I", "interviewer", 5, False)], False),
        (asked(*[3] * 10, speakers=[""] * 10, timed=True), False),  # subtitles without speakers
        ([], False),
    ],
)
def test_a_document_has_short_answers(answers, short):
    assert short_answers.are_short(answers, min_words=5) is short


@pytest.mark.parametrize(
    "text",
    ["n/a", "N.A.", "No comment.", "none", "-", "k. A.", "Weiß nicht", "sem resposta", "не знаю", "特になし", " "],
)
def test_nonresponse_in_any_spelling(text):
    assert short_answers.is_nonresponse(text)


@pytest.mark.parametrize("text", ["cost", "Had no choice", "Nothing", "Kosten", "keine Wahl", "no parking", "費用"])
def test_what_is_an_answer(text):
    assert not short_answers.is_nonresponse(text)


def segmented(said, *, language="en"):
    text, rows = "", []
    for at, (speaker, part, words) in enumerate(said):
        rows.append(("d", f"d:{at}", speaker, speaker, part, len(text), len(text) + len(words), float("nan"), ""))
        text += words + "\n"
    columns = ["document", "turn_id", "speaker", "case", "part", "start", "end", "time_s", "place"]
    documents = pd.DataFrame([{"document": "d", "text": text, "language": language, "other_languages": ""}])
    found, _ = segment.segment(
        documents,
        pd.DataFrame(rows, columns=columns),
        split=lambda texts: [[(0, len(words))] for words in texts],
        unit="window",
        max_words=60,
        min_words=5,
    )
    return dict(zip(found["text"], found["set_aside"], strict=True))


def test_short_answers_of_a_survey_are_evidence():
    said = ["cost", "Had no choice", "n/a", "No comment", LONG, "Yes, thank you", "-"]
    found = segmented([(f"R{at}", "participant", words) for at, words in enumerate(said)])
    assert found == {
        "cost": "",
        "Had no choice": "",
        "n/a": "nonresponse",
        "No comment": "nonresponse",
        LONG: "",
        "Yes, thank you": "backchannel",
        "-": "note",
    }


def test_one_word_is_an_answer_in_any_language():
    said = ["Kosten", "keine Wahl", "k.A.", "zu weit weg"]
    found = segmented([(f"R{at}", "participant", words) for at, words in enumerate(said)], language="de")
    assert found == {"Kosten": "", "keine Wahl": "", "k.A.": "nonresponse", "zu weit weg": ""}


def test_short_turns_of_an_interview_stay_aside():
    said = [
        ("I", "interviewer", "Why?"),
        ("A", "participant", LONG),
        ("I", "interviewer", "And?"),
        ("A", "participant", "Had no choice"),
    ]
    found = segmented(said)
    assert found["Had no choice"] == "short"
    assert found[LONG] == ""
