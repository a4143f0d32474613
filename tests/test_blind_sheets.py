"""Blind sheets and resolved disagreements: drawn by chance, without the machine's answers, and read back as codings."""

import csv

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import compare
from pipeline.commands import blind_sheets as blind
from pipeline.commands import returned, sheets, sheets_back
from pipeline.commands.sheets import SheetError
from pipeline.compare import Input
from pipeline.core import store
from pipeline.core.coders import NO_CODE
from pipeline.core.params import Compare
from pipeline.deductive.codebook import parse_codebook
from tests import mapped_study
from tests.coded_study import assignments, codings, tables

CODEBOOK = "codes:\n  - name: A\n    definition: The first.\n  - name: B\n"


@pytest.fixture
def study(tmp_path):
    made = tables(documents=6)
    made["cases"] = pd.DataFrame({"case": [f"c{i}" for i in range(6)], "role": ["nurse"] * 4 + ["doctor"] * 2})
    made["codings"] = codings(
        *[("ann", "A", f"d{d}", 1, 2) for d in range(6)], *[("ben", "B", f"d{d}", 2, 2) for d in range(6)]
    )
    made["code_assignments"] = assignments({"d0.1": ["A"], "d1.1": ["B"]}, made["segments"], ["A", "B"])
    (tmp_path / "human_codes").mkdir()
    (tmp_path / "codebook.yaml").write_text(CODEBOOK)
    found = compare.compare(Input(made, parse_codebook([{"name": "A"}, {"name": "B"}], place="x")), Compare(draws=100))
    for name in ("documents", "turns", "cases", "codings", "segments", "code_assignments"):
        store.write(tmp_path, name, made[name])
    store.write(tmp_path, "disagreements", found["disagreements"])
    return tmp_path


