"""Numbers and lists in sentences."""

import pytest

from pipeline.core import prose


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "no cases"), (1, "1 case"), (2, "2 cases"), (1204, "1,204 cases"), (1_000_000, "1,000,000 cases")],
)
def test_count(number, said):
    assert prose.count(number, "case") == said


def test_count_with_a_plural_of_its_own():
    assert prose.count(2, "child", "children") == "2 children"
    assert prose.count(1, "child", "children") == "1 child"


@pytest.mark.parametrize(
    ("items", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_listed(items, said):
    assert prose.listed(items) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0, "0%"),
        (0.001, "under 1%"),
        (0.0099, "under 1%"),
        (0.01, "1%"),
        (0.3, "30%"),
        (0.625, "63%"),  # as the page's script rounds
        (0.125, "13%"),
        (0.994, "99%"),
        (0.996, "over 99%"),
        (1, "100%"),
        (None, "undefined"),
        (float("nan"), "undefined"),
    ],
)
def test_percent(share, said):
    assert prose.percent(share) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.314, "0.31"), (-0.2, "-0.20"), (-0.001, "0.00"), (1, "1.00"), (None, "undefined"), (float("nan"), "undefined")],
)
def test_figure(value, said):
    assert prose.figure(value) == said


def test_sources_in_words():
    assert prose.source("field_note", 2) == "2 sets of field notes"
    assert prose.source("focus_group") == "1 focus group"


@pytest.mark.parametrize(("text", "said"), [("", ""), (" it is so ", "It is so."), ("Why?", "Why?"), ("ünë", "Ünë.")])
def test_sentence(text, said):
    assert prose.sentence(text) == said
