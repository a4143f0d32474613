"""Roles that a file states for its speakers, as in a column of roles."""

import pytest

from pipeline.corpus import speaker_roles
from pipeline.corpus.participants import Person
from pipeline.corpus.readers.model import Labels, Transcript, Turn, Utterance, compose

TALK = Transcript(
    "Why?\nWell\nHow?",
    [
        Turn("Anna", 0, 4, role="participant"),
        Turn("Ben", 5, 9, role="interviewer"),
        Turn("Anna", 10, 14, role="participant"),
    ],
)


def parts(people):
    found = speaker_roles.assign({"int_01.csv": TALK}, people, Labels(())).roles
    return {name: role.part for (_, name), role in found.items()}


def test_a_role_that_the_file_states_settles_who_asks():
    assert parts({}) == {"anna": "participant", "ben": "interviewer"}


@pytest.mark.parametrize("part", ["participant", ""])
def test_participants_csv_overrules_the_file(part):
    assert parts({("int_01.csv", "ben"): Person(2, "int_01.csv", "Ben", "B1", part)})["ben"] == "participant"


def test_one_speaker_has_the_role_stated_most_often():
    said = [("Jo", "participant"), ("Al", ""), ("Jo", "interviewer"), ("Al", ""), ("Jo", "interviewer")]
    found = compose([Utterance(name, "So.", role=role) for name, role in said], unit="row")
    assert [turn.role for turn in found.turns] == [role for _, role in said]
    assert found.stated_roles() == {"jo": "interviewer"}
