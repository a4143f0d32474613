"""What people change in files that the program makes anew is noticed and kept."""

import hashlib
from pathlib import Path

import pytest

from pipeline import deliver, report
from pipeline.commands import exporting, handout
from pipeline.core import edited_outputs
from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import BESIDE_PAGE, Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places(Path("data/x"), tmp_path)
    places.report.mkdir(parents=True)
    places.workbook.write_bytes(b"as made")
    return places


def test_a_file_as_it_was_made_is_not_kept(places: Places):
    edited_outputs.remember(places, [places.workbook])
    assert not edited_outputs.changed(places, places.workbook)
    assert edited_outputs.keep(places, [places.workbook, places.report_page]) == []
    assert not places.edited.exists()


def test_a_file_that_was_changed_is_kept_once(places: Places):
    edited_outputs.remember(places, [places.workbook])
    for text in (b"mine", b"mine, again"):
        places.workbook.write_bytes(text)
        (kept,) = edited_outputs.keep(places, [places.workbook])
        assert kept.copy.read_bytes() == text
        assert kept.copy.parent == places.edited and kept.copy.suffix == ".xlsx"
        assert str(kept.copy) in edited_outputs.kept_messages([kept])[0]
        assert edited_outputs.keep(places, [places.workbook]) == []
    assert len(list(places.edited.iterdir())) == 2


def test_a_content_of_an_earlier_run_counts_as_made(places: Places):
    for text in (b"one", b"two", b"three"):
        places.workbook.write_bytes(text)
        edited_outputs.remember(places, [places.workbook])
    places.workbook.write_bytes(b"one")
    assert not edited_outputs.changed(places, places.workbook)


def test_what_dvc_put_there_counts_as_made(places: Places):
    digest = hashlib.md5(b"as made", usedforsecurity=False).hexdigest()
    (places.root / "dvc.lock").write_text(f"outs:\n  - path: data/x/report/framework_matrix.xlsx\n    md5: {digest}\n")
    assert not edited_outputs.changed(places, places.workbook)
    places.workbook.write_bytes(b"mine")
    assert edited_outputs.changed(places, places.workbook)


def test_a_record_that_was_cut_short_loses_nothing(places: Places):
    edited_outputs.remember(places, [places.workbook])
    places.record.write_text(places.record.read_text()[:-5])
    assert edited_outputs.changed(places, places.workbook)
    edited_outputs.remember(places, [places.workbook])
    assert not edited_outputs.changed(places, places.workbook)


@pytest.fixture
def made(small_study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """A copy of a study whose tables are there, in a project of its own."""
    import shutil

    shutil.copytree(
        small_study, tmp_path / "data/x", ignore=shutil.ignore_patterns("report", "export", ".cache", "edited")
    )
    (tmp_path / "data/x/transcripts").mkdir(exist_ok=True)
    (tmp_path / "params.yaml").write_text("study: data/x\n")
    monkeypatch.chdir(tmp_path)
    return Places(Path("data/x"))


def makes(places: Places, text: bytes) -> None:
    places.beside_page.mkdir(parents=True, exist_ok=True)
    for name in BESIDE_PAGE:
        (places.beside_page / name).write_bytes(text)


def test_what_is_made_for_people_is_delivered_beside_the_page(places: Places):
    places.workbook.unlink()
    makes(places, b"one")
    assert edited_outputs.deliver(places) == []
    assert {(places.report / name).read_bytes() for name in BESIDE_PAGE} == {b"one"}
    makes(places, b"two")
    assert edited_outputs.deliver(places) == []
    assert {(places.report / name).read_bytes() for name in BESIDE_PAGE} == {b"two"}
    assert not places.edited.exists()


def test_a_file_that_was_changed_stays_until_there_is_a_new_one_and_is_then_kept(places: Places):
    places.workbook.unlink()
    makes(places, b"one")
    edited_outputs.deliver(places)
    places.workbook.write_bytes(b"mine")
    assert edited_outputs.deliver(places) == []
    assert places.workbook.read_bytes() == b"mine"
    makes(places, b"two")
    (kept,) = edited_outputs.deliver(places)
    assert kept.file == places.workbook and kept.copy.read_bytes() == b"mine"
    assert places.workbook.read_bytes() == b"two"


def test_what_was_written_in_a_later_version_is_kept_when_an_earlier_one_returns(places: Places):
    places.workbook.unlink()
    for text in (b"one", b"two"):
        makes(places, text)
        edited_outputs.deliver(places)
    places.workbook.write_bytes(b"mine")
    makes(places, b"one")
    (kept,) = edited_outputs.deliver(places)
    assert kept.copy.read_bytes() == b"mine"
    assert places.workbook.read_bytes() == b"one"


def test_a_file_that_is_gone_is_delivered_again(places: Places):
    makes(places, b"one")
    edited_outputs.deliver(places)
    places.workbook.unlink()
    assert edited_outputs.deliver(places) == []
    assert places.workbook.read_bytes() == b"one"


def test_a_workbook_that_was_there_before_all_this_is_kept(places: Places):
    places.workbook.write_bytes(b"who knows")
    makes(places, b"one")
    (kept,) = edited_outputs.deliver(places)
    assert kept.copy.read_bytes() == b"who knows"


def test_the_report_stage_and_delivering_alone_keep_what_was_written(
    made: Places, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(report, "fingerprints", lambda params: [("m", "vectors", "0" * 64)])
    report.main()
    deliver.main()
    report.main()
    assert "is kept in" not in capsys.readouterr().out
    assert not made.edited.exists()
    fresh = made.workbook.read_bytes()
    made.workbook.write_bytes(b"by hand")
    made.codebook.write_text("codes: [{name: Another}]\n")
    report.main()
    assert "data/x/report/framework_matrix.xlsx had been edited and has been regenerated" in capsys.readouterr().out
    (made.report / "audit_trail.csv").write_bytes(b"by hand, too")
    (made.beside_page / "audit_trail.csv").write_bytes(b"from DVC's cache")
    deliver.main()
    assert "audit_trail.csv had been edited" in capsys.readouterr().out
    assert sorted(file.read_bytes() for file in made.edited.iterdir()) == [b"by hand", b"by hand, too"]
    assert made.workbook.read_bytes() not in (b"by hand", fresh)


def test_the_workbook_is_exported_as_it_was_made(made: Places, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(report, "fingerprints", lambda params: [("m", "vectors", "0" * 64)])
    report.main()
    fresh = made.workbook.read_bytes()
    made.workbook.write_bytes(b"by hand")
    exporting.export(made.study)
    assert (made.export / "framework_matrix.xlsx").read_bytes() == fresh
    assert edited_outputs.changed(made, made.workbook)


@pytest.mark.parametrize(
    "to",
    [
        "models",
        "data",
        "data/codebooks",
        ".git",
        "tests/x",
        "pipeline",
        "data/x",
        "data/x/transcripts/a",
        "data/x/human_codes",
        "data/x/interim",
        "data/x/report",
        "data/x/sheets",
        "data/x/edited",
        "../{here}/data/x/human_codes",
    ],
)
def test_nothing_is_exported_among_what_the_program_works_on(made: Places, tmp_path: Path, to: str):
    Path("data/codebooks").mkdir()
    before = sorted(path for path in Path().rglob("*"))
    place = Path(to.format(here=tmp_path.name))
    with pytest.raises(CounterpointError, match="belongs to"):
        exporting.export(made.study, place)
    with pytest.raises(CounterpointError, match="belongs to"):
        handout.write(made.study, to=place / "cards.docx")
    assert sorted(path for path in Path().rglob("*")) == before
