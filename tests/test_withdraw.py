"""A participant withdraws: the real pipeline, under Git and DVC, and afterwards a search of every file there is."""

import io
import json
import os
import re
import sys
import zipfile
from pathlib import Path

import docx
import pandas as pd
import pytest

from pipeline.commands import exporting
from pipeline.core.errors import CounterpointError
from pipeline.core.params import Params
from pipeline.decisions import ledger, reading_ledger
from pipeline.withdrawal import closing_report
from pipeline.withdrawal import command as withdraw
from pipeline.withdrawal.command import Outcome
from tests.test_end_to_end import CODEBOOK, ONE, ROOT, TWO, command, project, repro, write

NAME = "Zephyrine"
ALONE = [
    ("Interviewer", "What is it like for you to take part in all of this?"),
    (NAME, "My grandmother kept bees, and I think of the ward as a hive that somebody keeps kicking over."),
    ("Interviewer", "And what would help you the most?"),
    (NAME, "A locked drawer of protected hours, with my name upon the key and nobody else's."),
]
GROUP = [
    ("Facilitator", "How did the learning session go for everybody?"),
    (NAME, "I drew the driver diagram on a napkin, the purple one, because the flipchart had been stolen again."),
    ("Bilal", "We pinned it to the wall of the ward and it worked for a month, I was quite surprised."),
    (NAME, "Then the auditors came with their clipboards and the napkin went into the bin beside the sluice."),
    ("Carys", "It is always the same with us, the good things are thrown away when somebody comes to look."),
    ("Bilal", "The next napkin will be laminated, I promise you that much."),
]
THEIRS = [words for talk in (ALONE, GROUP) for who, words in talk if who == NAME]
OTHERS = [words for who, words in GROUP if who != NAME]
PEOPLE = f"""document,speaker,case,part,role
one,Anna,Anna,participant,nurse
two,Bilal,Bilal,participant,doctor
group,Bilal,Bilal,participant,doctor
group,Carys,Carys,participant,manager
group,{NAME},{NAME},participant,nurse
alone,{NAME},{NAME},participant,nurse
"""
CODES = [
    ("one", "There were two of us for twenty eight patients last night.", "Staffing", "A", ""),
    ("group", "the napkin went into the bin beside the sluice", "Staffing", "A", ""),
    ("group", "The next napkin will be laminated", "Protected time", "A", ""),
    ("alone", THEIRS[1], "Protected time", "B", ""),
    ("two", "I have never seen one of them on the ward.", "Staffing", "B", f"compare: {THEIRS[0][:60]}"),
]


def subtitles(talk: list[tuple[str, str]]) -> str:
    cues = [
        f"00:00:{n:02d}.000 --> 00:00:{n:02d}.900\n<v {who}>{words}</v>\n" for n, (who, words) in enumerate(talk, 1)
    ]
    return "WEBVTT\n\n" + "\n".join(cues)


def word(path: Path, talk: list[tuple[str, str]]) -> None:
    made = docx.Document()
    for who, words in talk:
        made.add_paragraph(f"{who}: {words}")
    made.save(str(path))


def git(root: Path, *words: str) -> None:
    done = command(root, "git", *words)
    assert done.returncode == 0, done.stderr


