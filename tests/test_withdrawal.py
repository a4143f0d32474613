"""What a withdrawal is worked out to change: raw files, participants, human codes, decisions, the reading ledger."""

import unicodedata
from pathlib import Path

import pytest

from pipeline import ingest, segment
from pipeline.commands import sheets
from pipeline.core import params, store
from pipeline.corpus.sentences import plain_starts, spans
from pipeline.decisions import alternative_readings, ledger, reading_ledger
from pipeline.decisions.ledger import Decision
from pipeline.reporting import written_summaries
from pipeline.withdrawal import journal, ledger_entries, redaction
from pipeline.withdrawal import plan as withdrawal
from pipeline.withdrawal.name_patterns import SENTENCE
from pipeline.withdrawal.subject import WithdrawError

GROUP = """Interviewer: How did the first learning session go for you all?

Anna: It was my own idea to put the sticker on the fluid chart.

Bilal: It was, and we carried it to the other ward the very next week.

Anna: Then winter came and nobody had the time to look at it again.

Bilal: As Anna says, the time went and the charts went with it.
"""
ALONE = "Interviewer: What helps you?\n\nAnna: The consultant asks what we think and then does something.\n\nInterviewer: And?\n\nAnna: People turn up then.\n"
OTHER = "Interviewer: What helps?\n\nCarys: We were given half a day that nobody could take from us.\n\nInterviewer: And now?\n\nCarys: It went in the winter.\n"
PEOPLE = """# ours
document,speaker,case,part,role
group,Anna,A1,participant,nurse
group,Bilal,B1,participant,doctor
alone,Anna,A1,participant,nurse
other,Carys,C1,participant,manager
"""


def split(texts: list[str]) -> list[list[tuple[int, int]]]:
    return [spans(text, plain_starts(text)) for text in texts]


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = Path("data/mine")
    for name, text in {"group.txt": GROUP, "alone.txt": ALONE, "other.txt": OTHER}.items():
        write(folder / "transcripts" / name, text)
    write(folder / "participants.csv", PEOPLE)
    return folder


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def settings() -> params.Params:
    return params.Params(study="data/mine")


def planned(**who: str) -> withdrawal.Plan:
    return withdrawal.plan(settings(), split=split, **who)


def carried_out(plan: withdrawal.Plan) -> None:
    held, contents = withdrawal.journal(plan, words={"case": "x"}, beyond=[])
    journal.begin(plan.study, held, contents)
    assert journal.change_files(plan.study, held) == ([], [])
    for path, data in ledger_entries.changes(plan.study, ids=held.ids, needles=held.needles)[0].items():
        path.write_bytes(data)
    journal.clear(plan.study)


def names(plan: withdrawal.Plan) -> set[str]:
    return {name.text for name in plan.needles.names}


def segments() -> dict[str, tuple[str, str]]:
    """The segments as they would be cut now: id to speaker and text."""
    tables = ingest.ingest(Path("data/mine"), **settings().ingest.model_dump())
    found, _ = segment.segment(
        tables["documents"], tables["turns"], split=split, **settings().segment.model_dump(exclude={"model"})
    )
    return {row.segment_id: (row.speaker, row.text) for row in found.itertuples()}


def test_planning_writes_nothing(study: Path):
    before = {path: path.read_bytes() for path in study.rglob("*") if path.is_file()}
    planned(case="A1")
    assert {path: path.read_bytes() for path in study.rglob("*") if path.is_file()} == before


def test_a_participant_goes_from_files_of_their_own_and_from_those_they_share(study: Path):
    plan = planned(case="A1")
    assert plan.deleted == [study / "transcripts/alone.txt"]
    carried_out(plan)
    assert sorted(path.name for path in (study / "transcripts").iterdir()) == ["group.txt", "other.txt"]
    left = (study / "transcripts/group.txt").read_text()
    assert "Anna:" not in left and "sticker" not in left and left.count(redaction.MARK) == 2
    assert "Bilal: It was, and we carried it to the other ward" in left
    people = (study / "participants.csv").read_text()
    assert (
        people
        == "# ours\ndocument,speaker,case,part,role\ngroup,Bilal,B1,participant,doctor\nother,Carys,C1,participant,manager\n"
    )


