"""YAML as people write it: no mistake passes in silence, and what is read is what was written."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core import yaml_files
from pipeline.core.yaml_files import YamlError

BOMB = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'x'}]" for n in range(12))


def read(tmp_path: Path, text: str | bytes, *, typed: bool = False, name: str = "a.yaml") -> yaml_files.Document:
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return yaml_files.read_yaml(tmp_path / name, typed=typed)


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "~\n"])
def test_a_file_may_hold_nothing(tmp_path: Path, text: str):
    assert read(tmp_path, text).value is None


def test_words_are_read_as_they_were_written(tmp_path: Path):
    text = (
        "a: 1.10\nb: 10:30\nc: 0123\nd: 2026-02-31\ne: 1_000\nf: 0x1F\ng: '1'\nh: !!str 5\ni: .nan\n1: j\nk: Yes\nl:\n"
    )
    held = read(tmp_path, text).value
    assert held == {
        **{"a": "1.10", "b": "10:30", "c": "0123", "d": "2026-02-31", "e": "1_000", "f": "0x1F"},
        **{"g": "1", "h": "5", "i": ".nan", "1": "j", "k": True, "l": None},
    }
    assert {key for key, value in held.items() if isinstance(value, yaml_files.Numeral)} == {"a", "c", "e"}
    assert repr(held["a"]) == "1.10"


def test_settings_are_numbers_where_they_look_like_numbers(tmp_path: Path):
    held = read(tmp_path, "a: 0.6\nb: 20260115\nc: no\nd: '5'\ne: 2026-02-31\nf: 9007199254740991\n", typed=True).value
    assert held == {"a": 0.6, "b": 20260115, "c": False, "d": "5", "e": "2026-02-31", "f": 2**53 - 1}


@pytest.mark.parametrize("number", [".nan", ".inf", "-.INF", "9" * 16, "1" * 10_000, "1.0e+999"])
def test_a_setting_that_is_no_number_to_count_with_is_refused(tmp_path: Path, number: str):
    with pytest.raises(YamlError, match=r"a\.yaml, line 2, column 4: .* is not a usable number"):
        read(tmp_path, f"a: 1\nb: {number}\n", typed=True)


def test_everything_knows_its_line(tmp_path: Path):
    held = read(
        tmp_path, "# head\ncodes:\n- name: A\n  examples:\n  - one\n  - two\n- {name: B,\n   parent: A}\n"
    ).value
    for place, line in [
        ((), 2),
        (("codes",), 2),
        (("codes", 0), 3),
        (("codes", 0, "examples"), 4),
        (("codes", 0, "examples", 1), 6),
        (("codes", 1, "parent"), 8),
        (("codes", 1, "missing"), 7),
        (("codes", 1, "parent", "deeper"), 8),
        (("codes", 9), 2),
        (("elsewhere",), 2),
    ]:
        assert yaml_files.line_of(held, place) == line, place
    assert yaml_files.line_of("a word", ["x"]) == 0


def test_keys_given_twice_are_told_with_both_lines_wherever_they_are(tmp_path: Path):
    text = "a:\n- {b: 1, c: 2, b: 3}\nx: {'y': 1,\n  y: 2}\na: []\n1: p\n'1': q\n"
    said = read(tmp_path, text).problems
    assert [one.split("a.yaml, ")[1].split(". Keep")[0] for one in said] == [
        "line 2: duplicate key 'b', first given on line 2",
        "line 4: duplicate key 'y', first given on line 3",
        "line 5: duplicate key 'a', first given on line 1",
        "line 7: duplicate key '1', first given on line 6",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: [1, 2\n", "line 3, column 1: invalid YAML"),
        ("a: 1\nb:\n\t- c\n", r"line 3, column 1: invalid YAML \(text cannot begin with a tab"),
        ("a: 1\nb: c: d\n", r"line 2, column 5: invalid YAML \(unexpected colon"),
        ("a: 1\nb: 'x\n", r"invalid YAML \(a quotation mark is not closed"),
        ('a: 1\nb: "\\ud800"\n', r"line 2, column 7: invalid YAML \(.*incomplete character"),
        ("a: 1\n---\nb: 2\n", "line 2, column 1: a second document begins here"),
        ("a: 1\nb: !!python/object:os.system x\n", "line 2, column 4: the tag !!python/object:os.system"),
        ("a: !local 1\n", "line 1, column 4: the tag !local"),
        ("!!set {a}\n", "line 1, column 1: the tag !!set"),
        ("a: 1\n? [b]\n: c\n", "line 2, column 3: a key cannot be a list"),
        ("a: &x b\n*x : c\n", "line 2, column 1: a key cannot be an alias"),
        ("a: &x [*x]\n", r"line 1, column 8: \*x refers to itself"),
        ("a: &x {b: *x}\n", r"line 1, column 11: \*x refers to itself"),
        ("a: *x\n", r"line 1, column 4: undefined alias \*x"),
        (BOMB, r"line \d+, column \d+: aliases \(\*\) expand to more than"),
        ("- " * 200_000, "line 1, column 41: nested more than"),
        ("a:\n" + " [\n" * 200_000, "line 21, column 2: nested more than"),
        ("{a: " * 200_000, "line 1, column 81: nested more than"),
        ("[" * 5000 + "\n", "line 1, column 21: nested more than"),
        ("a: b\n[[[[" + "[" * 3000, "line 2, column .* invalid YAML"),
        ("a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> x\n", "line 2: unresolved Git merge conflict"),
        ("a: 1\nb: Zo\u00eb\n".encode("cp1252"), "line 2: it is not valid UTF-8"),
        ("a: 1\n".encode("utf-16"), "line 1: it is UTF-16"),
        ("a: 1\nb: \x07\n", "line 2: it contains the control character"),
    ],
)
def test_what_is_wrong_is_a_sentence_with_its_line(tmp_path: Path, text: str | bytes, said: str):
    with pytest.raises(YamlError, match=rf"a\.yaml, .*{said}"):
        read(tmp_path, text)


def test_a_few_aliases_do_no_harm(tmp_path: Path):
    held = read(tmp_path, "a: &x one\nb: *x\nc: &y [1, *x]\nd: *y\n").value
    assert held == {"a": "one", "b": "one", "c": ["1", "one"], "d": ["1", "one"]}


def test_json_with_halves_of_characters_is_read_where_they_make_a_whole(tmp_path: Path):
    held = read(tmp_path, r'{"a": "x \ud83d\ude00", "b": "\\ud83d\\ude00"}', name="a.json").value
    assert held == {"a": "x \U0001f600", "b": r"\ud83d\ude00"}
    with pytest.raises(YamlError, match="incomplete character"):
        read(tmp_path, r'{"a": "\ud83d"}', name="a.json")


# PyYAML writes these three line ends so that libyaml reads another character; entries.py puts them between quotes.
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x85\u2028\u2029"), max_size=20)
values = st.recursive(
    texts | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(value=values, flow=st.booleans())
def test_what_was_written_is_read_again(tmp_path_factory, value, flow: bool):
    text = yaml.safe_dump({"held": value}, allow_unicode=True, default_flow_style=flow)
    assert read(tmp_path_factory.mktemp("y"), text).value == {"held": value}


@settings(max_examples=300, deadline=None)
@given(text=st.text(st.sampled_from("ab:-[]{}\"'&*!|>%@#,?~<= \n\t01."), max_size=60))
def test_whatever_somebody_types_is_read_or_refused_in_a_sentence(tmp_path_factory, text: str):
    folder = tmp_path_factory.mktemp("y")
    for typed in (False, True):
        try:
            read(folder, text, typed=typed)
        except YamlError as error:
            assert "a.yaml" in str(error) and str(error).endswith(".")
