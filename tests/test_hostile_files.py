"""One bad file stops nothing: it is left out with a sentence, and the others are read."""

import io
import os
import re
import socket
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

from pipeline import ingest
from pipeline.commands import checks, importing, returned, sheets
from pipeline.core import store
from pipeline.core.errors import CounterpointError
from pipeline.corpus import document_names, readers
from pipeline.corpus.readers import (
    chat,
    eaf,
    files,
    guards,
    json_turns,
    rtf,
    strict_json,
    tables,
    textgrid,
    vtt,
    workbooks,
)
from pipeline.corpus.readers.coding import Coding
from pipeline.corpus.readers.model import Labels, RefusedError, Transcript, Turn

OPTIONS = {"interviewer_labels": ("interviewer",), "min_label_count": 2}
TALK = "Interviewer: Why?\nAnna: It was the café, no time.\nInterviewer: And?\nAnna: That is all.\n"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
ENTITIES = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def packed(members) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def word(body: str) -> bytes:
    return packed({"word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>"})


def workbook(*rows, sheet: str = "", more=None) -> bytes:
    buffer = io.BytesIO()
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    if sheet:
        members["xl/worksheets/sheet1.xml"] = sheet.encode()
    return packed(members | (more or {}))


def cells(number: int, *said: str) -> str:
    inside = "".join(
        f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{one}</t></is></c>' for at, one in enumerate(said)
    )
    return f'<row r="{number}">{inside}</row>'


def sheet(rows: str, *, size: str = "A1:B9", after: str = "") -> str:
    return f'<worksheet {SHEET}><dimension ref="{size}"/><sheetData>{rows}</sheetData>{after}</worksheet>'


