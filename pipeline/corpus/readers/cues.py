"""Turns subtitles (WebVTT, SubRip) into a transcript: cues, voices and speakers."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.core.names import key
from pipeline.corpus.readers import guards, label_lines, speakers
from pipeline.corpus.readers.model import Labels, RefusedError, Transcript, Utterance, compose, without_time

# Without speaker labels, a pause of this many seconds after the end of a sentence starts a new turn.
SILENCE_S = 2.0

# A timing line, even with invalid times, so that no words are lost.
_TIMES = re.compile(r"[ \t]*[-+\d:.,]+[ \t]*-->[ \t]*[-+\d:.,]+")
_TIMING = re.compile(rf"[ \t]*(?P<start>{label_lines.TIME})[ \t]*-->[ \t]*(?P<end>{label_lines.TIME})")
# Bounded, so that a text of open brackets is scanned only once.
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,80})?[ \t]+(?P<name>[^<>]{0,200})>")
_TAG = re.compile(
    r"</?(?:v|c|i|b|u|s|font|ruby|rt|lang)\b[^<>]{0,200}>|<\d[\d:.,]{0,20}>|\{\\[^{}]{0,80}\}", re.IGNORECASE
)
_ENDED = re.compile(r"[.!?…][\"'”’)\]]*\s*$")


@dataclass(frozen=True)
class Cue:
    """A subtitle: its times in seconds, and its lines joined by spaces.

    `line`: number of its timing line, from 1; `stamp`: the start time as written. Invalid times are None.
    """

    start_s: float | None
    end_s: float | None
    text: str
    line: int = 0
    stamp: str = ""


def cues(text: str) -> Iterator[Cue]:
    """Yield the cues of a subtitle text: a timing line and the lines up to an empty line or the next timing line.

    Cue numbers and names, notes and styles are skipped. Times may use commas or points and may omit the hour.
    """
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        times = lines[at]
        at += 1
        first = at
        if not _TIMES.match(times):
            continue
        spoken_lines: list[str] = []
        while at < len(lines) and lines[at].strip() and not _TIMES.match(lines[at]):
            spoken_lines.append(lines[at].strip())
            at += 1
        if spoken_lines and at < len(lines) and _TIMES.match(lines[at]) and spoken_lines[-1].isdigit():
            spoken_lines.pop()  # the next cue's number, if the empty line before it is missing
        if spoken_lines:
            timing = _TIMING.match(times)
            start, end = (label_lines.seconds(timing[side]) if timing else None for side in ("start", "end"))
            yield Cue(start, end, " ".join(spoken_lines), first, timing["start"] if timing else times.strip())


def transcript(text: str, labels: Labels) -> Transcript:
    """Return the talk of a subtitle text; raise RefusedError where it has no cue.

    The canonical text is written anew, `Name: words` for each turn; a turn's time is that of its first cue.
    """
    guards.check_lines(text.count("-->"), what="cues")
    guards.check_lines(text.count("<v"), what="voices")
    all_cues = list(cues(text))
    if not all_cues:
        raise RefusedError(
            "No subtitle cues found (a line such as '00:00:01.000 --> 00:00:04.000' with text below it). "
            "Export the file again."
        )
    utterances = list(_voices(all_cues))
    if not any(voice.speaker for voice in utterances):
        utterances = _labelled(utterances, labels)
    if not any(voice.speaker for voice in utterances):
        utterances = _by_silence(utterances, all_cues)
    transcript = compose(utterances, unit="cue")
    transcript.remarks.extend(
        without_time([(f"line {cue.line}", cue.stamp) for cue in all_cues if cue.start_s is None])
    )
    return transcript


def _voices(all_cues: list[Cue]) -> Iterator[Utterance]:
    """Split cues at voice tags, as one cue may contain two voices. Words before a tag continue the previous voice."""
    for number, cue in enumerate(all_cues, start=1):
        parts = _VOICE.split(cue.text)
        if _words(parts[0]):
            yield Utterance("", _words(parts[0]), cue.start_s, (number, number))
        for name, words in zip(parts[1::2], parts[2::2], strict=True):
            if _words(words):
                yield Utterance(html.unescape(name).strip(), _words(words), cue.start_s, (number, number))


def _words(marked: str) -> str:
    plain = html.unescape(_TAG.sub("", marked))
    return plain.replace("\u200e", "").replace("\u200f", "").replace("\xa0", " ").strip()


def _labelled(said: list[Utterance], labels: Labels) -> list[Utterance]:
    """Parse Zoom's `Name: words`; a cue without a name continues the previous one."""
    flat = speakers.transcript("\n".join(voice.text for voice in said), labels)
    return said if not flat.turns else _split(said, {key(turn.speaker) for turn in flat.turns if turn.speaker})


def _split(utterances: list[Utterance], accepted: set[str]) -> list[Utterance]:
    named: list[Utterance] = []
    speaker = ""
    for voice in utterances:
        label, colon, words = voice.text.partition(":")
        if colon and key(label) in accepted:
            speaker = label.strip()
            named.append(replace(voice, speaker=speaker, text=words.strip()))
        else:
            named.append(replace(voice, speaker=speaker))
    return named


def _by_silence(utterances: list[Utterance], all_cues: list[Cue]) -> list[Utterance]:
    """Join cues without a speaker into turns that end with a sentence followed by a pause."""
    ends = {cue.start_s: cue.end_s for cue in all_cues if cue.start_s is not None and cue.end_s is not None}
    turns: list[Utterance] = []
    until = 0.0
    for voice in utterances:
        start = voice.time_s or 0.0
        if turns and not (_ENDED.search(turns[-1].text) and start - until >= SILENCE_S):
            numbers = (turns[-1].numbers[0], voice.numbers[1])
            turns[-1] = replace(turns[-1], text=f"{turns[-1].text} {voice.text}", numbers=numbers)
        else:
            turns.append(voice)
        until = ends.get(start, start)
    return turns
