"""Lists of the page in a real browser: what they leave out is said and can be had."""

import re

import pandas as pd
import pytest
import small_study as invented
from browsing import MODELS, api, go, needs_browser, watched

from pipeline import report
from pipeline.core import prose, store
from pipeline.core.params import Params
from pipeline.deductive import codebook
from pipeline.reporting import report_tables, study_results, templates
from pipeline.reporting.views import quality_data

pytestmark = needs_browser
CODES = [f"Code {number}" for number in range(14)]


def _dispute(row, n: int) -> dict[str, object]:
    """A passage on which two coders differ about the code Pride."""
    known = {name: getattr(row, name) for name in ("segment_id", "document", "start", "end", "case", "speaker", "text")}
    empty = dict.fromkeys(("question", "before", "after", "agreed", "resolution"), "")
    return {**empty, **known, "rank": n + 1, "worth": 0.9, "disputed": "Pride", "says": "lea: Pride | max: none"}


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> str:
    """A study of 14 candidate codes, none of them in documents in which nobody is named."""
    folder = invented.write(tmp_path_factory.mktemp("lists") / "data" / "small", repeat=3)
    (folder / "codebook.yaml").write_text("codes:\n" + "".join(f"- {name}\n" for name in CODES))
    segments = store.read(folder, "segments")
    used = segments[segments.substantive]
    rows = [
        {
            "segment_id": row.segment_id,
            "code": CODES[n % 14],
            "score": 0.9,
            "accepted": row.case != "",
            "method": "zero_shot",
        }
        for n, row in enumerate(used.itertuples())
    ]
    store.write(folder, "code_assignments", pd.DataFrame(rows))
    for name in ("theme_code", "theme_human_code", "code_themes", "valence"):
        store.write(folder, name, store.empty(name))
    disputed = pd.DataFrame([_dispute(row, n) for n, row in enumerate(used.itertuples())])
    store.write(folder, "disagreements", disputed[list(store.empty("disagreements").columns)])
    made = report_tables.gather(study_results.tables(folder), codebook.load_codebook(folder / "codebook.yaml"))
    place = folder / "index.html"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quality_data, "MOST", 5)
        place.write_text(report.build_page(made, Params(study=str(folder)), MODELS), encoding="utf-8")
    return place.as_uri()


@pytest.fixture
def page(browser, address):
    with watched(browser, address) as opened:
        yield opened


def test_a_long_filter_lists_eight_values_and_the_rest_on_demand(page):
    go(page, "#quotes")
    values = page.locator("[data-facet=code]")
    api.expect(values).to_have_count(8)
    rest = int(page.inner_text("[data-more=code]").split()[0])
    page.click("[data-more=code]")
    api.expect(values).to_have_count(8 + rest)
    page.click("[data-key=fewer-code]")
    api.expect(values).to_have_count(8)


def test_a_chosen_value_stays_in_its_list(page):
    go(page, "#quotes")
    page.click("[data-more=code]")
    last = page.locator("[data-facet=code]").last
    chosen = last.get_attribute("data-value")
    last.click()
    api.expect(page.locator(f"[data-facet=code][data-value='{chosen}'][aria-pressed=true]")).to_be_visible()


def test_a_source_in_which_nobody_is_named_has_a_row_only_with_a_code_and_the_reason_is_given(page):
    go(page, "#framework")
    api.expect(page.locator(".people-codes tbody tr").first).to_be_visible()
    assert "session.docx" not in page.inner_text(".people-codes")
    said = page.inner_text("#framework-body")
    assert "because nobody is named in them" in said and "notes/session.docx" in said


def test_of_each_person_passages_are_counted_and_called_so(page):
    assert "people who speak of it" in page.inner_text("#picture")
    page.click("[data-choice='each person']")
    api.expect(page.locator("[data-choice=people]")).to_have_text("passages")
    assert "people who speak of it" not in page.inner_text("#picture")


def test_nobody_is_said_to_mean_neither_people_nor_the_pipeline(page):
    go(page, "#quotes")
    assert page.inner_text("[data-facet=coded][data-value=nobody] .label") == "neither people nor the pipeline"


def test_a_list_of_disputes_that_was_cut_says_where_the_others_are(page):
    go(page, "#quality")
    page.click(".line:has-text('Pride')")
    api.expect(page.locator(".opened")).to_contain_text("5 passages to discuss")
    said = page.inner_text(".opened")
    assert "passages coded differently, the 5 clearest are listed beside their codes." in said
    page.click(".opened a:has-text('Quotes')")
    filed = page.locator("[data-facet=dispute][data-value=people]")
    api.expect(filed).to_be_visible()
    assert int(filed.locator(".soft").inner_text()) > 5


def test_a_share_is_rounded_alike_on_the_page_and_in_its_sentences(page):
    (percent,) = re.findall(r"^const percent = (.*);$", templates.text("core.js"), re.MULTILINE)
    shares = [0, 0.004, 0.01, 0.125, 0.145, 0.375, 0.5, 0.625, 0.994, 0.996, 1]
    assert page.evaluate(f"{shares}.map({percent})") == [prose.percent(share) for share in shares]
