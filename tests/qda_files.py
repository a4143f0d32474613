"""Small projects as QualCoder and Taguette make them: their tables, column for column, and rows to put in them."""

import json
import sqlite3
from contextlib import closing

QUALCODER = """
CREATE TABLE project (databaseversion text, date text, memo text, about text, bookmarkfile integer, bookmarkpos integer,
    codername text);
CREATE TABLE source (id integer primary key, name text, fulltext text, mediapath text, memo text, owner text, date text,
    av_text_id integer, risid integer, unique(name));
CREATE TABLE code_image (imid integer primary key, id integer, x1 integer, y1 integer, width integer, height integer,
    cid integer, memo text, date text, owner text, important integer);
CREATE TABLE code_av (avid integer primary key, id integer, pos0 integer, pos1 integer, cid integer, memo text,
    date text, owner text, important integer);
CREATE TABLE code_cat (catid integer primary key, name text, owner text, date text, memo text, supercatid integer,
    unique(name));
CREATE TABLE code_text (ctid integer primary key, cid integer, fid integer, seltext text, pos0 integer, pos1 integer,
    owner text, date text, memo text, avid integer, important integer, unique(cid, fid, pos0, pos1, owner));
CREATE TABLE code_name (cid integer primary key, name text, memo text, catid integer, owner text, date text, color text,
    unique(name));
INSERT INTO project VALUES ('v8', '2024-01-01 10:00:00', '', 'QualCoder 3.5', 0, 0, 'lea');
INSERT INTO code_cat VALUES (1, 'Resources', 'lea', '2024-01-01 10:00:00', '', NULL);
INSERT INTO code_name VALUES (1, 'Time', '', 1, 'lea', '2024-01-01 10:00:00', '#ff0000');
INSERT INTO code_name VALUES (2, 'Pride', '', NULL, 'lea', '2024-01-01 10:00:00', '#00ff00');
"""

TAGUETTE = """
CREATE TABLE users (login VARCHAR(30) NOT NULL, created DATETIME NOT NULL, hashed_password VARCHAR(192),
    language VARCHAR(10), email VARCHAR(256), PRIMARY KEY (login));
CREATE TABLE projects (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL,
    description TEXT NOT NULL, created DATETIME NOT NULL);
CREATE TABLE documents (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL,
    description TEXT NOT NULL, filename VARCHAR(200) NOT NULL, created DATETIME NOT NULL, project_id INTEGER NOT NULL,
    text_direction VARCHAR(13) NOT NULL, contents TEXT NOT NULL);
CREATE TABLE commands (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, date DATETIME NOT NULL,
    user_login VARCHAR(30) NOT NULL, project_id INTEGER NOT NULL, document_id INTEGER, payload TEXT NOT NULL);
CREATE TABLE highlights (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, document_id INTEGER NOT NULL,
    start_offset INTEGER NOT NULL, end_offset INTEGER NOT NULL, snippet TEXT NOT NULL);
CREATE TABLE tags (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL,
    path VARCHAR(200) NOT NULL, description TEXT NOT NULL, UNIQUE (project_id, path));
CREATE TABLE highlight_tags (highlight_id INTEGER NOT NULL, tag_id INTEGER NOT NULL, PRIMARY KEY (highlight_id, tag_id));
INSERT INTO projects VALUES (1, 'Study', '', '2024-01-01 10:00:00.000000');
INSERT INTO tags VALUES (1, 1, 'time', ''), (2, 1, 'pride', '');
"""
DATE = "2024-02-03 04:05:06"


def qualcoder(sources, codings, *, more=""):
    """Sources by name; codings as (source, code number, words, start, end, owner, memo)."""
    with closing(sqlite3.connect(":memory:")) as base:
        base.executescript(QUALCODER)
        numbers = {}
        for number, (name, text) in enumerate(sources.items(), start=1):
            numbers[name] = number
            base.execute("INSERT INTO source VALUES (?,?,?,NULL,'','lea',?,NULL,NULL)", (number, name, text, DATE))
        for number, (source, code, words, start, end, owner, memo) in enumerate(codings, start=1):
            row = (number, code, numbers.get(source, 99), words, start, end, owner, DATE, memo, None, None)
            base.execute("INSERT INTO code_text VALUES (?,?,?,?,?,?,?,?,?,?,?)", row)
        base.executescript(more)
        return base.serialize()


