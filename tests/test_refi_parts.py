"""The parts of a REFI-QDA project: people, notes, sets, names of attributes, and what a participants.csv says of it."""

import pandas as pd
import pytest
from defusedxml.ElementTree import fromstring

from pipeline.commands import exporting, import_people, import_texts, importing
from pipeline.core import coders, store
from pipeline.core.errors import CounterpointError
from pipeline.corpus import refi
from pipeline.decisions.ledger import Decision
from pipeline.exchange import code_tree, markup, refi_notes, refi_people

TURNS = pd.DataFrame(
    [
        ("a.txt", "Ana", "participant", "A1"),
        ("a.txt", "Interviewer", "interviewer", ""),
        ("a.txt", "Ana", "participant", "A1"),
        ("b.txt", "Ana", "participant", "A1"),
        ("b.txt", "", "none", ""),
        ("notes.txt", "", "none", ""),
        ("own.txt", "", "none", "own.txt"),
    ],
    columns=["document", "speaker", "part", "case"],
)
CASES = pd.DataFrame({"case": ["own.txt", "A1"], "role": ["", "nurse & <midwife>"], "site": ["", ""]})
DOCUMENTS = pd.DataFrame({"document": ["a.txt", "b.txt", "notes.txt", "own.txt"]}).assign(source_type="interview")


def people() -> refi_people.People:
    return refi_people.People(TURNS, CASES, DOCUMENTS, "s")


def test_users_are_sorted_and_the_model_is_last_and_there_once():
    names = [fromstring(user).get("name") for user in refi_people.users({"b", "a", coders.MODEL}, study_name="s")]
    assert names == ["a", "b", coders.MODEL]
    assert [fromstring(user).get("name") for user in refi_people.users([], study_name="s")] == [coders.MODEL]


def test_a_sources_description_names_those_who_speak():
    assert people().description("a.txt").split("\n") == [
        "File: a.txt",
        "Speaker: Ana; part: participant; case: A1",
        "Speaker: Interviewer; part: interviewer; case: ",
    ]
    assert refi.speakers(people().description("b.txt")) == [("Ana", "participant", "A1")]
    assert refi.speakers(people().description("notes.txt")) == [("", "none", "")]
    assert refi.speakers(people().description("own.txt")) == [("", "none", "own.txt")]


def test_cases_leave_out_what_is_not_known_and_name_every_source():
    sources = {document: refi.guid("s", "source", document) for document in DOCUMENTS["document"]}
    first, second = (fromstring(case) for case in people().cases(sources))
    assert (first.get("name"), second.get("name")) == ("A1", "own.txt")
    assert [value.findtext("TextValue") for value in first.iter("VariableValue")] == ["nurse & <midwife>"]
    assert [one.get("targetGUID") for one in first.iter("SourceRef")] == [sources["a.txt"], sources["b.txt"]]
    assert not list(second.iter("VariableValue"))


def test_a_variable_for_each_attribute_and_for_the_kind_of_source():
    assert [fromstring(one).get("name") for one in people().variables()] == ["role", "site", "source_type"]
    empty = refi_people.People(TURNS[:0], CASES[["case"]][:0], DOCUMENTS[:0], "s")
    assert empty.variables() == [] and empty.cases({}) == []


def test_participants_say_who_speaks_where_and_what_a_source_is():
    found = exporting.participants(DOCUMENTS, TURNS, CASES)
    assert list(found.columns) == ["document", "speaker", "case", "part", "source_type", "role", "site"]
    assert found[["document", "speaker", "case"]].to_numpy().tolist() == [
        ["a.txt", "Ana", "A1"],
        ["a.txt", "Interviewer", ""],
        ["b.txt", "Ana", "A1"],
        ["notes.txt", "", ""],
        ["own.txt", "", "own.txt"],
    ]
    assert found["role"].tolist() == ["nurse & <midwife>", "", "nurse & <midwife>", "", ""]


def node(name: str) -> code_tree.Node:
    return code_tree.Node(refi.guid("s", "theme", name), name)


