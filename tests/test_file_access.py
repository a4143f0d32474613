"""Every stage reads, writes and runs what the table of contracts says of it, and nothing else: traced while it works."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pytest
import test_surroundings

from pipeline.core import contracts, fingerprint, store
from pipeline.core.params import Params
from pipeline.core.study_paths import Places
from pipeline.corpus import memos, taken

# Settings that change how fast a stage works and where, and no byte of what it makes.
EVERYWHERE = {"study", "engine", "workers"}
# What a stage may use that DVC need not know: its own cache, locks, and what keeps the study out of Git.
PRIVATE = (".cache", ".people.lock", ".gitignore", ".withdrawal")

TRACER = r"""
import json, os, runpy, sys
from pathlib import Path

root, stage, log = Path.cwd().resolve(), sys.argv[1], open(sys.argv[2], "w", encoding="utf-8")
busy = False


def note(kind, value):
    global busy
    busy = True
    log.write(json.dumps([kind, str(value)]) + "\n")
    busy = False


def below(path):
    try:
        return Path(os.path.abspath(os.fsdecode(path))).relative_to(root).as_posix()
    except (TypeError, ValueError):
        return ""


def heard(event, given):
    if busy:
        return
    if event == "open" and not isinstance(given[0], int) and below(given[0]):
        mode, flags = given[1], given[2] or 0
        writes = any(sign in mode for sign in "wax+") if mode else flags & (os.O_WRONLY | os.O_RDWR)
        note("write" if writes else "read", below(given[0]))
    elif event in ("os.listdir", "os.scandir") and below(given[0] or "."):
        note("list", below(given[0] or "."))
    elif event == "os.rename" and below(given[1]):
        note("write", below(given[1]))


sys.addaudithook(heard)
from pipeline.core import params, store

there, whole, take = store._there, store._whole, params.Params.__getattribute__


def reads(study, table):
    note("table read", table)
    return there(study, table)


def writes(place, fill):
    note("write", below(place))
    return whole(place, fill)


def takes(self, name):
    if name in params.Params.model_fields and not sys._getframe(1).f_code.co_filename.endswith("params.py"):
        note("setting", name)
    return take(self, name)


store._there, store._whole, params.Params.__getattribute__ = reads, writes, takes
before = set(sys.modules)
try:
    runpy.run_module(f"pipeline.{stage}", run_name="__main__")
finally:
    for name in [name for name in sys.modules if name.startswith("pipeline") and name not in before]:
        note("module", name)
"""


@dataclass
class Trace:
    """What one stage did: paths below the project's root, tables, settings and modules, by name."""

    read: set[str]
    list: set[str]
    write: set[str]
    tables: set[str]
    settings: set[str]
    modules: set[str]


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Trace]:
    """The trace of each stage of a run on a small study, in a process each."""
    root = test_surroundings.project(tmp_path_factory.mktemp("traced"), engine="local")
    imported = Places(root / "data" / "small").imported
    imported.mkdir()
    for name, module in ((memos.NAME, memos), ("taken.csv", taken)):
        (imported / name).write_text(",".join(module.COLUMNS) + "\n", encoding="utf-8")
    made = {}
    for stage in contracts.STAGES:
        before = standing(root)
        log = root.parent / f"{stage.name}.log"
        words = [sys.executable, "-c", TRACER, stage.name, str(log)]
        done = subprocess.run(
            words, cwd=root, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(root)}
        )
        assert done.returncode == 0, done.stderr
        lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
        kinds = ("read", "list", "write", "table read", "setting", "module")
        made[stage.name] = Trace(*({name for kind, name in lines if kind == wanted} for wanted in kinds))
        # Whatever wrote it: another process, or a library in another language.
        made[stage.name].write |= {file for file, state in standing(root).items() if before.get(file) != state}
    return made


def standing(root: Path) -> dict[str, tuple[int, int]]:
    """The files of the study and its model, by path below the root, each with a state that writing changes."""
    found = [file for top in ("data", "models") for file in (root / top).rglob("*") if file.is_file()]
    return {file.relative_to(root).as_posix(): (file.stat().st_mtime_ns, file.stat().st_ino) for file in found}


def in_study(*paths: str) -> set[str]:
    """Paths of dvc.yaml as they lie in the small study."""
    return {path.replace(contracts.FOLDER, "data/small") for path in paths}


def undeclared_reads(stage: contracts.Stage, trace: Trace) -> set[str]:
    """What a stage read or listed of the project though its contract does not say so."""
    if stage is contracts.STUDY:  # it looks at every folder, to lay out what is missing
        return set()
    declared = in_study(
        *stage.dependencies, *stage.products, *(f"{contracts.FOLDER}/{name}" for name in stage.unknown_to_dvc)
    )
    seen = {path for path in trace.read | trace.list if path.startswith(("data/", "models/"))}
    tables = set(map(contracts.table_path, trace.tables))
    seen |= in_study(*tables)
    return {path for path in seen if not _known(path, declared) and not _private(path)}


