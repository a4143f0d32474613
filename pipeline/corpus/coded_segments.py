"""Which segments have which codes: people code spans of any length, and segments are the unit of comparison.

The rule, one for the whole program: a segment has a code if a span so coded covers at least half of the segment, or if
at least half of the span lies in the segment. The first half of the rule gives a long span's code to all it holds; the
second keeps short spans, which would otherwise be lost in a long segment. A span that two segments share evenly
counts in both.
"""

import numpy as np
import pandas as pd

SHARE = 0.5
COLUMNS = ["coder", "code", "segment_id"]


def codes_of_segments(segments: pd.DataFrame, codings: pd.DataFrame, *, share: float = SHARE) -> pd.DataFrame:
    """Long form: one row for each coder, code and segment that has it (columns coder, code, segment_id), sorted.

    `segments` needs segment_id, document, start and end, and no two of them may overlap; `codings` needs document,
    start, end, code and coder. `share` is the part of the segment, or of the span, that must be covered. Spans of no
    length and spans in documents without segments give no rows.
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
    # A span touches neighbours: the first ends after it begins, the last begins before it ends.
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
