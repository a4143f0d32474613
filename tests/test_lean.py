"""Imports without what is not used."""

import sys
from importlib.util import find_spec

import pytest

from pipeline import lean


def test_what_is_refused_is_missing_and_the_rest_is_not():
    sys.modules.pop("colorsys", None)
    with lean.without("colorsys", "antigravity"):
        assert find_spec("colorsys") is None
        with pytest.raises(ModuleNotFoundError, match="colorsys"):
            import colorsys
        import calendar  # another is found
    assert calendar.MONDAY == 0
    assert not {"colorsys", "antigravity"} & set(sys.modules)
    import colorsys

    assert colorsys.rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)


def test_a_part_of_a_refused_package_is_refused_with_it():
    sys.modules.pop("wsgiref", None)
    with lean.without("wsgiref"), pytest.raises(ModuleNotFoundError):
        import wsgiref.util  # noqa: F401


def test_an_error_inside_leaves_nothing_behind():
    with pytest.raises(KeyError), lean.without("antigravity"):
        raise KeyError
    assert "antigravity" not in sys.modules


def test_what_is_loaded_already_stays_loaded():
    import json

    with lean.without("json"):
        import json as again
    assert again is json
    assert sys.modules["json"] is json
