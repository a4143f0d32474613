"""Who is counted among coders, and which of their marks are codes: in sentences, checklists, notes, and metrics."""

import pandas as pd
import pytest

from pipeline.comparison.comparability import problems
from pipeline.core import coders, store
from pipeline.core.coders import CONSENSUS, NO_CODE
from pipeline.core.terms import ANYONE
from pipeline.corpus import exchanges
from pipeline.deductive.codebook import Code, Codebook
from pipeline.paper import figure_set
from pipeline.reporting import checklist_facts, checklists, matrix, method_codes, metrics, references, report_tables
from pipeline.reporting.views import agreement_view, fates_view, first_screen, overview, page_parts
from tests import coded_study, counts
from tests.records import records
from tests.test_comparability import ORDER
from tests.test_exchanges import codings as codings_of_talk
from tests.test_exchanges import segments as segments_of_talk
from tests.test_units import laid


@pytest.fixture
def tables(small_study):
    return {name: store.read(small_study, name) for name in (*store.INTERIM, *store.PROCESSED)}


def with_marks(tables):
    """The tables with a passage settled by consensus, and one marked as read and without a code by everybody."""
    rows, own = tables["codings"], tables["codings"].iloc[:1]
    more = [own.assign(coder=CONSENSUS)]
    more += [own.assign(coder=who, code=NO_CODE) for who in (*coders.people(rows.coder), CONSENSUS)]
    return tables | {"codings": pd.concat([rows, *more], ignore_index=True)}


def test_people_are_neither_the_consensus_nor_the_pipeline():
    assert coders.people(["max", CONSENSUS, "lea", "pipeline (few_shot)", "max"]) == ["lea", "max"]


def test_the_consensus_is_no_further_coder_wherever_coders_are_counted(tables):
    marked = with_marks(tables)
    assert first_screen.study_line(marked) == first_screen.study_line(tables)
    names = ("documents", "speakers", "cases", "segments", "codings")
    lead = [overview.build(**{name: of[name] for name in names}, problems={}).lead for of in (tables, marked)]
    assert lead[0] == lead[1]
    assert agreement_view.contrasts(marked["codings"]) == agreement_view.contrasts(tables["codings"])
    facts = checklist_facts.facts(report_tables.gather(marked, Codebook()))
    assert facts.coders == ["lea", "max"]


def test_a_checklist_says_beside_whom_people_coded(tables):
    facts = checklist_facts.facts(report_tables.gather(tables, Codebook()))
    assert facts.n_codes == 0
    said = {item.number: item.statement for item in checklists.coreq(facts)}
    assert said[24] == "2 people coded (lea, max)."


def test_the_notes_on_comparability_count_people():
    made = coded_study.tables(documents=3)
    given = [("ann", "A", f"d{d}", 1, 1) for d in range(3)] + [(CONSENSUS, "A", "d0", 1, 1)]
    made["codings"] = coded_study.codings(*given)
    made["code_assignments"] = coded_study.assignments({}, made["segments"], ["A"])
    rows = problems(made["codings"], made["code_assignments"], laid(made), order=ORDER)
    assert "Only one person coded (ann)" in rows[0]["reason"]


def test_metrics_are_means_over_people(tables):
    def numbers(of):
        return metrics.build(
            of, count=counts.made(candidates=2), problems=of["ingest_problems"], cells=[], reflexive=False
        )

    agreement, themes = tables["agreement"], tables["theme_agreement"]
    settled = agreement[agreement.coder_b == "pipeline"].assign(coder_a=CONSENSUS, kappa=1.0)
    assert len(settled)
    more = {
        "agreement": pd.concat([agreement, settled], ignore_index=True),
        "theme_agreement": pd.concat([themes, themes.assign(coder=CONSENSUS, value=1.0)], ignore_index=True),
    }
    assert numbers(tables | more) == numbers(tables)


def test_two_people_without_a_pipeline_are_not_called_one(tables):
    people = tables["agreement"][tables["agreement"].coder_b != "pipeline"]
    said = agreement_view.build(people, tables["theme_agreement"], []).sentences
    assert len(said) == 1, said
    assert not any("Only one person" in one for one in said)


def test_people_who_coded_nothing_in_common_give_nothing_to_compare_with(tables):
    agreement = tables["agreement"].copy()
    agreement.loc[agreement.coder_b != "pipeline", "kappa"] = float("nan")
    said = agreement_view.build(agreement, tables["theme_agreement"], []).sentences
    assert any("No agreement between human coders could be measured" in one for one in said)
    assert not any("Compare the pipeline’s" in one for one in said)


