"""Deciding in the page, in a real browser: as a file that is brought in, and straight to decisions.yaml."""

import json
import shutil
import threading
from pathlib import Path

import pytest
from browsing import MODELS, api, needs_browser, watched

from pipeline import report
from pipeline.commands import review
from pipeline.core import store
from pipeline.core.params import Params
from pipeline.decisions import ledger, reading_ledger
from pipeline.deductive import codebook
from pipeline.reporting import report_tables, study_results

pytestmark = needs_browser


def write_report(folder: Path) -> Path:
    """Make the page of a study as the report stage does."""
    taken = ledger.load(folder / "decisions.yaml")
    made = report_tables.gather(study_results.tables(folder), codebook.load_codebook(folder / "codebook.yaml"), taken)
    place = folder / "report" / "index.html"
    place.parent.mkdir(exist_ok=True)
    place.write_text(report.build_page(made, Params(study=str(folder)), MODELS), encoding="utf-8")
    return place


@pytest.fixture
def study(small_study, tmp_path) -> Path:
    folder = shutil.copytree(small_study, tmp_path / "data" / "small")
    write_report(folder)
    return folder


@pytest.fixture
def page(browser, study):
    with watched(browser, (study / "report" / "index.html").as_uri()) as opened:
        yield opened


@pytest.fixture
def served(study):
    made, address = review.server(study, who="Asha")
    running = threading.Thread(target=made.serve_forever, daemon=True)
    running.start()
    yield address
    made.shutdown()
    made.server_close()
    running.join()


def theme(page, number: int) -> None:
    """Open the nth theme of the list."""
    page.evaluate("location.hash = '#themes'")
    page.click(f"#theme-list a >> nth={number - 1}")
    api.expect(page.locator(f"#theme-list li:nth-child({number}) a[aria-current]")).to_be_visible()


def rename(page, number: int, **fields: str) -> None:
    """Rename the nth theme where its name stands, as a person does."""
    theme(page, number)
    page.click("#theme [data-edit]")
    for name, value in fields.items():
        page.fill(f".label-edit [name={name}]", value)
    page.click(".label-edit button[type=submit]")


def decide(page, action: str, number: int = 1, **fields: str) -> None:
    """Decide about the nth theme, as a person does."""
    theme(page, number)
    page.click(f"#theme button[data-decide={action}]")
    for name, value in fields.items():
        page.fill(f"#decide-form [name={name}]", value)


def confirm(page) -> None:
    page.click("#decide-form button[type=submit]")


def saved(page, tmp_path: Path) -> Path:
    with page.expect_download() as waiting:
        page.click("#decided-save")
    place = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(place)
    return place


def test_a_new_name_stands_in_quality_too(page):
    old = next(one["label"] for one in json.loads(page.text_content("#data"))["themes"] if "<home>" in one["label"])
    assert f"“{old}”" in page.text_content("#view-quality")
    theme(page, 1)
    if page.inner_text("#theme h2") != old:
        theme(page, 2)
    page.click("#theme [data-edit]")
    for name, value in {"new-label": "Nights on the ward", "your-name": "Asha", "reason": "Their own words."}.items():
        page.fill(f".label-edit [name={name}]", value)
    page.click(".label-edit button[type=submit]")
    page.evaluate("() => { location.hash = '#quality'; }")
    page.wait_for_selector("#view-quality:not([hidden])")
    after = page.text_content("#view-quality")
    assert f"“{old}”" not in after and "“Nights on the ward”" in after


