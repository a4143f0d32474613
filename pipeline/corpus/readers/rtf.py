"""Rich text (.rtf), as Word and macOS's TextEdit write it."""

from striprtf.striprtf import rtf_to_text

from pipeline.corpus.readers import guards, speakers
from pipeline.corpus.readers.model import Labels, RefusedError, Transcript

# What striprtf raises on damaged input; it is a parser of text, and every one of them means "not as it should be".
_DAMAGE = (ValueError, IndexError, KeyError, LookupError, TypeError, AttributeError, OverflowError, RecursionError)
_MAX_DEPTH = 500
# Commands and groups, which take time one by one: a letter that is no ASCII is one.
_MAX_COMMANDS = 3_000_000


def read_rtf(data: bytes, labels: Labels) -> Transcript:
    """Read rich text; its canonical text is what striprtf makes of it: the words, tabs and paragraphs."""
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
    return speakers.transcript(clean.decode("utf_16", "replace"), labels)