def test_themes_are_compared_on_codes_of_passages_and_not_on_passages(tables):
    (said,) = agreement_view.build(tables["agreement"], tables["theme_agreement"], []).theme_sentences[:1]
    assert "with lea’s codes, over 11 pairs of a passage and a code: 0.20" in said
    pooled = tables["theme_agreement"].assign(coder=ANYONE, level="category")
    (said,) = agreement_view.build(tables["agreement"], pooled, []).theme_sentences[:1]
    assert "with anyone’s categories, over 11 pairs of a passage and a category" in said


def test_a_mark_that_no_code_applies_is_no_code_of_a_passage(tables):
    marked = with_marks(tables)
    before, after = (
        exchanges.codes_of_talk(of["segments"], of["codings"][of["codings"].coder != CONSENSUS])
        for of in (tables, marked)
    )
    pd.testing.assert_frame_equal(before, after)


def test_a_coding_of_a_question_counts_for_its_answer_in_the_matrix_and_on_the_page():
    talk, coded = segments_of_talk(), codings_of_talk(("q1", "q1", "Time"))
    assert set(exchanges.codes_of_talk(talk, coded).segment_id) == {"a1", "a2", "a3"}
    nothing = pd.DataFrame({"segment_id": [], "code": [], "score": []})
    held = matrix.content(segments=talk, codings=coded.assign(parent_code=""), candidates=nothing, book=Codebook())
    assert set(held[held.code == "Time"].segment_id) == {"a1", "a2", "a3"}
    valence = pd.DataFrame({"segment_id": ["a1", "a2", "a3"], "valence": ["barrier", "barrier", "facilitator"]})
    helps = coded.assign(code="barrier", parent_code="")
    assert fates_view.accuracy(talk, helps, valence) == (2, 3)


def test_the_page_lists_no_mark_among_peoples_codes(tables):
    data = report_tables.gather(with_marks(tables), Codebook())
    made = page_parts._passages(data, [])
    assert NO_CODE not in made["human"]


def test_the_methods_tell_how_many_codes_the_codebook_gave_and_what_was_asked_for():
    done = records(map_codes={"codes_per_segment": 1.0, "codes_assigned": 0.83})["map_codes"]
    said = " ".join(method_codes.mapping(done))
    assert (
        "set for 1 code per segment on average, before sub-codes take precedence over their parents; 0.83 were" in said
    )
    assert "used to train each code, those of its sub-codes included" in said


def test_the_methods_name_how_kappa_is_pooled_and_which_intervals_are_of_the_jackknife():
    said = " ".join(method_codes.comparison(records()["compare"], reflexive=False))
    assert "over all codes from their mean observed and mean expected agreement, De Vries et al. 2008" in said
    assert "jackknife" not in said
    measured = records(compare={"theme_intervals": True})["compare"]
    with_intervals = " ".join(method_codes.comparison(measured, reflexive=False))
    assert "leaving out each source in turn (jackknife; Efron and Stein 1981)" in with_intervals
    works = references.cited(with_intervals)
    assert sum("pooled kappa" in work or "jackknife estimate" in work for work in works) == 2


def test_no_rate_of_misreading_is_told_that_was_not_measured_in_the_study(tables):
    read = pd.DataFrame({"segment_id": tables["segments"].segment_id.head(1), "valence": "barrier"})
    none = tables | {"codings": tables["codings"].iloc[:0], "valence": read}
    said = fates_view._doubt(none, False)
    assert said.endswith("irony and barriers that were overcome are often misread.")
    assert "accuracy here is unknown" in said


@pytest.mark.parametrize(("method", "how"), [("zero_shot", "the wording,"), ("few_shot", "passages that people coded")])
def test_the_legend_says_what_the_reading_of_facilitators_rests_on(tables, method, how, monkeypatch):
    monkeypatch.setattr(figure_set, "_parts", lambda *_: ())
    book = Codebook(codes=(Code(name="Time"),))
    given = tables["code_assignments"].assign(accepted=True, code="Time")
    tables["code_assignments"] = given.drop_duplicates("segment_id")
    read = pd.DataFrame({"segment_id": tables["code_assignments"].segment_id, "valence": "barrier", "method": method})
    data = report_tables.gather(tables | {"valence": read}, book)
    assert how in figure_set._valence(data).legend
