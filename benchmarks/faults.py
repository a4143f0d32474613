"""What a run survives: killed at random moments, a full disk, a read-only folder, two runs at once. Prints a table.

Run as `make bench-faults`, or `python -m benchmarks.faults --kills 12` for fewer kills. Each trial is a fresh copy of
the project with a small invented study; the fault happens during `dvc repro`; then `dvc repro` runs again, until it
ends well. Its outputs must be those of an undisturbed run, byte for byte, or a sentence must have said what to do.

Full disks and read-only folders are mounts in a namespace of this process alone (`unshare`); where the system has none,
those rows say so.
"""

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks import copied

ROOT = Path(__file__).parent.parent
INSIDE = "COUNTERPOINT_FAULTS_INSIDE"
STUDY = "data/small"
PLACES = (f"{STUDY}/interim", f"{STUDY}/processed", f"{STUDY}/report", "models/data")
TRIES = 4
# The two files that DVC does not write whole, by what it says of one that was cut short; remove it (docs/settings.md).
CUT_SHORT = {"dvc.lock' validation failed": "dvc.lock", "Unable to read RWLock-file": ".dvc/tmp/rwlock"}
QUESTIONS = ["How did that come about?", "What got in the way?", "And what helped?", "What would keep it going?"]
ANSWERS = [
    "I was asked by the matron, and I said yes because nobody else would. There is never any time for it on the ward.",
    "The staffing, always the staffing. There were two of us for twenty eight patients last night, so nobody audits.",
    "When the consultant comes to the huddle she asks what we think, and then she does something about it for once.",
    "Half a day that nobody can take away from me. They promise a study day, and then winter comes and it goes again.",
    "The dashboard was wrong for a month. Somebody typed the date in the wrong column and we were red for everybody.",
    "We stole an idea from the other hospital over coffee, a sticker on the fluid chart, and it worked the next week.",
]
CODEBOOK = """codes:
  - {name: Protected time, definition: Whether there is time set aside for improvement work.}
  - {name: Staffing, definition: Whether there are enough people on the shift.}
"""
CODES = f'document,start,end,text,code,coder\n1.txt,,,"{ANSWERS[1]}",Staffing,A\n1.txt,,,"{ANSWERS[1]}",Staffing,B\n'


@dataclass
class Trial:
    """One fault: what was done, what the runs after it said, and how their outputs stand to an undisturbed run's."""

    fault: str
    said: list[str] = field(default_factory=list)
    runs: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    traceback: bool = False
    mended: str = ""

    @property
    def outcome(self) -> str:
        """In words: identical at once, identical after what a sentence told, or what is wrong."""
        if self.wrong:
            return f"WRONG: {', '.join(self.wrong[:3])}"
        if self.traceback:
            return "identical, but after a TRACEBACK"
        if self.left:
            return f"identical, but left {', '.join(self.left[:2])}"
        if self.mended:
            return f"identical after removing {self.mended}, as docs/settings.md says"
        return "identical" if self.runs == 1 else f"identical after {self.runs} runs"


def project(root: Path) -> Path:
    """A copy of the project whose study is three small invented interviews."""
    copied.project(root, study=STUDY)
    (root / STUDY / "transcripts").mkdir(parents=True)
    (root / STUDY / "human_codes").mkdir()
    for at in range(3):
        talk = [
            f"Interviewer: {question}\n\nPerson{at}: {ANSWERS[(at + turn) % len(ANSWERS)]}\n"
            for turn, question in enumerate(QUESTIONS)
        ]
        (root / STUDY / "transcripts" / f"{at}.txt").write_text("\n".join(talk))
    (root / STUDY / "codebook.yaml").write_text(CODEBOOK)
    (root / STUDY / "human_codes" / "codes.csv").write_text(CODES)
    for words in (("init", "--no-scm", "-q"), ("config", "core.analytics", "false")):
        begin(root, *words).communicate()
    return root


def begin(root: Path, *words: str) -> "subprocess.Popen[str]":
    """Start a DVC command in a process group of its own; its own cache of hashes lies in the project too."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(root),
        "DVC_SITE_CACHE_DIR": str(root / ".dvc" / "site"),
        "DVC_NO_ANALYTICS": "1",
    }
    return subprocess.Popen(
        (sys.executable, "-m", "dvc", *words),
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def outputs(root: Path) -> dict[str, bytes]:
    """Every output, and the lock of the run, by name."""
    files = [file for place in PLACES for file in sorted((root / place).rglob("*")) if file.is_file()]
    files += [root / "dvc.lock"] if (root / "dvc.lock").exists() else []
    return {str(file.relative_to(root)): file.read_bytes() for file in files}


def sentences(said: str) -> list[str]:
    """The lines of a run that tell a person something: not DVC's progress."""
    dull = re.compile(
        r"^(Running stage|> |Updating|Generating|Use `dvc|Stage '|Data and|\s*$|WARNING: You are|.*BERTopic)"
    )
    return [line.strip() for line in said.splitlines() if not dull.match(line)]


