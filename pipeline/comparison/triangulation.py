"""Source triangulation: where interviews, focus groups, field notes and documents converge, complement or are silent.

Denzin (1978), The Research Act; O'Cathain, Murphy & Nicholl (2010), BMJ 341, c4587 (the triangulation protocol).
"""

from typing import Any

import numpy as np
import pandas as pd

from pipeline.comparison.units import Ratings


def triangulation_rows(found: Ratings, documents: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of Triangulation: each coder's codes by kind of source, over the documents that the coder read."""
    source_of = documents.set_index("document")["source_type"]
    sources = source_of.reindex(pd.Index(found.units["document"])).to_numpy(dtype=object)
    rows = []
    for coder, name in enumerate(found.coders):
        seen = found.seen[coder]
        kinds = sorted(set(sources[seen]))
        for code in np.flatnonzero(found.given[coder][seen].any(0) & found.asked[coder]):
            given = found.given[coder][:, code] & seen
            counts = {kind: int((given & (sources == kind)).sum()) for kind in kinds}
            for kind in kinds:
                here = seen & (sources == kind)
                rows.append(
                    {
                        "coder": name,
                        "code": found.codes[code],
                        "source_type": kind,
                        "n_documents": np.unique(found.documents[here]).size,
                        "n_with": np.unique(found.documents[here & given]).size,
                        "n_segments": counts[kind],
                        "per_1000": 1000 * counts[kind] / int(here.sum()),
                        "reading": _reading(kind, counts),
                    }
                )
    return rows


def _reading(kind: str, counts: dict[str, int]) -> str:
    if len(counts) == 1:
        return "alone"
    if counts[kind] == 0:
        return "silent"
    return "converges" if any(n for other, n in counts.items() if other != kind) else "complements"
