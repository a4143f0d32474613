"""The page's shell: a strict policy, and data that stays data."""

import base64
import hashlib
import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import store
from pipeline.reporting import quotes, report_tables, study_results, templates
from pipeline.reporting.views import page, passages
from pipeline.reporting.views.page import json_for_html

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]))


@given(st.dictionaries(TEXT, st.lists(TEXT)))
def test_json_in_the_page_is_the_same_data_and_no_markup(data):
    text = json_for_html(data)
    assert json.loads(text) == data
    assert not set("<>&\u2028\u2029") & set(text)


def test_json_cannot_end_its_element():
    assert "</script" not in json_for_html({"text": "</script><!--<script>"}).lower()


def explored(study, **changes):
    names = ("documents", "turns", "cases", "segments", "embeddings")
    tables = {name: store.read(study, name) for name in names} | changes
    ids = sorted(tables["segments"].segment_id)
    marks = passages.Marks(
        theme_of={segment: n % 2 for n, segment in enumerate(ids)},
        strength_of=dict.fromkeys(ids, 0.5),
        codes_of={ids[0]: [("Time", 0.8), ("gone", 0.7)]},
        people_of={ids[0]: [("max", "Own code"), ("lea", "Time")]},
        differ={ids[0]: frozenset({"people"}), ids[1]: frozenset({"pipeline"})},
    )
    places = store.read(study, "theme_map")
    return passages.build(**tables, places=places, marks=marks, themes=[0, 1], codes=["Pride", "Time"])


def sliced(data, document, start, end):
    """A piece of a document as a browser cuts it: by UTF-16 units."""
    return data["documents"][document]["text"].encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


def test_what_the_script_cuts_out_is_what_was_said(small_study):
    data = explored(small_study)
    segments = quotes.in_order(store.read(small_study, "segments"))
    turns = quotes.in_order(store.read(small_study, "turns"))
    cut = [sliced(data, data["turns"][turn][0], start, end) for turn, start, end, *_ in data["segments"]]
    assert cut == segments.text.to_list()
    assert [sliced(data, turn[0], turn[3], turn[4]) for turn in data["turns"]] == turns.text.to_list()


def test_segments_know_their_question_theme_codes_and_case(small_study):
    data = explored(small_study)
    rows = quotes.in_order(store.read(small_study, "segments")).to_dict("records")
    for row, (_, _, _, prompt, theme, codes, case, used, *_) in zip(rows, data["segments"], strict=True):
        assert (data["turns"][prompt][2] == "i") if prompt >= 0 else row["prompt_id"] == ""
        assert theme in (0, 1)
        assert (data["cases"][case]["name"] if case >= 0 else "") == row["case"]
        assert used == int(row["substantive"])
        assert set(codes) <= {0, 1}
    assert sum(len(row[5]) for row in data["segments"]) == 1, "a code that is not in the codebook is not shown"


def test_segments_know_peoples_codes_and_whether_they_differ(small_study):
    data = explored(small_study)
    ids = quotes.in_order(store.read(small_study, "segments")).segment_id.to_list()
    row = data["segments"][ids.index(min(ids))]
    said = [(data["coders"][one // len(data["human"])], data["human"][one % len(data["human"])]) for one in row[10]]
    assert said == [("lea", "Time"), ("max", "Own code")]
    assert (row[9], row[11], row[12] & 5) == ([80], 50, passages.DIFFERS["people"])
    assert sorted(one[12] & 5 for one in data["segments"])[-3:] == [0, 1, 4], "with each other, and with the pipeline"


def test_neighbours_by_the_vectors_of_the_page_are_those_of_the_study():
    drawn = np.random.default_rng(3).normal(size=(200, 384)) * (0.97 ** np.arange(384))
    matrix = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    ids = [f"s{n}" for n in range(200)]
    packed, there = passages.packed_vectors(pd.DataFrame({"segment_id": ids, "vector": list(matrix)}), ids)
    assert there == set(ids)
    held = (np.array([ord(sign) for sign in packed["signs"]]) - 0x2880).reshape(200, packed["dimensions"])
    assert packed["dimensions"] == passages.DIMENSIONS
    small = held / np.linalg.norm(held.astype(float), axis=1, keepdims=True)
    for n in range(200):
        best = np.argsort(-(matrix @ matrix[n]))[1:11]
        found = np.argsort(-(small @ small[n]))[1:11]
        assert len(set(best) & set(found)) >= 7


def test_people_come_in_the_order_of_their_numbers():
    listed = pd.DataFrame({"case": ["P10", "P2"]})
    assert passages.people(listed, pd.DataFrame({"case": ["P1", "", "P02"]})) == ["P1", "P02", "P2", "P10"]


def test_without_vectors_there_are_none_in_the_page(small_study):
    data = explored(small_study, embeddings=store.empty("embeddings"))
    assert data["vectors"] == {"dimensions": 0, "signs": ""}
    assert not any(row[12] & passages.HAS_VECTOR for row in data["segments"])


def test_one_filters_by_what_tells_people_apart(small_study):
    attributes = {one["name"]: one["values"] for one in explored(small_study)["attributes"]}
    assert attributes == {"role": ["doctor", "nurse"], "site": ["north", "south"]}
    cases = store.read(small_study, "cases").assign(site="north", name=lambda frame: frame.case)
    assert {one["name"] for one in explored(small_study, cases=cases)["attributes"]} == {"role", "name"}


def test_a_case_that_says_nothing_and_one_that_is_not_listed_can_both_be_chosen(small_study):
    cases = store.read(small_study, "cases").replace("Ana", "Nobody")
    assert [one["name"] for one in explored(small_study, cases=cases)["cases"]] == [
        "Ana",
        "Ben",
        "Cleo",
        "Dev",
        "Nobody",
    ]


def test_a_turn_that_is_not_verbatim_fails_the_build(small_study):
    turns = store.read(small_study, "turns")
    turns.loc[0, "text"] += "!"
    with pytest.raises(quotes.QuoteError):
        explored(small_study, turns=turns)


def test_the_policy_names_exactly_the_script_and_the_style_of_the_page(small_study):
    html = page_of(small_study)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html).group(1).replace("&#39;", "'")
    script = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    style = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert len(script) == len(style) == 1
    for text, kind in ((script[0], "script-src"), (style[0], "style-src")):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def page_of(study) -> str:
    from pipeline import report
    from pipeline.core.params import Params
    from pipeline.deductive import codebook

    made = report_tables.gather(study_results.tables(study), codebook.load_codebook(study / "codebook.yaml"))
    return report.build_page(made, Params(study=str(study)), [("model", "vectors", "0" * 64)])


def test_the_script_writes_text_and_never_markup():
    script = page.joined_script()
    for way in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "XMLHttpRequest",
        "import(",
    ):
        assert way not in script


def test_no_file_of_the_page_names_an_address():
    assert page.joined_script().count("fetch(") == 2, "a decision and a passage that was read, to the review server"
    for name in ("report.html", "quality.html", "style.css", *page.SCRIPTS):
        assert "//" not in templates.text(name).replace("// ", "")
