"""A copy of the project in another folder, for a study of its own."""

import shutil
from pathlib import Path

import yaml

from pipeline.core import launcher

ROOT = Path(__file__).parent.parent


def project(root: Path, *, study: str) -> None:
    """Copy what a run needs, with the settings of params.yaml but for the study: its folder below the root."""
    (root / "models").mkdir(parents=True)
    shutil.copytree(ROOT / "pipeline", root / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "models" / "models.yaml", root / "models")
    for name in ("dvc.yaml", ".dvcignore", *launcher.FILES):
        (root / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    settings = yaml.safe_load((ROOT / "params.yaml").read_text())
    (root / "params.yaml").write_text(yaml.safe_dump({**settings, "study": study}))
