"""`counterpoint withdraw`: remove, throw away, run again, look for what is left, and say what is out of reach."""

from collections.abc import Callable
from pathlib import Path

from pipeline.commands import purge, traces, withdrawal
from pipeline.errors import CounterpointError
from pipeline.params import Params

SHOWN = 20


def withdraw(
    params: Params,
    *,
    case: str = "",
    document: str = "",
    agreed: Callable[[list[str]], bool],
    say: Callable[[str], None],
    root: Path = Path(),
) -> bool:
    """Withdraw a participant or a document from the study of params; return whether nothing of it was found afterwards.

    `agreed` is shown what will be done and says whether to do it; nothing is written before. `say` is given every line.
    What was made is thrown away before the pipeline runs again, so that nothing of it is left if that run fails.
    """
    plan = withdrawal.plan(params, case=case, document=document)
    purge.idle(params.folder)
    announced = [f"To withdraw {plan.subject} from {params.folder}:", *(f"  - {line}" for line in plan.lines)]
    announced.append("  - throw away all that was made of the study, in DVC's cache too, and run the pipeline again")
    if not agreed(announced):
        raise CounterpointError("Nothing was changed.")
    raw = [*plan.deleted, *(path for path in plan.written if "transcripts" in path.parts)]
    out_of_reach = purge.beyond(root, raw)
    withdrawal.carry_out(plan)
    for line in purge.purge(root, params.folder):
        say(line)
    _rerun(params, root, say)
    found = traces.search(root, plan.needles)
    for line in [*_left(found), *_unnamed(plan.nobody), "", "Out of reach of this command:", *out_of_reach]:
        say(line)
    return not found


def _rerun(params: Params, root: Path, say: Callable[[str], None]) -> None:
    if not any((params.places.transcripts).rglob("*.*")):
        say("No transcript is left, so there was nothing to run.")
    elif not (root / ".dvc").is_dir():
        say("DVC is not set up here, so the pipeline was not run again.")
    elif purge.rerun(root) != 0:
        say("The pipeline stopped. What was withdrawn is gone all the same; mend what it says and run `dvc repro`.")


def _left(found: list[traces.Trace]) -> list[str]:
    """What still holds their words or name: never to be passed over in silence."""
    if not found:
        return ["Their sentences and their name were looked for in every file of the project, and not found."]
    lines = ["Still to be looked at by you; each of these holds their words, or a name that may be theirs:"]
    for trace in found[:SHOWN]:
        place = f"{trace.path} ({trace.part})" if trace.part else trace.path
        lines.append(f"  - {place}: {'a sentence' if trace.kind == 'sentence' else f'the name {trace.found}'}")
    if len(found) > SHOWN:
        lines.append(f"  - and {len(found) - SHOWN} more")
    return lines


def _unnamed(documents: list[str]) -> list[str]:
    return [
        f"transcripts/{document} has words that nobody is named for. Read them: some may be theirs."
        for document in documents
    ]
