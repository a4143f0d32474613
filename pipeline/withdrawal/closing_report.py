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


def still_theirs(study: Path, begun: Journal, changed: Iterable[Change]) -> list[str]:
    """What is to be done about files that were changed after the withdrawal had begun, and hold something of theirs."""
    return [
        f"{study / change.path} was changed after the withdrawal had started and contains their data. "
        f"{'Remove their data' if change.after else 'Delete it'}, then run `counterpoint withdraw` again."
        for change in changed
        if table_rows.holds(study / change.path, begun.needles)
    ]


def lines(begun: Journal, search: Search, *, left_undone: Sequence[str] = ()) -> list[str]:
    """Everything there is to say at the end. `left_undone`: what could not be removed yet, in sentences."""
    sentences = [*left_undone]
    if left_undone:
        sentences.append(
            "The withdrawal is not finished. Fix the problems above, then run `counterpoint withdraw` to continue."
        )
    sentences += [*_found(search), *_closed(search), *_result(begun.needles, search), *_unnamed(begun.nobody)]
    return [
        *map(printable, sentences),
        "",
        "Out of reach of this command; remove by hand:",
        *map(printable, begun.beyond),
    ]


def printable(text: str) -> str:
    """A text that any terminal can show: of names that are no UTF-8, the bytes that are none are written out."""
    return os.fsencode(text).decode("utf-8", "backslashreplace") if _has_bytes(text) else text


def _has_bytes(text: str) -> bool:
    return any("\udc80" <= sign <= "\udcff" for sign in text)


def _found(search: Search) -> Iterator[str]:
    if search.found:
        yield "To check by hand; each of these contains their words, or a name that may be theirs:"
    for trace in search.found[:SHOWN]:
        place = f"{trace.path} ({trace.part})" if trace.part else trace.path
        yield f"  - {place}: {'; '.join(trace.found)}{_lines(trace.lines)}"
    yield from _more(trace.path for trace in search.found[SHOWN:])
    for name, places in sorted(search.small.items()):
        listed = ", ".join(places[:FEW]) + (f" and {len(places) - FEW} more" if len(places) > FEW else "")
        yield f"'{name}' in lower case, where it is usually another word, is in {_files(len(places))}: {listed}."
    if search.examples:
        yield (
            f"{_files(len(set(search.examples))).capitalize()} of the program itself ({_folders(search.examples)}) "
            "contain such a name as an example."
        )


def _closed(search: Search) -> Iterator[str]:
    if search.unsearched:
        yield "NOT SEARCHED; check these by hand:"
    for unsearched in search.unsearched[:SHOWN]:
        place = f"{unsearched.path} ({unsearched.part})" if unsearched.part else unsearched.path
        yield f"  - {place}: {unsearched.why}"
    yield from _more(unsearched.path for unsearched in search.unsearched[SHOWN:])


def _result(needles: Needles, search: Search) -> Iterator[str]:
    names = ", ".join(name.text for name in needles.names if name.how != "part")
    subject_words = f"{LOOKED_FOR}, and their names ({names}), " if names else f"{LOOKED_FOR} "
    exception = f" except the programs installed in {', '.join(search.installed)}" if search.installed else ""
    if search.nothing_left and not needles.left_out:
        searched = f"{subject_words}were searched for in every file of the project{exception}"
        yield f"{searched}, and not found ({_files(search.clean)})."
    else:
        other = " other" if search.found or search.unsearched or search.small else ""
        count = f"{search.clean}{other} file{'' if search.clean == 1 else 's'}"
        verb = "was" if search.clean == 1 else "were"
        place = "it" if search.clean == 1 else "them"
        yield f"{count} {verb} searched{exception}; nothing of theirs was found in {place}."
    for name in needles.left_out:
        yield f"'{name}' is too short to search for. Check by hand where it may occur."


def _lines(numbers: Sequence[int]) -> str:
    if not numbers:
        return ""
    listed = ", ".join(map(str, numbers[:FEW])) + (" and others" if len(numbers) > FEW else "")
    return f" ({'line' if len(numbers) == 1 else 'lines'} {listed})"


def _more(paths: Iterable[str]) -> Iterator[str]:
    for folder, paths_in_folder in groupby(sorted(path.rpartition("/")[0] for path in paths)):
        yield f"  - and {len(list(paths_in_folder))} more in {folder or 'the project folder'}"


def _files(count: int) -> str:
    return f"{count} file" if count == 1 else f"{count} files"


def _folders(paths: Iterable[str]) -> str:
    return ", ".join(sorted({path.split("/")[0] for path in paths}))


def _unnamed(documents: Iterable[str]) -> list[str]:
    return [
        f"transcripts/{document} has text without a speaker. Read it: some may be theirs." for document in documents
    ]
