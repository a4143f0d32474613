"""Carry into the package what a new project is laid out with; everything else of the build is in pyproject.toml.

These files have their place in the root of a clone. A wheel has a copy of each in pipeline/project/; an editable
installation reads the clone's own.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

PROJECT = (
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


class BuildWithProject(build_py):
    """Copy the packages, then the files of a project."""

    def run(self) -> None:
        """Build as setuptools does, and add the files of a project below pipeline/project/."""
        super().run()
        if self.editable_mode:
            return
        more = [*Path("data/codebooks").glob("*.yaml"), *Path("notebooks").glob("*.ipynb")]
        for file in [*PROJECT, *sorted(place.as_posix() for place in more)]:
            place = Path(self.build_lib) / "pipeline" / "project" / file
            self.mkpath(str(place.parent))
            self.copy_file(file, str(place))


setup(cmdclass={"build_py": BuildWithProject})
