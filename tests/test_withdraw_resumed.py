"""A withdrawal that is stopped at any moment goes on when it is run again, and ends as one that nothing happened to."""

import errno
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from pipeline import ingest, segment
from pipeline.commands import checks
from pipeline.core import atomic_files, edited_outputs, stage_runner, study_lock, withdrawal_state
from pipeline.core.errors import CounterpointError
from pipeline.core.params import Params
from pipeline.core.withdrawal_state import UnfinishedError
from pipeline.corpus.sentences import plain_starts, spans
from pipeline.decisions import alternative_readings, deciding, ledger, reading_ledger
from pipeline.decisions.ledger import Decision
from pipeline.reporting import written_summaries
from pipeline.withdrawal import command, journal, plan
from pipeline.withdrawal.command import Outcome
from pipeline.withdrawal.journal import JournalError
from tests.test_withdraw import ROOT, word, write

STUDY = Path("data/mine")
ALONE = "Interviewer: What helps?\n\nAnna: The consultant asks what we think and then does something.\n\nInterviewer: And?\n\nAnna: People turn up then, all of them.\n"
GROUP = [
    ("Interviewer", "How did it go for you all?"),
    ("Anna", "It was my own idea to put the sticker on the fluid chart."),
    ("Bilal", "It was, and we carried it to the other ward the very next week."),
    ("Anna", "Then winter came and nobody had the time to look at it again."),
    ("Bilal", "The time went and the charts went with it."),
]
OTHER = "Interviewer: What helps?\n\nCarys: We were given half a day that nobody took from us.\n\nInterviewer: Now?\n\nCarys: It went.\n"
PEOPLE = "document,speaker,case,part\ngroup,Anna,A1,participant\ngroup,Bilal,B1,participant\nalone,Anna,A1,participant\nother,Carys,C1,participant\n"
CODES = "document,text,code,coder\ngroup,carried it,Spread,X\ngroup,the sticker on the fluid chart,Idea,X\nalone,The consultant asks,Leader,X\n"
WHEN = {"who": "Asha", "when": "2026-01-15"}
THEIRS = ("sticker", "consultant asks", "winter came", "Anna")


def split(texts: list[str]) -> list[list[tuple[int, int]]]:
    return [spans(text, plain_starts(text)) for text in texts]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study with everything that people give, write and decide, and with what a run made of it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plan.model_registry, "load_spacy", lambda _: None)
    monkeypatch.setattr(plan.sentences, "splitter", lambda _: split)
    write(tmp_path / "params.yaml", yaml.safe_dump({"study": STUDY.as_posix()}))
    write(tmp_path / "models/models.yaml", (ROOT / "models/models.yaml").read_text())
    given = {"transcripts/alone.txt": ALONE, "transcripts/other.txt": OTHER, "participants.csv": PEOPLE}
    for name, text in {**given, "human_codes/a.csv": CODES}.items():
        write(STUDY / name, text)
    word(STUDY / "transcripts/group.docx", GROUP)
    tables = ingest.ingest(STUDY, **settings().ingest.model_dump())
    options = settings().segment.model_dump(exclude={"model"})
    found, _ = segment.segment(tables["documents"], tables["turns"], split=split, **options)
    ids = {name: list(rows) for name, rows in found.groupby("speaker")["segment_id"]}
    both = {"members": (*ids["Anna"], *ids["Bilal"]), "documents": ("alone.txt", "group.docx")}
    pin = Decision(action="pin", theme=5, segments=tuple(ids["Anna"][:1]), **both, **WHEN)
    ledger.save(STUDY / "decisions.yaml", [Decision(action="accept", theme=5, **both, **WHEN), pin])
    reading_ledger.opened(STUDY, [ids["Anna"][0], ids["Bilal"][0]], who="Asha")
    cells = (written_summaries.Summary(case=case, code="Time", summary="None.", **WHEN) for case in ("A1", "C1"))
    write(STUDY / "summaries.yaml", written_summaries.dump(cells))
    told = alternative_readings.Reading(theme=5, who="Dev", when="2026-01-15", means=f"He said {ALONE[33:90]}")
    write(STUDY / "interpretations.yaml", alternative_readings.dump([told]))
    for place in ("interim/turns.parquet", "processed/themes.parquet", "report/index.html", "export/csv/themes.csv"):
        write(STUDY / place, ALONE)
    for place in (".cache/vectors/a.parquet", ".cache/segment.lock", "export/coded.qdpx", "report/metrics.json"):
        write(STUDY / place, "x")
    write(tmp_path / "models/data/mine/MODEL_CARD.md", ALONE)
    return tmp_path


def settings() -> Params:
    return Params(study=STUDY.as_posix())


def run(*, agreed: Callable[[], object] = lambda: None, **words: str) -> tuple[Outcome, str]:
    said: list[str] = []
    done = command.withdraw(settings(), **words, agreed=lambda _: agreed() is None, say=said.append)
    return done, "\n".join(said)