FORMULA = sheet(cells(1, "speaker", "text") + '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f>1+1</f></c></row>')
TRANSCRIPTS = {
    "half.json": ('{"segments":\n[{"text": "Yes \\ud800 no"}]}', r"Line 2 contains an incomplete character"),
    "half_name.json": (
        '{"segments": [{"speaker": "A\\udc00", "text": "Yes"}]}',
        r"Line 1 contains an incomplete character",
    ),
    "nul.json": ('{"segments":\n\n[{"text": "Yes \\u0000 no"}]}', r"Line 3 contains a NUL"),
    "digits.json": (
        '{"segments": [{"text": "Yes",\n"start": ' + "9" * 10_000 + "}]}",
        r"Line 2 contains a number of more",
    ),
    "deep.json": ("[" * 100_000 + "]" * 100_000, r"nested too deeply"),
    "nan.json": ('{"segments": [{"text": "Yes",\n "start": NaN}]}', r"Line 2 contains NaN"),
    "infinity.json": ('{"segments": [{"text": "Yes", "start": -Infinity}]}', r"Line 1 contains -Infinity"),
    "twice.json": ('{"segments": [{"text": "Yes"}],\n"segments": []}', r"the key 'segments' twice"),
    "list.json": ("[1, 2]", r"No list of turns"),
    "word.json": ('"word"', r"No list of turns"),
    "null.json": ("null", r"No list of turns"),
    "broken.json": ('{"segments": [\n{"text" "Yes"}]}', r"Line 2 is not valid JSON"),
    "nul.txt": ("one way\nand an\0ther\n", r"NUL characters, first on line 2"),
    "nul_even.txt": ("a line of talk\nand an\0ther one\nand so on\n", r"NUL characters, first on line 2"),
    "zeros.txt": (TALK.encode() + b"\0" * 400, r"NUL characters, first on line 5"),
    "utf32.txt": (TALK.encode("utf-32-le"), r"NUL characters"),
    "mixed.txt": (
        "Un café là.\n".encode() + "Déjà très tôt.\n".encode("cp1252"),
        r"line 1 is UTF-8, but line 2 is not",
    ),
    "other_way.txt": (
        "Déjà tôt.\n".encode("cp1252") + b"\n" + "Un café.\n".encode(),
        r"line 3 is UTF-8, but line 1 is not",
    ),
    "odd.txt": (TALK.encode("utf-16") + b"a", r"Line 5 is not valid utf_16"),
    "image.txt": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), r"an image \(PNG\)"),
    "photo.txt": (b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(range(256)), r"an image \(JPEG\)"),
    "sound.txt": (b"RIFF\1\2\3\4WAVE" + bytes(64), r"a recording \(WAV\)"),
    "zip.txt": (packed({"a": b"x"}), r"a zip archive"),
    "gzip.txt": (b"\x1f\x8b\x08" + bytes(64), r"a gzip archive"),
    "pdf.txt": (b"%PDF-1.7\n1 0 obj", r"a PDF"),
    "noise.txt": (bytes(range(256)) * 3, r"\."),
    "empty.txt": ("", r"The file is empty"),
    "white.txt": (" \n\t\n", r"contains no text"),
    "mark.txt": (b"\xef\xbb\xbf", r"contains no text"),
    "old.docx": (b"\xd0\xcf\x11\xe0" + bytes(64), r"password-protected"),
    "entities.docx": (packed({"word/document.xml": ENTITIES}), r"document type or entities"),
    "entities.odt": (packed({"content.xml": ENTITIES}), r"document type or entities"),
    "entities.eaf": (ENTITIES, r"document type or entities"),
    "entities.xlsx": (workbook(["text"], more={"xl/workbook.xml": ENTITIES}), r"document type or entities"),
    "bomb.docx": (packed({"word/document.xml": b"\0" * (4 * 2**20)}), r"would unpack to 4 MiB"),
    "secret.odt": (
        packed({"content.xml": "x", "META-INF/manifest.xml": "<a><encryption-data/></a>"}),
        r"password-protected",
    ),
    "formula.xlsx": (workbook(sheet=FORMULA), r"row 2, column 2: the formula has no value"),
    "far.xlsx": (
        workbook(sheet=sheet(cells(1, "text") + '<row r="2"><c r="ZZZ2"><v>1</v></c></row>')),
        r"more than 200,000 rows",
    ),
    "wide.csv": (",".join(f"c{number}" for number in range(3_000)) + "\n", r"Line 1: more than 2,000 columns"),
    "open.csv": ('speaker,text\nAnna,Yes\nBo,"no\nAnna,Yes\n', r"Line 3: a quotation mark is never closed"),
    "more.csv": ("speaker,text\nAnna,Yes\nBo,No, never\n", r"Line 3: 3 cells, but 2 columns in the header"),
    "open.rtf": (b"{\\rtf1" + b"{" * 1_000 + b"hi", r"groups are not closed"),
    "plain.pdf": (b"hello", r"Not a PDF"),
    "deep.pdf": (
        b"%PDF-1.4\n1 0 obj" + b"[" * 9_000 + b"endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
        r"cannot be read as a PDF",
    ),
}
CODES = {
    "broken.sqlite3": (b"SQLite format 3\0" + bytes(range(256)) * 8, r"database cannot be read"),
    "nul.csv": ("document,text,code\nP1,no\0time,Time\n", r"NUL characters, first on line 2"),
    "entities.qdpx": (packed({"project.qde": ENTITIES}), r"document type or entities"),
    "image.csv": (b"\x89PNG\r\n\x1a\n" + bytes(64), r"an image"),
    "empty.qda": ("", r"The file is empty"),
    "open.csv": ('document,text,code\nP1,no time,Time\nP1,"no time\nP1,no,A\n', r"Line 3: a quotation mark"),
}


def put(folder: Path, name: str, content) -> Path:
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content.encode() if isinstance(content, str) else content)
    return place


@pytest.fixture
def folder(tmp_path):
    put(tmp_path, "transcripts/P1.txt", TALK)
    put(tmp_path, "human_codes/lea.csv", "document,text,code\nP1,no time,Time\n")
    return tmp_path


def left_out(tables) -> dict[str, str]:
    """What was refused, by the document's or the file's name."""
    rows = tables["ingest_problems"][tables["ingest_problems"]["kind"] == "refused"]
    return {row.document or row.place.partition("/")[2]: row.reason for row in rows.itertuples()}


def run(folder):
    """Ingest, with every table as its schema says and written, so that nothing is left for the store to stumble on."""
    found = ingest.ingest(folder, **OPTIONS)
    for name, frame in found.items():
        store.write(folder, name, frame)
    return found


