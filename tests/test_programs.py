"""Whole projects of other programs, given to `import`: texts, codes, codings, cases and attributes arrive."""

import sqlite3
import zipfile
from contextlib import closing

import pytest
import qda_files
import yaml

from pipeline import ingest
from pipeline.commands import importing
from pipeline.core import study_template
from pipeline.core.errors import CounterpointError
from pipeline.corpus.readers import programs

ANN = "Int: How was it?\nAnn: The rota 😀 broke every week.\nAnn: We had no time at all.\n"
BEN = "Int: And you?\nBen: Fine mostly.\nBen: We lost the room twice.\n"
OPTIONS = {"interviewer_labels": ("int",), "min_label_count": 2}
MORE = f"""{qda_files.QUALCODER_MORE}
INSERT INTO code_name VALUES (3, 'Late', 'said of = weeks', 1, 'lea', '', '#0000ff', 1), (4, 'Time off', '', 9, 'lea', '', 'blue', NULL);
INSERT INTO code_cat VALUES (2, 'All', 'lea', '', 'the top', NULL);
UPDATE code_cat SET supercatid = 2 WHERE catid = 1;
INSERT INTO cases VALUES (1, 'Ann', 'tired', 'lea', ''), (2, 'Ben', '', 'lea', '');
INSERT INTO case_text VALUES (1, 1, 1, 0, 80, 'lea', '', ''), (2, 2, 2, 0, 60, 'lea', '', '');
INSERT INTO attribute_type VALUES ('role', '', 'lea', '', 'case', 'character'), ('site', '', 'lea', '', 'file', 'character');
INSERT INTO attribute VALUES (1, 'role', 'case', 'nurse', 1, '', 'lea'), (2, 'role', 'case', '', 2, '', 'lea');
INSERT INTO annotation VALUES (1, 1, 5, 9, 'loud here', 'lea', '2024-01-01 10:00:00');
INSERT INTO journal VALUES (1, 'Monday', 'a long day', '2024-01-01 10:00:00', 'lea');
INSERT INTO graph VALUES (1, 'map', '', '', 1, 1);
INSERT INTO source VALUES (3, 'photo.jpg', NULL, '/images/photo.jpg', '', 'lea', '', NULL, NULL);
"""


def at(text, words):
    return text.index(words), text.index(words) + len(words)


def qualcoder(more=MORE):
    codings = [
        ("ann.txt", 1, "rota 😀 broke", *at(ANN, "rota 😀 broke"), "mia", "hm"),
        ("ben.txt", 2, "lost the room", *at(BEN, "lost the room"), "noa", ""),
    ]
    more += f"INSERT INTO code_text VALUES (9, 3, 1, 'every week', {at(ANN, 'every week')[0]}, {at(ANN, 'every week')[1]}, 'noa', '', '', NULL, NULL);"
    return qda_files.qualcoder({"ann.txt": ANN, "ben.txt": BEN}, codings, more=more)


def codes_in(folder):
    return {code["name"]: code for code in yaml.safe_load((folder / "codebook.yaml").read_text("utf-8"))["codes"]}


def coded(folder):
    tables = ingest.ingest(folder, **OPTIONS)
    found = {(row.document, row.text, row.code, row.parent_code, row.coder) for row in tables["codings"].itertuples()}
    return found, tables


