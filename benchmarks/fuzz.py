"""Try every reader on damaged input: no crash, no hang, no wrong position; print how many inputs were tried.

Run as `make fuzz`, or `python -m benchmarks.fuzz --seconds 15 .pdf .docx`. It needs atheris (libFuzzer for Python),
which follows what a reader's code does and bends its input towards what it has not done yet. Each reader has a process
of its own, with a limit of memory and of time for an input. Archives are fuzzed whole and by their inner parts.
"""

import argparse
import io
import re
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

SECONDS, INPUT_SECONDS, MEMORY_MB, LONGEST = 15, 20, 1500, 4096
SENTENCE = re.compile(r"^[A-Z'].*[.]$", re.DOTALL)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)
TALK = "Interviewer: Why?\nAnna: It was é😀, no time.\nInterviewer: And?\nAnna: That is all.\n"
WORD = (
    f'<w:document {W}><w:body><w:p><w:commentRangeStart w:id="0"/><w:r><w:t>Anna: Yes.</w:t><w:br/></w:r>'
    '<w:commentRangeEnd w:id="0"/></w:p><w:tbl><w:tr><w:tc><w:p><w:del><w:r><w:delText>no</w:delText></w:r></w:del>'
    "</w:p></w:tc></w:tr></w:tbl></w:body></w:document>"
)
COMMENTS = (
    f'<w:comments {W}><w:comment w:id="0" w:author="Lea"><w:p><w:r><w:t>Time; A &gt; B</w:t></w:r></w:p></w:comment>'
    "</w:comments>"
)
WRITER = (
    f"<office:document {ODF}><office:body><office:text><text:h>T</text:h><text:p>Anna:<text:tab/>Yes"
    '<text:s text:c="2"/><text:span>no</text:span></text:p></office:text></office:body></office:document>'
)
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    '<c r="A1" t="inlineStr"><is><t>document</t></is></c><c r="B1" t="inlineStr"><is><t>text</t></is></c>'
    '<c r="C1" t="inlineStr"><is><t>code</t></is></c></row><row r="2"><c r="A2"><v>1</v></c>'
    '<c r="B2" t="inlineStr"><is><t>b</t></is></c><c r="C2"><v>3</v></c></row></sheetData></worksheet>'
)
PROJECT = (
    '<Project xmlns="urn:QDA-XML:project:1.0" name="p"><Users><User guid="u" name="Lea"/></Users><CodeBook><Codes>'
    '<Code guid="c" name="Time" isCodable="true"/></Codes></CodeBook><Sources><TextSource guid="s" name="P1" '
    'plainTextPath="internal://s.txt"><PlainTextSelection guid="x" name="é😀" startPosition="34" endPosition="36">'
    '<Coding guid="y" creatingUser="u"><CodeRef targetGUID="c"/></Coding></PlainTextSelection></TextSource></Sources>'
    "</Project>"
)
EAF = (
    '<ANNOTATION_DOCUMENT><TIME_ORDER><TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="100"/></TIME_ORDER><TIER TIER_ID="A">'
    '<ANNOTATION><ALIGNABLE_ANNOTATION TIME_SLOT_REF1="t1" TIME_SLOT_REF2="t1"><ANNOTATION_VALUE>Yes'
    "</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER></ANNOTATION_DOCUMENT>"
)
GRID = (
    'File type = "ooTextFile"\nObject class = "TextGrid"\n\nitem [1]:\n class = "IntervalTier"\n name = "Anna"\n'
    ' intervals [1]:\n xmin = 0\n xmax = 1.5\n text = "Yes ""no"""\n'
)
RTF = r"{\rtf1\ansi\deff0{\fonttbl{\f0 Arial;}}\f0 Interviewer: Why?\par Anna: Caf\'e9 \u233? yes.\par\tab}"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length 52>>stream\nBT /F1 10 Tf 50 700 Td (Anna: Yes, of course.) Tj ET\nendstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Courier>>endobj\ntrailer<</Size 6/Root 1 0 R>>\n%%EOF"
)
# Seeds by ending: a small file of each kind that can be read, or the inner part of one.
TRANSCRIPTS: dict[str, bytes] = {
    ".cha": b"@Begin\n@Participants:\tCHI Anna Child\n*CHI:\tyes (.) no . \x150_100\x15\n%mor:\tx\n@End\n",
    ".csv": b'speaker,text,start\nAnna,Yes,1.5\nBo,"No, no",0:12\n',
    ".docx": WORD.encode(),
    ".eaf": EAF.encode(),
    ".json": b'{"segments": [{"speaker": "A", "text": "Yes", "start": 1.5}, {"id": 2, "elements": [{"value": "x"}]}]}',
    ".md": b"# Title\n\n**Anna:** Yes.\n\n**Bo:** No.\n\n**Anna:** Yes.\n",
    ".odt": WRITER.encode(),
    ".pdf": PDF,
    ".rtf": RTF.encode(),
    ".srt": b"1\n00:00:01,000 --> 00:00:02,000\nAnna: Yes\n\n2\n00:00:03,000 --> 00:00:04,000\nBo: No\n",
    ".textgrid": GRID.encode(),
    ".txt": TALK.encode(),
    ".vtt": b"WEBVTT\n\n1\n00:01.000 --> 00:02.000\n<v Anna>Yes &amp; <i>no</i></v>\n\n0:03.000 --> 0:04.000\n<v Bo>\n",
    ".xlsx": SHEET.encode(),
}
CODES: dict[str, bytes] = {
    ".csv": b"document,start,end,text,code,coder\nP1,1,2,x,Time,lea\n",
    ".docx": COMMENTS.encode(),
    ".qda": b"",
    ".qdpx": PROJECT.encode(),
    ".rock": b"---\na: 1\n---\n[[cid=1]]\nWe had no time. [[Needs>Time]] [[x||2]]\n",
    ".sqlite3": b"",
    ".xlsx": SHEET.encode(),
}
# What people send back: sheets, handouts, the framework matrix, REFI-QDA codebooks, participants.
RETURNED: dict[str, bytes] = {
    ".csv": b'document,start,end,code,coder\na.txt,1,2,"A; B",lea\n',
    ".docx": WORD.encode(),
    ".qdc": PROJECT.encode(),
    ".xlsx": SHEET.encode(),
    ".participants": b"document,speaker,case,part,role\nP1,Anna,a,participant,nurse\n",
}
KINDS = {"transcripts": TRANSCRIPTS, "codes": CODES, "returned": RETURNED}
NEEDED = {
    ".qda": (
        "CREATE TABLE source(id,name,fulltext);CREATE TABLE code_name(cid,name,catid);"
        "CREATE TABLE code_cat(catid,name);INSERT INTO source VALUES(1,'P1','a é b');"
        "CREATE TABLE code_text(ctid,cid,fid,seltext,pos0,pos1,owner,date,memo);"
        "INSERT INTO code_name VALUES(1,'Time',1);INSERT INTO code_text VALUES(1,1,1,'é',2,3,'lea','','');"
    ),
    ".sqlite3": (
        "CREATE TABLE documents(id,name,filename,contents);CREATE TABLE tags(id,path);"
        "CREATE TABLE highlights(id,document_id,start_offset,end_offset,snippet);"
        "CREATE TABLE highlight_tags(highlight_id,tag_id);INSERT INTO documents VALUES(1,'P1','','<p>a &amp; b</p>');"
        "INSERT INTO highlights VALUES(1,1,2,3,'&amp;');INSERT INTO tags VALUES(1,'t');"
        "INSERT INTO highlight_tags VALUES(1,1);"
    ),
}


def packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def workbook() -> dict[str, bytes]:
    import openpyxl

    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def wrappers(kind: str, suffix: str) -> list[Callable[[bytes], bytes]]:
    """How a piece of input becomes a file: as it is, and, in archives, as one inner part or another."""
    book = workbook() if suffix == ".xlsx" else {}
    inner: dict[str, list[Callable[[bytes], bytes]]] = {
        ".docx": [lambda data: packed({"word/document.xml": data, "word/comments.xml": COMMENTS.encode()})],
        ".odt": [lambda data: packed({"content.xml": data})],
        ".qdpx": [
            lambda data: packed({"project.qde": data, "sources/s.txt": TALK.encode()}),
            lambda data: packed({"project.qde": PROJECT.encode(), "sources/s.txt": data}),
        ],
        ".xlsx": [lambda data: packed(book | {"xl/worksheets/sheet1.xml": data})],
    }
    found = inner.get(suffix, [])
    if (kind, suffix) == ("codes", ".docx"):
        found = [*found, lambda data: packed({"word/document.xml": WORD.encode(), "word/comments.xml": data})]
    return [*found, lambda data: data]


def database(suffix: str) -> bytes:
    base = sqlite3.connect(":memory:")
    base.execute("PRAGMA page_size = 512")
    base.executescript(NEEDED[suffix])
    return base.serialize()