def test_what_is_decided_in_the_page_is_a_valid_decisions_file(page, study, tmp_path):
    assert not page.is_visible("#decided")
    rename(page, 1, **{"new-label": "Charts at home", "your-name": "Asha", "reason": "Their own words."})
    assert page.inner_text("#decided-said") == "1 decision on this page, not saved yet."
    decide(page, "accept", 1)
    assert page.input_value("#decide-form [name=who]") == "Asha"
    confirm(page)
    decide(page, "memo", 2, text="On the edge of it.\nSee 😀 too.")
    confirm(page)
    place = saved(page, tmp_path)
    assert page.inner_text("#decided-said") == "3 decisions, saved to a file."
    found = ledger.load(place)
    assert [one.action for one in found] == ["rename", "accept", "memo"]
    renamed, accept, memo = found
    data = json.loads(page.text_content("#decide-data"))
    theme = data["themes"][0]
    assert (renamed.theme, renamed.label, renamed.who, renamed.why) == (
        theme["id"],
        "Charts at home",
        "Asha",
        "Their own words.",
    )
    assert list(renamed.members) == theme["members"]
    assert list(renamed.documents) == data["documents"]
    assert accept.label == "Charts at home"
    assert memo.text == "On the edge of it.\nSee 😀 too."
    assert renamed.when < accept.when < memo.when
    assert place.name.startswith("decisions-Asha-")


def test_a_merge_is_anchored_on_all_its_themes_and_closes_the_one_that_went_in(page, study, tmp_path):
    decide(page, "merge", 1, who="Asha")
    page.check("#decide-others input >> nth=0")
    confirm(page)
    assert page.locator("#theme-list a").count() == 1, "what went in is no longer a theme of its own"
    assert "Merged with" in page.inner_text("#theme .now")
    page.evaluate(
        "location.hash = `#themes/${JSON.parse(document.getElementById('decide-data').textContent).themes[1].id}`"
    )
    api.expect(page.locator("#theme .now")).to_contain_text("Merged into")
    assert page.is_disabled("#theme button[data-decide=accept]")
    first, second = json.loads(page.text_content("#decide-data"))["themes"]
    merge = ledger.load(saved(page, tmp_path))[0]
    assert merge.others == (second["id"],)
    assert set(merge.members) == {*first["members"], *second["members"]}


def test_a_decision_that_is_taken_back_is_not_in_the_file(page, tmp_path):
    decide(page, "reject", 1, who="Asha")
    confirm(page)
    decide(page, "memo", 1, text="Kept.")
    confirm(page)
    page.click("#decided summary")
    page.click("#decided-list button >> nth=0")
    assert [one.action for one in ledger.load(saved(page, tmp_path))] == ["memo"]
    page.click("#decided-list button >> nth=0")
    assert not page.is_visible("#decided")


@pytest.mark.parametrize(
    ("action", "fields", "said"),
    [
        ("accept", {"who": ""}, "Enter your name."),
        ("split", {"who": "A", "part": "  "}, "Write the label of the new theme first."),
        ("split", {"who": "A", "part": "Nights"}, "Choose the passages of the new theme."),
        ("memo", {"who": "A"}, "Write the memo first."),
        ("merge", {"who": "A"}, "Select at least one theme."),
    ],
)
def test_what_is_missing_is_said_beside_the_field(page, action, fields, said):
    decide(page, action, 1, **fields)
    confirm(page)
    assert page.inner_text("#decide-wrong") == said
    assert page.is_visible("#decide")
    page.keyboard.press("Escape")
    assert not page.is_visible("#decided")


def test_the_keyboard_alone_decides_and_comes_back_to_the_button(page):
    theme(page, 1)
    page.focus("#theme button[data-decide=accept]")
    page.keyboard.press("Enter")
    page.keyboard.type("Asha")
    page.keyboard.press("Enter")
    assert page.inner_text("#theme .now").startswith("Accepted by Asha")
    assert page.evaluate("document.activeElement.dataset.decide") == "accept"


def test_words_that_are_markup_stay_words(page, tmp_path):
    hostile = '</script><img src=x onerror=alert(1)> "\\" \u202e {{ 7*7 }}'
    rename(page, 1, **{"new-label": hostile, "your-name": "<b>Asha</b>"})
    assert "<img" in page.inner_text("#theme .now")
    assert "<img" in page.inner_text("#theme h2")
    assert page.locator("img").count() == 0
    assert ledger.load(saved(page, tmp_path))[0].label == hostile.replace(" \u202e", "")  # nothing invisible is kept


