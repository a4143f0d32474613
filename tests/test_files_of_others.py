"""Habits of other programs' files that differ from ours: each is read, or what is left of it is said."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pytest
from refi_files import project, selection

from pipeline.commands import importing
from pipeline.core.errors import CounterpointError
from pipeline.deductive import codebook


def g(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))


def test_code_groups_of_a_codebook_file_are_headings_and_empty_ones_are_said(tmp_path: Path) -> None:
    """The standard's codebooks refer to the members of a set by `guid`, its projects by `targetGUID`."""
    codes = "".join(f'<Code guid="{g(name)}" name="{name}" isCodable="true"/>' for name in ("Noise", "Room"))
    sets = f'<Set guid="{g("s")}" name="Ward"><MemberCode guid="{g("Noise").upper()}"/></Set>'
    sets += f'<Set guid="{g("e")}" name="Later"/>'
    path = tmp_path / "book.qdc"
    path.write_text(
        f'<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>{codes}</Codes><Sets>{sets}</Sets></CodeBook>', "utf-8"
    )
    lines = importing.run(path, tmp_path / "study")
    book = codebook.load_codebook(tmp_path / "study/codebook.yaml")
    assert [(c.name, c.parent, c.codable) for c in book.codes] == [
        ("Ward", "", False), ("Noise", "Ward", True), ("Room", "", True),
    ]  # fmt: skip
    assert any("sets: 2 found, 1 taken" in line and "'Later'" in line for line in lines)


def zipped(path: Path, place: Callable[[str], str], *, stated: str = "a text.txt") -> Path:
    """Write a project whose members are put where `place` says."""
    whole = project([("A", stated, [selection(1, 0, 3)])])
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(place("project.qde"), whole)
        archive.writestr(place("sources/a text.txt"), "She said so.")
    return path


@pytest.mark.parametrize(
    ("place", "stated"),
    [
        (lambda name: f"My study/{name}", "a text.txt"),
        (lambda name: name.replace("/", "\\"), "a text.txt"),
        (str, "a%20text.txt"),
        (str.upper, "a text.txt"),
    ],
    ids=["a folder packed anew", "backslashes", "percent signs", "capitals"],
)
def test_a_project_is_read_wherever_its_archive_holds_it(
    tmp_path: Path, place: Callable[[str], str], stated: str
) -> None:
    importing.run(zipped(tmp_path / "a.qdpx", place, stated=stated), tmp_path / "study")
    (text,) = (tmp_path / "study/transcripts").iterdir()
    assert text.read_text("utf-8") == "She said so."
    assert "She" in next((tmp_path / "study/human_codes").iterdir()).read_text("utf-8-sig")


def test_what_is_no_import_says_what_would_be(tmp_path: Path) -> None:
    for name, advice in (("form.rtf", "handout as .docx or .odt"), ("a.qde", r"\(.qdpx\)")):
        (tmp_path / name).write_text(r"{\rtf1 My answers}", "utf-8")
        with pytest.raises(CounterpointError, match=advice):
            importing.run(tmp_path / name, tmp_path / "study")
