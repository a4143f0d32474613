"""From the page and back to it: what somebody decides in the report is in the next report, in words, after a run."""

import json
import re
import shutil
from pathlib import Path

import pytest
import small_study as invented
from browsing import MODELS, launched, needs_browser, watched
from conftest import CODEBOOK
from typer.testing import CliRunner

from pipeline import cli, report, themes
from pipeline.commands import review
from pipeline.core import store
from pipeline.decisions import ledger
from pipeline.reporting.views.page import DECIDE_CLOSES, DECIDE_OPENS
from tests.test_report import seen

ROOT = Path(__file__).parent.parent
PARAMS = """\
study: data/small
themes: {runs: 4, min_segments: 10, min_size: 3, stability_runs: 0, drop_one: 0, n_themes: 3}
"""


def run(monkeypatch: pytest.MonkeyPatch) -> str:
    """The stages that follow a decision; return the page."""
    monkeypatch.setattr(report, "fingerprints", lambda params: MODELS)
    themes.main()
    report.main()
    return Path("data/small/report/index.html").read_text()


def held(html: str) -> dict:
    """What the page holds for deciding."""
    return json.loads(html.partition(DECIDE_OPENS)[2].partition(DECIDE_CLOSES)[0])


# Where a segment of the page's data keeps its theme, and whether it is used (see core.js).
THEME, USED = 4, 7


def card(html: str, theme: int) -> str:
    """What the page shows of a theme: label, sentences on decisions, passages; empty where it has none."""
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.S).group(1))
    numbers = [number for number, one in enumerate(data["themes"]) if one["id"] == theme]
    own = [segment for segment in data["segments"] if segment[THEME] in numbers and segment[USED]]
    told = [" ".join([one["label"], *one["standing"], *one["trail"]]) for one in data["themes"] if one["id"] == theme]
    return f"{told[0]} {len(own)} segments" if told else ""


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A project whose study was run once, with nothing decided."""
    root = tmp_path_factory.mktemp("chain")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(root)
        folder = invented.write(Path("data/small"), repeat=4)
        (folder / "codebook.yaml").write_text(CODEBOOK)
        shutil.copytree(ROOT / "models", "models", ignore=shutil.ignore_patterns("data"))
        Path("params.yaml").write_text(PARAMS)
        run(patched)
    return root


@pytest.fixture
def project(made, tmp_path, monkeypatch) -> Path:
    """A copy of it, which is where the commands run."""
    shutil.copytree(made, tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")
    return Path("data/small")


def page_file(html: str) -> str:
    """The file that the page saves after a rename and a memo (see decide.js), by somebody called Asha."""
    data = held(html)
    first, second = data["themes"][:2]
    common = {"who": "Asha", "documents": data["documents"]}
    rename = {"action": "rename", "theme": first["id"], "when": "2026-01-15T10:15:00", "why": "Their <b>own</b> words."}
    memo = {"action": "memo", "theme": second["id"], "when": "2026-01-15T10:16:00", "text": "On the edge."}
    taken = [
        {**rename, "label": "Hours nobody counts", "members": first["members"], **common},
        {**memo, "members": second["members"], **common},
    ]
    return json.dumps({"decisions": taken, "basis": data["basis"], "seen": data["seen"]}, indent=1)


def test_what_was_decided_in_the_page_is_in_the_next_report(project, monkeypatch):
    before = (project / "report" / "index.html").read_text()
    first, second, third = (theme["id"] for theme in held(before)["themes"])
    assert "Accepted by people" not in card(before, first)
    Path("decisions-Asha.yaml").write_text(page_file(before))
    done = CliRunner().invoke(cli.app, ["import", "decisions-Asha.yaml"])
    assert done.exit_code == 0, done.output
    state = held(review.shown(project, who="Ben"))["review"]["state"]
    body = {"action": "reject", "theme": third, "who": "Ben", "why": "Nothing holds it together.", "state": state}
    assert review.answer(project, json.dumps(body).encode())[0] == 200
    members = len(held(before)["themes"][0]["members"])

    after = run(monkeypatch)

    renamed = card(after, first)
    assert "Hours nobody counts" in renamed
    assert "Accepted by people." in renamed
    assert "Asha named it “Hours nobody counts”: Their <b>own</b> words." in renamed
    assert f"{members} segments" in renamed
    assert "Asha wrote a memo on it: On the edge." in card(after, second)
    assert card(after, third) == ""
    table = store.read(project, "themes").set_index("theme_id")
    assert (table.label[first], table.status[first]) == ("Hours nobody counts", "accepted")
    assert third not in table.index


def test_the_audit_trail_tells_all_of_it_and_cards_name_no_ids_of_decisions(project, monkeypatch):
    Path("decisions-Asha.yaml").write_text(page_file((project / "report" / "index.html").read_text()))
    assert CliRunner().invoke(cli.app, ["import", "decisions-Asha.yaml"]).exit_code == 0
    after = run(monkeypatch)
    taken = ledger.load(project / "decisions.yaml")
    assert "2 decisions by Asha." in seen(after)
    for one in taken:
        assert one.key in after, "the trail gives the id by which a decision is undone"
        assert not [theme["id"] for theme in held(after)["themes"] if one.key in card(after, theme["id"])]
    rows = (project / "report" / "audit_trail.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 3


def test_a_decision_that_was_taken_back_leaves_the_card_and_stays_in_the_trail(project, monkeypatch):
    before = (project / "report" / "index.html").read_text()
    Path("decisions-Asha.yaml").write_text(page_file(before))
    assert CliRunner().invoke(cli.app, ["import", "decisions-Asha.yaml"]).exit_code == 0
    rename = next(one for one in ledger.load(project / "decisions.yaml") if one.action == "rename")
    assert CliRunner().invoke(cli.app, ["undo", rename.key, "--who", "Ben"]).exit_code == 0
    after = run(monkeypatch)
    assert "Hours nobody counts" not in card(after, rename.theme)
    assert "Accepted by people" not in card(after, rename.theme)
    assert "Ben undid the decision that Asha named a theme “Hours nobody counts”." in seen(after)


@needs_browser
def test_clicked_in_a_browser_saved_brought_in_run_and_read(project, monkeypatch, tmp_path):
    place = (project / "report" / "index.html").resolve()
    with launched() as browser, watched(browser, place.as_uri()) as page:
        page.goto(f"{place.as_uri()}#themes")
        page.click("#theme [data-edit]")
        names = {"new-label": "What we do at night", "your-name": "Asha", "reason": "So they call it."}
        for name, value in names.items():
            page.fill(f".label-edit [name={name}]", value)
        page.click(".label-edit button[type=submit]")
        with page.expect_download() as waiting:
            page.click("#decided-save")
        waiting.value.save_as(tmp_path / "decided.yaml")
    assert CliRunner().invoke(cli.app, ["import", str(tmp_path / "decided.yaml")]).exit_code == 0
    run(monkeypatch)
    with launched() as browser, watched(browser, place.as_uri()) as page:
        page.goto(f"{place.as_uri()}#themes")
        page.click("#theme-list a:has-text('What we do at night')")
        said = page.text_content("#theme")
    assert "What we do at night" in said
    assert "Asha named it “What we do at night”: So they call it." in said
    assert "Accepted by people." in said
