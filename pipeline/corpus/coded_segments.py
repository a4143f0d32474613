"""Derives the codes of segments from coded spans, which may have any length.

A segment has a code if a span with that code covers at least half of the segment, or if at least half of the span lies
in the segment. The first condition spreads a long span to every segment it contains; the second keeps short spans that
would be lost in a long segment. A span shared evenly by two segments counts in both.
"""

import numpy as np
import pandas as pd

SHARE = 0.5
COLUMNS = ["coder", "code", "segment_id"]


def codes_of_segments(segments: pd.DataFrame, codings: pd.DataFrame, *, share: float = SHARE) -> pd.DataFrame:
    """Return one row per coder, code and segment (columns coder, code, segment_id), sorted.

    `segments` needs segment_id, document, start and end, without overlaps; `codings` needs document, start, end, code
    and coder. `share`: minimum share of the segment, or of the span, that must overlap. Empty spans, and spans in
    documents without segments, are ignored.
    """
    parts = []
    by_document = {str(name): group for name, group in segments.groupby("document", sort=False)}
    for name, spans in codings[codings["end"] > codings["start"]].groupby("document", sort=False):
        if str(name) in by_document:
            parts.append(_in_document(by_document[str(name)], spans, share))
    if not parts:
        return pd.DataFrame({column: pd.Series(dtype="str") for column in COLUMNS})
    return pd.concat(parts).drop_duplicates().sort_values(COLUMNS, ignore_index=True)


def _in_document(segments: pd.DataFrame, spans: pd.DataFrame, share: float) -> pd.DataFrame:
    segments = segments.sort_values("start")
    starts, ends = segments["start"].to_numpy(), segments["end"].to_numpy()
    begin, stop = spans["start"].to_numpy(), spans["end"].to_numpy()
    # The segments a span overlaps are adjacent: the first ends after its start, the last begins before its end.
    first = np.searchsorted(ends, begin, side="right")
    counts = np.maximum(np.searchsorted(starts, stop, side="left") - first, 0)
    span = np.repeat(np.arange(len(spans)), counts)
    segment = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + first[span]
    covered = np.minimum(ends[segment], stop[span]) - np.maximum(starts[segment], begin[span])
    enough = (covered >= share * (ends - starts)[segment]) | (covered >= share * (stop - begin)[span])
    return pd.DataFrame(
        {
            "coder": spans["coder"].to_numpy()[span[enough]],
            "code": spans["code"].to_numpy()[span[enough]],
            "segment_id": segments["segment_id"].to_numpy()[segment[enough]],
        }
    )