def taguette(documents, highlights):
    """Documents (HTML) by name; highlights as (document, start, end, snippet, tags, user)."""
    with closing(sqlite3.connect(":memory:")) as base:
        base.executescript(TAGUETTE)
        numbers = {}
        for number, (name, html) in enumerate(documents.items(), start=1):
            numbers[name] = number
            base.execute(
                "INSERT INTO documents VALUES (?,?,'',?,?,1,'LEFT_TO_RIGHT',?)",
                (number, name, f"{name}.up", DATE, html),
            )
        for number, (document, start, end, snippet, tags, user) in enumerate(highlights, start=1):
            at = numbers[document]
            base.execute("INSERT INTO highlights VALUES (?,?,?,?,?)", (number, at, start, end, snippet))
            base.executemany("INSERT INTO highlight_tags VALUES (?,?)", [(number, tag) for tag in tags])
            said = {
                "type": "highlight_add",
                "highlight_id": number,
                "start_offset": start,
                "end_offset": end,
                "tags": tags,
            }
            row = (f"{DATE}.123456", user, 1, at, json.dumps(said, sort_keys=True))
            base.execute(
                "INSERT INTO commands(date, user_login, project_id, document_id, payload) VALUES (?,?,?,?,?)", row
            )
        base.commit()
        return base.serialize()


# The tables beyond those above, as QualCoder 3 and 4 make them; `supercid` came with version 16 of the database.
QUALCODER_MORE = """
CREATE TABLE cases (caseid integer primary key, name text, memo text, owner text, date text, unique(name));
CREATE TABLE case_text (id integer primary key, caseid integer, fid integer, pos0 integer, pos1 integer, owner text,
    date text, memo text);
CREATE TABLE attribute_type (name text primary key, date text, owner text, memo text, caseOrFile text, valuetype text);
CREATE TABLE attribute (attrid integer primary key, name text, attr_type text, value text, id integer, date text,
    owner text, unique(name, attr_type, id));
CREATE TABLE annotation (anid integer primary key, fid integer, pos0 integer, pos1 integer, memo text, owner text,
    date text);
CREATE TABLE journal (jid integer primary key, name text, jentry text, date text, owner text);
CREATE TABLE stored_sql (title text, description text, grouper text, ssql text, unique(title));
CREATE TABLE graph (grid integer primary key, name text, description text, date text, scene_width integer,
    scene_height integer);
ALTER TABLE code_name ADD supercid integer;
"""

RQDA = """
CREATE TABLE project (databaseversion text, date text, dateM text, memo text, about text, imageDir text);
CREATE TABLE source (name text, id integer, file text, memo text, owner text, date text, dateM text, status integer);
CREATE TABLE freecode (name text, memo text, owner text, date text, dateM text, id integer, status integer, color text);
CREATE TABLE treecode (cid integer, catid integer, date text, dateM text, memo text, status integer, owner text);
CREATE TABLE codecat (name text, cid integer, catid integer, owner text, date text, dateM text, memo text,
    status integer);
CREATE TABLE coding (cid integer, fid integer, seltext text, selfirst real, selend real, status integer, owner text,
    date text, memo text);
CREATE TABLE cases (name text, memo text, owner text, date text, dateM text, id integer, status integer);
CREATE TABLE caselinkage (caseid integer, fid integer, selfirst real, selend real, status integer, owner text,
    date text, memo text);
CREATE TABLE attributes (name text, status integer, date text, dateM text, owner text, memo text, class text);
CREATE TABLE caseAttr (variable text, value text, caseID integer, date text, dateM text, owner text, status integer);
CREATE TABLE fileAttr (variable text, value text, fileID integer, date text, dateM text, owner text, status integer);
CREATE TABLE filecat (name text, fid integer, catid integer, owner text, date text, dateM text, memo text,
    status integer);
CREATE TABLE treefile (fid integer, catid integer, date text, dateM text, memo text, status integer, owner text);
CREATE TABLE annotation (fid integer, position integer, annotation text, owner text, date text, dateM text,
    status integer);
CREATE TABLE journal (name text, journal text, date text, dateM text, owner text, status integer);
"""


def rqda(more):
    """A project with the given rows, as statements of SQL."""
    with closing(sqlite3.connect(":memory:")) as base:
        base.executescript(RQDA + more)
        return base.serialize()
