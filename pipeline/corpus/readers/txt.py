"""Reads plain text: typed interviews, and .txt exports of transcription programs."""

from pipeline.corpus.readers import decoding, guards, printed_marks, speakers
from pipeline.corpus.readers.model import Labels, Transcript


def read_txt(data: bytes, labels: Labels) -> Transcript:
    """Read plain text; its canonical text is the decoded file with LF line breaks, without a byte order mark.

    Line numbers, page numbers and running heads become spaces, so that every position stays. Raises RefusedError.
    """
    guards.check_size(len(data))
    text, _ = decoding.decode(data)
    text, remarks = printed_marks.set_aside(text, labels)
    transcript = speakers.transcript(text, labels)
    transcript.remarks.extend(remarks)
    return transcript