@pytest.mark.parametrize(("kind", "bad"), [("transcripts", TRANSCRIPTS), ("human_codes", CODES)])
def test_each_bad_file_is_left_out_with_a_sentence_and_the_others_are_read(folder, capfd, kind, bad):
    for name, (content, _) in bad.items():
        put(folder, f"{kind}/{name}", content)
    tables_ = run(folder)
    assert tables_["documents"]["document"].tolist() == ["P1.txt"]
    assert tables_["codings"]["code"].tolist() == ["Time"]
    reasons = left_out(tables_)
    assert sorted(reasons) == sorted(bad)
    assert {name: reasons[name] for name, (_, said) in bad.items() if not re.search(said, reasons[name])} == {}
    assert all(re.fullmatch(r"[A-Z'].*[.]", reason, re.DOTALL) for reason in reasons.values())
    assert capfd.readouterr().err == ""


def test_check_lists_every_bad_file_at_once(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    put(folder, "participants.csv", "document,speaker\nP1,Anna\n")
    put(folder, "codebook.yaml", "codes: 1\n")
    put(folder, "transcripts/a.json", TRANSCRIPTS["half.json"][0])
    put(folder, "transcripts/b.txt", TRANSCRIPTS["nul.txt"][0])
    put(folder, "human_codes/c.csv", "nothing\n1\n")
    said = checks.check(Path(folder.name), params_path=Path("params.yaml")).lines
    for wanted in ("params.yaml", "participants.csv", "codebook.yaml", "LEFT OUT: a.json", "LEFT OUT: b.txt", "c.csv"):
        assert any(wanted in line for line in said), wanted
    assert said[-1] == "Fix the problems above, then run `counterpoint check` again."


def test_what_a_reader_did_not_foresee_is_said_of_that_file_alone(folder, monkeypatch):
    def fails(data, labels):
        raise KeyError("no such\nthing \ud800")

    monkeypatch.setitem(readers.TRANSCRIPTS, ".vtt", fails)
    put(folder, "transcripts/P2.vtt", "WEBVTT\n")
    tables_ = run(folder)
    assert tables_["documents"]["document"].tolist() == ["P1.txt"]
    assert "the reader failed with KeyError ('no such\\nthing" in left_out(tables_)["P2.vtt"]


@pytest.mark.parametrize("failure", [RecursionError, OverflowError, MemoryError, UnicodeError, AssertionError, OSError])
def test_every_kind_of_failure_keeps_its_name_and_its_cause(failure):
    with pytest.raises(RefusedError, match=failure.__name__) as caught, files.reading("a test"):
        raise failure("so it is.")
    assert isinstance(caught.value.__cause__, failure)
    assert "so it is)" in str(caught.value)


@pytest.mark.parametrize("failure", [KeyboardInterrupt, SystemExit])
def test_who_stops_the_program_stops_it(failure):
    with pytest.raises(failure), files.reading("a test"):
        raise failure


@pytest.mark.parametrize(
    ("text", "speaker"), [("Yes \ud800", "A"), ("Yes", "A\udc00"), ("Yes\0no", "A"), ("Yes", "A\0")]
)
def test_no_half_of_a_character_reaches_a_table(folder, monkeypatch, text, speaker):
    found = Transcript(text, [Turn(speaker, 0, 3)])
    monkeypatch.setitem(readers.TRANSCRIPTS, ".vtt", lambda data, labels: found)
    put(folder, "transcripts/P2.vtt", "WEBVTT\n")
    assert list(left_out(run(folder))) == ["P2.vtt"]


@pytest.mark.parametrize("field", ["text", "code", "coder", "memo", "document"])
def test_no_half_of_a_character_reaches_a_coding(folder, monkeypatch, field):
    good = {"row": "line 7", "document": "P1", "start": None, "end": None, "text": "x", "code": "c", "coder": "d"}
    monkeypatch.setitem(readers.CODES, ".rock", lambda data, stem: [Coding(**good | {field: "a\ud800"})])
    put(folder, "human_codes/a.rock", "x")
    assert "line 7" in left_out(run(folder))["a.rock"]


@posix
def test_what_is_no_plain_file_is_left_out_without_being_opened(folder):
    place = folder / "transcripts"
    os.mkfifo(place / "pipe.txt")
    (place / "gone.txt").symlink_to(place / "nowhere.txt")
    (place / "round.txt").symlink_to(place / "round.txt")
    (place / "out.txt").symlink_to("/etc/hostname")
    (place / "elsewhere").symlink_to(folder / "human_codes")
    (place / "empty.txt").mkdir()
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(place / "socket.txt"))
    said = left_out(run(folder))
    assert {name: reason.split(".")[0] for name, reason in said.items()} == {
        "pipe.txt": "It is a pipe, not a file",
        "gone.txt": "It is a broken link",
        "round.txt": "It is a broken link",
        "out.txt": "It is a link",
        "elsewhere": "It is a link",
        "empty.txt": "It is an empty folder, not a file",
        "socket.txt": "It is a socket, not a file",
    }


