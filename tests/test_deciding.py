"""Taking decisions on what is on the screen: anchored, in order, in words, and nothing written where something is wrong."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import cli
from pipeline.decisions import deciding, held_themes, ledger
from tests import decided_study

NOW = datetime(2026, 1, 15, 10, 0, 0, tzinfo=UTC)
LATER = datetime(2026, 1, 16, 10, 0, 0, tzinfo=UTC)
THEMES = {"a1": 500_000, "a2": 500_000, "b1": 500_000, "b2": 500_001, "c1": 500_001, "c2": 500_002, "c3": -1}


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COUNTERPOINT_WHO", raising=False)
    (tmp_path / "params.yaml").write_text("study: data/mine\n")
    folder = Path("data/mine")
    decided_study.write(folder, themes=THEMES)
    return folder


def decide(study: Path, action: str, theme: str, *rest: str, **more: object) -> ledger.Decision:
    return deciding.decide(study, action, theme, rest, **{"who": "Asha", "now": NOW, **more})


def test_an_acceptance_is_anchored_and_settles_the_open_questions(study: Path):
    first = decide(study, "rename", "500000", "Protected time")
    decided_study.write(study, themes=THEMES, clusters={"a1": 500_003, "a2": 500_004})
    taken = decide(study, "accept", "500000", why=" It came up everywhere. ", now=LATER)
    assert ledger.load(study / "decisions.yaml") == ledger.in_order([first, taken])
    assert taken.members == ("a1", "a2", "b1")
    assert taken.documents == ("a.txt", "b.txt", "c.txt")
    assert taken.label == "Protected time"
    assert taken.answers == ("shifted 2",)
    assert (taken.who, taken.why, taken.when) == ("Asha", "It came up everywhere.", "2026-01-16T10:00:00")


def test_a_theme_is_named_by_its_id_or_its_label_in_any_capitals(study: Path):
    assert decide(study, "reject", "staffing").theme == 500_001
    with pytest.raises(deciding.DecidingError, match=r"no theme 'Stafing'.*500000 Protected time; 500001 Staffing"):
        decide(study, "reject", "Stafing")


def test_two_themes_with_one_label_must_be_named_by_id(study: Path):
    # As in files from before new labels were compared.
    by_hand = ledger.Decision(action="rename", theme=500_001, label="Board", who="Asha", when="2026-01-15")
    ledger.save(study / "decisions.yaml", [by_hand])
    with pytest.raises(deciding.DecidingError, match="500001, 500002"):
        decide(study, "accept", "board")


@pytest.mark.parametrize(
    ("action", "theme", "rest", "fields"),
    [
        ("rename", "500000", ["Time", "off"], {"label": "Time off"}),
        ("memo", "500000", ["on", "the edge"], {"text": "on the edge"}),
        ("merge", "500000", ["Staffing", "500002"], {"others": (500_001, 500_002)}),
        ("split", "500000", ["Study days", "b1", "a2"], {"label": "Study days", "segments": ("a2", "b1")}),
        ("move", "500000", ["c3"], {"segments": ("c3",)}),
        ("move", "none", ["a1"], {"theme": -1, "segments": ("a1",), "members": ()}),
        ("pin", "500000", ["a1"], {"segments": ("a1",)}),
    ],
)
def test_each_action_holds_what_it_needs(
    study: Path, action: str, theme: str, rest: list[str], fields: dict[str, object]
):
    taken = decide(study, action, theme, *rest)
    assert {name: getattr(taken, name) for name in fields} == fields


def test_a_merge_is_anchored_on_all_its_themes(study: Path):
    assert decide(study, "merge", "500000", "500001").members == ("a1", "a2", "b1", "b2", "c1")


def test_a_decision_says_what_its_themes_were_called(study: Path):
    assert decide(study, "memo", "500001", "hm").called == ("Staffing",)
    assert decide(study, "merge", "500000", "500002", "500001").called == ("Protected time", "Staffing", "Board")
    assert decide(study, "split", "500000", "Part", "a1").called == ("Protected time",)
    assert decide(study, "move", "none", "c3").called == ()


def test_what_is_undone_since_the_last_run_is_there_again(study: Path):
    reject = decide(study, "reject", "500000")
    decided_study.write(study, themes={**THEMES, "a1": -1, "a2": -1, "b1": -1}, clusters=THEMES)
    deciding.undo(study, reject.id, who="Ben", now=NOW)
    assert decide(study, "accept", "Protected time").members == ("a1", "a2", "b1")


def test_decisions_build_on_each_other_before_the_next_run(study: Path):
    decide(study, "merge", "500000", "500001")
    gone = r"no theme '500001': “Staffing” \(500001\) was merged into “Protected time” \(500000\)"
    with pytest.raises(deciding.DecidingError, match=gone):
        decide(study, "accept", "500001")
    split = decide(study, "split", "500000", "Nights", "b2")
    part = decide(study, "rename", str(held_themes.part_id(split)), "Night shifts")
    assert part.members == ("b2",)
    decide(study, "move", "500000", "c3")
    assert decide(study, "accept", "Protected time").members == ("a1", "a2", "b1", "c1", "c3")


def test_a_rejected_theme_can_be_accepted_after_all(study: Path):
    decide(study, "reject", "500000")
    assert decide(study, "accept", "500000").members == ("a1", "a2", "b1")


@pytest.mark.parametrize(
    ("action", "theme", "rest", "said"),
    [
        ("celebrate", "500000", [], "Unknown action"),
        ("accept", "500000", ["more"], "a theme and nothing else"),
        ("rename", "500000", [], "NEW LABEL"),
        ("split", "500000", ["label"], "LABEL SEGMENT"),
        ("split", "500000", ["label", "c1"], "not in “Protected time”"),
        ("split", "500000", ["label", "a1", "a2", "b1"], "Rename the theme instead"),
        ("merge", "500000", ["500000"], "into itself"),
        ("merge", "500000", ["7"], "no theme '7'"),
        ("move", "500000", ["zz"], "Unknown or unused segment id"),
        ("pin", "none", ["a1"], "no theme 'none'"),
        ("rename", "500000", [" \u200b\u2060 "], "at least one visible character"),
        ("split", "500000", ["\x07\n", "a1"], "at least one visible character"),
        ("rename", "500000", ["x" * 201], "at most 200 characters, and this one has 201"),
        ("split", "500000", ["x" * 200_000, "a1"], "at most 200 characters, and this one has 200000"),
        ("rename", "500000", ["STAFF\u200bING"], r"Another theme is called “Staffing” \(500001\); choose another name"),
        ("split", "500000", ["staffing", "a1"], r"Another theme is called “Staffing” \(500001\)"),
        ("split", "500000", ["Protected  time", "a1"], r"Another theme is called “Protected time” \(500000\)"),
        ("move", "500000", [f"b{n:05}" for n in range(49_000)], "id: b00000, .*, b00004 and 48,995 others. The table"),
        ("split", "500000", ["P", *["b2", "c1", "c2"]], "split off it: b2, c1, c2. Move"),
    ],
)
def test_what_is_wrong_is_a_sentence_and_nothing_is_written(
    study: Path, action: str, theme: str, rest: list[str], said: str
):
    with pytest.raises(deciding.DecidingError, match=said):
        decide(study, action, theme, *rest)
    assert not (study / "decisions.yaml").exists()


@pytest.mark.parametrize("action", ["rename", "split"])
def test_labels_are_kept_on_one_line_without_what_cannot_be_seen(study: Path, action: str):
    taken = decide(study, action, "500000", " a\nb\x07\x00\u200b  c\t", *(["a1"] if action == "split" else []))
    assert taken.label == "a b c"
    assert ledger.load(study / "decisions.yaml") == [taken]


def test_a_theme_may_keep_its_label_or_take_that_of_a_rejected_one(study: Path):
    assert decide(study, "rename", "500000", "Protected Time").label == "Protected Time"
    decide(study, "reject", "500001")
    assert decide(study, "rename", "500000", "Staffing").label == "Staffing"


def test_somebody_must_decide(study: Path):
    with pytest.raises(deciding.DecidingError, match=r"--who NAME.*COUNTERPOINT_WHO"):
        decide(study, "accept", "500000", who="  ")


def test_later_decisions_are_later_whatever_the_clock_says(study: Path):
    times = [decide(study, "memo", "500000", str(n)).when for n in range(3)]
    assert times == ["2026-01-15T10:00:00", "2026-01-15T10:00:01", "2026-01-15T10:00:02"]
    ledger.save(study / "decisions.yaml", [ledger.Decision(action="accept", theme=500_000, who="B", when="2027-03-01")])
    assert decide(study, "memo", "500000", "x").when == "2027-03-01T00:00:01"


def test_undo_by_the_beginning_of_the_id_and_undo_of_the_undo(study: Path):
    first = decide(study, "accept", "500000")
    undo = deciding.undo(study, first.id[:4], who="Ben", now=NOW)
    assert undo.undoes == first.id
    assert ledger.standing(ledger.load(study / "decisions.yaml")) == []
    with pytest.raises(deciding.DecidingError, match="already been undone"):
        deciding.undo(study, first.id, who="Ben", now=NOW)
    deciding.undo(study, undo.id, who="Ben", now=NOW)
    assert ledger.standing(ledger.load(study / "decisions.yaml")) == [first]


@pytest.mark.parametrize("wanted", ["", "zzz"])
def test_undo_of_nothing_is_a_sentence(study: Path, wanted: str):
    decide(study, "accept", "500000")
    with pytest.raises(deciding.DecidingError, match="counterpoint decisions"):
        deciding.undo(study, wanted, who="Ben", now=NOW)


def test_undo_by_a_beginning_that_two_share_is_a_sentence(study: Path):
    both = [
        ledger.Decision(id=f"ab{n}", action="memo", theme=500_000, text="x", who="B", when="2026-01-01") for n in (1, 2)
    ]
    ledger.save(study / "decisions.yaml", both)
    with pytest.raises(deciding.DecidingError, match="several decisions have an id that starts with 'ab'"):
        deciding.undo(study, "ab", who="B", now=NOW)


def run(*words: str, **environment: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli.app, list(words), env=environment)
    return done.exit_code, f"{done.output}{done.exception or ''}"


def test_the_commands_decide_undo_and_show_the_trail(study: Path):
    assert "No decisions yet" in run("decisions")[1]
    code, said = run("decide", "rename", "500000", "Time", "off", "--who", "Asha", "--why", "Their words.")
    assert code == 0
    assert "Asha renamed “Protected time” (500000) to “Time off”, on 3 passages in a study of 3 documents" in said
    (taken,) = ledger.load(study / "decisions.yaml")
    assert run("decide", "accept", "500001", COUNTERPOINT_WHO="Ben")[0] == 0
    code, said = run("undo", taken.id, COUNTERPOINT_WHO="Ben")
    assert code == 0 and "Run `counterpoint run` to update the report." in said
    code, said = run("decisions")
    assert code == 0
    assert len(said.splitlines()) == 3
    assert "undone by" in said and "Ben undid" in said


def test_a_command_without_a_name_says_how_to_give_one(study: Path):
    code, said = run("decide", "accept", "500000")
    assert code == 1
    assert "COUNTERPOINT_WHO" in said


def test_what_was_read_is_noted_for_segments_that_are_there(study: Path):
    assert "2 segments recorded as read by Asha" in run("read", "a1", "c3", "--who", "Asha")[1]
    code, said = run("read", "zz", "--who", "Asha")
    assert code == 1 and "zz" in said
