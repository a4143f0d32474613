"""The same study gives the same bytes whatever it runs in: processors, threads, locale, the order of files."""

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from threadpoolctl import threadpool_info

from benchmarks import copied
from pipeline.core import environment
from pipeline.core.errors import CounterpointError

ROOT = Path(__file__).parent.parent
STAGES = ("study", "ingest", "segment", "embed", "themes", "map_codes", "compare", "report", "deliver")
# Files that say which run wrote beside which, and nothing of the study.
UNTOLD = (".lock", ".log")

ENDS = ("honestly", "I think", "every week", "down here", "as it was", "in our hospital", "or so they say")
THINGS = ("the rota", "a laptop", "the audit", "the board", "the budget", "the coffee", "a poster", "the night shift")
SAID = {
    "Time": "We never have protected time for {} on this ward",
    "Leaders": "My manager asks every week how {} is going and helps",
    "Data": "I do not trust the numbers behind {} since last year",
    "Money": "There is no money for {} so somebody has to pay",
    "Training": "The training about {} was good and we stole an idea",
    "": "I cannot say much about {} because I came here later",
}

# What another machine may be like, put on before anything is loaded.
STRANGE = """
import os

if os.environ.get("ONE_PROCESSOR") and hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
if os.environ.get("PROCESSORS"):
    os.cpu_count = lambda: int(os.environ["PROCESSORS"])
if os.environ.get("BACKWARDS"):
    listed, scanned = os.listdir, os.scandir

    class Backwards(list):
        def __enter__(self):
            return self

        def __exit__(self, *error):
            pass

        def close(self):
            pass

        def __next__(self):
            if not self:
                raise StopIteration
            return self.pop(0)

    def scan(path="."):
        with scanned(path) as entries:
            return Backwards(sorted(entries, key=lambda entry: os.fsencode(entry.name), reverse=True))

    os.listdir = lambda path=".": sorted(listed(path), key=os.fsencode, reverse=True)
    os.scandir = scan
    os.umask(0o077)
if os.environ.get("BARE"):
    import builtins
    import multiprocessing
    import signal
    import warnings

    gone = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "posix", "curses", "readline"}
    found = builtins.__import__

    def without(name, globals=None, locals=None, fromlist=(), level=0):
        if name.split(".")[0] in gone and str((globals or {}).get("__name__")).split(".")[0] in ("pipeline", "__main__"):
            raise ModuleNotFoundError(f"No module named {name!r}")
        return found(name, globals, locals, fromlist, level)

    builtins.__import__ = without
    multiprocessing.set_start_method("spawn")
    for name in os.environ["BARE"].split():
        home, _, own = name.partition(".")
        delattr({"os": os, "signal": signal}[home], own)
    if hasattr(os, "process_cpu_count"):  # Python 3.13 counts with what is gone now, but not on Windows
        os.process_cpu_count = os.cpu_count
    warnings.filterwarnings("error", category=EncodingWarning, module=r"pipeline(\\..*)?$|__main__")
"""
# What Windows has not, as far as the libraries that run here can do without it.
MISSING = (
    "os.fork os.forkpty os.geteuid os.getuid os.getegid os.getgid os.getppid os.getpgid os.setsid os.killpg os.symlink "
    "os.mkfifo os.chown os.nice os.sched_getaffinity os.sched_setaffinity os.O_DIRECTORY os.O_NOFOLLOW "
    "signal.SIGKILL signal.SIGALRM signal.SIGHUP signal.alarm signal.pthread_kill"
)
# Windows names the user in USERNAME; torch asks for it where os.getuid is gone.
BARE = {
    "BARE": MISSING,
    "USERNAME": "somebody",
    "PYTHONIOENCODING": "ascii",
    "PYTHONWARNDEFAULTENCODING": "1",
    "EAGER": "1",
}
# Runs a stage that starts workers for the least of work.
EAGER = "import runpy; from pipeline.core import parallel; parallel.WORTH_S = 0; runpy.run_module({!r}, run_name='__main__')"
PLAIN: dict[str, str] = {}
ONE = {"ONE_PROCESSOR": "1", "PROCESSORS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
MANY = {
    **dict.fromkeys(environment.ONE, "8"),
    **{"PROCESSORS": "64", "BACKWARDS": "1", "PYTHONHASHSEED": "11", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
}


def project(root: Path, *, engine: str) -> Path:
    """A copy of the project with a study of people who say the same few things, so that vectors have few directions."""
    copied.project(root, study="data/small")
    study = root / "data" / "small"
    draw = random.Random(3)
    codes = []
    for number in range(10):
        lines = []
        for turn in range(24):
            code = draw.choice(list(SAID))
            said = f"{SAID[code].format(draw.choice(THINGS))} {draw.choice(ENDS)}"
            lines += [f"Interviewer: What about number {turn % 5}?", f"P{number}: {said}."]
            codes += [
                f"intérview {number}.txt,,,{said},{code},{coder}" for coder in "AB" if code and draw.random() < 0.8
            ]
        place = study / "transcripts" / f"intérview {number}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (study / "human_codes").mkdir()
    codes = sorted(set(codes))
    (study / "human_codes" / "codes.csv").write_text("document,start,end,text,code,coder\n" + "\n".join(codes) + "\n")
    book = [{"name": code, "definition": said.format("it")} for code, said in SAID.items() if code]
    (study / "codebook.yaml").write_text(yaml.safe_dump({"codes": book}))
    people = [f"intérview {number}.txt,P{number},P{number},participant,{'AB'[number % 2]}" for number in range(10)]
    (study / "participants.csv").write_text("document,speaker,case,part,site\n" + "\n".join(people) + "\n")
    settings = yaml.safe_load((root / "params.yaml").read_text())
    settings["themes"] |= {"runs": 40, "stability_runs": 3}
    settings["compare"] |= {"draws": 100, "units": ["segment", "character"]}
    settings |= {"engine": engine, "workers": 3}
    (root / "params.yaml").write_text(yaml.safe_dump(settings))
    return root


def outputs(root: Path, surroundings_of: dict[str, str]) -> dict[str, bytes]:
    """Every file of a run of all stages, a process each, in the given surroundings."""
    (root / "strange").mkdir()
    (root / "strange" / "sitecustomize.py").write_text(STRANGE)
    own = {name: value for name, value in os.environ.items() if name not in environment.ONE}
    path = os.pathsep.join([str(root), str(root / "strange")])
    for module in [f"pipeline.{stage}" for stage in STAGES]:
        done = subprocess.run(
            [sys.executable, *(["-c", EAGER.format(module)] if "EAGER" in surroundings_of else ["-m", module])],
            cwd=root,
            env={**own, "PYTHONPATH": path, **surroundings_of},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    places = [root / "data" / "small", root / "models" / "data"]
    files = [file for place in places for file in sorted(place.rglob("*")) if file.is_file()]
    return {str(file.relative_to(root)): file.read_bytes() for file in files if file.suffix not in UNTOLD}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return outputs(project(tmp_path_factory.mktemp("plain") / "project", engine="local"), PLAIN)


@pytest.mark.parametrize(
    ("around", "engine"),
    [(ONE, "local"), (MANY, "dask"), (BARE, "local")],
    ids=["one processor", "many threads and processes", "nothing of POSIX, new processes, a plain console"],
)
def test_every_stage_gives_the_same_bytes_whatever_it_runs_in(
    plain: dict[str, bytes], tmp_path: Path, around: dict[str, str], engine: str
):
    if engine == "dask":
        pytest.importorskip("distributed")
    found = outputs(project(tmp_path / "reached through a link", engine=engine), around)
    caches = [name for name in {*plain, *found} if "/.cache/" in name]  # of other parts, with another engine
    assert {*plain, *found} - {*caches} == {*plain} - {*caches}
    assert [name for name, held in found.items() if name not in caches and held != plain[name]] == []


def test_workers_are_new_processes_where_nothing_can_be_forked(tmp_path: Path):
    (tmp_path / "sitecustomize.py").write_text(STRANGE, encoding="utf-8", newline="\n")
    code = (
        "import os\n"
        "from pipeline.core import parallel\n"
        "assert not hasattr(os, 'fork')\n"
        "with parallel.opened('local', workers=2):\n"
        "    found = parallel.each(lambda task: (task, os.getpid(), hasattr(os, 'fork')), [1, 2, 3])\n"
        "assert [task for task, _, _ in found] == [1, 2, 3]\n"
        "assert {pid for _, pid, _ in found} - {os.getpid()}\n"
        "assert not any(forks for _, _, forks in found)\n"
    )
    around = {**os.environ, **BARE, "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)])}
    done = subprocess.run([sys.executable, "-c", code], env=around, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_one_thread_holds_for_what_is_loaded_and_for_what_is_loaded_later():
    code = (
        "import sys, numpy\n"
        "from threadpoolctl import threadpool_info\n"
        "from pipeline.core import environment as surroundings\n"
        "before = len(threadpool_info())\n"
        "with surroundings.one_thread():\n"
        "    import scipy.linalg, sklearn.cluster\n"
        "    found = [library['num_threads'] for library in threadpool_info()]\n"
        "assert len(found) > before > 0, found\n"
        "assert set(found) == {1}, found\n"
    )
    many = {**os.environ, **dict.fromkeys(environment.ONE, "4"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=many, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_number_of_threads_is_given_back(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    assert np.eye(2).sum() == 2
    before = {library["filepath"]: library["num_threads"] for library in threadpool_info()}
    with environment.one_thread():
        assert os.environ["OMP_NUM_THREADS"] == os.environ["MKL_NUM_THREADS"] == "1"
    assert os.environ["OMP_NUM_THREADS"] == "3" and "MKL_NUM_THREADS" not in os.environ
    assert {library["filepath"]: library["num_threads"] for library in threadpool_info()} == before


def test_a_session_that_reads_file_names_in_another_way_is_refused_in_words(monkeypatch: pytest.MonkeyPatch):
    environment.check_file_names()
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "iso8859-1")
    with pytest.raises(CounterpointError, match=r"names of files as iso8859-1.*PYTHONUTF8=1"):
        environment.check_file_names()
