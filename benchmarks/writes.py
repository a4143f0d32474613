"""What commands that write do to what people wrote: killed at every step, on a full disk, and two at once.

Run as `make bench-writes`, or `python -m benchmarks.writes --only read` for the trials whose names begin so. Each trial
is a fresh copy of a small invented study. A command is run in a process of its own, which is killed before each of its
writes, opens, renames and removals in turn, killed in the middle of each write, or finds the disk full from then on.
Afterwards every file that people wrote must be as it was or as the command makes it, nothing else may be there but what
Git never sees, and the same command, run again, must end well. Prints a table; exits with 1 where anything was lost.
"""

import argparse
import io
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
from docx import Document

from pipeline import cli, report
from pipeline.commands import blind_sheets, exporting, sheets
from pipeline.core import store, study_lock, study_template
from pipeline.core.study_lock import LOCK
from pipeline.decisions import alternative_readings, deciding, ledger, reading_ledger
from pipeline.deductive import codebook
from pipeline.exchange import handout
from pipeline.reporting import matrix, report_tables, study_results, written_summaries
from tests import small_study

STUDY = Path("data/small")
# What the pipeline makes is not what people wrote.
MADE = ("interim", "processed", "report", ".cache")
# Of a command of very many steps, so many are tried.
MOST = 40
# In the middle of a write: the file has so many bytes.
CUT = 3
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
EVENTS = {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.truncate"}
LEDGERS: dict[str, Callable[[Path], list]] = {
    "decisions.yaml": ledger.load,
    "passages_read.yaml": reading_ledger.load,
    "interpretations.yaml": alternative_readings.load,
    "summaries.yaml": written_summaries.load,
}
CODEBOOK = "# ours\ncodes:\n- {name: Pride, definition: What makes people take part.}\n- {name: Time}\n"
CODES = "document,start,end,text,code,coder,parent_code,memo\n" + "".join(
    f"interviews/ana.txt,{n},{n + 5},x,Time,coder_a,,\n" for n in range(200)
)

Words = list[str]
# What every run of the pipeline begins with, where a study lacks a file.
LAY_OUT = ["pipeline.core.study_template"]


@dataclass
class Case:
    """One command on a study. `prepare` lays out what it needs below the root; `adds`: a repeat may add once more."""

    name: str
    words: Words
    prepare: Callable[[Path], None] = lambda _: None
    adds: bool = False


@dataclass
class Result:
    """What became of one case over all its trials: how many of each kind, and what was wrong."""

    name: str
    trials: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def base(root: Path) -> None:
    """A study with themes, codes, decisions, and what comes in from outside."""
    small_study.write(root / STUDY)
    (root / "params.yaml").write_text(f"study: {STUDY.as_posix()}\n")
    study_template.create(root / STUDY)
    (root / STUDY / "codebook.yaml").write_text(CODEBOOK)
    (root / STUDY / "human_codes/coder_a.csv").write_text(CODES)
    (root / STUDY / "transcripts/mine.txt").write_text("Ana: Nobody counts that.\n")
    theme = first_theme(root)
    for text in ("first", "second"):
        deciding.decide(root / STUDY, "memo", theme, [text], who="Bea", now=datetime(2026, 1, 15, tzinfo=UTC))
    reading_ledger.opened(root / STUDY, segments(root)[:3], who="Bea")
    incoming(root, theme)


def incoming(root: Path, theme: str) -> None:
    """Files that are brought in: exports, a workbook, a handout, decisions, sheets."""
    place = root / "in"
    exporting.export(root / STUDY, place)
    shutil.rmtree(root / STUDY / "export", ignore_errors=True)
    (place / "cb.csv").write_text("name,definition\nnewcode,hello\n")
    (place / "theirs.csv").write_text(CODES.replace("coder_a", "Dora"))
    (place / "people.csv").write_text("document,speaker,case,part\nmine.txt,Ana,Ana,participant\n")
    said = {"id": "h9", "when": "2026-01-16T10:00:00", "who": "Ben", "action": "memo", "theme": theme, "text": "hi"}
    (place / "decisions.yaml").write_text(f"decisions:\n- {said}\n")
    edited_workbook(root, place / "matrix.xlsx", theme)
    form = Document(io.BytesIO(handout.document([handout.Card(int(theme), "x", "y", ())], study_name="small")))
    form.tables[0].rows[0].cells[1].text = "Dev"
    form.tables[1].rows[1].cells[1].text = "It is done at home."
    form.save(str(place / "form.docx"))
    for name, code in (("coding_Cat", "Time"), ("coder_a", "Pride")):
        fill(root, place / name, code)
    (place / "corrected").mkdir()
    fill(root, place / "corrected/coding_Cat", "Pride")


def fill(root: Path, place: Path, code: str) -> None:
    """A blind sheet with a code in every row."""
    talk = store.read(root / STUDY, "segments").query("substantive")
    rows = [
        {"document": row.document, "start": row.start, "end": row.end, "code": code, "coder": "Cat"}
        for row in talk.itertuples()
    ]
    sheets.write(place, rows, ("document", "start", "end", "code", "coder", "memo"))


def edited_workbook(root: Path, place: Path, theme: str) -> None:
    """The report's workbook as somebody changed it: a label, a decision and a memo."""
    folder = root / STUDY
    found = report_tables.gather(study_results.tables(folder), codebook.load_codebook(folder / "codebook.yaml"), (), [])
    store.write(folder, "framework_matrix", matrix.table(found.cells))
    report.write_tables(folder, found, reflexive=False)
    book = openpyxl.load_workbook(folder / "report/framework_matrix.xlsx")
    sheet = book["Themes"]
    head = [cell.value for cell in sheet[1]]
    row = next(row for row in sheet.iter_rows(min_row=2) if str(row[head.index("id")].value) == theme)
    for column, text in (("label", "Their own"), ("decision", "reject"), ("memo", "Look again.")):
        row[head.index(column)].value = text
    cells = book["Matrix"]
    cells.cell(2, cells.max_column).value = "In her own words."
    book.save(place)


def first_theme(root: Path) -> str:
    """The id of a theme."""
    themes = store.read(root / STUDY, "themes")
    return str(int(themes[themes["level"] == 1]["theme_id"].iloc[0]))


def segments(root: Path) -> list[str]:
    """The ids of the segments that are in themes."""
    return sorted(store.read(root / STUDY, "theme_assignments")["segment_id"])


def without(*names: str) -> Callable[[Path], None]:
    """Take files of the study away first."""

    def prepare(root: Path) -> None:
        for name in names:
            (root / STUDY / name).unlink()

    return prepare


def ran(*words: str) -> Callable[[Path], None]:
    """Run a command first."""
    return lambda root: none_wrong(run(root, list(words)))


def none_wrong(ended: tuple[int, str]) -> None:
    """Stop where a command that prepares a trial did not end well."""
    if ended[0]:
        raise SystemExit(ended[1])


def both(*steps: Callable[[Path], None]) -> Callable[[Path], None]:
    """Several preparations, one after the other."""
    return lambda root: [step(root) for step in steps] and None


def resolved(root: Path) -> None:
    """A list of disagreements in which the first is resolved."""
    talk = store.read(root / STUDY, "segments").query("substantive").iloc[0]
    row = {"document": talk.document, "start": talk.start, "end": talk.end, "resolution": "Time"}
    sheets.write(root / "in/disagreements", [row], blind_sheets.RESOLVED)


def cases(root: Path) -> list[Case]:
    """Every command that writes, in the states that make a difference to it."""
    theme, first = first_theme(root), segments(root)[:2]
    who = ["--who", "Asha"]
    return [
        Case("decide", ["decide", "accept", theme, *who], adds=True),
        Case("decide by hand", ["decide", "memo", theme, "x", *who], commented, adds=True),
        Case("undo", ["undo", ledger.load(root / STUDY / "decisions.yaml")[0].id, *who], adds=True),
        Case("read", ["read", *segments(root)[3:6], *who]),
        Case("move", ["decide", "pin", theme, *first, *who], adds=True),
        Case("import decisions", ["import", "in/decisions.yaml"]),
        Case("import workbook", ["import", "in/matrix.xlsx", *who], adds=True),
        Case("import handout", ["import", "in/form.docx"], adds=True),
        Case("import codebook", ["import", "in/cb.csv", "--codebook"]),
        Case("import codebook, empty", ["import", "in/codebook.qdc"], without("codebook.yaml")),
        Case("import codes", ["import", "in/theirs.csv"]),
        Case("import people", ["import", "in/people.csv"]),
        Case("import project", ["import", "in/coded.qdpx"], without("transcripts/mine.txt", "codebook.yaml")),
        Case("import texts", ["import", "in/coded.qdpx", "--transcripts"]),
        Case("import sheet", ["import", "in/coding_Cat.csv"]),
        Case("import sheet, other's name", ["import", "in/coder_a.xlsx"]),
        Case("import sheet, corrected", ["import", "in/corrected/coding_Cat.csv"], ran("import", "in/coding_Cat.xlsx")),
        Case("import sheet, resolved", ["import", "in/disagreements.csv"], resolved),
        Case("sample", ["sample-for-coding", "--coder", "Eve", "--n", "3"]),
        Case("disagreements", ["disagreements"]),
        Case("export", ["export"]),
        Case("export again", ["export"], both(ran("export"), rename_code)),
        Case("export elsewhere", ["export", "--to", "out"]),
        Case("handout", ["handout"]),
        Case("new", ["new", "data/other"]),
        Case("new, framework", ["new", "data/other", "--framework", "mine"], framework),
        Case("lay out", LAY_OUT, without("passages_read.yaml", "summaries.yaml")),
    ]


def commented(root: Path) -> None:
    """Decisions as a person edited them."""
    path = root / STUDY / "decisions.yaml"
    path.write_text(f"{path.read_text()}# ask Bea\n")


def rename_code(root: Path) -> None:
    """Change the codebook."""
    (root / STUDY / "codebook.yaml").write_text(CODEBOOK.replace("Pride", "Ambition"))


def framework(root: Path) -> None:
    """A ready framework."""
    (root / "data/codebooks").mkdir(parents=True)
    (root / "data/codebooks/mine.yaml").write_text(CODEBOOK)


def run(root: Path, words: Words, fault: Callable[[], None] = lambda: None) -> tuple[int, str]:
    """Run a command in a process of its own; return its exit status (negative: the signal) and what it said."""
    there, here = os.pipe()
    process = os.fork()
    if not process:
        inside(root, words, fault, here)
    os.close(here)
    with os.fdopen(there, errors="replace") as said:
        text = said.read()
    _, status = os.waitpid(process, 0)
    return os.waitstatus_to_exitcode(status), text


def inside(root: Path, words: Words, fault: Callable[[], None], out: int) -> None:
    """The process of a command: never returns."""
    code = 70
    try:
        os.chdir(root)
        os.dup2(out, 1)
        os.dup2(out, 2)
        sys.stdout, sys.stderr = (os.fdopen(number, "w", closefd=False) for number in (1, 2))
        sys.argv = ["counterpoint", *words]
        fault()
        study_template.main() if words == LAY_OUT else cli.main()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except Exception:  # noqa: BLE001  whatever it is, it is a traceback to be told of
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def watched(root: Path, act: Callable[[int, str], None]) -> Callable[[], None]:
    """Have `act` told of every step that writes below a root, by its number from 1 and its kind, before it happens."""
    count = 0

    def hook(event: str, given: tuple) -> None:
        nonlocal count
        if event == "open" and isinstance(given[2], int) and given[2] & WRITES:
            kind = "open"
        elif event in EVENTS:
            kind = event
        else:
            return
        places = [str(path) for path in given[:2] if isinstance(path, str | bytes | os.PathLike)]
        if any((Path.cwd() / place).is_relative_to(root) for place in places):
            count += 1
            act(count, kind)

    return lambda: sys.addaudithook(hook)


def killed(at: int) -> Callable[[int, str], None]:
    """Kill the process before its step number `at`."""
    return lambda number, _: os.kill(os.getpid(), signal.SIGKILL) if number == at else None


def cut(at: int, *, kill: bool) -> Callable[[int, str], None]:
    """From step `at` on no file can have more than CUT bytes: the process is killed there, or is told."""

    def act(number: int, _: str) -> None:
        if number == at:
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL if kill else signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (CUT, resource.RLIM_INFINITY))

    return act