@pytest.mark.parametrize("form", ["folder", "database", "zip", "beside"])
def test_a_qualcoder_project_arrives_whole_in_each_of_its_forms(tmp_path, form):
    folder = tmp_path / "study"
    place = tmp_path / "work.qda"
    if form in ("folder", "database"):
        place.mkdir()
        (place / "data.qda").write_bytes(qualcoder())
    elif form == "zip":
        place = tmp_path / "work.zip"
        with zipfile.ZipFile(place, "w") as archive:
            archive.writestr("work.qda/data.qda", qualcoder())
            archive.writestr("work.qda/images/photo.jpg", b"no picture")
    else:
        place.write_bytes(qualcoder())
    importing.run(place / "data.qda" if form == "database" else place, folder)
    found, tables = coded(folder)
    assert (folder / "transcripts/ann.txt").read_text("utf-8") == ANN
    assert (folder / "human_codes/work.csv").exists()
    assert found == {
        ("ann.txt", "rota 😀 broke", "Time", "Resources", "mia"),
        ("ann.txt", "every week", "Late", "Time", "noa"),
        ("ben.txt", "lost the room", "Pride", "", "noa"),
    }
    codes = codes_in(folder)
    assert codes["Late"]["parent"] == "Time"
    assert codes["Resources"]["parent"] == "All"
    assert "parent" not in codes["Time off"]  # its category is not there
    assert codes["Late"]["definition"] == "said of = weeks"
    roles = tables["cases"].set_index("case")["role"]
    assert roles["Ann"] == "nurse"
    assert "site" not in tables["cases"]  # an attribute without a value


def test_a_second_import_of_a_project_changes_nothing(tmp_path):
    place = tmp_path / "work.qda"
    place.write_bytes(qualcoder())
    importing.run(place, tmp_path / "study")
    before = {file: file.read_bytes() for file in (tmp_path / "study").rglob("*") if file.is_file()}
    importing.run(place, tmp_path / "study")
    assert {file: file.read_bytes() for file in (tmp_path / "study").rglob("*") if file.is_file()} == before


def test_circles_of_codes_and_categories_are_opened(tmp_path):
    place = tmp_path / "work.qda"
    more = f"{qda_files.QUALCODER_MORE} UPDATE code_name SET supercid = 3 - cid; UPDATE code_cat SET supercatid = 1;"
    place.write_bytes(qda_files.qualcoder({"ann.txt": ANN}, [], more=more))
    importing.run(place, tmp_path / "study")
    codes = codes_in(tmp_path / "study")
    assert len(codes) == 3
    assert sum("parent" in code for code in codes.values()) == 1


def test_changes_that_are_not_in_the_database_yet_are_refused(tmp_path):
    place = tmp_path / "work.qda"
    place.mkdir()
    (place / "data.qda").write_bytes(qualcoder())
    (place / "data.qda-wal").write_bytes(b"later")
    with pytest.raises(CounterpointError, match=r"data\.qda-wal beside it holds changes"):
        importing.run(place, tmp_path / "study")
    assert not (tmp_path / "study").exists()


def test_what_a_project_holds_beside_texts_is_found():
    parts = programs.read_project(qualcoder(), "work")
    assert {(one.about, one.document or one.case or one.title, one.text, one.memo) for one in parts.memos} == {
        ("case", "Ann", "", "tired"),
        ("passage", "ann.txt", ANN[5:9], "loud here"),
        ("journal", "Monday", "", "a long day"),
    }
    assert {(left.kind, left.number, tuple(left.names)) for left in parts.left} == {
        ("pictures", 1, ("photo.jpg",)),
        ("graphs", 1, ("map",)),
    }


TAGGED = "<h1>Talk</h1><p>Int: How was it?</p><p>Ann: The rota é broke.</p>"
PLAIN = "TalkInt: How was it?Ann: The rota é broke."


def taguette(more=""):
    start, end = (len(PLAIN[:place].encode()) for place in at(PLAIN, "rota é broke"))
    data = qda_files.taguette({"ann": TAGGED}, [("ann", start, end, "rota é broke", [1, 2], "mia")])
    with closing(sqlite3.connect(":memory:")) as base:
        base.deserialize(data)
        base.executescript(
            f"UPDATE tags SET description = 'hours, not days' WHERE id = 1; UPDATE documents SET description = 'by phone';{more}"
        )
        base.commit()
        return base.serialize()


