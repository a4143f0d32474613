import numpy as np
import pandas as pd
import pytest

from pipeline.inductive import steadiness


def names(n: int) -> np.ndarray:
    return np.repeat([f"d{place:02d}" for place in range(n)], 3)


@pytest.mark.parametrize(("n", "runs"), [(0, 0), (1, 0), (2, 2), (4, 4), (5, 5), (6, 6), (14, 10), (20, 10), (40, 10)])
def test_how_many_runs_leave_something_out(n, runs):
    assert len(steadiness.draw_left_out(names(n), runs=10, share=0.1, seed=1)) == runs


def test_with_few_documents_each_is_left_out_once():
    assert steadiness.draw_left_out(names(3), runs=10, share=0.1, seed=1) == [["d00"], ["d01"], ["d02"]]


def test_no_run_repeats_another_where_each_leaves_out_one_document():
    drawn = steadiness.draw_left_out(names(6), runs=10, share=0.1, seed=1)
    assert sorted(drawn) == [[name] for name in sorted(set(names(6)))]


def test_each_document_is_left_out_as_often_as_any_other():
    drawn = steadiness.draw_left_out(names(20), runs=10, share=0.1, seed=1)
    assert {len(left_out) for left_out in drawn} == {2}
    assert sorted(name for left_out in drawn for name in left_out) == sorted(set(names(20)))


def test_the_draw_does_not_depend_on_the_order_of_rows():
    forwards = steadiness.draw_left_out(names(20), runs=7, share=0.2, seed=1)
    assert steadiness.draw_left_out(names(20)[::-1], runs=7, share=0.2, seed=1) == forwards


def leave_out(documents, themes, again, *, left_out):
    """What runs without some documents give, where `again` is what is made of those that are kept."""
    others = [again(kept) for kept in steadiness.remaining(documents, left_out)]
    return steadiness.leave_out(documents, themes, others, left_out=left_out)


def without(said, themes, cases, again, *, chosen):
    stays = [~steadiness.members_of(said, cases, kind=kind, name=name) for kind, name in chosen]
    return steadiness.dependence(said, themes, cases, [again(kept) for kept in stays], chosen=chosen)


def test_no_runs_give_no_table_and_no_figures():
    table, means = leave_out(names(3), np.repeat([0, 1, 2], 3), lambda kept: kept, left_out=[])
    assert table.empty
    assert np.isnan(means).all()


def test_themes_that_come_back_the_same_agree_wholly():
    documents, themes = names(6), np.tile([0, 1, 1], 6)
    table, means = leave_out(documents, themes, lambda kept: themes[kept], left_out=[["d00"], ["d03", "d04"]])
    assert table["agreement"].tolist() == [1, 1]
    assert table["n_segments"].tolist() == [15, 12]
    assert means.tolist() == [1, 1]


def test_a_theme_that_falls_apart_is_told_from_one_that_does_not():
    documents, themes = names(6), np.tile([0, 1, 1], 6)

    def again(kept: np.ndarray) -> np.ndarray:
        return np.where(themes[kept] == 0, 0, 1 + np.arange(kept.sum()) % 2)

    table, means = leave_out(documents, themes, again, left_out=[["d00"]])
    assert means[0] == 1
    assert means[1] < 0.7
    assert table["n_themes"].tolist() == [3]


def test_a_theme_that_is_left_out_wholly_is_not_counted():
    themes = np.array([0] * 3 + [1] * 6)
    _, means = leave_out(names(3), themes, lambda kept: np.zeros(kept.sum(), int), left_out=[["d00"]])
    assert np.isnan(means[0])
    assert means[1] == 1


def test_a_run_that_left_a_theme_out_wholly_is_none_of_its_runs():
    themes = np.array([0] * 3 + [1] * 6)
    _, means = leave_out(
        names(3), themes, lambda kept: np.repeat([0, 1], [2, kept.sum() - 2]), left_out=[["d00"], ["d01"]]
    )
    assert means[0] == pytest.approx(2 / 3)  # two of its three are found together, in the one run that has it
    assert means[1] == pytest.approx((4 / 6 + 3 / 4) / 2)


def study() -> tuple[pd.DataFrame, np.ndarray, pd.DataFrame]:
    """Theme 0 is said by Ana alone, theme 1 by all; Ana and Ben are of one site."""
    cases = ["ana"] * 4 + ["ana", "ben", "cleo", "dev", "eve", "fay"] * 2
    themes = np.array([0] * 4 + [1] * 12)
    sites = pd.DataFrame({"case": ["ana", "ben", "cleo", "dev", "eve", "fay"], "site": ["n", "n", "s", "s", "s", "s"]})
    return pd.DataFrame({"case": cases}), themes, sites


def test_what_a_theme_leans_on_more_than_the_study_does():
    said, themes, sites = study()
    found = steadiness.candidates(said, themes, sites, most=5)
    assert found == [("case", "ana"), ("site", "n")]
    assert steadiness.candidates(said, themes, sites, most=0) == []


def cases_of(*counts: int) -> pd.DataFrame:
    """Segments of cases a, b, ..., so many of each."""
    return pd.DataFrame({"case": [name for name, count in zip("abcdefgh", counts, strict=False) for _ in range(count)]})


