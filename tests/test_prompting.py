"""Which passages a question asked for: the page's filter and the themes' share of unprompted talk are one."""

import numpy as np
import pandas as pd
import pytest

from pipeline.core import store
from pipeline.deductive.codebook import Codebook
from pipeline.inductive import passports, theme_guide
from pipeline.reporting import prompting, report_tables
from pipeline.reporting.views import page_parts, passages
from tests.test_passports import segments

MARKS = 12


@pytest.fixture
def tables(small_study):
    found = {name: store.read(small_study, name) for name in (*store.INTERIM, *store.PROCESSED)}
    found["themes"] = found["themes"].assign(keywords=[["time"]] * len(found["themes"]), unprompted_share=0.5)
    return found


def shares(tables):
    """The share of each theme that nothing asked for, as its passport computes it."""
    used = tables["segments"][tables["segments"].substantive]
    asked = theme_guide.asked(tables["guide"], tables["prompts"], tables["turns"], used)
    theme_of = dict(zip(tables["theme_assignments"].segment_id, tables["theme_assignments"].theme_id, strict=True))
    of = used.segment_id.map(theme_of)
    return {
        theme: (used[of == theme].segment_id, passports.facts(used[of == theme], asked=asked, keywords=["time"]))
        for theme in sorted(set(of.dropna()) - {-1})
    }


def test_the_filter_counts_what_the_share_counts(tables):
    told = prompting.asked_for(tables)
    for names, facts in shares(tables).values():
        assert 1 - np.mean([told[name] for name in names]) == pytest.approx(facts.unprompted_share)


def test_what_answers_the_question_of_its_theme_was_not_brought_up_unasked():
    asked = theme_guide.Asked({"t1": "Q"}, {"Q": "How is staffing?"}, {"t1": "How is staffing?"})
    said = segments(("a", "d", "t1"), ("b", "d", "t1"), ("c", "d", ""))
    assert passports.prompted(said, asked=asked, keywords=["bleep"]).tolist() == [True, True, False]


@pytest.mark.parametrize(("elsewhere", "was_asked"), [(0, True), (1, True), (2, False), (9, False)])
def test_the_answers_to_a_question_of_the_guide_are_asked_for_where_most_of_them_are_in_the_theme(elsewhere, was_asked):
    # Two of the theme's ten passages answer it: too few for the theme to be said to answer it.
    said = segments(("a", "d", "t1"), ("b", "d", "t2"), *[("c", "d", "")] * 8)
    asked = theme_guide.Asked(
        {"t1": "Q", "t2": "Q"},
        {"Q": "And the bills?"},
        {"t1": "And the bills?"},
        answers_to={"Q": 2 + elsewhere},
        share_of={"Q": 1.0},
    )
    assert passports.prompted(said, asked=asked, keywords=["bleep"]).tolist() == [was_asked] * 2 + [False] * 8


def test_a_follow_up_is_not_taken_for_a_question_of_the_guide_because_its_answer_is_in_the_theme():
    said = segments(("a", "d", "t1"), *[("c", "d", "")] * 8)
    asked = theme_guide.Asked({"t1": "t1"}, {"t1": "Did it?"}, {"t1": "Did it?"}, share_of={"t1": 1.0})
    assert not passports.prompted(said, asked=asked, keywords=["bleep"]).any()


def test_of_talk_without_a_theme_or_without_keywords_nothing_is_told(tables):
    tables["themes"] = tables["themes"].assign(unprompted_share=float("nan"))
    assert prompting.asked_for(tables) == {}
    rows = page_parts._passages(report_tables.gather(tables, Codebook()), [])["segments"]
    assert all(not row[MARKS] & passages.TOLD for row in rows)


def test_the_page_marks_what_was_asked_for(tables):
    told = prompting.asked_for(tables)
    rows = page_parts._passages(report_tables.gather(tables, Codebook()), [])["segments"]
    assert sum(bool(row[MARKS] & passages.TOLD) for row in rows) == len(told)
    assert sum(bool(row[MARKS] & passages.ASKED) for row in rows) == sum(told.values())


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        (["34", "38", "71", ""], False),
        (["34.5", "38", "71", "2"], False),
        (["34", "34", "71", ""], True),
        (["nurse", "doctor", "manager", ""], True),
        (["30-39", "40-49", "50-59", ""], True),
    ],
)
def test_an_exact_age_is_no_group_of_people_to_compare(values, groups):
    cases = pd.DataFrame({"case": list("abcd"), "it": values})
    assert bool(passages.attributes(cases, list("abcd"))) is groups
