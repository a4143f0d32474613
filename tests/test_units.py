"""Codings on units: what a unit is, what silence means, and who could give which code."""

import numpy as np
import pandas as pd
import pytest

from pipeline.comparison import units
from pipeline.comparison.units import as_categories, ratings_of_units
from pipeline.core.coders import NO_CODE
from tests.coded_study import assignments, codings, tables


def laid(study, unit="segment", uncoded="negative"):
    return ratings_of_units(
        unit=unit,
        uncoded=uncoded,
        segments=study["segments"],
        turns=study["turns"],
        documents=study["documents"],
        codings=study["codings"],
        assignments=study["code_assignments"],
    )


def given(found, coder, code):
    """The ids of the units to which a coder gave a code."""
    where = found.given[found.coders.index(coder), :, found.codes.index(code)]
    return found.units["segment_id"][where].tolist()


@pytest.fixture
def study():
    made = tables(documents=3)
    made["codings"] = codings(
        ("ann", "A", "d0", 1, 2), ("ann", "B", "d0", 2, 1), ("ann", "A", "d1", 3, 1), ("ben", "A", "d0", 1, 1)
    )
    return made


def test_segments_are_those_in_which_a_participant_speaks(study):
    found = laid(study)
    assert len(found.units) == 3 * 7
    assert "d0.0" not in set(found.units["segment_id"])
    assert (found.weights == 1).all()
    assert (found.coders, found.codes) == (("ann", "ben"), ("A", "B"))
    assert given(found, "ann", "A") == ["d0.1", "d0.2", "d1.3"]
    assert given(found, "ann", "B") == ["d0.2"]
    assert given(found, "ben", "A") == ["d0.1"]


def test_silence_is_a_no_in_documents_the_coder_coded_and_unknown_in_others(study):
    found = laid(study)
    seen = [set(found.units["document"][row]) for row in found.seen]
    assert seen == [{"d0", "d1"}, {"d0"}]
    assert found.seen[0].sum() == 14


def test_silence_may_be_unknown_everywhere(study):
    found = laid(study, uncoded="unknown")
    assert found.units["segment_id"][found.seen[0]].tolist() == ["d0.1", "d0.2", "d1.3"]
    assert found.units["segment_id"][found.seen[1]].tolist() == ["d0.1"]


def test_where_a_person_said_that_no_code_applies_silence_elsewhere_is_unknown(study):
    study["codings"] = codings(("ann", "A", "d0", 1, 1), ("ben", "A", "d0", 1, 1), ("ben", NO_CODE, "d0", 4, 1))
    found = laid(study)
    assert found.codes == ("A",)
    assert found.units["segment_id"][found.seen[1]].tolist() == ["d0.1", "d0.4"]
    assert found.seen[0].sum() == 7


def test_turns_carry_the_codes_of_what_is_said_in_them(study):
    found = laid(study, "turn")
    assert set(found.units["segment_id"]) == {f"d{d}.t{t}" for d in range(3) for t in (1, 2, 3, 4)}
    assert given(found, "ann", "A") == ["d0.t1", "d1.t2"]


def test_characters_are_all_of_a_document_cut_where_codings_begin_and_end(study):
    found = laid(study, "character")
    assert found.weights.sum() == 3 * 80
    assert found.weights[found.units["document"] == "d2"].tolist() == [80]
    both = found.given[0][:, 0] & found.given[1][:, 0]
    assert found.weights[both].sum() == 10
    assert found.weights[found.given[0][:, 0]].sum() == 30
    assert found.weights[found.seen[0]].sum() == 160


def test_characters_count_overlapping_spans_of_one_code_once(study):
    study["codings"] = codings(("ann", "A", "d0", 1, 3), ("ann", "A", "d0", 2, 4), ("ann", "A", "d0", 2, 4))
    found = laid(study, "character")
    assert found.weights[found.given[0][:, 0]].sum() == 50