def test_the_review_writes_straight_to_the_decisions(browser, study, served):
    with watched(browser, served, offline=False) as page:
        rename(page, 1, **{"new-label": "Charts at home"})
        api.expect(page.locator("#decided-said")).to_contain_text("1 decision written to decisions.yaml")
        found = ledger.load(study / "decisions.yaml")
        assert [(one.action, one.label, one.who) for one in found] == [("rename", "Charts at home", "Asha")]
        assert found[0].members
        page.click("#decided summary")
        page.click("#decided-list button")
        api.expect(page.locator("#decided")).to_be_hidden()
        assert ledger.standing(ledger.load(study / "decisions.yaml")) == []


def test_a_passage_that_is_opened_in_the_review_is_noted_as_read(browser, study, served):
    with watched(browser, served, offline=False) as page:
        theme(page, 1)
        page.click("#theme figure .door >> nth=0")
        api.expect(page.locator("#context-read")).to_have_text("Recorded as read by Asha.")
    (noted,) = reading_ledger.load(study / "passages_read.yaml")
    quotes = store.read(study, "theme_quotes")
    assert noted.segment in set(quotes.segment_id)


def test_opened_as_a_file_nothing_is_noted_and_nothing_is_said_of_it(page, study):
    theme(page, 1)
    page.click("#theme figure .door >> nth=0")
    api.expect(page.locator("#context")).to_be_visible()
    api.expect(page.locator("#context-read")).to_be_hidden()
    assert not (study / "passages_read.yaml").exists() or reading_ledger.load(study / "passages_read.yaml") == []


def test_what_was_decided_is_still_there_when_the_page_is_reloaded(browser, study, served):
    with watched(browser, served, offline=False) as page:
        decide(page, "reject", 2)
        confirm(page)
        api.expect(page.locator("#theme .now")).to_contain_text("Rejected by Asha")
        page.reload()
        assert "Rejected by Asha" in page.inner_text("#theme .now")


def test_the_second_of_two_tabs_is_told_to_reload(browser, study, served):
    context = browser.new_context()
    one, two = context.new_page(), context.new_page()
    for tab in (one, two):
        tab.goto(served)
    rename(one, 1, **{"new-label": "One"})
    api.expect(one.locator("#decided")).to_be_visible()
    rename(two, 1, **{"new-label": "Two"})
    api.expect(two.locator(".label-edit .wrong")).to_contain_text("Reload the page")
    assert [held.label for held in ledger.load(study / "decisions.yaml")] == ["One"]
    two.reload()
    rename(two, 1, **{"new-label": "Two"})
    api.expect(two.locator("#decided")).to_contain_text("2 decisions")
    context.close()


def test_a_server_that_has_gone_is_said_to_have(browser, study):
    made, address = review.server(study, who="Asha")
    running = threading.Thread(target=made.serve_forever, daemon=True)
    running.start()
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    made.shutdown()
    made.server_close()
    decide(page, "accept", 1)
    confirm(page)
    api.expect(page.locator("#decide-wrong")).to_contain_text("nothing was saved")
    context.close()


def test_a_label_is_written_over_where_it_stands_and_kept(browser, study, served):
    with watched(browser, served, offline=False) as page:
        theme(page, 2)
        page.click("[data-edit]")
        page.keyboard.type("Time at night")
        page.keyboard.press("Enter")
        api.expect(page.locator("#theme h2")).to_have_text("Time at night")
        api.expect(page.locator("#theme-list")).to_contain_text("Time at night")
    assert [(one.action, one.label, one.who) for one in ledger.load(study / "decisions.yaml")] == [
        ("rename", "Time at night", "Asha")
    ]


def test_a_label_is_not_kept_without_a_name_or_without_words(page):
    theme(page, 1)
    page.click("[data-edit]")
    page.fill("[name=new-label]", "Something")
    page.click(".label-edit button[type=submit]")
    assert page.inner_text(".label-edit .wrong") == "Enter your name."
    page.fill("[name=new-label]", " ")
    page.click(".label-edit button[type=submit]")
    assert page.inner_text(".label-edit .wrong") == "Write the new label first."
    page.keyboard.press("Escape")
    assert page.inner_text("#theme h2") == "Charts at <home>"
    assert not page.is_visible("#decided")


