"""Reads plain text: typed interviews, and .txt exports of transcription programs."""

from pipeline.corpus.readers import decoding, guards, line_numbers, speakers
from pipeline.corpus.readers.model import Labels, Remark, Transcript


def read_txt(data: bytes, labels: Labels) -> Transcript:
    """Read plain text; its canonical text is the decoded file with LF line breaks, without a byte order mark.

    Line numbers in the margin become spaces, so that every position stays. Raises RefusedError.
    """
    guards.check_size(len(data))
    text, _ = decoding.decode(data)
    text, numbered = line_numbers.blanked(text)
    transcript = speakers.transcript(text, labels)
    if numbered:
        transcript.remarks.append(Remark("note", line_numbers.said(numbered)))
    return transcript
