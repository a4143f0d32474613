"""Notes on what the figures of the comparison rest on."""

import pandas as pd
import pytest

from pipeline.comparison.comparability import problems
from pipeline.comparison.saturation import Order
from pipeline.core.coders import NO_CODE
from tests.coded_study import assignments, codings, tables
from tests.test_units import laid

ORDER = Order(("d0", "d1", "d2"), "interviewing")


def notes(*given, order=ORDER, mapped=("A", "B")):
    made = tables(documents=3)
    made["codings"] = codings(*given)
    if mapped:
        made["code_assignments"] = assignments({}, made["segments"], list(mapped))
    return problems(made["codings"], made["code_assignments"], laid(made), order=order)


def reasons(*given, **options):
    return [row["reason"] for row in notes(*given, **options)]


BOTH = [(who, "A", f"d{d}", 1, 1) for who in ("ann", "ben") for d in range(3)]


def test_two_people_who_coded_everything_with_mapped_codes_need_no_note():
    assert notes(*BOTH) == []


def test_no_codes_are_the_only_thing_to_say():
    said = reasons(order=Order(("d0", "d1"), "file names"))
    assert len(said) == 1
    assert said[0].startswith("There are no human codes")


def test_different_documents_are_counted():
    said = reasons(*BOTH[:-1])
    assert said == [
        "People coded different documents (ann 3, ben 2 of 3; 2 by all). Each pair is compared on the documents both coded."
    ]


def test_one_person_is_told_that_there_is_no_ceiling():
    assert "no agreement between human coders" in reasons(*BOTH[:3])[0]


def test_a_person_whose_codings_all_lie_on_the_interviewers_words_still_has_a_note():
    said = reasons(("ann", "A", "d0", 0, 1))
    assert any("1 of 1 codings are on text that is not compared" in reason for reason in said)


@pytest.mark.parametrize(("n", "named"), [(1, "(1): 'X00'."), (12, "(12): 'X00', ")])
def test_codes_that_the_pipeline_does_not_map_are_named_up_to_ten(n, named):
    said = reasons(*BOTH, *[("ann", f"X{i:02d}", "d0", 2, 1) for i in range(n)])
    assert len(said) == 1
    assert named in said[0]
    assert ("and others" in said[0]) == (n > 10)
    assert "'X10'" not in said[0]


def test_without_a_codebook_people_are_not_compared_with_the_pipeline():
    assert reasons(*BOTH, mapped=()) == [
        "The codebook has no codes to map, so the pipeline is not compared with human coders."
    ]


def test_blind_samples_make_silence_unknown():
    said = reasons(*BOTH, ("ann", NO_CODE, "d0", 4, 1))
    assert any("blind sheets" in reason for reason in said)


def test_a_document_without_participants_talk_is_named():
    made = tables(documents=3)
    made["codings"] = codings(*BOTH)
    made["segments"] = made["segments"].assign(
        substantive=made["segments"]["substantive"] & (made["segments"]["document"] != "d2")
    )
    found = problems(made["codings"], pd.DataFrame({"code": ["A"]}), laid(made), order=ORDER)
    assert [row["document"] for row in found if row["document"]] == ["d2"]


def test_the_order_of_the_saturation_curve_is_explained_where_it_was_guessed():
    assert "follows the file names" in reasons(*BOTH, order=Order(("d0", "d1"), "file names"))[0]
    assert reasons(*BOTH, order=Order(("d0",), "file names")) == []
    undated = Order(("d0", "d1", "d2"), "interviewing", ("d2",))
    assert reasons(*BOTH, order=undated)[0].endswith("come last in the saturation curve: d2.")