def test_a_taguette_project_arrives_whole(tmp_path):
    place = tmp_path / "theirs.sqlite3"
    place.write_bytes(taguette("INSERT INTO tags VALUES (3, 1, 'unused', 'nobody said it');"))
    importing.run(place, tmp_path / "study")
    found, tables = coded(tmp_path / "study")
    assert found == {("ann.txt", "rota é broke", tag, "", "mia") for tag in ("time", "pride")}
    assert (tmp_path / "study/transcripts/ann.txt").read_text("utf-8").startswith("Talk\n")
    codes = codes_in(tmp_path / "study")
    assert codes["time"]["definition"] == "hours, not days"
    assert codes["unused"]["definition"] == "nobody said it"
    assert not len(tables["ingest_problems"][tables["ingest_problems"]["kind"] == "refused"])
    assert programs.read_project(taguette(), "x").memos[0].memo == "by phone"


def test_a_database_of_several_taguette_projects_is_refused_by_their_names(tmp_path):
    place = tmp_path / "theirs.sqlite3"
    place.write_bytes(
        taguette(
            "INSERT INTO projects VALUES (2, 'Other', '', ''); INSERT INTO documents SELECT 9, 'b', '', 'b', '', 2, 'LEFT_TO_RIGHT', contents FROM documents;"
        )
    )
    with pytest.raises(CounterpointError, match="2 projects: Study, Other"):
        importing.run(place, tmp_path / "study")


def rqda(more=""):
    first, last = at(ANN, "rota 😀 broke")
    return qda_files.rqda(f"""
INSERT INTO project VALUES ('0.2.2', '', '', 'the plan', '', '');
INSERT INTO source VALUES ('ann', 1, '{ANN}', '', 'mia', '', '', 1), ('old', 2, 'gone', '', 'mia', '', '', 0);
INSERT INTO freecode VALUES ('Rota', 'shifts', 'mia', '', '', 1, 1, NULL), ('Gone', '', 'mia', '', '', 2, 0, NULL);
INSERT INTO codecat VALUES ('Work', NULL, 1, 'mia', '', '', '', 1), ('Life', NULL, 2, 'mia', '', '', '', 1);
INSERT INTO treecode VALUES (1, 1, '', '', '', 1, 'mia'), (1, 2, '', '', '', 1, 'mia');
INSERT INTO coding VALUES (1, 1, 'rota 😀 broke', {first}.0, {last}.0, 1, 'mia', 'Fri Dec  6 09:26:07 2019', 'hm');
INSERT INTO coding VALUES (1, 1, 'time', 1.0, 5.0, 0, 'mia', '', '');
INSERT INTO cases VALUES ('Ann', '', 'mia', '', '', 1, 1);
INSERT INTO caselinkage VALUES (1, 1, 0.0, {len(ANN)}.0, 1, 'mia', '', '');
INSERT INTO attributes VALUES ('role', 1, '', '', 'mia', '', 'character');
INSERT INTO caseAttr VALUES ('role', 'nurse', 1, '', '', 'mia', 1);
INSERT INTO filecat VALUES ('wards', NULL, 1, 'mia', '', '', '', 1);
INSERT INTO treefile VALUES (1, 1, '', '', '', 1, 'mia');
INSERT INTO journal VALUES ('Monday', 'a long day', '', '', 'mia', 1);
{more}""")


