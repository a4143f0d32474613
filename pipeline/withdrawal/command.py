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
from pipeline.withdrawal import closing_report, journal, ledger_entries, purge, search
from pipeline.withdrawal import plan as withdrawal
from pipeline.withdrawal.journal import Journal
from pipeline.withdrawal.subject import WithdrawError

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
    words = {"case": case, "document": document}
    held = journal.read(params.folder)
    if held is None:
        journal.clear(params.folder)
        held = _begin(params, words, agreed, root)
    else:
        _same(held, words)
        say(f"Continuing the withdrawal of {held.subject} from {params.folder}.")
    failed = [] if held.emptied else _remove(params, held, root, say)
    if not failed:
        _rerun(params, root, say)
    found = search.search(root, held.needles, params.places)
    for line in closing_report.lines(held, found, left_undone=failed):
        say(line)
    if failed:
        return Outcome.UNFINISHED
    with study_lock.locked(params.folder):
        journal.clear(params.folder)
    return Outcome.DONE if found.nothing_left and not held.needles.left_out else Outcome.LOOK


def _begin(params: Params, words: Mapping[str, str], agreed: Agreed, root: Path) -> Journal:
    """Work out what is to be done, ask, and write it down; a decision taken meanwhile is worked in, not lost."""
    before = _state(params.places)
    plan = withdrawal.plan(params, case=words["case"], document=words["document"])
    purge.idle(params.folder)
    announced = [f"To withdraw {plan.subject} from {params.folder}:", *(f"  - {line}" for line in plan.lines)]
    announced.append("  - delete all results of the study, also in DVC's cache, and run the pipeline again")
    if not agreed(announced):
        raise CounterpointError("Nothing was changed.")
    with study_lock.locked(params.folder):
        purge.idle(params.folder)
        if _state(params.places) != before:
            plan = _again(params, words, plan)
        raw = [*plan.deleted, *(path for path in plan.written if path not in plan.ledgers)]
        held, contents = withdrawal.journal(plan, words=words, beyond=purge.beyond(root, raw))
        journal.begin(params.folder, held, contents)
    return held


def _state(places: Places) -> dict[Path, str]:
    """A fingerprint of every file that people gave or wrote."""
    folders = (places.transcripts, places.human_codes, places.sheets)
    ledgers = (places.decisions, places.reading, places.readings, places.summaries)
    files = [path for folder in folders for path in sorted(folder.rglob("*"))]
    held = [*files, places.participants, places.codebook, *ledgers]
    return {path: journal.fingerprint(path) for path in held if not path.is_dir()}


def _again(params: Params, words: Mapping[str, str], plan: withdrawal.Plan) -> withdrawal.Plan:
    """Work it out anew, as the study changed while it was asked; raise WithdrawError where other files would go."""
    now = withdrawal.plan(params, case=words["case"], document=words["document"])
    if sorted(now.deleted) != sorted(plan.deleted) or now.who != plan.who:
        raise WithdrawError(
            "The study changed before you confirmed, and other files would be removed now. Nothing was changed. Run "
            "this command again and review the new list."
        )
    return now


def _same(held: Journal, words: Mapping[str, str]) -> None:
    """Raise UnfinishedError where another withdrawal is asked for than the one that was begun."""
    asked = {name: said for name, said in words.items() if said}
    if any(key(said) != key(held.words.get(name, "")) for name, said in asked.items()):
        raise UnfinishedError(
            f"The withdrawal of {held.subject} is not finished. Finish it first with `counterpoint withdraw`."
        )


def _remove(params: Params, held: Journal, root: Path, say: Say) -> list[str]:
    """Change the files and throw away what was made; return what could not be done yet, in sentences.

    Each step is tried, whatever became of the one before: the less is left, the better.
    """
    with study_lock.locked(params.folder):
        failed = []
        for step in (_files, _ledgers, _made):
            try:
                failed += step(params, held, root, say)
            except CounterpointError as error:
                failed += str(error).splitlines()
            except OSError as error:
                failed.append(str(refused(error, doing="The withdrawal") or error))
        if not failed:
            journal.emptied(params.folder)
        return failed


def _files(params: Params, held: Journal, root: Path, say: Say) -> list[str]:
    changed, refusals = journal.change_files(params.folder, held)
    said = [str(refused(error, doing="The withdrawal") or error) for error in refusals]
    return [*said, *closing_report.still_theirs(params.folder, held, changed)]


def _ledgers(params: Params, held: Journal, root: Path, say: Say) -> list[str]:
    """What people decided and wrote, worked out as it is now."""
    changed, _ = ledger_entries.changes(params.folder, ids=held.ids, needles=held.needles)
    for path, data in changed.items():
        atomic_files.write(path, data)
    return []


def _made(params: Params, held: Journal, root: Path, say: Say) -> list[str]:
    """Throw away what was made; what people wrote in it is kept, and looked through with all the rest."""
    places = params.places
    exported = [path for ending in ("xlsx", "docx") for path in places.export.glob(f"*.{ending}")]
    for kept in edited_outputs.keep(places, [*(places.report / name for name in BESIDE_PAGE), *exported]):
        say(
            f"{kept.file} was edited; your edited version is kept in {kept.copy}. If it contains their words, import "
            "what you need (`counterpoint import`) and delete it."
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
