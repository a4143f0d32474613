"""Out and in again: what an export holds comes back letter for letter, and nothing that is there is overwritten."""

import errno
import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from docx import Document
from refi_files import guid, one, packed, project, selection
from typer.testing import CliRunner

from pipeline import cli, ingest
from pipeline.commands import exporting, import_texts, importing
from pipeline.commands.import_plan import Wanted
from pipeline.core import atomic_files, store, study_template
from pipeline.core.errors import CounterpointError
from pipeline.corpus import participants
from pipeline.deductive import codebook

ROOT = Path(__file__).parents[1]
FORMATS = Path(__file__).parents[1] / "../shared/formats"
TABLES = ("documents", "turns", "cases", "codings", "ingest_problems")
OPTIONS = {"interviewer_labels": ("interviewer", "facilitator"), "min_label_count": 2}
ANA = (
    "Interviewer: Why did you come?\r\nAna: À vrai dire 😀, I wanted to. 👩🏽‍⚕️ Really.\r\n"
    "Interviewer: And then?\r\nAna: أهلا وسهلا، نعم. \u202eback to front\u202c =SUM(A1) it was.\r\n"
)
VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Facilitator>What helps?\n\n00:03.000 --> 00:05.000\n<v Béla>Time, and ő.\n\n00:06.000 --> 00:08.000\n<v Dora>-Nobody does.\n"
PEOPLE = """document,speaker,case,part,role,site,source_type
a.txt,Ana,Ana Ö,participant,nurse,=north,
groups/ward.vtt,Béla,Béla,participant,doctor,south,focus_group
groups/ward.vtt,Dora,Dora,participant,,south,focus_group
notes.docx,,,none,,,field_note
"""
CODEBOOK = """codes:
  - name: Motivation
  - {name: Pride, parent: Motivation, definition: "Include: is its first word.", include: née, color: "#4477AA",
     examples: ["I was proud. 😀", "So proud"], counter_examples: ["Not me"]}
  - {name: Time, definition: Whether there is time, exclude: staffing}
"""


def spans(text, *found):
    return [(text.index(words), text.index(words) + len(words), words) for words in found]


