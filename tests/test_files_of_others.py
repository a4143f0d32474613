"""Habits of other programs' files that differ from ours: each is read, or what is left of it is said."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pytest
from refi_files import packed, project, selection

from pipeline.commands import importing
from pipeline.core import study_template
from pipeline.core.errors import CounterpointError
from pipeline.corpus import readers
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


BOOK = [("Work", ""), ("Noise", "Work"), ("Loud", "Noise"), ("Moves", "Work"), ("Home", "")]


@pytest.mark.parametrize(
    "table",
    [
        "Level 1,Level 2,Level 3,Description\nWork,,,All\n,Noise,,\n,,Loud,x\n,Moves,,\nHome,,,y\n",
        "Ebene 1;Ebene 2;Ebene 3;Definition\nWork;;;All\nWork;Noise;;\nWork;Noise;Loud;x\nWork;Moves;;\nHome;;;y\n",
        "Level 1,Level 2,Code,Definition\n,,Work,All\nWork,,Noise,\nWork,Noise,Loud,x\nWork,,Moves,\n,,Home,y\n",
        "Number,Code,Definition\n1,Work,All\n1.1,Noise,\n1.1.1,Loud,x\n1.2,Moves,\n2,Home,y\n",
        "Nr.;Code;Definition\nA.;Work;All\nA.1.;Noise;\nA.1.1.;Loud;x\nA.2.;Moves;\nB.;Home;y\n",
    ],
    ids=["levels", "levels repeated", "levels above the code", "outline", "outline with letters"],
)
def test_numbered_levels_and_outlines_are_parents(tmp_path: Path, table: str) -> None:
    (tmp_path / "book.csv").write_text(table, "utf-8")
    importing.run(tmp_path / "book.csv", tmp_path / "study")
    book = codebook.load_codebook(tmp_path / "study/codebook.yaml")
    assert [(one.name, one.parent) for one in book.codes] == BOOK


def test_ids_that_are_no_outline_are_no_parents(tmp_path: Path) -> None:
    for name, ids in (("flat", ("1", "2")), ("decimal", ("1.1", "1.2")), ("twice", ("1", "1"))):
        path = tmp_path / f"{name}.csv"
        path.write_text(f"Id,Code,Definition\n{ids[0]},Work,All\n{ids[1]},Noise,Loud\n", "utf-8")
        importing.run(path, tmp_path / name)
        assert not any(one.parent for one in codebook.load_codebook(tmp_path / name / "codebook.yaml").codes)


def test_several_codes_with_commas_in_one_cell_are_a_row(tmp_path: Path) -> None:
    """ATLAS.ti puts each code on a line of its own, so the first line of a row may have as many commas as any."""
    table = 'ID,Document,Quotation Content,Codes\n1:1,a,The room was cold.,"Noise, loud\nMoves, twice\nC"\n'
    found = readers.read_codes(path_of(tmp_path, table + '1:2,a,It moved.,"Moves, twice"\n'))
    assert [one.code for one in found] == ["Noise, loud", "Moves, twice", "C", "Moves, twice"]


def test_a_quotation_mark_that_is_never_closed_spoils_its_own_row_only(tmp_path: Path) -> None:
    table = 'Title of the report\n\nDocument,Quotation Content,Codes\na,"The room was cold.,Noise\na,It moved.,Moves\n'
    found = readers.read_codes(path_of(tmp_path, table))
    assert [(one.text, one.code) for one in found] == [("The room was cold.", "Noise"), ("It moved.", "Moves")]


def path_of(folder: Path, table: str) -> Path:
    path = folder / "coded.csv"
    path.write_text(table, "utf-8")
    return path


def test_a_second_import_says_that_nothing_was_written(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.qdpx", str)
    assert any(line.startswith("Wrote 1 coding") for line in importing.run(path, tmp_path / "study"))
    lines = importing.run(path, tmp_path / "study")
    assert not any(line.startswith("Wrote") for line in lines)
    assert any("a.csv already has 1 coding by Ann" in line for line in lines)
    assert lines[-1] == "Nothing was changed: the study has all of it already."


def test_a_codebook_written_by_hand_stays_and_what_differs_is_said(tmp_path: Path) -> None:
    mine = 'codes:\n  - {name: Noise, definition: My own words, color: "#112233"}\n  - {name: Extra}\n# a remark\n'
    codes = f'<Code guid="{g("Noise")}" name="Noise" isCodable="true"><Description>Loud</Description></Code>'
    codes += f'<Code guid="{g("Room")}" name="Room" isCodable="true"/>'
    sets = f'<Set guid="{g("s")}" name="Ward"><MemberCode guid="{g("Noise")}"/></Set>'
    path = tmp_path / "book.qdc"
    path.write_text(f"<CodeBook><Codes>{codes}</Codes><Sets>{sets}</Sets></CodeBook>", "utf-8")
    study_template.create(tmp_path / "study")
    file = tmp_path / "study/codebook.yaml"
    file.write_text(mine, "utf-8")
    for _ in range(2):
        lines = importing.run(path, tmp_path / "study")
        assert file.read_text("utf-8") == mine
        assert {
            "Not in it: 'Ward' and 'Room'.",
            "Only in it: 'Extra'.",
            "With another definition: 'Noise'.",
            "With another parent: 'Noise'.",
            "With other details: 'Noise'.",
        } <= set(lines)
        assert any("sets: 1 found, none taken" in line for line in lines)
    assert lines[-1] == "Nothing was changed: what differs was left out."


def test_values_of_variables_that_are_missing_are_said(tmp_path: Path) -> None:
    value = f'<VariableValue><VariableRef targetGUID="{g("ghost")}"/><TextValue>nurse</TextValue></VariableValue>'
    case = f'<Cases><Case guid="{g("c")}" name="A">{value}</Case></Cases>'
    whole = project([("A", "a.txt", [selection(1, 0, 3)])], more=case)
    path = tmp_path / "a.qdpx"
    path.write_bytes(packed(whole, {"a.txt": b"She said so."}))
    lines = importing.run(path, tmp_path / "study")
    assert any("values: 1 found, none taken" in line and "'nurse'" in line for line in lines)
