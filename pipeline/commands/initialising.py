"""`counterpoint init`: lay out a project, in which studies are made and run with the installed program."""

import shutil
import subprocess
from pathlib import Path

from pipeline.core import atomic_files, launcher, project_files
from pipeline.core.errors import CounterpointError

README = """\
# {name}

Interview studies, analysed with Counterpoint.

    counterpoint new data/my-study     a folder with commented templates; then put the transcripts in its transcripts/
    counterpoint check                 lists every problem of the study at once
    counterpoint run --open            runs what is new or has changed, and opens the report
    counterpoint notebooks             runs the program's notebooks on the study, and writes each as a page

- `params.yaml`: every setting, and which study is run. `dvc.yaml`: the stages, what they read and what they write.
- `data/`: a folder for each study. `models/`: which language models may be used, and the themes that were fitted.
- `.counterpoint/`, `.dvc/`: how stages are started, and DVC's cache of results, which can be deleted at any time.

What people said stays out of Git: each study's folder has a .gitignore that says so.
"""
DATA = """\
A folder for each study: `counterpoint new data/my-study` makes one.
"""


class InitError(CounterpointError):
    """A project cannot be laid out in the folder that was named."""


def files(name: str) -> dict[str, bytes]:
    """Every file of a new project by its path. `name`: what the project's folder is called."""
    base = project_files.root()
    content_of = {file: (base / file).read_bytes() for file in project_files.FILES}
    content_of["README.md"] = README.format(name=name).encode()
    content_of["data/README.md"] = DATA.encode()
    return content_of


def init(folder: Path) -> list[str]:
    """Lay out a project in a folder; return what to say. Raises InitError where anything would be written over."""
    _refuse(folder)
    project = folder.resolve()
    project_files_ = files(project.name)
    if existing := sorted(name for name in project_files_ if (folder / name).exists() or (folder / name).is_symlink()):
        raise InitError(f"{folder} already has {', '.join(existing)}, and nothing is overwritten. Name a new folder.")
    for name, content in project_files_.items():
        atomic_files.create(folder / name, content)
    (folder / launcher.FOLDER / "python").chmod(0o755)
    launcher.refresh(folder)
    messages = [f"made {folder}: params.yaml (settings), dvc.yaml (stages), data/ (your studies), README.md"]
    if _git(folder):
        messages.append("made a Git repository in it; what people said stays out of it")
    change_folder = "" if project == Path.cwd() else f"cd {_quoted(folder)}, then: "
    return [*messages, f"Now: {change_folder}counterpoint new data/my-study"]


def _refuse(folder: Path) -> None:
    """Raise InitError where a folder cannot become a project."""
    if folder.exists() and not folder.is_dir():
        raise InitError(f"{folder} is a file. Name a folder that does not exist yet.")
    real = folder.resolve()
    if outer := next((above for above in real.parents if (above / ".dvc").is_dir()), None):
        raise InitError(f"{folder} lies in another project, {outer}. Name a folder outside it.")


def _git(folder: Path) -> bool:
    """Make a Git repository of a folder where Git is installed and it lies in none; return whether one was made."""
    git = shutil.which("git")
    if git is None:
        return False
    if _succeeds(git, "rev-parse", "--is-inside-work-tree", folder=folder):
        return False
    return _succeeds(git, "init", "--quiet", folder=folder)


def _succeeds(git: str, *arguments: str, folder: Path) -> bool:
    """Whether a command of Git ends well in a folder."""
    return subprocess.run([git, *arguments], cwd=folder, capture_output=True, check=False).returncode == 0  # noqa: S603


def _quoted(folder: Path) -> str:
    """A folder as it is typed: in quotation marks where its name has a space."""
    return f'"{folder}"' if " " in str(folder) else str(folder)