@pytest.fixture(scope="module")
def origin(tmp_path_factory) -> Path:
    """A study as ingest leaves it: CRLF, accents, emoji, right to left, subtitles, Word, and codes of two people."""
    folder = tmp_path_factory.mktemp("origin") / "study"
    study_template.create(folder)
    (folder / "transcripts/a.txt").write_bytes(ANA.encode())
    (folder / "transcripts/groups").mkdir()
    (folder / "transcripts/groups/ward.vtt").write_text(VTT, encoding="utf-8")
    word = Document()
    for line in ("The room is cold.", "Nobody looks at the poster, naïve as it is."):
        word.add_paragraph(line)
    word.save(folder / "transcripts/notes.docx")
    (folder / "participants.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    rows = ["document,start,end,text,code,coder,parent_code,memo,date"]
    text = ANA.replace("\r\n", "\n")
    for start, end, words in spans(
        text, "À vrai dire 😀, I wanted to. 👩🏽‍⚕️", "أهلا وسهلا", "\u202eback to front\u202c =SUM"
    ):
        rows.append(f'a.txt,{start},{end},"{words}",Pride,lea,Motivation,"hm, ""so"" 😀",2026-01-15')
        rows.append(f'a.txt,{start},{end},"{words}",Own code,max,,,2026-01-15T10:00:00Z')
    rows += ['groups/ward.vtt,,,"\'-Nobody does.",Time,max,,,', "notes.docx,,,naïve as it is,Below,lea,Own code,,"]
    (folder / "human_codes/both.csv").write_text("\n".join(rows), encoding="utf-8")
    read(folder)
    return folder


def read(folder: Path):
    tables = ingest.ingest(folder, **OPTIONS)
    for name, frame in tables.items():
        store.write(folder, name, frame)
    return tables


def codings_of(tables, *, endings=False):
    found = tables["codings"].copy()
    if endings:  # texts came back as .txt
        found["document"] = [name if name.endswith(".txt") else f"{name}.txt" for name in found["document"]]
    return sorted(found.itertuples(index=False, name=None))


@pytest.mark.parametrize("offsets", ["codepoints", "utf16"])
def test_a_whole_study_comes_back_letter_for_letter(origin, tmp_path, offsets):
    before = {name: store.read(origin, name) for name in TABLES}
    assert len(before["codings"]) == 8
    exporting.export(origin, tmp_path / "out", offsets=offsets)
    folder = tmp_path / "again"
    lines = importing.run(tmp_path / "out/coded.qdpx", folder)
    assert "3 texts, 8 human codings" in lines[0]
    after = read(folder)
    assert codings_of(after) == codings_of(before, endings=True)
    assert list(after["documents"]["text"]) == list(before["documents"]["text"])
    assert list(after["documents"]["source_type"]) == list(before["documents"]["source_type"])
    assert after["cases"].to_dict("records") == before["cases"].to_dict("records")
    assert codebook.load_codebook(folder / "codebook.yaml") == codebook.load_codebook(origin / "codebook.yaml")
    kept = ["speaker", "case", "part", "start", "end", "text"]
    assert after["turns"][kept].to_dict("records") == before["turns"][kept].to_dict("records")
    refused = after["ingest_problems"].query("kind == 'refused'")
    assert refused.empty, refused.to_dict("records")


def test_importing_twice_changes_nothing(origin, tmp_path):
    exporting.export(origin, tmp_path / "out")
    importing.run(tmp_path / "out/coded.qdpx", tmp_path / "again")
    files = {path: path.read_bytes() for path in (tmp_path / "again").rglob("*") if path.is_file()}
    lines = importing.run(tmp_path / "out/coded.qdpx", tmp_path / "again")
    assert files == {path: path.read_bytes() for path in (tmp_path / "again").rglob("*") if path.is_file()}
    assert any("already has these 3 codes" in line for line in lines)
    assert any("already has these entries" in line for line in lines)
    assert lines[-1].startswith("Nothing was changed")


def test_the_tables_as_csv_come_back_too(origin, tmp_path):
    exporting.export(origin, tmp_path / "out")
    folder = tmp_path / "again"
    importing.run(tmp_path / "out/coded.qdpx", folder)
    for name in ("human_codes/coded.csv", "participants.csv", "codebook.yaml"):
        (folder / name).unlink()
    for name in ("codings", "codebook", "participants"):
        importing.run(tmp_path / f"out/csv/{name}.csv", folder)
    after, before = read(folder), {name: store.read(origin, name) for name in TABLES}
    assert codings_of(after) == codings_of(before, endings=True)
    assert after["cases"].to_dict("records") == before["cases"].to_dict("records")
    assert codebook.load_codebook(folder / "codebook.yaml") == codebook.load_codebook(origin / "codebook.yaml")


def test_a_codebook_file_comes_back(origin, tmp_path):
    exporting.export(origin, tmp_path / "out")
    importing.run(tmp_path / "out/codebook.qdc", tmp_path / "again")
    assert codebook.load_codebook(tmp_path / "again/codebook.yaml") == codebook.load_codebook(origin / "codebook.yaml")


def test_another_programs_reader_agrees_about_the_codebook(origin, tmp_path):
    from pyrefiqda import RefiCodebook

    exporting.export(origin, tmp_path / "out")
    codes = RefiCodebook.load(tmp_path / "out/codebook.qdc").codes.code
    assert [(code.name, [below.name for below in code.code]) for code in codes] == [
        ("Motivation", ["Pride"]),
        ("Time", []),
    ]


def test_the_same_study_gives_the_same_files(origin, tmp_path):
    for name in ("one", "two"):
        exporting.export(origin, tmp_path / name)
    for path in (tmp_path / "one").rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes(), path


def test_an_export_says_what_is_missing_and_what_it_holds(origin, tmp_path, small_study):
    lines = exporting.export(origin, tmp_path / "out")
    assert any("do not exist yet: segments" in line for line in lines)
    assert "confidentially" in lines[-1]
    written = {
        path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()
    }
    assert {"coded.qdpx", "codebook.qdc", "codebook.xlsx", "codebook.docx", "csv/documents.csv"} <= written
    (small_study / "report").mkdir(exist_ok=True)
    lines = exporting.export(small_study, tmp_path / "all")
    assert len(lines) < 7 and any("framework_matrix.docx" in line for line in lines)
    n = sum(path.is_file() and not path.name.startswith(".") for path in (tmp_path / "all").rglob("*"))
    tables = len(list((tmp_path / "all/csv").iterdir()))
    assert f"Wrote {n} files to {tmp_path / 'all'}" in lines[0] and f"  csv/: {tables} tables" in lines
    every = exporting.export(small_study, tmp_path / "all", listed=True)
    assert sum(line.startswith("wrote ") for line in every) == n
    assert not (tmp_path / "all/csv/embeddings.csv").exists()


def test_a_study_that_was_not_read_has_nothing_to_export(tmp_path):
    study_template.create(tmp_path)
    with pytest.raises(CounterpointError, match="counterpoint run"):
        exporting.export(tmp_path)


def foreign(tmp_path, **options) -> Path:
    path = tmp_path / "theirs.qdpx"
    path.write_bytes(one(b"One two three.", [selection(1, 0, 3), selection(2, 4, 7, user=2)], **options))
    return path


def test_another_programs_project_fills_an_empty_study(tmp_path):
    case = (
        f'<Variables><Variable guid="{guid(400)}" name="Role" typeOfVariable="Text"/></Variables><Cases><Case guid="{guid(401)}" name="P1">'
        f'<VariableValue><VariableRef targetGUID="{guid(400)}"/><TextValue>nurse</TextValue></VariableValue>'
        f'<SourceRef targetGUID="{guid(300)}"/></Case></Cases>'
    )
    folder = tmp_path / "mine"
    lines = importing.run(foreign(tmp_path, more=case), folder)
    assert (folder / "transcripts/talk.txt").read_bytes() == b"One two three."
    assert len(codebook.load_codebook(folder / "codebook.yaml")) == 3
    (person,) = participants.read_participants(folder / "participants.csv")
    assert (person.document, person.case, person.attributes) == ("talk.txt", "P1", {"role": "nurse"})
    found = read(folder)["codings"]
    assert [(row.document, row.text, row.coder, row.parent_code) for row in found.itertuples()] == [
        ("talk.txt", "One", "Ann", "Feelings"),
        ("talk.txt", "two", "Ben", "Feelings"),
    ]
    assert any("2 codings by Ann, Ben" in line for line in lines)


def test_what_is_there_is_kept_unless_asked(tmp_path):
    folder = tmp_path / "mine"
    study_template.create(folder)
    (folder / "transcripts/other.txt").write_text("Something else.")
    (folder / "codebook.yaml").write_text("codes: [Mine]\n")
    lines = importing.run(foreign(tmp_path), folder)
    assert not (folder / "transcripts/talk.txt").exists()
    assert any("--transcripts" in line for line in lines) and any("--codebook" in line for line in lines)
    assert codebook.load_codebook(folder / "codebook.yaml").names == ("Mine",)
    importing.run(foreign(tmp_path), folder, wanted=Wanted(codebook=True, transcripts=True))
    assert (folder / "transcripts/talk.txt").exists()
    assert codebook.load_codebook(folder / "codebook.before.yaml").names == ("Mine",)
    assert codebook.load_codebook(folder / "codebook.yaml").names == ("Feelings", "Trust", "Time")


def test_a_refusal_leaves_the_study_as_it_was(tmp_path):
    folder = tmp_path / "mine"
    study_template.create(folder)
    (folder / "human_codes/theirs.csv").write_text("document,text,code\nx,y,z\n")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(CounterpointError, match="already exists with other content"):
        importing.run(foreign(tmp_path), folder)
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_docx_of_the_study_is_matched_by_its_name(tmp_path):
    folder = tmp_path / "mine"
    study_template.create(folder)
    word = Document()
    word.add_paragraph("A heading first.")
    word.add_paragraph("One two three.")
    place = io.BytesIO()
    word.save(place)
    (folder / "transcripts/talk.docx").write_bytes(place.getvalue())
    importing.run(foreign(tmp_path), folder)
    found = read(folder)["codings"]
    assert [(row.document, row.text, row.start) for row in found.itertuples()] == [
        ("talk.docx", "One", 17),
        ("talk.docx", "two", 21),
    ]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../evil", "evil.txt"),
        ("/etc/passwd", "etc/passwd.txt"),
        ("C:\\Users\\x\\a.docx", "C_/Users/x/a.docx.txt"),
        (".hidden", "hidden.txt"),
        ("~$lock", "$lock.txt"),
        ("", "source.txt"),
        ("..", "source.txt"),
        ("a\x00b\nc", "a_b_c.txt"),
        ("é" * 300, "é" * 60 + ".txt"),
        ("a.TXT", "a.TXT"),
        ("CON: <one>?", "CON_ _one__.txt"),
        ("aux", "_aux.txt"),
        ("Site/NUL.txt", "Site/_NUL.txt"),
        ("console", "console.txt"),
    ],
)
def test_no_name_leaves_the_folder_or_hides(name, kept):
    assert import_texts.safe(name) == kept


