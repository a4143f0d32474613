"""Every link inside the report's page, in a real browser: it lands with its target at the top, however it is taken."""

import re

import argued_study as argued
import pytest
import small_study as invented
from browsing import MODELS, launched, needs_browser, watched

from pipeline import report
from pipeline.core.params import Params
from pipeline.decisions import ledger
from pipeline.decisions.ledger import Decision
from pipeline.deductive import codebook

pytestmark = needs_browser

# Targets may lie this many pixels from where they belong: lines have fractions of a pixel.
NEAR = 3
SIZES = [(1400, 900), (1024, 600), (400, 800)]
LINKS = "[...new Set([...document.querySelectorAll('a[href^=\"#\"]')].map(link => link.getAttribute('href').slice(1)))]"
# Where the target is (its top, less the room kept for the row of links), how far the page can still be scrolled, and
# where that row ends.
PLACE = """(name) => {
  const root = document.documentElement, top = document.getElementById(name).getBoundingClientRect().top;
  return { off: top - parseFloat(getComputedStyle(root).scrollPaddingTop), top,
           left: root.scrollHeight - innerHeight - scrollY,
           row: document.querySelector('nav').getBoundingClientRect().bottom };
}"""
# Resolves once the page has stood still for a while.
STILL = """async () => {
  for (let same = 0, last = -1; same < 10; last = scrollY) {
    await new Promise(requestAnimationFrame);
    same = scrollY === last ? same + 1 : 0;
  }
}"""


def taken() -> list[Decision]:
    return [Decision(action="accept", theme=0, who="Asha", when="2026-01-01", members=("s1",), documents=("d1",))]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page whose sections are of very different heights, with questions, open ends and things that were left out."""
    folder = argued.write(invented.write(tmp_path_factory.mktemp("links") / "data" / "small", repeat=6))
    (folder / "codebook.yaml").write_text("codes: [Pride, Time, Staffing, Leaders]\n")
    ledger.save(folder / "decisions.yaml", taken())
    made = report.gather(report.read(folder), codebook.load_codebook(folder / "codebook.yaml"), taken())
    place = folder / "index.html"
    place.write_text(report.build_page(made, Params(study=str(folder)), MODELS), encoding="utf-8")
    return place.as_uri()


@pytest.fixture(scope="module")
def browser():
    with launched() as opened:
        yield opened


@pytest.fixture
def page(browser, address):
    with watched(browser, address) as opened:
        opened.emulate_media(reduced_motion="reduce")
        yield opened


def lands(page, name: str) -> None:
    """The target is at the top, clear of the row of links, or the page ends before it can be."""
    page.evaluate(STILL)
    place = page.evaluate(PLACE, name)
    assert abs(place["off"]) <= NEAR or (place["left"] <= NEAR and 0 < place["off"] < 900), (name, place)
    assert place["top"] >= place["row"] - NEAR or name == "study", (name, place)


def names_of(page) -> list[str]:
    names = page.evaluate(LINKS)
    assert {"study", "matrix", "agreement", "waiting", "trail", "method", "problems", "review"} <= set(names)
    assert sum(bool(re.fullmatch(r"T\d+", name)) for name in names) == 2
    return names


def click(page, name: str) -> None:
    page.locator(f"a[href='#{name}']").last.evaluate("link => link.click()")


def test_every_link_has_a_target_of_its_own(page):
    for name in names_of(page):
        assert page.locator(f"[id='{name}']").count() == 1, name


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_link_lands_on_its_target_from_wherever_one_was(page, width, height):
    page.set_viewport_size({"width": width, "height": height})
    names = names_of(page)
    for name in [*names, *reversed(names)]:
        click(page, name)
        lands(page, name)


def test_it_lands_also_where_the_page_glides_there(page):
    page.emulate_media(reduced_motion="no-preference")
    for name in ("agreement", "matrix", "trail", "themes", "saturation"):
        click(page, name)
        lands(page, name)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_an_address_with_a_target_opens_there(browser, address, width, height):
    with watched(browser, address, width=width, height=height, allowed=address) as page:
        for name in names_of(page) if width == SIZES[0][0] else ("matrix", "agreement", "review", "trail", "T1"):
            page.goto("about:blank")
            page.goto(f"{address}#{name}")
            lands(page, name)


def test_it_lands_from_the_keyboard(page):
    for name in names_of(page):
        page.locator(f"a[href='#{name}']").last.focus()
        page.keyboard.press("Enter")
        lands(page, name)


def test_it_lands_when_everything_is_unfolded_and_when_it_is_folded_again(page):
    for open_now in ("true", "false"):
        page.evaluate(f"document.querySelectorAll('main details').forEach(one => {{ one.open = {open_now}; }})")
        for name in names_of(page):
            click(page, name)
            lands(page, name)


def test_back_and_forward_return_to_where_one_was(page):
    page.evaluate("scrollTo(0, 700)")
    places = [700]
    for name in ("saturation", "themes", "agreement"):
        click(page, name)
        lands(page, name)
        places.append(page.evaluate("scrollY"))
    for place in places[-2::-1]:
        page.go_back()
        page.evaluate(STILL)
        assert abs(page.evaluate("scrollY") - place) <= NEAR
    page.go_forward()
    lands(page, "saturation")


def test_it_lands_without_scripts(browser, address):
    for name in ("matrix", "agreement", "saturation"):
        context = browser.new_context(java_script_enabled=False, offline=True, reduced_motion="reduce")
        page = context.new_page()
        page.goto(f"{address}#{name}")
        box = page.locator(f"#{name}").bounding_box()
        assert box is not None and 50 < box["y"] < 100
        context.close()


def test_what_shows_a_theme_or_a_cell_in_the_list_goes_to_the_list(page):
    for button in (".card [data-set-theme]", "#matrix [data-set-code]"):
        page.locator(button).last.click()
        lands(page, "explore")


def test_opening_a_passage_leaves_the_page_where_it_was(page):
    door = page.locator("#matrix .door").last
    door.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    door.click()
    assert page.locator("dialog mark").is_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("scrollY") == before
