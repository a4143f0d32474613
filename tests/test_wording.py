"""Wording: whose words, of which segments, name a theme and its parts."""

import numpy as np
import pandas as pd
import pytest

from pipeline.core import model_registry
from pipeline.core import params as settings
from pipeline.inductive import in_vivo, in_vivo_choice, labels, sub_theme_names, theme_guide, wording


def segments(*said: tuple[str, str, str]) -> pd.DataFrame:
    """Segments: document, case and text."""
    frame = pd.DataFrame(said, columns=["document", "case", "text"])
    return frame.assign(speaker=frame["case"], language="en", n_words=3, start=0)


def worded(frame: pd.DataFrame, themes: list[int], parts: list[int] | None = None, **options) -> wording.Words:
    numbers = np.array(themes)
    vectors = np.eye(6, dtype=np.float32)[numbers] + 0.01 * np.arange(6, dtype=np.float32)
    inside = np.array(themes if parts is None else parts)
    return wording.worded(frame, vectors, numbers, inside, keywords=4, nlp=None, **options)[0]


# Three times each in theme 0, the zebra in three documents and the owl in one; theme 1 is of something else.
BIRDS = [("a", "", "owl"), ("a", "", "owl"), ("a", "", "owl zebra"), ("b", "", "zebra"), ("c", "", "zebra")]
REST = [("a", "", "rota bleep"), ("b", "", "rota bleep"), ("c", "", "rota bleep")]


def test_talk_without_cases_is_as_many_voices_as_documents():
    found = worded(segments(*BIRDS, *REST), [0] * 5 + [1] * 3)
    assert found.keywords[0] == ["zebra", "owl"]
    one = worded(segments(*(("a", *rest) for _, *rest in (*BIRDS, *REST))), [0] * 5 + [1] * 3)
    assert one.keywords[0] == ["owl", "zebra"], "equals stand in the order of letters"


def test_what_more_cases_say_comes_first_whatever_their_documents():
    cases = ("ana", "ana", "ana", "ben", "cy", "ana", "ben", "cy")
    frame = segments(*(("a", case, text) for case, (_, _, text) in zip(cases, (*BIRDS, *REST), strict=True)))
    assert worded(frame, [0] * 5 + [1] * 3).keywords[0] == ["zebra", "owl"]


def test_segments_in_no_theme_name_nothing():
    found = worded(segments(*BIRDS, *REST), [0] * 5 + [-1] * 3)
    assert not {"rota", "bleep"} & {*found.keywords[0], *found.named[0].lower().split(", ")}
    assert len(found.named) == 1


def test_a_label_that_people_gave_goes_before_the_one_found():
    found = worded(segments(*BIRDS, *REST), [0] * 5 + [1] * 3, given=[None, "Night work"])
    assert found.named == ["Zebra, owl", "Night work"]
    assert found.keywords[1] == ["bleep", "rota"]


def test_parts_have_words_of_their_own():
    found = worded(segments(*BIRDS, *REST), [0] * 5 + [1] * 3, [0, 0, 0, 1, 1, 2, 2, 2])
    assert [words[0] for words in found.sub_theme_keywords] == ["owl", "zebra", "bleep"]
    assert found.sub_themes[2] == "Bleep, rota"


def test_with_twenty_segments_a_word_must_be_said_twice():
    for n, expected in ((19, ["otter", "rota", "ward"]), (20, ["rota", "ward"])):
        frame = segments(*(("a", "", text) for text in ["ward rota"] * (n - 1) + ["otter"]))
        assert sorted(worded(frame, [0] * n).keywords[0]) == expected


def test_no_words_and_no_themes_are_no_error():
    assert worded(segments(("a", "", "yeah"), ("a", "", "um")), [0, 1]).named == ["Unnamed", "Unnamed (2)"]
    assert worded(segments(*BIRDS), [-1] * 5).named == []


@pytest.mark.parametrize("themes", [[0, 0, 0, 0], [0, 0, 1, 1], [0, 1, 2, 2]])
def test_one_word_names_the_themes_that_say_it(themes: list[int]):
    frame = segments(("a", "A", "the ward"), ("a", "A", "the ward"), ("b", "B", "it was"), ("b", "B", "it was so"))
    found, model = wording.worded(frame, np.eye(4), np.array(themes), np.array(themes), keywords=4, nlp=None)
    assert model is None, "there is nothing to weigh it against"
    said = [themes.index(theme) < 2 for theme in range(max(themes) + 1)]
    assert found.keywords == [["ward"] if one else [] for one in said]
    assert found.named[0] == "Ward" and len(set(found.named)) == len(found.named)