def split(page, number: int, label: str, passages: int) -> None:
    """Split the first passages off the nth theme, as a person does."""
    decide(page, "split", number, part=label)
    for place in range(passages):
        page.check(f"#decide-passages input >> nth={place}")
    assert page.inner_text("#decide-chosen").startswith(f"{passages} of ")


def test_passages_are_split_off_and_shown_under_their_new_name(page, study, tmp_path):
    theme(page, 1)
    before = int(page.inner_text("#theme .voice").split()[0])
    split(page, 1, "Charts at night", 2)
    page.fill("#decide-form [name=who]", "Asha")
    chosen = [text.strip() for text in page.locator("#decide-passages label > bdi").all_inner_texts()[:2]]
    confirm(page)
    assert "“Charts at night” split off (2 passages) by Asha" in page.inner_text("#theme .now")
    assert page.inner_text("#theme .voice").startswith(f"{before - 2} passage")
    page.click("#theme-list a:has-text('Charts at night')")
    api.expect(page.locator("#found")).to_contain_text("2 passages")
    shown = [" ".join(text.split()) for text in page.locator("#hits blockquote").all_inner_texts()]
    assert all(any(text.startswith(words.removesuffix(" …")) for text in shown) for words in chosen)
    (one,) = ledger.load(saved(page, tmp_path))
    data = json.loads(page.text_content("#decide-data"))["themes"][0]
    assert (one.action, one.theme, one.label, len(one.segments)) == ("split", data["id"], "Charts at night", 2)
    assert set(one.segments) < set(one.members) == set(data["members"])


def test_a_split_is_written_by_the_review_and_can_be_taken_back(browser, study, served):
    with watched(browser, served, offline=False) as page:
        split(page, 1, "Charts at night", 1)
        confirm(page)
        api.expect(page.locator("#theme-list")).to_contain_text("Charts at night")
        (one,) = ledger.load(study / "decisions.yaml")
        assert (one.action, one.label, len(one.segments)) == ("split", "Charts at night", 1)
        page.reload()
        api.expect(page.locator("#theme-list")).to_contain_text("Charts at night")
        page.click("#decided summary")
        page.click("#decided-list button")
        api.expect(page.locator("#theme-list")).not_to_contain_text("Charts at night")


def test_all_of_a_theme_cannot_be_split_off_it_and_words_find_passages(page):
    decide(page, "split", 1, part="Everything", who="A")
    every = page.locator("#decide-passages input").count()
    page.fill("#decide-find", "xylophone")
    assert page.locator("#decide-passages input").count() == 0
    page.fill("#decide-find", "")
    page.click("#decide-all")
    assert page.inner_text("#decide-chosen").startswith(f"{every} of {every} passages")
    confirm(page)
    assert "nothing would be left" in page.inner_text("#decide-wrong")
    page.click("#decide-none")
    assert page.inner_text("#decide-chosen").startswith("0 of ")


def test_the_line_in_their_words_is_offered_as_a_name(browser, study):
    themes, assigned = store.read(study, "themes"), store.read(study, "theme_assignments")
    segments = store.read(study, "segments").set_index("segment_id")
    place = themes.index[themes.level == 1][0]
    segment = assigned[assigned.theme_id == themes.theme_id[place]].segment_id.iloc[0]
    start, text = int(segments.start[segment]), segments.text[segment]
    line = {"in_vivo": text[:20], "in_vivo_segment": segment, "in_vivo_start": start, "in_vivo_end": start + 20}
    for column, value in line.items():
        themes.loc[place, column] = value
    store.write(study, "themes", themes)
    with watched(browser, write_report(study).as_uri()) as page:
        page.evaluate("(id) => { location.hash = `themes/${id}`; }", int(themes.theme_id[place]))
        page.click("#theme [data-line]")
        assert page.input_value("[name=new-label]") == text[:20]
        page.fill("[name=your-name]", "Asha")
        page.click(".label-edit button[type=submit]")
        assert page.inner_text("#theme h2") == text[:20].strip()