def fill(place, column, values, *, coder=None):
    """Fill cells of a workbook by the row's position."""
    book = openpyxl.load_workbook(place)
    sheet = book["Passages"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for row, value in values.items():
        sheet.cell(row + 2, heads[column]).value = value
        if coder is not None:
            sheet.cell(row + 2, heads["coder"]).value = coder
    book.save(place)


def read_codings(place):
    with place.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_sample_is_of_the_participants_talk_in_the_order_of_the_text():
    segments = tables(documents=4)["segments"]
    drawn = blind.sample_for_coding(segments, n=10, seed=3)
    assert len(drawn) == 10
    assert drawn["substantive"].all()
    assert drawn["segment_id"].is_unique
    assert list(zip(drawn["document"], drawn["start"], strict=True)) == sorted(
        zip(drawn["document"], drawn["start"], strict=True)
    )


def test_a_sample_follows_the_seed_and_not_the_order_of_rows():
    segments = tables(documents=4)["segments"]
    one = blind.sample_for_coding(segments, n=9, seed=3)
    pd.testing.assert_frame_equal(one, blind.sample_for_coding(segments.sample(frac=1, random_state=1), n=9, seed=3))
    assert set(one["segment_id"]) != set(blind.sample_for_coding(segments, n=9, seed=4)["segment_id"])


def test_a_sample_of_more_than_there_is_takes_all_and_of_none_is_refused():
    segments = tables(documents=1)["segments"]
    assert len(blind.sample_for_coding(segments, n=500)) == 7
    with pytest.raises(SheetError, match="Cannot draw"):
        blind.sample_for_coding(segments, n=0)
    with pytest.raises(SheetError, match="Cannot draw"):
        blind.sample_for_coding(segments[:0], n=5)


def test_every_passage_is_as_likely_as_any_other():
    segments = tables(documents=2)["segments"]
    counts = pd.Series(0, index=segments.loc[segments["substantive"], "segment_id"])
    for seed in range(600):
        counts[blind.sample_for_coding(segments, n=7, seed=seed)["segment_id"]] += 1
    assert counts.min() > 230
    assert counts.max() < 370


def test_strata_give_in_proportion():
    segments = tables(documents=6)["segments"]
    strata = {row.segment_id: "nurse" if row.document < "d4" else "doctor" for row in segments.itertuples()}
    drawn = blind.sample_for_coding(segments, n=12, strata=strata, seed=1)
    assert drawn["segment_id"].map(strata).value_counts().to_dict() == {"nurse": 8, "doctor": 4}
    only = {unit: "x" for unit, role in strata.items() if role == "doctor"}
    assert set(blind.sample_for_coding(segments, n=5, strata=only)["document"]) <= {"d4", "d5"}


@given(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.integers(1, 120))
def test_an_allocation_gives_all_and_no_more_than_there_is(sizes, n):
    n = min(n, sum(sizes))
    found = blind.allocation(sizes, n)
    assert sum(found) == n
    assert all(got <= size for got, size in zip(found, sizes, strict=True))
    if n >= len(sizes):
        assert min(found) >= 1


def test_a_blind_sheet_shows_the_passage_and_not_what_the_machine_said(study):
    xlsx, csv_file = blind.write_sheets(study, coder="Cat", n=20, seed=1)
    rows = sheets.read(csv_file, blind.COLUMNS)
    assert (len(rows), xlsx.name) == (20, "coding_Cat.xlsx")
    documents = store.read(study, "documents").set_index("document")["text"]
    for row in rows:
        assert row["text"] == documents[row["document"]][int(row["start"]) : int(row["end"])]
        assert row["question"]
        assert (row["code"], row["coder"]) == ("", "Cat")
    assert not {"score", "accepted", "theme_id"} & set(rows[0])
    about = openpyxl.load_workbook(xlsx)["About"]
    assert [about["A3"].value, about["B3"].value] == ["A", "The first."]


def test_a_sheet_that_may_be_half_filled_is_not_overwritten(study):
    blind.write_sheets(study, coder="cat", n=5)
    with pytest.raises(SheetError, match="partly filled in"):
        blind.write_sheets(study, coder="cat", n=5)


def test_the_miss_check_draws_from_what_the_machine_left_without_a_code(study):
    _, place = blind.write_sheets(study, coder="cat", n=1000, missed=True)
    rows = sheets.read(place, blind.COLUMNS)
    assert len(rows) == 6 * 7 - 2
    assert ("d0", "10") not in {(row["document"], row["start"]) for row in rows}


def test_sheets_can_be_drawn_by_attribute_source_or_case_and_by_nothing_else(study):
    for by in ("role", "source_type", "document", "case"):
        _, place = blind.write_sheets(study, coder=by, n=12, by=by)
        assert len(sheets.read(place, blind.COLUMNS)) == 12
    with pytest.raises(SheetError, match="Cannot sample by 'mood'"):
        blind.write_sheets(study, coder="x", by="mood")


@pytest.mark.parametrize("ending", [0, 1])
def test_a_filled_sheet_comes_back_as_codings_of_its_coder(study, ending):
    place = blind.write_sheets(study, coder="cat", n=42)[ending]
    if ending == 0:
        fill(place, "code", {0: "A", 1: "a;  B", 2: "none"})
    else:
        lines = sheets.read(place, blind.COLUMNS)
        for line, value in zip(lines, ("A", "a;  B", "none"), strict=False):
            line["code"] = value
        sheets.write(place.with_suffix(""), lines, blind.COLUMNS)
    taken = read_codings(sheets_back.take_in(study, place).file)
    assert [(row["document"], row["start"], row["code"]) for row in taken] == [
        ("d0", "10", "A"), ("d0", "20", "A"), ("d0", "20", "B"), ("d0", "30", NO_CODE),
    ]  # fmt: skip
    assert {row["coder"] for row in taken} == {"cat"}
    text = store.read(study, "documents").set_index("document")["text"]["d0"]
    assert taken[0]["text"] == text[10:20]


def test_every_problem_of_a_filled_sheet_is_listed_at_once(study):
    place, _ = blind.write_sheets(study, coder="cat", n=42)
    fill(place, "code", {0: "Nope", 3: "A"})
    fill(place, "end", {3: 9999})
    fill(place, "code", {4: "A"}, coder="")
    with pytest.raises(SheetError) as error:
        sheets_back.take_in(study, place)
    said = str(error.value).split("\n")
    assert len(said) == 3
    assert "row 2: 'Nope' is not in the codebook" in said[0]
    assert "row 5: d0 40-9999 is not a passage of this study" in said[1]
    assert "row 6: the column 'coder' is empty" in said[2]


def test_a_code_with_a_semicolon_in_its_name_is_found_whole():
    assert sheets_back._codes("Time; money", ["Time; money", "Time"]) == ["Time; money"]
    assert sheets_back._codes("time ; A", ["Time", "A"]) == ["Time", "A"]
    assert sheets_back._codes(" ", ["A"]) == []
    assert sheets_back._codes("None", ["A"]) == [NO_CODE]


def test_resolved_disagreements_come_back_as_the_consensus_coder(study):
    place, _ = blind.write_disagreements(study)
    listed = sheets.read(place, blind.RESOLVED)
    assert listed[0]["says"].startswith("ann: ")
    fill(place, "resolution", {0: "B", 1: "none"})
    written = sheets_back.take_in(study, place).file
    assert written.name == "consensus.csv"
    taken = read_codings(written)
    assert {row["coder"] for row in taken} == {"consensus"}
    said = {(row["document"], row["start"]): row["code"] for row in taken}
    assert said[(listed[0]["document"], listed[0]["start"])] == "B"
    assert said[(listed[1]["document"], listed[1]["start"])] == NO_CODE
    # ann and ben agree that nothing applies from the fourth segment on, and that is part of the consensus.
    assert said[("d5", "50")] == NO_CODE
    unresolved = {(row["document"], row["start"]) for row in listed[2:]} - {("d0", "10"), ("d1", "10")}
    people_differ = {(f"d{d}", start) for d in range(6) for start in ("10", "20", "30")}
    assert not unresolved & people_differ & set(said)


def test_the_list_of_disagreements_is_not_overwritten(study):
    blind.write_disagreements(study)
    with pytest.raises(SheetError, match="partly filled in"):
        blind.write_disagreements(study)


def test_a_coder_without_a_usable_name_is_refused(study):
    with pytest.raises(SheetError, match="needs letters or digits"):
        blind.write_sheets(study, coder="../..")
    place, _ = blind.write_sheets(study, coder="../Ann Lee", n=2)
    assert place == study / "sheets" / "coding_Ann_Lee.xlsx"


def test_a_sheet_by_gain_says_how_each_passage_was_drawn_and_holds_none_that_is_coded(tmp_path):
    frame = mapped_study.segments()
    vectors = list(mapped_study.encode(frame["text"].tolist()))
    for name, table in {
        "segments": frame,
        "turns": store.empty("turns"),
        "codings": mapped_study.codings(frame, ["d0.txt"]),
        "embeddings": pd.DataFrame({"segment_id": frame["segment_id"], "vector": vectors}),
        "code_assignments": pd.DataFrame(
            [
                {"segment_id": name, "code": code, "score": 0.5, "accepted": False, "method": "zero_shot"}
                for name in frame.loc[frame["substantive"], "segment_id"]
                for code in ("Time", "Food")
            ]
        ),
    }.items():
        store.write(tmp_path, name, table)
    (tmp_path / "codebook.yaml").write_text("codes: [{name: Time}, {name: Food}]\n")
    files = blind.write_sheets(tmp_path, coder="Carla", n=10, by="gain")
    rows = sheets.read(next(file for file in files if file.suffix == ".csv"), ("document", "drawn"))
    assert sorted(row["drawn"] for row in rows) == ["gain"] * 5 + ["random"] * 5
    assert "d0.txt" not in {row["document"] for row in rows}
    with pytest.raises(SheetError, match="Use one of: document, case, source_type, gain"):
        blind.strata_by(frame, pd.DataFrame({"case": []}), frame, "nonsense")


@pytest.mark.parametrize("ending", [0, 1])
@pytest.mark.parametrize("semicolons", [False, True])
def test_import_tells_sheets_from_tables_of_codings_by_their_columns(study, tmp_path, ending, semicolons):
    own = [blind.write_sheets(study, coder="cat", n=42)[ending], blind.write_disagreements(study)[ending]]
    if semicolons and ending:  # as a spreadsheet saves a csv in much of Europe
        for place in own:
            rows = sheets.read(place, ("document",))
            with place.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.DictWriter(file, rows[0], delimiter=";")
                writer.writeheader()
                writer.writerows(rows)
    assert all(sheets_back.is_sheet(place) and returned.names_its_own(place) for place in own)
    for columns in (("document", "start", "end", "text", "code", "coder"), ("code", "before"), ("document", "text")):
        (other,) = [path for path in sheets.write(tmp_path / "t", [], columns) if path.suffix == own[0].suffix]
        assert not sheets_back.is_sheet(other)
    (tmp_path / "broken.csv").write_bytes(b"\xff\xfe\x00document")
    (tmp_path / "broken.xlsx").write_bytes(b"PK")
    (tmp_path / "empty.csv").write_bytes(b"")
    assert not any(sheets_back.is_sheet(tmp_path / name) for name in ("broken.csv", "broken.xlsx", "empty.csv", "no"))


def test_a_sheet_without_a_coder_takes_the_one_that_is_named_and_a_resolution_takes_none(study):
    (place, _) = blind.write_sheets(study, coder="cat", n=42)
    fill(place, "code", {0: "A", 1: "none"}, coder="")
    with pytest.raises(SheetError, match="the column 'coder' is empty"):
        returned.run(place, study)
    assert "2 codings by dora" in returned.run(place, study, who="dora")[-1]
    place, _ = blind.write_disagreements(study)
    fill(place, "resolution", {0: "B"})
    assert "by consensus of this sheet" in returned.run(place, study, who="dora")[-1]
