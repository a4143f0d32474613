"""params.yaml: closed, typed, every error at once."""

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from pipeline.core import params

ROOT = Path(__file__).parent.parent


def written(folder: Path, text: str) -> Path:
    path = folder / "params.yaml"
    path.write_text(text)
    return path


def test_the_params_that_ship_are_the_defaults():
    shipped = params.load(ROOT / "params.yaml")
    assert shipped == params.Params(study="data/sample")


def test_every_setting_that_exists_is_in_the_params_that_ship():
    held = yaml.safe_load((ROOT / "params.yaml").read_text())
    for name, field in params.Params.model_fields.items():
        if isinstance(field.default, params.Section):
            assert set(held[name]) == set(type(field.default).model_fields), name
        else:
            assert name in held


def test_sections_that_are_left_out_have_defaults(tmp_path: Path):
    assert params.load(written(tmp_path, "study: data/x")).segment.max_words == 60


def test_every_error_is_named_at_once(tmp_path: Path):
    path = written(tmp_path, "study: data/x\nsegment: {max_words: two, unit: page}\nthemse: {}\n")
    with pytest.raises(params.ParamsError) as error:
        params.load(path)
    lines = str(error.value).splitlines()
    assert len(lines) == 3
    for part in ("segment.max_words", "segment.unit", "themse"):
        assert any(part in line for line in lines)


@pytest.mark.parametrize("text", ["", "just words", "- a list"])
def test_a_file_that_holds_no_settings_is_refused(tmp_path: Path, text: str):
    with pytest.raises(params.ParamsError, match="expected settings"):
        params.load(written(tmp_path, text))


def test_broken_yaml_names_its_line(tmp_path: Path):
    with pytest.raises(params.ParamsError, match=r"line \d"):
        params.load(written(tmp_path, "study: data/x\nsegment: [\n"))


def test_a_missing_file_says_where_to_stand(tmp_path: Path):
    with pytest.raises(params.ParamsError, match="root of the project"):
        params.load(tmp_path / "params.yaml")


def test_params_cannot_be_changed_after_reading():
    with pytest.raises(ValidationError):
        params.Params(study="x").segment.max_words = 5  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "map_codes: {uncoded: unknown}\n",
            ["line 2: 'map_codes.uncoded' is now 'uncoded'", "Write 'uncoded: unknown'"],
        ),
        (
            "map_codes:\n  uncoded: unknown\ncompare:\n  uncoded: unknown\n",
            [
                "line 3: 'map_codes.uncoded' is",
                "line 5: 'compare.uncoded' is",
                "Write 'uncoded: unknown' at the top level",
            ],
        ),
        (
            "map_codes:\n  uncoded: unknown\ncompare:\n  uncoded: negative\n",
            ["The values differ (map_codes.uncoded: unknown, compare.uncoded: negative): write the intended one"],
        ),
        (
            "uncoded: unknown\ncompare: {uncoded: negative}\n",
            ["The file already has 'uncoded: unknown': remove this line"],
        ),
        (
            "themes: {seed: 3}\nmap_codes: {seed: 3}\ncompare:\n",
            ["'themes.seed' is now 'seed'", "Write 'seed: 3' at the top level"],
        ),
        ("themes: {seed: 3}\ncompare: {seed: 4}\n", ["themes.seed: 3, compare.seed: 4", "top-level setting"]),
    ],
)
def test_a_setting_that_two_sections_had_says_what_to_write_now(tmp_path: Path, text: str, said: list[str]):
    with pytest.raises(params.ParamsError) as error:
        params.load(written(tmp_path, f"study: data/x\n{text}"), current=True)
    assert all(part in str(error.value) for part in said)
    assert "unknown setting" not in str(error.value)


def test_an_older_file_is_read_as_it_was_meant_where_its_values_agree(tmp_path: Path):
    old = "study: data/x\nthemes: {seed: 3}\nmap_codes: {seed: 3, uncoded: unknown}\ncompare: {seed: 3, uncoded: unknown}\n"
    found = params.load(written(tmp_path, old))
    assert (found.seed, found.uncoded) == (3, "unknown")
    with pytest.raises(params.ParamsError, match=r"'map_codes\.seed' is now 'seed'"):
        params.load(tmp_path / "params.yaml", current=True)


@pytest.mark.parametrize("text", ["themes: {seed: 3}\ncompare: {seed: 4}\n", "seed: 5\nthemes: {seed: 3}\n"])
def test_an_older_file_whose_values_differ_is_refused_everywhere(tmp_path: Path, text: str):
    with pytest.raises(params.ParamsError, match="top-level setting"):
        params.load(written(tmp_path, f"study: data/x\n{text}"))


def test_no_two_sections_have_a_setting_that_must_agree():
    """Settings of one name are told apart by what they are about, each with its reason here."""
    own = {
        "model": "of sentences, of vectors",
        "context": "what lends a segment its context serves grouping and mapping, which were measured apart",
        "context_decay": "as context",
        "precision": "of numbers, and of codes",
    }
    sections = [
        field.default for field in params.Params.model_fields.values() if isinstance(field.default, params.Section)
    ]
    names = [name for section in sections for name in type(section).model_fields]
    twice = {name for name in names if names.count(name) > 1}
    assert twice == set(own)
    assert not set(names) & set(params.Params.model_fields)


def test_each_stage_is_told_the_settings_of_the_whole_run_that_it_reads():
    import ast

    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    for stage, said in stages.items():
        tree = ast.parse((ROOT / "pipeline" / f"{stage}.py").read_text())
        read = {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "params"
        }
        assert {"seed", "uncoded"} & read <= set(said.get("params", [])), stage
