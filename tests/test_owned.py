"""Only what the program made is removed: by its mark, or by the names it writes."""

from pathlib import Path

import pytest

from pipeline.core import safe_removal


def test_a_scratch_folder_is_new_marked_and_gone_afterwards(tmp_path: Path):
    place = tmp_path / ".cache" / "embed"
    with safe_removal.scratch(place) as folder:
        assert [file.name for file in folder.iterdir()] == [safe_removal.MARK]
        (folder / "part.parquet").write_text("")
        (folder / "deeper").mkdir()
    assert not place.exists()


def test_what_a_killed_run_left_is_removed_first(tmp_path: Path):
    with pytest.raises(KeyboardInterrupt), safe_removal.scratch(tmp_path / "embed"):
        raise KeyboardInterrupt
    (tmp_path / "embed").mkdir()
    (tmp_path / "embed" / safe_removal.MARK).write_text(safe_removal.CONTENT)
    (tmp_path / "embed" / "anything").write_text("")
    with safe_removal.scratch(tmp_path / "embed") as folder:
        assert [file.name for file in folder.iterdir()] == [safe_removal.MARK]


def test_what_an_older_version_left_is_removed_by_its_names(tmp_path: Path):
    (tmp_path / "embed").mkdir()
    for name in ("p1.parquet", "p1.npy", "fit.npz", ".p1.parquet.123.new"):
        (tmp_path / "embed" / name).write_text("")
    safe_removal.remove(tmp_path / "embed")
    assert not (tmp_path / "embed").exists()


def test_a_folder_without_the_mark_that_holds_something_else_stays(tmp_path: Path):
    (tmp_path / "embed" / "mine").mkdir(parents=True)
    (tmp_path / "embed" / "mine" / "thesis.docx").write_text("all of it")
    with pytest.raises(safe_removal.NotOursError, match=r"thesis.docx was not created by Counterpoint"):
        safe_removal.remove(tmp_path / "embed")
    with pytest.raises(safe_removal.NotOursError), safe_removal.scratch(tmp_path / "embed"):
        raise AssertionError
    assert (tmp_path / "embed" / "mine" / "thesis.docx").read_text() == "all of it"


def test_a_file_with_the_mark_s_name_is_no_mark(tmp_path: Path):
    (tmp_path / safe_removal.MARK).write_text("my notes on what was made by Counterpoint")
    (tmp_path / "thesis.docx").write_text("")
    with pytest.raises(safe_removal.NotOursError):
        safe_removal.remove(tmp_path)


@pytest.mark.parametrize("call", [safe_removal.remove, lambda folder: safe_removal.clear(folder, ["*"])])
def test_a_link_is_never_followed(tmp_path: Path, call):
    with safe_removal.scratch(tmp_path / "there"):
        (tmp_path / "link").symlink_to(tmp_path / "there")
        with pytest.raises(safe_removal.NotOursError, match="link"):
            call(tmp_path / "link")
        assert (tmp_path / "there" / safe_removal.MARK).exists()


def test_a_link_inside_is_removed_and_what_it_leads_to_is_not(tmp_path: Path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "a.parquet").write_text("")
    with safe_removal.scratch(tmp_path / "embed") as folder:
        (folder / "link").symlink_to(tmp_path / "theirs")
    assert (tmp_path / "theirs" / "a.parquet").exists()


def test_files_are_cleared_by_name_and_the_others_told(tmp_path: Path):
    for name in ("index.html", "plots/sizes.csv", "plots/mine.csv", "notes/index.html", "csv/a.csv"):
        (tmp_path / "report" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "report" / name).write_text("")
    (tmp_path / "report/empty").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/index.html").write_text("")
    (tmp_path / "report/link").symlink_to(tmp_path / "elsewhere")
    left = safe_removal.clear(tmp_path / "report", ["index.html", "plots/sizes.csv", "csv/*.csv", "link/index.html"])
    names = [path.relative_to(tmp_path / "report").as_posix() for path in left]
    assert names == ["link", "notes/index.html", "plots/mine.csv"]
    assert not (tmp_path / "report/csv").exists()
    (tmp_path / "report/csv").mkdir()
    safe_removal.clear(tmp_path / "report", ["csv/*.csv"])
    assert not (tmp_path / "report/csv").exists(), "a run that was killed had emptied it"
    assert (tmp_path / "report/empty").is_dir()
    assert (tmp_path / "elsewhere/index.html").exists()


def test_a_folder_that_is_left_empty_goes(tmp_path: Path):
    (tmp_path / "report").mkdir()
    (tmp_path / "report/index.html").write_text("")
    assert safe_removal.clear(tmp_path / "report", ["index.html"]) == []
    assert not (tmp_path / "report").exists()
    assert safe_removal.clear(tmp_path / "report", ["index.html"]) == []


def test_what_the_system_refuses_is_an_error_and_not_silence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "embed").mkdir()
    (tmp_path / "embed" / safe_removal.MARK).write_text(safe_removal.CONTENT)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "no", "embed")

    monkeypatch.setattr("os.unlink", refuse)
    with pytest.raises(PermissionError):
        safe_removal.remove(tmp_path / "embed")
