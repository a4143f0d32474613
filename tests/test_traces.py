"""Looking through a project: what is found, in which order, what could not be looked into, and that nothing stops it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.core.study_paths import Places
from pipeline.withdrawal import search
from pipeline.withdrawal.search_terms import needles
from tests import carrier_files

SAID = "They promised us half a day, and “then” winter came to Café Nord."
WANTED = needles([f"Yes. {SAID} Anna said so."], ["Somebody else says other things here."], ["Anna"])
posix = pytest.mark.skipif(sys.platform == "win32", reason="such files are not to be had there")


def put(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def found(root: Path, wanted=WANTED) -> dict[str, tuple[str, ...]]:
    return {
        f"{one.path} ({one.part})" if one.part else one.path: one.found for one in search.search(root, wanted).found
    }


def test_names_of_files_folders_and_members_count(tmp_path: Path):
    put(tmp_path, **{"int_Anna.txt": "nothing", "Anna/b.txt": "nothing", "c.txt": "Annabel and Johanna"})
    (tmp_path / "c.zip").write_bytes(carrier_files.archive(("sources/anna.txt", b"x")))
    assert found(tmp_path) == {
        "int_Anna.txt (its own name)": ("the name Anna",),
        "Anna (its own name)": ("the name Anna",),
        "c.zip (sources/anna.txt)": ("the name Anna",),
    }


@posix
def test_a_file_name_that_is_no_utf_8_is_looked_at(tmp_path: Path):
    wanted = needles([], [], ["Zoë"])
    try:
        (tmp_path / os.fsdecode(b"int_Zo\xeb.txt")).write_text("nothing")
    except OSError:
        pytest.skip("this file system has no such names")
    assert len(search.search(tmp_path, wanted).found) == 1


def test_raw_files_come_first_and_caches_last(tmp_path: Path):
    places = Places(Path("data/x"), tmp_path)
    order = [
        "data/x/transcripts/b.txt",
        "data/x/participants.csv",
        "data/x/human_codes/a.csv",
        "data/x/sheets/c.csv",
        "data/x/codebook.yaml",
        "notes.md",
        "data/x/export/themes.csv",
        "data/x/report/index.html",
        "data/x/.cache/labels/1.txt",
        ".dvc/cache/files/md5/aa/b",
    ]
    put(tmp_path, **dict.fromkeys(order, SAID))
    assert [one.path for one in search.search(tmp_path, WANTED, places).found] == [
        *order[:6],
        *order[6:8],
        *sorted(order[8:]),
    ]


def test_the_program_itself_holds_names_as_examples(tmp_path: Path):
    put(tmp_path, **{"pipeline/a.py": "# Anna: words", "tests/b.py": "Anna", "analysis.py": "# Anna"})
    done = search.search(tmp_path, WANTED)
    assert [one.path for one in done.found] == ["analysis.py"]
    assert sorted(done.examples) == ["pipeline/a.py", "tests/b.py"]
    put(tmp_path, **{"pipeline/a.py": f"# {SAID}"})
    assert "pipeline/a.py" in found(tmp_path)


def test_cell_addresses_and_formulas_are_no_names(tmp_path: Path):
    wanted = needles([], [], ["C1", "B2"])
    import openpyxl

    book = openpyxl.Workbook()
    for row in range(1, 4):
        book.active.append([row, row, row])
    book.active["D1"] = "=SUM(C1:C3)"
    book.active.auto_filter.ref = "A1:C1"
    book.active.merge_cells("B2:C3")
    book.save(tmp_path / "a.xlsx")
    sheet = "<table:table-cell table:formula='of:=[.C1]' table:end-cell-address='S.C1'><text:p>x</text:p></table:table-cell>"
    xml = f"<office:document-content>{sheet}</office:document-content>".replace("'", '"').encode()
    (tmp_path / "a.ods").write_bytes(carrier_files.archive(("content.xml", xml)))
    done = search.search(tmp_path, wanted)
    assert (done.found, done.small, done.unsearched) == ([], {}, [])
    (tmp_path / "b.xlsx").write_bytes(carrier_files.workbook("C1 was there"))
    assert list(found(tmp_path, wanted)) == ["b.xlsx (xl/sharedStrings.xml)"]


def test_a_plain_word_in_small_letters_is_counted_apart(tmp_path: Path):
    wanted = needles([], [], ["Will"])
    put(tmp_path, **{"a.txt": "I will", "b.txt": "as Will said, he will"})
    done = search.search(tmp_path, wanted)
    assert done.small == {"Will": ["a.txt"]} and [one.path for one in done.found] == ["b.txt"]
    assert not search.search(tmp_path, needles([], [], ["I"])).found


@posix
def test_links_are_not_followed_out_of_the_project(tmp_path: Path):
    root, outside = tmp_path / "project", tmp_path / "outside"
    put(outside, **{"a.txt": SAID})
    put(root, **{"in.txt": "nothing"})
    (root / "file").symlink_to(outside / "a.txt")
    (root / "folder").symlink_to(outside)
    (root / "inside").symlink_to(root / "in.txt")
    (root / "nowhere").symlink_to(root / "gone.txt")
    done = search.search(root, WANTED)
    assert done.found == []
    assert [one.path for one in done.unsearched] == ["file", "folder"]
    assert "outside the project" in done.unsearched[0].why


@posix
def test_pipes_and_what_may_not_be_read_are_listed(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    put(tmp_path, **{"shut.txt": SAID, "folder/a.txt": SAID})
    (tmp_path / "shut.txt").chmod(0)
    (tmp_path / "folder").chmod(0)
    done = search.search(tmp_path, WANTED)
    (tmp_path / "folder").chmod(0o700)
    listed = {one.path for one in (*done.unsearched, *done.found)}
    assert {"pipe", "shut.txt"} <= listed
    assert os.geteuid() == 0 or {one.path for one in done.unsearched} == {"pipe", "shut.txt", "folder"}


def test_a_file_that_breaks_the_search_is_listed_and_the_others_are_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    put(tmp_path, **{"a.txt": "x", "b.txt": SAID})

    def broken(source):
        if source.name == "a.txt":
            raise MemoryError
        return iter([])

    monkeypatch.setattr(search, "apart", broken)
    done = search.search(tmp_path, WANTED)
    assert [(one.path, one.part) for one in done.unsearched] == [("a.txt", "")]
    assert "open and check it" in done.unsearched[0].why


def test_installed_programs_are_not_looked_through_and_named(tmp_path: Path):
    put(tmp_path, **{".venv/pyvenv.cfg": "", ".venv/x.txt": SAID, "venv of mine/x.txt": SAID})
    done = search.search(tmp_path, WANTED)
    assert done.installed == [".venv"]
    assert [one.path for one in done.found] == ["venv of mine/x.txt"]


def test_nothing_wanted_finds_nothing(tmp_path: Path):
    put(tmp_path, **{"a.txt": SAID})
    done = search.search(tmp_path, needles([], [], []))
    assert done.nothing_left and done.clean == 1


def git(root: Path, *words: str) -> None:
    own = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(root), *own, *words], check=True, capture_output=True)


def test_all_that_git_keeps_is_looked_through(tmp_path: Path):
    git(tmp_path, "init", "-q", "-b", "main")
    put(tmp_path, **{"a.txt": "nothing", "old.txt": SAID})
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "as Anna asked")
    git(tmp_path, "rm", "-q", "old.txt")
    git(tmp_path, "commit", "-q", "-m", "without a time")
    put(tmp_path, **{"a.txt": f"stashed: {SAID}"})
    git(tmp_path, "stash")
    put(tmp_path, **{"b.txt": f"thrown away: {SAID}"})
    git(tmp_path, "add", "b.txt")
    git(tmp_path, "reset", "-q", "--hard")
    git(tmp_path, "tag", "-a", "v1", "-m", "for Anna")
    done = search.search(tmp_path, WANTED)
    parts = {one.part: one.found for one in done.found if one.path == ".git"}
    assert parts["old.txt"] == ("a sentence",)
    assert parts["a.txt"] == ("a sentence",)
    assert parts["in no branch: a stash or a deleted version"] == ("a sentence",)
    assert parts["a commit's message"] == parts["a tag"] == ("the name Anna",)
    assert {one.path for one in done.found} <= {
        ".git",
        ".git/COMMIT_EDITMSG",
        ".git/logs/HEAD",
        ".git/logs/refs/heads/main",
    }
    assert done.unsearched == []


def test_names_of_files_that_only_git_has_are_looked_at(tmp_path: Path):
    git(tmp_path, "init", "-q", "-b", "main")
    put(tmp_path, **{"Anna/a.txt": "nothing"})
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "x")
    git(tmp_path, "rm", "-q", "-r", "Anna")
    git(tmp_path, "commit", "-q", "-m", "y")
    assert ("the name Anna",) in {one.found for one in search.search(tmp_path, WANTED).found}


def test_a_store_of_git_s_that_cannot_be_opened_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    git(tmp_path, "init", "-q", "-b", "main")
    put(tmp_path, **{"a.txt": SAID})
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "x")
    objects = [path for path in (tmp_path / ".git/objects").rglob("*") if path.is_file()]
    for path in objects:
        path.chmod(0o600)
        path.write_bytes(b"broken")
    done = search.search(tmp_path, WANTED)
    assert any(one.path == ".git" and "Git" in one.why for one in done.unsearched)
    monkeypatch.setattr(search.git_objects.shutil, "which", lambda _: None)
    assert any("Git is not installed" in one.why for one in search.search(tmp_path, WANTED).unsearched)
