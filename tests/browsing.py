"""What the tests in a browser share: where Chromium is, why they are skipped without it, and windows that are watched."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
needs_browser = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium here: apt-get install chromium")
MODELS = [("model", "vectors", "0" * 64)]


@contextmanager
def launched() -> Iterator[api.Browser]:
    """A headless Chromium."""
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@contextmanager
def watched(
    browser: api.Browser,
    address: str,
    *,
    width: int = 1400,
    height: int = 900,
    offline: bool = True,
    allowed: str = "",
) -> Iterator[api.Page]:
    """A window that may say nothing on the console and ask for nothing but its page (and what begins with `allowed`)."""
    context = browser.new_context(offline=offline, viewport={"width": width, "height": height}, accept_downloads=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.append(request.url))
    page.goto(address)
    yield page
    context.close()
    fine = ("data:", "blob:", "about:", address, *([allowed] if allowed else []))
    assert [said for said in complaints if not said.startswith(fine)] == []


def go(page: api.Page, address: str) -> None:
    """Go to an address within the page, such as "#quotes", and wait for its view."""
    page.evaluate("(to) => { location.hash = to; }", address)
    view = address.strip("#").split("?")[0].split("/")[0]
    api.expect(page.locator(f"#view-{view}")).to_be_visible()
