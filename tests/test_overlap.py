"""A segment has a code if half of it, or half of the span, is covered."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus import coded_segments


def segments(*spans: tuple[int, int], document: str = "d") -> pd.DataFrame:
    return pd.DataFrame(
        [{"segment_id": f"{document}:{a}", "document": document, "start": a, "end": b} for a, b in spans],
        columns=["segment_id", "document", "start", "end"],
    )


def codings(*spans: tuple[int, int], code: str = "c", coder: str = "x", document: str = "d") -> pd.DataFrame:
    return pd.DataFrame(
        [{"document": document, "start": a, "end": b, "code": code, "coder": coder} for a, b in spans],
        columns=["document", "start", "end", "code", "coder"],
    )


def found(segs: pd.DataFrame, cods: pd.DataFrame, **options: float) -> list[str]:
    return list(coded_segments.codes_of_segments(segs, cods, **options)["segment_id"])


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ((0, 5), ["d:0"]),  # half of the segment, exactly
        ((0, 4), ["d:0"]),  # less than half of the segment, but all of the span
        ((6, 14), ["d:0", "d:10"]),  # half of the span in each
        ((7, 15), ["d:10"]),  # 3 of 8 in the first; half of the second
        ((0, 30), ["d:0", "d:10", "d:20"]),  # a long span gives its code to all it holds
        ((0, 24), ["d:0", "d:10"]),  # 4 of 10 of the last segment
        ((30, 40), []),  # beyond every segment
        ((10, 10), []),  # of no length
        ((9, 9), []),
    ],
)
def test_half_of_the_segment_or_half_of_the_span(span, expected):
    assert found(segments((0, 10), (10, 20), (20, 30)), codings(span)) == expected


def test_a_gap_between_segments_holds_nothing():
    assert found(segments((0, 10), (20, 30)), codings((11, 19))) == []
    assert found(segments((0, 10), (20, 30)), codings((8, 22))) == []
    assert found(segments((0, 10), (20, 30)), codings((5, 30))) == ["d:0", "d:20"]


def test_a_greater_share_asks_for_more():
    assert found(segments((0, 10)), codings((5, 15)), share=0.5) == ["d:0"]
    assert found(segments((0, 10)), codings((5, 15)), share=0.6) == []


def test_rows_are_distinct_and_know_their_coder_and_code():
    both = pd.concat([codings((0, 6), (4, 10)), codings((0, 10), coder="y"), codings((0, 10), code="b")])
    rows = coded_segments.codes_of_segments(segments((0, 10)), both)
    assert rows.to_numpy().tolist() == [["x", "b", "d:0"], ["x", "c", "d:0"], ["y", "c", "d:0"]]


def test_documents_are_kept_apart():
    segs = pd.concat([segments((0, 10)), segments((0, 10), document="e")])
    assert found(segs, codings((0, 10), document="e")) == ["e:0"]
    assert found(segs, codings((0, 10), document="nowhere")) == []


def test_nothing_in_nothing_out():
    for rows in (
        coded_segments.codes_of_segments(segments(), codings((0, 3))),
        coded_segments.codes_of_segments(segments((0, 3)), codings()),
    ):
        assert list(rows.columns) == ["coder", "code", "segment_id"]
        assert rows.empty


lengths = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 12)), min_size=1, max_size=8)
spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), min_size=1, max_size=8)


@given(lengths, spans, st.randoms())
def test_agrees_with_the_plain_rule_whatever_the_order_of_rows(gaps, coded, random):
    edges, at = [], 0
    for gap, length in gaps:
        edges.append((at + gap, at + gap + length))
        at += gap + length
    coded = [(start, start + length) for start, length in coded]
    expected = set()
    for a, b in edges:
        for x, y in coded:
            covered = min(b, y) - max(a, x)
            if y > x and covered > 0 and (2 * covered >= b - a or 2 * covered >= y - x):
                expected.add(f"d:{a}")
    random.shuffle(edges)
    random.shuffle(coded)
    assert set(found(segments(*edges), codings(*coded))) == expected


def test_ten_thousand_spans_are_one_pass():
    starts = np.arange(20_000) * 10
    segs = pd.DataFrame({"segment_id": [f"d:{s}" for s in starts], "document": "d", "start": starts, "end": starts + 9})
    cods = pd.DataFrame({"document": "d", "start": starts, "end": starts + 18, "code": "c", "coder": "x"})
    assert len(coded_segments.codes_of_segments(segs, cods)) == 20_000
