"""Writes tables as csv: UTF-8 with a byte order mark, which Excel needs, and without cells that could be formulas."""

import csv
import io
import json
from typing import Any

import pandas as pd

from pipeline.core import formula_guard


def table(frame: pd.DataFrame) -> bytes:
    """Return a table as a csv file. Text is guarded against formulas (see `formula_guard`), numbers are not.

    Lists are written as JSON, booleans as true or false, missing values as empty cells.
    """
    place = io.StringIO()
    writer = csv.writer(place, lineterminator="\r\n")
    writer.writerow([formula_guard.guarded(str(name)) for name in frame.columns])
    for row in frame.itertuples(index=False, name=None):
        writer.writerow([_cell(value) for value in row])
    return place.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return formula_guard.guarded(value)
    if not pd.api.types.is_scalar(value):
        return formula_guard.guarded(json.dumps([_json(item) for item in value], ensure_ascii=False))
    if pd.isna(value):
        return ""
    if pd.api.types.is_bool(value):
        return "true" if value else "false"
    return str(value)


def _json(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
