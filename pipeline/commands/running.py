"""`counterpoint run`: DVC's own run, in this process, without its advice to send what it made somewhere else."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.core import edited_outputs, study_folder, study_template
from pipeline.core import params as settings
from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import Places

# DVC ends every run with advice to push: no counsel for confidential interviews.
ADVICE = "dvc push"


def run(options: Sequence[str], *, settings_for_once: Sequence[str] = ()) -> int:
    """Run what is new or has changed in the study that params.yaml names; return DVC's exit status.

    `options` are those of `dvc repro`. `settings_for_once`: such as `study=data/x`, written into params.yaml by
    `dvc exp run`. Raises CounterpointError, before DVC touches anything, where the study cannot be one.
    """
    named = [value for key, _, value in (one.partition("=") for one in settings_for_once) if key.strip() == "study"]
    folder = study_folder.checked(named[-1], what="--set: study") if named else settings.load(current=True).folder
    study_template.exists(folder)
    once = [word for one in settings_for_once for word in ("-S", one)]
    status = dvc([*(("exp", "run", *once) if once else ("repro",)), *options])
    if status == 0:
        for line in edited_outputs.kept_messages(edited_outputs.deliver(Places(folder))):
            print(line)
    return status


def results(places: Places) -> list[str]:
    """Where to look, a sentence each. Raises CounterpointError where there is no report yet."""
    if not places.report_page.exists():
        raise CounterpointError(f"{places.report_page} is not there yet: run `counterpoint run`, which makes it.")
    lines = [
        f"The report: {places.report_page} (open it in a browser; it needs no network).",
        f"The framework matrix, to read and to write in: {places.workbook}",
        f"The tables: {places.processed}. To work in notebooks: make notebooks.",
    ]
    if places.edited.is_dir() and (kept := sorted(place.name for place in places.edited.iterdir())):
        lines.append(
            f"Kept in {places.edited}, as somebody changed it: {', '.join(kept)}. Take over a workbook with "
            "`counterpoint import FILE --who NAME`; delete what you need no longer."
        )
    return lines


def dvc(words: Sequence[str]) -> int:
    """A command of DVC's in this process, with this Python first in the path; return its exit status."""
    from dvc.cli import main as command  # type: ignore[import-untyped]
    from dvc.ui import ui  # type: ignore[import-untyped]

    said = ui.write

    def without_advice(*objects: Any, **options: Any) -> None:
        if not any(ADVICE in str(one) for one in objects):
            said(*objects, **options)

    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    ui.write = without_advice
    try:
        return int(command(list(words)))
    finally:
        ui.write = said


if __name__ == "__main__":
    raise SystemExit(dvc(["repro", *sys.argv[1:]]))
