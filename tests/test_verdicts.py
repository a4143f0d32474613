"""What becomes of each code in the themes: planted partitions, chance, and what cannot be told."""

import numpy as np
import pandas as pd
import pytest

from pipeline.comparison.overlaps import count_overlaps
from pipeline.comparison.pairs import Options
from pipeline.comparison.units import with_anyone
from pipeline.comparison.verdicts import mapping, recovery, table
from pipeline.core.terms import ANYONE, CANNOT_TELL
from tests.coded_study import codings, tables
from tests.planted import judged, mapped, partition, spread, study
from tests.test_units import laid

EXPECTED = {
    "own": "recovered",
    "split": "fragmented",
    "left": "merged",
    "right": "merged",
    "even": "invisible",
    "rare": CANNOT_TELL,
}
OPTIONS = Options(draws=300, seed=1)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("uncoded", [0, 1200])
def test_planted_partitions_get_their_verdicts_whatever_lies_beside_them(seed, uncoded):
    # Talk that nobody coded, four times as much as what was coded, is in the same themes: it is not wrong.
    codes = judged(*partition(seed, uncoded=uncoded))
    assert codes["verdict"][list(EXPECTED)].to_dict() == EXPECTED
    assert codes.loc["split", "themes"].split("; ") == [*codes.loc["split", "half_in"].split("; "), "3"]
    assert codes.loc["own", ["theme_id", "recall"]].tolist() == [0, 1]
    assert codes.loc["even", "themes"] == ""
    assert codes.loc["rare", "note"] == "too few to tell: 5 coded segments (at least 10 needed)"


def test_random_partitions_get_hardly_any_verdict_but_that_nothing_is_there():
    random = np.random.default_rng(7)
    found, themes = partition(n=40)
    said = pd.concat([judged(found, random.permutation(themes), draws=200)["verdict"] for _ in range(30)])
    false = said.isin(["recovered", "merged", "fragmented"]).mean()
    assert false <= 0.03
    assert (said == "invisible").mean() > 0.3


def test_talk_that_goes_on_in_one_theme_is_no_evidence_passage_by_passage():
    # Stretches of twelve passages in one theme and of twelve with one code, laid independently of each other.
    random = np.random.default_rng(3)
    said = []
    for _ in range(15):
        themes = np.repeat(random.integers(5, size=32), 12)
        codes = np.repeat(random.integers(4, size=34), 12)[6:390]
        made = tables(documents=4, segments=97)
        given = [("ann", f"C{code}", f"d{n // 96}", n % 96 + 1, 1) for n, code in enumerate(codes.tolist())]
        made["codings"] = codings(*given)
        said += judged(laid(made), themes, draws=200)["verdict"].tolist()
    assert np.isin(said, ["recovered", "merged", "fragmented"]).mean() <= 0.08


def test_a_code_spread_as_all_talk_is_invisible_only_if_the_study_could_show_otherwise():
    few = [*spread("A", 12, *range(12)), *spread("B", 120, *range(12))]
    row = judged(*study(few)).loc["A"]
    assert row["verdict"] == CANNOT_TELL
    assert row["power"] < 0.8
    assert row["note"].startswith("too few to tell: half of it gathered in two themes would have been noticed")
    many = [*spread("A", 96, *range(12)), *spread("B", 120, *range(12))]
    row = judged(*study(many)).loc["A"]
    assert (row["verdict"], row["themes"], row["note"]) == ("invisible", "", "")
    assert row["power"] >= 0.8


def test_a_code_that_one_theme_lacks_is_not_invisible():
    # A category of most of what was coded fills three of four themes: none of them stands out from the others.
    row = judged(*study([*spread("A", 27, 0, 1, 2), *spread("B", 9, 3)])).loc["A"]
    assert (row["verdict"], row["themes"]) == (CANNOT_TELL, "")
    assert row["note"].startswith("less of it is in one theme than by chance")


def test_a_code_is_fragmented_only_if_no_theme_can_hold_half_of_it():
    rest = spread("B", 160, *range(8))
    few = judged(*study([*spread("A", 9, 0), *spread("A", 8, 1), *spread("A", 3, 2), *rest])).loc["A"]
    assert few["verdict"] == CANNOT_TELL
    assert few["note"].startswith("too few to tell: up to ")
    many = judged(*study([*spread("A", 40, 0), *spread("A", 40, 1), *spread("A", 24, 2), *rest])).loc["A"]
    assert (many["verdict"], many["themes"], many["half_in"]) == ("fragmented", "0; 1; 2", "0; 1")


