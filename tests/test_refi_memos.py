"""Memos, cases of focus groups and types of attributes leave the study so that other programs and we ourselves read them."""

import dataclasses
from pathlib import Path

import pandas as pd
import pytest
from defusedxml.ElementTree import fromstring

from pipeline import ingest
from pipeline.commands import exporting, importing
from pipeline.core import store, study_template
from pipeline.corpus import memos
from pipeline.corpus.readers import guards, qdpx
from pipeline.corpus.readers.memo import Memo
from pipeline.exchange import refi_people

OPTIONS = {"interviewer_labels": ("int",), "min_label_count": 2}
GROUP = "Int: So?\nAnn: The rota broke 😀.\nBen: The room was cold.\nAnn: No time.\nBen: No heat.\nInt: Thanks.\n"
ALONE = "Int: How was it?\nCy: Fine, mostly.\nInt: Mostly?\nCy: The rota broke.\n"
PEOPLE = """document,speaker,case,part,age,joined,full,site
group,Ann,Ann,participant,34,2020-01-02,true,North
group,Ben,Ben,participant,5,2021-11-30,false,007
alone,Cy,Cy,participant,,,,South
"""
BOOK = (
    "codes:\n- {name: Work, codable: false}\n- {name: Rota, parent: Work, definition: What they say. See also time.}\n"
)
N = "{urn:QDA-XML:project:1.0}"
HELD = (
    Memo(about="project", memo="all of it", title="plan", author="noa", date="2026-01-02"),
    Memo(about="code", code="Rota", memo="See also time.", title="idea"),
    Memo(about="document", document="group.txt", memo="loud\nroom", title="first", author="mia", date="2026-03-04"),
    Memo(about="document", document="group.txt", memo="second memo"),
    Memo(about="case", case="Ann", memo="tired"),
    Memo(about="passage", document="group.txt", start=14, end=30, text="The rota broke 😀", memo="why?", author="noa"),
    Memo(about="attribute", title="age", memo="in years"),
    Memo(about="journal", title="Week 1", memo='began, with "quotes"', author="mia", date="2026-01-05T10:00:00Z"),
)


@pytest.fixture(scope="module")
def origin(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("memos") / "study"
    study_template.create(folder)
    (folder / "transcripts/group.txt").write_text(GROUP, encoding="utf-8")
    (folder / "transcripts/alone.txt").write_text(ALONE, encoding="utf-8")
    (folder / "participants.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "codebook.yaml").write_text(BOOK, encoding="utf-8")
    (folder / "human_codes/a.csv").write_text("document,text,code,coder\ngroup,No time.,Rota,mia\n", encoding="utf-8")
    (folder / "imported/memos.csv").write_bytes(memos.dump(memo.identified() for memo in HELD))
    for name, frame in ingest.ingest(folder, **OPTIONS).items():
        store.write(folder, name, frame)
    return folder


@pytest.fixture(scope="module")
def exported(origin: Path) -> Path:
    exporting.export(origin, origin.parent / "out")
    return origin.parent / "out/coded.qdpx"


def root(exported: Path):
    archive = guards.opened_archive(exported.read_bytes())
    return fromstring(archive.read("project.qde"))


def test_memos_come_back_where_they_belong(exported: Path, tmp_path: Path) -> None:
    importing.run(exported, tmp_path / "again")
    back = memos.load((tmp_path / "again/imported/memos.csv").read_bytes())
    plain = [dataclasses.replace(memo, memo_id="") for memo in back]
    assert sorted(plain, key=str) == sorted((dataclasses.replace(memo) for memo in HELD), key=str)


def test_importing_them_into_the_study_they_are_from_adds_none(origin: Path, exported: Path) -> None:
    before = {path: path.read_bytes() for path in origin.rglob("*") if path.is_file()}
    lines = importing.run(exported, origin)
    changed = [path.name for path in origin.rglob("*") if path.is_file() and path.read_bytes() != before.get(path)]
    assert changed == ["taken.csv"], lines


def test_cases_of_a_focus_group_refer_to_their_turns_and_others_to_their_text(exported: Path) -> None:
    project = root(exported)
    cases = {case.get("name"): case for case in project.iter(N + "Case")}
    passages = {one.get("guid"): one for one in project.iter(N + "PlainTextSelection")}
    turns = [passages[ref.get("targetGUID")].get("name") for ref in cases["Ann"].iterfind(N + "SelectionRef")]
    assert turns == ["The rota broke 😀.", "No time."]
    assert not list(cases["Ann"].iterfind(N + "SourceRef")) and len(list(cases["Cy"].iterfind(N + "SourceRef"))) == 1


def test_turns_of_cases_are_no_annotations_when_they_come_back(exported: Path) -> None:
    found = qdpx.read_project(exported.read_bytes(), "x")
    assert [memo.memo for memo in found.memos if memo.about == "passage"] == ["why?"]
    assert [len(places) for places in found.places] == [2, 2, 1]


def test_variables_have_the_type_that_all_their_values_fit(exported: Path) -> None:
    kinds = {one.get("name"): one.get("typeOfVariable") for one in root(exported).iter(N + "Variable")}
    assert kinds == {"age": "Integer", "joined": "Date", "full": "Boolean", "site": "Text", "source_type": "Text"}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "", "20"], "Integer"), (["007"], "Text"), (["1.5", "2.0"], "Float"), (["1", "1.5"], "Text"),
        (["true", "false"], "Boolean"), (["yes"], "Text"), (["2020-13-01"], "Text"), (["-3"], "Integer"), (["", ""], "Text"),
    ],
)  # fmt: skip
def test_a_type_never_changes_a_value(values: list[str], kind: str) -> None:
    assert refi_people.type_of(values) == kind


