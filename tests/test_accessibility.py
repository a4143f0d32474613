"""The page against axe-core, the checker of the Web Content Accessibility Guidelines: no finding."""

import pytest
from browsing import needs_browser, watched
from test_review_browser import decide, write_report

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
pytestmark = needs_browser


@pytest.fixture(scope="module")
def address(small_study, tmp_path_factory) -> str:
    import shutil

    folder = shutil.copytree(small_study, tmp_path_factory.mktemp("axe") / "small")
    return write_report(folder).as_uri()


def findings(page) -> list[str]:
    """All findings: rule, and the first elements it names."""
    found = axe.Axe().run(page).response["violations"]
    return [f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:4]]}" for one in found]


VIEWS = ("overview", "themes", "framework", "quotes", "quality")
# Views with what opens in them.
STATES = (
    "overview?by=each+person&show=talk",
    "themes?tab=all",
    "framework?cell=0-0",
    "quotes?words=time&map=1",
    "quotes?compare=0",
    "quality?line=0",
)


@pytest.mark.parametrize("width", [1400, 400])
def test_the_page_has_no_finding(browser, address, width):
    for view in (*VIEWS, *STATES):
        with watched(browser, f"{address}#{view}", width=width, allowed=address) as page:
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            assert findings(page) == [], view


def test_nor_has_it_in_the_dark(browser, address):
    for view in VIEWS:
        with watched(browser, f"{address}#{view}", allowed=address) as page:
            page.emulate_media(color_scheme="dark")
            assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 27, 31)"
            assert findings(page) == [], view


@pytest.mark.parametrize("action", ["merge", "split", "memo"])
def test_the_dialog_for_deciding_has_none(browser, address, action):
    with watched(browser, address) as page:
        decide(page, action, 1)
        assert findings(page) == []


def test_a_quote_in_context_has_none_and_neither_have_the_decisions_and_the_basket(browser, address):
    with watched(browser, address) as page:
        decide(page, "accept", 1, who="Asha")
        page.click("#decide-form button[type=submit]")
        page.click("#decided summary")
        page.click("#theme button:has-text('Add to basket') >> nth=0")
        page.click("#basket-open")
        page.click("[data-edit]")
        assert findings(page) == []
        page.keyboard.press("Escape")
        page.click("#basket-close")
        page.click("#theme figure .door >> nth=0")
        assert findings(page) == []


def test_the_checker_would_find_something(browser, address):
    with watched(browser, address) as page:
        page.evaluate("document.getElementById('first').append(document.createElement('button'))")
        assert any(said.startswith("button-name") for said in findings(page))