def returned(suffix: str, data: bytes) -> None:
    """Read what somebody sent back, without writing anything."""
    from pipeline.commands import handout_back, sheets
    from pipeline.corpus import participants
    from pipeline.corpus.readers import qde, word_tables, workbooks

    if suffix == ".participants":
        participants.parse_participants(data, place="It")
    elif suffix == ".qdc":
        qde.parse_project(data)
    elif suffix == ".docx":
        handout_back.parsed(word_tables.read_tables(data), place="It")
    elif suffix == ".xlsx":
        workbooks.sheets(data, ["Sheet"], formulas=True)
        sheets.parsed(data, place=Path("It.xlsx"))
    else:
        sheets.parsed(data, place=Path("It.csv"))


def checked(kind: str, suffix: str, data: bytes) -> None:
    """Read a file; whatever is wrong with what comes back, or is raised, is an error that ends the run.

    The readers themselves are called, not the place where what they did not foresee becomes a sentence.
    """
    from pipeline.core.errors import CounterpointError
    from pipeline.corpus import readers
    from pipeline.corpus.readers.model import Labels

    try:
        if kind == "returned":
            returned(suffix, data)
            return
        if kind == "codes":
            for one in readers.CODES[suffix](data, "P1"):
                assert (
                    one.start is None or one.end is None or not one.copy or 0 <= one.start <= one.end <= len(one.copy)
                )
                assert one.start is None or not one.copy or one.text == one.copy[one.start : one.end], "wrong offset"
            return
        found = readers.TRANSCRIPTS[suffix](data, Labels(("interviewer",)))
    except CounterpointError as error:
        assert SENTENCE.match(str(error)), f"no sentence: {error}"
        return
    at = 0
    for turn in found.turns:
        assert at <= turn.start < turn.end <= len(found.text), "wrong offset"
        assert found.text[turn.start : turn.end].strip(), "an empty turn"
        at = turn.end
    assert "\r" not in found.text and "\0" not in found.text
    found.text.encode()


def child(kind: str, suffix: str, arguments: list[str]) -> None:
    """Fuzz one reader in this process; libFuzzer ends it."""
    import atheris

    with atheris.instrument_imports(
        include=["pipeline.corpus.readers", "pipeline.corpus.text_layout", "pypdf", "striprtf"]
    ):
        from pipeline.commands import handout_back, sheets  # noqa: F401
        from pipeline.corpus import readers  # noqa: F401
    ways = wrappers(kind, suffix)

    def one(data: bytes) -> None:
        way = ways[data[0] % len(ways)] if data else ways[-1]
        checked(kind, suffix, way(data[1:]))

    atheris.Setup([sys.argv[0], *arguments], one)
    atheris.Fuzz()


def run(kind: str, suffix: str, seconds: int) -> tuple[int, str]:
    """Fuzz one reader in a process of its own; return the number of inputs tried, and what failed."""
    seed = KINDS[kind][suffix] or database(suffix)
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        ways = wrappers(kind, suffix)
        for number in range(len(ways)):
            # One that is fuzzed whole begins as what its inner part makes.
            whole = ways[0](seed) if number == len(ways) - 1 else seed
            (corpus / f"seed{number}").write_bytes(bytes([number]) + whole)
        longest = max(LONGEST, *(path.stat().st_size for path in corpus.iterdir()))
        limits = [f"-max_total_time={seconds}", f"-timeout={INPUT_SECONDS}", f"-rss_limit_mb={MEMORY_MB}"]
        limits += [f"-max_len={longest}", "-seed=1", f"-artifact_prefix={folder}/", str(corpus)]
        command = [sys.executable, "-m", "benchmarks.fuzz", "--child", kind, suffix, *limits]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        tried = re.findall(r"#(\d+)", done.stderr) + re.findall(r"Done (\d+) runs", done.stderr)
        failed = ""
        if done.returncode:
            kept = [path for path in Path(folder).iterdir() if path.is_file()]
            shown = kept[0].read_bytes()[:LONGEST] if kept else b""
            said = [line for line in done.stderr.splitlines() if line and not line.startswith("#")]
            failed = "\n".join([*done.stdout.splitlines()[-12:], *said[-4:], f"input: {shown!r}"])
        return max(map(int, tried), default=0), failed


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], sys.argv[3], sys.argv[4:])
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("endings", nargs="*", help="endings of readers to try; all where none is named")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="for each reader")
    options = parser.parse_args()
    total = failures = 0
    for kind, seeds in KINDS.items():
        for suffix in seeds:
            if options.endings and suffix not in options.endings:
                continue
            tried, failed = run(kind, suffix, options.seconds)
            total, failures = total + tried, failures + bool(failed)
            print(f"{kind:12} {suffix:10} {tried:9} inputs  {'FAILED' if failed else 'no failure'}", flush=True)
            if failed:
                print(failed, flush=True)
    print(f"{total} inputs tried, {failures} readers failed")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
