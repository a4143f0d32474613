"""Filled sheets taken in: never over codings that are not theirs, the same sheet twice, corrected, in rounds, cut short."""

import csv
import errno
from pathlib import Path

import pandas as pd
import pytest

from pipeline import compare
from pipeline.commands import blind_sheets as blind
from pipeline.commands import sheets, sheets_back
from pipeline.commands.sheets import SheetError
from pipeline.compare import Input
from pipeline.core import atomic_files, store
from pipeline.core.params import Compare
from pipeline.deductive.codebook import parse_codebook
from tests.coded_study import assignments, codings, tables

HUMAN = "document,start,end,text,code,coder,parent_code,memo\n"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    made = tables(documents=6)
    made["cases"] = pd.DataFrame({"case": [f"c{i}" for i in range(6)]})
    made["codings"] = codings(
        *[("ann", "A", f"d{d}", 1, 2) for d in range(6)], *[("ben", "B", f"d{d}", 2, 2) for d in range(6)]
    )
    made["code_assignments"] = assignments({"d0.1": ["A"]}, made["segments"], ["A", "B"])
    (tmp_path / "human_codes").mkdir()
    (tmp_path / "codebook.yaml").write_text("codes: [A, B]\n")
    found = compare.compare(Input(made, parse_codebook([{"name": "A"}, {"name": "B"}], place="x")), Compare(draws=100))
    for name in ("documents", "turns", "cases", "codings", "segments", "code_assignments"):
        store.write(tmp_path, name, made[name])
    store.write(tmp_path, "disagreements", found["disagreements"])
    return tmp_path


def sheet(study: Path, place: Path, answers: dict[int, str], *, coder: str = "cat", column: str = "code") -> Path:
    """A sheet of all passages, some of them answered, by their position."""
    segments = store.read(study, "segments").query("substantive").sort_values(["document", "start"])
    rows = [
        {"document": row.document, "start": row.start, "end": row.end, "coder": coder, "memo": "", column: ""}
        for row in segments.itertuples()
    ]
    for at, answer in answers.items():
        rows[at][column] = answer
    columns = ["document", "start", "end", column, *(["coder"] if column == "code" else []), "memo"]
    place.parent.mkdir(exist_ok=True)
    return sheets.write(place.with_suffix(""), rows, columns)[1]


def taken(study: Path, place: Path) -> tuple[Path, list[str]]:
    done = sheets_back.take_in(study, place)
    assert done.lines[-1].startswith(f"{done.file} has the ")
    return done.file, done.lines[:-1]


def coded(file: Path) -> list[tuple[str, int, str]]:
    with file.open(encoding="utf-8", newline="") as held:
        return [(row["document"], int(row["start"]), row["code"]) for row in csv.DictReader(held)]


def held(study: Path) -> dict[str, bytes]:
    folder = study / "human_codes"
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("there", "content"),
    [
        ("coder_a.csv", HUMAN + "".join(f"d0,{n},{n + 1},x,A,coder_a,,\n" for n in range(580))),
        ("coder_a.csv", HUMAN + "d0,10,20,x,A,cat,Parent,\n"),
        ("coder_a.csv", ",".join(blind.COLUMNS) + "\n"),
        ("coder_a.csv", ""),
        ("coder_a.csv", "\x00\x01"),
        ("CODER_A.csv", HUMAN + "d0,10,20,x,A,coder_a,,\n"),
    ],
)
def test_a_sheet_never_takes_the_place_of_codings_that_are_not_its_own(study, there, content):
    (study / "human_codes" / there).write_text(content)
    place = sheet(study, study / "sheets/coder_a.csv", {0: "A"})
    for _ in range(2):
        file, said = taken(study, place)
        assert file.name == "coder_a-2.csv"
        assert any(f"{there} has other codings" in line for line in said)
        assert (study / "human_codes" / there).read_text() == content
    assert sorted(held(study)) == sorted([there, "coder_a-2.csv"])