def recover(root: Path, trial: Trial, wanted: dict[str, bytes]) -> Trial:
    """Run `dvc repro` until it ends well, and compare what it made."""
    began = time.perf_counter()
    for _ in range(TRIES):
        run = begin(root, "repro")
        said, _ = run.communicate()
        trial.runs += 1
        note(trial, said)
        if run.returncode == 0:
            break
        for name in [name for sign, name in CUT_SHORT.items() if sign in said]:
            trial.mended = name
            (root / name).unlink(missing_ok=True)
    trial.seconds = time.perf_counter() - began
    made = outputs(root)
    trial.wrong = sorted(name for name in wanted if made.get(name) != wanted[name])
    trial.left = sorted(made.keys() - wanted.keys()) + strays(root)
    return trial


def strays(root: Path) -> list[str]:
    """Files in DVC's cache that are none of its objects: what a copy that was cut short leaves."""
    files = (root / ".dvc" / "cache" / "files").rglob("*")
    return sorted(str(file.relative_to(root)) for file in files if file.is_file() and file.name.endswith(".tmp"))


def note(trial: Trial, said: str) -> None:
    """Keep what a run told, once each; DVC tells of every file that a killed run was about to read or write."""
    trial.traceback |= "Traceback (most recent call last)" in said
    said = re.sub(r"Process '.*' with \(Pid \d+\), in RWLock-file '.*' had", "A process in the RWLock-file had", said)
    trial.said += [line for line in sentences(said) if line not in trial.said]


def killed(root: Path, moment: float, *, children: bool, wanted: dict[str, bytes]) -> Trial:
    """Kill a run after so many seconds, DVC alone or with all its children, and run it again at once."""
    run = begin(root, "repro")
    time.sleep(moment)
    if children:
        os.killpg(run.pid, signal.SIGKILL)
    else:
        os.kill(run.pid, signal.SIGKILL)
    run.wait()
    # A child that goes on holds the pipe: what it writes is read once the next run is through.
    trial = recover(root, Trial(""), wanted)
    said = run.stdout.read() if run.stdout else ""
    stages = re.findall(r"Running stage '(\w+)'", said)
    who = "DVC and its children" if children else "DVC alone"
    trial.fault = f"SIGKILL of {who} at {moment:.1f} s ({stages[-1] if stages else 'start'})"
    note(trial, said)
    return trial


