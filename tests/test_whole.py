"""Files written whole or not at all."""

import errno
import os
import stat
import sys
from pathlib import Path

import pytest

from pipeline.core import atomic_files


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_text_and_bytes_are_written_as_they_are(tmp_path: Path):
    atomic_files.write(tmp_path / "a.yaml", "Zoë said:\r\n“no”\n")
    assert (tmp_path / "a.yaml").read_bytes() == "Zoë said:\r\n“no”\n".encode()
    atomic_files.write(tmp_path / "a.yaml", b"\x00\xff")
    assert (tmp_path / "a.yaml").read_bytes() == b"\x00\xff"
    assert names(tmp_path) == ["a.yaml"]


def test_folders_that_are_missing_are_made(tmp_path: Path):
    atomic_files.write(tmp_path / "export" / "today" / "a.csv", "x")
    assert (tmp_path / "export" / "today" / "a.csv").read_text() == "x"


def test_others_may_read_what_was_written_as_any_file(tmp_path: Path):
    (tmp_path / "plain").write_text("x")
    atomic_files.write(tmp_path / "a", "x")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "a")]
    assert modes[0] == modes[1]


def test_where_filling_fails_the_old_file_stays_and_nothing_is_left(tmp_path: Path):
    place = tmp_path / "a.yaml"
    place.write_text("old")
    with pytest.raises(KeyError), atomic_files.beside(place) as temporary:
        temporary.write_text("half")
        raise KeyError
    assert place.read_text() == "old"
    assert names(tmp_path) == ["a.yaml"]


def test_where_the_disk_is_full_the_old_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    place = tmp_path / "a.yaml"
    atomic_files.write(place, "old")

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        atomic_files.write(place, "new")
    assert place.read_text() == "old"
    assert names(tmp_path) == ["a.yaml"]


def test_the_old_file_is_there_until_the_new_one_is_whole(tmp_path: Path):
    place = tmp_path / "a.yaml"
    place.write_text("old")
    with atomic_files.beside(place) as temporary:
        temporary.write_text("new")
        assert place.read_text() == "old"
    assert place.read_text() == "new"


def test_what_killed_runs_left_is_removed_and_nothing_else(tmp_path: Path):
    for name in (".a[1].txt.77.new", ".a[1].txt.8.new", ".a1.txt.77.new", ".a[1].txt", "a[1].txt.77.new"):
        (tmp_path / name).write_text("left")
    atomic_files.write(tmp_path / "a[1].txt", "x")
    assert names(tmp_path) == sorted([".a1.txt.77.new", ".a[1].txt", "a[1].txt", "a[1].txt.77.new"])


def test_an_error_names_the_file_and_not_what_stands_in_for_it(tmp_path: Path):
    place = tmp_path / "a.yaml"
    place.mkdir()  # nothing can be renamed to a folder
    with pytest.raises(OSError, match=r"a\.yaml") as said:
        atomic_files.write(place, "x")
    assert ".new" not in str(said.value.filename2 or "")
    with pytest.raises(PermissionError) as said, atomic_files.beside(tmp_path / "b.yaml") as temporary:
        raise PermissionError(13, "Permission denied", str(temporary))
    assert said.value.filename == str(tmp_path / "b.yaml")
    assert names(tmp_path) == ["a.yaml"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root and Windows may write anywhere")
def test_a_folder_that_may_not_be_written_is_the_systems_own_error(tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError):
        atomic_files.write(tmp_path / "a", "x")


def test_a_full_disk_names_the_file_that_was_to_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    for write in (atomic_files.write, atomic_files.create):
        with pytest.raises(OSError, match=r"a\.yaml"):
            write(tmp_path / "a.yaml", "new")
    assert names(tmp_path) == []


def test_a_file_is_created_only_where_there_is_none(tmp_path: Path):
    atomic_files.create(tmp_path / "a", "one")
    (tmp_path / "b").symlink_to(tmp_path / "nothing")
    for name in ("a", "b"):
        with pytest.raises(FileExistsError, match=name):
            atomic_files.create(tmp_path / name, "two")
    assert (tmp_path / "a").read_text() == "one"
    assert names(tmp_path) == ["a", "b"]


def test_what_takes_the_name_while_a_file_is_created_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    place = tmp_path / "a"
    fill = atomic_files._fill

    def slow(temporary: Path, content: str | bytes) -> None:
        fill(temporary, content)
        place.write_text("somebody else's")

    monkeypatch.setattr(atomic_files, "_fill", slow)
    with pytest.raises(FileExistsError):
        atomic_files.create(place, "ours")
    assert place.read_text() == "somebody else's"
    assert names(tmp_path) == ["a"]


def test_where_a_file_system_has_no_links_a_file_is_created_all_the_same(tmp_path: Path, monkeypatch):
    def none(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", none)
    atomic_files.create(tmp_path / "a", "one")
    with pytest.raises(FileExistsError):
        atomic_files.create(tmp_path / "a", "two")
    assert (tmp_path / "a").read_text() == "one"
    assert names(tmp_path) == ["a"]


@pytest.mark.skipif(sys.platform == "win32", reason="rights are another matter there")
def test_a_file_that_others_may_not_read_stays_so(tmp_path: Path):
    place = tmp_path / "participants.csv"
    place.write_text("old")
    place.chmod(0o600)
    atomic_files.write(place, "new")
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_a_link_stays_a_link_to_what_is_written(tmp_path: Path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "a").write_text("old")
    (tmp_path / "a").symlink_to(tmp_path / "shared" / "a")
    atomic_files.write(tmp_path / "a", "new")
    assert (tmp_path / "a").is_symlink()
    assert (tmp_path / "shared" / "a").read_text() == "new"


@pytest.mark.parametrize("length", [200, 201, 255])
def test_the_longest_names_can_be_written(tmp_path: Path, length: int):
    place = tmp_path / ("ä" * (length // 2) + "a" * (length % 2))
    atomic_files.write(place, "one")
    atomic_files.write(place, "two")
    assert place.read_text() == "two"
    assert names(tmp_path) == [place.name]


def test_leftovers_are_what_killed_commands_left_and_nothing_else(tmp_path: Path):
    for name in (".a.yaml.77.new", ".a.b.new", "a.77.new", ".new", ".77.new", ".a.77.new.txt"):
        (tmp_path / name).write_text("left")
    assert [left.name for left in atomic_files.leftovers(tmp_path)] == [".a.yaml.77.new"]
