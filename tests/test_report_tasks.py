"""What people come to the report for, done in a real browser and counted in clicks."""

import argued_study as argued
import pytest
import small_study as invented
from browsing import MODELS, api, needs_browser, watched

from pipeline import report
from pipeline.core import store
from pipeline.core.params import Params
from pipeline.deductive import codebook
from pipeline.reporting import report_tables, study_results

pytestmark = needs_browser
MOST_WORDS = 120


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> str:
    folder = argued.write(invented.write(tmp_path_factory.mktemp("tasks") / "data" / "small", repeat=3))
    (folder / "codebook.yaml").write_text("codes: [Pride, {name: Time, definition: Time for it.}, Staffing, Leaders]\n")
    _dispute(folder)
    made = report_tables.gather(study_results.tables(folder), codebook.load_codebook(folder / "codebook.yaml"))
    place = folder / "index.html"
    place.write_text(report.build_page(made, Params(study=str(folder)), MODELS), encoding="utf-8")
    return place.as_uri()


def _dispute(folder) -> None:
    """Passages on which two coders differ about each code."""
    table, segments = store.read(folder, "disagreements"), store.read(folder, "segments")
    said = segments[segments.substantive].head(4)
    rows = []
    for rank, (segment, code) in enumerate(
        zip(said.itertuples(), ("Pride", "Time", "Staffing", "Leaders"), strict=True)
    ):
        row = dict.fromkeys(table.columns, "") | {
            name: getattr(segment, name)
            for name in ("segment_id", "document", "start", "end", "case", "speaker", "text")
        }
        rows.append(row | {"rank": rank + 1, "worth": 0.9, "disputed": code, "says": f"lea: {code} | max: none"})
    store.write(folder, "disagreements", store.empty("disagreements").__class__(rows)[list(table.columns)])


@pytest.fixture
def page(browser, address):
    with watched(browser, address) as opened:
        opened.evaluate(
            "window.clicks = 0; addEventListener('click', (event) => { if (event.isTrusted) window.clicks += 1; }, true)"
        )
        yield opened


def clicks(page) -> int:
    return page.evaluate("window.clicks")


def on_screen(page, selector: str) -> bool:
    """Whether an element is on the first screen, without scrolling."""
    box = page.locator(selector).first.bounding_box()
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= 900


def test_themes_voices_framework_and_what_to_read_first_take_no_click(page):
    for selector in ("#picture tbody th", "#picture thead th", "#picture td.code", "#first li"):
        assert on_screen(page, selector), selector
    assert page.locator("#first li").count() >= 2
    assert clicks(page) == 0


def test_the_first_screen_has_few_words_beside_the_picture(page):
    words = page.evaluate("""() => {
      const picture = document.querySelector('#picture'), texts = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const node = walker.currentNode, range = document.createRange();
        range.selectNode(node);
        const box = range.getBoundingClientRect();
        if (!picture.contains(node) && box.width > 1 && box.height > 1 && box.top < innerHeight) texts.push(node.textContent);
      }
      return texts.join(' ').trim().split(/\\s+/).length;
    }""")
    assert 20 < words <= MOST_WORDS


def test_the_best_three_quotes_of_nurses_at_one_site_about_one_code_take_four(page):
    page.click("header nav a[href='#quotes']")
    page.click("[data-facet=code]:has-text('Time')")
    page.click("[data-facet=a0]:has-text('nurse')")
    page.click("[data-facet=a1]:has-text('north')")
    api.expect(page.locator(".chip")).to_have_count(3)
    assert all("nurse, north" in text for text in page.locator("#hits figcaption").all_inner_texts()[:3])
    assert all("Time" in text for text in page.locator("#hits .labels").all_inner_texts()[:3])
    assert clicks(page) <= 4


def test_two_sites_on_a_theme_take_two(page):
    page.click("[data-choice=site]")
    page.click("#picture tbody th a >> nth=0")
    api.expect(page.locator(".dot-row")).to_have_count(2)
    assert [text.split("\n")[0] for text in page.locator(".dot-row .name").all_inner_texts()] == ["north", "south"]
    assert page.locator(".dot-row .n").first.inner_text().startswith(("1", "2", "3", "4", "5", "6"))
    assert clicks(page) <= 2


def test_what_nobody_coded_takes_two(page):
    page.click("header nav a[href='#quotes']")
    page.click("[data-facet=coded][data-value=nobody]")
    api.expect(page.locator(".chip")).to_have_count(1)
    assert not any(
        "People:" in text or "Candidate codes:" in text for text in page.locator("#hits figure").all_inner_texts()
    )
    assert page.locator("#hits figure").count() > 0
    assert clicks(page) <= 2


def test_the_worst_disagreement_and_its_passages_take_two(page):
    page.click("header nav a[href='#quality']")
    page.click(".line >> nth=0")
    api.expect(page.locator(".opened .says").first).to_be_visible()
    assert clicks(page) <= 2


def test_a_new_name_is_everywhere_after_two(page):
    page.click("#picture tbody th a >> nth=0")
    page.evaluate("window.clicks = 0")
    page.click("[data-edit]")
    page.keyboard.type("Charts at night")
    page.keyboard.press("Tab")
    page.keyboard.type("Asha")
    page.click(".label-edit button[type=submit]")
    assert clicks(page) <= 2
    api.expect(page.locator("#theme h2")).to_have_text("Charts at night")
    assert "Charts at night" in page.inner_text("#theme-list")
    for view, place in (("overview", "#picture"), ("quotes", "#facets"), ("framework", "#framework-body")):
        page.evaluate("(view) => { location.hash = view; }", view)
        api.expect(page.locator(place)).to_contain_text("Charts at night")


def test_a_quote_with_its_source_takes_one(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("#first [data-copy] >> nth=0")
    api.expect(page.locator("#said")).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("“") and copied.endswith(")")
    assert any(name in copied for name in (".txt", ".vtt", ".docx"))
    assert clicks(page) == 1
