"""Source triangulation: where interviews, focus groups, field notes and documents converge, complement or are silent.

Denzin (1978), The Research Act; O'Cathain, Murphy & Nicholl (2010), BMJ 341, c4587 (the triangulation protocol).
"""

from typing import Any

import numpy as np
import pandas as pd

from pipeline.comparison.units import Ratings


def triangulation_rows(ratings: Ratings, documents: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows of Triangulation: each coder's codes by type of source, over the units with known answers."""
    source_of = documents.set_index("document")["source_type"]
    sources = source_of.reindex(pd.Index(ratings.units["document"])).to_numpy(dtype=object)
    rows = []
    for coder, name in enumerate(ratings.coders):
        is_seen = ratings.seen[coder]
        kinds = sorted(set(sources[is_seen]))
        for code in np.flatnonzero(ratings.given[coder][is_seen].any(0) & ratings.possible[coder]):
            applied = ratings.given[coder][:, code] & is_seen
            counts = {kind: int((applied & (sources == kind)).sum()) for kind in kinds}
            for kind in kinds:
                in_source = is_seen & (sources == kind)
                rows.append(
                    {
                        "coder": name,
                        "code": ratings.codes[code],
                        "source_type": kind,
                        "n_documents": np.unique(ratings.documents[in_source]).size,
                        "n_with": np.unique(ratings.documents[in_source & applied]).size,
                        "n_segments": counts[kind],
                        "per_1000": 1000 * counts[kind] / int(in_source.sum()),
                        "reading": _reading(kind, counts),
                    }
                )
    return rows


def _reading(kind: str, counts: dict[str, int]) -> str:
    if len(counts) == 1:
        return "alone"
    if counts[kind] == 0:
        return "silent"
    return "converges" if any(count for other_kind, count in counts.items() if other_kind != kind) else "complements"