def snapshot(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() if path.is_file() else b"a folder"
        for path in sorted(root.rglob("*"))
        if path.name != study_lock.LOCK  # empty, and whoever writes next removes it
    }


def killed_at(step: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Run the command in a process of its own that is killed before its nth change of a file; whether it was."""
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    count = 0

    def counted(plain: Callable[..., object]) -> Callable[..., object]:
        def change(*args: object, **options: object) -> object:
            nonlocal count
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return plain(*args, **options)

        return change

    for name in ("unlink", "remove", "rmdir", "replace", "rename", "link"):
        monkeypatch.setattr(os, name, counted(getattr(os, name)))
    status = 1
    try:
        run(case="A1")
        status = 0
    finally:
        os._exit(status)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no forks")
def test_killed_at_every_step_it_goes_on_and_ends_the_same(project: Path, monkeypatch: pytest.MonkeyPatch):
    kept = project.parent / "kept"
    shutil.copytree(project, kept)
    outcome, said = run(case="A1")
    assert outcome == Outcome.DONE, said
    right, before = snapshot(project), snapshot(kept)
    assert not [name for name, data in right.items() for words in THEIRS if words.encode() in data or words in name]
    steps = 0
    while True:
        shutil.rmtree(project)
        shutil.copytree(kept, project)
        os.chdir(project)
        if not killed_at(steps + 1, monkeypatch):
            break
        steps += 1
        now = {name: data for name, data in snapshot(project).items() if ".withdrawal" not in name}
        begun = withdrawal_state.journal(STUDY) is not None
        changed = now != before and not (now == right and not begun)
        assert begun or not changed, f"step {steps}: files changed, and nothing says so"
        if begun:
            assert "counterpoint withdraw" in withdrawal_state.unfinished(STUDY)
            assert run(case="a1" if steps % 2 else "")[0] == Outcome.DONE
        elif now != right:
            run(case="A1")
        else:
            with pytest.raises(CounterpointError):
                run()
        assert snapshot(project) == right, f"step {steps}"
    assert steps > 30, "every change was tried"
    assert snapshot(project) == right


@pytest.mark.parametrize("write_number", range(1, 12))
def test_on_a_full_disk_nothing_is_changed_or_it_goes_on(
    project: Path, monkeypatch: pytest.MonkeyPatch, write_number: int
):
    before = snapshot(project)
    fill, count = atomic_files._fill, 0

    def full(temporary: Path, content: str | bytes) -> None:
        nonlocal count
        count += 1
        if count >= write_number:
            raise OSError(errno.ENOSPC, "No space left on device")
        fill(temporary, content)

    monkeypatch.setattr(atomic_files, "_fill", full)
    try:
        outcome, said = run(case="A1")
    except OSError:
        assert snapshot(project) == before
    else:
        assert outcome == Outcome.DONE or (outcome == Outcome.UNFINISHED and "disk is full" in said)
    monkeypatch.setattr(atomic_files, "_fill", fill)
    if write_number <= count:
        assert run(case="A1")[0] == Outcome.DONE
    assert not [data for data in snapshot(project).values() for words in THEIRS if words.encode() in data]
    assert [one.key for one in ledger.load(STUDY / "decisions.yaml")]


def begun(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A withdrawal that was stopped right after its journal was written."""

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(command, "_remove", stopped)
        with pytest.raises(KeyboardInterrupt):
            run(case="A1")
    assert withdrawal_state.journal(STUDY) is not None


def test_until_it_is_finished_everything_else_says_so(project: Path, monkeypatch: pytest.MonkeyPatch):
    begun(project, monkeypatch)
    sentence = "the withdrawal of the participant 'A1' is not complete"
    found = checks.check(None)
    assert found.refused and any(sentence in line for line in found.lines)
    with pytest.raises(SystemExit), stage_runner.opened("study"):
        pytest.fail("no stage makes anything anew")
    with pytest.raises(UnfinishedError, match="Finish it first with `counterpoint withdraw`"):
        run(case="B1")
    assert run()[0] == Outcome.DONE
    with stage_runner.opened("study"):
        assert checks.check(None).refused is False


def test_the_pipeline_may_run_again_once_what_was_made_is_gone(project: Path, monkeypatch: pytest.MonkeyPatch):
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(command.search, "search", stopped)
        with pytest.raises(KeyboardInterrupt):
            run(case="A1")
    withdrawal_state.refuse(STUDY)
    assert "the final search" in withdrawal_state.unfinished(STUDY)
    outcome, said = run()
    assert outcome == Outcome.DONE and "Continuing the withdrawal" in said
    assert withdrawal_state.unfinished(STUDY) == ""


def test_the_journal_is_out_of_git_s_sight_and_holds_none_of_their_words(
    project: Path, monkeypatch: pytest.MonkeyPatch
):
    begun(project, monkeypatch)
    folder = STUDY / ".withdrawal"
    assert (folder / ".gitignore").read_text() == "*\n"
    held = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"Anna" in held
    assert not [words for words in ("sticker", "consultant", "winter") if words.encode() in held]
    run()
    assert not folder.exists()


def test_a_decision_taken_at_the_prompt_stays(project: Path):
    def decide() -> None:
        with study_lock.locked(STUDY):
            taken = ledger.load(STUDY / "decisions.yaml")
            memo = Decision(action="memo", theme=5, text="Taken meanwhile", who="Dev", when="2026-02-01")
            ledger.save(STUDY / "decisions.yaml", [*taken, memo])

    assert run(case="A1", agreed=decide)[0] == Outcome.DONE
    assert [one.action for one in ledger.load(STUDY / "decisions.yaml")] == ["accept", "memo"]
    assert deciding.Screen


def test_a_decision_taken_while_it_was_stopped_stays(project: Path, monkeypatch: pytest.MonkeyPatch):
    begun(project, monkeypatch)
    taken = ledger.load(STUDY / "decisions.yaml")
    memo = Decision(action="memo", theme=5, text="Taken meanwhile", who="Dev", when="2026-02-01")
    ledger.save(STUDY / "decisions.yaml", [*taken, memo])
    assert run()[0] == Outcome.DONE
    left = ledger.load(STUDY / "decisions.yaml")
    assert [one.action for one in left] == ["accept", "memo"] and "alone.txt" not in left[0].documents


def test_a_file_that_came_meanwhile_stops_what_was_agreed_to(project: Path):
    with pytest.raises(CounterpointError, match="changed before you confirmed"):
        run(
            case="A1",
            agreed=lambda: (
                write(STUDY / "transcripts/later.txt", ALONE)
                or write(STUDY / "participants.csv", PEOPLE + "later,Anna,A1,participant\n")
            ),
        )
    assert (STUDY / "transcripts/alone.txt").exists() and withdrawal_state.journal(STUDY) is None


def test_a_file_changed_while_it_was_stopped_is_for_a_person_if_it_holds_their_words(
    project: Path, monkeypatch: pytest.MonkeyPatch
):
    begun(project, monkeypatch)
    codes = STUDY / "human_codes/a.csv"
    write(codes, CODES + "other,half a day,Time,Y\n")
    outcome, said = run()
    assert outcome == Outcome.UNFINISHED
    assert f"{codes} was changed after the withdrawal had started" in said and "is not finished" in said
    assert not (STUDY / "transcripts/alone.txt").exists(), "everything else is done all the same"
    assert "Out of reach of this command; remove by hand:" in said
    write(codes, "document,text,code,coder\nother,half a day,Time,Y\n")
    assert run()[0] == Outcome.DONE
    assert "half a day" in codes.read_text()


def test_what_cannot_be_thrown_away_stops_nothing_else_and_is_said(project: Path, monkeypatch: pytest.MonkeyPatch):
    def refusing(*_: object) -> list[str]:
        raise command.purge.PurgeError("DVC's cache could not be cleaned.")

    with monkeypatch.context() as patch:
        patch.setattr(command.purge, "purge", refusing)
        outcome, said = run(case="A1")
    assert outcome == Outcome.UNFINISHED
    assert "could not be cleaned" in said and "report/index.html" in said and "Out of reach" in said
    assert run()[0] == Outcome.DONE


def test_a_workbook_that_somebody_wrote_in_is_kept_and_looked_through(project: Path):
    book, made = STUDY / "report/framework_matrix.xlsx", STUDY / "export/framework_matrix.xlsx"
    for place, text in ((book, ALONE), (made, "nothing")):
        write(place, text)
    edited_outputs.remember(settings().places, [made])
    outcome, said = run(case="A1")
    (kept,) = settings().places.edited.iterdir()
    assert kept.read_text() == ALONE and not book.exists() and not made.exists()
    assert outcome == Outcome.LOOK
    assert f"your edited version is kept in {kept}" in said and f"{kept}: a sentence" in said


def test_a_journal_that_is_damaged_is_a_sentence(project: Path, monkeypatch: pytest.MonkeyPatch):
    begun(project, monkeypatch)
    for text in ("{", "{}", '{"version": 99}', "[]"):
        write(STUDY / ".withdrawal/begun.json", text)
        with pytest.raises(JournalError, match="with the same options as before"):
            run()
        assert "somebody" in withdrawal_state.unfinished(STUDY)


def test_what_was_left_before_a_journal_was_written_is_cleared_away(project: Path):
    write(STUDY / ".withdrawal/0001.new", "half")
    assert withdrawal_state.unfinished(STUDY) == ""
    with pytest.raises(CounterpointError, match="Give either"):
        run()
    assert not (STUDY / ".withdrawal").exists()
    assert journal.read(STUDY) is None
