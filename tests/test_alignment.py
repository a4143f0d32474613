"""Candidate themes against people's codes: measures of all codes at once."""

import numpy as np
import pytest
from sklearn import metrics

from pipeline.comparison import alignment
from pipeline.comparison.pairs import Options
from tests.coded_study import codings, tables
from tests.test_units import laid

OPTIONS = Options(draws=300, seed=1)


def case(layout, *, documents=8, segments=21):
    """A study in which segment s of every document has the theme and codes that `layout(s, d)` gives; ann coded it."""
    made = tables(documents=documents, segments=segments)
    rows, themes = [], {}
    for d in range(documents):
        for s in range(1, segments):
            theme, codes = layout(s, d)
            themes[f"d{d}.{s}"] = theme
            rows += [("ann", code, f"d{d}", s, 1) for code in codes]
    made["codings"] = codings(*rows)
    found = laid(made)
    return found, np.array([themes[unit] for unit in found.units["segment_id"]], dtype=np.int64)


def test_measures_are_scikit_learns_over_applications():
    random = np.random.default_rng(2)
    found, themes = case(lambda s, d: (s % 3, [f"C{s % 3}", "D"] if random.random() < 0.7 else ["D"] if s % 2 else []))
    rows = {row["measure"]: row for row in alignment.measures(themes, found, 0, options=OPTIONS)}
    unit, code = np.nonzero(found.given[0])
    assert rows["ami"]["n"] == unit.size > len(found.units) * 0.9
    assert rows["ami"]["value"] == pytest.approx(metrics.adjusted_mutual_info_score(code, themes[unit]))
    assert rows["ari"]["value"] == pytest.approx(metrics.adjusted_rand_score(code, themes[unit]))
    assert rows["v_measure"]["value"] == pytest.approx(metrics.v_measure_score(code, themes[unit]))
    assert rows["homogeneity"]["value"] == pytest.approx(metrics.homogeneity_score(code, themes[unit]))
    assert rows["completeness"]["value"] == pytest.approx(metrics.completeness_score(code, themes[unit]))
    for row in rows.values():
        assert row["low"] < row["value"] < row["high"]


def test_themes_that_are_the_codes_measure_1_and_chance_about_0():
    found, themes = case(lambda s, d: (s % 4, [f"C{s % 4}"]))
    rows = {row["measure"]: row["value"] for row in alignment.measures(themes, found, 0, options=OPTIONS)}
    assert rows == pytest.approx(dict.fromkeys(alignment.MEASURES, 1.0))
    random = np.random.default_rng(2)
    found, themes = case(lambda s, d: (int(random.integers(4)), [f"C{random.integers(4)}"]), documents=30)
    rows = {row["measure"]: row for row in alignment.measures(themes, found, 0, options=OPTIONS)}
    assert rows["ami"]["value"] == pytest.approx(0, abs=0.03)
    assert rows["ami"]["low"] < 0.01 < rows["ami"]["high"] + 0.03


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        (lambda s, d: (s % 2, ["A"]), "undefined: the coder gave one code only"),
        (lambda s, d: (0, [f"C{s % 2}"]), "undefined: what was coded lies in one theme"),
        (lambda s, d: (s % 2, [f"C{s}"] if d == 0 and s < 4 else []), "too few: 3 coded segments (at least 10 needed)"),
    ],
)
def test_measures_that_would_mean_nothing_are_refused_in_words(layout, said):
    found, themes = case(layout)
    for row in alignment.measures(themes, found, 0, options=OPTIONS):
        assert "value" not in row
        assert row["note"].startswith(said)


def test_measures_of_few_documents_have_no_interval():
    found, themes = case(lambda s, d: (s % 3, [f"C{s % 2}"]), documents=2)
    for row in alignment.measures(themes, found, 0, options=OPTIONS):
        assert "low" not in row
        assert row["note"] == "no interval: 2 documents (at least 5 needed)"
