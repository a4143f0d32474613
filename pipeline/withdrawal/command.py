"""`counterpoint withdraw`: removes a participant or document, re-runs, and reports what is left or out of reach.

A journal is written first, so that a command interrupted at any point continues when it is run again.
"""

from collections.abc import Callable, Mapping
from enum import IntEnum
from pathlib import Path

from pipeline.core import atomic_files, edited_outputs, study_lock
from pipeline.core.errors import CounterpointError, refused
from pipeline.core.names import key
from pipeline.core.params import Params
from pipeline.core.study_paths import BESIDE_PAGE, Places
from pipeline.core.withdrawal_state import UnfinishedError
from pipeline.withdrawal import closing_report, journal, ledger_entries, purge, search, table_rows
from pipeline.withdrawal import plan as withdrawal
from pipeline.withdrawal.journal import Journal
from pipeline.withdrawal.subject import WithdrawError

# Files that people edit in other programs, among those that are made for them.
EDITABLE = ("xlsx", "docx", "sqlite3")

Say = Callable[[str], None]
Agreed = Callable[[list[str]], bool]


class Outcome(IntEnum):
    """How a withdrawal ended; the number is the command's exit status.

    DONE: nothing of theirs is left in the project. UNFINISHED: something could not be removed yet, and the command is
    to be run again. LOOK: everything was removed that can be; what still holds something, or could not be looked into,
    is listed.
    """

    DONE = 0
    UNFINISHED = 1
    LOOK = 3


def withdraw(
    params: Params, *, case: str = "", document: str = "", agreed: Agreed, say: Say, root: Path = Path()
) -> Outcome:
    """Withdraw a participant or a document from the study of params, or go on with what was begun; say how it ended.

    `agreed` is shown what will be done and says whether to do it; nothing is written before. `say` is given every line.
    What was made is thrown away before the pipeline runs again, so that nothing of it is left if that run fails.
    """
    requested = {"case": case, "document": document}
    begun = journal.read(params.folder)
    if begun is None:
        journal.clear(params.folder)
        begun = _begin(params, requested, agreed, root)
    else:
        _same(begun, requested)
        say(f"Continuing the withdrawal of {begun.subject} from {params.folder}.")
    failed = [] if begun.emptied else _remove(params, begun, root, say)
    if not failed:
        _rerun(params, root, say)
    findings = search.search(root, begun.needles, params.places)
    for line in closing_report.lines(begun, findings, left_undone=failed):
        say(line)
    if failed:
        return Outcome.UNFINISHED
    with study_lock.locked(params.folder):
        journal.clear(params.folder)
    return Outcome.DONE if findings.nothing_left and not begun.needles.left_out else Outcome.LOOK


def _begin(params: Params, requested: Mapping[str, str], agreed: Agreed, root: Path) -> Journal:
    """Work out what is to be done, ask, and write it down; a decision taken meanwhile is worked in, not lost."""
    before = _state(params.places)
    plan = withdrawal.plan(params, case=requested["case"], document=requested["document"])
    purge.idle(params.folder)
    announced = [f"To withdraw {plan.subject} from {params.folder}:", *(f"  - {line}" for line in plan.lines)]
    announced.append("  - delete all results of the study, also in DVC's cache, and run the pipeline again")
    if not agreed(announced):
        raise CounterpointError("Nothing was changed.")
    with study_lock.locked(params.folder):
        purge.idle(params.folder)
        if _state(params.places) != before:
            plan = _again(params, requested, plan)
        raw = [*plan.deleted, *(path for path in plan.written if path not in plan.ledgers)]
        new_journal, contents = withdrawal.journal(plan, words=requested, beyond=purge.beyond(root, raw))
        journal.begin(params.folder, new_journal, contents)
    return new_journal


