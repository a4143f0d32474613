"""Reads whole RQDA projects (.rqda): a database like QualCoder's, whose author took it over from RQDA."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from pipeline.corpus.readers import databases, qualcoder_project
from pipeline.corpus.readers.coding import Coding
from pipeline.corpus.readers.databases import Row
from pipeline.corpus.readers.project_parts import Left, Parts

_DATED = ("owner?", "date?", "status?")
_CODING = ("cid", "fid", "seltext", "selfirst", "selend", "memo?", *_DATED)
WANTED = {
    "project?": ("databaseversion?", "memo?"),
    "source": ("id", "name", "file", "memo?", *_DATED),
    "freecode": ("id", "name", "memo?", "color?", *_DATED),
    "codecat?": ("catid", "name", "memo?", *_DATED),
    "treecode?": ("cid", "catid", "status?"),
    "coding": _CODING,
    "cases?": ("id", "name", "memo?", *_DATED),
    "caselinkage?": ("caseid", "fid", "selfirst?", "selend?", "status?"),
    "attributes?": ("name", "class?", "memo?", "status?"),
    "caseAttr?": ("variable", "value", "caseID", "status?"),
    "fileAttr?": ("variable", "value", "fileID", "status?"),
    "filecat?": ("catid", "name", "status?"),
    "treefile?": ("fid", "catid", "status?"),
    "annotation?": ("fid", "position", "annotation", *_DATED),
    "journal?": ("name", "journal", *_DATED),
    "image?": ("id?", "name?", "status?"),
}
# The attribute that the categories of files become.
FILE_CATEGORY = "file category"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DELETED = "0"


def read_rqda(data: bytes, stem: str) -> list[Coding]:
    """Return the codings of a project, as from `human_codes/`. Raises RefusedError if it is not an RQDA project."""
    return list(read_project(data, stem).codings)


def read_project(data: bytes, stem: str) -> Parts:
    """Return the content of a project. `stem`: the coder's name where none is given.

    What was deleted in RQDA stays in its file and is left out. Raises RefusedError if the file is not an RQDA project.
    """
    stored = databases.read_database(data, WANTED, program="RQDA")
    tables = {name: [row for row in rows if row.get("status") != _DELETED] for name, rows in stored.items()}
    deleted = sum(len(rows) - len(tables[name]) for name, rows in stored.items())
    parts = qualcoder_project.parts(_converted(tables), stem, program="RQDA")
    left = [*parts.left, Left("pictures", len(tables["image"]), "only texts are read")]
    left.append(Left("other", deleted, "deleted in RQDA"))
    again = sorted(_again(tables))
    left.append(Left("sets", len(again), "a code has one parent; they are further categories of", again))
    return parts._replace(left=left)


def _again(tables: Mapping[str, Sequence[Row]]) -> list[str]:
    """Return the name of a code for each category that it has beside its first."""
    names = {row["id"]: row["name"].strip() for row in tables["freecode"]}
    seen: set[str] = set()
    found = []
    for row in tables["treecode"]:
        if row["cid"] in seen:
            found.append(names.get(row["cid"], ""))
        seen.add(row["cid"])
    return found


def _converted(tables: Mapping[str, Sequence[Row]]) -> dict[str, list[Row]]:
    """Return RQDA's tables as those of QualCoder."""
    categories: dict[str, str] = {}
    for row in tables["treecode"]:
        categories.setdefault(row["cid"], row["catid"])
    codings = []
    for number, row in enumerate(tables["coding"], start=1):
        at = {"ctid": str(number), "pos0": row["selfirst"], "pos1": row["selend"], "date": _date(row["date"])}
        codings.append(row | at)
    return {
        "project": [dict(row) for row in tables["project"]],
        "source": [
            row | {"fulltext": row["file"], "mediapath": "", "date": _date(row["date"])} for row in tables["source"]
        ],
        "code_name": [
            row | {"cid": row["id"], "catid": categories.get(row["id"], ""), "supercid": ""}
            for row in tables["freecode"]
        ],
        "code_cat": [row | {"supercatid": ""} for row in tables["codecat"]],
        "code_text": codings,
        "cases": [row | {"caseid": row["id"], "date": _date(row["date"])} for row in tables["cases"]],
        "case_text": [row | {"pos0": row["selfirst"], "pos1": row["selend"]} for row in tables["caselinkage"]],
        "attribute_type": [row | {"caseOrFile": ""} for row in tables["attributes"]],
        "attribute": _attributes(tables),
        "annotation": [
            row | {"pos0": row["position"], "pos1": "", "memo": row["annotation"], "date": _date(row["date"])}
            for row in tables["annotation"]
        ],
        "journal": [row | {"jentry": row["journal"], "date": _date(row["date"])} for row in tables["journal"]],
        **{name: [] for name in ("code_image", "code_av", "graph", "ris", "stored_sql")},
    }


def _attributes(tables: Mapping[str, Sequence[Row]]) -> list[Row]:
    found = [
        {"name": row["variable"], "attr_type": kind, "value": row["value"], "id": row[key]}
        for table, kind, key in (("caseAttr", "case", "caseID"), ("fileAttr", "file", "fileID"))
        for row in tables[table]
    ]
    names = {row["catid"]: row["name"].strip() for row in tables["filecat"]}
    of_file: dict[str, list[str]] = defaultdict(list)
    for row in tables["treefile"]:
        if names.get(row["catid"]):
            of_file[row["fid"]].append(names[row["catid"]])
    found += [
        {"name": FILE_CATEGORY, "attr_type": "file", "value": "; ".join(dict.fromkeys(listed)), "id": file}
        for file, listed in of_file.items()
    ]
    return found


def _date(written: str) -> str:
    """Return a date such as `Mon Oct 28 08:11:36 2019` as `2019-10-28 08:11:36`; others as they are."""
    words = written.split()
    if len(words) != 5 or words[1] not in _MONTHS or not words[2].isdecimal() or not words[4].isdecimal():
        return written.strip()
    return f"{words[4]}-{_MONTHS.index(words[1]) + 1:02}-{int(words[2]):02} {words[3]}"
