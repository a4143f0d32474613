"""A memo as stated in a file of another program, before its place is found in the study."""

import hashlib
from dataclasses import astuple, dataclass, replace


@dataclass(frozen=True)
class Memo:
    """A memo. `start`, `end` and `text`: of a passage, else None and ''; `title`: its own name, or of what it is about.

    `memo_id`: made of its content when it was imported; a memo that was edited afterwards keeps it.
    """

    memo_id: str = ""
    about: str = "journal"
    document: str = ""
    code: str = ""
    case: str = ""
    start: int | None = None
    end: int | None = None
    text: str = ""
    title: str = ""
    memo: str = ""
    author: str = ""
    date: str = ""

    def identified(self) -> "Memo":
        """Return the memo with an id made of its content."""
        content = "\x1f".join(str(cell) for cell in astuple(self)[1:])
        return replace(self, memo_id=hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:12])