def test_spans_are_the_passages_that_people_marked_even_where_they_overlap(study):
    found = laid(study, "span")
    places = list(zip(found.units["document"], found.units["start"], found.units["end"], strict=True))
    assert places == [("d0", 10, 20), ("d0", 10, 30), ("d0", 20, 30), ("d1", 30, 40)]
    assert found.given[0][:, 0].tolist() == [True, True, True, True]
    assert found.given[1][:, 0].tolist() == [True, True, False, False]


def test_the_pipeline_is_a_coder_whose_silence_is_an_answer_and_who_gives_only_what_it_maps(study):
    study["code_assignments"] = assignments({"d0.1": ["A"], "d2.1": ["A"]}, study["segments"], ["A", "C"])
    found = laid(study, uncoded="unknown")
    assert found.coders == ("ann", "ben", "pipeline (zero_shot)")
    assert found.human.tolist() == [True, True, False]
    assert found.codes == ("A", "B", "C")
    assert found.possible[2].tolist() == [True, False, True]
    assert found.possible[0].all()
    assert found.seen[2].all()
    assert given(found, "pipeline (zero_shot)", "A") == ["d0.1", "d2.1"]


def test_a_category_can_be_given_by_whoever_can_give_one_code_of_it(study):
    study["code_assignments"] = assignments({"d0.1": ["A"]}, study["segments"], ["A"])
    found = laid(study)
    assert found.possible[2].tolist() == [True, False]
    assert as_categories(found, {"A": "Top", "B": "Top"}).possible[2].tolist() == [True]
    assert as_categories(found, {"A": "One", "B": "Two"}).possible[2].tolist() == [True, False]


def test_people_come_before_the_pipelines_methods_each_in_the_order_of_their_names(study):
    methods = ("zero_shot", "few_shot", "human", *"qwerty")
    rows = assignments({}, study["segments"], ["A"])
    study["code_assignments"] = pd.concat([rows.assign(method=name) for name in methods])
    machines = [f"pipeline ({name})" for name in ("e", "few_shot", "q", "r", "t", "w", "y", "zero_shot")]
    assert laid(study).coders == ("ann", "ben", *machines)


def test_the_pipelines_segments_cover_turns_spans_and_characters(study):
    study["code_assignments"] = assignments({"d0.1": ["A"]}, study["segments"], ["A", "B"])
    name = "pipeline (zero_shot)"
    assert given(laid(study, "turn"), name, "A") == ["d0.t1"]
    characters = laid(study, "character")
    assert characters.weights[characters.given[2][:, 0]].sum() == 10
    spans = laid(study, "span")
    assert spans.given[2][:, 0].tolist() == [True, True, False, False]


def test_codes_join_into_categories(study):
    found = laid(study)
    above = as_categories(found, {"A": "Top", "B": "Top"})
    assert above.codes == ("Top",)
    assert given(above, "ann", "Top") == ["d0.1", "d0.2", "d1.3"]
    assert as_categories(found, {}).codes == ("A", "B")


@pytest.mark.parametrize("unit", ["segment", "turn", "character", "span"])
def test_a_study_without_codings_or_codes_has_no_coders(unit):
    found = laid(tables(documents=2), unit)
    assert found.coders == ()
    assert found.given.shape[0] == found.seen.shape[0] == 0


@pytest.mark.parametrize("unit", ["segment", "turn", "character", "span"])
def test_the_order_of_rows_does_not_matter(study, unit):
    study["code_assignments"] = assignments({"d0.1": ["A"]}, study["segments"], ["A", "B"])
    mixed = {name: frame.sample(frac=1, random_state=3) for name, frame in study.items()}
    one, other = laid(study, unit), laid(mixed, unit)
    assert one.coders == other.coders
    assert np.array_equal(one.given, other.given)
    assert np.array_equal(one.seen, other.seen)


def test_layers_hold_no_two_units_that_overlap(study):
    study["codings"] = codings(*[("ann", "A", "d0", first, n) for first in range(5) for n in (1, 2, 3)])
    frame = laid(study, "span").units
    for _, layer in frame.groupby(units._layers(frame)):
        assert (layer["start"].to_numpy()[1:] >= layer["end"].to_numpy()[:-1]).all()