def unread(stage: contracts.Stage, trace: Trace) -> set[str]:
    """What a contract says a stage depends on though it did not look at it: it would re-run for nothing."""
    seen = trace.read | trace.list | in_study(*map(contracts.table_path, trace.tables))
    program = in_study(f"{contracts.FOLDER}/{stage.program}")
    return {path for path in in_study(*stage.dependencies) - program if not _touched(path, seen)}


def undeclared_writes(stage: contracts.Stage, trace: Trace) -> set[str]:
    """What a stage wrote though its contract does not say so; temporary files beside a place belong to the place."""
    metrics = [f"{contracts.FOLDER}/{name}" for name in (*stage.metrics, *(name for name, _ in stage.plots))]
    declared = in_study(*stage.products, *metrics, *(f"{contracts.FOLDER}/{name}" for name in stage.unknown_to_dvc))
    kept = {path for path in trace.write if not Path(path).name.startswith(".") or not path.endswith(".new")}
    return {path for path in kept if path not in declared and not _private(path) and "__pycache__" not in path}


def unwritten(stage: contracts.Stage, trace: Trace) -> set[str]:
    """What a contract says a stage writes though it did not."""
    return in_study(*stage.products) - trace.write


def wrong_settings(stage: contracts.Stage, trace: Trace) -> set[str]:
    """Sections of params.yaml that a stage used unsaid, or that it never used though its contract says so."""
    page = set(Params.model_fields) if stage.name == "report" else set()  # which lists them all, in another process
    return ((trace.settings | page) - EVERYWHERE) ^ set(stage.settings)


def _known(path: str, declared: set[str]) -> bool:
    """Whether a path is declared, or lies in a declared folder or above one."""
    return any(path == one or path.startswith(f"{one}/") or one.startswith(f"{path}/") for one in declared)


def _touched(path: str, seen: set[str]) -> bool:
    return any(one == path or one.startswith(f"{path}/") for one in seen)


def _private(path: str) -> bool:
    rest = Path(path).relative_to("data/small").parts if path.startswith("data/small/") else ()
    return bool(rest) and rest[0] in PRIVATE


FAULTS = (undeclared_reads, unread, undeclared_writes, unwritten, wrong_settings)


@pytest.mark.parametrize("stage", contracts.STAGES, ids=lambda stage: stage.name)
@pytest.mark.parametrize("faults", FAULTS, ids=lambda faults: faults.__name__)
def test_a_stage_does_what_its_contract_says(traces: dict[str, Trace], stage: contracts.Stage, faults):
    assert not faults(stage, traces[stage.name])


@pytest.mark.parametrize("stage", contracts.STAGES, ids=lambda stage: stage.name)
def test_every_module_that_runs_is_written_down(traces: dict[str, Trace], stage: contracts.Stage):
    assert traces[stage.name].modules - fingerprint.modules(stage.name) == set()


@pytest.mark.parametrize("stage", contracts.STAGES[1:], ids=lambda stage: stage.name)
def test_whatever_is_left_out_of_a_contract_or_put_into_it_is_noticed(traces: dict[str, Trace], stage: contracts.Stage):
    """Each entry of each list in turn is taken out, and a foreign one put in."""
    foreign = {
        "settings": "stance" if "stance" not in stage.settings else "",
        "inputs": "sheets",
        "reads": next(
            (
                table
                for table in sorted((*store.INTERIM, *store.PROCESSED))
                if table not in (*stage.reads, *stage.writes)
            ),
            "",
        ),
        "writes": "agreement" if "agreement" not in stage.writes else "themes",
        "outputs": "report/other.html",
        "model_files": "other.json",
    }
    for field in fields(contracts.Stage):
        held = getattr(stage, field.name)
        if field.name not in foreign:
            continue
        wrong = [replace(stage, **{field.name: tuple(one for one in held if one != out)}) for out in held]
        wrong += [replace(stage, **{field.name: (*held, foreign[field.name])})] if foreign[field.name] else []
        for contract in wrong:
            found = [name for faults in FAULTS for name in faults(contract, traces[stage.name])]
            assert found, f"{stage.name}: {field.name} {getattr(contract, field.name)} passes"
    other = replace(stage, models=not stage.models)
    assert any(faults(other, traces[stage.name]) for faults in FAULTS)


def test_every_table_has_its_place():
    for table in (*store.INTERIM, *store.PROCESSED):
        folder = "interim" if table in store.INTERIM else "processed"
        assert contracts.table_path(table) == f"{contracts.FOLDER}/{folder}/{table}.parquet"


def test_every_section_of_the_settings_is_some_stages():
    assert {name for stage in contracts.STAGES for name in stage.settings} == set(Params.model_fields) - EVERYWHERE