def test_the_middle_of_a_theme_is_what_lies_nearest_to_its_mean():
    vectors = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [2.0, 2.2], [-1.0, 0.0]])
    assert wording.by_nearness(vectors, np.array([0, 1, 2, 3])) == [1, 3, 2, 0]
    assert wording.by_nearness(np.ones((3, 2)), np.array([2, 0, 1])) == [2, 0, 1], "of equals the first"


def test_a_parser_reads_each_theme_from_its_middle_to_its_edge(monkeypatch):
    monkeypatch.setattr(wording, "READ", 2)
    vectors = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.1], [0.9, 0.0], [0.0, 2.0], [1.0, 1.0]])
    assert wording._sampled(vectors, np.array([0, 1, 0, 0, 1, -1])) == [0, 1, 2, 4]


WARD = [
    ("a", "ana", "So the managers never protected our training time, and I was cross."),
    ("b", "ben", "The managers should protect training time. Yeah."),
    ("c", "cy", "[chuckles] Training time is what the managers protect."),
]
BOARD = [
    ("a", "ana", "The board reads the reports of the trusts every year."),
    ("b", "ben", "Um, the reports go to the board, she-she said."),
    ("c", "cy", "Reports are on the agenda of the board."),
]


def talk(nlp) -> tuple[pd.DataFrame, wording.Words]:
    frame = segments(*WARD, *BOARD).assign(start=100 * np.arange(6))
    themes = np.repeat([0, 1], 3)
    return frame, wording.worded(frame, np.eye(6)[themes], themes, themes, keywords=4, nlp=nlp)[0]


@pytest.fixture(scope="module")
def nlp():
    return labels.load(model_registry.find(settings.Segment().model, kind="spacy").folder)


def test_labels_are_phrases_that_several_cases_say(nlp):
    _, found = talk(nlp)
    assert "training time" in found.named[0].lower()
    assert {"board", "reports"} & set(found.named[1].lower().split(", "))
    said = " ".join(found.named).lower()
    assert not any(word in said for word in ("chuckles", "she", "yeah", "cross"))


def test_a_line_is_verbatim_and_knows_its_place(nlp):
    frame, found = talk(nlp)
    for theme, line in enumerate(found.lines):
        assert line is not None and line.place // 3 == theme
        row = frame.iloc[line.place]
        assert row["text"][line.start - row["start"] : line.end - row["start"]] == line.text
        assert 3 <= len(line.text.split()) <= 12


def test_a_line_is_in_a_participants_words(nlp):
    frame = segments(*WARD, *BOARD).assign(start=100 * np.arange(6))
    themes = np.repeat([0, 1], 3)
    by_all = wording.worded(frame, np.eye(6)[themes], themes, themes, keywords=4, nlp=nlp)[0].lines[0]
    spoken = np.arange(6) != by_all.place
    options = {"keywords": 4, "nlp": nlp, "quotable": spoken & (themes == 0)}
    own, none = wording.worded(frame, np.eye(6)[themes], themes, themes, **options)[0].lines
    assert own is not None and own.place != by_all.place, "the best line is an observer's here"
    assert none is None


def test_observers_and_interviewers_are_not_quoted():
    frame = pd.DataFrame({"document": ["i", "i", "n", "d"], "part": ["participant", "interviewer", "none", "none"]})
    kinds = {"i": "interview", "n": "field_note", "d": "document"}
    assert in_vivo.quotable(frame, kinds).tolist() == [True, False, False, False]
    unlabelled = frame.assign(part=["none", "interviewer", "none", "none"])
    assert in_vivo.quotable(unlabelled, kinds).tolist() == [True, False, False, True], "nobody is known to take part"


def test_a_theme_that_no_word_sets_apart_is_called_loose(nlp):
    numbers = ("one", "two", "three", "four", "five", "six")
    texts = [("a", "ana", f"{n} met the board.") for n in numbers] + [
        ("b", "ben", f"{n} met the staff.") for n in numbers
    ]
    texts *= 4
    frame = segments(*texts).assign(start=0)
    themes = np.tile([0, 0, 1, 1], 12)
    found, _ = wording.worded(frame, np.random.default_rng(0).normal(size=(48, 4)), themes, themes, keywords=4, nlp=nlp)
    assert found.named == ["Loosely connected talk", "Loosely connected talk (2)"]
    assert found.lines == [None, None]


@pytest.mark.parametrize(("said", "formal"), [(13, True), (12, False)])
def test_talk_that_is_mostly_about_the_interview_is_called_that(nlp, said, formal):
    asides = ["So that is the task completed. The query page has a filter."] * said
    courteous = ["Thank you. The query page has a filter for the query."] * (24 - said)
    rows = [(f"d{n % 8}", f"c{n % 8}", text) for n, text in enumerate([*asides, *courteous, *[WARD[0][2]] * 24])]
    frame, themes = segments(*rows).assign(start=0), np.repeat([0, 1], 24)
    found, _ = wording.worded(frame, np.eye(6)[themes], themes, themes, keywords=4, nlp=nlp)
    assert (found.named[0] == "Talk about the interview itself") == formal == (found.lines[0] is None)
    assert "interview" not in found.named[1]


