"""Set up Counterpoint in .venv and use it. Any Python from 3.11 to 3.13 starts this; nothing else has to be installed.

    python dev.py run          run the pipeline on the study in params.yaml, and say where the report is
    python dev.py test         check the code, then run the tests; options are pytest's
    python dev.py lint         ruff and mypy alone
    python dev.py notebooks    open the notebooks
    python dev.py setup        only set up, with everything there is
    python dev.py lock         write requirements.lock anew (--upgrade: with the newest versions)
    python dev.py clean        remove .venv and what tools left behind

Each command sets up first whatever is missing or out of date. `run` installs what a run needs: no notebooks, tools and
tests, and no PyTorch, which only some embedding models need. The other commands add the rest.
On Windows say `py dev.py run`, on macOS and Linux `python3 dev.py run`.
"""

import sys

OLDEST, NEWEST = (3, 11), (3, 13)
SUPPORTED = OLDEST <= sys.version_info[:2] <= NEWEST

# Until main() has looked at the version, this file keeps to what Python 3.6 can read.
import hashlib  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import platform  # noqa: E402
import shutil  # noqa: E402
import subprocess  # noqa: E402
import tempfile  # noqa: E402
import urllib.request  # noqa: E402
from pathlib import Path  # noqa: E402

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
# What of it a run needs.
RUN_LOCK = ROOT / "requirements-run.lock"
# What the environment was made from; a changed one is brought up to date.
SOURCES = ("requirements.lock", "requirements-run.lock", "pyproject.toml", "setup.py")
# Packages that BERTopic and sentence-transformers load where they are installed, and that a run does without: BERTopic
# is given vectors and groups, and models are computed by onnxruntime or model2vec.
NOT_FOR_RUNS = ("torch", "transformers", "umap-learn", "pynndescent", "hdbscan", "numba", "llvmlite", "sympy", "mpmath")
# What is known of the environment, in the environment itself.
STAMP = "counterpoint.json"
UNFINISHED = {"state": "unfinished"}
# torch for the processor alone. The default build for Linux comes with gigabytes for NVIDIA's GPUs.
CPU_BUILDS = "https://download.pytorch.org/whl/cpu"
REACH_S = 4.0
# Packages of that default build: torch itself names their versions, and the lock leaves them out.
GPU_ONLY = ("cuda-", "nvidia-", "triton")
UV = "uv==0.13.9"
COMMANDS = ("run", "test", "lint", "notebooks", "setup", "lock", "clean")
LEFT_BEHIND = (".pytest_cache", ".mypy_cache", ".ruff_cache", "build", "counterpoint.egg-info")


class SetUpError(Exception):
    """Something the user can mend, said in a sentence."""


def executable(venv, name, *, windows=os.name == "nt"):
    """The path of a program in a virtual environment, such as python or ruff."""
    return venv / "Scripts" / (name + ".exe") if windows else venv / "bin" / name


