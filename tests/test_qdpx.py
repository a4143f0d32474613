"""A study as a REFI-QDA project: valid, the same bytes every time, and read back letter for letter."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core import coders, store
from pipeline.corpus import refi
from pipeline.corpus.readers import qdpx as reader
from pipeline.corpus.readers.coding import by_people
from pipeline.decisions.ledger import Decision
from pipeline.deductive import codebook
from pipeline.exchange import code_tree, markup, qdpx, refi_check

SCHEMA = Path(__file__).parents[1] / "../shared/formats/REFI-QDA_Project.xsd"
N = "{urn:QDA-XML:project:1.0}"
DECISIONS = [
    Decision(action="memo", theme=0, text="Is it pride, or duty? é 😀 <b>", who="Asha", when="2026-01-15"),
    Decision(action="memo", theme=0, text="Again.", who="Asha", when="2026-01-15"),
    Decision(action="accept", theme=1, why="Five people say it.", who="lea", when="2026-01-16T10:00"),
    Decision(action="accept", theme=0, who="lea", when="2026-01-16T10:00"),
    Decision(action="memo", theme=77, text="Gone.", who="Asha", when="2026-01-17", id="gone"),
    Decision(action="memo", theme=0, text="Undone.", who="Asha", when="2026-01-18", id="x"),
    Decision(action="undo", undoes="x", who="Asha", when="2026-01-19"),
]


@pytest.fixture(scope="module")
def tables(small_study):
    return {name: store.read(small_study, name) for name in qdpx.TABLES}


@pytest.fixture(scope="module")
def book(small_study):
    return codebook.load_codebook(small_study / "codebook.yaml")


def made(tables, book, **options):
    return qdpx.project(tables, codebook=book, decisions=DECISIONS, study_name="small", **options)


def opened(data: bytes):
    archive = zipfile.ZipFile(io.BytesIO(data))
    return archive, fromstring(archive.read("project.qde"))


def as_rows(codings):
    names = ("document", "start", "end", "text", "code", "parent_code", "coder", "memo", "date")
    return sorted(tuple(getattr(coding, name) for name in names) for coding in codings)


def with_codings(tables, rows):
    documents = dict(zip(tables["documents"]["document"], tables["documents"]["text"], strict=True))
    columns = ["document", "start", "end", "code", "parent_code", "coder", "memo", "date"]
    frame = pd.DataFrame(rows, columns=columns)
    frame.insert(3, "text", [documents[row.document][row.start : row.end] for row in frame.itertuples()])
    return {**tables, "codings": store.schema("codings").validate(frame)}


@pytest.mark.skipif(not SCHEMA.exists(), reason="the format's schema is not beside the project")
@pytest.mark.parametrize("offsets", ["codepoints", "utf16"])
def test_the_project_is_valid_by_the_schema(tables, book, offsets):
    from lxml import etree

    schema = etree.XMLSchema(etree.parse(SCHEMA))
    none = {name: frame.iloc[:0] for name, frame in tables.items()}
    for given_tables, given_book in ((tables, book), (tables, codebook.Codebook()), (none, codebook.Codebook())):
        archive, _ = opened(made(given_tables, given_book, offsets=offsets))
        assert schema.validate(etree.fromstring(archive.read("project.qde"))), schema.error_log


def test_same_study_same_bytes_whatever_the_order_of_rows(tables, book):
    shuffled = {name: frame.sample(frac=1, random_state=3) for name, frame in tables.items()}
    assert made(tables, book) == made(shuffled, book)
    archive, _ = opened(made(tables, book))
    assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_sources_are_plain_text_as_ingested(tables, book):
    archive, root = opened(made(tables, book))
    for source in root.iter(N + "TextSource"):
        said = source.findtext(N + "Description")
        path = source.get("plainTextPath").replace("internal://", "sources/")
        text = tables["documents"].set_index("document").loc[refi.file_of(said), "text"]
        assert archive.read(path) == text.encode()
    names = sorted(source.get("name") for source in root.iter(N + "TextSource"))
    assert names == ["ana.txt", "ben.vtt", "session.docx", "ward.txt"]


@pytest.mark.parametrize("offsets", ["codepoints", "utf16"])
def test_codings_come_back_letter_for_letter(tables, book, offsets):
    rows = [
        ("interviews/ana.txt", 40, 76, "Pride", "Motivation", "lea", "a memo\nof two lines & <b>", "2026-01-15"),
        ("interviews/ana.txt", 40, 76, "Time", "Resources", "lea", "a memo\nof two lines & <b>", "2026-01-15"),
        ("interviews/ana.txt", 40, 76, "Time", "Resources", "max", "", "2026-01-15T09:30:00Z"),
        ("interviews/ben.vtt", 46, 60, "=Odd \u202e code 😀", "", 'ÿ "coder"', "", ""),
        ("interviews/ben.vtt", 190, 300, "Below", "Beyond", "max", "\u05e9\u05dc\u05d5\u05dd", ""),
    ]
    given_tables = with_codings(tables, rows)
    found = reader.read_project(made(given_tables, book, offsets=offsets), "file")
    assert as_rows(by_people(found.codings)[0]) == sorted(given_tables["codings"].itertuples(index=False, name=None))
    assert found.counted.startswith({"codepoints": "code points", "utf16": "UTF-16"}[offsets])


def test_utf16_positions_count_an_emoji_as_two(tables, book):
    text = tables["documents"].set_index("document").loc["interviews/ana.txt", "text"]
    after = text.index("Pride")
    rows = [("interviews/ana.txt", after, after + 5, "Pride", "Motivation", "lea", "", "")]
    positions = {}
    for offsets in ("codepoints", "utf16"):
        _, root = opened(made(with_codings(tables, rows), book, offsets=offsets))
        lea = next(user.get("guid") for user in root.iter(N + "User") if user.get("name") == "lea")
        (one,) = [one for one in root.iter(N + "PlainTextSelection") if one.get("creatingUser") == lea]
        positions[offsets] = (int(one.get("startPosition")), int(one.get("endPosition")))
    assert positions == {"codepoints": (after, after + 5), "utf16": (after + 1, after + 6)}


@given(st.text(alphabet="aé€😀\U0010ffff \n", max_size=12))
def test_a_place_in_utf16_is_the_number_of_units_before_it(text):
    place, same = qdpx._places(text, "utf16"), qdpx._places(text, "codepoints")
    assert [place(at) for at in range(len(text) + 1)] == [
        len(text[:at].encode("utf-16-le")) // 2 for at in range(len(text) + 1)
    ]
    assert [same(at) for at in range(len(text) + 1)] == list(range(len(text) + 1))


def test_the_model_is_a_user_of_its_own_and_says_its_scores(tables, book):
    _, root = opened(made(tables, book))
    users = {user.get("guid"): user.get("name") for user in root.iter(N + "User")}
    assert sorted(users.values()) == sorted(["Asha", "lea", "max", coders.MODEL])
    assert list(users.values())[-1] == coders.MODEL
    accepted = tables["code_assignments"].query("accepted")
    by_model = [
        one for one in root.iter(N + "PlainTextSelection") if users.get(one.get("creatingUser")) == coders.MODEL
    ]
    in_theme = tables["theme_assignments"].query("theme_id >= 0")
    assert len(by_model) == len(set(accepted["segment_id"]) | set(in_theme["segment_id"]))
    codes = {code.get("guid"): code.get("name") for code in root.iter(N + "Code")}
    given_codes = [codes[ref.get("targetGUID")] for one in by_model for ref in one.iter(N + "CodeRef")]
    assert sorted(code for code in given_codes if code in book) == sorted(accepted["code"])
    said = [one.findtext(N + "Description") for one in by_model]
    assert any("Candidate codes (zero_shot; scores, not probabilities): Pride 0.79" in text for text in said)
    assert any("Candidate theme: Charts at <home> (strength 0.50 of 1)" in text for text in said)


def test_only_accepted_rows_of_one_method_are_the_models(tables, book):
    other = tables["code_assignments"].assign(method="few_shot", accepted=True)
    both = {**tables, "code_assignments": pd.concat([tables["code_assignments"], other])}
    assert made(both, book) == made(tables | {"code_assignments": other}, book) != made(tables, book)
    people = tables["code_assignments"].assign(method="human")
    assert b"Candidate codes" not in opened(made({**tables, "code_assignments": people}, book))[0].read("project.qde")


def test_codebook_themes_and_sets_stand_as_trees(tables, book):
    _, root = opened(made(tables, book))
    top = root.find(f"{N}CodeBook/{N}Codes")
    assert [code.get("name") for code in top] == ["Motivation", "Resources", "Leaders", refi.THEMES]
    assert [code.get("name") for code in top[1].iterfind(N + "Code")] == ["Time", "Staffing"]
    assert "learn" in top[0].find(N + "Code").findtext(N + "Description")
    themes = [code.get("name") for code in top[-1].iterfind(N + "Code")]
    assert themes == ["Charts at <home>", "Time & the ward"]
    sets = {one.get("name"): one for one in root.iter(N + "Set")}
    assert sorted(sets) == [f"Candidate theme: {name}" for name in themes]
    for one in sets.values():
        assert len(one.findall(N + "MemberCode")) == 1
        assert one.findall(N + "MemberSource")


def test_cases_have_their_attributes_and_sources(tables, book):
    _, root = opened(made(tables, book))
    variables = {one.get("guid"): one.get("name") for one in root.iter(N + "Variable")}
    sources = {one.get("guid"): one.get("name") for one in root.iter(N + "TextSource")}
    found = {}
    for case in root.iter(N + "Case"):
        values = {
            variables[value.find(N + "VariableRef").get("targetGUID")]: value.findtext(N + "TextValue")
            for value in case.iter(N + "VariableValue")
        }
        found[case.get("name")] = values | {
            "in": [sources[one.get("targetGUID")] for one in case.iter(N + "SourceRef")]
        }
    assert found["Ana"] == {"role": "nurse", "site": "north", "in": ["ana.txt"]}
    assert set(found) == set(tables["cases"]["case"])


def test_decisions_in_words_are_notes_and_belong_to_their_themes_set(tables, book):
    archive, root = opened(made(tables, book))
    notes = {
        note.get("name"): archive.read(note.get("plainTextPath").replace("internal://", "sources/")).decode()
        for note in root.iter(N + "Note")
    }
    assert notes == {
        "Memo: Charts at <home> (Asha, 2026-01-15)": notes["Memo: Charts at <home> (Asha, 2026-01-15)"],
        "Memo: Charts at <home> (Asha, 2026-01-15) 2": notes["Memo: Charts at <home> (Asha, 2026-01-15) 2"],
        "Accept: Time & the ward (lea, 2026-01-16)": "Why: Five people say it.",
        "Memo: an unlabelled theme (77) (Asha, 2026-01-17)": "Gone.",
    }
    assert {"Is it pride, or duty? é 😀 <b>", "Again."} < set(notes.values())
    assert sorted(len(one.findall(N + "MemberNote")) for one in root.iter(N + "Set")) == [1, 2]


def test_codes_beyond_the_codebook_are_kept_below_their_parents_and_marked():
    codings = pd.DataFrame(
        {"code": ["B", "B", "C", "D", "E", "Time"], "parent_code": ["Time", "", "D", "C", "New", "X"]}
    )
    book = codebook.Codebook(codes=(codebook.Code(name="Time"),))
    found = code_tree.codes(book, codings, study_name="s")
    assert set(found.guids) == {"Time", "B", "C", "D", "E", "New", "X"}
    assert {node.name for node in found.trees} == {"Time", "B", "D", "New", "X"}
    assert len(found.beyond) == 6


def test_a_theme_that_has_a_codes_name_gets_its_number(tables):
    table = tables["themes"].assign(label=["Time", "time"])
    trees, nodes = code_tree.themes(table, used_names={"Time"}, study_name="s")
    assert [node.name for node in nodes.values()] == ["Time (theme 0)", "time (theme 1)"]
    assert trees[0].below == list(nodes.values())


def test_documents_of_one_name_keep_their_folders():
    assert qdpx.source_names(["a/x.txt", "b/X.txt", "b/y.txt"]) == {
        "a/x.txt": "a/x.txt",
        "b/X.txt": "b/X.txt",
        "b/y.txt": "y.txt",
    }


def test_what_xml_cannot_hold_is_replaced_in_names_and_kept_in_texts(tables, book):
    rows = [("interviews/ana.txt", 0, 5, "bell\x07 code", "", "lea", "vertical\x0btab \uffff", "")]
    found = reader.read_project(made(with_codings(tables, rows), book), "file")
    (coding,) = [coding for coding in found.codings if coding.coder == "lea"]
    assert (coding.code, coding.memo) == ("bell\ufffd code", "vertical\ufffdtab \ufffd")


def test_another_program_that_reads_the_format_agrees(tables, book, tmp_path):
    from pyrefiqda import RefiProject

    place = tmp_path / "study.qdpx"
    place.write_bytes(made(tables, book))
    found = RefiProject.load(place, extract_dir=tmp_path / "out")
    names = {}

    def walk(code):
        names[code.guid] = code.name
        for below in code.code:
            walk(below)

    for code in found.code_book.codes.code:
        walk(code)
    users = {user.guid: user.name for user in found.users.user}
    rows = []
    for source in found.sources.text_source:
        text = RefiProject.resolve_source_path(source.plain_text_path, tmp_path / "out").read_text(encoding="utf-8")
        for one in source.plain_text_selection:
            for coding in one.coding:
                coder = users[coding.creating_user]
                if coder != coders.MODEL:
                    start, end = int(one.start_position), int(one.end_position)
                    rows.append(
                        (
                            refi.file_of(source.description),
                            start,
                            end,
                            text[start:end],
                            names[coding.code_ref.target_guid],
                            coder,
                        )
                    )
    wanted = tables["codings"][["document", "start", "end", "text", "code", "coder"]]
    assert sorted(rows) == sorted(wanted.itertuples(index=False, name=None))
    assert {case.name for case in found.cases.case} == set(tables["cases"]["case"])


def test_the_check_names_what_is_wrong():
    good = '<Project xmlns="urn:QDA-XML:project:1.0" name="p"/>'
    refi_check.check(good.encode(), {}, units="codepoints")
    guid = refi.guid("s", "a")
    wrong = {
        "<Users/>": "Users contains nothing",
        f'<Users><User guid="{guid}"/><User guid="{guid}"/></Users>': "2 elements have the id",
        '<Users><User guid="1"/></Users>': "guid='1'",
        "<Graphs/>": "not allowed in an export",
        f'<Sets><Set guid="{guid}"/></Sets>': "Set lacks name",
        f'<Sets><Set guid="{guid}" name="a"><MemberCode targetGUID="{refi.guid("s", "b")}"/></Set></Sets>': "no element has the id",
        f'<Description/><Sources><TextSource guid="{guid}" plainTextPath="internal://{guid}.txt"/></Sources>': "missing|holds",
    }
    for xml, said in wrong.items():
        with pytest.raises(refi_check.ExchangeError, match=said):
            refi_check.check(good.replace("/>", f">{xml}</Project>").encode(), {}, units="codepoints")


def test_the_check_finds_a_selection_outside_its_text(tables, book):
    archive, _ = opened(made(tables, book))
    files = {name: archive.read(name) for name in archive.namelist()}
    xml = files.pop("project.qde")
    refi_check.check(xml, files, units="codepoints")
    with pytest.raises(refi_check.ExchangeError, match="is outside"):
        refi_check.check(xml, {name: data[:30] for name, data in files.items()}, units="codepoints")


@given(st.text(max_size=30), st.text(max_size=30))
def test_markup_holds_any_words(attribute, words):
    xml = markup.element("a", {"b": attribute}, markup.text("c", words))
    root = fromstring(xml)
    assert root.get("b", "") == markup.allowed(attribute)
    assert (root.findtext("c") or "") == markup.allowed(words)


@given(st.dictionaries(st.text("ab/.", min_size=1, max_size=5), st.binary(max_size=50), max_size=5))
def test_an_archive_holds_its_files_and_repacking_forgets_times(files):
    once = markup.archive(files)
    with zipfile.ZipFile(io.BytesIO(once)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
    assert markup.repacked(once) == markup.archive(dict(sorted(files.items())))


@settings(max_examples=30, deadline=None)
@given(
    text=st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), min_size=1, max_size=80),
    cuts=st.lists(st.tuples(st.integers(0, 80), st.integers(1, 80)), min_size=1, max_size=6),
    offsets=st.sampled_from(["codepoints", "utf16"]),
)
def test_any_text_and_any_spans_come_back(text, cuts, offsets):
    spans = sorted({(start, min(len(text), start + size)) for start, size in cuts if start < len(text)})
    empty = {name: store.empty(name) for name in qdpx.TABLES}
    row = {"document": "d.txt", "source_type": "interview", "path": "d.txt", "sha256": "", "n_words": 1}
    row |= {"language": "en", "language_share": 1.0, "other_languages": "", "text": text}
    codings = [("d.txt", start, end, text[start:end], "Code", "", "lea", "", "") for start, end in spans]
    held = {**empty, "documents": pd.DataFrame([row]), "codings": pd.DataFrame(codings, columns=list(empty["codings"]))}
    held["codings"] = held["codings"].astype({"start": np.int64, "end": np.int64}) if spans else empty["codings"]
    data = qdpx.project(held, codebook=codebook.Codebook(), study_name="s", offsets=offsets)
    try:
        found = reader.read_project(data, "file")
    except reader.RefusedError as error:
        assert "NUL" in str(error) or "control" in str(error)  # no text that ingest would have let in
        return
    assert found.sources[0].text == text
    assert sorted((coding.start, coding.end) for coding in found.codings) == spans