def test_an_rqda_project_arrives_without_what_was_deleted_in_it(tmp_path):
    place = tmp_path / "theirs.rqda"
    place.write_bytes(rqda())
    importing.run(place, tmp_path / "study")
    found, tables = coded(tmp_path / "study")
    assert found == {("ann.txt", "rota 😀 broke", "Rota", "Work", "mia")}
    assert tables["codings"]["date"].tolist() == ["2019-12-06 09:26:07"]
    assert set(codes_in(tmp_path / "study")) == {"Rota", "Work", "Life"}
    assert codes_in(tmp_path / "study")["Rota"]["definition"] == "shifts"
    assert tables["cases"].set_index("case")["role"]["Ann"] == "nurse"
    left = {(one.kind, one.number) for one in programs.read_project(rqda(), "x").left}
    assert {("other", 3), ("sets", 1)} <= left


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.sqlite3", qda_files.rqda("DROP TABLE coding; CREATE VIEW coding AS SELECT 1;"), "not a project of"),
        ("a.rqda", b"SQLite format 3\0" + b"\xff" * 2000, "cannot be read"),
        ("a.qda", b"hello", "Not a SQLite database"),
        (
            "a.db",
            qda_files.rqda("DROP TABLE cases; CREATE VIEW cases AS SELECT 1 AS id, 'x' AS name;"),
            "Missing table",
        ),
    ],
)
def test_other_databases_are_refused_in_a_sentence(tmp_path, name, data, words):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(CounterpointError, match=words):
        importing.run(tmp_path / name, tmp_path / "study")
    assert not (tmp_path / "study").exists()


def test_triggers_in_a_project_do_not_run(tmp_path):
    place = tmp_path / "theirs.rqda"
    place.write_bytes(rqda("CREATE TRIGGER t AFTER INSERT ON source BEGIN DELETE FROM coding; END;"))
    importing.run(place, tmp_path / "study")
    assert len(coded(tmp_path / "study")[0]) == 1


GROUP = "Int: And you all?\nP1: We swap shifts.\nP2: I never swap.\nInt: Why?\nP2: No time.\nP1: Nor have I.\n"


def test_cases_that_are_parts_of_a_text_are_the_speakers_whose_words_they_hold(tmp_path):
    more = qda_files.QUALCODER_MORE + "INSERT INTO cases VALUES (1, 'Maria', '', '', ''), (2, 'Paul', '', '', '');"
    more += "INSERT INTO attribute_type VALUES ('role', '', '', '', 'case', 'character');"
    more += "INSERT INTO attribute (name, attr_type, value, id) VALUES ('role', 'case', 'nurse', 1), ('role', 'case', 'cook', 2);"
    for number, (case, words) in enumerate(
        [(1, "P1: We swap shifts."), (2, "P2: I never swap."), (2, "P2: No time."), (1, "P1: Nor have I.")]
    ):
        start, end = at(GROUP, words)
        more += f"INSERT INTO case_text VALUES ({number + 1}, {case}, 1, {start}, {end}, '', '', '');"
    (tmp_path / "work.qda").write_bytes(qda_files.qualcoder({"group.txt": GROUP}, [], more=more))
    importing.run(tmp_path / "work.qda", tmp_path / "study")
    _, tables = coded(tmp_path / "study")
    said = {(turn.speaker, turn.case) for turn in tables["turns"].itertuples() if turn.part == "participant"}
    assert said == {("P1", "Maria"), ("P2", "Paul")}
    assert dict(zip(tables["cases"]["case"], tables["cases"]["role"], strict=True)) == {
        "Maria": "nurse",
        "Paul": "cook",
    }
    assert "no" in (tmp_path / "study/participants.csv").read_text("utf-8")  # a person has to confirm it


def test_what_was_taken_and_left_is_told_and_kept(tmp_path):
    (tmp_path / "work.qda").write_bytes(qualcoder())
    lines = importing.run(tmp_path / "work.qda", tmp_path / "study")
    told = "\n".join(lines)
    for words in (
        "texts: 2 found and taken",
        "codings: 3 found and taken",
        "headings: 2 found and taken",
        "cases: 2 found and taken",
        "pictures: 1 found, none taken. 1 left out: they hold no text ('photo.jpg')",
        "graphs: 1 found, none taken. 1 left out: drawn in QualCoder ('map')",
    ):
        assert words in told, told
    memos = (tmp_path / "study/imported/memos.csv").read_text("utf-8-sig")
    assert "loud here" in memos and "a long day" in memos and "tired" in memos
    assert codes_in(tmp_path / "study")["Resources"]["codable"] is False