def steps(root: Path, words: Words) -> list[str]:
    """The kinds of the steps of a command that nothing happens to, by way of a file beside the root."""
    log = root.parent / "steps"
    log.write_text("")
    handle = os.open(log, os.O_WRONLY | os.O_APPEND)
    none_wrong(run(root, words, watched(root, lambda _, kind: os.write(handle, f"{kind}\n".encode()) and None)))
    os.close(handle)
    return log.read_text().split()


def peoples(root: Path) -> dict[str, bytes]:
    """What people wrote, and every other file that is not the pipeline's."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        if path.is_file() and not (name.is_relative_to(STUDY) and name.relative_to(STUDY).parts[0] in MADE):
            found[name.as_posix()] = path.read_bytes()
    return found


def is_leftover(name: str) -> bool:
    """Whether a file is one that a killed command leaves, and Git never sees."""
    last = Path(name).name
    return last == LOCK or (last.startswith(".") and last.endswith(".new"))


def lost(
    before: dict[str, bytes], after: dict[str, bytes], now: dict[str, bytes], root: Path, *, adds: bool
) -> list[str]:
    """What is neither as it was nor as the command makes it; of a ledger, entries that were there and are not."""
    wrong = []
    for name in sorted({*before, *after, *now}):
        if is_leftover(name) or now.get(name) in (before.get(name), after.get(name)):
            continue
        if Path(name).name in LEDGERS and adds and name in now:
            wrong += [f"{name} lost an entry" for _ in missing(name, before, root)]
            continue
        wrong.append(f"{name} is {'gone' if name not in now else 'something else'}")
    return wrong


def missing(name: str, before: dict[str, bytes], root: Path) -> list[object]:
    """The entries of a ledger that it had before and has no more."""
    load = LEDGERS[Path(name).name]
    earlier = root.parent / "earlier" / Path(name).name
    earlier.parent.mkdir(exist_ok=True)
    earlier.write_bytes(before[name])
    now = load(root / name)
    return [one for one in load(earlier) if one not in now]


def tried(case: Case, fresh: Path, folder: Path) -> Result:
    """Every fault at every step of one command."""
    made = Result(case.name)
    start = shutil.copytree(fresh, folder / "start")
    case.prepare(start)
    before = peoples(start)
    ended = shutil.copytree(start, folder / "ended")
    kinds = steps(ended, case.words)
    after = peoples(ended)
    faults = [("killed", n, killed(n)) for n in some(range(1, len(kinds) + 1))]
    opens = some([n for n, kind in enumerate(kinds, start=1) if kind == "open"])
    faults += [("cut", n, cut(n, kill=True)) for n in opens] + [("full", n, cut(n, kill=False)) for n in opens]
    for fault, step, act in faults:
        root = shutil.copytree(start, folder / "trial" / "project")
        code, said = run(root, case.words, watched(root, act))
        made.trials[fault] += 1
        wrong = lost(before, after, peoples(root), root, adds=case.adds)
        if "Traceback" in said or code == 70:
            wrong.append(f"a traceback: {said.strip().splitlines()[-1]}")
        if fault == "full" and code == 0 and peoples(root) != after and not case.adds:
            wrong.append("it ended well on a full disk")
        wrong += again(case, root, before, after)
        made.wrong += [f"{fault} at {step} ({kinds[step - 1]}): {one}" for one in wrong]
        shutil.rmtree(folder / "trial")
    return made


def some(numbers: Sequence[int]) -> list[int]:
    """All of them, or MOST of them at equal distances, the first and the last among them."""
    last = len(numbers) - 1
    chosen = range(len(numbers)) if len(numbers) <= MOST else {round(n * last / (MOST - 1)) for n in range(MOST)}
    return [numbers[at] for at in sorted(chosen)]


def again(case: Case, root: Path, before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    """Run the command again after a fault: it must end well, and leave what it leaves where nothing happens."""
    code, said = run(root, case.words)
    for place in (root / STUDY, root / "data/other"):
        if place.is_dir():
            with study_lock.locked(place):  # as the next command that writes does
                pass
    now = peoples(root)
    wrong = [f"{name} was left for good" for name in now if is_leftover(name)]
    if code and now != after and not (case.adds and now != before):
        return [*wrong, f"the repeat said: {said.strip()[-200:]}"]
    if case.adds:
        return wrong + lost(before, after, now, root, adds=True)
    return wrong + [f"after the repeat {name} is not as it should be" for name in after if now.get(name) != after[name]]


@dataclass
class Pair:
    """Commands at the same time. `right`: what is wrong with the study afterwards, given who ended well."""

    name: str
    words: list[Words]
    wrong: Callable[[Path, Sequence[tuple[int, str]]], list[str]]
    prepare: Callable[[Path], None] = lambda _: None


def pairs(root: Path) -> list[Pair]:
    """Commands that two people, or one who is in a hurry, start at once."""
    theme, ids = first_theme(root), segments(root)
    memos = [["decide", "memo", theme, f"memo {n}", "--who", f"P{n}"] for n in range(8)]
    return [
        Pair(
            "15 reads",
            [["read", ids[n % len(ids)], "--who", f"R{n}"] for n in range(15)],
            entries("passages_read.yaml"),
        ),
        Pair("8 decides", memos, entries("decisions.yaml")),
        Pair("decides and imports", [*memos[:3], ["import", "in/decisions.yaml"]], entries("decisions.yaml")),
        Pair(
            "decides and a workbook",
            [*memos[:3], ["import", "in/matrix.xlsx", "--who", "Asha"]],
            entries("decisions.yaml", more=2),
        ),
        Pair(
            "two codebooks",
            [["import", "in/cb.csv", "--codebook"], ["import", "in/codebook2.csv", "--codebook"]],
            two_codebooks,
            lambda root: (root / "in/codebook2.csv").write_text("name,definition\nother,hello\n") and None,
        ),
        Pair(
            "two sheets of one name",
            [["import", "in/coding_Cat.csv"], ["import", "in/b/coding_Cat.csv"]],
            two_sheets,
            other_sheet,
        ),
        Pair("two samples", [["sample-for-coding", "--coder", "Eve", "--n", str(n)] for n in (2, 3)], one_of_two),
        Pair("two exports", [["export"], ["export"]], nobody_failed),
        Pair("two new", [["new", "data/other"], ["new", "data/other"]], nobody_failed),
    ]


def other_sheet(root: Path) -> None:
    """A sheet of the same name by somebody else."""
    (root / "in/b").mkdir()
    fill(root, root / "in/b/coding_Cat", "Pride")
    for path in (root / "in/b").iterdir():
        if path.suffix == ".csv":
            path.write_text(path.read_text(encoding="utf-8-sig").replace(",Cat,", ",Cath,"), encoding="utf-8")


def entries(name: str, *, more: int = 0) -> Callable[[Path, Sequence[tuple[int, str]]], list[str]]:
    """A ledger has an entry more for each command that ended well (and `more`)."""

    def wrong(root: Path, ended: Sequence[tuple[int, str]]) -> list[str]:
        had = {"passages_read.yaml": 3, "decisions.yaml": 2}[name]
        wanted = had + sum(code == 0 for code, _ in ended) + more
        found = len(LEDGERS[name](root / STUDY / name))
        return [] if found == wanted else [f"{name} has {found} entries, not {wanted}"]

    return wrong


def two_codebooks(root: Path, _: Sequence[tuple[int, str]]) -> list[str]:
    """The old codebook and the two that came are all there."""
    texts = " ".join(path.read_text() for path in (root / STUDY).glob("codebook*.yaml"))
    return [f"the code {name} is gone" for name in ("Pride", "newcode", "other") if name not in texts]


def two_sheets(root: Path, _: Sequence[tuple[int, str]]) -> list[str]:
    """Both people's codings are there."""
    texts = " ".join(path.read_text() for path in (root / STUDY / "human_codes").glob("coding_*.csv"))
    return [f"the codings of {name} are gone" for name in (",Cat,", ",Cath,") if name not in texts]