def test_what_others_said_keeps_its_ids(study: Path):
    before = segments()
    carried_out(planned(case="A1"))
    others = {name for name, (speaker, _) in before.items() if speaker in ("Bilal", "Carys")}
    assert others <= set(segments())


def test_a_document_goes_whole_and_those_heard_elsewhere_keep_their_rows(study: Path):
    plan = planned(document="group")
    assert plan.deleted == [study / "transcripts/group.txt"]
    carried_out(plan)
    people = (study / "participants.csv").read_text()
    assert "alone,Anna" in people and "group" not in people and "Bilal" not in people
    assert {"Bilal", "B1", "group.txt"} <= set(names(plan))
    assert "group" not in names(plan), "a plain word is no trace"
    assert not {"Anna", "A1"} & set(names(plan))


@pytest.mark.parametrize(
    "who", [{"case": "Nobody"}, {"document": "nothing.txt"}, {}, {"case": "A1", "document": "group"}]
)
def test_what_is_not_there_is_a_sentence(study: Path, who: dict[str, str]):
    with pytest.raises(WithdrawError, match=r"A1.*B1.*C1|alone\.txt.*other\.txt|either a participant"):
        planned(**who)


def test_a_case_is_found_in_other_capitals(study: Path):
    assert planned(case="a1").deleted == [study / "transcripts/alone.txt"]


def codes(study: Path) -> list[str]:
    return (study / "human_codes/a.csv").read_text().splitlines()[1:]


def test_codings_of_theirs_go_and_the_others_move_with_the_text(study: Path):
    bilal, anna = GROUP.index("carried it"), GROUP.index("sticker")
    last = GROUP.index("the charts went")
    across = GROUP.index("very next week")
    rows = [
        f"group,{bilal},{bilal + 10},carried it,Spread,X,",
        f"group,{anna},{anna + 7},sticker,Idea,X,",
        f"group.txt,{last},{last + 15},the charts went,Time,X,as before",
        f"group,{across},{GROUP.index('winter') + 6},,Time,X,",
        "group,,,the very next week.,Spread,X,",
        "group,,,put the sticker on the fluid chart,Idea,X,",
        "alone,,,The consultant asks what we think,Leader,X,",
        "group,,,nobody said exactly this at all,Idea,X,",
        "other,,,half a day,Time,X,Then winter came and nobody had the time to look at it again.",
    ]
    write(study / "human_codes/a.csv", "document,start,end,text,code,coder,memo\n" + "\n".join(rows) + "\n")
    carried_out(planned(case="A1"))
    left = (study / "transcripts/group.txt").read_text()
    kept = codes(study)
    moved = left.index("carried it")
    assert kept[0] == f"group,{moved},{moved + 10},carried it,Spread,X,"
    moved = left.index("the charts went")
    assert kept[1] == f"group.txt,{moved},{moved + 15},the charts went,Time,X,as before"
    start, end = (int(cell) for cell in kept[2].split(",")[1:3])
    assert left[start:end] == "very next week."
    assert kept[3] == rows[4]
    assert kept[4] == rows[7], "it quotes nobody, and is for a person to mend"
    assert kept[5] == f"other,,,half a day,Time,X,{redaction.MARK}"
    assert len(kept) == 6


def test_every_coding_left_can_still_be_placed(study: Path):
    bilal = GROUP.index("carried it")
    write(
        study / "human_codes/a.csv",
        f"document,start,end,text,code,coder\ngroup,{bilal},{bilal + 10},carried it,Spread,X\n",
    )
    carried_out(planned(case="A1"))
    tables = ingest.ingest(study, **settings().ingest.model_dump())
    assert tables["codings"][["text", "code"]].values.tolist() == [["carried it", "Spread"]]
    assert not tables["ingest_problems"]["place"].str.contains("human_codes").any()


def test_codes_in_a_form_that_cannot_be_changed_stop_everything_if_they_hold_their_words(study: Path):
    write(study / "human_codes/old.nvp", "the project of somebody else")
    assert planned(case="A1").deleted
    write(study / "human_codes/old.nvp", "then winter came, and nobody had the time to look at it again")
    with pytest.raises(WithdrawError, match=r"human_codes/old\.nvp"):
        planned(case="A1")


