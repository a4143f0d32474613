"""What a withdrawal says at its end: what was found, what could not be looked into, and what is out of reach."""

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from pipeline.withdrawal import table_rows
from pipeline.withdrawal.journal import Change, Journal
from pipeline.withdrawal.search import Search
from pipeline.withdrawal.search_terms import Needles

# So many places are listed; of more, how many lie in which folder.
SHOWN = 200
FEW = 10
LOOKED_FOR = "Sentences of theirs of five words and more"


def still_theirs(study: Path, held: Journal, changed: Iterable[Change]) -> list[str]:
    """What is to be done about files that were changed after the withdrawal had begun, and hold something of theirs."""
    return [
        f"{study / change.path} was changed after the withdrawal had begun, and holds something of theirs. "
        f"{'Take it out of it' if change.after else 'Remove it'}, and run `counterpoint withdraw` again."
        for change in changed
        if table_rows.holds(study / change.path, held.needles)
    ]


def lines(held: Journal, found: Search, *, left_undone: Sequence[str] = ()) -> list[str]:
    """Everything there is to say at the end. `left_undone`: what could not be removed yet, in sentences."""
    said = [*left_undone]
    if left_undone:
        said.append("So the withdrawal is not finished. Mend that, and run `counterpoint withdraw`, which goes on.")
    said += [*_found(found), *_closed(found), *_result(held.needles, found), *_unnamed(held.nobody)]
    return [*map(printable, said), "", "Out of reach of this command:", *map(printable, held.beyond)]


def printable(text: str) -> str:
    """A text that any terminal can show: of names that are no UTF-8, the bytes that are none are written out."""
    return os.fsencode(text).decode("utf-8", "backslashreplace") if _has_bytes(text) else text


def _has_bytes(text: str) -> bool:
    return any("\udc80" <= sign <= "\udcff" for sign in text)


def _found(found: Search) -> Iterator[str]:
    if found.found:
        yield "Still to be looked at by you; each of these holds their words, or a name that may be theirs:"
    for trace in found.found[:SHOWN]:
        place = f"{trace.path} ({trace.part})" if trace.part else trace.path
        yield f"  - {place}: {'; '.join(trace.found)}"
    yield from _more(trace.path for trace in found.found[SHOWN:])
    for name, places in sorted(found.small.items()):
        listed = ", ".join(places[:FEW]) + (f" and {len(places) - FEW} more" if len(places) > FEW else "")
        yield f"'{name}' in small letters, where it is mostly another word, is in {_files(len(places))}: {listed}."
    if found.examples:
        yield (
            f"{_files(len(set(found.examples))).capitalize()} of the program itself ({_folders(found.examples)}) hold "
            "such a name, as an example."
        )


def _closed(found: Search) -> Iterator[str]:
    if found.unsearched:
        yield "NOT SEARCHED, so that nobody knows what is in it; look yourself:"
    for one in found.unsearched[:SHOWN]:
        place = f"{one.path} ({one.part})" if one.part else one.path
        yield f"  - {place}: {one.why}"
    yield from _more(one.path for one in found.unsearched[SHOWN:])


def _result(wanted: Needles, found: Search) -> Iterator[str]:
    names = ", ".join(name.text for name in wanted.names if name.how != "part")
    what = f"{LOOKED_FOR}, and what they are called ({names}), " if names else f"{LOOKED_FOR} "
    but = f" but the programs installed in {', '.join(found.installed)}" if found.installed else ""
    if found.nothing_left and not wanted.left_out:
        yield f"{what}were looked for in every file of the project{but}, and not found ({_files(found.clean)})."
    else:
        yield f"{_files(found.clean).capitalize()} were looked through{but}, and nothing of theirs was found in them."
    for name in wanted.left_out:
        yield f"'{name}' is too short to be looked for. Look for it yourself where it may stand."


def _more(paths: Iterable[str]) -> Iterator[str]:
    for folder, held in groupby(sorted(path.rpartition("/")[0] for path in paths)):
        yield f"  - and {len(list(held))} more in {folder or 'the project folder'}"


def _files(count: int) -> str:
    return f"{count} file" if count == 1 else f"{count} files"


def _folders(paths: Iterable[str]) -> str:
    return ", ".join(sorted({path.split("/")[0] for path in paths}))


def _unnamed(documents: Iterable[str]) -> list[str]:
    return [
        f"transcripts/{document} has words that nobody is named for. Read them: some may be theirs."
        for document in documents
    ]
