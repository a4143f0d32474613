"""Take docs/report.png anew: the top of the sample study's report, in headless Chromium.

Run `counterpoint run` on the sample study first, then `python docs/take_picture.py`.
"""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
REPORT = ROOT / "data" / "sample" / "report" / "index.html"
PICTURE = ROOT / "docs" / "report.png"
ADDRESS, WIDTH, HEIGHT = "#overview", 1400, 860


def take(page_file: Path, picture: Path) -> None:
    """Photograph one view of a report at WIDTH x HEIGHT pixels."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(page_file.as_uri() + ADDRESS)
        page.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    if not REPORT.exists():
        sys.exit(f"{REPORT} does not exist. Run `counterpoint run` with `study: data/sample` first.")
    take(REPORT, PICTURE)
