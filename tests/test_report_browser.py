"""The page in a real browser: opens with the network cut, filters, opens doors, works from the keyboard."""

import shutil
from itertools import pairwise
from pathlib import Path

import pytest
import small_study as invented

from pipeline import report
from pipeline.core.params import Params
from pipeline.deductive import codebook

api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium here: apt-get install chromium")
MODELS = [("model", "vectors", "0" * 64)]


@pytest.fixture(scope="module")
def address(small_study, tmp_path_factory) -> str:
    made = report.gather(report.read(small_study), codebook.load_codebook(small_study / "codebook.yaml"))
    place = tmp_path_factory.mktemp("page with a space") / "index.html"
    place.write_text(report.build_page(made, Params(study=str(small_study)), MODELS), encoding="utf-8")
    return place.as_uri()


@pytest.fixture(scope="module")
def browser():
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser, address):
    """The page in a window without a network; it must say nothing on the console and ask for nothing."""
    context = browser.new_context(offline=True, viewport={"width": 1400, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("dialog", lambda dialog: complaints.append(dialog.message))
    opened.on("request", lambda request: complaints.append(request.url) if request.url != address else None)
    opened.goto(address)
    yield opened
    context.close()
    assert [said for said in complaints if not said.startswith("data:")] == []


def found(page) -> str:
    return page.inner_text("#found")


def test_it_opens_and_shows_every_segment_that_is_used(page):
    assert found(page) == "11 segments from 4 cases."
    assert page.locator("#map [data-s]").count() == 11


def test_searching_makes_no_difference_between_accents_and_cases(page):
    page.fill("input[name=text]", "A VRAI DIRE")
    api.expect(page.locator("#list li")).to_have_count(1)
    assert found(page) == "1 segment from 1 case."
    assert page.locator("#map .off").count() == 10
    page.fill("input[name=text]", "nobody ever says this")
    api.expect(page.locator("#list li")).to_have_count(0)
    assert found(page).startswith("No segments match.")


def test_filters_narrow_each_other_and_can_be_cleared(page):
    page.select_option("select[name=attribute0]", label="nurse")
    api.expect(page.locator("#found")).not_to_contain_text("11 segments")
    nurses = page.locator("#list li").count()
    page.select_option("select[name=source]", label="focus group")
    api.expect(page.locator("#list li")).not_to_have_count(nurses)
    assert all("Cleo" in text for text in page.locator("#list .where").all_inner_texts())
    page.click("button[type=reset]")
    api.expect(page.locator("#list li")).to_have_count(11)


def test_what_was_set_aside_can_be_seen(page):
    page.check("input[name=aside]")
    api.expect(page.locator("#list li")).to_have_count(21)


def test_a_code_and_no_code_are_the_whole(page):
    total = 0
    for code in ("", "-1"):
        page.select_option("select[name=code]", code)
        page.wait_for_timeout(100)
        total += page.locator("#list li").count() * (1 if code else -1)
    assert -11 < total < 0


def test_a_quote_opens_in_its_turn_with_the_question(page):
    page.click(".card .door >> nth=0")
    dialog = page.locator("#context")
    assert dialog.is_visible()
    quoted = page.inner_text(".card blockquote >> nth=0")
    assert page.inner_text("dialog mark") == quoted
    assert page.locator("dialog .turn").count() >= 2
    assert page.locator("dialog .turn.asks").count() >= 1


def test_one_can_read_on_to_the_ends_of_the_talk(page):
    page.click(".card .door >> nth=0")
    for button in ("#earlier", "#later"):
        for _ in range(10):
            if page.is_enabled(button):
                page.click(button)
        assert page.is_disabled(button)
    assert page.locator("dialog .turn").count() in (6, 7)


def test_every_door_opens_on_what_it_stands_beside(page):
    for number in range(page.locator(".card figure").count()):
        figure = page.locator(".card figure").nth(number)
        figure.locator(".door").click()
        assert page.inner_text("dialog mark") == figure.locator("blockquote").inner_text()
        page.keyboard.press("Escape")
        assert not page.locator("#context").is_visible()


def test_the_keyboard_alone_opens_a_door_and_comes_back(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    door = page.locator(".card .door").first
    door.focus()
    page.keyboard.press("Enter")
    assert page.locator("#context").is_visible()
    assert page.evaluate("document.querySelector('#context').contains(document.activeElement)")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.door") == door.get_attribute("data-door")


def test_a_theme_shows_its_segments(page):
    page.click(".card button[data-set-theme] >> nth=0")
    size = page.locator(".card").first.locator("p").filter(has_text="of the segments analysed").inner_text().split()[0]
    assert found(page).startswith(f"{size} segments")


def test_a_cell_of_the_matrix_shows_its_passages(page):
    button = page.locator("button[data-set-code]").first
    count = button.text_content()
    button.click()
    assert found(page).startswith(f"{count} segment")


def test_a_dot_shows_its_segment_and_opens_it(page):
    dot = page.locator("#map [data-s]").first
    dot.hover(force=True)
    assert page.inner_text("#hover") != "Hover over a dot to read the segment; click it to see the context."
    dot.click(force=True)
    assert page.locator("dialog mark").is_visible()


def test_what_breaks_pages_is_read_as_text(page):
    page.fill("input[name=text]", "onerror=alert(1)")
    api.expect(page.locator("#list li")).to_have_count(1)
    assert "</script><img src=x onerror=alert(1)>" in page.inner_text("#list li .text")
    assert page.locator("img").count() == 0


def test_nothing_is_wider_than_a_telephone(browser, address):
    context = browser.new_context(offline=True, viewport={"width": 400, "height": 800})
    narrow = context.new_page()
    narrow.goto(address)
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 400
    context.close()


def test_without_scripts_it_can_still_be_read(browser, address):
    context = browser.new_context(java_script_enabled=False, offline=True)
    plain = context.new_page()
    plain.goto(address)
    assert plain.locator("blockquote").first.is_visible()
    assert not plain.locator("#filters").is_visible()
    assert plain.locator(".noscript").is_visible()
    context.close()


def test_every_control_has_a_name_and_every_table_its_headings(page):
    unnamed = page.evaluate("""() => [...document.querySelectorAll('button, select, input, summary, a[href]')]
        .filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || (e.labels && e.labels.length)))
        .map(e => e.outerHTML)""")
    assert unnamed == []
    assert (
        page.evaluate("[...document.querySelectorAll('main table')].filter(t => !t.querySelector('th[scope]')).length")
        == 0
    )
    levels = page.evaluate("[...document.querySelectorAll('main h2, main h3, main h4')].map(h => Number(h.tagName[1]))")
    assert all(two - one <= 1 for one, two in pairwise(levels))


@pytest.mark.parametrize("selector", [".note", ".none", "figcaption", ".size", ".asked-mark", ".h3", ".h4", ".h5", "a"])
def test_text_stands_out_from_what_is_behind_it(page, selector):
    contrast = page.evaluate(
        """(selector) => {
        const element = document.querySelector(selector);
        if (!element) return 21;
        const channel = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
        const light = rgb => { const [r, g, b] = rgb.match(/[\\d.]+/g).map(Number).map(channel); return .2126*r + .7152*g + .0722*b; };
        let behind = element;
        while (behind && getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
        const [a, b] = [light(getComputedStyle(element).color), light(behind ? getComputedStyle(behind).backgroundColor : 'rgb(255,255,255)')];
        return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
        }""",
        selector,
    )
    assert contrast >= 4.5


def test_a_thousand_segments_make_a_page_of_three_megabytes_at_most(tmp_path, browser):
    folder = invented.write(tmp_path / "large", repeat=48)
    (folder / "codebook.yaml").write_text("codes: [Pride, Time, Staffing, Leaders]\n")
    study = report.gather(report.read(folder), codebook.load_codebook(folder / "codebook.yaml"))
    place = tmp_path / "large.html"
    place.write_text(report.build_page(study, Params(study=str(folder)), MODELS), encoding="utf-8")
    assert place.stat().st_size < 3_000_000
    context = browser.new_context(offline=True)
    large = context.new_page()
    large.goto(place.as_uri())
    assert large.inner_text("#found").startswith("528 segments")
    large.check("input[name=aside]")
    api.expect(large.locator("#found")).to_contain_text("1,008 segments")
    context.close()
