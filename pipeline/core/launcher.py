"""The start of each stage: which Python the commands in dvc.yaml are run with.

dvc.yaml says `".counterpoint/python" -m pipeline.<stage>` on every computer, so that dvc.lock holds no machine's path
and nothing runs again because an environment was moved. `.counterpoint/python` (for Windows, `python.cmd`) looks for
the environment each time; the one in which a command of Counterpoint last ran is noted for it.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

from pipeline.core import atomic_files, project_files

FOLDER = Path(".counterpoint")
FILES = (FOLDER / "python", FOLDER / "python.cmd")
NOTE = FOLDER / "environment"


def refresh(project: Path = Path()) -> None:
    """Bring what starts the stages of a project up to date with the installation that runs this.

    Writes only what is out of date, and nothing where dvc.yaml does not start its stages so. What cannot be written is
    left: a project that can only be read cannot run stages either.
    """
    pipeline_file = project / "dvc.yaml"
    if not pipeline_file.is_file() or f"{FOLDER.as_posix()}/python" not in pipeline_file.read_bytes().decode(
        errors="replace"
    ):
        return
    with suppress(OSError):
        _launchers(project)
        _note(project)


def pipeline_file(project: Path = Path()) -> str:
    """Write dvc.yaml where it is missing from a project that `counterpoint init` made; return what to say of it, or ''.

    One that differs from this version's is left as it is. Raises OSError.
    """
    place = project / "dvc.yaml"
    if project_files.is_clone(project) or not (project / FILES[0]).is_file():
        return ""
    current = (project_files.root() / "dvc.yaml").read_bytes()
    if not place.exists():
        atomic_files.write(place, current)
        return "dvc.yaml was missing; the version for this release of Counterpoint was written."
    if place.read_bytes().replace(b"\r\n", b"\n") == current.replace(b"\r\n", b"\n"):
        return ""
    return (
        "Note: dvc.yaml differs from the one in the installed version of Counterpoint. Unless you changed it "
        "on purpose, delete it and run again; it is recreated, and only stages that changed are re-run."
    )


def noted(project: Path, *, prefix: str, executable: str) -> str:
    """What is to be noted of an environment: its Python, or nothing where that is the project's own .venv."""
    return "" if Path(prefix).absolute() == (project / ".venv").absolute() else f"{executable}\n"


def _launchers(project: Path) -> None:
    for name in FILES:
        place = project / name
        if not project_files.is_clone(project):
            _write(place, (project_files.root() / name).read_bytes())
        if os.name != "nt" and place.suffix == "" and place.is_file() and not os.access(place, os.X_OK):
            place.chmod(0o755)


def _note(project: Path) -> None:
    text = noted(project, prefix=sys.prefix, executable=sys.executable)
    if not text:
        (project / NOTE).unlink(missing_ok=True)
        return
    # cmd.exe reads it in the character set of the console.
    with suppress(UnicodeEncodeError):
        _write(project / NOTE, text.encode("oem" if os.name == "nt" else "utf-8"))


def _write(place: Path, content: str | bytes) -> None:
    data = content.encode() if isinstance(content, str) else content
    if not place.is_file() or place.read_bytes() != data:
        atomic_files.write(place, data)
