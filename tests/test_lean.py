"""Imports without what is not used."""

import sys

import pytest

from pipeline import lean


def test_what_is_refused_is_missing_and_the_rest_is_not():
    before = list(sys.meta_path)
    sys.modules.pop("colorsys", None)
    with lean.without("colorsys", "antigravity"):
        with pytest.raises(ModuleNotFoundError, match="No module named 'colorsys'"):
            import colorsys
        import calendar  # another is found
    assert calendar.MONDAY == 0
    assert sys.meta_path == before
    import colorsys

    assert colorsys.rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)


def test_a_part_of_a_refused_package_is_refused_with_it():
    with lean.without("wsgiref"), pytest.raises(ModuleNotFoundError):
        import wsgiref.util  # noqa: F401


def test_an_error_inside_leaves_nothing_behind():
    before = list(sys.meta_path)
    with pytest.raises(KeyError), lean.without("antigravity"):
        raise KeyError
    assert sys.meta_path == before


def test_what_is_loaded_already_stays_loaded():
    import json

    with lean.without("json"):
        import json as again
    assert again is json
