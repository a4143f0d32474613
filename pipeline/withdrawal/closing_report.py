"""The closing report of a withdrawal: what was found, what could not be searched, and what is out of reach."""

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from pipeline.withdrawal import table_rows
from pipeline.withdrawal.journal import Change, Journal
from pipeline.withdrawal.search import Search
from pipeline.withdrawal.search_terms import Needles

# At most this many places are listed; the others are counted by folder.
SHOWN = 200
FEW = 10
LOOKED_FOR = "Their sentences of five or more words"


def still_theirs(study: Path, held: Journal, changed: Iterable[Change]) -> list[str]:
    """What is to be done about files that were changed after the withdrawal had begun, and hold something of theirs."""
    return [
        f"{study / change.path} was changed after the withdrawal had started and contains their data. "
        f"{'Remove their data' if change.after else 'Delete it'}, then run `counterpoint withdraw` again."
        for change in changed
        if table_rows.holds(study / change.path, held.needles)
    ]


def lines(held: Journal, found: Search, *, left_undone: Sequence[str] = ()) -> list[str]:
    """Everything there is to say at the end. `left_undone`: what could not be removed yet, in sentences."""
    said = [*left_undone]
    if left_undone:
        said.append(
            "The withdrawal is not finished. Fix the problems above, then run `counterpoint withdraw` to continue."
        )
    said += [*_found(found), *_closed(found), *_result(held.needles, found), *_unnamed(held.nobody)]
    return [*map(printable, said), "", "Out of reach of this command; remove by hand:", *map(printable, held.beyond)]


def printable(text: str) -> str:
    """A text that any terminal can show: of names that are no UTF-8, the bytes that are none are written out."""
    return os.fsencode(text).decode("utf-8", "backslashreplace") if _has_bytes(text) else text


def _has_bytes(text: str) -> bool:
    return any("\udc80" <= sign <= "\udcff" for sign in text)


def _found(found: Search) -> Iterator[str]:
    if found.found:
        yield "To check by hand; each of these contains their words, or a name that may be theirs:"
    for trace in found.found[:SHOWN]:
        place = f"{trace.path} ({trace.part})" if trace.part else trace.path
        yield f"  - {place}: {'; '.join(trace.found)}"
    yield from _more(trace.path for trace in found.found[SHOWN:])
    for name, places in sorted(found.small.items()):
        listed = ", ".join(places[:FEW]) + (f" and {len(places) - FEW} more" if len(places) > FEW else "")
        yield f"'{name}' in lower case, where it is usually another word, is in {_files(len(places))}: {listed}."
    if found.examples:
        yield (
            f"{_files(len(set(found.examples))).capitalize()} of the program itself ({_folders(found.examples)}) "
            "contain such a name as an example."
        )


def _closed(found: Search) -> Iterator[str]:
    if found.unsearched:
        yield "NOT SEARCHED; check these by hand:"
    for one in found.unsearched[:SHOWN]:
        place = f"{one.path} ({one.part})" if one.part else one.path
        yield f"  - {place}: {one.why}"
    yield from _more(one.path for one in found.unsearched[SHOWN:])


def _result(wanted: Needles, found: Search) -> Iterator[str]:
    names = ", ".join(name.text for name in wanted.names if name.how != "part")
    what = f"{LOOKED_FOR}, and their names ({names}), " if names else f"{LOOKED_FOR} "
    but = f" except the programs installed in {', '.join(found.installed)}" if found.installed else ""
    if found.nothing_left and not wanted.left_out:
        yield f"{what}were searched for in every file of the project{but}, and not found ({_files(found.clean)})."
    else:
        yield f"{_files(found.clean).capitalize()} were searched{but}; nothing of theirs was found in them."
    for name in wanted.left_out:
        yield f"'{name}' is too short to search for. Check by hand where it may occur."


def _more(paths: Iterable[str]) -> Iterator[str]:
    for folder, held in groupby(sorted(path.rpartition("/")[0] for path in paths)):
        yield f"  - and {len(list(held))} more in {folder or 'the project folder'}"


def _files(count: int) -> str:
    return f"{count} file" if count == 1 else f"{count} files"


def _folders(paths: Iterable[str]) -> str:
    return ", ".join(sorted({path.split("/")[0] for path in paths}))


def _unnamed(documents: Iterable[str]) -> list[str]:
    return [
        f"transcripts/{document} has text without a speaker. Read it: some may be theirs." for document in documents
    ]
