"""The one error that people are meant to read, and what the machine itself refuses, said in such words."""

import errno
import re

REFUSALS = {
    errno.ENOSPC: ("the disk is full", "Free some space"),
    errno.EDQUOT: ("your disk quota is used up", "Free some space"),
    errno.EFBIG: ("the file exceeds the size limit set for this session", "Raise the limit (`ulimit -f`)"),
    errno.EROFS: ("the file system is read-only", "Make it writable, or move the project to a writable folder"),
    errno.EACCES: ("permission denied", "Check the permissions of the file and its folder"),
    errno.EPERM: ("permission denied", "Check the permissions of the file and its folder"),
    errno.EMFILE: ("too many files are open", "Raise the limit (`ulimit -n`)"),
    errno.EEXIST: ("a file or folder with that name already exists", "Move it away"),
    errno.EISDIR: ("it is a folder, not a file", "Move it away"),
    errno.ENOTDIR: ("a file is in the place of a folder", "Move it away"),
    errno.ENAMETOOLONG: ("the name is too long", "Choose a shorter name"),
    errno.ELOOP: ("it is a link that points to itself", "Remove it"),
    errno.EBUSY: ("another program is using it", "Close that program"),
    errno.EIO: ("the disk reports an error", "Check the disk and its connection"),
    errno.ESTALE: ("the network folder is no longer available", "Reconnect it"),
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
            return CounterpointError(f"{what}: {why}. {remedy} and try again; completed work is kept.")
        at = at.__cause__ or at.__context__
    return None


def _number(message: str) -> int | None:
    found = _RUST.search(message)
    return int(found[1]) if found else None
