"""Tables row by row and group by group, where a loop reads better than a column; types are the schema's business."""

from collections.abc import Iterator
from typing import Any

import pandas as pd


def each(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows as named tuples, in their order."""
    yield from frame.itertuples(index=False)


def groups(frame: pd.DataFrame, by: str | list[str]) -> dict[Any, pd.DataFrame]:
    """The rows that share a value of a column (or of several: a tuple), by that value, sorted."""
    return dict(iter(frame.groupby(by)))


def counts(values: pd.Series) -> dict[str, int]:
    """How often each value occurs."""
    return {str(value): int(number) for value, number in values.value_counts().items()}


def lookup(frame: pd.DataFrame, key: str, value: str) -> dict[Any, Any]:
    """One column by another whose values are unique."""
    return dict(zip(frame[key].to_list(), frame[value].to_list(), strict=True))
