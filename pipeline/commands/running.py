"""`counterpoint run`: DVC's own run, in this process, with progress and without its advice on remote storage."""

import logging
import os
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.commands import progress, settings_file
from pipeline.core import edited_outputs, launcher, project_files, study_folder, study_template, yaml_files
from pipeline.core import params as settings
from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import Places

# DVC ends every run with advice to push: no counsel for confidential interviews.
ADVICE = "dvc push"
NOTEBOOKS = ". To work in notebooks: python dev.py notebooks."
UNCHANGED = "Nothing has changed since the last run: everything is up to date."
# This stage lays out a study and looks what the program is made of; it runs whether or not anything has changed.
ALWAYS = "study"
UP_TO_DATE = "Data and pipelines are up to date."


def run(options: Sequence[str], *, assigned: Sequence[str] = ()) -> int:
    """Run what is new or has changed in the study that params.yaml names; return DVC's exit status.

    `options` are those of `dvc repro`. `assigned`: settings such as `study=data/x`, written into params.yaml first.
    Raises CounterpointError, before anything is written, where the study cannot be one.
    """
    named = [
        value for key, _, value in (assignment.partition("=") for assignment in assigned) if key.strip() == "study"
    ]
    folder = study_folder.checked(named[-1], what="--set: study") if named else settings.load(current=True).folder
    study_template.exists(folder)
    if assigned:
        settings_file.assign(assigned)
    if note := launcher.pipeline_file():
        print(note)
    status = dvc(["repro", *options], study=folder)
    if status == 0:
        for line in edited_outputs.kept_messages(edited_outputs.deliver(Places(folder))):
            print(line)
    return status


def show(places: Places) -> None:
    """Open the report in the browser."""
    webbrowser.open(places.report_page.resolve().as_uri())


def results(places: Places) -> list[str]:
    """Where to look, a sentence each. Raises CounterpointError where there is no report yet."""
    if not places.report_page.exists():
        raise CounterpointError(f"{places.report_page} is not there yet: run `counterpoint run`, which makes it.")
    lines = [
        f"The report: {places.report_page} (open it in a browser; it needs no network).",
        f"The framework matrix, to read and to write in: {places.workbook}",
        f"The tables: {places.processed}" + (NOTEBOOKS if project_files.is_clone(places.root) else ""),
    ]
    if places.edited.is_dir() and (edited_names := sorted(place.name for place in places.edited.iterdir())):
        lines.append(
            f"Kept in {places.edited}, as somebody changed it: {', '.join(edited_names)}. Take over a workbook with "
            "`counterpoint import FILE --who NAME`; delete what you need no longer."
        )
    return lines


def dvc(arguments: Sequence[str], *, study: Path) -> int:
    """A command of DVC's in this process, its stages with this Python; return its exit status."""
    from dvc.cli import main as command  # type: ignore[import-untyped]
    from dvc.ui import ui  # type: ignore[import-untyped]

    written = ui.write
    shown_progress = progress.Progress(_stages(), progress.load(study), lambda line: print(line, flush=True))

    def without_advice(*objects: Any, **options: Any) -> None:
        text = " ".join(map(str, objects))
        if text == UP_TO_DATE:
            print(UNCHANGED)
        elif ADVICE not in text:
            written(*objects, **options)

    os.environ["COUNTERPOINT_PYTHON"] = sys.executable
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    handlers = logging.getLogger("dvc").handlers
    ui.write = without_advice
    for handler in handlers:
        handler.addFilter(shown_progress)
    try:
        status = int(command(list(arguments)))
        if status and shown_progress.running:
            print(f"Stage {shown_progress.running} did not finish; its message is above.", file=sys.stderr)
        shown_progress.over(failed=status != 0)
        if status == 0 and shown_progress.named == [ALWAYS]:
            print(UNCHANGED)
        progress.note(study, shown_progress.took)
        return status
    finally:
        ui.write = written
        for handler in handlers:
            handler.removeFilter(shown_progress)


def _stages() -> list[str]:
    """The stages in the order of dvc.yaml; none where DVC will have to say what is wrong with it."""
    try:
        return list(yaml_files.read_yaml(Path("dvc.yaml")).value["stages"])
    except (OSError, yaml_files.YamlError, KeyError, TypeError):
        return []


if __name__ == "__main__":
    raise SystemExit(dvc(["repro", *sys.argv[1:]], study=settings.load().folder))
