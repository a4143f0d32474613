"""params.yaml: closed, typed, every error at once."""

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from pipeline import params

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
    with pytest.raises(params.ParamsError, match="should hold keys"):
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
