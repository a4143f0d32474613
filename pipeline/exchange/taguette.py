"""Exports a study for Taguette: a project that its import takes (.sqlite3), and a codebook with its headings (.csv).

A code is a tag, a passage that people coded a highlight. Taguette has no parents of tags, cases, attributes or memos of
highlights, and does not show who highlighted what, so the pipeline's own codings stay out.
"""

import html
import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import pandas as pd

from pipeline.core import coders, table_rows
from pipeline.corpus import refi
from pipeline.deductive.codebook import Codebook
from pipeline.exchange import csv
from pipeline.reporting.code_text import described

# Version of the database: Taguette brings older ones up to date itself.
VERSION = "db5e31a0233d"
# The longest names that Taguette takes.
DOCUMENT, FILE, PROJECT = 50, 100, 50
UNKNOWN = "2000-01-01 00:00:00.000000"
OWNER = "admin"
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?)?.*")
_SCHEMA = """
CREATE TABLE users (login VARCHAR(30) NOT NULL, created DATETIME NOT NULL, hashed_password VARCHAR(192),
    disabled BOOLEAN NOT NULL, password_set_date DATETIME, language VARCHAR(10), email VARCHAR(256),
    email_sent DATETIME, CONSTRAINT pk_users PRIMARY KEY (login));
CREATE UNIQUE INDEX ix_users_email ON users (email);
CREATE TABLE projects (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL,
    description TEXT NOT NULL, created DATETIME NOT NULL);
CREATE TABLE project_members (project_id INTEGER NOT NULL, user_login VARCHAR(30) NOT NULL,
    privileges VARCHAR(11) NOT NULL, CONSTRAINT pk_project_members PRIMARY KEY (project_id, user_login),
    CONSTRAINT fk_project_members_project_id_projects FOREIGN KEY(project_id) REFERENCES projects (id)
    ON DELETE CASCADE, CONSTRAINT fk_project_members_user_login_users FOREIGN KEY(user_login)
    REFERENCES users (login) ON DELETE CASCADE ON UPDATE CASCADE);
CREATE INDEX ix_project_members_user_login ON project_members (user_login);
CREATE INDEX ix_project_members_project_id ON project_members (project_id);
CREATE TABLE documents (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL,
    description TEXT NOT NULL, filename VARCHAR(200) NOT NULL, created DATETIME NOT NULL, project_id INTEGER NOT NULL,
    text_direction VARCHAR(13) NOT NULL, contents TEXT NOT NULL, CONSTRAINT fk_documents_project_id_projects
    FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE);
CREATE INDEX ix_documents_project_id ON documents (project_id);
CREATE TABLE commands (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, date DATETIME NOT NULL,
    user_login VARCHAR(30) NOT NULL, project_id INTEGER NOT NULL, document_id INTEGER, payload TEXT NOT NULL,
    CONSTRAINT fk_commands_user_login_users FOREIGN KEY(user_login) REFERENCES users (login) ON UPDATE CASCADE,
    CONSTRAINT fk_commands_project_id_projects FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE);
CREATE INDEX ix_commands_user_login ON commands (user_login);
CREATE INDEX idx_project_document ON commands (project_id, document_id);
CREATE INDEX ix_commands_document_id ON commands (document_id);
CREATE INDEX ix_commands_date ON commands (date);
CREATE INDEX idx_project_id ON commands (project_id, id);
CREATE INDEX ix_commands_project_id ON commands (project_id);
CREATE TABLE tags (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL,
    path VARCHAR(200) NOT NULL, description TEXT NOT NULL, CONSTRAINT uq_tags_project_id UNIQUE (project_id, path),
    CONSTRAINT fk_tags_project_id_projects FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE);
CREATE INDEX ix_tags_project_id ON tags (project_id);
CREATE INDEX ix_tags_path ON tags (path);
CREATE TABLE highlights (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, document_id INTEGER NOT NULL,
    start_offset INTEGER NOT NULL, end_offset INTEGER NOT NULL, snippet TEXT NOT NULL,
    CONSTRAINT fk_highlights_document_id_documents FOREIGN KEY(document_id) REFERENCES documents (id)
    ON DELETE CASCADE);
CREATE INDEX ix_highlights_document_id ON highlights (document_id);
CREATE TABLE highlight_tags (highlight_id INTEGER NOT NULL, tag_id INTEGER NOT NULL,
    CONSTRAINT pk_highlight_tags PRIMARY KEY (highlight_id, tag_id), CONSTRAINT
    fk_highlight_tags_highlight_id_highlights FOREIGN KEY(highlight_id) REFERENCES highlights (id) ON DELETE CASCADE,
    CONSTRAINT fk_highlight_tags_tag_id_tags FOREIGN KEY(tag_id) REFERENCES tags (id) ON DELETE CASCADE);
CREATE INDEX ix_highlight_tags_highlight_id ON highlight_tags (highlight_id);
CREATE INDEX ix_highlight_tags_tag_id ON highlight_tags (tag_id);
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY
    (version_num));
"""