def counterpoint(root: Path, *words: str) -> tuple[int, str]:
    done = command(root, sys.executable, "-c", "from pipeline.cli import main; main()", *words)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, str, str]:
    """A study that ran, was decided on and read, and from which a participant then withdrew; and what was said."""
    root = project(
        tmp_path_factory.mktemp("withdraw") / "my project",
        transcripts={"one.txt": ONE, "two.txt": TWO, "group.vtt": subtitles(GROUP)},
        others={"codebook.yaml": CODEBOOK, "participants.csv": PEOPLE},
    )
    (root / "data/small/human_codes").mkdir()
    codes = pd.DataFrame(CODES, columns=["document", "text", "code", "coder", "memo"])
    codes.to_csv(root / "data/small/human_codes/codes.csv", index=False)
    word(root / "data/small/transcripts/alone.docx", ALONE)
    write(root / ".gitignore", "/data/*/transcripts/\n/data/*/human_codes/\n/data/*/participants.csv\n/.no_network/\n")
    git(root, "init", "-q", "-b", "main")
    for name, value in (("user.name", "A"), ("user.email", "a@example.org"), ("commit.gpgsign", "false")):
        git(root, "config", name, value)
    command(root, sys.executable, "-m", "dvc", "config", "core.no_scm", "false")
    repro(root)
    segments = pd.read_parquet(root / "data/small/interim/segments.parquet")
    assigned = pd.read_parquet(root / "data/small/processed/theme_assignments.parquet")
    theme = str(assigned.loc[assigned["theme_id"] >= 0, "theme_id"].iloc[0])
    said = segments[segments["substantive"]]
    theirs = said.loc[said["case"] == NAME, "segment_id"].tolist()
    for words in (
        ["decide", "accept", theme],
        ["decide", "pin", theme, theirs[0]],
        ["read", theirs[1], said["segment_id"].iloc[-1]],
    ):
        code, answer = counterpoint(root, *words, "--who", "Asha")
        assert code == 0, answer
    before = found(root)
    write(root / "theirs.json", json.dumps(theirs))
    assert {"sentence", "name"} <= {kind for kind, _ in before}, "the search finds what is there"
    code, answer = counterpoint(root, "withdraw", "--case", NAME, "--yes")
    return root, code, answer, "\n".join(sorted({place for _, place in before}))


def texts(data: bytes) -> list[str]:
    """What a file says, unpacked: this test's own search, not that of the command."""
    if data[:4] == b"PAR1":
        return [pd.read_parquet(io.BytesIO(data)).to_csv()]
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [text for name in archive.namelist() for text in [name, *texts(archive.read(name))]]
    return [data.decode(errors="replace")]


def found(root: Path) -> set[tuple[str, str]]:
    """Every file that holds four of their words in a row, or their name."""
    runs = {" ".join(words.split()[at : at + 4]) for words in THEIRS for at in range(2, len(words.split()) - 4, 4)}
    hits = set()
    for path in root.rglob("*"):
        if not path.is_file() or path.relative_to(root).parts[0] in (".git", "pipeline"):
            continue
        said = "\n".join([str(path.relative_to(root)), *texts(path.read_bytes())])
        hits |= {("sentence", str(path.relative_to(root))) for words in runs if words in said}
        hits |= {("name", str(path.relative_to(root)))} if NAME in said else set()
    return hits


def test_before_the_withdrawal_their_words_were_in_every_kind_of_place(run: tuple[Path, int, str, str]):
    _, _, _, places = run
    for place in ("transcripts/alone.docx", "transcripts/group.vtt", "human_codes/codes.csv", "participants.csv"):
        assert place in places
    for place in ("interim/segments.parquet", "report/index.html", "report/framework_matrix.xlsx", ".dvc/cache"):
        assert place in places


def test_afterwards_no_file_holds_their_words_or_their_name(run: tuple[Path, int, str, str]):
    root, code, answer, _ = run
    assert found(root) == set(), answer
    assert code == 0, answer


def test_nor_do_any_of_their_ids(run: tuple[Path, int, str, str]):
    root, *_ = run
    theirs = json.loads((root / "theirs.json").read_text())
    (root / "theirs.json").unlink()
    for path in (path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts):
        held = "\n".join(texts(path.read_bytes()))
        assert not [name for name in theirs if name in held], path
    (root / "theirs.json").write_text(json.dumps(theirs))


def test_what_the_others_said_is_still_there_and_was_run_again(run: tuple[Path, int, str, str]):
    root, *_ = run
    segments = pd.read_parquet(root / "data/small/interim/segments.parquet")
    said = " ".join(segments["text"])
    for words in OTHERS[1:]:
        assert words in said
    assert sorted(set(segments["document"])) == ["group.vtt", "one.txt", "two.txt"]
    assert OTHERS[2] in (root / "data/small/report/index.html").read_text()