def _state(places: Places) -> dict[Path, str]:
    """A fingerprint of every file that people gave or wrote."""
    folders = (places.transcripts, places.human_codes, places.imported, places.sheets)
    ledgers = (
        *(places.decisions, places.passages_read, places.interpretations, places.summaries, places.guide),
        places.notes_before_themes,
    )
    files = [path for folder in folders for path in sorted(folder.rglob("*"))]
    people_files = [*files, places.participants, places.codebook, *ledgers]
    return {path: journal.fingerprint(path) for path in people_files if not path.is_dir()}


def _again(params: Params, requested: Mapping[str, str], plan: withdrawal.Plan) -> withdrawal.Plan:
    """Work it out anew, as the study changed while it was asked; raise WithdrawError where other files would go."""
    new_plan = withdrawal.plan(params, case=requested["case"], document=requested["document"])
    if sorted(new_plan.deleted) != sorted(plan.deleted) or new_plan.who != plan.who:
        raise WithdrawError(
            "The study changed before you confirmed, and other files would be removed now. Nothing was changed. Run "
            "this command again and review the new list."
        )
    return new_plan


def _same(begun: Journal, requested: Mapping[str, str]) -> None:
    """Raise UnfinishedError where another withdrawal is asked for than the one that was begun."""
    given = {name: value for name, value in requested.items() if value}
    if any(key(value) != key(begun.words.get(name, "")) for name, value in given.items()):
        raise UnfinishedError(
            f"The withdrawal of {begun.subject} is not finished. Finish it first with `counterpoint withdraw`."
        )


def _remove(params: Params, begun: Journal, root: Path, say: Say) -> list[str]:
    """Change the files and throw away what was made; return what could not be done yet, in sentences.

    Each step is tried, whatever became of the one before: the less is left, the better.
    """
    with study_lock.locked(params.folder):
        failed = []
        for step in (_files, _ledgers, _made):
            try:
                failed += step(params, begun, root, say)
            except CounterpointError as error:
                failed += str(error).splitlines()
            except OSError as error:
                failed.append(str(refused(error, doing="The withdrawal") or error))
        if not failed:
            journal.emptied(params.folder)
        return failed


def _files(params: Params, begun: Journal, root: Path, say: Say) -> list[str]:
    changed, refusals = journal.change_files(params.folder, begun)
    problems = [str(refused(error, doing="The withdrawal") or error) for error in refusals]
    return [*problems, *closing_report.still_theirs(params.folder, begun, changed)]


def _ledgers(params: Params, begun: Journal, root: Path, say: Say) -> list[str]:
    """What people decided and wrote, worked out as it is now."""
    changed, _ = ledger_entries.changes(params.folder, ids=begun.ids, needles=begun.needles)
    for path, data in changed.items():
        atomic_files.write(path, data)
    return []


def _made(params: Params, begun: Journal, root: Path, say: Say) -> list[str]:
    """Throw away what was made; what people wrote in it is kept, and looked through with all the rest."""
    places = params.places
    exported = [
        path for folder in (places.export, places.paper) for ending in EDITABLE for path in folder.glob(f"*.{ending}")
    ]
    for edited in edited_outputs.keep(places, [*(places.report / name for name in BESIDE_PAGE), *exported]):
        theirs = table_rows.holds(edited.copy, begun.needles)
        say(
            f"{edited.file} was edited; your edited version is kept in {edited.copy}."
            + (" It still contains their words or name: import what you need, then delete it." if theirs else "")
        )
    for line in purge.purge(root, params.folder):
        say(line)
    return []


def _rerun(params: Params, root: Path, say: Say) -> None:
    if not any(params.places.transcripts.rglob("*.*")):
        say("There are no transcripts left, so the pipeline was not run.")
    elif not (root / ".dvc").is_dir():
        say("This folder has no DVC repository, so the pipeline was not run again.")
    elif purge.rerun(root) != 0:
        say(
            "The pipeline stopped with an error. The data have been withdrawn; fix the error, then run `counterpoint "
            "run`."
        )
