"""Participants as codes, and their names out of what a paper quotes."""

import pandas as pd
import pytest

from pipeline.paper import identities


def speakers(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["speaker", "case", "part"])


def people(labels, texts=(), *, cases=None, describe=("role",), **options):
    rows = [(label, label, "participant") for label in labels]
    table = pd.DataFrame({"case": list(labels), **(cases or {})})
    talk = [*texts, "A line of Talk with ordinary words in it, as people say them."]
    return identities.people(speakers=speakers(*rows), cases=table, texts=talk, describe=describe, **options)


@pytest.mark.parametrize(
    "label", ["P3", "p 12", "IV-07", "Nurse 2", "Participant 4", "FG1", "7", "Teilnehmerin 3", "R2b"]
)
def test_a_code_is_told_from_a_name(label):
    assert identities.is_code(label)


@pytest.mark.parametrize("label", ["Moira", "Dr Okafor", "Moira2", "Jo", "ward sister", "王芳", "Kemi 07"])
def test_a_name_with_a_number_is_no_code(label):
    assert not identities.is_code(label)


def test_codes_of_the_study_stay_and_names_are_numbered_in_the_order_they_speak():
    assert people(["P2", "P1"]).code_of == {"P2": "P2", "P1": "P1"}
    assert people(["Moira", "Kemi"]).code_of == {"Moira": "P1", "Kemi": "P2"}
    assert people(["Moira", "P1"]).code_of == {"Moira": "P1", "P1": "P2"}


def test_pseudonyms_of_participants_csv_are_used_where_everybody_has_one():
    whole = people(["Moira", "Kemi"], cases={"pseudonym": ["Ann", "Bea"]})
    assert whole.code_of == {"Moira": "Ann", "Kemi": "Bea"}
    assert people(["Moira", "Kemi"], cases={"pseudonym": ["Ann", ""]}).code_of["Kemi"] == "P2"
    assert people(["Moira", "Kemi"], cases={"pseudonym": ["Ann", "Ann"]}).code_of["Kemi"] == "P2"


@pytest.mark.parametrize(
    ("labels", "text", "expected"),
    [
        (["Moira"], "So Moira said, and Moira's ward did.", "So [P1] said, and [P1]'s ward did."),
        (["Moira"], "moira and MOIRA, not Moiraine", "[P1] and [P1], not Moiraine"),
        (["Dr Okafor", "Kemi"], "Ask Dr Okafor or Kemi’s sister.", "Ask Dr [P1] or [P2]’s sister."),
        (["Zoë Müller"], "Zoe and Ms Muller", "[P1] and Ms [P1]"),
        (["Mary-Ann O'Neill"], "Mary-Ann, Mary and O'Neill", "[P1], [P1] and [P1]"),
        (["Jo"], "Jo spoke to Joanna", "[P1] spoke to Joanna"),
        (["王芳"], "我问王芳了", "我问[P1]了"),
        (["Ward manager"], "the Ward and its manager", "the Ward and its manager"),
        (["P1", "P2"], "As P1 said to P2", "As P1 said to P2"),
    ],
)
def test_names_are_replaced_however_they_are_written(labels, text, expected):
    assert people(labels, [text]).without_names(text) == expected


def test_a_name_that_is_an_ordinary_word_is_a_name_only_with_a_capital():
    talk = ["will you come, will they go, I will"] * 3
    will = people(["Will"], talk)
    assert will.without_names("I will ask Will.") == "I will ask [P1]."


def test_in_talk_without_capitals_every_such_word_is_a_name():
    talk = "moira will ask will and he will see"
    rows = speakers(("will", "will", "participant"), ("moira", "moira", "participant"))
    cases = pd.DataFrame({"case": ["will", "moira"]})
    found = identities.people(speakers=rows, cases=cases, texts=[talk] * 9, describe=())
    assert "moira" not in found.without_names(talk)
    assert "will" not in found.without_names(talk)


def test_a_word_that_the_paper_says_of_people_is_no_name_and_one_can_be_kept():
    nurse = people(["Haverley Smith"], cases={"site": ["Haverley"]}, describe=("site",))
    assert nurse.without_names("Smith at Haverley") == "[P1] at Haverley"
    assert people(["Grace"], keep=["Grace"]).without_names("Grace") == "Grace"


def test_columns_of_names_and_interviewers_are_names_too():
    rows = speakers(("P1", "P1", "participant"), ("Sarah", "", "interviewer"))
    cases = pd.DataFrame({"case": ["P1"], "surname": ["Lindqvist"]})
    found = identities.people(speakers=rows, cases=cases, texts=[], describe=())
    assert found.without_names("Sarah asked Lindqvist") == "[interviewer] asked [P1]"


def test_two_people_of_one_name_are_not_told_apart_by_guessing():
    rows = speakers(("Ann Lee", "a", "participant"), ("Ann Poe", "b", "participant"))
    found = identities.people(speakers=rows, cases=pd.DataFrame({"case": ["a", "b"]}), texts=[], describe=())
    assert found.without_names("Ann and Poe") == "[name] and [P2]"


def test_a_speaker_is_cited_by_code_role_and_site_and_by_name_if_asked():
    cases = {"role": ["nurse"], "site": ["Hub"]}
    hidden = people(["Moira"], cases=cases, describe=("role", "site"))
    assert hidden.cited("Moira") == "P1, nurse, Hub"
    assert hidden.cited("", "field_note") == "field notes"
    named = people(["Moira"], cases=cases, describe=("role", "site"), shown=True)
    assert named.cited("Moira") == "Moira, nurse, Hub"
    assert named.without_names("Moira") == "Moira"


def test_those_whom_role_and_site_point_to_are_counted():
    cases = pd.DataFrame({"case": ["a", "b", "c"], "role": ["nurse", "nurse", "lead"], "site": ["x", "x", "x"]})
    assert identities.alone(cases, ["role", "site"]) == 1
    assert identities.alone(cases, []) == 0