def test_every_file_of_codes_that_cannot_be_changed_is_named_at_once(study: Path):
    write(study / "human_codes/theirs.csv", "what,ever\n1,2\n")
    assert planned(case="A1").deleted, "another program's table without their words stops nothing"
    write(study / "human_codes/theirs.csv", "Transcript,Snippet\nalone,The consultant asks what we think\n")
    write(study / "human_codes/team.qdpx", "Anna")
    write(study / "human_codes/damaged.qdpx", "PK\x03\x04")
    with pytest.raises(WithdrawError) as caught:
        planned(case="A1")
    said = str(caught.value).splitlines()
    assert [line.split()[0] for line in said] == ["human_codes/team.qdpx", "human_codes/theirs.csv"]
    assert all("export it again" in line for line in said)


def test_a_short_name_in_codes_of_another_program_stops_nothing(study: Path):
    write(study / "human_codes/team.qdpx", "A1 stands for many things")
    assert planned(case="A1").deleted


def test_rows_that_would_mean_another_document_afterwards_are_named(study: Path):
    write(study / "transcripts/alone.md", OTHER)
    write(study / "participants.csv", PEOPLE.replace("alone,", "alone.txt,"))
    write(study / "human_codes/a.csv", "document,start,end,text,code,coder\nalone,13,20,,Time,X\n")
    with pytest.raises(
        WithdrawError, match=r"human_codes/a\.csv, line 2: 'alone' matches several documents: alone\.md, alone\.txt"
    ):
        planned(document="alone.txt")
    write(study / "human_codes/a.csv", "document,start,end,text,code,coder\nalone.md,13,20,,Time,X\n")
    assert planned(document="alone.txt").deleted == [study / "transcripts/alone.txt"]


@pytest.mark.parametrize("named", [unicodedata.normalize("NFD", "Zoë"), "ZOË", "Zo\u00adë", "\uff3aoë"])
def test_a_case_is_found_in_any_form_of_its_name(study: Path, named: str):
    write(study / "participants.csv", PEOPLE.replace("A1", "Zoë"))
    assert planned(case=named).deleted == [study / "transcripts/alone.txt"]
    write(study / "participants.csv", PEOPLE.replace("A1", unicodedata.normalize("NFD", "Zoë")))
    assert planned(case=named).deleted == [study / "transcripts/alone.txt"]


def test_somebody_whose_file_could_not_be_read_goes_all_the_same(study: Path):
    write(study / "transcripts/scan.pdf", "%PDF-1.4 a scan")
    write(study / "participants.csv", PEOPLE + "scan,Dora,D1,participant,nurse\n")
    plan = planned(case="D1")
    assert plan.deleted == [study / "transcripts/scan.pdf"]
    assert {"D1", "Dora"} <= names(plan)
    carried_out(plan)
    assert (study / "participants.csv").read_text() == PEOPLE


def test_a_file_of_several_that_could_not_be_read_is_for_a_person(study: Path):
    write(study / "transcripts/scan.pdf", "%PDF-1.4 a scan")
    write(study / "participants.csv", PEOPLE + "scan,Dora,D1,participant,x\nscan,Eva,E1,participant,x\n")
    with pytest.raises(WithdrawError, match=r"transcripts/scan\.pdf could not be read"):
        planned(case="D1")


def test_a_label_that_is_somebody_else_elsewhere_is_not_looked_for(study: Path):
    text = ALONE.replace("Anna:", "P1:")
    write(study / "transcripts/alone.txt", text)
    write(study / "transcripts/other.txt", OTHER.replace("Carys:", "P1:"))
    write(
        study / "participants.csv", PEOPLE.replace("alone,Anna,A1", "alone,P1,Anton").replace("other,Carys", "other,P1")
    )
    assert names(planned(case="Anton")) == {"Anton", "alone.txt"}


def test_what_participants_csv_says_of_them_alone_is_looked_for(study: Path):
    write(study / "participants.csv", PEOPLE.replace(",role\n", ",mail\n").replace(",nurse", ",anna.b@example.org"))
    assert "anna.b@example.org" in names(planned(case="A1"))