def test_codes_of_the_others_still_find_their_passages(run: tuple[Path, int, str, str]):
    root, *_ = run
    codings = pd.read_parquet(root / "data/small/interim/codings.parquet")
    assert sorted(codings["text"]) == [
        "I have never seen one of them on the ward.",
        "The next napkin will be laminated",
        "There were two of us for twenty eight patients last night.",
    ]


def test_decisions_stand_without_them(run: tuple[Path, int, str, str]):
    root, *_ = run
    (left,) = ledger.load(root / "data/small/decisions.yaml")
    assert left.action == "accept"
    assert "alone.docx" not in left.documents
    assert len(reading_ledger.load(root / "data/small/passages_read.yaml")) == 1


def test_everything_is_up_to_date_afterwards(run: tuple[Path, int, str, str]):
    root, *_ = run
    assert re.findall(r"Running stage '(\w+)'", repro(root)) == ["study"]


def test_the_command_says_what_it_did_and_what_is_out_of_reach(run: tuple[Path, int, str, str]):
    _, _, answer, _ = run
    for part in (
        f"To withdraw the participant '{NAME}' from data/small",
        "delete transcripts/alone.docx",
        "remove 2 turns from transcripts/group.vtt",
        "remove 2 rows from participants.csv",
        "human_codes/codes.csv",
        "passages_read.yaml",
        "were searched for in every file of the project, and not found",
        f"their names ({NAME}, alone.docx)",
        "Out of reach",
        "backups",
    ):
        assert part in answer, answer
    assert "Traceback" not in answer


def test_somebody_who_is_not_there_is_a_sentence_and_changes_nothing(run: tuple[Path, int, str, str]):
    root, *_ = run
    code, answer = counterpoint(root, "withdraw", "--case", "Nobody", "--yes")
    assert code == 1
    assert "There is no participant 'Nobody'. The participants are: Anna, Bilal, Carys." in answer
    assert (root / "dvc.lock").exists()


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study that was never run, without DVC."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "models/models.yaml", (ROOT / "models/models.yaml").read_text())
    write(tmp_path / "data/small/transcripts/group.vtt", subtitles(GROUP))
    write(tmp_path / "data/small/participants.csv", PEOPLE)
    return tmp_path


def withdrawn(case: str, *, agreed: bool = True) -> tuple[Outcome, str]:
    said: list[str] = []
    done = withdraw.withdraw(Params(study="data/small"), case=case, agreed=lambda _: agreed, say=said.append)
    return done, "\n".join(said)


def test_what_still_holds_a_name_is_listed_and_the_outcome_says_so(small: Path):
    write(small / "notes.md", "Carys asked us to leave the board alone.\n")
    done, said = withdrawn("Carys")
    assert done == Outcome.LOOK
    assert "notes.md: the name Carys" in said
    assert "and not found" not in said
    assert "has no DVC repository" in said
    assert "thrown away" not in (small / "data/small/transcripts/group.vtt").read_text()


def test_copies_of_participants_that_commands_kept_lose_their_rows_too(small: Path):
    kept = small / "data/small/earlier"
    write(kept / "participants.csv", PEOPLE.replace("manager", "lead"))
    write(kept / "participants-2.csv", "no columns of people\nCarys\n")
    done, said = withdrawn("Carys")
    assert (kept / "participants.csv").read_text() == PEOPLE.replace("group,Carys,Carys,participant,manager\n", "")
    assert (kept / "participants-2.csv").read_text().endswith("Carys\n")
    assert done == Outcome.LOOK and "earlier/participants-2.csv" in said, "what cannot be read is listed"


def exported(small: Path) -> dict[str, Path]:
    """An export, by name of the file; each file says something of Carys's."""
    folder, place = small / "data/small", small / "data/small/export"
    names = (
        *("codebook.docx", "codebook.qdc", "codebook.xlsx", "coded.qdpx", "framework_matrix.docx", "csv/themes.csv"),
        *("framework_matrix.xlsx", "taguette.sqlite3", "taguette_codebook.csv"),
    )
    exporting._write(folder, place, {name: f"Carys: {name}".encode() for name in names})
    return {name: place / name for name in names}


