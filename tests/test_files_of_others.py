"""Habits of other programs' files that differ from ours: each is read, or what is left of it is said."""

from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from pipeline.commands import importing
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