def leans(said: pd.DataFrame, themes: list[int], cases: pd.DataFrame | None = None, most: int = 9):
    named = pd.DataFrame({"case": sorted(set(said["case"]))}) if cases is None else cases
    return steadiness.candidates(said, np.array(themes), named, most=most)


@pytest.mark.parametrize(("of_study", "in_theme", "leans_on"), [(9, 3, "a"), (9, 2, ""), (11, 3, "")])
def test_a_theme_leans_on_a_case_with_15_percent_of_it_and_half_as_much_again_as_of_the_study(
    of_study, in_theme, leans_on
):
    # Of 100 segments 20 are in theme 0: so many of case a's, and the others of b, who has most of the study.
    themes = [0] * in_theme + [1] * (of_study - in_theme) + [0] * (20 - in_theme)
    said = cases_of(of_study, 100 - of_study)
    found = leans(said, themes + [1] * (100 - len(themes)))
    assert found == [("case", name) for name in leans_on]


def test_talk_in_no_theme_is_part_of_the_study_and_of_no_theme():
    themes = [-1] * 8 + [0] * 2 + [0] * 4 + [-1] * 6
    said = cases_of(10, 10)
    assert leans(said, themes) == []  # a has 2 of the theme's 6, and b 4: 67% of it, and half of the study
    assert leans(said, [*themes[:9], -1, *themes[10:]]) == [("case", "b")]  # 4 of 5


def test_what_a_theme_leans_on_most_comes_first_cases_before_attributes():
    said = cases_of(*[10] * 8)
    themes = [1] * 80
    themes[:6], themes[10:19] = [0] * 6, [2] * 9
    themes[20:24] = [0] * 4
    wards = pd.DataFrame({"case": list("abcdefgh"), "ward": list("xyzxyzuu"), "shift": list("mnmnmnmn")})
    ordered = [("case", "b"), ("case", "a"), ("case", "c")]  # all of theme 2; 60 and 40% of theme 0
    assert leans(said, themes, wards) == [*ordered, ("shift", "m"), ("shift", "n"), *(("ward", name) for name in "yxz")]
    assert leans(said, themes, wards, most=1) == [("case", "b"), ("shift", "m")]


@pytest.mark.parametrize(("values", "divides"), [(1, False), (2, True), (8, True), (9, False)])
def test_an_attribute_divides_a_study_if_it_has_two_to_eight_values(values, divides):
    said = pd.DataFrame({"case": [f"c{n:02}" for n in range(20)] * 2})
    cases = pd.DataFrame(
        {"case": [f"c{n:02}" for n in range(20)], "site": [f"v{min(n // 2, values - 1)}" for n in range(20)]}
    )
    assert any(kind == "site" for kind, _ in leans(said, [0] + [1] * 39, cases)) == divides


def test_a_value_that_one_case_has_is_that_case_and_no_group():
    said, themes, _ = study()
    sites = pd.DataFrame({"case": ["ana", "ben", "cleo", "dev", "eve", "fay"], "age": ["34", *["50"] * 5]})
    assert steadiness.candidates(said, themes, sites, most=5) == [("case", "ana")]


def test_a_theme_remains_where_half_of_what_is_left_of_it_is_found():
    said, themes = cases_of(2, 8), np.array([0] * 6 + [1] * 4)
    cases = pd.DataFrame({"case": ["a", "b"]})
    found = np.array([0, 0, 1, 1, 2, 2, 2, 2])  # without a: 2 of the theme's 4, and nothing else
    rows = steadiness.dependence(said, themes, cases, [found], chosen=[("case", "a")])
    assert rows == [(0, "case", "a", pytest.approx(1 / 3), 0.5, True)]
    less = steadiness.dependence(said, themes, cases, [np.array([0, 0, 1, 1, 0, 2, 2, 2])], chosen=[("case", "a")])
    assert less[0][4:] == (0.5, True)  # of the theme's four, two stand alone in group 1
    apart = steadiness.dependence(said, themes, cases, [np.array([0, 0, 1, 2, 0, 2, 2, 2])], chosen=[("case", "a")])
    assert apart[0][4:] == (pytest.approx(2 / 5), False)


def test_an_attribute_with_many_values_divides_no_study():
    said, themes, _ = study()
    ages = pd.DataFrame({"case": [f"c{n}" for n in range(20)], "age": [str(n) for n in range(20)]})
    said = pd.DataFrame({"case": [f"c{n}" for n in range(16)]})
    assert not [kind for kind, _ in steadiness.candidates(said, themes, ages, most=5) if kind == "age"]


def test_what_is_left_without_a_case():
    said, themes, sites = study()
    rows = without(said, themes, sites, lambda kept: np.zeros(kept.sum(), int), chosen=[("case", "ana")])
    assert rows[0] == (0, "case", "ana", 1.0, 0.0, False)
    assert rows[1][:3] == (1, "case", "ana")
    assert rows[1][3] == pytest.approx(2 / 12)
    assert rows[1][4:] == (1.0, True)


def test_without_a_site_all_its_cases_are_gone():
    said, themes, sites = study()
    seen = []

    def again(kept: np.ndarray) -> np.ndarray:
        seen.append(kept)
        return np.zeros(kept.sum(), int)

    rows = without(said, themes, sites, again, chosen=[("site", "n")])
    assert not set(said["case"][seen[0]]) & {"ana", "ben"}
    assert [row[0] for row in rows] == [0, 1]
