"""Reads transcripts in JSON: Whisper, WhisperX, AssemblyAI, Deepgram, Rev, Descript and similar formats."""

from collections.abc import Iterator
from typing import Any

from pipeline.corpus.readers import decoding, guards, strict_json
from pipeline.corpus.readers.model import Labels, RefusedError, Transcript, Utterance, compose, in_time, without_time

# Keys of the list of turns, in order of preference: turns with speakers before plain segments.
LISTS = (
    "utterances",
    "monologues",
    "segments",
    "transcripts",
    "turns",
    "sentences",
    "paragraphs",
    "transcript",
    "results",
)
TEXT = ("text", "transcript", "content", "value", "sentence", "words")
SPEAKER = ("speaker_name", "speaker", "speaker_label", "speaker_id", "speakerName", "name")
TIME = ("start", "start_time", "start_s", "begin", "start_offset", "startTime", "ts")
MAX_DEPTH = 60


def read_json(data: bytes, labels: Labels) -> Transcript:
    """Read a transcript in JSON; its canonical text is written as `Name: words`.

    Raises RefusedError if there is no list of turns with words.
    """
    guards.check_size(len(data))
    text, _ = decoding.decode(data)
    turns = _turns(strict_json.parse_json(text), 0)
    if not turns:
        raise RefusedError("No list of turns found (such as 'segments', each with 'text'). Export the file again.")
    scale = _scale(turns)
    utterances = (
        Utterance(_speaker(turn), _text(turn), _time(turn, scale), (number, number))
        for number, turn in enumerate(turns, start=1)
    )
    transcript = compose(utterances, unit="item")
    starts = ((number, next(_starts([turn]), None)) for number, turn in enumerate(turns, start=1))
    odd = [(f"item {number}", _shown(at)) for number, at in starts if at is not None and _seconds(at, scale) is None]
    transcript.remarks.extend(without_time(odd))
    return transcript


def _turns(value: Any, depth: int) -> list[dict[str, Any]]:
    """Return the first list of turns, searching from the outermost level inwards."""
    if isinstance(value, list):
        turns = [turn for turn in value if isinstance(turn, dict) and _text(turn)]
        return turns if turns and len(turns) >= len(value) / 2 else []
    if not isinstance(value, dict) or depth > MAX_DEPTH:
        return []
    inside = [value[name] for name in LISTS if name in value]
    inside += [other for name, other in value.items() if isinstance(other, dict) and name not in LISTS]
    return next((turns for other in inside if (turns := _turns(other, depth + 1))), [])


def _text(turn: dict[str, Any]) -> str:
    for name in TEXT:
        if isinstance(turn.get(name), str):
            return str(turn[name])
    pieces = turn.get("elements")  # Rev and Descript: words and punctuation one by one
    if isinstance(pieces, list):
        return "".join(str(piece.get("value", "")) for piece in pieces if isinstance(piece, dict))
    return ""


def _speaker(turn: dict[str, Any]) -> str:
    """Return the speaker's name; a single letter or number becomes `Speaker A`."""
    for name in SPEAKER:
        value = turn.get(name)
        if isinstance(value, dict):
            value = value.get("name", value.get("id"))
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            name_text = str(value).strip()
            return f"Speaker {name_text}" if len(name_text) == 1 or name_text.isdecimal() else name_text
    return ""


def _starts(turns: list[dict[str, Any]]) -> Iterator[float]:
    for turn in turns:
        start = next((turn[name] for name in TIME if isinstance(turn.get(name), int | float)), None)
        if start is not None and not isinstance(start, bool):
            yield start


def _scale(turns: list[dict[str, Any]]) -> float:
    """Return the length of a time unit in seconds: integers that grow too fast for speech are milliseconds."""
    starts = list(_starts(turns))
    words = sum(len(_text(turn).split()) for turn in turns)
    whole = all(isinstance(start, int) for start in starts)
    return 0.001 if whole and starts and max(starts) - min(starts) > 20 * max(words, 1) else 1.0


def _time(turn: dict[str, Any], scale: float) -> float | None:
    start = next(_starts([turn]), None)
    return None if start is None else _seconds(start, scale)


def _seconds(start: float, scale: float) -> float | None:
    return in_time(start * scale) if abs(start) < 1e12 else None


def _shown(start: float) -> str:
    return str(start)