def one_of_two(root: Path, ended: Sequence[tuple[int, str]]) -> list[str]:
    """One sheet was made; the other command was refused."""
    return [] if sorted(code for code, _ in ended) == [0, 1] else [f"they ended with {[code for code, _ in ended]}"]


def nobody_failed(root: Path, ended: Sequence[tuple[int, str]]) -> list[str]:
    """Both ended well."""
    return [said.strip()[-200:] for code, said in ended if code]


def together(pair: Pair, fresh: Path, folder: Path, times: int) -> Result:
    """Run commands at once, several times."""
    made = Result(pair.name)
    for _ in range(times):
        root = shutil.copytree(fresh, folder / "trial" / "project")
        pair.prepare(root)
        ended = at_once(root, pair.words)
        made.trials["at once"] += 1
        made.wrong += pair.wrong(root, ended)
        made.wrong += [f"a traceback: {said.strip()[-200:]}" for _, said in ended if "Traceback" in said]
        made.wrong += [f"{name} was left" for name in peoples(root) if is_leftover(name)]
        shutil.rmtree(folder / "trial")
    return made


def at_once(root: Path, commands: list[Words]) -> list[tuple[int, str]]:
    """Run commands side by side, begun together."""
    go = root.parent / "go"

    def waits() -> None:
        while not go.exists():
            time.sleep(0.001)

    with tempfile.TemporaryDirectory() as held:
        children = []
        for number, words in enumerate(commands):
            process = os.fork()
            if not process:
                out = os.open(Path(held) / str(number), os.O_WRONLY | os.O_CREAT)
                inside(root, words, waits, out)
            children.append(process)
        go.touch()
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        return [(code, (Path(held) / str(number)).read_text()) for number, code in enumerate(codes)]