def test_sources_that_differ_in_case_alone_become_two_files(tmp_path):
    xml = project([("Talk", "a.txt", [selection(1, 0, 3)]), ("talk", "b.txt", [selection(2, 0, 5)])])
    path = tmp_path / "x.qdpx"
    path.write_bytes(packed(xml, {"a.txt": b"One two.", "b.txt": b"Three four."}))
    importing.run(path, tmp_path / "mine")
    found = read(tmp_path / "mine")["codings"]
    assert [(row.document, row.text) for row in found.itertuples()] == [("Talk.txt", "One"), ("talk (2).txt", "Three")]


def test_a_linked_folder_is_not_written_through(tmp_path):
    folder, outside = tmp_path / "mine", tmp_path / "outside"
    study_template.create(folder)
    outside.mkdir()
    (folder / "transcripts/site").symlink_to(outside)
    xml = project([("site/talk", "a.txt", [])])
    path = tmp_path / "x.qdpx"
    path.write_bytes(packed(xml, {"a.txt": b"One two."}))
    with pytest.raises(CounterpointError, match="link to another location"):
        importing.run(path, folder)
    assert not list(outside.iterdir())


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.docx", b"x", "zip archive"),
        ("a.mx22", b"x", "In MAXQDA, export the project"),
        ("a.png", b"x", "Unsupported file"),
        ("a.csv", b"colour,shape\n1,2\n", "Unknown columns"),
        ("a.csv", b"", "empty"),
        ("a.qdc", b"<CodeBook><!DOCTYPE x><Codes/></CodeBook>", "damaged|document type"),
        ("a.qdc", b"<html/>", "Not a REFI-QDA"),
        ("a.qdpx", b"not a zip", "archive"),
    ],
)
def test_files_that_cannot_be_used_are_refused_in_a_sentence(tmp_path, name, data, said):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(CounterpointError, match=said):
        importing.run(tmp_path / name, tmp_path / "mine")
    assert not (tmp_path / "mine").exists()
    with pytest.raises(CounterpointError, match="cannot be opened"):
        importing.run(tmp_path / "gone.qdpx", tmp_path / "mine")


