"""The page against axe-core, the checker of the Web Content Accessibility Guidelines: no serious or critical finding."""

import pytest
from browsing import launched, needs_browser, watched
from test_review_browser import decide, write_report

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
pytestmark = needs_browser


@pytest.fixture(scope="module")
def address(small_study, tmp_path_factory) -> str:
    import shutil

    folder = shutil.copytree(small_study, tmp_path_factory.mktemp("axe") / "small")
    return write_report(folder).as_uri()


@pytest.fixture(scope="module")
def browser():
    with launched() as opened:
        yield opened


def serious(page) -> list[str]:
    """The serious and critical findings: rule, and the first elements it names."""
    found = axe.Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:4]]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("width", [1400, 400])
def test_the_page_has_no_serious_finding(browser, address, width):
    with watched(browser, address, width=width) as page:
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert serious(page) == []


@pytest.mark.parametrize("action", ["rename", "merge", "memo"])
def test_the_dialog_for_deciding_has_none(browser, address, action):
    with watched(browser, address) as page:
        decide(page, action, 1)
        assert serious(page) == []


def test_a_quote_in_context_has_none_and_neither_has_the_list_of_decisions(browser, address):
    with watched(browser, address) as page:
        decide(page, "accept", 1, who="Asha")
        page.click("#decide-form button[type=submit]")
        page.click("#decided summary")
        assert serious(page) == []
        page.click(".card .door >> nth=0")
        assert serious(page) == []


def test_the_checker_would_find_something(browser, address):
    with watched(browser, address) as page:
        page.evaluate("document.getElementById('found').replaceChildren(document.createElement('button'))")
        assert any(said.startswith("button-name") for said in serious(page))
