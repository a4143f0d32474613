"""Several interviews in one table are documents of their own, for participants.csv, for codes and for a withdrawal."""

import io
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pytest

from pipeline import ingest
from pipeline.core.study_paths import Places
from pipeline.corpus.document_names import Documents
from pipeline.corpus.readers import table_parts, tables
from pipeline.corpus.readers.model import Labels, RefusedError
from pipeline.withdrawal import interviews_in_tables, plan, subject
from pipeline.withdrawal.redaction import RedactError
from tests.talk_tables import TALK, written

LABELS = Labels(("interviewer",))
PEOPLE = {"Jo": "Interviewer", "Eva": "Respondent"}


def interviews(header, cells, *, names=("A", "B/1", "C")):
    return written([header, *(cells(name, who, words) for name in names for who, words in TALK)])


ONE_BY_NAME = interviews(["interview", "speaker", "text"], lambda name, who, words: [name, PEOPLE[who], words])


@pytest.mark.parametrize(
    "data",
    [
        ONE_BY_NAME,
        interviews(["Datei", "Sprecher", "Text"], lambda name, who, words: [name, who, words]),
        interviews(["fall", "wer", "was"], lambda name, who, words: [name, "I" if who == "Jo" else f"P{name}", words]),
        interviews(["participant", "speaker", "text"], lambda name, who, words: [name, PEOPLE[who], words]),
        written([["id", "text"], *([name, "\n".join(f"{a}: {b}" for a, b in TALK)] for name in ("A", "B/1", "C"))]),
    ],
)
def test_a_column_parts_the_table(data):
    found = tables.read_csv(data, LABELS)
    assert list(found.parts) == ["A", "B-1", "C"]
    for part in found.parts.values():
        assert [part.text[turn.start : turn.end] for turn in part.turns] == [words for _, words in TALK]
    assert len(found.turns) == 3 * len(TALK)
    assert [found.text[turn.start : turn.end] for turn in found.turns[:2]] == [words for _, words in TALK[:2]]
    assert "3 interviews" in found.remarks[0].text


def test_sections_of_one_interview_are_no_parts():
    rows = [["section", "speaker", "text"], *(["Intro" if at < 3 else "End", *said] for at, said in enumerate(TALK))]
    assert not tables.read_csv(written(rows), LABELS).parts


def workbook(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    place = io.BytesIO()
    book.save(place)
    return place.getvalue()


def test_every_sheet_is_read_or_named():
    talk = [["Speaker", "Text"], *TALK]
    found = tables.read_xlsx(workbook(one=talk, two=talk, codes=[["code", "n"], ["a", 1]]), LABELS)
    assert list(found.parts) == ["one", "two"]
    assert any(remark.text.startswith("Sheet 'codes' was not read.") for remark in found.remarks)
    only = tables.read_xlsx(workbook(one=talk, notes=[["A sheet of notes for the team, not of talk."]]), LABELS)
    assert not only.parts
    assert any("'notes'" in remark.text for remark in only.remarks)


def test_names_of_parts_fit_documents():
    assert table_parts.fit("a/b\\c\n\td") == "a-b-c d"
    assert table_parts.fit("..") == "unnamed"
    assert len(table_parts.fit("x" * 500)) == table_parts.MOST_CHARACTERS


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "transcripts"
    place.mkdir()
    (place / "all.csv").write_bytes(ONE_BY_NAME)
    return tmp_path


def ingested(folder):
    return ingest.ingest(folder, interviewer_labels=("interviewer",), min_label_count=2)


def test_parts_are_documents(folder):
    found = ingested(folder)
    assert found["documents"]["document"].tolist() == ["all.csv/A", "all.csv/B-1", "all.csv/C"]
    assert set(found["documents"]["path"]) == {"transcripts/all.csv"}
    assert set(found["documents"]["source_type"]) == {"interview"}
    assert found["cases"]["case"].tolist() == [f"all.csv/{name}/Respondent" for name in ("A", "B-1", "C")]
    texts = dict(found["documents"][["document", "text"]].itertuples(index=False))
    assert all(texts[turn.document][turn.start : turn.end] == turn.text for turn in found["turns"].itertuples())


@pytest.mark.parametrize(("document", "count"), [("A", 1), ("all.csv/A", 1), ("all.csv", 3), ("all", 3), ("*", 3)])
def test_participants_csv_names_one_part_or_all(folder, document, count):
    (folder / "participants.csv").write_text(f"document,speaker,case,part\n{document},Respondent,Eva,\n")
    found = ingested(folder)
    assert (found["turns"]["case"] == "Eva").sum() == count * 3
    assert not any("participants.csv" in place for place in found["ingest_problems"]["place"])


def test_codes_find_a_part_by_its_name(folder):
    place = folder / "human_codes"
    place.mkdir()
    (place / "a.csv").write_text(f"document,text,code\nB-1,{TALK[1][1]},opening\nall.csv,{TALK[1][1]},opening\n")
    found = ingested(folder)
    assert found["codings"]["document"].tolist() == ["all.csv/B-1"]
    assert any("contains several documents" in reason for reason in found["ingest_problems"]["reason"])


def test_the_last_part_left_is_still_found():
    assert Documents(["all.csv"]).find("all.csv/A") == "all.csv"
    assert Documents(["all.csv/A", "all.csv/B"]).find("all.csv/C") == ""
    assert Documents(["all.txt"]).find("all.txt/A") == ""


def test_one_interview_is_removed_from_the_file():
    left = interviews_in_tables.without(ONE_BY_NAME, "all.csv/B-1")
    assert left == interviews(
        ["interview", "speaker", "text"], lambda name, who, words: [name, PEOPLE[who], words], names=("A", "C")
    )
    last = interviews_in_tables.without(left, "all.csv/A")
    assert tables.read_csv(last, LABELS).turns
    assert b"\nA," not in last


@pytest.mark.parametrize("gone", [["all.csv/A"], ["all.csv/A", "all.csv/B-1", "all.csv/C"]])
def test_a_withdrawal_deletes_a_file_only_with_the_last_of_its_interviews(folder, gone):
    options = {"interviewer_labels": ("interviewer",), "min_label_count": 2}
    params = SimpleNamespace(
        places=Places(folder), folder=folder, ingest=SimpleNamespace(**options, model_dump=lambda: options)
    )
    given = subject.Given.read(params)
    made = plan.Plan(folder, "a document", subject.Subject(frozenset(gone), {}, frozenset(), frozenset()))
    plan._transcripts(made, params, given)
    whole = folder / "transcripts" / "all.csv"
    assert made.deleted == ([whole] if len(gone) == 3 else [])
    assert list(made.written) == ([] if len(gone) == 3 else [whole])
    assert all(b"\nA," not in data and b"\nC," in data for data in made.written.values())


@pytest.mark.parametrize(
    ("data", "document"), [(ONE_BY_NAME, "all.xlsx/A"), (ONE_BY_NAME, "all.csv/Z"), (b"", "a.csv/A")]
)
def test_what_cannot_be_removed_is_said(data, document):
    with pytest.raises(RedactError, match="cannot be removed safely"):
        interviews_in_tables.without(data, document)


def test_a_part_that_cannot_be_read_is_refused_with_its_file(folder):
    (folder / "transcripts" / "all.csv").write_bytes(b"interview,speaker\nA,B\n")
    problems: pd.DataFrame = ingested(folder)["ingest_problems"]
    assert problems["document"].tolist() == ["all.csv"]
    with pytest.raises(RefusedError):
        tables.read_csv(b"interview,speaker\nA,B\n", LABELS)