def test_a_folder_named_like_a_file_is_a_folder(folder):
    put(folder, "transcripts/more.txt/P2.txt", TALK)
    tables_ = run(folder)
    assert tables_["documents"]["document"].tolist() == ["P1.txt", "more.txt/P2.txt"]
    assert left_out(tables_) == {}


def test_a_file_that_is_gone_or_may_not_be_read_is_left_out(folder, monkeypatch):
    put(folder, "transcripts/P2.txt", TALK)
    put(folder, "transcripts/P3.txt", TALK)
    put(folder, "transcripts/P4.txt", TALK)
    opened = Path.open

    def refusing(path, *args, **kwargs):
        if path.name == "P2.txt":
            raise PermissionError(13, "Permission denied", str(path))
        if path.name == "P3.txt":
            path.unlink()
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refusing)
    tables_ = ingest.ingest(folder, **OPTIONS)
    assert tables_["documents"]["document"].tolist() == ["P1.txt", "P4.txt"]
    said = left_out(tables_)
    assert "Permission denied" in said["P2.txt"]
    assert "No such file" in said["P3.txt"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_cannot_be_written_down_are_left_out_and_shown(folder):
    for name in (b"caf\xe9.txt", b"two\nlines.txt", b"\x1b[31mred.txt"):
        put(folder, os.fsdecode(b"transcripts/" + name), TALK)
    put(folder, os.fsdecode(b"transcripts/s\xfcd/P3.txt"), TALK)
    put(folder, os.fsdecode(b"human_codes/caf\xe9.csv"), "document,text,code\nP1,no time,Other\n")
    tables_ = run(folder)
    assert tables_["documents"]["document"].tolist() == ["P1.txt"]
    assert tables_["codings"]["code"].tolist() == ["Time"]
    assert sorted(left_out(tables_)) == [
        "\\x1b[31mred.txt", "caf\\xe9.csv", "caf\\xe9.txt", "s\\xfcd/P3.txt", "two\\nlines.txt"
    ]  # fmt: skip


@posix
@pytest.mark.parametrize("name", ["con.txt", "Aux.de.txt", "why?.txt", "a:b.txt", "end./P2.txt", "COM1"])
def test_names_that_windows_refuses_are_read_and_noted(folder, name):
    assert document_names.foreign(name)
    if name.endswith(".txt"):
        put(folder, f"transcripts/{name}", TALK)
        tables_ = run(folder)
        assert tables_["documents"]["document"].tolist() == sorted(["P1.txt", name])
        notes = tables_["ingest_problems"].set_index("document")["reason"]
        assert "Windows" in notes[name]


def test_usual_names_are_not_noted():
    for name in ("P1.txt", "site a/P 1 (second).docx", "Zoë & co.txt", "console.txt", "a.b.c.txt"):
        assert not document_names.foreign(name)
        assert not document_names.unfit(name)
        assert document_names.shown(name) == name


def test_utf_16_without_its_mark_is_read_on_real_evidence_only(folder):
    put(folder, "transcripts/ru.txt", "Интервьюер: Почему?\nАнна: Не было времени, мы не знали.\n".encode("utf-16-be"))
    put(folder, "transcripts/smile.txt", "Interviewer: Why?\nAnna: It was 😀.\n".encode("utf-16-le"))
    put(folder, "transcripts/short.txt", b"abcde\0fghi")
    put(folder, "transcripts/letters.txt", b"one line of talk\nand \0nothing\0more of it\n\n")
    tables_ = run(folder)
    assert tables_["documents"]["document"].tolist() == ["P1.txt", "ru.txt", "smile.txt"]
    assert "Не было времени" in tables_["documents"]["text"][1]


def test_old_encodings_are_still_read_where_capitals_meet_quotation_marks(folder):
    put(folder, "transcripts/a.txt", ("Anna: LE CAFÉ… déjà fermé très tôt.\nBo: Oui, là.\n" * 4).encode("cp1252"))
    put(folder, "transcripts/b.txt", ("Anna: l’été “où” déjà –élan– très tôt.\nBo: Oui, là.\n" * 4).encode("mac_roman"))
    assert left_out(run(folder)) == {}


@pytest.mark.parametrize(
    ("read", "content"),
    [
        (vtt.read_vtt, "WEBVTT\n\n99:99:99.000 --> 99:99:99.900\n<v A>Yes\n\n00:02.000 --> 00:03.000\n<v B>No\n"),
        (vtt.read_vtt, "1\n9999999:00:00,000 --> 00:00:02,000\nYes\n\n2\n00:00:05,000 --> 00:00:06,000\nNo\n"),
        (tables.read_csv, "speaker,text,start\nA,Yes,99:99:99\nB,No,3\n"),
        (tables.read_csv, "speaker,text,start\nA,Yes," + "9" * 400 + "\nB,No,3\n"),
        (
            json_turns.read_json,
            '[{"speaker": "A", "text": "Yes", "start": 1e999}, {"speaker": "B", "text": "No", "start": 3}]',
        ),
        (
            json_turns.read_json,
            '[{"text": "Yes", "start": ' + "9" * 200 + '}, {"speaker": "B", "text": "No", "start": 3}]',
        ),
        (chat.read_cha, "*CHI:\tYes . \x15" + "9" * 5_000 + "_1\x15\n*MOT:\tNo . \x153000_4000\x15\n"),
        (
            textgrid.read_textgrid,
            f'name = "A"\nxmin = {"9" * 400}\nxmax = 2\ntext = "Yes"\nname = "B"\nxmin = 3\nxmax = 4\ntext = "No"\n',
        ),
        (
            eaf.read_eaf,
            f'<A><TIME_SLOT TIME_SLOT_ID="t" TIME_VALUE="{"9" * 5_000}"/><TIER TIER_ID="A"><ALIGNABLE_ANNOTATION '
            'TIME_SLOT_REF1="t"><ANNOTATION_VALUE>Yes</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></TIER></A>',
        ),
    ],
)
def test_a_time_that_no_recording_has_is_left_out_and_the_words_are_kept(read, content):
    found = read(content.encode(), Labels())
    said = {found.text[turn.start : turn.end]: turn.time_s for turn in found.turns}
    assert any("Yes" in words for words in said)
    assert all(at is None or 0 <= at < 100 for at in said.values())
    (remark,) = [one.text for one in found.remarks if "not valid (" in one.text]
    assert re.search(r"'(99|1e|inf)", remark)


def test_a_stamp_of_no_clock_in_a_text_is_said_with_its_line(folder):
    put(folder, "transcripts/P2.txt", "[00:00:01] Anna: Yes.\n[99:99:99] Bo: No.\n[00:00:09] Anna: So.\nBo: Hm.\n")
    tables_ = run(folder)
    times = tables_["turns"][tables_["turns"]["document"] == "P2.txt"]["time_s"].tolist()
    assert times[0] == 1.0
    assert times[1] != times[1]
    reasons = tables_["ingest_problems"].query("document == 'P2.txt'")["reason"]
    assert any("'[99:99:99]' in line 2" in reason for reason in reasons)


@pytest.mark.parametrize(
    ("limit", "most", "content", "said"),
    [
        ("MAX_MARKS", 50, word("<w:p/>" * 60), "more than 50 tags"),
        ("_LONG_MARK", re.compile(rb"<[^<>]{500}"), word(f'<w:p w:a="{"x" * 600}"/>'), "a tag larger than"),
        ("MAX_MEMBERS", 3, packed({str(number): b"x" for number in range(9)}), "more than 3 parts"),
    ],
)
def test_what_would_take_minutes_is_refused_before_it_is_read(monkeypatch, limit, most, content, said):
    monkeypatch.setattr(guards, limit, most)
    monkeypatch.setattr(guards.check_marks, "__kwdefaults__", {"most": most if limit == "MAX_MARKS" else 10**9})
    with pytest.raises(RefusedError, match=said):
        readers.TRANSCRIPTS[".docx"](content, Labels())


def test_rtf_of_nothing_but_commands_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(rtf, "_MAX_COMMANDS", 20)
    with pytest.raises(RefusedError, match="more than 20 RTF commands"):
        rtf.read_rtf(b"{\\rtf1 " + b"{}" * 20 + b"}", Labels())


@pytest.mark.parametrize(
    "beside",
    [
        {"sheet": sheet(cells(1, "text"), after="<mergeCells>" + '<mergeCell ref="A1:B1"/>' * 60 + "</mergeCells>")},
        {"more": {"xl/styles.xml": f"<styleSheet {SHEET}>" + "<xf/>" * 60 + "</styleSheet>"}},
    ],
)
def test_what_a_workbook_holds_beside_its_cells_is_bounded(monkeypatch, beside):
    monkeypatch.setattr(workbooks, "MAX_MARKS_BESIDE", 50)
    with pytest.raises(RefusedError, match="too many merged cells, styles or names"):
        workbooks.sheets(workbook(["text"], **beside))


@pytest.mark.parametrize("size", ["A1:A1", "A1:XFD1048576", "C7:D9"])
def test_a_sheet_s_word_for_its_size_is_not_taken(size):
    data = workbook(sheet=sheet(cells(1, "speaker", "text") + cells(2, "A", "Yes") + cells(9, "B", "No"), size=size))
    assert workbooks.sheets(data) == {"Sheet": [(1, ["speaker", "text"]), (2, ["A", "Yes"]), (9, ["B", "No"])]}


def test_a_row_far_down_costs_nothing():
    data = workbook(
        sheet=sheet(cells(1, "text") + cells(2, "Yes") + '<row r="2000000000"><c r="A9"><v>1</v></c></row>')
    )
    assert workbooks.sheets(data) == {"Sheet": [(1, ["text"]), (2, ["Yes"])]}


def test_a_formula_counts_as_what_it_comes_to():
    data = workbook(sheet=sheet(cells(1, "text") + '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>'))
    assert workbooks.sheets(data) == {"Sheet": [(1, ["text"]), (2, ["2"])]}


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"\0" * 50, workbook(sheet=FORMULA), b'document\n"x\n' + b"y\n" * 5]
)
def test_a_bad_sheet_that_comes_back_is_a_sentence(tmp_path, ending, data):
    place = put(tmp_path, f"sheet{ending}", data)
    with pytest.raises(sheets.SheetError, match=re.escape(str(place))):
        sheets.read(place, ("document",))


