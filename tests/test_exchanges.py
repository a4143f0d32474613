"""A question and its answer are one exchange: a coding of the question counts for the answer."""

import numpy as np
import pandas as pd

from pipeline import map_codes
from pipeline.comparison.units import ratings_of_units
from pipeline.core import store
from pipeline.core.params import MapCodes
from pipeline.corpus import exchanges
from pipeline.corpus.coded_segments import codes_of_segments
from tests import mapped_study

# id, set_aside, turn, prompt
TALK = [
    ("q1", "interviewer", "t0", ""),
    ("a1", "", "t1", "t0"),
    ("a2", "", "t1", "t0"),
    ("q2", "interviewer", "t2", ""),
    ("a3", "", "t3", "t0"),  # "Anyone else?" leaves the question before in force
    ("q3", "interviewer", "t4", ""),
    ("a4", "", "t5", "t4"),
    ("b1", "backchannel", "t5", "t4"),
]


def segments(talk=TALK, document="d.txt") -> pd.DataFrame:
    rows = [
        {
            "segment_id": name, "document": document, "start": 10 * at, "end": 10 * at + 9, "turn_id": turn,
            "prompt_id": prompt, "set_aside": aside, "substantive": not aside, "text": f"text {name}",
            "part": "interviewer" if aside == "interviewer" else "participant",
        }
        for at, (name, aside, turn, prompt) in enumerate(talk)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def codings(*spans: tuple[str, str, str]) -> pd.DataFrame:
    """Codings of whole segments: first segment, last segment, code."""
    at = {name: 10 * place for place, (name, *_) in enumerate(TALK)}
    rows = [
        {"document": "d.txt", "start": at[a], "end": at[b] + 9, "text": "", "code": code, "coder": "ann"}
        for a, b, code in spans
    ]
    return pd.DataFrame(rows, columns=["document", "start", "end", "text", "code", "coder"])


def coded(*spans: tuple[str, str, str]) -> dict[str, set[str]]:
    frame = segments()
    rows = codes_of_segments(frame[frame["substantive"]], exchanges.with_answers(codings(*spans), frame))
    return {str(code): set(group["segment_id"]) for code, group in rows.groupby("code")}


def test_a_coding_of_the_question_alone_counts_for_its_answer():
    assert coded(("q1", "q1", "Time")) == {"Time": {"a1", "a2", "a3"}}


def test_a_coding_of_a_follow_up_counts_for_what_was_said_next():
    assert coded(("q2", "q2", "Time")) == {"Time": {"a3"}}


def test_a_coding_that_reaches_into_the_answer_stays_as_it_was_marked():
    assert coded(("q1", "a1", "Time")) == {"Time": {"a1"}}
    assert coded(("a2", "q2", "Time")) == {"Time": {"a2"}}


def test_a_part_of_the_answer_marked_with_the_same_code_stays_alone():
    assert coded(("q1", "q1", "Time"), ("a2", "a2", "Time"), ("a4", "a4", "Staff")) == {"Time": {"a2"}, "Staff": {"a4"}}
    assert coded(("q1", "q1", "Time"), ("a2", "a2", "Staff"))["Time"] == {"a1", "a2", "a3"}


def test_passages_that_were_read_without_a_code_are_not_spread():
    assert coded(("q1", "q1", "(no code)")) == {}


def test_codings_of_answers_are_returned_unchanged():
    given = codings(("a1", "a2", "Time"), ("b1", "b1", "Odd"))
    pd.testing.assert_frame_equal(exchanges.with_answers(given, segments()), given)
    assert exchanges.with_answers(given[:0], segments()).empty


def test_a_printed_question_is_a_question_and_a_heading_is_not():
    for aside, found in (("script", {"a1", "a2", "a3"}), ("heading", set())):
        frame = segments([("q1", aside, "t0", ""), *TALK[1:]])
        rows = codes_of_segments(
            frame[frame["substantive"]], exchanges.with_answers(codings(("q1", "q1", "Time")), frame)
        )
        assert set(rows["segment_id"]) == found


def test_exchanges_run_from_the_question_to_the_last_answer():
    found = exchanges.spans(segments())
    assert found["segment_id"].tolist() == ["t0", "t4"]
    assert found[["start", "end"]].to_numpy().tolist() == [[0, 49], [50, 79]]


def rated(unit, given) -> np.ndarray:
    frame = segments()
    none = store.empty("code_assignments")
    ratings = ratings_of_units(
        unit=unit, uncoded="negative", segments=frame, turns=frame, documents=frame, codings=given, assignments=none
    )
    return ratings.given[:, :, 0]


def test_coders_who_mark_the_question_and_the_answer_agree_about_the_exchange():
    ann = codings(("q1", "q1", "Time"))
    bob = codings(("a1", "a1", "Time")).assign(coder="bob")
    both = pd.concat([ann, bob], ignore_index=True)
    assert rated("exchange", both).tolist() == [[True, False], [True, False]]
    assert rated("segment", both).tolist() == [[True, True, True, False], [True, False, False, False]]


def test_a_coding_of_the_question_is_learned_from_as_its_answer():
    frame = mapped_study.segments()
    asked = mapped_study.codings(frame.assign(substantive=frame["set_aside"] == "interviewer"), ["d0.txt"])
    assert len(asked) == 1
    study = mapped_study.study(given=asked.assign(code="Time"))
    tables = map_codes.map_codes(study, encode=mapped_study.encode, options=MapCodes())
    quality = tables["mapping_quality"].set_index(["method", "code"])
    assert quality.loc[("zero_shot", "Time"), "n_coded"] == 12


def test_segments_of_an_exchange_get_the_same_codes_where_the_study_says_so():
    def kinds(coded_unit: str) -> int:
        study = mapped_study.study(coded=[f"d{d}.txt" for d in range(4)])
        options = MapCodes(coded_unit=coded_unit)
        tables = map_codes.map_codes(study, encode=mapped_study.encode, options=options)
        rows = tables["code_assignments"].query("method == 'few_shot'")
        rows = rows.assign(document=rows["segment_id"].str.split(".").str[0])
        return int(rows.groupby(["document", "code"])[["score", "accepted"]].nunique().to_numpy().max())

    assert kinds("exchange") == 1
    assert kinds("segment") > 1
