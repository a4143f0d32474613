"""The reporting checklists: whole, in their order, filled by facts alone, and blank where only people know."""

import dataclasses
import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest
import yaml

from pipeline.reporting import checklist_facts, checklists
from tests import counts

ROOT = Path(__file__).parent.parent
FACTS = checklists.Facts(
    sources="2 interviews and 1 set of field notes",
    n_field_notes=1,
    n_cases=4,
    attributes=["role", "site"],
    segments="The talk was divided into segments of one turn each. Of 130 segments, 120 were analysed.",
    n_codes=6,
    coders=["lea", "max"],
    count=counts.made(found=5, candidates=3, accepted=2, in_decided=2),
    clustered=True,
    n_decisions=3,
    deciders=["Asha", "Ben"],
    saturation=True,
    software="counterpoint 0.1.0.",
)
NOTHING = checklists.Facts(
    sources="no sources",
    n_field_notes=0,
    n_cases=0,
    attributes=[],
    segments="",
    n_codes=0,
    coders=[],
    count=counts.made(),
    clustered=False,
    n_decisions=0,
    deciders=[],
    saturation=False,
    software="counterpoint 0.1.0.",
)


@pytest.mark.parametrize(("made", "number"), [(checklists.coreq, 32), (checklists.srqr, 21)])
def test_every_item_is_there_once_in_its_order(made, number):
    items = made(FACTS)
    assert [item.number for item in items] == list(range(1, number + 1))
    assert len({item.name for item in items}) == number
    assert all(item.name for item in items)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["nurse", "doctor", "nurse", ""], "doctor 1, nurse 2"),
        (["71", "52", "", "34", "38"], "34 to 71, median 45; 1 not given"),
        (["2.5", "10", "7"], "2.5 to 10, median 7"),
        (["1", "2", "1", "2", "1", "3", "3"], "1 3, 2 2, 3 2"),
        ([str(year) for year in range(1950, 1980)] * 3, "1950 to 1979, median 1964.5"),
        (["Ana", "Ben", "Cleo"], ""),
        (["nurse", "nurse"], "nurse 2"),
        (["", ""], ""),
    ],
)
def test_values_are_counted_and_numbers_that_few_share_are_a_range(values, words):
    assert checklist_facts.values_in_words(pd.Series(values)) == words


def said(items) -> dict[int, str]:
    return {item.number: item.statement for item in items if item.statement}


def test_the_facts_stand_where_they_are_asked_for():
    found = said(checklists.coreq(FACTS))
    assert found[12] == "4 participants; 2 interviews and 1 set of field notes."  # nobody takes part in field notes
    assert "names of speakers are replaced" in found[29], "the quotes of a paper are not letter for letter"
    assert "role, site" in found[16]
    assert found[20].startswith("1 set of field notes")
    assert found[24].startswith("2 people coded (lea, max)")
    assert "6 codes" in found[25]
    assert (
        found[26]
        == "6 codes were specified in advance by the framework; 5 candidate themes were derived from the data by clustering. "
        "5 themes are shown: the run found 5 candidates."
    )
    assert found[27] == "counterpoint 0.1.0."
    assert found[31].startswith("2 of 5 themes were accepted")
    other = said(checklists.srqr(FACTS))
    assert other[13].startswith("The talk was divided into segments of one turn each.")
    assert other[12] == "2 interviews and 1 set of field notes, 4 participants."
    assert "3 decisions" in other[15]
    assert "Asha, Ben" in other[15]


def test_themes_that_nobody_clustered_are_not_said_to_come_from_clustering():
    alone = dataclasses.replace(FACTS, count=counts.made(found=1), clustered=False)
    assert said(checklists.coreq(alone))[26].endswith("1 candidate theme without any clustering.")


def test_what_only_people_know_stays_blank():
    assert not set(said(checklists.coreq(FACTS))) & {*range(1, 12), 13, 14, 15, 17, 18, 19, 21, 23, 28, 30, 32}
    assert not set(said(checklists.srqr(FACTS))) & {*range(1, 12), 16, 18, 19, 20, 21}


def test_a_guide_that_was_written_down_is_reported_and_the_rest_is_asked():
    found = said(checklists.coreq(dataclasses.replace(FACTS, n_guide=9)))
    assert found[17] == (
        "guide.yaml lists 9 questions. [Say whether they are your guide, and whether it was tried out first.]"
    )


def test_without_facts_nothing_is_claimed():
    assert set(said(checklists.coreq(NOTHING))) == {27, 29}
    assert set(said(checklists.srqr(NOTHING))) == {12, 13, 14, 15, 17}
    text = " ".join(said(checklists.coreq(NOTHING)).values())
    assert "accepted" not in text


def test_no_item_holds_a_coefficient():
    text = " ".join([*said(checklists.coreq(FACTS)).values(), *said(checklists.srqr(FACTS)).values()])
    assert not re.search(r"kappa|alpha|AC1|0\.\d", text.replace("0.1.0", ""))


def test_how_much_is_left_is_said():
    items = checklists.coreq(FACTS)
    blank = sum(not item.statement for item in items)
    assert checklists.missing(items).startswith(
        f"{32 - blank} of 32 items are filled in from this run; the other {blank} are for you"
    )


def test_singulars_are_singular():
    one = dataclasses.replace(
        FACTS, coders=["lea"], n_cases=1, n_codes=1, count=counts.made(found=1, accepted=1, in_decided=1)
    )
    found = said(checklists.coreq(one))
    assert found[24].startswith("1 person coded")
    assert found[12].startswith("1 participant;")


def test_the_citation_names_the_version_that_is_installed():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert cited["version"] == project["version"]
    assert cited["license"] == project["license"]
    assert cited["cff-version"] == "1.2.0"
    assert {"message", "title", "authors", "type"} <= set(cited)
