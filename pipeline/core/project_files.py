"""What a project is made of besides its studies, and where this installation has it."""

from pathlib import Path

import pipeline

# The files of a new project, as `counterpoint init` lays them out: the same in a clone and in the package.
FILES = (
    "dvc.yaml",
    "params.yaml",
    ".dvcignore",
    ".gitignore",
    ".gitattributes",
    ".dvc/config",
    ".dvc/.gitignore",
    ".counterpoint/python",
    ".counterpoint/python.cmd",
    "models/models.yaml",
)
CODEBOOKS = "data/codebooks"
NOTEBOOKS = "notebooks"


def package() -> Path:
    """The folder of the package itself, pipeline/."""
    return Path(str(pipeline.__file__)).resolve().parent


def root() -> Path:
    """The folder that holds the files of a project: in a wheel's installation pipeline/project/, else the clone."""
    carried = package() / "project"
    return carried if carried.is_dir() else package().parent


def is_clone(project: Path) -> bool:
    """Whether a project holds the program itself, so that DVC sees its modules."""
    return (project / "pipeline" / "ingest.py").is_file()


def hidden_by(project: Path = Path()) -> str:
    """What of a project hides the program from notebooks and `python -m` in it, such as pipeline.py; '' for nothing."""
    if (project / "pipeline.py").is_file():
        return "pipeline.py"
    return "pipeline/" if (project / "pipeline").is_dir() and not is_clone(project) else ""


def notebooks(project: Path = Path()) -> list[Path]:
    """The notebooks of a project; where it has none, as outside a clone, those of the installation."""
    return sorted((project / NOTEBOOKS).glob("*.ipynb")) or sorted((root() / NOTEBOOKS).glob("*.ipynb"))


def codebooks(project: Path = Path()) -> dict[str, Path]:
    """The ready frameworks by name: those of the installation, and a project's own in data/codebooks/ before them."""
    found = [*sorted((root() / CODEBOOKS).glob("*.yaml")), *sorted((project / CODEBOOKS).glob("*.yaml"))]
    return dict(sorted({file.stem: file for file in found}.items()))
