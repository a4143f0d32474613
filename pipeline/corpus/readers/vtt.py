"""WebVTT and SubRip: what Zoom, Teams and others export, with voice tags or with `Name: words`."""

from pipeline.corpus.readers import cues, decoding, guards
from pipeline.corpus.readers.model import Labels, Transcript


def read_vtt(data: bytes, labels: Labels) -> Transcript:
    """Read .vtt or .srt; its canonical text is written anew as `Name: words`, a blank line between turns."""
    guards.check_size(len(data))
    text, _ = decoding.decode(data)
    return cues.transcript(text, labels)
