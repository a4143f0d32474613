"""The framework matrix: what each case said about each code, in its own words."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import store
from pipeline.core.coders import CONSENSUS, NO_CODE
from pipeline.deductive.codebook import Code, Codebook
from pipeline.reporting import matrix, method

TEXT_SENTENCES = ("We had no time.", "None at all, honestly.", "The ward was full.")
TEXT = "We had no time. None at all, honestly. The ward was full."


def segments(*rows) -> pd.DataFrame:
    columns = ["segment_id", "document", "case", "part", "start", "text"]
    return pd.DataFrame(rows, columns=columns).assign(language="en", n_words=5, substantive=True)


def accepted(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["segment_id", "code", "score"])


ONE = segments(
    ("s1", "d1", "ana", "participant", 10, TEXT), ("s2", "d1", "ana", "participant", 90, "Time is short here.")
)


def test_every_case_meets_every_code_in_order():
    found = matrix.cells(segments=ONE, accepted=accepted(("s1", "B", 0.5)), codes=["B", "A"], asked={})
    assert [(cell.case, cell.code, cell.state) for cell in found] == [("ana", "B", "spoken"), ("ana", "A", "unknown")]


def test_cases_come_in_the_order_of_their_numbers():
    many = segments(*((f"s{n}", "d1", f"P{n}", "participant", 40 * n, TEXT) for n in (10, 2, 1)))
    found = matrix.cells(segments=many, accepted=accepted(("s1", "A", 0.5)), codes=["A"], asked={})
    assert [cell.case for cell in found] == ["P1", "P2", "P10"]


def test_excerpts_are_ordered_by_score_then_by_place():
    given_codes = accepted(("s1", "A", 0.5), ("s2", "A", 0.9))
    assert matrix.cells(segments=ONE, accepted=given_codes, codes=["A"], asked={})[0].excerpts == ("s2", "s1")
    level = accepted(("s2", "A", 0.5), ("s1", "A", 0.5))
    assert matrix.cells(segments=ONE, accepted=level, codes=["A"], asked={})[0].excerpts == ("s1", "s2")


def test_a_code_given_twice_by_two_methods_counts_once_with_the_higher_score():
    twice = accepted(("s1", "A", 0.3), ("s1", "A", 0.7), ("s2", "A", 0.5))
    for rows in (twice, twice.iloc[::-1]):
        assert matrix.cells(segments=ONE, accepted=rows, codes=["A"], asked={})[0].excerpts == ("s1", "s2")


def test_a_summary_is_made_of_whole_sentences_letter_for_letter():
    cell = matrix.cells(segments=ONE, accepted=accepted(("s1", "A", 0.5)), codes=["A"], asked={})[0]
    for part in cell.sentences:
        assert part.text == TEXT[part.start - 10 : part.end - 10]
        assert {part.text[start:end] for start, end in matrix.sentences_of(part.text)} <= set(TEXT_SENTENCES)
    assert cell.summary == " […] ".join(part.text for part in cell.sentences)


def test_a_summary_has_no_more_sentences_than_asked_for_and_none_twice():
    same = segments(*((f"s{n}", "d1", "ana", "participant", 40 * n, "There is no time for it.") for n in range(4)))
    given_codes = accepted(*((f"s{n}", "A", 0.5) for n in range(4)))
    assert len(matrix.cells(segments=same, accepted=given_codes, codes=["A"], asked={})[0].sentences) == 1
    for asked_for, found in (({}, 2), ({"sentences": 1}, 1), ({"sentences": 9}, 3)):
        cell = matrix.cells(segments=ONE, accepted=accepted(("s1", "A", 0.5)), codes=["A"], asked={}, **asked_for)[0]
        assert len(matrix.sentences_of(" ".join(part.text for part in cell.sentences))) == found


@pytest.mark.parametrize(
    ("asked", "state"), [({}, "unknown"), ({("ana", "A"): ""}, "not_asked"), ({("ana", "A"): "t1"}, "asked")]
)
def test_silence_after_a_question_is_told_from_silence_without_one(asked, state):
    cell = matrix.cells(segments=ONE, accepted=accepted(), codes=["A"], asked=asked)[0]
    assert (cell.state, cell.question) == (state, asked.get(("ana", "A"), ""))


def test_a_cell_that_was_spoken_is_spoken_whatever_was_asked():
    cell = matrix.cells(segments=ONE, accepted=accepted(("s1", "A", 0.5)), codes=["A"], asked={("ana", "A"): "t1"})[0]
    assert (cell.state, cell.question) == ("spoken", "")


def test_a_document_without_speakers_is_a_case_and_an_interviewer_is_none():
    frame = segments(
        ("s1", "notes", "", "none", 0, "The room is cold."),
        ("s2", "talk", "", "interviewer", 0, "What made you come?"),
        ("s3", "talk", "ana", "participant", 30, "The tea."),
    )
    assert list(matrix.rows_of(frame).case) == ["ana", "notes"]


def test_titles_and_notes_of_a_transcript_make_no_case_unless_somebody_coded_them():
    frame = segments(
        ("s1", "talk", "", "none", 0, "Interview 7, transcribed by L. Okafor."),
        ("s2", "talk", "ana", "participant", 40, "The tea."),
    ).assign(substantive=[False, True])
    of_case = {"segments": frame, "codes": ["A"], "asked": {}}
    assert [cell.case for cell in matrix.cells(accepted=accepted(("s2", "A", 0.5)), **of_case)] == ["ana"]
    coded = matrix.cells(accepted=accepted(("s1", "A", 2.0)), **of_case)
    assert [(cell.case, cell.excerpts) for cell in coded] == [("ana", ()), ("talk", ("s1",))]


def test_the_order_of_rows_makes_no_difference(small_study):
    given_codes = store.read(small_study, "code_assignments").query("accepted")[["segment_id", "code", "score"]]
    whole = store.read(small_study, "segments")
    codes = ["Pride", "Time", "Staffing", "Leaders"]
    one = matrix.cells(segments=whole, accepted=given_codes, codes=codes, asked={})
    two = matrix.cells(segments=whole.iloc[::-1], accepted=given_codes.iloc[::-1], codes=codes, asked={})
    assert one == two


def test_the_table_holds_its_schema(small_study, tmp_path):
    given_codes = store.read(small_study, "code_assignments").query("accepted")[["segment_id", "code", "score"]]
    found = matrix.cells(segments=store.read(small_study, "segments"), accepted=given_codes, codes=["Time"], asked={})
    store.write(tmp_path, "framework_matrix", matrix.table(found))
    assert list(store.read(tmp_path, "framework_matrix").n_segments) == [len(cell.excerpts) for cell in found]


def test_no_cells_make_an_empty_table(tmp_path):
    store.write(tmp_path, "framework_matrix", matrix.table([]))
    assert store.read(tmp_path, "framework_matrix").empty


@given(st.text(alphabet="ab .!?…\n\"'", max_size=60))
def test_sentences_hold_all_of_a_passage_but_the_space_between(text):
    spans = matrix.sentences_of(text)
    assert all(text[start:end].strip() == text[start:end].rstrip() != "" for start, end in spans)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert all(one[1] <= two[0] for one, two in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("   ", 0),
        ("One", 1),
        ("One. Two", 2),
        ("What?! Yes.", 2),
        ("It was 3.5 hours.", 1),
        ('"Go." She went.', 2),
    ],
)
def test_where_sentences_end(text, count):
    assert len(matrix.sentences_of(text)) == count


def test_how_near_a_sentence_is_to_the_centre_by_hand():
    # Terms (rota, ward) of three sentences of eight words or more; a term said three times counts 1 + ln 3, and one
    # that is in d of three weighs ln(4 / (1 + d)) + 1 (scikit-learn, "Tf-idf term weighting").
    filler = "and the of it was so as is"
    texts = [f"rota rota rota {filler}", f"rota ward {filler}", f"ward {filler}"]
    idf = np.log(4 / 3) + 1
    rows = np.array([[(1 + np.log(3)) * idf, 0], [idf, idf], [0, idf]])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    centre = rows.mean(axis=0) / np.linalg.norm(rows.mean(axis=0))
    assert matrix._nearness(texts) == pytest.approx(rows @ centre)
    one, uneven = ["rota rota rota bleep bed", "rota bleep bed"], ["rota", "rota bleep bed"]
    weights = [np.array([(1 + np.log(3)), 1, 1]), np.array([1.0, 1, 1])]
    weights = [row / np.linalg.norm(row) for row in weights]
    middle = (weights[0] + weights[1]) / np.linalg.norm(weights[0] + weights[1])
    assert matrix._nearness(one) == pytest.approx([weights[0] @ middle * 5 / 8, weights[1] @ middle * 3 / 8])
    assert matrix._nearness(uneven)[0] < matrix._nearness(uneven)[1]


def test_of_sentences_the_nearest_are_taken_and_put_in_the_order_of_the_talk():
    said = "The bleep, the rota and the ward. A cat sat on my mat. Our rota and our bleep and our ward."
    frame = segments(
        ("s1", "d1", "ana", "participant", 0, said),
        ("s2", "d2", "ben", "participant", 0, "The rota, the ward, the bleep: it is all the same to us."),
    )
    found = matrix.cells(segments=frame, accepted=accepted(("s1", "A", 0.5), ("s2", "A", 0.5)), codes=["A"], asked={})
    assert [part.text for part in found[0].sentences] == [said[: said.index(" A cat")], said[said.index("Our") :]]
    assert found[0].sentences[1].start == said.index("Our")


def test_passages_of_stop_words_alone_are_summed_up_all_the_same():
    frame = segments(("s1", "d", "ana", "participant", 0, "It is what it is."))
    cell = matrix.cells(segments=frame, accepted=accepted(("s1", "A", 0.5)), codes=["A"], asked={})[0]
    assert cell.summary == "It is what it is."


def summed_up(frame, *ids, **more):
    given_codes = accepted(*((name, "A", 0.5) for name in ids))
    (cell,) = matrix.cells(segments=frame, accepted=given_codes, codes=["A"], asked={}, sentences=2, **more)
    return cell


def test_nothing_is_marked_as_omitted_between_sentences_that_follow_each_other():
    said = "No trouble at all.  It is the same as a fitness watch."
    cell = summed_up(segments(("s1", "d", "ana", "participant", 10, said)), "s1")
    assert cell.summary == said
    assert [(part.start, part.end) for part in cell.sentences] == [(10, 10 + len(said))]


def test_passages_that_follow_each_other_in_the_document_are_joined_and_others_are_not():
    text = (
        "The rota is too long for us.\nThe ward is too full for us. Ben: Yes.\nAna: The bleep never stops at all here."
    )
    starts = {name: text.index(said) for name, said in (("s1", "The rota"), ("s2", "The ward"), ("s3", "The bleep"))}
    ends = {"s1": text.index("\n"), "s2": text.index(" Ben"), "s3": len(text)}
    frame = segments(*((n, "d", "ana", "participant", starts[n], text[starts[n] : ends[n]]) for n in starts))
    assert summed_up(frame, "s1", "s2", texts={"d": text}).summary == text[: ends["s2"]]
    assert " […] " in summed_up(frame, "s2", "s3", texts={"d": text}).summary
    assert " […] " in summed_up(frame, "s1", "s3", texts={"d": text}).summary


def test_a_summary_is_nearest_to_all_passages_of_its_code_as_the_methods_say():
    own = "We had no time for charts. The rota broke our nights."
    others = [
        (f"o{n}", f"d{n}", f"P{n}", "participant", 0, "The rota broke our nights. The rota is long.") for n in range(5)
    ]
    frame = segments(("s1", "d", "ana", "participant", 0, own), *others)
    given_codes = accepted(*((name, "A", 0.5) for name in frame.segment_id))
    found = matrix.cells(segments=frame, accepted=given_codes, codes=["A"], asked={}, sentences=1)
    assert {cell.case: cell.summary for cell in found}["ana"] == "The rota broke our nights."
    assert "all passages of its code, those of other participants included" in method.MATRIX


def codings(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["document", "start", "end", "code", "parent_code", "coder"])


def filled(coded, candidates, asked=None):
    book = Codebook(codes=(Code(name="A"), Code(name="B")))
    frame = ONE.assign(end=ONE.start + ONE.text.str.len(), turn_id="t2", prompt_id="", set_aside="", substantive=True)
    content = matrix.content(segments=frame, codings=coded, candidates=candidates, book=book)
    found = matrix.cells(segments=frame, accepted=content, codes=["A", "B"], asked=asked or {})
    return {cell.code: (cell.state, cell.excerpts, cell.n_coded) for cell in found}


ASKED_ABOUT_BOTH = {("ana", "A"): "t1", ("ana", "B"): "t1"}


def test_what_a_person_coded_is_in_its_cell_and_never_silent():
    coded = codings(("d1", 10, 60, "A", "", "lea"), ("d1", 10, 60, "A", "", "max"))
    assert filled(coded, accepted(), ASKED_ABOUT_BOTH) == {"A": ("spoken", ("s1",), 1), "B": ("asked", (), 0)}


def test_peoples_codes_win_and_candidates_stand_where_nobody_coded():
    candidates = accepted(("s1", "B", 0.9), ("s2", "A", 0.8))
    coded = codings(("d1", 10, 60, "A", "", "lea"))
    assert filled(coded, candidates) == {"A": ("spoken", ("s1", "s2"), 1), "B": ("unknown", (), 0)}
    assert filled(codings(("d1", 10, 60, NO_CODE, "", "lea")), candidates)["B"] == ("unknown", (), 0)
    assert filled(codings(), candidates) == {"A": ("spoken", ("s2",), 0), "B": ("spoken", ("s1",), 0)}


def test_an_acknowledgement_inside_a_coded_answer_is_no_passage_of_a_cell_and_coded_by_itself_it_is():
    talk = segments(
        ("s1", "d1", "ana", "participant", 10, TEXT),
        ("s2", "d1", "ana", "participant", 90, "Yeah."),
        ("s3", "d1", "ana", "participant", 100, "Time is short here."),
        ("s4", "d1", "ana", "participant", 130, "Not me."),
    )
    aside = ["", "backchannel", "", "short"]
    frame = talk.assign(
        end=talk.start + talk.text.str.len(),
        turn_id="t",
        prompt_id="",
        set_aside=aside,
        substantive=[not a for a in aside],
    )
    coded = codings(("d1", 10, 125, "A", "", "lea"), ("d1", 130, 137, "B", "", "lea"), ("d1", 90, 95, "B", "", "max"))
    held = matrix.content(segments=frame, codings=coded, candidates=accepted(), book=Codebook(codes=(Code(name="A"),)))
    assert set(held[held.code == "A"].segment_id) == {"s1", "s3"}
    assert set(held[held.code == "B"].segment_id) == {"s2", "s4"}


def test_what_was_settled_counts_alone():
    coded = codings(("d1", 10, 60, "A", "", "lea"), ("d1", 10, 60, "B", "", "max"), ("d1", 10, 60, "B", "", CONSENSUS))
    assert filled(coded, accepted()) == {"A": ("unknown", (), 0), "B": ("spoken", ("s1",), 1)}


@pytest.mark.parametrize(
    ("n_segments", "n_coded", "said"),
    [(3, 3, "3 coded"), (3, 2, "2 coded, 1 candidate"), (2, 0, "2 candidates"), (0, 0, "")],
)
def test_a_cell_says_how_many_passages_people_coded(n_segments, n_coded, said):
    assert matrix.count_in_words(n_segments, n_coded) == said
