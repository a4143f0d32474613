"""Iterates over tables by row or by group. Types are defined by the schemas."""

from collections.abc import Iterator
from typing import Any

import pandas as pd


def each(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows as named tuples, in order."""
    yield from frame.itertuples(index=False)


def groups(frame: pd.DataFrame, by: str | list[str]) -> dict[Any, pd.DataFrame]:
    """Return the rows of each group, by the value of the column (a tuple for several columns), sorted."""
    return dict(iter(frame.groupby(by)))


def counts(values: pd.Series) -> dict[str, int]:
    """Return how often each value occurs."""
    return {str(value): int(number) for value, number in values.value_counts().items()}


def lookup(frame: pd.DataFrame, key: str, value: str) -> dict[Any, Any]:
    """Map the values of `key`, which must be unique, to those of `value`."""
    return dict(zip(frame[key].to_list(), frame[value].to_list(), strict=True))
