"""What every table shares, and the two tables that every stage writes."""

from collections.abc import Iterable
from typing import Any

import pandera.pandas as pa
from pandera import dtypes
from pandera.engines import pandas_engine
from pandera.typing.pandas import Series


@pandas_engine.Engine.register_dtype(equivalents=["str", str])
@dtypes.immutable(init=True)
class Text(pandas_engine.STRING):
    """Text. A column of pandas' own type for it holds nothing else: pandera's would look at every cell to say so."""

    def check(self, pandera_dtype: dtypes.DataType, data_container: Any | None = None) -> bool | Iterable[bool]:
        """Whether a column is of this type; of any other type, which of its cells are."""
        of_type = data_container is not None and data_container.dtype == self.type
        return of_type or super().check(pandera_dtype, data_container)


class Table(pa.DataFrameModel):
    """What every table shares: no column beyond those named, types as named."""

    class Config:
        strict = True
        coerce = True
        ordered = True


class Problems(Table):
    """Something a stage could not process, had to guess, or wants known.

    `kind`: refused (left out), guessed (used, and may be wrong) or note. `place`: line, row or span, where known.
    `reason`: a sentence that says what is the matter and what to do.
    """

    kind: Series[str] = pa.Field(isin=["refused", "guessed", "note"])
    document: Series[str]
    place: Series[str]
    reason: Series[str]


class Record(Table):
    """Something a stage did or was set to, from which the methods paragraph is written.

    `value`: text, or what is not text as JSON (12, true, ["a", "b"]).
    """

    key: Series[str] = pa.Field(unique=True)
    value: Series[str]