def test_the_same_sheet_twice_is_recognised_in_either_form(study):
    place = sheet(study, study / "sheets/coding_cat.csv", {0: "A", 3: "a; B", 5: "none"})
    first, _ = taken(study, place)
    before = held(study)
    for again in (place, place.with_suffix(".xlsx")):
        file, said = taken(study, again)
        assert file == first and held(study) == before
        assert said == [f"{first} already has these codings; nothing was changed."]
    assert not (study / "earlier").exists()


def test_a_sheet_that_was_filled_further_adds_to_what_was_taken_in(study):
    taken(study, sheet(study, study / "sheets/coding_cat.csv", {0: "A"}))
    file, said = taken(study, sheet(study, study / "sheets/coding_cat.csv", {0: "A", 1: "B"}))
    assert coded(file) == [("d0", 10, "A"), ("d0", 20, "B")]
    assert said == [] and not (study / "earlier").exists()


def test_a_corrected_sheet_replaces_its_own_answers_and_the_old_ones_are_kept(study):
    taken(study, sheet(study, study / "sheets/coding_cat.csv", {0: "A", 1: "A; B", 2: "B"}))
    (before,) = held(study).values()
    file, said = taken(study, sheet(study, study / "sheets/coding_cat.csv", {0: "B", 1: "A"}))
    assert coded(file) == [("d0", 10, "B"), ("d0", 20, "A"), ("d0", 30, "B")]
    assert (study / "earlier/coding_cat.csv").read_bytes() == before
    assert "2 passages had other codes before" in said[0] and "earlier" in said[0]
    assert "1 passage left blank in this sheet (the first: d0, 30 to 40)" in said[1]
    taken(study, sheet(study, study / "sheets/coding_cat.csv", {0: "A", 1: "A"}))
    assert sorted(path.name for path in (study / "earlier").iterdir()) == [
        "coding_cat-2.csv",
        "coding_cat.csv",
    ]


def test_what_was_taken_in_and_saved_by_a_spreadsheet_is_still_the_sheets_own(study):
    first, _ = taken(study, sheet(study, study / "sheets/coding_cat.csv", {0: "A"}))
    first.write_bytes("\ufeff".encode() + first.read_text().replace(",", ";").replace("\n", "\r\n").encode())
    file, _ = taken(study, sheet(study, study / "sheets/coding_cat.csv", {0: "B"}))
    assert file == first and coded(file) == [("d0", 10, "B")]


def test_two_people_whose_sheets_have_one_name_keep_theirs_apart(study, tmp_path):
    one = sheet(study, tmp_path / "1/coding_Ann_B.csv", {0: "A"}, coder="Ann B")
    two = sheet(study, tmp_path / "2/coding_Ann_B.csv", {0: "B"}, coder="Ann/B")
    for place, name, code in ((one, "coding_Ann_B.csv", "A"), (two, "coding_Ann_B-2.csv", "B")):
        for _ in range(2):
            file, _ = taken(study, place)
            assert file.name == name and coded(file) == [("d0", 10, code)]
    assert len(held(study)) == 2


def test_another_sample_of_the_same_person_adds_a_file(study):
    first, _ = blind.write_sheets(study, coder="cat", n=5, seed=1)
    rows = sheets.read(first, blind.COLUMNS)
    sheets.write(first.with_suffix(""), [row | {"code": "A"} for row in rows], blind.COLUMNS)
    file, _ = taken(study, first)
    before = file.read_bytes()
    for path in (study / "sheets").iterdir():
        path.unlink()
    second, _ = blind.write_sheets(study, coder="cat", n=5, seed=2)
    rows = sheets.read(second, blind.COLUMNS)
    sheets.write(second.with_suffix(""), [row | {"code": "B"} for row in rows], blind.COLUMNS)
    other, _ = taken(study, second)
    assert other.name == "coding_cat-2.csv" and file.read_bytes() == before


def test_a_passage_that_the_same_coder_coded_elsewhere_is_said(study):
    (study / "human_codes/mine.csv").write_text(HUMAN + "d0,10,19,x,B,Cat,,\n")
    _, said = taken(study, sheet(study, study / "sheets/coding_cat.csv", {0: "A", 1: "A"}))
    assert len(said) == 1 and "mine.csv also has codings by the same coder that overlap 1 passage" in said[0]


