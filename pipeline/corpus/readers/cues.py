"""Turns subtitles (WebVTT, SubRip) into a transcript: cues, voices and speakers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.corpus.readers import cue_speakers, guards
from pipeline.corpus.readers.model import Labels, RefusedError, Transcript, compose, without_time
from pipeline.corpus.readers.times import PLAIN_CLOCK, first_time

# A timing line, even with invalid times, so that no words are lost.
_TIMES = re.compile(r"[ \t]*[-+\d:.,]+[ \t]*-->[ \t]*[-+\d:.,]+")
_TIMING = re.compile(rf"[ \t]*(?P<start>{PLAIN_CLOCK})[ \t]*-->[ \t]*(?P<end>{PLAIN_CLOCK})")


@dataclass(frozen=True)
class Cue:
    """A subtitle: its times in seconds, its lines as written, and the lines above its times that identify it.

    `line`: number of its timing line, from 1; `stamp`: the start time as written. Invalid times are None.
    """

    start_s: float | None
    end_s: float | None
    lines: tuple[str, ...]
    line: int = 0
    stamp: str = ""
    identifier: str = ""

    @property
    def text(self) -> str:
        """The lines joined by spaces."""
        return " ".join(self.lines)


def cues(text: str) -> Iterator[Cue]:
    """Yield the cues of a subtitle text: a timing line and the lines up to an empty line or the next timing line.

    Notes and styles are skipped. Times may use commas or points and may omit the hour.
    """
    lines = text.split("\n")
    at = 0
    above: list[str] = []
    while at < len(lines):
        times = lines[at]
        at += 1
        first = at
        if not _TIMES.match(times):
            above = [*above[-2:], times.strip()] if times.strip() and not times.startswith("WEBVTT") else []
            continue
        spoken: list[str] = []
        while at < len(lines) and lines[at].strip() and not _TIMES.match(lines[at]):
            spoken.append(lines[at].strip())
            at += 1
        identifier = next((line for line in above if not line.isdigit()), "")
        above = []
        if spoken and at < len(lines) and _TIMES.match(lines[at]) and spoken[-1].isdigit():
            above = [spoken.pop()]  # the next cue's number, if the empty line before it is missing
        if spoken:
            timing = _TIMING.match(times)
            start, end = (first_time(timing[side]) if timing else None for side in ("start", "end"))
            yield Cue(start, end, tuple(spoken), first, timing["start"] if timing else times.strip(), identifier)


def transcript(text: str, labels: Labels) -> Transcript:
    """Return the talk of a subtitle text; raise RefusedError where it has no cue.

    The canonical text is written anew, `Name: words` for each turn; a turn's time is that of its first cue.
    """
    guards.check_lines(text.count("-->"), what="cues")
    guards.check_lines(text.count("<v"), what="voices")
    guards.check_lines(text.count(">>"), what="changes of speaker ('>>')")
    all_cues = list(cues(text))
    if not all_cues:
        raise RefusedError(
            "No subtitle cues found (a line such as '00:00:01.000 --> 00:00:04.000' with text below it). "
            "Export the file again."
        )
    utterances, remarks = cue_speakers.spoken(all_cues, labels)
    transcript = compose(utterances, unit="cue")
    transcript.remarks.extend(remarks)
    transcript.remarks.extend(
        without_time([(f"line {cue.line}", cue.stamp) for cue in all_cues if cue.start_s is None])
    )
    return transcript
