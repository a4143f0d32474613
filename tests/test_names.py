"""Names: two spellings of one name are one, everywhere a person is named."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import ingest
from pipeline.core import names
from pipeline.corpus import participants
from pipeline.decisions import alternative_readings, deciding, ledger, reading_ledger
from pipeline.decisions.ledger import Decision
from pipeline.reporting import written_summaries

NFD = unicodedata.normalize("NFD", "Zoë")
OPTIONS = {"interviewer_labels": ("interviewer",), "min_label_count": 2}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoë", NFD),
        ("Zoë", "ZOË"),
        ("Zoë", "\uff3a\uff4f\u00eb"),
        ("Zoë", "Zo\u00adë"),
        ("Zoë", "\ufeffZo\u200bë\u200e"),
        ("Strauß", "STRAUSS"),
        ("Işık", "IŞIK"),
        ("İpek", "ipek"),
        ("Fiona", "\ufb01ona"),
        ("Anna  Bell", " anna\tbell "),
    ],
)
def test_two_spellings_are_one_name(one: str, other: str):
    assert names.key(one) == names.key(other)


@pytest.mark.parametrize(("one", "other"), [("Zoë", "Zoe"), ("Żaneta", "Zaneta"), ("Ann", "Anna"), ("P1", "P11")])
def test_two_names_are_two(one: str, other: str):
    assert names.key(one) != names.key(other)


@given(name=st.text(max_size=12))
def test_a_form_compared_is_its_own_form(name: str):
    assert names.key(names.key(name)) == names.key(name)
    for form in ("NFC", "NFD"):
        assert names.key(unicodedata.normalize(form, name)) == names.key(name)
    assert names.written(names.written(name)) == names.written(name)


def test_the_spelling_that_stands_is_the_most_frequent_whatever_the_order():
    found = ["ZOË", NFD, "Zoë", "Bo", "bo"]
    assert names.alike(found) == names.alike(found[::-1])
    assert names.alike([*found, "Zoë"])[NFD] == "Zoë"
    assert names.alike(found)["bo"] == "Bo"


@pytest.fixture
def tables(tmp_path):
    """A study whose Zoë is written in every way: in labels, in participants.csv and as a coder."""
    (tmp_path / "human_codes").mkdir()
    (tmp_path / "transcripts").mkdir()
    for number, label in enumerate(("Zoë", NFD, "ZOË")):
        talk = f"Interviewer: Why?\n{label}: It was the pay {number}.\nInterviewer: And?\n{label}: That is all.\n"
        (tmp_path / f"transcripts/P{number}.txt").write_text(talk, encoding="utf-8")
    both = f"Zoë: One thing.\nBo: Two things.\n{NFD}: Three things.\nBo: Four.\n"
    (tmp_path / "transcripts/P3.txt").write_text(both, encoding="utf-8")
    rows = [f"P0,Zoë,Zoë,participant,{NFD}ville", f"P1,Zoë,{NFD},participant,", f"P2,{NFD},zoë,participant,"]
    rows += [f"P3,{NFD},Zoë,participant,"]
    (tmp_path / "participants.csv").write_text("document,speaker,case,part,town\n" + "\n".join(rows), encoding="utf-8")
    codes = f"document,text,code,coder\nP0,It was the pay 0.,Pay,Zoë\nP1,It was the pay 1.,Pay,{NFD}\n"
    (tmp_path / "human_codes/a.csv").write_text(codes, encoding="utf-8")
    return ingest.ingest(tmp_path, **OPTIONS)


def test_a_speaker_in_two_forms_is_one_case_and_one_coder(tables):
    turns = tables["turns"]
    assert set(turns.loc[turns["part"] == "participant", "case"]) == {"Zoë", "P3.txt/Bo"}
    assert set(tables["cases"]["case"]) == {"Zoë", "P3.txt/Bo"}
    assert set(tables["codings"]["coder"]) == {"Zoë"}
    assert set(turns["speaker"]) == {"Interviewer", "Zoë", "ZOË", "Bo"}
    assert not (tables["ingest_problems"]["kind"] == "refused").any()


def test_a_case_in_other_capitals_is_pointed_out(tables):
    said = tables["ingest_problems"]
    (row,) = said[said["place"] == "participants.csv, line 4"].to_dict("records")
    assert row["kind"] == "note" and "'zoë' was treated as a spelling of 'Zoë'" in row["reason"]


def test_offsets_count_in_the_text_as_the_file_says_it(tables):
    texts = dict(zip(tables["documents"]["document"], tables["documents"]["text"], strict=True))
    assert NFD in texts["P3.txt"] and "Zoë" in texts["P3.txt"]
    for row in [*tables["turns"].itertuples(), *tables["codings"].itertuples()]:
        assert texts[row.document][row.start : row.end] == row.text


def test_one_speaker_twice_in_two_forms_is_a_problem(tmp_path):
    file = tmp_path / "participants.csv"
    file.write_text(f"document,speaker,case,part\nP1,Zoë,a,\nP1,{NFD},a,\n", encoding="utf-8")
    with pytest.raises(participants.ParticipantsError, match="first given on line 2"):
        participants.read_participants(file)


def test_who_decided_read_and_wrote_is_one_person(tmp_path):
    when = "2026-01-15"
    ledger.save(tmp_path / "decisions.yaml", [Decision(action="memo", theme=1, text="x", who=NFD, when=when)])
    (before,) = ledger.load(tmp_path / "decisions.yaml")
    assert before.who == "Zoë"
    undone = deciding.undo(tmp_path, before.key, who=NFD)
    assert undone.who == "Zoë"
    reading_ledger.opened(tmp_path, ["s1"], who=NFD)
    assert reading_ledger.opened(tmp_path, ["s1"], who="Zoë") == 0
    said = {"theme": 5, "when": when, "means": "x"}
    one, other = alternative_readings.Reading(who="Zoë", **said), alternative_readings.Reading(who=NFD, **said)
    assert alternative_readings.added([one], [other]) == []
    cell = {"code": "Pay", "summary": "s", "when": when}
    text = written_summaries.dump(
        [written_summaries.Summary(case=NFD, who=NFD, **cell), written_summaries.Summary(case="Zoë", who="Zoë", **cell)]
    )
    (tmp_path / "summaries.yaml").write_text(text, encoding="utf-8")
    assert list(written_summaries.standing(written_summaries.load(tmp_path / "summaries.yaml"))) == [("Zoë", "Pay")]