def test_what_an_export_wrote_goes_with_nothing_said_of_edits(small: Path):
    files = exported(small)
    done, said = withdrawn("Carys")
    assert done == Outcome.DONE, said
    assert not any(path.exists() for path in files.values())
    assert not (small / "data/small/edited").exists()
    assert "was edited" not in said and "did not create" not in said


@pytest.mark.parametrize("name", ["framework_matrix.docx", "taguette.sqlite3"])
def test_what_somebody_changed_in_an_export_is_kept_and_named_if_it_holds_their_words(small: Path, name: str):
    files = exported(small)
    files[name].write_text("Carys, and a note of mine")
    done, said = withdrawn("Carys")
    (kept,) = (small / "data/small/edited").iterdir()
    assert kept.read_text() == "Carys, and a note of mine" and not files[name].exists()
    assert done == Outcome.LOOK
    assert f"{kept.name}. It still contains their words or name" in said
    assert f"edited/{kept.name}: the name Carys (line 1)" in said
    assert said.count("was edited") == 1


def test_the_files_with_findings_are_not_counted_as_free_of_them_and_lines_are_named(small: Path):
    write(small / "notes.md", "Nothing.\nCarys said so.\n")
    said = withdrawn("Carys")[1]
    assert "notes.md: the name Carys (line 2)" in said, said
    assert re.search(r"\d+ other files? w\w+ searched; nothing of theirs was found in", said)


def test_a_long_list_is_cut_and_counted(small: Path):
    for number in range(closing_report.SHOWN + 3):
        write(small / f"notes/{number:03d}.md", "Carys")
    assert "and 3 more in notes" in withdrawn("Carys")[1]


def test_nothing_is_changed_without_consent(small: Path):
    before = {path: path.read_bytes() for path in small.rglob("*") if path.is_file()}
    with pytest.raises(CounterpointError, match="Nothing was changed"):
        withdrawn("Carys", agreed=False)
    assert {path: path.read_bytes() for path in small.rglob("*") if path.is_file()} == before


def test_words_that_are_nobody_s_are_pointed_out(small: Path):
    write(small / "data/small/transcripts/group.vtt", subtitles([*GROUP, ("", "All right then, shall we?")]))
    assert "transcripts/group.vtt has text without a speaker" in withdrawn("Carys")[1]


def test_the_last_transcript_may_go(small: Path):
    (small / "data/small/transcripts/group.vtt").unlink()
    write(small / "data/small/transcripts/one.txt", ONE)
    done, said = withdrawn("Anna")
    assert done == Outcome.DONE and "There are no transcripts left" in said


def test_what_could_not_be_searched_is_listed_and_nothing_is_called_not_found(small: Path):
    """A file that cannot be opened may hold anything: the damaged archive, the scan, the one that only begins so."""
    (small / "x.bin").write_bytes(b"PAR1 hello")
    (small / "y.zip").write_bytes(b"PK\x03\x04 broken")
    done, said = withdrawn("Carys")
    assert done == Outcome.LOOK
    assert "NOT SEARCHED" in said and "x.bin: it starts like a Parquet table" in said and "y.zip" in said
    assert "and not found" not in said
    assert "were searched; nothing of theirs was found in them" in said
    assert "Out of reach of this command; remove by hand:" in said


def test_a_name_that_is_too_short_is_never_said_not_to_be_found(small: Path):
    people = PEOPLE.replace("Carys,Carys", "Carys,7")
    write(small / "data/small/participants.csv", people)
    done, said = withdrawn("7")
    assert done == Outcome.LOOK
    assert "'7' is too short to search for" in said and "and not found" not in said


def test_a_line_that_cannot_be_shown_ends_nothing(small: Path):
    wanted = closing_report.printable(os.fsdecode(b"int_Zo\xeb.txt"))
    assert wanted == "int_Zo\\xeb.txt"
    assert closing_report.printable("Zoë") == "Zoë"
