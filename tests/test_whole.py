"""Files written whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from pipeline import whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_text_and_bytes_are_written_as_they_are(tmp_path: Path):
    whole.write(tmp_path / "a.yaml", "Zoë said:\r\n“no”\n")
    assert (tmp_path / "a.yaml").read_bytes() == "Zoë said:\r\n“no”\n".encode()
    whole.write(tmp_path / "a.yaml", b"\x00\xff")
    assert (tmp_path / "a.yaml").read_bytes() == b"\x00\xff"
    assert names(tmp_path) == ["a.yaml"]


def test_folders_that_are_missing_are_made(tmp_path: Path):
    whole.write(tmp_path / "export" / "today" / "a.csv", "x")
    assert (tmp_path / "export" / "today" / "a.csv").read_text() == "x"


def test_others_may_read_what_was_written_as_any_file(tmp_path: Path):
    (tmp_path / "plain").write_text("x")
    whole.write(tmp_path / "a", "x")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "a")]
    assert modes[0] == modes[1]


def test_where_filling_fails_the_old_file_stays_and_nothing_is_left(tmp_path: Path):
    place = tmp_path / "a.yaml"
    place.write_text("old")
    with pytest.raises(KeyError), whole.beside(place) as temporary:
        temporary.write_text("half")
        raise KeyError
    assert place.read_text() == "old"
    assert names(tmp_path) == ["a.yaml"]


def test_where_the_disk_is_full_the_old_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    place = tmp_path / "a.yaml"
    whole.write(place, "old")

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        whole.write(place, "new")
    assert place.read_text() == "old"
    assert names(tmp_path) == ["a.yaml"]


def test_the_old_file_is_there_until_the_new_one_is_whole(tmp_path: Path):
    place = tmp_path / "a.yaml"
    place.write_text("old")
    with whole.beside(place) as temporary:
        temporary.write_text("new")
        assert place.read_text() == "old"
    assert place.read_text() == "new"


def test_what_killed_runs_left_is_removed_and_nothing_else(tmp_path: Path):
    for name in (".a[1].txt.77.new", ".a[1].txt.8.new", ".a1.txt.77.new", ".a[1].txt", "a[1].txt.77.new"):
        (tmp_path / name).write_text("left")
    whole.write(tmp_path / "a[1].txt", "x")
    assert names(tmp_path) == sorted([".a1.txt.77.new", ".a[1].txt", "a[1].txt", "a[1].txt.77.new"])


def test_an_error_names_the_file_and_not_what_stands_in_for_it(tmp_path: Path):
    place = tmp_path / "a.yaml"
    place.mkdir()  # nothing can be renamed to a folder
    with pytest.raises(OSError, match=r"a\.yaml") as said:
        whole.write(place, "x")
    assert ".new" not in str(said.value.filename2 or "")
    with pytest.raises(PermissionError) as said, whole.beside(tmp_path / "b.yaml") as temporary:
        raise PermissionError(13, "Permission denied", str(temporary))
    assert said.value.filename == str(tmp_path / "b.yaml")
    assert names(tmp_path) == ["a.yaml"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_the_systems_own_error(tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError):
        whole.write(tmp_path / "a", "x")
