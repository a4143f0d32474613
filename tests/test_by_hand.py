"""Files edited by hand: every mistake is a sentence with its line, nothing is changed, and what is mended works again."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import cli
from pipeline.core import params, study_template
from pipeline.core.errors import CounterpointError
from pipeline.corpus import guide_file
from pipeline.decisions import alternative_readings, ledger, reading_ledger
from pipeline.deductive import codebook
from pipeline.reporting import written_summaries
from tests import decided_study

THEMES = {"a1": 500_000, "a2": 500_000, "b1": 500_000}
DECISION = '- {id: %s, when: "2026-01-15T10:00:00", who: Asha, action: memo, theme: 500000, text: hi}\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERPOINT_WHO", "Ben")
    (tmp_path / "params.yaml").write_text("study: data/mine\n")
    decided_study.write(Path("data/mine"), themes=THEMES)
    study_template.create(Path("data/mine"))
    Path("data/mine/transcripts/a.txt").write_text("Anna: We never have time for it.\nAnna: There are too few of us.\n")
    return Path("data/mine")


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli.app, list(words))
    assert done.exception is None or isinstance(done.exception, SystemExit | CounterpointError), done.exc_info
    return done.exit_code, f"{done.output}{done.exception or ''}"


def one(**more: str) -> str:
    """A decision by hand, of which some fields are otherwise."""
    held = {"id": "aaa", "when": '"2026-01-15T10:00:00"', "who": "Asha", "action": "memo", "theme": "500000"} | more
    return "decisions:\n- {" + ", ".join(f"{name}: {value}" for name, value in held.items()) + ", text: hi}\n"


MISTAKES: list[tuple[str | bytes, tuple[str, ...]]] = [
    (
        f"decisions:\n{DECISION % 'h1'}decisions:\n{DECISION % 'h2'}",
        ("line 3: duplicate key 'decisions'", "first given on line 1"),
    ),
    (f"decisions:\n{DECISION % 'h1'}desicions:\n{DECISION % 'h2'}", ("line 3: unknown key 'desicions'",)),
    (f"decisions:\n{DECISION % 'h1'}{DECISION % 'h1'}", ("line 3: two decisions have the id h1", "is on line 2")),
    (f"decisions: [{(DECISION % 'h')[2:-1]}, {(DECISION % 'h')[2:-1]}]\n", ("line 1: two decisions have the id h",)),
    (
        f"decisions:\n<<<<<<< HEAD\n{DECISION % 'h1'}=======\n{DECISION % 'h2'}>>>>>>> b\n",
        ("line 2: unresolved Git merge conflict",),
    ),
    (one(who="Ash\u00e9").encode("cp1252"), ("line 2: it is not valid UTF-8",)),
    (one().encode("utf-16"), ("line 1: it is UTF-16",)),
    (one(theme="1, theme: 2"), ("line 2: duplicate key 'theme'",)),
    (one(when="2026-02-31"), ("line 2: decision 1, when: '2026-02-31' is not a valid date",)),
    (one(when='"2026-13-45"'), ("line 2: decision 1, when: '2026-13-45' is not a valid date",)),
    (one(when='"9999-12-31T23:59:59"'), ("line 2: decision 1, when: '9999-12-31T23:59:59': the year",)),
    (one(when="0001-01-01"), ("line 2: decision 1, when: '0001-01-01': the year",)),
    (one(when='"2026-01-15T25:00:00"'), ("line 2: decision 1, when: '2026-01-15T25:00:00' is not a valid date",)),
    (one(when='"2026-01-15T10:00:00+01:00"'), ("line 2: decision 1, when", "without a time zone")),
    (one(when='"\uff12\uff10\uff12\uff16-01-15"'), ("line 2: decision 1, when", "a time is written as")),
    (one(when="soon"), ("line 2: decision 1, when: 'soon': a time is written as",)),
    (one(when="12"), ("line 2: decision 1, when",)),
    (one(who='"\\ud800"'), ("line 2, column 50: invalid YAML (\\ud8… or",)),
    (one(who="\x07"), ("line 2: it contains the control character U+0007",)),
    (one(who="[Asha]"), ("line 2: decision 1, who: ['Asha'] is not text",)),
    (one(who="yes"), ("line 2: decision 1, who: True is not text",)),
    (one(who="{a: b}"), ("line 2: decision 1, who",)),
    (one(theme="9" * 30), ("line 2: decision 1, theme",)),
    (one(theme="9" * 6000), ("line 2: decision 1, theme",)),
    (one(theme=".nan"), ("line 2: decision 1, theme",)),
    (one(theme="five"), ("line 2: decision 1, theme",)),
    (one(theme="-1"), ("line 2: decision aaa refers to theme -1",)),
    (one(wy="a slip"), ("line 2: decision 1, wy: unknown field",)),
    (one(action="undo, undoes: zzz"), ("line 2: this undoes zzz",)),
    (one(who="&x [*x]"), ("line 2, column 51: *x refers to itself",)),
    ("decisions:\n- just words\n", ("line 2: decision 1: expected an entry",)),
    ("decisions:\n- 5\n", ("line 2: decision 1: expected an entry",)),
    ("decisions: {a: b}\n", ("line 1: expected the key",)),
    ("# ours\n\ndecisions: words\n", ("line 3: expected the key",)),
    ("decisions:\n\t- {id: a}\n", ("line 2, column 1: invalid YAML",)),
    ("decisions:\n - " + " [\n" * 3000, ("line 20", "levels deep")),
    ("decisions:\n- {id: a\n", ("line 3, column 1: invalid YAML",)),
    ("decisions: []\n---\ndecisions: []\n", ("line 2, column 1: a second document",)),
]


@pytest.mark.parametrize(("text", "said"), MISTAKES)
def test_a_mistake_in_decisions_is_told_by_every_command_that_reads_them_and_nothing_is_lost(
    folder: Path, text: str | bytes, said: tuple[str, ...]
):
    data = text if isinstance(text, bytes) else text.encode()
    (folder / "decisions.yaml").write_bytes(data)
    for words in (("check",), ("decisions",), ("decide", "accept", "500000"), ("undo", "aaa"), ("status",)):
        code, told = run(*words)
        assert code == 1, words
        assert "decisions.yaml" in told
        for part in said:
            assert part in told, (words, told)
    assert (folder / "decisions.yaml").read_bytes() == data
    (folder / "decisions.yaml").write_text(one())
    assert run("decide", "accept", "500000")[0] == 0
    assert len(ledger.load(folder / "decisions.yaml")) == 2


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("\ufeff" + one(), 1),
        (one().replace("\n", "\r\n"), 1),
        (one(when="2026-01-15"), 1),
        (one(when="2026-01-15 10:00"), 1),
        (one(when="2100-12-31"), 1),
        (one(id="0123"), 1),
        (one(who="007"), 1),
        (one(why="10:30"), 1),
        (one(theme="'500000'"), 1),
        (
            "# by hand\ndecisions:\n  - id: a\n    when: 2026-01-15\n    who: Asha\n    action: accept\n    theme: 500000\n",
            1,
        ),
        ("decisions:\n", 0),
        ("", 0),
    ],
)
def test_what_may_be_written_by_hand_is_kept_by_the_next_decision(folder: Path, text: str, n: int):
    (folder / "decisions.yaml").write_bytes(text.encode())
    before = ledger.load(folder / "decisions.yaml")
    assert len(before) == n
    assert run("decide", "reject", "500000")[0] == 0
    after = ledger.load(folder / "decisions.yaml")
    assert [held for held in after if held.action != "reject"] == before


def test_words_that_look_like_numbers_stay_as_they_were_written(folder: Path):
    (folder / "decisions.yaml").write_text(one(id="0123", who="10:30", why="1.10"))
    (held,) = ledger.load(folder / "decisions.yaml")
    assert (held.id, held.who, held.why) == ("0123", "10:30", "1.10")


def test_after_a_decision_of_the_last_day_that_can_be_nothing_is_written(folder: Path):
    (folder / "decisions.yaml").write_text(one(when='"2100-12-31T23:59:59"'))
    before = (folder / "decisions.yaml").read_bytes()
    code, said = run("decide", "accept", "500000")
    assert code == 1 and "2101-01-01T00:00:00" in said
    assert (folder / "decisions.yaml").read_bytes() == before


OTHERS: list[tuple[str, Callable[[Path], object], str]] = [
    (
        "passages_read.yaml",
        reading_ledger.load,
        "passages_read:\n- {segment: a1, who: Asha}\n- {segment: a2, who: Asha}\n",
    ),
    (
        "interpretations.yaml",
        alternative_readings.load,
        "interpretations:\n- {theme: 5, who: Dev, when: 2026-03-01, means: x}\n- {theme: 6, who: Dev, when: 2026-03-01, means: x}\n",
    ),
    (
        "summaries.yaml",
        written_summaries.load,
        "summaries:\n- {case: A, code: B, summary: s, who: W, when: 2026-01-15}\n- {case: A, code: C, summary: s, who: W, when: 2026-01-15}\n",
    ),
    ("guide.yaml", guide_file.load, "questions:\n- {question: Why?}\n- {question: How?}\n"),
    ("codebook.yaml", codebook.load_codebook, "codes:\n- {name: A, definition: who}\n- {name: B}\n"),
]


@pytest.mark.parametrize(("name", "load", "text"), OTHERS, ids=[name for name, _, _ in OTHERS])
def test_a_mistake_in_any_other_file_is_told_with_its_line(
    folder: Path, name: str, load: Callable[[Path], object], text: str
):
    key = text.split(":", 1)[0]
    third = text.splitlines()[2]
    for wrong, said in [
        (text + text, f"line 4: duplicate key '{key}', first given on line 1"),
        (text.replace(third, third.replace("}", ", who: X, who: Y}")), "line 3: duplicate key 'who'"),
        (text.replace(third, third.replace("}", ", extra: Y}")), "line 3: "),
        (text.replace(third, "- [5]"), "line 3: "),
        (text + "other: 1\n", "line 4: unknown key 'other'"),
        (text + "# Zo\u00eb\n".encode("cp1252").decode("latin-1"), "line 4: it is not valid UTF-8"),
        (text + "\x00\n", r"line 4: it contains the control character U+0000"),
        (text + "<<<<<<< HEAD\n", "line 4: unresolved Git merge conflict"),
        (text + "\t- x\n", "line 4"),
        (f"{key}: {{a: b}}\n", "line 1"),
    ]:
        data = wrong.encode("latin-1")
        (folder / name).write_bytes(data)
        with pytest.raises(CounterpointError) as error:
            load(folder / name)
        assert name in str(error.value) and said in str(error.value)
        code, told = run("check")
        assert code == 1 and said in told
        assert (folder / name).read_bytes() == data
    (folder / name).write_text(text)
    load(folder / name)


def test_a_ledger_with_a_mistake_is_not_written_over(folder: Path):
    text = "passages_read:\n- {segment: a1, who: Asha}\npassages_read:\n- {segment: a2, who: Asha}\n"
    (folder / "passages_read.yaml").write_text(text)
    code, said = run("read", "b1")
    assert code == 1 and "line 3: duplicate key 'passages_read'" in said
    assert (folder / "passages_read.yaml").read_text() == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("study: data/mine\nsegment:\n  max_words: two\n", "line 3: 'segment.max_words' is 'two'"),
        ("study: data/mine\n\nsegmet: {}\n", "line 3: unknown setting 'segmet'"),
        ("themes: {}\n", "line 1: 'study' is missing"),
        ("study: data/mine\nthemes: {seed: 1}\nstudy: data/other\n", "line 3: duplicate key 'study'"),
        ("study: data/mine\nmap_codes:\n  ridge: .inf\n", "line 3, column 10: .inf is not a usable number"),
        ("study: data/mine\nmap_codes:\n  ridge: '1e999'\n", "line 3: 'map_codes.ridge'"),
        ("study: data/mine\nseed: 99999999999\n", "line 2: 'seed'"),
        ("study: data/mine\nthemes:\n\tseed: 1\n", "line 3, column 1: invalid YAML"),
        ("study: data/mine\n# Zo\u00eb\n", "line 2: it is not valid UTF-8"),
        ("study: data/mine\n<<<<<<< HEAD\n", "line 2: unresolved Git merge conflict"),
    ],
)
def test_a_mistake_in_params_is_told_with_its_line(folder: Path, text: str, said: str):
    Path("params.yaml").write_bytes(text.encode("latin-1"))
    with pytest.raises(params.ParamsError) as error:
        params.load()
    assert f"params.yaml, {said}" in str(error.value)
    code, told = run("check")
    assert code == 1 and said in told
