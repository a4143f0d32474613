"""Reads the times of items in the JSON of transcription programs, in the units and spellings these use."""

import re
from typing import Any

from pipeline.corpus.readers.times import first_time

MAX_DEPTH = 60
# Keys of an item: what it consists of, and its times in order of preference.
PARTS = ("words", "elements", "sentences", "terms", "tokens", "items", "segments")
TIME = (
    "timestamps",
    "start",
    "start_time",
    "startTime",
    "start_s",
    "begin",
    "start_offset",
    "startOffset",
    "offsetInTicks",
    "offsetMilliseconds",
    "offsets",
    "start_ms",
    "startMs",
    "startTimeMs",
    "offset",
    "ts",
    "timestamp",
    "time",
    "timecode",
    "data_start",
    "start_timestamp",
    "instances",
    "relativeStartTimeInMilliseconds",
    "from",
    "dur",
)
END = ("end", "end_time", "endTime", "end_s", "stop", "end_offset", "endOffset", "end_ms", "endMs", "to")
_ISO = re.compile(r"P?T?(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?")


def time(item: dict[str, Any], keys: tuple[str, ...] = TIME, depth: int = 0) -> tuple[float | None, bool, str]:
    """Return the time of an item, whether it is in seconds for certain, and the time as written."""
    for name in keys:
        if name in item:
            found, sure, raw = _time(item[name], depth)
            lower = name.casefold()
            if found is not None and lower.endswith(("ms", "milliseconds", "ticks")):
                return found * (1e-7 if lower.endswith("ticks") else 0.001), True, raw
            if found is not None and name == "offsets":  # whisper.cpp, in milliseconds
                return found * 0.001, True, raw
            if found is not None and name == "start_offset" and "speaker_id" in item:  # Otter, in samples of 16 kHz
                return found / 16_000, True, raw
            if found is not None or raw:
                return found, sure, raw
    for name in PARTS if keys is TIME else ():
        value = item.get(name)
        if isinstance(value, list) and value and isinstance(value[0], dict) and depth < MAX_DEPTH:
            return time(value[0], keys, depth + 1)
    return None, False, ""


def _time(value: Any, depth: int) -> tuple[float | None, bool, str]:
    """Return a time as `time` does: a number, a text, a list that begins with it or an object that holds it."""
    if isinstance(value, str):
        return clock(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (float(value) if abs(value) < 1e15 else None), isinstance(value, float), str(value)
    if isinstance(value, list) and value and depth < MAX_DEPTH:
        return time(value[0], TIME, depth + 1) if isinstance(value[0], dict) else _time(value[0], depth + 1)
    if isinstance(value, dict) and "seconds" in value:
        whole = _time(value["seconds"], depth + 1)[0] or 0.0
        return whole + (_time(value.get("nanos", 0), depth + 1)[0] or 0.0) * 1e-9, True, str(whole)
    inner = next((x for x in ("from", "start", "relative") if x in value), "") if isinstance(value, dict) else ""
    return _time(value[inner], depth + 1) if inner and depth < MAX_DEPTH else (None, False, "")


def clock(value: str) -> tuple[float | None, bool, str]:
    """Return a time written as `12.5`, `12.5s`, `PT1M2.5S` or `00:01:02,500`."""
    stamp = value.strip()
    if re.fullmatch(r"\d{1,12}(?:\.\d+)?s?", stamp):
        return float(stamp.rstrip("s")), "." in stamp or stamp.endswith("s"), stamp
    if re.fullmatch(r"\d{1,3}:\d{1,2}(?::\d{1,2})?(?:[.,]\d+)?", stamp):
        return first_time(stamp), True, stamp
    iso = _ISO.fullmatch(stamp) if stamp.startswith("PT") else None
    if iso:
        hours, minutes, seconds = (float(part or 0) for part in iso.groups())
        return hours * 3600 + minutes * 60 + seconds, True, stamp
    return None, False, ""