def test_labels_do_not_depend_on_the_order_of_the_rows_of_other_themes(nlp):
    _, found = talk(nlp)
    frame = segments(*BOARD, *WARD).assign(start=100 * np.arange(6))
    themes = np.repeat([1, 0], 3)
    again, _ = wording.worded(frame, np.eye(6)[themes], themes, themes, keywords=4, nlp=nlp)
    assert again.named == found.named
    assert [line and line.text for line in again.lines] == [line and line.text for line in found.lines]


@pytest.mark.parametrize(
    ("said", "clauses"),
    [
        ("Um, I don't think I used the highlighted similarity very much.", []),
        ("I think the nurses trusted the figures on the ward.", ["the nurses trusted the figures on the ward"]),
        ("We hoped the figures would change the board's mind.", ["We hoped the figures would change the board's mind"]),
        ("The media content was created or modified by a machine.", []),
        ("Query, I am going to choose high probability and another location.", []),
        (
            "In modern life, we've learned to depend on social media.",
            ["In modern life, we've learned to depend on social media"],
        ),
    ],
)
def test_a_clause_is_quoted_with_what_it_denies_or_not_at_all(nlp, said: str, clauses: list[str]):
    [doc] = nlp.pipe([said])
    found = in_vivo.clauses(doc, said, place=0, lemma_of={}, stop=labels.stop_words([]))
    assert [said[clause.start : clause.end] for clause in found] == clauses


def test_a_line_holds_a_word_of_the_label_where_one_does():
    def candidate(place: int, *content: str) -> in_vivo_choice.Candidate:
        return in_vivo_choice.Candidate(True, True, 4.0, in_vivo.Clause(place, 0, 9, frozenset(content)))

    shortlist = [candidate(1, "fire", "door", "ward"), candidate(2, "inspection", "week", "ward")]
    assert in_vivo_choice.best(shortlist, np.array([0.9, 0.8])).place == 1
    assert in_vivo_choice.best(shortlist, np.array([0.9, 0.8]), {"inspection"}).place == 2


def test_a_short_question_of_the_guide_names_the_theme_that_answers_it():
    frame = segments(*[("a", f"case {at % 4}", "rota bleep" if at % 2 else "owl zebra") for at in range(20)])
    groups = np.repeat([0, 1], 10)
    vectors = np.eye(6)[groups]

    def called(answers: list[str]) -> list[str]:
        return wording.worded(frame, vectors, groups, groups, keywords=4, nlp=None, called=answers)[0].named

    assert called(["Staffing"] * 6 + [""] * 14)[0] == "Staffing"
    assert "Staffing" not in called(["Staffing"] * 4 + [""] * 16), "too few"
    assert "Staffing" not in called(["Staffing"] * 6 + [""] * 4 + ["Staffing"] * 6 + [""] * 4), "two themes answer it"
    assert "Staffing" not in called(["Staffing"] * 5 + ["Time"] * 5 + [""] * 10), "it answers two"
    assert not any("?" in name for name in called(["Is there time?"] * 6 + [""] * 14))


@pytest.mark.parametrize(
    "asked",
    [
        "Tell me about your role.",
        "What is it?”",
        "ما رأيك؟",
        "你在工作中感受如何？",
        "x" * 5000,
        "\u200b\u200b",
        "—",
        "A\x00b",
        "Go on:",
    ],
)
def test_a_question_in_full_or_a_text_that_is_no_name_names_nothing(asked: str):
    groups = np.repeat([0, 1], 10)
    assert theme_guide.names([asked] * 8 + [""] * 12, groups) == ["", ""]
    assert theme_guide.names(["Rôle et place"] * 8 + [""] * 12, groups) == ["Rôle et place", ""]


def test_no_theme_is_called_as_people_call_another():
    assert labels.names([["role"], ["staff"]], given=[None, "Role"]) == ["Role (2)", "Staff"]
    assert labels.names([["role"], ["staff"]], given=["Role", None]) == ["Role", "Staff"]


def test_what_nothing_names_is_the_rest_of_its_theme_or_most_of_it():
    groups, parents = np.array([0, 0, 1, 2, 2, 2, 3]), np.array([0, 0, 0, 1, 1, 1, 1])
    called = [sub_theme_names.remainder(groups, parents, group) for group in range(4)]
    rest, most = sub_theme_names.REST, sub_theme_names.MOST_OF_IT
    assert called == [most, rest, most, rest]
    assert sub_theme_names.numbered([rest, f"{rest} (2)", f"{rest} (3)", "Rota (2)"], groups, parents) == [
        rest, f"{rest} (2)", rest, "Rota (2)"
    ]  # fmt: skip
