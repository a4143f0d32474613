"""Candidate themes against people's codes."""

import numpy as np
import pandas as pd
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


def verdicts(found, themes, options=OPTIONS):
    parts = alignment.count_overlaps(themes, found, 0)
    related = alignment.beyond_chance(parts, options=options)
    codes = pd.DataFrame(alignment.recovery(parts, "ann", related, options=options)).set_index("code")
    mapped = pd.DataFrame(alignment.mapping(parts, "ann", related, options=options)).set_index("theme_id")
    table = pd.DataFrame(alignment.table(parts, "ann", related))
    return codes, mapped, table


def test_a_code_that_is_a_theme_is_recovered_and_the_theme_mapped():
    found, themes = case(lambda s, d: (s % 4, ["A"] if s % 4 == 0 else ["B"] if s % 4 == 1 else []))
    codes, mapped, table = verdicts(found, themes)
    assert codes["verdict"].to_dict() == {"A": "recovered", "B": "recovered"}
    assert codes.loc["A", "theme_id"] == 0
    assert codes.loc["A", "precision"] == codes.loc["A", "recall"] == 1
    assert mapped["verdict"].to_dict() == {0: "mapped", 1: "mapped", 2: "orphan", 3: "orphan"}
    assert mapped["code"].to_dict() == {0: "A", 1: "B", 2: "", 3: ""}
    same = table[(table["theme_id"] == 0) & (table["code"] == "A")].iloc[0]
    assert (same["overlap"], same["verdict"]) == (1, "same")
    assert table[(table["theme_id"] == 1) & (table["code"] == "A")].iloc[0]["verdict"] == "apart"


def test_codes_that_share_a_theme_are_merged_and_the_theme_is_ambiguous():
    found, themes = case(lambda s, d: (0, [f"C{s}"]) if s <= 5 else (1 + s % 2, []))
    codes, mapped, table = verdicts(found, themes)
    assert set(codes["verdict"]) == {"merged"}
    assert set(codes["theme_id"]) == {0}
    assert mapped.loc[0, "verdict"] == "ambiguous"
    assert mapped.loc[0, "codes"] == "C1; C2; C3; C4; C5"
    assert set(table[table["theme_id"] == 0]["verdict"]) == {"within"}


def test_a_code_spread_over_themes_is_fragmented():
    found, themes = case(lambda s, d: (s % 4, ["A"]) if s <= 12 else (4 + s % 4, []))
    codes, mapped, table = verdicts(found, themes)
    assert codes.loc["A", "verdict"] == "fragmented"
    assert set(codes.loc["A", "themes"].split("; ")) == {"0", "1", "2", "3"}
    assert set(mapped.loc[[0, 1, 2, 3], "verdict"]) == {"mapped"}
    assert set(table[table["theme_id"] < 4]["verdict"]) == {"part"}


def test_a_code_that_falls_in_themes_as_everything_does_is_invisible():
    random = np.random.default_rng(3)
    found, themes = case(lambda s, d: (int(random.integers(4)), ["A"] if random.random() < 0.3 else []))
    codes, mapped, _ = verdicts(found, themes)
    assert codes.loc["A", "verdict"] == "invisible"
    assert codes.loc["A", "themes"] == ""
    assert set(mapped["verdict"]) == {"orphan"}


def test_few_segments_are_not_judged():
    found, themes = case(lambda s, d: (s % 2, ["A"] if (s, d) in {(1, 0), (3, 1)} else ["B"]))
    codes, _, _ = verdicts(found, themes)
    assert codes.loc["A", "verdict"] == "too few"
    assert codes.loc["A", "note"] == "too few: 2 segments (at least 5 needed)"
    assert codes.loc["A", "theme_id"] == -1


def test_precision_and_recall_have_intervals_unless_documents_are_few():
    random = np.random.default_rng(5)

    def noisy(s, d):
        return (0 if random.random() < 0.7 else 1, ["A"]) if s % 2 else (1, [])

    found, themes = case(noisy)
    codes, mapped, _ = verdicts(found, themes)
    assert codes.loc["A", "recall_low"] < codes.loc["A", "recall"] < codes.loc["A", "recall_high"]
    assert codes.loc["A", "precision_low"] <= codes.loc["A", "precision"] <= codes.loc["A", "precision_high"]
    assert (codes.loc["A", "note"], mapped.loc[0, "note"]) == ("", "")
    found, themes = case(noisy, documents=3)
    codes, mapped, _ = verdicts(found, themes)
    assert pd.isna(codes.loc["A", "recall_low"])
    assert codes.loc["A", "note"] == "no interval: 3 documents (at least 5 needed)"
    assert codes.loc["A", "verdict"] == "recovered"
    assert mapped.loc[0, "note"].startswith("no interval")


