"""The one error that people are meant to read, and what the machine itself refuses, said in such words."""

import errno
import re

REFUSALS = {
    errno.ENOSPC: ("the disk is full", "Make room on it"),
    errno.EDQUOT: ("your share of the disk is used up", "Make room in it"),
    errno.EFBIG: ("files may not be larger than a limit set for this session", "Raise the limit (`ulimit -f`)"),
    errno.EROFS: ("that place can only be read", "Move the project to where you may write, or make it writable"),
    errno.EACCES: ("that is not allowed to you", "Give yourself the right to read and write it"),
    errno.EPERM: ("that is not allowed to you", "Give yourself the right to read and write it"),
    errno.EMFILE: ("too many files are open", "Raise the limit (`ulimit -n`)"),
    errno.EEXIST: ("there is something of that name already", "Move it away"),
    errno.EISDIR: ("it is a folder, not a file", "Move it away"),
    errno.ENOTDIR: ("what should be a folder is a file", "Move it away"),
    errno.ENAMETOOLONG: ("that name is too long", "Choose a shorter one"),
    errno.ELOOP: ("it is a link that leads back to itself", "Remove it"),
    errno.EBUSY: ("another program uses it", "Close that program"),
    errno.EIO: ("the disk gives an error", "Check the disk, and that it is still connected"),
    errno.ESTALE: ("the network folder is gone", "Connect it again"),
}
# Libraries written in Rust say the system's number in their message alone.
_RUST = re.compile(r"\(os error (\d+)\)")


class CounterpointError(ValueError):
    """Something the user can mend: the message says what, where and what to do, and is shown without a traceback."""


def refused(error: BaseException, *, doing: str) -> CounterpointError | None:
    """Say in a sentence what the machine refused (a full disk, a read-only folder); None where the fault is another.

    `doing`: what could not be done, where the error names no file. Errors that libraries raise over the system's own
    are looked through.
    """
    at: BaseException | None = error
    while at is not None:
        if isinstance(at, MemoryError):
            return CounterpointError(f"{doing} failed: there is not enough memory. Close other programs and try again.")
        number = at.errno if isinstance(at, OSError) else _number(str(at))
        if number in REFUSALS:
            why, remedy = REFUSALS[number]
            what = f"{at.filename} cannot be used" if isinstance(at, OSError) and at.filename else f"{doing} failed"
            return CounterpointError(f"{what}: {why}. {remedy} and try again; nothing that was finished is lost.")
        at = at.__cause__ or at.__context__
    return None


def _number(message: str) -> int | None:
    found = _RUST.search(message)
    return int(found[1]) if found else None