@pytest.mark.parametrize("name", ["work.qda", "theirs.sqlite3", "theirs.rqda"])
def test_a_project_in_human_codes_says_what_else_it_holds(tmp_path, name):
    study_template.create(tmp_path / "study")
    data = {"work.qda": qualcoder, "theirs.sqlite3": taguette, "theirs.rqda": rqda}[name]()
    (tmp_path / "study/human_codes" / name).write_bytes(data)
    (tmp_path / "study/transcripts/ann.txt").write_text(ANN, "utf-8")
    problems = coded(tmp_path / "study")[1]["ingest_problems"]["reason"].tolist()
    assert any("Only codings are read here. The project also holds" in reason for reason in problems), problems


def test_names_as_people_give_them_arrive_as_they_are(tmp_path):
    names = ["A / B", "A > B", "Rota, shifts", '"so" 😀', "time", "Time", "x" * 500]
    more = "".join(
        f"INSERT INTO code_name VALUES ({number}, '{name}', '', NULL, 'lea', '', '');"
        for number, name in enumerate(names, start=10)
    )
    codings = [("ann.txt", number, "rota", *at(ANN, "rota"), "mia", "") for number in range(10, 10 + len(names))]
    (tmp_path / "work.qda").write_bytes(
        qda_files.qualcoder({"ann.txt": ANN}, codings, more="DELETE FROM code_name;" + more)
    )
    importing.run(tmp_path / "work.qda", tmp_path / "study")
    found, _ = coded(tmp_path / "study")
    codes = {code for _, _, code, _, _ in found}
    assert len(codes) == len(names)
    assert codes >= set(names) - {"time", "Time"}
    assert codes == set(codes_in(tmp_path / "study")) - {"Resources"}


def test_texts_of_one_name_keep_their_codings_apart(tmp_path):
    start, end = at(BEN, "lost the room")
    more = f"INSERT INTO source VALUES ('ann', 3, '{BEN}', '', 'mia', '', '', 1);"
    more += f"INSERT INTO coding VALUES (1, 3, 'lost the room', {start}, {end}, 1, 'mia', '', '');"
    (tmp_path / "theirs.rqda").write_bytes(rqda(more))
    importing.run(tmp_path / "theirs.rqda", tmp_path / "study")
    found, tables = coded(tmp_path / "study")
    assert set(tables["documents"]["document"]) == {"ann.txt", "ann (2).txt"}
    assert {(document, text) for document, text, *_ in found} == {
        ("ann.txt", "rota 😀 broke"),
        ("ann (2).txt", "lost the room"),
    }


def test_a_project_of_an_early_version_has_no_numbers_of_codings(tmp_path):
    more = """CREATE TABLE early AS SELECT cid, fid, seltext, pos0, pos1, owner, date, memo FROM code_text;
        DROP TABLE code_text; ALTER TABLE early RENAME TO code_text;"""
    (tmp_path / "work.qda").write_bytes(early(more))
    importing.run(tmp_path / "work.qda", tmp_path / "study")
    assert {text for _, text, *_ in coded(tmp_path / "study")[0]} == {"rota 😀 broke"}


def early(more):
    return qda_files.qualcoder(
        {"ann.txt": ANN}, [("ann.txt", 1, "rota 😀 broke", *at(ANN, "rota 😀 broke"), "mia", "")], more=more
    )


def test_the_date_that_stands_for_none_is_not_read_back(tmp_path):
    more = "UPDATE code_text SET date = '2000-01-01 00:00:00' WHERE ctid = 1;"
    (tmp_path / "work.qda").write_bytes(qualcoder(MORE + more))
    importing.run(tmp_path / "work.qda", tmp_path / "study")
    assert sorted(coded(tmp_path / "study")[1]["codings"]["date"]) == ["", "", qda_files.DATE]
