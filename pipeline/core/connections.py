"""Notes whether a stage connects to another machine, by Python's audit events, in its process and its workers.

Connections of a machine with itself do not count: workers use them. What is noted is only whether, not to whom: that is
a setting (themes.labeller, embed.network, engine).
"""

import ipaddress
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

# Names the file that is made at the first connection; worker processes inherit it.
MARKER = "COUNTERPOINT_CONNECTED"
_EVENTS = ("socket.connect", "socket.sendto", "socket.sendmsg")
_watching: list[bool] = []


def begin(marker: Path) -> None:
    """Watch from now on; `marker`: a file that does not exist, to be made at the first connection."""
    marker.unlink(missing_ok=True)
    os.environ[MARKER] = str(marker.resolve())
    watch()


def watch() -> None:
    """Watch in this process, such as a worker's; to call it again changes nothing."""
    if not _watching and MARKER in os.environ:
        _watching.append(True)  # an audit hook cannot be taken away: one in a process is enough
        sys.addaudithook(_note)


def end() -> bool:
    """Stop noting; return whether there was a connection, or an attempt at one, to another machine."""
    marker = Path(os.environ.pop(MARKER, ""))
    made = marker.is_file()
    if made:
        marker.unlink(missing_ok=True)
    return made


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _EVENTS and MARKER in os.environ and any(map(_is_elsewhere, arguments[1:])):
        with suppress(OSError):
            Path(os.environ[MARKER]).touch()


def _is_elsewhere(address: object) -> bool:
    """Whether an address is on another machine; the addresses of files (AF_UNIX) are not."""
    if not isinstance(address, tuple) or not address or not isinstance(address[0], str):
        return False
    host = address[0].partition("%")[0]
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name
        return host not in ("", "localhost")