def test_from_the_command_line(origin, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(origin, tmp_path / "data/theirs")
    (tmp_path / "params.yaml").write_text("study: data/theirs\n")
    said = CliRunner().invoke(cli.app, ["export", "--to", "out", "--offsets", "utf16"])
    assert said.exit_code == 0 and "to out (--all names each)" in said.output and "coded.qdpx" in said.output
    (tmp_path / "params.yaml").write_text("study: data/mine\n")
    said = CliRunner().invoke(cli.app, ["import", "out/coded.qdpx"])
    assert said.exit_code == 0 and "8 codings by lea, max" in said.output
    assert (tmp_path / "data/mine/transcripts/a.txt").exists()
    assert isinstance(CliRunner().invoke(cli.app, ["export", "--offsets", "bytes"]).exception, CounterpointError)
    assert isinstance(
        CliRunner().invoke(cli.app, ["import", "out/coded.qdpx", "--offsets", "x"]).exception, CounterpointError
    )


@pytest.mark.skipif(not FORMATS.is_dir(), reason="the real files of other programs are not beside the project")
@pytest.mark.parametrize(("name", "count"), [("nvivo-win-12.6_oltas0517", 303), ("qc-1.3.2_demo", 205)])
def test_real_projects_become_studies_whose_codings_all_land(tmp_path, name, count):
    folder = tmp_path / "study"
    importing.run(FORMATS / f"{name}.qdpx", folder)
    tables = ingest.ingest(folder, **OPTIONS)
    refused = tables["ingest_problems"].query("kind == 'refused' and place.str.startswith('human_codes')")
    assert refused.empty
    assert len(tables["codings"]) in (count, len(set(codings_of(tables))))
    assert (tables["codings"]["text"].str.len() > 0).all()
    assert len(codebook.load_codebook(folder / "codebook.yaml")) > 100


@pytest.mark.skipif(not FORMATS.is_dir(), reason="the real files of other programs are not beside the project")
def test_a_real_codebook_file_is_read(tmp_path):
    importing.run(FORMATS / "atlasti-win-23.4.0_requal-test.qdc", tmp_path / "study")
    held = codebook.load_codebook(tmp_path / "study/codebook.yaml").codes
    (code,) = (one for one in held if one.name == "code1")
    assert (code.name, code.definition, code.color) == ("code1", "description", "#46AA00")


def several(tmp_path: Path) -> Path:
    xml = project([(name, f"{name}.txt", [selection(n, 0, 3)]) for n, name in enumerate(["One", "Two", "one"], 1)])
    path = tmp_path / "several.qdpx"
    path.write_bytes(packed(xml, {f"{name}.txt": f"{name} said so.".encode() for name in ("One", "Two", "one")}))
    return path


def held(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_import_that_was_stopped_anywhere_goes_on_when_it_is_run_again(tmp_path, monkeypatch):
    path = several(tmp_path)
    importing.run(path, tmp_path / "whole")
    wanted = held(tmp_path / "whole")
    assert {"transcripts/One.txt", "transcripts/Two.txt", "transcripts/one (2).txt"} <= set(wanted)
    for stop in range(6):
        study_template.create(tmp_path / str(stop))
        left = [stop]

        def full(
            place: Path, content: str | bytes, left=left, write=atomic_files.write, create=atomic_files.create
        ) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device", str(place))
            (create if not place.exists() else write)(place, content)

        with monkeypatch.context() as patched:
            patched.setattr(atomic_files, "create", full)
            patched.setattr(atomic_files, "write", full)
            if stop < 5:
                with pytest.raises(CounterpointError, match=r"(?s)full.*continues where it stopped") as said:
                    importing.run(path, tmp_path / str(stop))
                assert "several.qdpx" not in str(said.value), "the disk is to blame, not the file that was imported"
        importing.run(path, tmp_path / str(stop))
        assert held(tmp_path / str(stop)) == wanted
        importing.run(path, tmp_path / str(stop))
        assert held(tmp_path / str(stop)) == wanted


def test_every_codebook_that_was_replaced_is_kept(tmp_path):
    folder = tmp_path / "mine"
    study_template.create(folder)
    for name in ("First", "Second", "Third", "First"):
        (tmp_path / "cb.csv").write_text(f"name,definition\n{name},hello\n")
        importing.run(tmp_path / "cb.csv", folder, wanted=Wanted(codebook=True))
        importing.run(tmp_path / "cb.csv", folder, wanted=Wanted(codebook=True))
    assert {path.name: codebook.load_codebook(path).names for path in folder.glob("codebook*.yaml")} == {
        "codebook.yaml": ("First",),
        "codebook.before.yaml": ("First",),
        "codebook.before-2.yaml": ("Second",),
        "codebook.before-3.yaml": ("Third",),
    }


@pytest.mark.parametrize("gone", ["codebook.yaml", "participants.csv"])
def test_a_study_that_lacks_a_file_is_given_what_comes(origin, tmp_path, gone):
    exporting.export(origin, tmp_path / "out")
    folder = tmp_path / "mine"
    study_template.create(folder)
    (folder / gone).unlink()
    importing.run(tmp_path / "out/coded.qdpx", folder)
    assert (folder / gone).read_text() != study_template.FILES[gone]


def test_what_a_killed_import_left_among_transcripts_is_removed(tmp_path):
    folder = tmp_path / "mine"
    study_template.create(folder)
    (folder / "transcripts/site").mkdir()
    for name in (".One.txt.77.new", "site/.Two.txt.77.new", "site/.mine.new"):
        (folder / "transcripts" / name).write_text("half of what somebody said")
    importing.run(several(tmp_path), folder)
    assert [path.name for path in (folder / "transcripts").rglob(".*")] == [".mine.new"]


def test_a_draft_in_comments_is_kept_too(tmp_path):
    folder = tmp_path / "mine"
    study_template.create(folder)
    (folder / "codebook.yaml").write_text("# - name: Time   (ask Bea)\ncodes: []\n")
    (folder / "participants.csv").write_text("document,speaker,case,part,years on the ward\n")
    (tmp_path / "cb.csv").write_text("name,definition\nA,hello\n")
    (tmp_path / "people.csv").write_text("document,speaker,case,part\na.txt,Ann,P1,participant\n")
    importing.run(tmp_path / "cb.csv", folder)
    lines = importing.run(tmp_path / "people.csv", folder)
    assert "ask Bea" in (folder / "codebook.before.yaml").read_text()
    assert "years on the ward" in (folder / "earlier/participants.csv").read_text()
    assert any("earlier" in line for line in lines)


@pytest.mark.parametrize("data", [b"", b"half"])
def test_a_full_disk_leaves_the_codebook_as_it_was(tmp_path, monkeypatch, data):
    folder = tmp_path / "mine"
    study_template.create(folder)
    (folder / "codebook.yaml").write_text("codes: [Mine]\n")
    (tmp_path / "cb.csv").write_text("name,definition\nA,hello\n")

    def full(place: Path, _: object) -> None:
        with place.open("wb") as file:
            file.write(data)
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(CounterpointError, match=r"mine/codebook.*the disk is full"):
            importing.run(tmp_path / "cb.csv", folder, wanted=Wanted(codebook=True))
    assert (folder / "codebook.yaml").read_text() == "codes: [Mine]\n"
    assert sorted(path.name for path in folder.glob("*codebook*")) == ["codebook.yaml"]


def test_codes_are_not_written_beside_a_file_whose_name_differs_in_capitals_or_accents_alone(tmp_path):
    folder = tmp_path / "mine"
    study_template.create(folder)
    (folder / "human_codes/Zoe\u0308.csv").write_text("document,text,code\nx,y,z\n")
    (tmp_path / "ZO\u00cb.csv").write_text("document,text,code\na,b,c\n")
    with pytest.raises(CounterpointError, match="already exists with other content"):
        importing.run(tmp_path / "ZO\u00cb.csv", folder)
    assert len(list((folder / "human_codes").iterdir())) == 1


def test_two_imports_at_once_are_one_after_the_other(tmp_path):
    folder = tmp_path / "mine"
    study_template.create(folder)
    running = []
    for name in "abcd":
        (tmp_path / f"{name}.csv").write_text(f"document,text,code\nx,y,{name}\n")
        code = f"from pathlib import Path; from pipeline.commands import importing; importing.run(Path({str(tmp_path / name)!r} + '.csv'), Path({str(folder)!r}))"
        running.append(subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE, text=True))
    for process in running:
        _, said = process.communicate()
        assert process.returncode == 0, said
    assert len(list((folder / "human_codes").iterdir())) == 4


def test_an_export_is_written_over_an_export_of_the_study_and_over_nothing_else(origin, tmp_path):
    folder, out = tmp_path / "mine", tmp_path / "out"
    shutil.copytree(origin, folder)
    out.mkdir()
    (out / "codebook.xlsx").write_bytes(b"my own")
    with pytest.raises(CounterpointError, match=r"codebook\.xlsx: existing files.*Nothing was written"):
        exporting.export(folder, out)
    assert held(out) == {"codebook.xlsx": b"my own"}
    (out / "codebook.xlsx").unlink()
    (out / "notes.txt").write_text("mine")
    exporting.export(folder, out)
    (folder / "codebook.yaml").write_text("codes: [Other]\n")
    exporting.export(folder, out)
    assert b"Other" in held(out)["csv/codebook.csv"] and held(out)["notes.txt"] == b"mine"
    (out / "csv/codebook.csv").write_text("edited by hand\n")
    before = held(out)
    with pytest.raises(CounterpointError, match=r"csv/codebook\.csv: existing files"):
        exporting.export(folder, out)
    assert held(out) == before


def test_two_studies_do_not_write_over_each_others_exports(origin, tmp_path):
    for name in ("one", "two"):
        shutil.copytree(origin, tmp_path / name)
        (tmp_path / name / "codebook.yaml").write_text(f"codes: [{name}]\n")
    exporting.export(tmp_path / "one", tmp_path / "out")
    with pytest.raises(CounterpointError, match="existing files"):
        exporting.export(tmp_path / "two", tmp_path / "out")
    assert b"one" in held(tmp_path / "out")["csv/codebook.csv"]


def test_an_export_that_was_stopped_is_done_again(origin, tmp_path, monkeypatch):
    folder = tmp_path / "mine"
    shutil.copytree(origin, folder)
    exporting.export(folder)
    (folder / "codebook.yaml").write_text("codes: [Other]\n")
    exporting.export(folder, tmp_path / "wanted")
    for stop in (0, 1, 2, 4, 7):
        left = [stop]

        def full(place: Path, content: str | bytes, left=left, write=atomic_files.write) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device", str(place))
            write(place, content)

        with monkeypatch.context() as patched:
            patched.setattr(atomic_files, "write", full)
            with pytest.raises(CounterpointError, match="the disk is full"):
                exporting.export(folder)
        exporting.export(folder)
        assert held(folder / "export") == held(tmp_path / "wanted")
        (folder / "codebook.yaml").write_text(f"codes: [Stop {stop}]\n")
        exporting.export(folder)
        (folder / "codebook.yaml").write_text("codes: [Other]\n")


@pytest.mark.parametrize("place", ["transcripts", "human_codes/theirs"])
def test_an_export_does_not_become_part_of_the_study(origin, tmp_path, place, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = Path("mine")
    shutil.copytree(origin, folder)
    before = held(folder)
    with pytest.raises(CounterpointError, match="belongs to the study mine, which reads or writes files there"):
        exporting.export(folder, folder / place)
    assert held(folder) == before


def test_participants_that_were_not_taken_are_told_with_what_to_do(tmp_path):
    folder = tmp_path / "study"
    (folder / "transcripts").mkdir(parents=True)
    (folder / "participants.csv").write_text("document,speaker,case,part\n*,Sam,,interviewer\n")
    table = tmp_path / "people.csv"
    table.write_text("document,speaker,case,part,role\n*,Anna,P1,participant,nurse\n")
    lines = importing.run(table, folder)
    assert any("delete the rows below the heading of participants.csv, and import again" in line for line in lines)
    (folder / "participants.csv").write_text("document,speaker,case,part\n")
    importing.run(table, folder)
    assert "Anna" in (folder / "participants.csv").read_text()
