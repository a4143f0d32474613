"""A small study that goes out to other programs and comes back, and the files that they made of it (tests/loops)."""

import io
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import qda_files

from pipeline import ingest
from pipeline.core import store, study_template
from pipeline.deductive import codebook
from pipeline.reporting.code_text import described

LOOPS = Path(__file__).parent / "loops"
OPTIONS = {"interviewer_labels": ("int",), "min_label_count": 2}
TEXTS = {
    "ann.txt": "Int: How was it?\nAnn: The rota 😀 broke every week.\n\nInt: And then?\nAnn: We had no time & no room.\n",
    "ben.txt": "Int: And you?\nBen: Fine, mostly.\nInt: Anything else?\nBen: We lost the room twice, née café.\n",
}
PEOPLE = "document,speaker,case,part,role,site\nann.txt,Ann,Ann,participant,nurse,north\nben.txt,Ben,Ben,participant,doctor,\n"
CODES = """codes:
  - {name: Resources, definition: What it takes.}
  - {name: Time, parent: Resources, definition: Hours., include: Days., examples: [No time., "None, at all."]}
  - {name: "Work / life, so to say", definition: A name with marks.}
"""
CODED = (
    ("ann.txt", "rota 😀 broke every week", "Time", "Resources", "mia"),
    ("ann.txt", "rota 😀 broke every week", "Resources", "", "noa"),
    ("ann.txt", "no time & no room", "Work / life, so to say", "", "mia"),
    ("ben.txt", "We lost the room twice, née café.", "Resources", "", "mia"),
)


def write(folder: Path) -> Path:
    """Write the study, and the tables that ingest makes of it."""
    study_template.create(folder)
    for name, text in TEXTS.items():
        (folder / "transcripts" / name).write_text(text, "utf-8", newline="\n")
    (folder / "participants.csv").write_text(PEOPLE, "utf-8")
    (folder / "codebook.yaml").write_text(CODES, "utf-8")
    rows = [f'{document},,,"{text}","{code}",{parent},{coder}' for document, text, code, parent, coder in CODED]
    (folder / "human_codes/codes.csv").write_text(
        "\n".join(["document,start,end,text,code,parent_code,coder", *rows]), "utf-8"
    )
    for name, frame in ingest.ingest(folder, **OPTIONS).items():
        store.write(folder, name, frame)
    return folder


def came_back(program: str, study: Path) -> tuple[str, bytes]:
    """The name and bytes of the file that a program made of the study's export."""
    if program == "QualCoder":
        return "theirs.qda", _qualcoder(study)
    if program == "Taguette":
        with closing(sqlite3.connect(":memory:")) as base:
            base.executescript((LOOPS / "taguette.sql").read_text("utf-8"))
            return "theirs.sqlite3", base.serialize()
    xml = (LOOPS / f"{program.replace('-', '_')}.qde").read_text("utf-8")
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("project.qde", xml)
        for source in ElementTree.fromstring(xml).iter("{urn:QDA-XML:project:1.0}TextSource"):
            path = source.attrib["plainTextPath"].removeprefix("internal://")
            archive.writestr(f"sources/{path}", TEXTS[source.attrib["name"]])
    return "theirs.qdpx", place.getvalue()


def _qualcoder(study: Path) -> bytes:
    """A database to QualCoder's schema with what its importer makes of the export: made by hand, since it needs Qt."""
    book = codebook.load_codebook(study / "codebook.yaml")
    number = {name: at for at, name in enumerate(book.names, start=1)}
    with closing(sqlite3.connect(":memory:")) as base:
        base.executescript(qda_files.QUALCODER + qda_files.QUALCODER_MORE)
        base.executescript("DELETE FROM code_name; DELETE FROM code_cat;")
        for code in book.codes:
            row = (number[code.name], code.name, described(code), "", "", "#ff0000", number.get(code.parent))
            base.execute("INSERT INTO code_name VALUES (?,?,?,NULL,?,?,?,?)", row)
        for at, (name, text) in enumerate(TEXTS.items(), start=1):
            base.execute("INSERT INTO source VALUES (?,?,?,NULL,'','','',NULL,NULL)", (at, name, text))
        for at, row in enumerate(store.read(study, "codings").itertuples(), start=1):
            source = list(TEXTS).index(row.document) + 1
            values = (at, number[row.code], source, row.text, row.start, row.end, row.coder, row.date, row.memo)
            base.execute("INSERT INTO code_text VALUES (?,?,?,?,?,?,?,?,?,NULL,NULL)", values)
        for at, row in enumerate(store.read(study, "cases").to_dict("records"), start=1):
            base.execute("INSERT INTO cases VALUES (?,?,'','','')", (at, row["case"]))
            source = list(TEXTS).index(f"{row['case'].lower()}.txt") + 1
            base.execute(
                "INSERT INTO case_text VALUES (?,?,?,0,?,'','','')",
                (at, at, source, len(TEXTS[f"{row['case'].lower()}.txt"])),
            )
            for name, value in row.items():
                if name != "case":
                    base.execute("INSERT OR IGNORE INTO attribute_type VALUES (?,'','','','case','character')", [name])
                    base.execute(
                        "INSERT INTO attribute (name, attr_type, value, id) VALUES (?,'case',?,?)", (name, value, at)
                    )
        base.commit()
        return base.serialize()