def test_a_heading_leaves_as_one_and_comes_back_as_one(exported: Path, tmp_path: Path) -> None:
    codes = {one.get("name"): one.get("isCodable") for one in root(exported).iter(N + "Code")}
    assert (codes["Work"], codes["Rota"]) == ("false", "true")
    importing.run(exported, tmp_path / "again")
    assert "codable: false" in (tmp_path / "again/codebook.yaml").read_text("utf-8")


def test_values_come_back_as_they_were(origin: Path, exported: Path, tmp_path: Path) -> None:
    importing.run(exported, tmp_path / "again")
    back = ingest.ingest(tmp_path / "again", **OPTIONS)["cases"]
    assert pd.testing.assert_frame_equal(back, store.read(origin, "cases")) is None


def test_cases_as_codes_say_to_qualcoder_what_belongs_to_whom_and_come_back_as_cases(
    origin: Path, tmp_path: Path
) -> None:
    exporting.export(origin, tmp_path / "out", cases_as_codes=True)
    project = root(tmp_path / "out/coded.qdpx")
    cases = {case.get("guid"): case.get("name") for case in project.iter(N + "Case")}
    applied = [
        (cases[ref.get("targetGUID")], passage.get("name"))
        for passage in project.iter(N + "PlainTextSelection")
        for ref in passage.iterfind(f"{N}Coding/{N}CodeRef")
        if ref.get("targetGUID") in cases
    ]
    assert [name for case, name in applied if case == "Ben"] == ["The room was cold.", "No heat."]
    assert [case for case, _ in applied].count("Cy") == 1
    assert {one.get("name") for one in project.iter(N + "Code") if one.get("guid") in cases} == {"Ann", "Ben", "Cy"}
    importing.run(tmp_path / "out/coded.qdpx", tmp_path / "again")
    back = ingest.ingest(tmp_path / "again", **OPTIONS)
    assert pd.testing.assert_frame_equal(back["cases"], store.read(origin, "cases")) is None
    assert list(back["codings"]["code"]) == ["Rota"]
    assert "name: Ann" not in (tmp_path / "again/codebook.yaml").read_text("utf-8")
