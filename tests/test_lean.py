"""Imports without what is not used."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

from pipeline.core import lean


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


def fresh(code: str) -> str:
    """What a new process prints."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_a_part_is_loaded_when_it_is_used_and_not_before():
    said = fresh("""
import sys
from pipeline.core import lean
before = list(sys.meta_path)
with lean.lazily("xml.sax"):
    from xml import sax
    import xml.dom
assert sys.meta_path == before
print("xml.sax.handler" in sys.modules, "xml.dom" in sys.modules)
print(sax.make_parser.__name__, "xml.sax.handler" in sys.modules, sys.modules["xml.sax"] is sax)
""")
    assert said.split() == ["False", "True", "make_parser", "True", "True"]


def test_what_is_loaded_already_is_not_put_off():
    said = fresh("""
import xml.sax, sys
from pipeline.core import lean
with lean.lazily("xml.sax"):
    import xml.sax as again
print(again is xml.sax, type(again).__name__)
""")
    assert said.split() == ["True", "module"]


def test_an_error_inside_leaves_the_imports_as_they_were():
    before = list(sys.meta_path)
    with pytest.raises(KeyError), lean.lazily("xml.sax"):
        raise KeyError
    assert sys.meta_path == before


def test_counting_words_loads_no_statistics():
    said = fresh("""
import sys
from pipeline.core import word_counts as counting
print("scipy.stats._stats_py" in sys.modules)
print(counting.TfidfVectorizer().fit_transform(["time on the ward", "no time"]).shape)
import scipy.stats
print(scipy.stats.rankdata([3, 1, 2]).tolist())
""")
    assert said.splitlines() == ["False", "(2, 5)", "[3.0, 1.0, 2.0]"]