def orphans(root: Path) -> list[int]:
    """Processes that still work in a trial's folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()) == root:
                found.append(process.pid)
        except (psutil.Error, OSError):
            continue
    return found


@contextmanager
def mounted(place: Path, *options: str) -> Iterator[None]:
    """A mount over a folder, for a while."""
    subprocess.run(("mount", *options, str(place)), check=True)
    try:
        yield
    finally:
        subprocess.run(("umount", "-l", str(place)), check=True)


@contextmanager
def small_disk(root: Path, place: str, size: int) -> Iterator[None]:
    """A disk of so many bytes over a folder of the project, with what the folder held."""
    held = root.parent / "held"
    (root / place).mkdir(parents=True, exist_ok=True)
    shutil.copytree(root / place, held)
    with mounted(root / place, "-t", "tmpfs", "-o", f"size={size}", "tmpfs"):
        shutil.copytree(held, root / place, dirs_exist_ok=True)
        yield
    shutil.rmtree(held)


def disk_full(root: Path, place: str, share: float, *, size: int, wanted: dict[str, bytes]) -> Trial:
    """Run on a disk with room for a share of what the run writes, then make room and run again."""
    trial = Trial(f"disk full: {place} has room for {share:.0%}")
    (root / place).mkdir(parents=True, exist_ok=True)
    already = sum(4096 * (1 + file.stat().st_size // 4096) for file in (root / place).rglob("*"))
    with small_disk(root, place, int(already + share * size)):
        said, _ = begin(root, "repro").communicate()
        note(trial, said)
        subprocess.run(("mount", "-o", "remount,size=1g", str(root / place)), check=True)
        return recover(root, trial, wanted)


def read_only(root: Path, place: str, *, wanted: dict[str, bytes]) -> Trial:
    """Run where a folder can only be read, then make it writable and run again."""
    trial = Trial(f"read-only: {place}")
    (root / place).mkdir(parents=True, exist_ok=True)
    with mounted(root / place, "--bind", str(root / place)):
        subprocess.run(("mount", "-o", "remount,ro,bind", str(root / place)), check=True)
        said, _ = begin(root, "repro").communicate()
        note(trial, said)
    return recover(root, trial, wanted)


def cut_short(root: Path, name: str, *, wanted: dict[str, bytes]) -> Trial:
    """Empty a file that DVC does not write whole, as a kill at that very moment would; then remove it."""
    trial = Trial(f"killed as DVC wrote {name}: empty; mended by removing it")
    begin(root, "repro", "ingest").communicate()
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("")
    said, _ = begin(root, "repro").communicate()
    note(trial, said)
    (root / name).unlink()
    return recover(root, trial, wanted)


def two_at_once(root: Path, *, wanted: dict[str, bytes]) -> Trial:
    """Start two runs, wait for both, and run again."""
    trial = Trial("two `dvc repro` at once")
    runs = [begin(root, "repro") for _ in range(2)]
    for run in runs:
        said, _ = run.communicate()
        note(trial, said)
    return recover(root, trial, wanted)


def trials(options: argparse.Namespace, whole: float, size: int) -> Iterator[tuple[str, Callable[..., Trial], tuple]]:
    """Every trial asked for: its name, what does it, and its arguments."""
    draw = random.Random(options.seed)
    for at in range(options.kills):
        moment = draw.uniform(0, whole)
        yield f"kill {at}", killed, (moment, {"children": bool(at % 2)})
    yield "two", two_at_once, ({},)
    for file in ("dvc.lock", ".dvc/tmp/rwlock"):
        yield f"cut {Path(file).name}", cut_short, (file, {})
    if os.environ.get(INSIDE) != "1":
        print("No namespaces for mounts here (`unshare`): full disks and read-only folders are not tried.")
        return
    for share in (0.05, 0.3, 0.6, 0.9):
        yield f"full study {share}", disk_full, (STUDY, share, {"size": size})
    yield "full cache", disk_full, (".dvc/cache", 0.5, {"size": size})
    yield "full models", disk_full, ("models", 0.0, {"size": size})
    for place in (STUDY, "models", ".dvc"):
        yield f"ro {place}", read_only, (place, {})


def inside(arguments: list[str]) -> None:
    """Start again in a namespace where this process may mount, if the system gives one."""
    unshare = shutil.which("unshare")
    if INSIDE in os.environ or not unshare:
        return
    can = subprocess.run((unshare, "-rm", "true"), capture_output=True, check=False).returncode == 0
    os.environ[INSIDE] = "1" if can else "0"
    if can:
        os.execv(unshare, (unshare, "-rm", sys.executable, "-m", "benchmarks.faults", *arguments))


def main() -> None:
    """Try every fault and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="trials whose names begin so: kill, two, full, ro")
    options = parser.parse_args()
    inside(sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        base = Path(folder).resolve()
        fresh = project(base / "fresh")
        whole, wanted = undisturbed(shutil.copytree(fresh, base / "undisturbed" / "project"))
        size = sum(len(held) for held in wanted.values())
        print(f"An undisturbed run: {whole:.1f} s, {len(wanted)} files, {size / 1e6:.2f} MB.\n")
        print("| fault | the next `dvc repro` | s | what was said |\n| --- | --- | --- | --- |")
        done: Counter[str] = Counter()
        for name, attempt, (*arguments, named) in trials(options, whole, size):
            if not name.startswith(options.only):
                continue
            root = shutil.copytree(fresh, base / name / "project")
            trial = attempt(root, *arguments, **named, wanted=wanted)
            said = " / ".join(trial.said)[:600].replace(str(root), "…").replace("|", "/")
            print(f"| {trial.fault} | {trial.outcome} | {trial.seconds:.0f} | {said} |", flush=True)
            done[trial.outcome.split(":")[0]] += 1
            if alive := orphans(root):
                print(f"still at work: {alive}")
            shutil.rmtree(base / name)
        print("\n" + ", ".join(f"{outcome}: {n}" for outcome, n in sorted(done.items())))


def undisturbed(root: Path) -> tuple[float, dict[str, bytes]]:
    """The seconds and the outputs of a run that nothing happens to."""
    began = time.perf_counter()
    run = begin(root, "repro")
    said, _ = run.communicate()
    if run.returncode:
        raise SystemExit(said)
    return time.perf_counter() - began, outputs(root)


if __name__ == "__main__":
    main()