def codebook(book: Codebook) -> bytes:
    """Return the codebook as Taguette imports it: one row per code, `tag` and `description`."""
    rows = [[refi.tag_path(code.name), refi.tag_told(code.name, described(code))] for code in book.codes]
    return csv.table(pd.DataFrame(rows, columns=["tag", "description"]))


def project(tables: Mapping[str, pd.DataFrame], *, book: Codebook, study_name: str) -> bytes:
    """Return a study's texts, codes and human codings as a Taguette project.

    `tables`: documents and codings. The same study gives the same bytes with the same version of SQLite.
    """
    with closing(sqlite3.connect(":memory:")) as base:
        base.executescript(_SCHEMA)
        base.execute("INSERT INTO alembic_version VALUES (?)", [VERSION])
        name = study_name[:PROJECT] or "study"
        base.execute("INSERT INTO projects VALUES (1, ?, ?, ?)", (name, "Exported by Counterpoint.", UNKNOWN))
        made = tables["codings"]
        codings = made[~made["coder"].map(coders.is_program)]
        people = sorted({OWNER, *codings["coder"]})
        base.executemany(
            "INSERT INTO users (login, created, disabled) VALUES (?, ?, 0)", [(one, UNKNOWN) for one in people]
        )
        base.execute("INSERT INTO project_members VALUES (1, ?, 'ADMIN')", [OWNER])
        texts = dict(zip(tables["documents"]["document"], tables["documents"]["text"], strict=True))
        numbers = _documents(base, texts)
        tags = _tags(base, book, sorted(set(codings["code"])))
        _highlights(base, codings, texts, numbers, tags)
        base.commit()
        return base.serialize()


def _documents(base: sqlite3.Connection, texts: Mapping[str, str]) -> dict[str, int]:
    """Write the texts; return their numbers. The full name stands in the description, since Taguette cuts it."""
    numbers: dict[str, int] = {}
    taken: set[str] = set()
    for number, document in enumerate(sorted(texts), start=1):
        short = document.rpartition("/")[2][: DOCUMENT - 5]
        choices = (short, *(f"{short} ({count})" for count in range(2, len(texts) + 2)))
        name = next(one for one in choices if one.casefold() not in taken)
        taken.add(name.casefold())
        row = (number, name, refi.file_line(document), name[:FILE], UNKNOWN, "LEFT_TO_RIGHT", _marked(texts[document]))
        base.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?, 1, ?, ?)", row)
        numbers[document] = number
    return numbers


def _marked(text: str) -> str:
    """Return a text as HTML whose text outside tags is the text itself, so that positions are the same."""
    return "\n".join(f"<p>{html.escape(line, quote=False)}</p>" if line else "" for line in text.split("\n"))


def _tags(base: sqlite3.Connection, book: Codebook, applied: list[str]) -> dict[str, int]:
    names = [*book.names, *(name for name in applied if name not in book)]
    paths: dict[str, str] = {}
    for name in names:
        path = refi.tag_path(name)
        choices = (path, *(f"{path[:-8]} ({count})" for count in range(2, len(names) + 2)))
        paths[name] = next(one for one in choices if one not in paths.values())
    for number, name in enumerate(names, start=1):
        told = refi.tag_told(name, described(book[name]) if name in book else "")
        base.execute("INSERT INTO tags VALUES (?, 1, ?, ?)", (number, paths[name], told))
    return {name: number for number, name in enumerate(names, start=1)}


def _highlights(
    base: sqlite3.Connection,
    codings: pd.DataFrame,
    texts: Mapping[str, str],
    numbers: Mapping[str, int],
    tags: Mapping[str, int],
) -> None:
    """Write a highlight for each passage that a coder coded, and who made it and when into the project's history."""
    found: dict[tuple[str, int, int, str, str], list[int]] = defaultdict(list)
    for row in table_rows.each(codings):
        found[row.document, row.start, row.end, row.coder, row.date].append(tags[row.code])
    for number, ((document, start, end, coder, date), codes) in enumerate(sorted(found.items()), start=1):
        text = texts[document]
        first, last = (len(text[:place].encode()) for place in (start, end))
        base.execute(
            "INSERT INTO highlights VALUES (?, ?, ?, ?, ?)",
            (number, numbers[document], first, last, _marked(text[start:end])),
        )
        base.executemany("INSERT INTO highlight_tags VALUES (?, ?)", [(number, tag) for tag in sorted(set(codes))])
        payload: dict[str, Any] = {"type": "highlight_add", "highlight_id": number, "tags": sorted(set(codes))}
        payload |= {"start_offset": first, "end_offset": last}
        base.execute(
            "INSERT INTO commands VALUES (?, ?, ?, 1, ?, ?)",
            (number, _moment(date), coder, numbers[document], json.dumps(payload, sort_keys=True)),
        )


def _moment(date: str) -> str:
    found = _MOMENT.fullmatch(date.strip())
    return f"{found[1]} {found[2] or '00:00'}{found[3] or ':00'}.000000" if found else UNKNOWN
