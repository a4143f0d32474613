"""Reads WebVTT and SubRip, as exported by Zoom, Teams and others, with voice tags or with `Name: words`."""

from pipeline.corpus.readers import cues, decoding, guards
from pipeline.corpus.readers.model import Labels, Transcript


def read_vtt(data: bytes, labels: Labels) -> Transcript:
    """Read .vtt or .srt; its canonical text is written as `Name: words`, with a blank line between turns.

    Raises RefusedError.
    """
    guards.check_size(len(data))
    text, _ = decoding.decode(data)
    return cues.transcript(text, labels)