def fingerprint(root):
    """The sha256 of everything the environment is made from, whatever the line ends of the checkout."""
    found = hashlib.sha256()
    for name in SOURCES:
        place = root / name
        if place.exists():
            found.update(name.encode() + b"\0" + place.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return found.hexdigest()


def wanted(root, version, *, everything=True):
    """What the stamp of a finished environment says. `version`: of its Python, such as (3, 12)."""
    return {
        "state": "finished",
        "holds": "everything" if everything else "what a run needs",
        "sources": fingerprint(root),
        "python": ".".join(str(part) for part in version),
        "place": str(root),
    }


def stamp(venv):
    """What is known of an environment: {} where nothing is, so that it is not ours."""
    try:
        found = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        return dict(UNFINISHED)
    return found if isinstance(found, dict) else dict(UNFINISHED)


def plan(found, needed):
    """What to do about an environment, from its stamp ({}: it has none) and the one it needs.

    The first of the two results is "keep", "update" or "anew", the second says why.
    """
    if found == needed:
        return "keep", ""
    if not found:
        return "update", ".venv was made by something else"
    if found.get("state") != "finished":
        return "anew", "the last set-up was interrupted"
    if found.get("place") != needed["place"]:
        return "anew", "this folder was moved or copied"
    if found.get("python") != needed["python"]:
        return "anew", "it was made with Python " + str(found.get("python")) + ", and this is " + needed["python"]
    more = {**found, "holds": needed["holds"]} == needed
    return "update", "more packages are needed" if more else "the versions to be installed have changed"


def version_of(python):
    """The version of a Python, such as (3, 12), or None where it does not start."""
    try:
        said = subprocess.run(
            [str(python), "-I", "-c", "import sys; print(*sys.version_info[:2])"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=True,
        )
        major, minor = said.stdout.split()
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return int(major), int(minor)


def is_supported(version):
    """Whether Counterpoint runs with this version of Python."""
    return version is not None and OLDEST <= version <= NEWEST


def other_python():
    """A Python of a supported version on this machine, or None: where this one is too old or too new."""
    names = ["python3." + str(minor) for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    found = [executable(VENV, "python"), *(Path(place) for place in map(shutil.which, names) if place)]
    return next((place for place in found if place.exists() and is_supported(version_of(place))), None)


def base_python():
    """The Python that this one is, without the environment it may have been started in."""
    return Path(getattr(sys, "_base_executable", None) or sys.executable)


def lock_lines(text):
    """The requirements in a lock: a line each, without comments."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def without_what_is_not_needed(text):
    """A resolved lock without the packages that only torch's build for NVIDIA's GPUs needs, or only a browser."""
    lines = [line for line in text.splitlines() if not line.startswith(GPU_ONLY)]
    kept = [line for line in lines if "sys_platform == 'emscripten'" not in line]
    return "\n".join(kept) + "\n"


def torch_of(text):
    """The requirement of torch in a lock, such as torch==2.13.0, or empty."""
    return next((line.split(";")[0].strip() for line in lock_lines(text) if line.startswith("torch==")), "")


def without_what_runs_do_not_need(text):
    """A resolved lock of the dependencies, without their extras, less the packages that a run does without."""
    lines = [line for line in text.splitlines() if line.split("==")[0] not in NOT_FOR_RUNS]
    return "\n".join(lines) + "\n"


def wants_cpu_build(system, *, gpu):
    """Whether torch's build for the processor has to be asked for: on Linux, the default one is for NVIDIA's GPUs."""
    return system == "Linux" and not gpu


def is_reachable(url):
    """Whether an address answers within a few seconds."""
    try:
        with urllib.request.urlopen(url, timeout=REACH_S):
            return True
    except (OSError, ValueError):
        return False


def say(line):
    """Show a line at once."""
    print(line, flush=True)


def set_up(*, everything=True):
    """Bring .venv up to date, with everything or with what a run needs; return at once where it is."""
    if VENV.is_symlink():
        say(".venv is a link to another place: it is used as it is.")
        return
    python = executable(VENV, "python")
    before = stamp(VENV)
    # What has been added stays, also where versions change.
    everything = everything or before.get("holds") == "everything"
    needed = wanted(ROOT, sys.version_info[:2], everything=everything)
    todo, why = plan(before, needed) if VENV.exists() else ("anew", "")
    if todo != "anew" and version_of(python) != sys.version_info[:2]:
        if not before:
            raise SetUpError(
                f"{VENV} is there, is not Counterpoint's, and does not hold this Python "
                f"({needed['python']}). Remove or rename it, and run this again."
            )
        todo, why = "anew", "its Python is gone or was replaced"
    if todo == "keep":
        return
    if Path(sys.prefix) == VENV:  # an environment cannot replace itself
        raise SystemExit(subprocess.call([str(base_python()), *sys.argv]))
    if todo == "anew":
        make_environment(why)
    else:
        say(f"Updating .venv: {why}.")
    (VENV / STAMP).write_text(json.dumps(UNFINISHED), encoding="utf-8")
    install(python, LOCK if everything else RUN_LOCK)
    temporary = VENV / (STAMP + ".new")
    temporary.write_text(json.dumps(needed), encoding="utf-8")
    temporary.replace(VENV / STAMP)
    say("[4/4] Set up.")


def make_environment(why):
    """Make an empty .venv in the place of whatever was there."""
    if VENV.exists():
        say(f"Making .venv again: {why}.")
        remove(VENV)
    say(f"[1/4] Making .venv with Python {platform.python_version()}. Set-up takes some minutes, once.")
    if subprocess.call([str(base_python()), "-I", "-m", "venv", str(VENV)]):
        remove(VENV)
        raise SetUpError(
            "Python could not make a virtual environment; what it says is above. On Debian and Ubuntu: "
            f"sudo apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv. Then run this again."
        )


def remove(folder):
    """Remove a folder; raise SetUpError where a program still uses it."""
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise SetUpError(
            f"{error.filename or folder} cannot be removed ({error.strerror or error}). Close the programs that use "
            ".venv, such as notebooks and editors, and run this again."
        ) from None


def install(python, lock):
    """Install torch where it is in the lock, the rest of the lock, and Counterpoint itself, in this order."""
    text = lock.read_text(encoding="utf-8")
    if torch_of(text):
        install_torch(python, torch_of(text))
    n = len(lock_lines(text))
    say(f"[3/4] Installing {n} packages.")
    pip(python, "--no-deps", "-r", str(lock), n=n)
    pip(python, "--no-deps", "--no-build-isolation", "-e", str(ROOT))


def install_torch(python, torch):
    """Install torch: on Linux without a GPU its build for the processor, from wherever that is found."""
    if platform.system() == "Darwin" and platform.machine() == "x86_64":
        raise SetUpError(
            f"{torch} is not made for Macs with Intel processors; it takes Apple silicon or another system."
        )
    cpu = wants_cpu_build(platform.system(), gpu=shutil.which("nvidia-smi") is not None)
    say(f"[2/4] Installing {torch}{', the build for the processor' if cpu else ''}.")
    index = ["--extra-index-url", CPU_BUILDS] if cpu and is_reachable(f"{CPU_BUILDS}/torch/") else []
    pip(python, "--no-deps", *index, torch)
    if platform.system() == "Linux" and needs_gpu_packages(python):
        if cpu:
            say("      Only the build for NVIDIA's GPUs could be found: it works without one, and is larger.")
        pip(python, "-c", str(LOCK), torch)


def needs_gpu_packages(python):
    """Whether the torch that is installed is the build for NVIDIA's GPUs, which needs packages of its own."""
    code = "from importlib.metadata import requires; print(any('nvidia' in one for one in requires('torch')))"
    return subprocess.check_output([str(python), "-I", "-c", code]).split() == [b"True"]


def pip(python, *words, n=0):
    """Install with pip, showing how far it is (`n`: how many packages); raise SetUpError with its last lines."""
    command = [str(python), "-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *words]
    at, last = 0, []
    with subprocess.Popen(
        command, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace"
    ) as process:
        for line in process.stdout:
            last = [*last[-14:], line.rstrip()]
            if line.startswith(("Collecting ", "Requirement already satisfied: ")):
                at += 1
                progress(at, n, line)
            elif line.startswith("Installing collected packages"):
                say("      Fetched; now they are put in place.") if n else None
    if process.returncode:
        raise SetUpError(
            "\n".join(last)
            + "\nInstalling failed; pip's last lines are above. Check the connection and the room on the disk, "
            "and run this again: what was fetched is kept."
        )


def progress(at, n, line):
    """Show how many packages have been looked at: in place on a terminal, else now and then."""
    name = line.split(": ")[-1].split("Collecting ")[-1].split("==")[0].split()[0]
    if not n:
        return
    if sys.stdout.isatty():
        print(f"\r      {at} of {n}: {name:<40.40}", end="\n" if at == n else "", flush=True)
    elif at % 50 == 0 or at == n:
        say(f"      {at} of {n}")


def call(name, *words):
    """Run a program of the environment in this folder; return its exit status."""
    return subprocess.call([str(executable(VENV, name)), *words], cwd=str(ROOT))


def lint():
    """Check the code; return the first exit status that is not 0."""
    checks = (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy", "--strict", "pipeline"))
    return next((status for status in (call(*words) for words in checks) if status), 0)


def write_lock(*options):
    """Resolve pyproject.toml for every system and version at once, and write both locks.

    The pins that are there are kept where they can be; with --upgrade, none is.
    """
    with tempfile.TemporaryDirectory() as folder:
        venv, out, run = (Path(folder) / name for name in ("uv", "requirements.txt", "run.txt"))
        subprocess.check_call([str(base_python()), "-I", "-m", "venv", str(venv)])
        pip(executable(venv, "python"), UV)
        if LOCK.exists():
            out.write_text(LOCK.read_text(encoding="utf-8"), encoding="utf-8")
        words = [str(executable(venv, "uv")), "pip", "compile", "--universal", "--python-version"]
        words += [".".join(map(str, OLDEST)), "--fork-strategy", "fewest", "pyproject.toml"]
        words += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--quiet"]
        quiet = {"cwd": str(ROOT), "stdout": subprocess.DEVNULL}
        subprocess.check_call([*words, "--all-extras", *options, "-o", str(out)], **quiet)
        LOCK.write_bytes(without_what_is_not_needed(out.read_text(encoding="utf-8")).encode())
        # The same versions, of fewer packages.
        subprocess.check_call([*words, "-c", str(LOCK), "-o", str(run)], **quiet)
        text = without_what_is_not_needed(run.read_text(encoding="utf-8"))
        RUN_LOCK.write_bytes(without_what_runs_do_not_need(text).encode())
    return 0


def clean():
    """Remove .venv and what tools left behind; a .venv that is a link is left alone."""
    for name in (".venv", *LEFT_BEHIND):
        if not (ROOT / name).is_symlink():
            remove(ROOT / name)
    return 0


def obey(command, options):
    """Do what a command says; return the exit status."""
    if command == "clean":
        return clean()
    if command == "lock":
        return write_lock(*options)
    set_up(everything=command != "run")
    if command in ("lint", "test"):
        status = lint()
        if status:
            return status
    programs = {
        "run": ("counterpoint", "run"),
        "test": ("python", "-m", "pytest"),
        "notebooks": ("jupyter", "lab", "notebooks"),
    }
    return call(*programs[command], *options) if command in programs else 0


def main():
    """Do what the command line says, with another Python where this one will not do."""
    if not SUPPORTED:
        other = other_python()
        if other is None:
            sys.exit(
                "Counterpoint needs Python 3.11, 3.12 or 3.13, and this is "
                + platform.python_version()
                + ". Install one of them (https://www.python.org/downloads/) and start dev.py with it."
            )
        sys.exit(subprocess.call([str(other), *sys.argv]))
    command, options = (sys.argv[1] if len(sys.argv) > 1 else "--help"), sys.argv[2:]
    if command not in COMMANDS:
        print(__doc__)
        sys.exit(0 if command in ("-h", "--help", "help") else 2)
    try:
        sys.exit(obey(command, options))
    except SetUpError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped. Run the same command again to go on.")
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)


if __name__ == "__main__":
    main()
