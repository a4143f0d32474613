"""The codebook is read with every error at once; names are ids; the ready frameworks are sound."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import study_template
from pipeline.deductive import codebook
from pipeline.deductive.codebook import Code, Codebook, CodebookError

ROOT = Path(__file__).parent.parent
TREE = """codes:
  - name: Resources
    definition: What there is to work with.
    color: "#4477aa"
  - name: Time
    parent: Resources
    include: [Study days;, cover]
    examples:
      - We get half a day
        a month.
  - name: Protected time
    parent: Time
    examples: One text alone.
    counter_examples:
  - name: 2020
"""


def load(tmp_path: Path, text: str) -> Codebook:
    file = tmp_path / "codebook.yaml"
    file.write_text(text, encoding="utf-8")
    return codebook.load_codebook(file)


def wrong(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(CodebookError) as caught:
        load(tmp_path, text)
    return str(caught.value).replace(str(tmp_path), "").splitlines()


def test_fields_are_read_as_one_line_each(tmp_path):
    book = load(tmp_path, TREE)
    assert book.names == ("Resources", "Time", "Protected time", "2020")
    assert book["Time"].include == "Study days; cover"
    assert book["Time"].examples == ("We get half a day a month.",)
    assert book["Protected time"].examples == ("One text alone.",)
    assert book["Protected time"].counter_examples == ()
    assert book["Resources"].color == "#4477aa"


def test_the_hierarchy_can_be_walked(tmp_path):
    book = load(tmp_path, TREE)
    assert book.categories == ("Resources", "2020")
    assert book.children("Resources") == ("Time",)
    assert book.children("2020") == ()
    assert book.ancestors("Protected time") == ("Time", "Resources")
    assert book.category_of("Protected time") == "Resources"
    assert book.category_of("Resources") == "Resources"
    assert book.category_of("no code of this book") == "no code of this book"
    assert "Time" in book
    assert "time" not in book
    with pytest.raises(KeyError):
        book["time"]


@pytest.mark.parametrize("text", ["", "codes: []", "codes:", "# a comment", study_template.CODEBOOK])
def test_no_codes_means_that_there_is_no_framework(tmp_path, text):
    assert len(load(tmp_path, text)) == 0


def test_a_byte_order_mark_is_no_matter(tmp_path):
    assert load(tmp_path, "\ufeffcodes:\n  - name: A\n").names == ("A",)


def test_a_name_alone_is_a_code_that_is_not_described(tmp_path):
    book = load(tmp_path, "codes: [A, {name: B, definition: b}]")
    assert [code.is_described for code in book.codes] == [False, True]


def test_every_error_is_reported_at_once_with_its_line_and_entry(tmp_path):
    said = wrong(
        tmp_path,
        "codes:\n"
        "  - name: A\n    parent: B\n    definition: x\n    definition: y\n"
        "  - name: B\n    parent: A\n"
        "  - name: a\n    colour: red\n"
        "  - name: C\n    parent: Z\n"
        "  - definition: d\n"
        "  - 3\n"
        "  - name: D\n    color: blue\n"
        "  - name: E\n    examples: {a: b}\n"
        "  - name: B\n"
        "extra: 1\n",
    )
    assert len(said) == 10
    told = "\n".join(said)
    for part in (
        "unknown key 'extra'",
        "line 5: duplicate key 'definition'",
        "line 8: the code 'a' has the unknown field 'colour'",
        "line 10: the parent 'Z' of 'C' is not a code",
        "line 12: a code has no name",
        "line 13: 3 is not a code",
        "line 14: the color of 'D' is 'blue'",
        "line 16: 'examples' of 'E'",
        "line 18: duplicate code 'B'",
        "line 2: the parents of 'A' form a loop ('A' > 'B' > 'A')",
    ):
        assert part in told, part


def test_names_that_differ_in_case_alone_are_the_same_name(tmp_path):
    assert "duplicate code" in wrong(tmp_path, "codes:\n  - name: Time\n  - name: time\n")[0]


def test_a_code_cannot_be_its_own_parent(tmp_path):
    assert "form a loop ('A' > 'A')" in wrong(tmp_path, "codes:\n  - name: A\n    parent: A\n")[0]


def test_a_long_loop_is_told_once_and_those_above_it_not_at_all(tmp_path):
    text = "codes:\n" + "".join(
        f"  - name: {name}\n    parent: {parent}\n" for name, parent in ["AB", "BC", "CA", "DA"]
    )
    assert [line for line in wrong(tmp_path, text) if "loop" in line] == wrong(tmp_path, text)
    assert len(wrong(tmp_path, text)) == 1


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("codes: {a: b}", "list of codes"),
        ("- A", "the key 'codes:'"),
        ("codes: [", "invalid YAML"),
        ("codes:\n  - name: yes\n", "Put it in quotation marks"),
    ],
)
def test_what_is_no_codebook_is_refused_in_words(tmp_path, text, part):
    assert part in "\n".join(wrong(tmp_path, text))


def test_broken_yaml_is_one_sentence_with_its_line_and_column(tmp_path):
    said = wrong(tmp_path, "codes:\n  - name: Time: and more\n")
    assert len(said) == 1
    assert "codebook.yaml, line 2, column 15: invalid YAML" in said[0]
    assert "quotation marks" in said[0]


def test_a_missing_or_unreadable_file_is_a_sentence(tmp_path):
    with pytest.raises(CodebookError, match="is missing"):
        codebook.load_codebook(tmp_path / "codebook.yaml")
    (tmp_path / "codebook.yaml").write_bytes("codes: [{name: Fähig}]".encode("latin-1"))
    with pytest.raises(CodebookError, match="not valid UTF-8"):
        codebook.load_codebook(tmp_path / "codebook.yaml")


words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs"), exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=12,
)


@given(
    st.lists(
        st.builds(
            Code,
            name=words,
            definition=words | st.just(""),
            include=words | st.just(""),
            exclude=words | st.just(""),
            examples=st.lists(words, max_size=2).map(tuple),
            counter_examples=st.lists(words, max_size=2).map(tuple),
            color=st.sampled_from(["", "#4477aa"]),
        ),
        max_size=5,
        unique_by=lambda code: code.name.casefold(),
    )
)
def test_what_is_written_is_read_back(tmp_path_factory, codes):
    nested = [code.model_copy(update={"parent": codes[0].name if n else ""}) for n, code in enumerate(codes)]
    book = Codebook(codes=tuple(nested))
    assert load(tmp_path_factory.mktemp("book"), codebook.dump_codebook(book)) == book


FRAMEWORKS = sorted((ROOT / "data" / "codebooks").glob("*.yaml"))


def test_the_frameworks_that_the_field_uses_are_ready():
    names = {file.stem for file in FRAMEWORKS}
    studies = {"lalani_2018", "tqip_focus_groups", "hendricks_2022", "dixon_woods_2023"}
    assert studies | {"cfir", "tdf", "com_b"} <= names


@pytest.mark.parametrize("file", FRAMEWORKS, ids=lambda file: file.stem)
def test_a_framework_says_what_it_is_and_where_it_is_from(file):
    book = codebook.load_codebook(file)
    assert all(code.definition and code.color for code in book.codes)
    assert all(code.examples for code in book.codes if not book.children(code.name))
    head = file.read_text(encoding="utf-8").split("codes:")[0]
    assert "own\n" in head or "own words" in head.replace("\n# ", " ")
    assert any(year in head for year in ("2011", "2012", "2018", "2019", "2022", "2023"))


def test_a_study_can_start_from_a_framework(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "data/codebooks", tmp_path / "data/codebooks")
    monkeypatch.chdir(tmp_path)
    study_template.start(Path("data/mine"), framework="com_b")
    assert codebook.load_codebook(tmp_path / "data/mine/codebook.yaml").categories == (
        "Capability",
        "Opportunity",
        "Motivation",
    )
