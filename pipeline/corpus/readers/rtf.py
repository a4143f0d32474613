"""Reads rich text (.rtf), as written by Word and TextEdit."""

from striprtf.striprtf import rtf_to_text

from pipeline.corpus.readers import guards, printed_marks, speakers
from pipeline.corpus.readers.model import Labels, RefusedError, Transcript

# Exceptions that striprtf raises on damaged files.
_DAMAGE = (ValueError, IndexError, KeyError, LookupError, TypeError, AttributeError, OverflowError, RecursionError)
_MAX_DEPTH = 500
# Most commands and groups, which are slow to process; each non-ASCII letter is one.
_MAX_COMMANDS = 3_000_000


def read_rtf(data: bytes, labels: Labels) -> Transcript:
    """Read rich text; its canonical text is striprtf's output: words, tabs and paragraphs.

    Line and page numbers become spaces, as in plain text. Raises RefusedError.
    """
    guards.check_size(len(data))
    if not data.lstrip().startswith(b"{\\rtf"):
        raise RefusedError("Not an RTF file, despite its extension. Correct the extension, or save it again as RTF.")
    if data.count(b"{") - data.count(b"}") > _MAX_DEPTH:
        raise RefusedError("The RTF groups are not closed. Save the file again in the program it comes from.")
    if data.count(b"{") + data.count(b"}") + data.count(b"\\") > _MAX_COMMANDS:
        raise RefusedError(
            f"The file contains more than {_MAX_COMMANDS:,} RTF commands, the limit for a transcript. Save it as .docx."
        )
    try:
        text = str(rtf_to_text(data.decode("latin_1"), errors="replace"))  # type: ignore[no-untyped-call]
    except _DAMAGE as error:
        raise RefusedError(f"The file is damaged ({error}). Save it again in the program it comes from.") from None
    clean = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").encode("utf_16", "surrogatepass")
    text, remarks = printed_marks.set_aside(clean.decode("utf_16", "replace"), labels)
    transcript = speakers.transcript(text, labels)
    transcript.remarks.extend(remarks)
    return transcript