def test_a_label_in_their_words_is_looked_for_though_it_is_short(study: Path):
    memo = Decision(action="rename", theme=5, label="Sticker on the fluid chart", who="X", when="2026-01-15")
    shared = Decision(action="rename", theme=6, label="nobody had the time", who="X", when="2026-01-15")
    ledger.save(study / "decisions.yaml", [memo, shared])
    write(study / "codebook.yaml", "codes:\n  - name: Fluid chart\n    examples: [winter came]\n")
    wanted = planned(case="A1").needles
    for said in ("the sticker on the fluid chart", "Fluid chart", "Winter came!"):
        assert SENTENCE in wanted.hits(said), said
    assert SENTENCE not in wanted.hits("As Anna says, the time went")


SHEET = ("document", "start", "end", "speaker", "before", "text", "code", "coder", "memo")


def sheet(study: Path) -> dict[str, list[dict[str, str]]]:
    return {
        path.suffix: [{name: row[name] for name in SHEET} for row in sheets.read(path, SHEET)]
        for path in sorted((study / "sheets").glob("coding_X.*"))
    }


def test_sheets_lose_their_rows_and_keep_what_others_filled_in(study: Path):
    anna, bilal, carys = GROUP.index("sticker"), GROUP.index("carried it"), OTHER.index("half a day")
    last = GROUP.index("the charts went")
    rows = [
        ("group.txt", anna, anna + 7, "Anna", "", "sticker", "Idea", "X", ""),
        (
            "group.txt",
            bilal,
            bilal + 10,
            "Bilal",
            "put the sticker on the fluid chart",
            "carried it",
            "Spread",
            "X",
            "m",
        ),
        ("group.txt", last, last + 15, "Bilal", "", "the charts went", "", "X", ""),
        ("alone.txt", 30, 40, "Anna", "", ALONE[30:40], "", "X", ""),
        ("other.txt", carys, carys + 10, "Carys", "", "half a day", "Time", "X", ""),
    ]
    held = [dict(zip(SHEET, row, strict=True)) for row in rows]
    sheets.write(study / "sheets/coding_X", held, SHEET, about=[["What to do"]])
    write(study / "sheets/notes.txt", "nothing")
    plan = planned(case="A1")
    assert planned(case="A1").written == plan.written, "the same change, the same bytes"
    assert "remove or update 4 rows of sheets/coding_X.csv" in plan.lines
    carried_out(plan)
    left = (study / "transcripts/group.txt").read_text()
    spread, moved = left.index("carried it"), left.index("the charts went")
    for rows_left in sheet(study).values():
        assert [(row["document"], row["start"], row["text"], row["code"], row["memo"]) for row in rows_left] == [
            ("group.txt", str(spread), "carried it", "Spread", "m"),
            ("group.txt", str(moved), "the charts went", "", ""),
            ("other.txt", str(carys), "half a day", "Time", ""),
        ]
        assert rows_left[0]["before"] == redaction.MARK


def test_a_table_keeps_its_line_ends_and_its_mark(study: Path):
    people = "\ufeff" + PEOPLE.removeprefix("# ours\n").replace("\n", "\r\n")
    (study / "participants.csv").write_bytes(people.encode())
    carried_out(planned(case="A1"))
    kept = [line for line in people.splitlines(keepends=True) if ",A1," not in line]
    assert (study / "participants.csv").read_bytes() == "".join(kept).encode()


def test_ids_go_from_decisions_and_from_the_reading_ledger(study: Path):
    found = segments()
    asked = ("What helps you?", "And?")  # put to Anna alone, and gone with her interview
    theirs = tuple(sorted(name for name, (who, text) in found.items() if who == "Anna" or text in asked))
    others = tuple(sorted(set(found) - set(theirs)))
    both = {"members": tuple(found), "documents": ("alone.txt", "group.txt", "other.txt")}
    when = {"who": "Asha", "when": "2026-01-15"}
    accept = Decision(action="accept", theme=5, **both, **when)
    pin = Decision(action="pin", theme=5, segments=theirs[:1], **both, **when)
    undo = Decision(action="undo", undoes=pin.key, **when)
    ledger.save(study / "decisions.yaml", [accept, pin, undo])
    reading_ledger.opened(study, [theirs[0], others[0]], who="Asha")
    plan = planned(case="A1")
    assert plan.segments == set(theirs)
    carried_out(plan)
    (left,) = ledger.load(study / "decisions.yaml")
    assert left.key == accept.key
    assert set(left.members) == set(others)
    assert left.documents == ("group.txt", "other.txt")
    assert [read.segment for read in reading_ledger.load(study / "passages_read.yaml")] == [others[0]]
    text = (study / "decisions.yaml").read_text() + (study / "passages_read.yaml").read_text()
    assert not [name for name in theirs if name in text]