def results(only: str, times: int, folder: Path) -> Iterator[Result]:
    """Every trial that is asked for."""
    fresh = folder / "fresh" / "project"
    base(fresh)
    for number, case in enumerate(cases(fresh)):
        if case.name.startswith(only):
            yield tried(case, fresh, folder / f"case{number}")
            shutil.rmtree(folder / f"case{number}")
    for number, pair in enumerate(pairs(fresh)):
        if pair.name.startswith(only):
            yield together(pair, fresh, folder / f"pair{number}", times)


def main() -> None:
    """Try every command and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="trials whose names begin so")
    parser.add_argument("--times", type=int, default=3, help="how often commands are run at once")
    options = parser.parse_args()
    failed = 0
    total: Counter[str] = Counter()
    print("| command | killed before a step | killed in a write | full disk | at once | wrong |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory(prefix="writes-") as folder:
        for found in results(options.only, options.times, Path(folder).resolve()):
            counts = [str(found.trials[kind] or "") for kind in ("killed", "cut", "full", "at once")]
            said = "; ".join(found.wrong[:4]).replace("|", "/") or "nothing"
            print(f"| {found.name} | {' | '.join(counts)} | {said} |", flush=True)
            failed += len(found.wrong)
            total += found.trials
    print(f"\n{sum(total.values())} trials ({dict(total)}), {failed} wrong.")
    raise SystemExit(failed > 0)


if __name__ == "__main__":
    main()
