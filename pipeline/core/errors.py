"""The base class of errors shown to users, and messages for errors of the operating system."""

import errno
import re
import sys

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
# Windows gives the same error for a file open in another program, such as Excel, and for missing permissions.
_HELD_OPEN = (
    "it is open in another program, such as Excel, or permission is denied",
    "Close it there, or check the permissions of the file and its folder,",
)
# Libraries written in Rust give the system's error number only in their message.
_RUST = re.compile(r"\(os error (\d+)\)")


class CounterpointError(ValueError):
    """An error the user can fix, shown without a traceback: what is wrong, where, and what to do."""


def refused(error: BaseException, *, doing: str) -> CounterpointError | None:
    """Return an operating-system error (disk full, permission denied) as a message to users; None for other errors.

    `doing`: what failed, used if the error names no file. Exceptions that libraries raised from system errors are
    unwrapped; running out of memory is covered too.
    """
    at: BaseException | None = error
    while at is not None:
        if isinstance(at, MemoryError):
            return CounterpointError(f"{doing} failed: there is not enough memory. Close other programs and try again.")
        number = at.errno if isinstance(at, OSError) else _number(str(at))
        if number in REFUSALS:
            why, remedy = REFUSALS[number]
            if sys.platform == "win32" and number in (errno.EACCES, errno.EPERM):
                why, remedy = _HELD_OPEN
            what = f"{at.filename} cannot be used" if isinstance(at, OSError) and at.filename else f"{doing} failed"
            return CounterpointError(f"{what}: {why}. {remedy} and try again; completed work is kept.")
        at = at.__cause__ or at.__context__
    return None


def _number(message: str) -> int | None:
    found = _RUST.search(message)
    return int(found[1]) if found else None
