"""Reads whole QualCoder projects: texts, codebook, cases with attributes, memos and codings.

A project is a folder `name.qda` with the database `data.qda`; it may also be given as the database, or as a zip of the
folder.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.corpus import refi
from pipeline.corpus.readers import codes_csv, codes_qualcoder, databases, project_parts, qde
from pipeline.corpus.readers.databases import Row
from pipeline.corpus.readers.memo import Memo
from pipeline.corpus.readers.offsets import Ruler
from pipeline.corpus.readers.project_parts import Left, Parts
from pipeline.corpus.readers.qdpx import Source

WANTED = {
    **codes_qualcoder.WANTED,
    "project?": ("databaseversion?", "about?", "memo?"),
    "code_name": ("cid", "name", "memo?", "catid?", "supercid?", "color?", "owner?", "date?"),
    "code_cat?": ("catid", "name", "memo?", "supercatid?", "owner?", "date?"),
    "source": ("id", "name", "fulltext", "memo?", "mediapath?", "owner?", "date?"),
    "cases?": ("caseid", "name", "memo?", "owner?", "date?"),
    "case_text?": ("caseid", "fid", "pos0?", "pos1?"),
    "attribute_type?": ("name", "caseOrFile", "memo?", "valuetype?"),
    "attribute?": ("name", "attr_type", "value", "id"),
    "annotation?": ("anid?", "fid", "pos0?", "pos1?", "memo", "owner?", "date?"),
    "journal?": ("jid?", "name", "jentry", "owner?", "date?"),
    "graph?": ("grid?", "name?"),
    "ris?": ("risid?", "value?"),
    "stored_sql?": ("title?",),
}


def read_project(data: bytes, stem: str) -> Parts:
    """Return the content of a project's database. `stem`: the coder's name where none is given.

    Codes may lie below categories and, from version 16 of the database on, below codes. Categories are headings: no
    passage can have one. Raises RefusedError if the file is not a QualCoder project.
    """
    return parts(databases.read_database(data, WANTED, program="QualCoder"), stem, program="QualCoder")


def parts(tables: Mapping[str, Sequence[Row]], stem: str, *, program: str) -> Parts:
    """Return the content of a project from its tables. `program`: the program that made it."""
    names = project_parts.unique_names([row["name"].strip() or f"text {row['id']}" for row in tables["source"]])
    sources_named = [row | {"name": name} for row, name in zip(tables["source"], names, strict=True)]
    tables = {**tables, "source": sources_named}
    book = _codebook(tables, program)
    code_names = qde.code_names(book)
    codes = {
        guid.removeprefix("code "): (code_names[guid], code_names.get(entry.parent, ""))
        for guid, entry in book.codes.items()
        if guid.startswith("code ")
    }
    book.variables, kinds = _variables(tables["attribute_type"], tables["attribute"])
    values = _values(tables["attribute"], kinds)
    book.cases = _cases(tables, values["case"])
    sources = [_source(row, values["file"]) for row in tables["source"] if row["fulltext"].strip()]
    codings = codes_qualcoder.codings(tables, codes, stem=stem)
    left = _left(tables, program)
    return project_parts.settled(Parts(program, book, sources, codings, _memos(tables), left, _passages(tables)))


def _source(row: Row, values: Mapping[str, dict[str, str]]) -> Source:
    text = Ruler(row["fulltext"], marked=False).text
    return Source(row["id"], row["name"].strip(), text, "", dict(values.get(row["id"], {})))


def _left(tables: Mapping[str, Sequence[Row]], program: str) -> list[Left]:
    media: dict[str, list[str]] = defaultdict(list)
    for row in tables["source"]:
        if not row["fulltext"].strip():
            media[_kind(row["mediapath"])].append(row["name"].strip())
    left = [Left(kind, len(names), "they hold no text", names) for kind, names in media.items()]
    left.append(Left("graphs", len(tables["graph"]), f"drawn in {program}", [row["name"] for row in tables["graph"]]))
    references = {row["risid"] for row in tables["ris"]}
    left.append(Left("other", len(references), "details of literature"))
    left.append(Left("other", len(tables["stored_sql"]), f"queries of {program}"))
    return [one for one in left if one.number]


def _kind(path: str) -> str:
    place = path.lower()
    if place.endswith(".pdf"):
        return "PDF files"
    kinds = {"image": "pictures", "audio": "recordings", "video": "recordings"}
    return next((kind for word, kind in kinds.items() if word in place), "texts")


def _codebook(tables: Mapping[str, Sequence[Row]], program: str) -> qde.Project:
    """Return the categories and codes, codes by `code` and their number, categories by `category` and theirs."""
    project = qde.Project(None, origin=program)
    for row in tables["code_cat"]:
        above = f"category {row['supercatid']}" if row["supercatid"] else ""
        guid = f"category {row['catid']}"
        project.codes[guid] = project_parts.code(guid, row["name"], above, row["memo"], "", codable=False)
    for row in tables["code_name"]:
        above = (
            f"code {row['supercid']}"
            if row["supercid"] and row["supercid"] != row["cid"]
            else f"category {row['catid']}"
            if row["catid"]
            else ""
        )
        guid = f"code {row['cid']}"
        project.codes[guid] = project_parts.code(guid, row["name"], above, row["memo"], row["color"])
    project_parts.check_parents(project)
    return project


def _variables(types: Sequence[Row], values: Sequence[Row]) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """Return the name of each attribute by guid, and the guid by kind (case or file) and name; unused ones are out."""
    used = {(row["attr_type"], row["name"]) for row in values if row["value"].strip()}
    kinds = {
        (kind, name): f"{kind} {name}"
        for kind, name in [*((row["caseOrFile"], row["name"]) for row in types), *sorted(used)]
        if (kind, name) in used
    }
    return {guid: name.strip() for (_, name), guid in kinds.items()}, kinds


def _values(values: Sequence[Row], kinds: Mapping[tuple[str, str], str]) -> dict[str, dict[str, dict[str, str]]]:
    """Return the values of cases and of files, by their number and the guid of the attribute."""
    found: dict[str, dict[str, dict[str, str]]] = {"case": defaultdict(dict), "file": defaultdict(dict)}
    for row in values:
        guid = kinds.get((row["attr_type"], row["name"]))
        if guid and row["attr_type"] in found and row["value"].strip():
            found[row["attr_type"]][row["id"]][guid] = row["value"].strip()
    return found


def _cases(tables: Mapping[str, Sequence[Row]], values: Mapping[str, dict[str, str]]) -> list[qde.CaseEntry]:
    sources = {row["id"] for row in tables["source"]}
    linked: dict[str, list[str]] = defaultdict(list)
    for row in tables["case_text"]:
        if row["fid"] in sources and row["fid"] not in linked[row["caseid"]]:
            linked[row["caseid"]].append(row["fid"])
    return [
        qde.CaseEntry(row["name"].strip(), tuple(linked[row["caseid"]]), dict(values.get(row["caseid"], {})))
        for row in tables["cases"]
    ]


def _passages(tables: Mapping[str, Sequence[Row]]) -> dict[str, dict[str, list[tuple[int, int]]]]:
    """Return, by source and case, the passages of a case that is a part of a text; whole texts are left out."""
    texts = {row["id"]: len(row["fulltext"]) for row in tables["source"]}
    names = {row["caseid"]: row["name"].strip() for row in tables["cases"]}
    found: dict[str, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for row in tables["case_text"]:
        start, end = codes_csv.integer(row["pos0"]), codes_csv.integer(row["pos1"])
        length = texts.get(row["fid"], 0)
        whole = start is None or end is None or end <= start or (start == 0 and end >= length - 1)
        if row["caseid"] in names and length and not whole:
            found[row["fid"]][names[row["caseid"]]].append((start or 0, end or 0))
    return found


def _memos(tables: Mapping[str, Sequence[Row]]) -> list[Memo]:
    """Return the memos beside those of codes and codings, which stay with them."""
    texts = {row["id"]: (row["name"].strip(), Ruler(row["fulltext"], marked=False).text) for row in tables["source"]}
    memos = [Memo(about="project", memo=row["memo"]) for row in tables["project"]]
    memos += [_memo(row, "document", document=row["name"].strip()) for row in tables["source"]]
    memos += [_memo(row, "case", case=row["name"].strip()) for row in tables["cases"]]
    memos += [_memo(row, "attribute", title=row["name"].strip()) for row in tables["attribute_type"]]
    for row in tables["annotation"]:
        name, text = texts.get(row["fid"], ("", ""))
        start, end = codes_csv.integer(row["pos0"]), codes_csv.integer(row["pos1"])
        at = (start, end if end is not None else start + 1) if start is not None and start < len(text) else (None, None)
        words = text[at[0] : at[1]] if at[0] is not None else ""
        memos.append(_memo(row, "passage", document=name, start=at[0], end=at[1], text=words))
    memos += [_memo(row | {"memo": row["jentry"]}, "journal", title=row["name"].strip()) for row in tables["journal"]]
    return [memo for memo in memos if memo.memo.strip()]


def _memo(row: Row, about: str, **told: Any) -> Memo:
    author, date = row.get("owner", "").strip(), refi.date_of(row.get("date", ""))
    return Memo(about=about, memo=row["memo"].strip(), author=author, date=date, **told)
