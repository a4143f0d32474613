"""Reads transcripts in tables (.csv, .xlsx): one row per turn, with columns for speaker, text and optionally time."""

from pipeline.corpus.readers import guards, label_lines, rows
from pipeline.corpus.readers.model import Labels, RefusedError, Transcript, Utterance, compose, in_time, without_time

SPEAKER = ("speaker", "speaker name", "speaker_name", "name", "who", "participant", "person", "role")
TEXT = (
    "text",
    "utterance",
    "transcript",
    "content",
    "words",
    "speech",
    "turn",
    "sentence",
    "response",
    "answer",
    "message",
)
TIME = ("start", "start_time", "start time", "time", "timestamp", "begin", "time_s", "start (s)", "from")


def read_csv(data: bytes, labels: Labels) -> Transcript:
    """Read a csv with one turn per row; its canonical text is written as `Name: words`. Raises RefusedError."""
    return _transcript(*rows.read_csv(data, whole=True))


def read_xlsx(data: bytes, labels: Labels) -> Transcript:
    """Read a workbook's first sheet with one turn per row; its text is written as `Name: words`.

    Raises RefusedError.
    """
    guards.check_size(len(data), limit=guards.MAX_ARCHIVE_BYTES)
    return _transcript(*rows.read_xlsx(data))


def _transcript(header: list[str], numbered_rows: list[tuple[int, dict[str, str]]]) -> Transcript:
    text = next((name for name in TEXT if name in header), "")
    speaker = next((name for name in SPEAKER if name in header), "")
    time = next((name for name in TIME if name in header), "")
    if not text:
        raise RefusedError("No text column found: name one 'text', and, if the speakers are known, another 'speaker'.")
    guards.check_text(sum(len(row.get(text, "")) for _, row in numbered_rows))
    times = [_seconds(row.get(time, "")) for _, row in numbered_rows]
    utterances = (
        Utterance(row.get(speaker, ""), row.get(text, ""), at, (number, number))
        for (number, row), at in zip(numbered_rows, times, strict=True)
    )
    transcript = compose(utterances, unit="row")
    odd = [
        (f"row {number}", row[time])
        for (number, row), at in zip(numbered_rows, times, strict=True)
        if at is None and any(letter.isdigit() for letter in row.get(time, ""))
    ]
    transcript.remarks.extend(without_time(odd))
    return transcript


def _seconds(cell: str) -> float | None:
    cell = cell.strip()
    if ":" in cell:
        return label_lines.seconds(cell)
    number = cell.replace(",", ".", 1)
    return in_time(float(number)) if number.replace(".", "", 1).isdecimal() and number.isascii() else None
