"""Plain text: interviews typed by hand, and what transcription programs export as .txt."""

from pipeline.corpus.readers import decoding, guards, speakers
from pipeline.corpus.readers.model import Labels, Remark, Transcript


def read_txt(data: bytes, labels: Labels) -> Transcript:
    """Read a plain text; its canonical text is the decoded file with LF line ends and no byte order mark."""
    guards.check_size(len(data))
    text, guessed = decoding.decode(data)
    found = speakers.transcript(text, labels)
    if guessed:
        said = f"The encoding was guessed to be {guessed}. If characters look wrong, save the file as UTF-8."
        found.remarks.append(Remark("guessed", said))
    return found