def test_a_code_of_which_one_theme_alone_has_more_than_elsewhere_is_not_fragmented():
    passages = [*spread("A", 40, 0), *spread("A", 80, *range(1, 11)), *spread("B", 200, *range(11))]
    row = judged(*study(passages)).loc["A"]
    assert (row["verdict"], row["themes"]) == (CANNOT_TELL, "0")
    assert row["note"].startswith("in part: 33% of it is in one theme")


def test_a_code_in_a_theme_that_holds_half_of_everything_is_never_called_invisible():
    passages = [*spread("A", 60, 0, 0, 0, 1, 2), *spread("B", 200, 0, 0, 0, 1, 2)]
    row = judged(*study(passages)).loc["A"]
    assert row["verdict"] == CANNOT_TELL
    assert row["note"] == (
        "one theme holds 60% of it, but also 60% of all that was coded: the themes are too broad to tell"
    )


def test_half_of_a_code_in_one_theme_that_may_be_chance_is_said_to_be_so():
    # Two stretches of talk, each in one document, make up the code; a document lies in one theme.
    made = tables(documents=6, segments=41)
    themes = np.repeat([0, 1, 2, 3, 4, 5], 40)
    rows = [("ann", "A", "d0", 1, 12), ("ann", "A", "d3", 1, 4)]
    made["codings"] = codings(*rows, *(("ann", "B", f"d{d}", 20, 15) for d in range(6)))
    row = judged(laid(made), themes).loc["A"]
    assert row["verdict"] == CANNOT_TELL
    assert row["note"].startswith("too few to tell: one theme holds 75% of it, which may be chance (p = ")


def test_everything_coded_alike_and_one_theme_are_told_apart_from_nothing():
    row = judged(*study(spread("A", 80, 0, 1))).loc["A"]
    assert (row["verdict"], row["theme_id"]) == (CANNOT_TELL, -1)
    assert row["note"].startswith("everything that was coded has this code")
    row = judged(*study([*spread("A", 40, 0), *spread("B", 40, 0)])).loc["A"]
    assert row["note"] == "there is one theme only"
    row = judged(*study([*spread("A", 40, -1), *spread("B", 40, -1)])).loc["A"]
    assert row["note"] == "there are no themes"


def test_a_code_of_one_document_of_many_is_not_judged():
    made = tables(documents=6, segments=41)
    themes = np.tile(np.repeat([0, 1], 20), 6)
    made["codings"] = codings(("ann", "A", "d2", 1, 20), *(("ann", "B", f"d{d}", 21, 20) for d in range(6)))
    row = judged(laid(made), themes).loc["A"]
    assert (row["verdict"], row["note"]) == (CANNOT_TELL, "in 1 document of 6 only (at least 2 needed)")


def test_more_of_a_code_in_a_theme_but_there_in_one_document_is_never_called_invisible():
    # Eight talks; A is said anywhere, but in the first talk only in theme 0, which others speak of too.
    random = np.random.default_rng(0)
    made = tables(documents=8, segments=61)
    rows, themes = [], []
    for document in range(8):
        for segment in range(1, 61):
            own = document == 0 and segment % 2
            theme = 0 if own else int(random.integers(1, 9)) if random.random() < 0.94 else 0
            code = "A" if own or (document and theme and random.random() < 0.16) else "B"
            rows.append(("ann", code, f"d{document}", segment, 1))
            themes.append(theme)
    made["codings"] = codings(*rows)
    row = judged(laid(made), np.array(themes)).loc["A"]
    assert row["p"] <= 0.05
    assert row["verdict"] == CANNOT_TELL
    assert "there in one document only" in row["note"]


def test_a_theme_that_lies_in_one_document_is_marked_within_it():
    # Two long documents of comments, each with themes of its own; codes differ within each.
    made = tables(documents=2, segments=121)
    random = np.random.default_rng(2)
    themes, rows = [], []
    for document in range(2):
        for segment in range(1, 121):
            theme = int(random.integers(4))
            themes.append(10 * document + theme)
            rows.append(("ann", "A" if theme == 0 else "BC"[theme % 2], f"d{document}", segment, 1))
    made["codings"] = codings(*rows)
    found = judged(laid(made), np.array(themes))
    assert found.loc["A", "themes"].split("; ") in (["0", "10"], ["10", "0"])


