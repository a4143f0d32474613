"""The table of the report stage."""

import pandera.pandas as pa
from pandera.typing.pandas import Series

from pipeline.core.schemas.base import Table


class FrameworkMatrix(Table):
    """A case by a code: an extractive summary, the number of segments, and their ids, the most certain first.

    A document in which nobody is named as speaking stands as a case under its own name. `state`: spoken; asked (a
    question, the turn_id in `question`, came near the code, and nothing was found); not_asked; unknown; not_available
    (the case speaks a language that the mapping does not read). A summary is empty where passages are not in English.
    Passages that a person coded have people's codes alone, and come first: `n_coded` of `n_segments`. The others are
    candidates of the pipeline.
    """

    case: Series[str]
    code: Series[str]
    summary: Series[str]
    n_segments: Series[int]
    excerpts: Series[object]
    state: Series[str] = pa.Field(isin=["spoken", "asked", "not_asked", "unknown", "not_available"])
    question: Series[str]
    n_coded: Series[int]
