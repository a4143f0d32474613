import io
import zipfile

import pandas as pd
import pytest

from pipeline import ingest
from pipeline.core import store, study_template
from pipeline.corpus.participants import ParticipantsError

INGESTED = (
    *("documents", "turns", "speakers", "cases", "codings", "memos", "imports"),
    *("ingest_problems", "ingest_record"),
)
OPTIONS = {"interviewer_labels": ("interviewer", "moderator"), "min_label_count": 2}
TALK = "Interviewer: Why?\r\nAnna: It was the pay – honest. 😀\r\nInterviewer: And?\r\nAnna: That is all.\r\n"
GROUP = "Moderator: Well?\nAl: I came late.\nBo: So did I.\nCy: I did not.\nAl: No, you never do.\nBo: Ha.\nCy: True."


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "transcripts").mkdir()
    study_template.create(tmp_path)
    return tmp_path


def put(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def run(folder):
    tables = ingest.ingest(folder, **OPTIONS)
    for name, frame in tables.items():
        store.schema(name).validate(frame.reset_index(drop=True), lazy=True)
    return tables


def problems(tables, kind=None):
    frame = tables["ingest_problems"]
    rows = frame if kind is None else frame[frame["kind"] == kind]
    return [(row.document, row.place, row.reason) for row in rows.itertuples()]


def test_a_study_becomes_tables(folder):
    put(folder, "transcripts/site a/P1.txt", TALK)
    tables = run(folder)
    documents, turns = tables["documents"], tables["turns"]
    assert documents["document"].tolist() == ["site a/P1.txt"]
    assert documents["path"].tolist() == ["transcripts/site a/P1.txt"]
    assert documents["source_type"].tolist() == ["interview"]
    assert documents["text"][0] == TALK.replace("\r\n", "\n")
    assert turns["speaker"].tolist() == ["Interviewer", "Anna"] * 2
    assert turns["part"].tolist() == ["interviewer", "participant"] * 2
    assert turns["case"].tolist() == ["", "site a/P1.txt/Anna"] * 2
    assert turns["turn_id"].is_unique
    assert tables["cases"]["case"].tolist() == ["site a/P1.txt/Anna"]
    assert tables["codings"].empty
    assert problems(tables) == []


def test_every_turn_says_what_stands_in_its_document(folder):
    put(folder, "transcripts/P1.txt", TALK)
    put(folder, "transcripts/P2.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Zoë>Où? é😀</v>\n")
    tables = run(folder)
    texts = dict(zip(tables["documents"]["document"], tables["documents"]["text"], strict=True))
    assert all(texts[row.document][row.start : row.end] == row.text for row in tables["turns"].itertuples())


def test_an_empty_study_has_empty_tables(folder):
    tables = run(folder)
    assert all(frame.empty for name, frame in tables.items() if name != "ingest_record")
    said = dict(zip(tables["ingest_record"]["key"], tables["ingest_record"]["value"], strict=True))
    assert (said["sources"], said["words"], said["codings"]) == ("{}", "0", "0")


def test_one_bad_file_stops_no_other(folder):
    put(folder, "transcripts/P1.txt", TALK)
    put(folder, "transcripts/empty.txt", b"")
    put(folder, "transcripts/spaces.txt", " \n \n")
    put(folder, "transcripts/song.mp3", b"ID3")
    put(folder, "transcripts/lies.docx", b"%PDF-1.4")
    put(folder, "transcripts/lies.txt", b"PK\x03\x04")
    put(folder, "transcripts/no_cue.vtt", "WEBVTT\n")
    (folder / "transcripts/link.txt").symlink_to(folder / "transcripts/P1.txt")
    tables = run(folder)
    assert tables["documents"]["document"].tolist() == ["P1.txt"]
    said = {document: reason for document, _, reason in problems(tables, "refused")}
    assert sorted(said) == ["empty.txt", "lies.docx", "lies.txt", "link.txt", "no_cue.vtt", "song.mp3", "spaces.txt"]
    assert all(reason.endswith(".") for reason in said.values())
    assert "transcript file '.mp3'" in said["song.mp3"]


def test_hidden_and_lock_files_are_passed_over(folder):
    for name in (".DS_Store", "~$P1.docx", ".git/x.txt", "a/._P1.txt", "Thumbs.db", "__MACOSX/P1.txt"):
        put(folder, f"transcripts/{name}", b"x")
    tables = run(folder)
    assert tables["documents"].empty
    assert problems(tables) == []


def test_a_guessed_interviewer_is_said(folder):
    put(folder, "transcripts/P1.txt", TALK.replace("Interviewer:", "Dan:"))
    tables = run(folder)
    assert tables["turns"]["part"].tolist() == ["interviewer", "participant"] * 2
    ((document, _, reason),) = problems(tables, "guessed")
    assert document == "P1.txt"
    assert "'Dan'" in reason


def test_participants_join_cases_and_carry_attributes(folder):
    put(folder, "transcripts/P1.txt", TALK)
    put(folder, "transcripts/P2.txt", TALK)
    put(
        folder,
        "participants.csv",
        "document,speaker,case,part,role,site\nP1,anna,Anna B,,nurse,\nP2.txt,Anna,Anna B,participant,,North\n",
    )
    tables = run(folder)
    assert tables["cases"].to_dict("records") == [{"case": "Anna B", "role": "nurse", "site": "North"}]
    assert set(tables["turns"]["case"]) == {"", "Anna B"}
    assert problems(tables) == []


def test_rows_that_match_nothing_are_listed(folder):
    put(folder, "transcripts/P1.txt", TALK)
    put(folder, "participants.csv", "document,speaker,case,part\nP9,Anna,a,\nP1,Eve,e,\n*,Dan,,interviewer\n")
    tables = run(folder)
    said = {place: reason for _, place, reason in problems(tables, "refused")}
    assert "No readable document 'P9'" in said["participants.csv, line 2"]
    assert "speakers found: Anna, Interviewer" in said["participants.csv, line 3"]
    assert len(said) == 2
    assert "a" not in tables["cases"]["case"].tolist()


def test_contradictions_stop_before_work_starts(folder):
    put(folder, "participants.csv", "document,speaker,case,part\nP1,Eve,e,boss\nP1,Eve,e,\n")
    with pytest.raises(ParticipantsError, match=r"boss[\s\S]*first given"):
        run(folder)


def test_kinds_of_sources(folder):
    put(folder, "transcripts/g.txt", GROUP)
    put(folder, "transcripts/P1.txt", TALK)
    put(folder, "transcripts/field notes/ward.txt", "It was cold.\n\nNobody spoke.")
    put(folder, "transcripts/board_paper.txt", "We resolved to go on.")
    put(folder, "transcripts/alone.txt", "I came by bus.\nIt rained.")
    put(folder, "transcripts/x.txt", "Seen on the ward.")
    put(folder, "participants.csv", "document,speaker,case,part,source_type\nx,,,,field_note\n")
    tables = run(folder)
    assert dict(zip(tables["documents"]["document"], tables["documents"]["source_type"], strict=True)) == {
        "P1.txt": "interview",
        "alone.txt": "interview",
        "board_paper.txt": "document",
        "field notes/ward.txt": "field_note",
        "g.txt": "focus_group",
        "x.txt": "field_note",
    }
    assert {document for document, _, _ in problems(tables, "guessed")} == {
        "alone.txt",
        "board_paper.txt",
        "field notes/ward.txt",
    }
    cases = tables["turns"].set_index("document")["case"]
    assert set(cases["alone.txt"]) == {"alone.txt"}
    assert set(cases["field notes/ward.txt"]) == {""}
    assert "source_type" not in tables["cases"].columns


def test_codings_are_placed_or_listed(folder):
    put(folder, "transcripts/P1.txt", TALK)
    put(
        folder,
        "human_codes/lea.csv",
        "document,start,end,text,code,coder\nP1,24,34,It was the,Pay,\nP1.txt,,,that is all,End,max\nP1,,,nowhere,Pay,\nP9,,,x,Pay,\nP1,,,all,,\nP1,24,34,It was the,Pay,\n",
    )
    put(folder, "human_codes/more/bad.csv", "nothing\n1\n")
    put(folder, "human_codes/notes.doc", b"x")
    tables = run(folder)
    codings = tables["codings"]
    assert codings[["start", "end", "text", "code", "coder"]].values.tolist() == [
        [24, 34, "It was the", "Pay", "lea"],
        [75, 86, "That is all", "End", "max"],
    ]
    refused = {place: reason for _, place, reason in problems(tables, "refused")}
    assert set(refused) == {
        "human_codes/lea.csv, line 4",
        "human_codes/lea.csv, line 5",
        "human_codes/lea.csv, line 6",
        "human_codes/more/bad.csv",
        "human_codes/notes.doc",
    }
    notes = [reason for _, _, reason in problems(tables, "note")]
    assert notes == [
        "3 of 6 human codings were placed (50%). The others were not: their words do not occur in the document (1); "
        "their document was not found (1); no code is given (1). Each is listed with its line.",
        "1 duplicate coding was counted once.",
        "1 of 6 codings was placed by its text, because no offsets are given.",
    ]


def test_codings_of_a_program_that_writes_no_offsets_are_not_said_to_have_wrong_ones(folder):
    put(folder, "transcripts/P1.txt", TALK)
    put(folder, "human_codes/lea.csv", "id,document,tag,content\n1,P1.txt,Pay,It was the\n2,P1.txt,End,that is all\n")
    notes = [reason for _, _, reason in problems(run(folder), "note")]
    assert "2 of 2 codings were placed by their text, because no offsets are given." in notes


def test_the_order_of_rows_in_files_does_not_matter(folder):
    rows = ["P1,24,34,It was the,Pay,b", "P1,75,86,That is all,End,a", "P1,24,34,It was the,End,a"]
    put(folder, "transcripts/P1.txt", TALK)
    put(folder, "human_codes/a.csv", "\n".join(["document,start,end,text,code,coder", *rows]))
    one = run(folder)
    put(folder, "human_codes/a.csv", "\n".join(["document,start,end,text,code,coder", *rows[::-1]]))
    two = run(folder)
    for name in one:
        pd.testing.assert_frame_equal(one[name], two[name])


def test_a_withdrawn_transcript_leaves_nothing(folder, monkeypatch):
    """The stage's files after a transcript is taken away are, byte for byte, those of a study that never had it."""
    gone = "Interviewer: Why?\nZed: Because of secrets.\nInterviewer: Oh?\nZed: Yes."
    monkeypatch.chdir(folder)
    for name in ("data/never", "data/once"):
        put(folder, "params.yaml", f"study: {name}\n")
        put(folder, f"{name}/transcripts/P1.txt", TALK)
        put(folder, f"{name}/participants.csv", "document,speaker,case,part,role\n*,Zed,zed-case,participant,nurse\n")
        put(folder, f"{name}/human_codes/lea.csv", "document,text,code\ngone,Because of secrets.,Secrets\n")
        if name == "data/once":
            put(folder, f"{name}/transcripts/gone.txt", gone)
            ingest.main()
            assert "zed-case" in set(store.read(folder / name, "cases")["case"])
            (folder / name / "transcripts/gone.txt").unlink()
        ingest.main()
    made = [
        {place.relative_to(folder / name / "interim").as_posix(): place.read_bytes() for place in interim.rglob("*")}
        for name in ("data/never", "data/once")
        for interim in [folder / name / "interim"]
    ]
    assert sorted(made[0]) == sorted(f"{name}.parquet" for name in store.INTERIM if name in INGESTED)
    assert made[0] == made[1]


def test_names_differing_in_accents_alone_are_one_name(folder):
    put(folder, "transcripts/\u00e9.txt", TALK)
    put(folder, "transcripts/e\u0301.txt", TALK)
    tables = run(folder)
    assert tables["documents"]["document"].tolist() == ["\u00e9.txt"]
    assert "same name" in problems(tables, "refused")[0][2]


def test_a_nested_archive_is_no_transcript(folder):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("inner.docx", b"PK\x03\x04")
    put(folder, "transcripts/a.docx", buffer.getvalue())
    assert "Missing part" in problems(run(folder), "refused")[0][2]


def test_the_stage_runs_as_a_module(folder, monkeypatch):
    put(folder, "data/my/transcripts/P1.txt", TALK)
    put(folder, "params.yaml", "study: data/my\n")
    monkeypatch.chdir(folder)
    ingest.main()
    assert len(store.read(folder / "data/my", "turns")) == 4


def test_a_project_among_the_transcripts_is_pointed_to_the_import(folder):
    put(folder, "transcripts/study.qdpx", b"PK")
    ((document, _, reason),) = problems(run(folder))
    assert document == "study.qdpx"
    assert "counterpoint import --transcripts" in reason
