"""What a stage runs: the modules it reaches through imports, with their hashes, and the libraries with their versions.

The study stage writes this down for every stage, and DVC re-runs a stage where it changed: after an edit of a module,
and after an update of a library.
"""

import hashlib
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

PACKAGE = Path(__file__).parent.parent
ROOT_NAME = PACKAGE.name
IMPORTS = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<base>[\w.]+)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n]*)|import[ \t]+(?P<plain>[^\n]*))",
    re.MULTILINE,
)
# Distributions whose name is not that of what they are imported as.
DISTRIBUTIONS = {
    "docx": "python-docx",
    "scipy": "scipy",
    "sklearn": "scikit-learn",
    "sknetwork": "scikit-network",
    "yaml": "pyyaml",
}


def text(stage: str) -> str:
    """A line for every module and library of a stage, sorted: `pipeline/core/store.py <sha256>`, `numpy 2.3.5`."""
    reached = modules(stage)
    own = [f"{file.relative_to(PACKAGE.parent).as_posix()} {_sha256(file)}" for file in files(reached)]
    used = [f"{name} {version}" for name, version in sorted(libraries(reached).items())]
    python = f"python {sys.version_info.major}.{sys.version_info.minor}"
    return "\n".join([*own, python, *used]) + "\n"


def modules(stage: str) -> frozenset[str]:
    """Dotted names of the modules that a stage reaches through imports, however late, with their packages."""
    reached: set[str] = set()
    waiting = {f"{ROOT_NAME}.{stage}"}
    while waiting:
        module = waiting.pop()
        reached.add(module)
        above = {module.rpartition(".")[0]} if "." in module else set()
        waiting |= ({name for name in _imported(module) if _file(name)} | above) - reached
    return frozenset(reached)


def files(reached: frozenset[str]) -> list[Path]:
    """The files of modules, sorted: their source, and for a package what lies in it that is no module (templates)."""
    found = set()
    for module in reached:
        file = _file(module)
        if file is None:
            continue
        found.add(file)
        if file.name == "__init__.py":
            found |= {one for one in file.parent.iterdir() if one.is_file() and one.suffix not in {".py", ".pyc"}}
    return sorted(found)


def libraries(reached: frozenset[str]) -> dict[str, str]:
    """Versions of the distributions that modules import, and of everything these need, by normalised name."""
    roots = {name.partition(".")[0] for module in reached for name in _imported(module)} - {ROOT_NAME}
    waiting = {_normal(DISTRIBUTIONS.get(name, name)) for name in roots - sys.stdlib_module_names}
    versions: dict[str, str] = {}
    while waiting:
        name = waiting.pop()
        version = _version(name)
        if version:
            versions[name] = version
            waiting |= _needs(name) - set(versions)
    return versions


@cache
def _file(module: str) -> Path | None:
    """The file of one of our modules, or None where it is none."""
    if module.partition(".")[0] != ROOT_NAME:
        return None
    place = PACKAGE.parent.joinpath(*module.split("."))
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None)


@cache
def _imported(module: str) -> frozenset[str]:
    """Every dotted name that a module's source imports; names imported from a module stand as if they were modules."""
    file = _file(module)
    return frozenset(_names(file.read_text(encoding="utf-8"))) if file else frozenset()


def _names(source: str) -> Iterator[str]:
    for match in IMPORTS.finditer(source):
        if match["base"]:
            yield match["base"]
            yield from (f"{match['base']}.{name}" for name in _listed(match["names"]))
        else:
            yield from _listed(match["plain"])


def _listed(names: str) -> Iterator[str]:
    for part in re.sub(r"#[^\n]*", "", names).strip("() \n").split(","):
        name = part.split(" as ")[0].strip()
        if re.fullmatch(r"[\w.]+", name):
            yield name


@cache
def _sha256(file: Path) -> str:
    """The hash of a text, the same whether a checkout ends its lines with LF or CRLF."""
    return hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _version(name: str) -> str:
    """The version of a distribution, or empty where none of that name is installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


@cache
def _needs(name: str) -> frozenset[str]:
    """What a distribution needs on this machine, without its extras."""
    needed = set()
    for line in metadata.requires(name) or []:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:  # of an old distribution, which pip would not read either
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            needed.add(_normal(requirement.name))
    return frozenset(needed)