def test_table_counts_are_counts():
    found, themes = case(lambda s, d: (s % 3, ["A"] if s <= 10 else []))
    _, _, table = verdicts(found, themes)
    for line in table.to_dict("records"):
        in_theme, coded = themes == line["theme_id"], found.given[0][:, 0]
        both = (in_theme & coded).sum()
        assert (line["n_theme"], line["n_code"], line["n_overlap"]) == (in_theme.sum(), coded.sum(), both)
        assert line["precision"] == pytest.approx(both / in_theme.sum())
        assert line["recall"] == pytest.approx(both / coded.sum())
        assert line["overlap"] == pytest.approx(both / (in_theme | coded).sum())


def test_unassigned_segments_are_no_theme_of_the_table():
    found, themes = case(lambda s, d: (-1 if s % 2 else 0, ["A"]))
    _, mapped, table = verdicts(found, themes)
    assert set(table["theme_id"]) == {0}
    assert list(mapped.index) == [0]


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


def test_a_best_theme_needs_both_halves_to_recover_a_code():
    # Theme 0 holds 60% of the code among much else; theme 1 holds 40% and nothing else.
    found, themes = case(lambda s, d: (0 if s <= 14 else 1 if s <= 18 else 2, ["A"] if s <= 6 or 14 < s <= 18 else []))
    codes, _, _ = verdicts(found, themes)
    assert codes.loc["A", "theme_id"] == 1
    assert codes.loc["A", "recall"] == pytest.approx(0.4)
    assert codes.loc["A", "verdict"] == "fragmented"  # theme 0 has less of it (6 of 14) than all talk (10 of 20)


def test_a_code_is_merged_where_half_of_it_lies_in_another_theme_than_its_best():
    # As before, but with much talk that nobody coded: now theme 0 has more of the code than all talk has.
    found, themes = case(
        lambda s, d: (0 if s <= 14 else 1 if s <= 18 else 2, ["A"] if s <= 6 or 14 < s <= 18 else []), segments=41
    )
    codes, _, _ = verdicts(found, themes)
    assert (codes.loc["A", "theme_id"], codes.loc["A", "themes"]) == (1, "0; 1")
    assert (codes.loc["A", "precision"], codes.loc["A", "recall"]) == pytest.approx((1.0, 0.4))
    assert codes.loc["A", "verdict"] == "merged"


def test_how_much_of_a_theme_the_coder_coded_at_all():
    # Of theme 0 everything that has A also has B; of theme 1 a fifth has a code.
    found, themes = case(lambda s, d: (0, ["A", "B"] if s <= 8 else []) if s <= 10 else (1, ["A"] if s <= 12 else []))
    _, mapped, _ = verdicts(found, themes)
    assert mapped["coded"].to_dict() == pytest.approx({0: 0.8, 1: 0.2})
    assert mapped["n_segments"].to_dict() == {0: 80, 1: 80}


def test_a_code_of_one_document_is_not_judged_and_makes_no_theme_mapped():
    found, themes = case(lambda s, d: (0 if s <= 8 else 1, ["A"] if d == 3 and s <= 8 else ["B"] if s > 8 else []))
    codes, mapped, _ = verdicts(found, themes)
    assert codes.loc["A", "verdict"] == "too few"
    assert codes.loc["A", "note"] == "in 1 document of 8 only (at least 2 needed)"
    assert mapped["verdict"].to_dict() == {0: "orphan", 1: "mapped"}


def test_a_study_of_one_document_is_judged_within_it():
    found, themes = case(lambda s, d: (s % 2, ["A"] if s % 2 else []), documents=1)
    codes, mapped, _ = verdicts(found, themes)
    assert codes.loc["A", "verdict"] == "recovered"
    assert mapped.loc[1, "verdict"] == "mapped"
