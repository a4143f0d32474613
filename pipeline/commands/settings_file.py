"""Settings written into params.yaml for whoever gives them on the command line; comments stay."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from pipeline.core import atomic_files
from pipeline.core import params as settings
from pipeline.core.errors import CounterpointError
from pipeline.core.params import ParamsError
from pipeline.core.study_paths import Places

PARAMS = Path("params.yaml")


def assign(assignments: Sequence[str], *, path: Path = PARAMS) -> None:
    """Write settings such as `study=data/x` or `themes.context=2` into params.yaml, all or none.

    Raises CounterpointError where one of them is none of the settings, or has a value it cannot have.
    """
    yaml = _yaml()
    tree: Any = yaml.load(path.read_text(encoding="utf-8"))
    for assignment in assignments:
        key, equals_sign, value = assignment.partition("=")
        names = [name.strip() for name in key.split(".")]
        if not equals_sign or not all(names):
            raise CounterpointError(f"--set {assignment}: write it as KEY=VALUE, such as study=data/my-study.")
        section = tree
        for name in names[:-1]:
            section = section.get(name) if isinstance(section, dict) else None
        if not isinstance(section, dict):
            raise CounterpointError(f"--set {assignment}: params.yaml has no section '{'.'.join(names[:-1])}'.")
        parsed = yaml.load(value) if value.strip() else ""
        section[names[-1]] = str(parsed) if isinstance(parsed, str) else parsed  # the file's own way to write texts
    text = io.StringIO()
    yaml.dump(tree, text)
    _write(path, text.getvalue())


def name_first_study(folder: Path, *, path: Path = PARAMS) -> bool:
    """Name a study in params.yaml where the one it names is not there; return whether that was done."""
    try:
        named = settings.load(path).folder
    except ParamsError:
        return False
    if Places(path.parent / named).transcripts.exists():
        return False
    assign([f"study={json.dumps(folder.as_posix(), ensure_ascii=False)}"], path=path)
    return True


def names(folder: Path, *, path: Path = PARAMS) -> bool:
    """Return whether params.yaml names this study."""
    try:
        return settings.load(path).folder.resolve() == folder.resolve()
    except ParamsError:
        return False


def _write(path: Path, text: str) -> None:
    """Put a params file in the place of another, if its settings can be used."""
    with atomic_files.beside(path) as temporary:
        temporary.write_bytes(text.encode())
        try:
            settings.load(temporary, current=True)
        except ParamsError as error:
            raise ParamsError(str(error).replace(str(temporary), str(path))) from None


def _yaml() -> YAML:
    """A reader and writer of YAML that keeps comments, order, quotation marks and line breaks."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.representer.add_representer(
        type(None), lambda representer, _: representer.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    return yaml