def test_a_study_of_one_document_is_judged_within_it():
    codes = judged(*study([*spread("A", 30, 0), *spread("B", 30, 1), *spread("C", 30, 2)], documents=1))
    assert set(codes["verdict"]) == {"recovered"}


def test_sub_codes_name_their_parent_and_have_intervals_and_expected_shares():
    passages = [(0 if n % 10 else 1, ["A"]) for n in range(80)] + spread("B", 120, 1, 2, 3)
    row = judged(*study(passages)).loc["A"]
    assert row["recall"] == pytest.approx(0.9)
    assert row["recall_low"] < 0.9 < row["recall_high"]
    assert row["precision"] == 1
    assert row["expected"] == pytest.approx(72 / 200)
    codes = rows_with_parents(study(passages), {"A": "Top", "B": "B"})
    assert codes["parent"].to_dict() == {"A": "Top", "B": ""}


def test_themes_are_mapped_shared_not_covered_or_too_small():
    passages = [*spread("A", 40, 0), *spread("B", 30, 1), *spread("C", 30, 1), *spread("D", 4, 3)]
    found, themes = study([*passages, *((2, []) for _ in range(40))])
    rows = mapped(found, themes)
    assert rows["verdict"].to_dict() == {0: "mapped", 1: "ambiguous", 2: "orphan", 3: CANNOT_TELL}
    assert rows["codes"].to_dict() == {0: "A", 1: "B; C", 2: "", 3: ""}
    assert rows.loc[2, ["n_segments", "n_coded", "coded"]].tolist() == [40, 0, 0]
    assert rows.loc[3, "note"] == "too few to tell: 4 segments (at least 10 needed)"


def test_precision_is_taken_among_what_was_coded():
    found, themes = study([*spread("A", 30, 0), *spread("B", 30, 1), *((0, []) for _ in range(90))])
    rows = pd.DataFrame(table(count_overlaps(themes, found, 0, options=OPTIONS))).set_index(["theme_id", "code"])
    row = rows.loc[(0, "A")]
    assert (row["n_theme"], row["n_coded"], row["n_code"], row["n_overlap"]) == (120, 30, 30, 30)
    assert (row["precision"], row["recall"], row["overlap"], row["verdict"]) == (1, 1, 1, "same")
    assert rows.loc[(1, "A"), "verdict"] == "apart"


def rows_with_parents(made, parent_of):
    found, themes = made
    overlaps = count_overlaps(themes, found, 0, options=OPTIONS)
    return pd.DataFrame(recovery(overlaps, parent_of=parent_of, options=OPTIONS)).set_index("code")


def two_coders():
    found, themes = study([*spread("A", 40, 0), *spread("B", 40, 1), *spread("C", 40, 2)])
    made = tables(documents=8, segments=16)
    place = found.units.assign(code=[found.codes[code] for code in found.given[0].argmax(1)], n=range(len(found.units)))
    rows = [
        ("ann" if row.n % 2 else "ben", row.code, row.document, int(row.start) // 10, 1) for row in place.itertuples()
    ]
    made["codings"] = codings(*rows)
    return laid(made), themes


def test_anyone_is_all_people_together_and_each_is_judged_on_their_own():
    found, themes = two_coders()
    pooled = with_anyone(found)
    assert pooled.coders == (ANYONE, "ann", "ben")
    sizes = [count_overlaps(themes, pooled, coder, options=OPTIONS).counts.code.tolist() for coder in range(3)]
    assert sizes[0] == [40, 40, 40] == [a + b for a, b in zip(sizes[1], sizes[2], strict=True)]
    assert {row["coder"] for row in mapping(count_overlaps(themes, pooled, 1, options=OPTIONS), options=OPTIONS)} == {
        "ann"
    }


def test_the_consensus_is_no_further_person_and_one_person_is_not_anyone():
    made = tables(documents=2, segments=5)
    given = [("ann", "A", "d0", 1, 1), ("consensus", "B", "d1", 2, 1)]
    made["codings"] = codings(*given)
    assert with_anyone(laid(made)).coders == ("ann", "consensus")
    made["codings"] = codings(*given, ("ben", "A", "d1", 3, 1))
    pooled = with_anyone(laid(made))
    assert pooled.coders == (ANYONE, "ann", "ben", "consensus")
    assert pooled.given[0].sum() == 2