def test_only_decisions_with_words_are_notes():
    decisions = [
        Decision(action="accept", theme=1, who="A", when="2026-01-01"),
        Decision(action="reject", theme=1, who="A", when="2026-01-02", why="Nobody says it."),
        Decision(action="memo", theme=1, text="Hm.", why="Read again.", who="B", when="2026-01-03 09:00"),
        Decision(action="rename", theme=2, label="New", why="Better.", who="B", when="2026-01-04"),
    ]
    found = refi_notes.notes(decisions, {1: node("One")}, study_name="s")
    assert [fromstring(note.xml).get("name") for note in found] == [
        "Reject: One (A, 2026-01-02)",
        "Memo: One (B, 2026-01-03)",
        "Rename: New (B, 2026-01-04)",
    ]
    assert [note.text.decode() for note in found] == ["Why: Nobody says it.", "Hm.\nWhy: Read again.", "Why: Better."]
    assert fromstring(found[1].xml).get("creationDateTime") == "2026-01-03T09:00:00Z"
    assert len({note.guid for note in found}) == 3


def test_a_set_holds_a_themes_codes_sources_and_notes():
    tables = {
        "segments": pd.DataFrame({"segment_id": ["1", "2", "3"], "document": ["a.txt", "b.txt", "a.txt"]}),
        "theme_assignments": pd.DataFrame(
            {"segment_id": ["1", "2", "3"], "theme_id": [7, 7, -1], "subtheme_id": [8, -1, -1]}
        ),
        "themes": pd.DataFrame({"theme_id": [8, 7], "level": [2, 1]}),
    }
    nodes = {7: node("Seven"), 8: node("Eight")}
    nodes[7].below.append(nodes[8])
    sources = {name: refi.guid("s", "source", name) for name in ("a.txt", "b.txt")}
    notes = refi_notes.notes(
        [Decision(action="memo", theme=7, text="x", who="A", when="2026-01-01")], nodes, study_name="s"
    )
    codes = code_tree.Codes([], {}, [refi.guid("s", "code", "X")])
    theme, beyond = (fromstring(one) for one in refi_notes.sets(tables, codes, nodes, sources, notes, study_name="s"))
    assert (theme.get("name"), beyond.get("name")) == ("Candidate theme: Seven", refi.BEYOND)
    members = [(one.tag, one.get("targetGUID")) for one in theme if one.tag.startswith("Member")]
    assert members == [
        ("MemberCode", nodes[7].guid),
        ("MemberCode", nodes[8].guid),
        ("MemberSource", sources["a.txt"]),
        ("MemberSource", sources["b.txt"]),
        ("MemberNote", notes[0].guid),
    ]
    assert [one.get("targetGUID") for one in beyond.iter("MemberCode")] == codes.beyond


def test_no_themes_and_nothing_beyond_is_no_set():
    tables = {name: store.empty(name) for name in ("segments", "theme_assignments", "themes")}
    assert refi_notes.sets(tables, code_tree.Codes([], {}, []), {}, {}, [], study_name="s") == []


def test_attributes_become_columns_that_differ():
    found = import_people.columns(
        {"1": "Role", "2": "role", "3": "case", "4": "", "5": refi.SOURCE_TYPE, "6": "Source_Type"}
    )
    assert found == {"1": "Role", "2": "role 2", "3": "case 2", "4": "attribute", "6": "Source_Type 2"}


def test_a_name_that_is_taken_gets_a_number():
    taken = {"a.txt"}
    assert [
        import_texts.free("a.txt", taken),
        import_texts.free("A.txt", taken),
        import_texts.free("b.txt", taken),
    ] == [
        "a (2).txt",
        "A (3).txt",
        "b.txt",
    ]


def test_an_element_leaves_out_what_is_empty():
    assert markup.element("a", {"b": None, "c": "", "d": 0}) == '<a d="0"/>'
    assert markup.text("a", "") == "" and markup.some("a", []) == ""
    assert markup.element("a", {}, "", markup.text("b", "x\ry")) == "<a><b>x&#13;y</b></a>"


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        ("name,definition", "A,", "Wrote 1 code to"),
        ("name,parent", "A,B", "Wrote 2 codes to"),
        ("document,speaker,case,part", "a.txt,Ana,A1,participant", "Wrote 1 speaker to"),
        ("document,speaker,case,part", "a.txt,Ana,A1,listener", "unknown part 'listener'"),
        ("document,code", "a.txt,Time", "Missing column 'text'"),
        ("document,text,code", "a.txt,so,Time", "Wrote 1 coding by file to"),
    ],
)
def test_a_csv_is_known_by_its_columns(tmp_path, header, row, said):
    (tmp_path / "file.csv").write_text(f"{header}\n{row}\n")
    try:
        lines = importing.run(tmp_path / "file.csv", tmp_path / "study")
    except CounterpointError as error:
        lines = str(error).splitlines()
        assert not (tmp_path / "study").exists()
    assert any(said in line for line in lines), lines