def test_rounds_of_resolution_add_up_and_the_later_one_stands(study):
    first, _ = taken(study, sheet(study, study / "sheets/disagreements.csv", {0: "A", 1: "A"}, column="resolution"))
    assert first.name == "consensus.csv"
    before = first.read_bytes()
    again, said = taken(study, sheet(study, study / "sheets/round2.csv", {1: "B", 7: "B"}, column="resolution"))
    assert again == first
    now = {(document, start): code for document, start, code in coded(again)}
    assert (now["d0", 10], now["d0", 20], now["d1", 10]) == ("A", "B", "B")
    assert (study / "earlier/consensus.csv").read_bytes() == before
    assert any("1 passage had other codes before" in line for line in said)


def test_a_consensus_that_somebody_else_wrote_is_left_alone(study):
    (study / "human_codes/consensus.csv").write_text(HUMAN + "d0,10,19,x,B,Dora,,\n")
    file, _ = taken(study, sheet(study, study / "sheets/disagreements.csv", {0: "A"}, column="resolution"))
    assert file.name == "consensus-2.csv"


def test_a_sheet_with_nothing_in_it_changes_nothing(study):
    with pytest.raises(SheetError, match="the column 'code' is empty"):
        taken(study, sheet(study, study / "sheets/coding_cat.csv", {}))
    assert held(study) == {}


def test_human_codes_are_no_sheet(study):
    file, _ = taken(study, sheet(study, study / "sheets/coding_cat.csv", {0: "A"}))
    with pytest.raises(SheetError, match="already in human_codes/"):
        taken(study, file)


def test_on_a_full_disk_the_earlier_codings_stay(study, monkeypatch):
    taken(study, sheet(study, study / "sheets/coding_cat.csv", {0: "A"}))
    before = held(study)
    place = sheet(study, study / "sheets/coding_cat.csv", {0: "B"})

    def full(temporary: Path, _: object) -> None:
        temporary.write_bytes(b"document,st")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic_files, "_fill", full)
    with pytest.raises(OSError, match="No space"):
        taken(study, place)
    assert held(study) == before


def test_a_sheet_of_which_a_killed_command_left_one_file_is_finished_and_a_filled_one_is_not_touched(study):
    xlsx, text = blind.write_sheets(study, coder="cat", n=5)
    wanted = text.read_bytes()
    for gone in (xlsx, text):
        gone.unlink()
        blind.write_sheets(study, coder="cat", n=5)
        assert xlsx.exists() and text.read_bytes() == wanted
    xlsx.unlink()
    text.write_bytes(wanted + b"filled")
    with pytest.raises(SheetError, match="partly filled in"):
        blind.write_sheets(study, coder="cat", n=5)
    text.unlink()
    (study / "sheets/CODING_CAT.xlsx").write_bytes(b"somebody's")
    with pytest.raises(SheetError, match="partly filled in"):
        blind.write_sheets(study, coder="cat", n=5)
    assert sorted(path.name for path in (study / "sheets").iterdir()) == ["CODING_CAT.xlsx"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("document,start,end,code,coder,code\nd0,10,20,A,cat,B\n", "line 1: the column 'code' occurs twice"),
        ("document,start,end,code,coder\nd0,10,20,A,cat,B\n", "line 2: the row has more cells than there are columns"),
        ('document,start,end,code,coder\nd0,10,20,"A,cat\nd0,20,30,B,cat\n', "line 2: a quotation mark"),
    ],
)
def test_a_damaged_sheet_is_told_with_its_line(study, text, said):
    (study / "s.csv").write_text(text)
    with pytest.raises(SheetError, match=rf"s\.csv, {said}"):
        taken(study, study / "s.csv")


def test_a_line_end_of_another_kind_within_a_cell_breaks_no_row(study):
    text = "document,start,end,text,code,coder\nd0,10,19,one\u2028two\x85three,A,cat\n"
    (study / "s.csv").write_text(text, encoding="utf-8")
    file, _ = taken(study, study / "s.csv")
    assert coded(file) == [("d0", 10, "A")]