def test_ids_as_the_last_run_cut_them_go_too(study: Path):
    tables = ingest.ingest(study, **settings().ingest.model_dump())
    options = settings().segment.model_dump(exclude={"model"}) | {"unit": "turn"}
    old, _ = segment.segment(tables["documents"], tables["turns"], split=split, **options)
    store.write(study, "segments", old)
    assert set(old.loc[old["speaker"] == "Anna", "segment_id"]) <= planned(case="A1").segments


def test_an_undo_of_an_undo_goes_with_what_it_undid():
    when = {"who": "Asha", "when": "2026-01-15"}
    pin = Decision(action="pin", theme=5, segments=("x",), **when)
    undo = Decision(action="undo", undoes=pin.key, **when)
    redo = Decision(action="undo", undoes=undo.key, **when)
    assert ledger_entries.without([pin, undo, redo], {"x"}, set()) == []
    kept = ledger_entries.without([pin, undo, redo], {"y"}, set())
    assert kept == [pin, undo, redo]


def test_a_speaker_named_for_every_document_goes_from_there_too(study: Path):
    write(study / "participants.csv", "document,speaker,case,part\n*,Anna,A1,participant\n*,Interviewer,,interviewer\n")
    carried_out(planned(case="A1"))
    assert (study / "participants.csv").read_text() == "document,speaker,case,part\n*,Interviewer,,interviewer\n"


def test_without_participants_csv_a_case_is_named_by_its_document(study: Path):
    (study / "participants.csv").unlink()
    plan = planned(case="alone.txt/Anna")
    assert plan.deleted == [study / "transcripts/alone.txt"]
    assert plan.written == {}


def test_a_file_that_could_not_be_read_can_be_withdrawn_all_the_same(study: Path):
    write(study / "transcripts/photo.heic", "x")
    assert planned(document="photo.heic").deleted == [study / "transcripts/photo.heic"]


def test_words_of_nobody_in_particular_beside_theirs_are_pointed_out(study: Path):
    write(study / "transcripts/group.txt", GROUP + "\n[laughter]\n")
    assert planned(case="A1").nobody == ["group.txt"]


@pytest.mark.parametrize(("who", "left"), [({"case": "A1"}, ["C1"]), ({"document": "other.txt"}, ["A1"])])
def test_what_was_written_of_them_goes_out_of_the_summaries(study: Path, who: dict[str, str], left: list[str]):
    said = {"code": "Time", "summary": "None.", "who": "Asha", "when": "2026-01-01"}
    write(
        study / "summaries.yaml",
        written_summaries.dump(written_summaries.Summary(case=case, **said) for case in ("A1", "C1")),
    )
    carried_out(planned(**who))
    assert [one.case for one in written_summaries.load(study / "summaries.yaml")] == left


def test_their_readings_go_and_their_words_out_of_what_others_wrote(study: Path):
    said = {"theme": 5, "when": "2026-01-01"}
    theirs = "The consultant asks what we think and then does something"
    readings = [
        alternative_readings.Reading(who="anna ", means="Mine.", **said),
        alternative_readings.Reading(who="Dev", means=f"As somebody put it: {theirs}.", called="Being asked", **said),
        alternative_readings.Reading(who="Eva", missing="People turn up.", **said),
    ]
    write(study / "interpretations.yaml", alternative_readings.dump(readings))
    plan = planned(case="A1")
    assert any("interpretations.yaml" in line for line in plan.lines)
    carried_out(plan)
    left = alternative_readings.load(study / "interpretations.yaml")
    assert [(one.who, one.means, one.called, one.missing) for one in left] == [
        ("Dev", redaction.MARK, "Being asked", ""),
        ("Eva", "", "", "People turn up."),
    ]


def test_readings_that_are_nobody_s_who_withdraws_stay_as_they_are(study: Path):
    write(
        study / "interpretations.yaml",
        alternative_readings.dump([alternative_readings.Reading(theme=5, who="Eva", when="2026-01-01", means="x")]),
    )
    assert study / "interpretations.yaml" not in planned(case="A1").written