@pytest.mark.parametrize("ending", [".qdpx", ".qdc", ".csv", ".xlsx", ".docx", ".yaml", ".json"])
@pytest.mark.parametrize("kind", ["bytes", "bomb", "folder", "pipe"])
def test_whatever_is_imported_costs_a_sentence_and_changes_nothing(tmp_path, ending, kind):
    study = tmp_path / "study"
    place = tmp_path / f"brought{ending}"
    if kind == "folder":
        place.mkdir()
    elif kind == "pipe":
        if sys.platform == "win32":
            pytest.skip("Windows has no such files")
        os.mkfifo(place)
    else:
        inside = {"project.qde": b"\0" * (4 * 2**20), "word/document.xml": b"\0" * (4 * 2**20)}
        place.write_bytes(bytes(range(256)) if kind == "bytes" else packed(inside))
    with pytest.raises(CounterpointError, match="brought"):
        returned.run(place, study) if returned.comes_back(place) else importing.run(place, study)
    assert not study.exists()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "\\\\ud800 \\ud83d\\ude00 \\u00e9 \\n"}', {"a": "\\ud800 😀 é \n"}),
        ('[1, 2.5, -3e2, "NaN", true, null]', [1, 2.5, -300.0, "NaN", True, None]),
        ("9" * 300, int("9" * 300)),
    ],
)
def test_json_that_is_as_it_should_be_is_read(text, value):
    assert strict_json.parse_json(text) == value
