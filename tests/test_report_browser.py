"""The page in a real browser: opens with the network cut, keeps its place in the address, works from the keyboard."""

import json
import re
import struct
import zipfile
from itertools import pairwise
from xml.etree import ElementTree

import pytest
import small_study as invented
from browsing import MODELS, api, go, needs_browser, watched

from pipeline import report
from pipeline.core import store
from pipeline.core.params import Params
from pipeline.deductive import codebook
from pipeline.reporting import report_tables, study_results, templates

pytestmark = needs_browser
VIEWS = ("overview", "themes", "framework", "quotes", "quality")


def written(study, place, **options) -> str:
    made = report_tables.gather(study_results.tables(study), codebook.load_codebook(study / "codebook.yaml"))
    place.write_text(report.build_page(made, Params(study=str(study), **options), MODELS), encoding="utf-8")
    return place.as_uri()


@pytest.fixture(scope="module")
def address(small_study, tmp_path_factory) -> str:
    return written(small_study, tmp_path_factory.mktemp("page with a space") / "index.html")


@pytest.fixture
def page(browser, address):
    """The page in a window without a network; it must say nothing on the console and ask for nothing."""
    with watched(browser, address) as opened:
        yield opened


def found(page) -> str:
    return page.inner_text("#found")


def test_it_opens_and_shows_every_segment_that_is_used(page):
    assert page.locator("#picture tbody tr").count() == 2
    go(page, "#quotes")
    assert found(page) == "11 passages by 4 people and 1 source in which nobody is named"
    assert page.locator("#hits figure").count() == 11


def test_one_view_is_shown_at_a_time_and_back_returns(page):
    for view in VIEWS[1:]:
        page.click(f"header nav a[href='#{view}']")
        api.expect(page.locator(f"#view-{view}")).to_be_visible()
        assert [name for name in VIEWS if page.is_visible(f"#view-{name}")] == [view]
        assert page.get_attribute(f"header nav a[href='#{view}']", "aria-current") == "page"
    for view in VIEWS[-2::-1]:
        page.go_back()
        api.expect(page.locator(f"#view-{view}")).to_be_visible()


def test_filters_are_in_the_address_and_back_takes_them_off(page):
    go(page, "#quotes")
    page.click("[data-facet=a0][data-value='1']")
    api.expect(page.locator("#found")).not_to_contain_text("11 passages")
    nurses = found(page)
    assert "a0=1" in page.url
    page.click("[data-facet=kind][data-value='focus group']")
    api.expect(page.locator("#found")).not_to_have_text(nurses)
    assert all("Cleo" in text for text in page.locator("#hits figcaption").all_inner_texts())
    page.go_back()
    api.expect(page.locator("#found")).to_have_text(nurses)
    page.go_back()
    api.expect(page.locator("#found")).to_contain_text("11 passages")


def test_an_address_with_filters_opens_as_it_was_left(browser, address):
    with watched(browser, f"{address}#quotes?a0=1&words=staffing", allowed=address) as page:
        assert page.input_value("#words") == "staffing"
        assert page.get_attribute("[data-facet=a0][data-value='1']", "aria-pressed") == "true"
        assert page.locator("#hits mark").first.inner_text() == "Staffing"


def test_counts_of_a_filter_are_what_it_gives(page):
    go(page, "#quotes?code=1")
    for value in ("0", "1"):
        item = page.locator(f"[data-facet=a1][data-value='{value}']")
        if not item.count():
            continue
        promised = item.locator(".soft").inner_text()
        item.click()
        api.expect(page.locator("#found")).to_contain_text(f"{promised} passage")
        page.go_back()
        api.expect(page.locator("#view-quotes .chip")).to_have_count(1)


def test_searching_makes_no_difference_between_accents_and_cases(page):
    go(page, "#quotes")
    page.fill("#words", "A VRAI DIRE")
    page.press("#words", "Enter")
    api.expect(page.locator("#hits mark").first).to_have_text("à vrai dire")
    assert "1 passage says" in page.inner_text("#near-words")


def test_of_a_word_that_nobody_says_it_is_said_that_the_search_knows_no_meaning(page):
    go(page, "#quotes")
    page.fill("#words", "xylophone")
    api.expect(page.locator("#found")).to_contain_text("No passages match.")
    assert "not what a phrase means" in page.inner_text("#near-words")
    assert "Clear a filter" not in found(page), "none is set"
    go(page, "#quotes?words=xylophone&a0=1")
    api.expect(page.locator("#found")).to_have_text("No passages match. Clear a filter to see more.")


def test_passages_like_one_are_ranked_and_it_is_not_among_them(page):
    go(page, "#quotes")
    first = page.inner_text("#hits blockquote >> nth=0")
    page.click("#hits a:has-text('More like this') >> nth=0")
    api.expect(page.locator("#near-words")).to_contain_text("Nearest in meaning to")
    assert first not in page.locator("#hits blockquote").all_inner_texts()


def test_a_code_is_followed_by_what_comes_near_its_definition(page):
    go(page, "#quotes?near=c1")
    with_code = sum("Time" in text for text in page.locator("#hits .labels").all_inner_texts())
    assert 0 < with_code < page.locator("#hits figure").count()
    assert "Nearest to the definition of “Time”" in page.inner_text("#near-words")


def test_what_was_set_aside_can_be_seen(page):
    go(page, "#quotes?aside=1")
    api.expect(page.locator("#found")).to_contain_text("21 passages")


def test_two_groups_stand_side_by_side(page):
    go(page, "#quotes?theme=0")
    page.click("[data-compare='0']")
    api.expect(page.locator(".column")).to_have_count(2)
    assert page.locator(".column select").nth(0).input_value() != page.locator(".column select").nth(1).input_value()
    assert all("of 2 people" in text for text in page.locator(".column > p").all_inner_texts()[::2])


@pytest.mark.parametrize("number", [1, 4])
def test_as_many_quotes_stand_beside_a_theme_as_the_settings_say(browser, small_study, tmp_path, number):
    address = written(small_study, tmp_path / "index.html", report={"quotes_per_theme": number})
    with watched(browser, address) as page:
        go(page, "#themes")
        assert page.locator("#theme .columns blockquote").count() == number


def test_a_quote_opens_in_its_turn_with_the_question_and_one_can_read_on(page):
    go(page, "#themes")
    quoted = page.inner_text("#theme blockquote >> nth=0")
    page.click("#theme figure .door >> nth=0")
    assert page.locator("#context").is_visible()
    assert page.inner_text("dialog mark") == quoted
    assert page.locator("dialog .turn.asks").count() >= 1
    for button in ("#earlier", "#later"):
        for _ in range(10):
            if page.is_enabled(button):
                page.click(button)
        assert page.is_disabled(button)
    assert page.locator("dialog .turn").count() in (6, 7)


def test_every_door_opens_on_what_it_stands_beside(page):
    go(page, "#quotes")
    for number in range(page.locator("#hits figure").count()):
        figure = page.locator("#hits figure").nth(number)
        figure.locator(".door").click()
        assert page.inner_text("dialog mark") == figure.locator("blockquote").inner_text()
        page.keyboard.press("Escape")
        assert not page.locator("#context").is_visible()


def test_the_keyboard_alone_opens_a_door_and_comes_back(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    door = page.locator("#first .door").first
    door.focus()
    page.keyboard.press("Enter")
    assert page.locator("#context").is_visible()
    assert page.evaluate("document.querySelector('#context').contains(document.activeElement)")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.door") == door.get_attribute("data-door")


def test_the_keyboard_stays_on_a_filter_that_it_set(page):
    go(page, "#quotes")
    page.locator("[data-facet=a0][data-value='1']").focus()
    page.keyboard.press("Enter")
    api.expect(page.locator("[data-facet=a0][data-value='1'][aria-pressed=true]")).to_be_visible()
    assert page.evaluate("document.activeElement.dataset.key") == "a0-1"


def test_the_picture_counts_people_of_each_group(page, small_study):
    cells = page.locator("#picture tbody tr").first.locator("td").all_inner_texts()
    assigned = store.read(small_study, "theme_assignments").merge(store.read(small_study, "segments"), on="segment_id")
    own = assigned[(assigned.theme_id == 0) & (assigned.case != "")].merge(store.read(small_study, "cases"), on="case")
    people = store.read(small_study, "cases").role.value_counts()
    spoken = own.groupby("role").case.nunique()
    assert cells[1:3] == [f"{spoken.get(role, 0)} of {people[role]}" for role in ("doctor", "nurse")]
    page.click("[data-choice=talk]")
    api.expect(page.locator("#picture tbody td").nth(1)).to_contain_text("%")


def test_a_cell_of_the_picture_opens_its_passages(page):
    cell = page.locator("#picture tbody td a").first
    assert cell.inner_text().endswith(" of 2")
    cell.click()
    api.expect(page.locator("#view-quotes .chip")).to_have_count(2)
    assert page.locator("#hits figure").count() > 0


def test_a_cell_of_the_matrix_shows_its_summary_beside_its_passages(page):
    go(page, "#framework")
    button = page.locator(".people-codes button").first
    count = button.inner_text()
    button.click()
    api.expect(page.locator(".panel h4").nth(1)).to_have_text(re.compile(rf"^{count} passage"))
    assert page.locator(".panel q").count() >= 1
    assert "asked, silent" in page.locator(".people-codes .empty").first.get_attribute("title") + page.inner_text(
        ".people-codes"
    )


def test_a_code_opens_its_disputed_passages_beside_the_definition(copied_page):
    go(copied_page, "#quality")
    line = copied_page.locator(".line").first
    assert "lea" in line.inner_text() and "both" in line.inner_text()
    line.click()
    api.expect(copied_page.locator(".opened h3").first).to_have_text(line.locator(".name").inner_text())


@pytest.fixture
def copied_page(browser, address):
    with watched(browser, address) as opened:
        yield opened


def test_the_basket_is_saved_as_a_word_file_with_sources(page, tmp_path):
    go(page, "#quotes")
    for number in (0, 1):
        page.click(f"#hits button:has-text('Add to basket') >> nth={number}")
    page.click("#basket-open")
    assert page.locator("#basket-list li").count() == 2
    with page.expect_download() as waiting:
        page.click("#basket-word")
    place = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(place)
    assert place.name == "quotes.docx"
    import docx

    lines = [paragraph.text for paragraph in docx.Document(str(place)).paragraphs]
    assert lines[0].startswith("“") and len(lines) == 4
    assert "groups/ward.txt" in lines[1]
    assert zipfile.ZipFile(place).testzip() is None


def test_the_map_has_names_and_opens_a_passage(page):
    go(page, "#quotes?map=1")
    canvas = page.locator("canvas")
    assert "list below" in canvas.get_attribute("aria-label")
    numbers = json.loads(page.text_content("#data"))["map"]
    place = next(k for k in range(0, len(numbers), 2) if numbers[k] >= 0)
    box = canvas.bounding_box()
    x, y = ((10 + 0.966 * numbers[place + k]) * box["width"] / 600 for k in (0, 1))
    canvas.click(position={"x": x, "y": y})
    assert page.locator("dialog mark").is_visible()


def test_what_breaks_pages_is_read_as_text(page):
    go(page, "#quotes")
    page.fill("#words", "onerror")
    api.expect(page.locator("#near-words")).to_contain_text("1 passage says")
    assert "</script><img src=x onerror=alert(1)>" in page.inner_text("#hits blockquote >> nth=0")
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_is_wider_than_a_telephone(browser, address, view):
    with watched(browser, f"{address}#{view}", width=400, height=800, allowed=address) as narrow:
        assert narrow.evaluate("document.documentElement.scrollWidth") <= 400


def test_without_scripts_the_tables_can_still_be_read(browser, address):
    context = browser.new_context(java_script_enabled=False, offline=True)
    plain = context.new_page()
    plain.goto(address)
    assert plain.locator(".noscript").is_visible()
    assert "2 groups of similar passages" in plain.inner_text("#view-overview")
    assert plain.locator("#part-method > summary").is_visible()
    assert not plain.locator("#search").is_visible()
    context.close()


@pytest.mark.parametrize("view", VIEWS)
def test_every_control_has_a_name_and_every_table_its_headings(page, view):
    go(page, f"#{view}")
    unnamed = page.evaluate("""() => [...document.querySelectorAll('button, select, input, summary, a[href]')]
        .filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || (e.labels && e.labels.length)))
        .map(e => e.outerHTML)""")
    assert [
        one
        for one in unnamed
        if 'type="checkbox"' not in one and "basket-open" not in one and "decided-said" not in one
    ] == []
    assert (
        page.evaluate("[...document.querySelectorAll('main table')].filter(t => !t.querySelector('th[scope]')).length")
        == 0
    )
    levels = page.evaluate(
        f"[...document.querySelectorAll('#view-{view} :is(h1, h2, h3, h4)')].map(h => Number(h.tagName[1]))"
    )
    assert levels[0] == 1
    assert all(two - one <= 1 for one, two in pairwise(levels))


def test_every_link_inside_the_page_leads_to_something(page):
    seen, todo = set(), [f"#{view}" for view in VIEWS]
    while todo:
        to = todo.pop()
        if to in seen or len(seen) > 60:
            continue
        seen.add(to)
        page.evaluate("(to) => { location.hash = to; }", to)
        page.wait_for_function("(to) => location.hash === to", arg=to)
        view = to.strip("#").split("?")[0].split("/")[0]
        assert view in VIEWS, to
        assert page.is_visible(f"#view-{view}"), to
        links = page.evaluate(
            "[...document.querySelectorAll('main a[href^=\"#\"]')].map((one) => one.getAttribute('href'))"
        )
        todo += [one for one in links if one not in seen]
    assert len(seen) > 20


def test_older_addresses_still_lead_where_they_led(page):
    page.evaluate("location.hash = '#T1'")
    api.expect(page.locator("#theme h2")).to_have_text("Time & the ward")
    page.evaluate("location.hash = '#method'")
    api.expect(page.locator("#part-method[open]")).to_be_visible()


def test_all_of_it_prints_with_every_theme_and_the_open_view_alone(page):
    page.evaluate("window.print = () => {}")
    page.click("#print-all")
    page.emulate_media(media="print")
    assert page.locator("#theme h2").all_inner_texts() == ["Charts at <home>", "Time & the ward"]
    assert page.is_visible("#view-framework") and not page.is_visible("#view-quotes")
    pages = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", pages)) <= 30
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not page.is_visible("#view-framework")


def test_a_thousand_segments_make_a_page_of_three_megabytes_at_most(tmp_path, browser):
    folder = invented.write(tmp_path / "large", repeat=48)
    (folder / "codebook.yaml").write_text("codes: [Pride, Time, Staffing, Leaders]\n")
    study = report_tables.gather(study_results.tables(folder), codebook.load_codebook(folder / "codebook.yaml"))
    place = tmp_path / "large.html"
    place.write_text(report.build_page(study, Params(study=str(folder)), MODELS), encoding="utf-8")
    assert place.stat().st_size < 3_000_000
    with watched(browser, f"{place.as_uri()}#quotes", allowed=place.as_uri()) as large:
        assert found(large).startswith("528 passages")
        assert large.locator("#hits figure").count() == 20, "the others come when asked for"
        large.click("#hits .more")
        assert large.locator("#hits figure").count() == 40
        go(large, "#quotes?aside=1")
        api.expect(large.locator("#found")).to_contain_text("1,008 passages")


def saved(page, name: str, kind: str, folder) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=f"Save as {kind}: {name}").first.click()
    waiting.value.save_as(folder / waiting.value.suggested_filename)
    return (folder / waiting.value.suggested_filename).read_bytes()


@pytest.mark.parametrize(
    ("view", "figure", "words"),
    [
        ("overview", "Themes by groups of people", "2 of 2"),
        ("themes", "Who speaks of it", "nurse"),
        ("framework", "Codes and themes", "Time"),
        ("framework", "People by codes", "Person"),
        ("quality", "Agreement by code", "Time"),
    ],
)
def test_every_figure_can_be_saved_as_a_picture(page, tmp_path, view, figure, words):
    go(page, f"#{view}")
    drawing = ElementTree.fromstring(saved(page, figure, "SVG", tmp_path))
    said = [text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert words in said, said
    picture = saved(page, figure, "PNG", tmp_path)
    width, height = struct.unpack(">II", picture[16:24])
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert abs(width - float(drawing.get("width")) * 300 / 96) < 1
    assert abs(height - float(drawing.get("height")) * 300 / 96) < 1


# The script's part on voices with a study around it: so many people in each of two roles, of whom so many speak of it.
VOICES = """([doctors, team]) => {
  const CASE = 0, documents = [], documentOf = () => 0, number = String, percent = String;
  const role = [...Array(doctors[1]).fill(0), ...Array(team[1]).fill(1)];
  const cases = role.map((_, n) => ({ name: `P${n}` })), segments = role.map((_, n) => [n]), used = segments.map((_, n) => n);
  const attributes = [{ name: "role", values: ["doctor", "host team"], of: role }];
  const tally = (all) => all.reduce((found, one) => found.set(one, (found.get(one) || 0) + 1), new Map());
  const count = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`, listed = (all) => all.join(", ");
  SCRIPT
  return inWhoseVoice(used.filter((n) => (role[n] ? n - doctors[1] < team[0] : n < doctors[0])));
}"""


@pytest.mark.parametrize(
    ("doctors", "team", "apart"),
    [((3, 3), (1, 3), False), ((6, 6), (2, 6), False), ((5, 5), (0, 5), True), ((9, 10), (1, 10), True)],
)
def test_a_group_is_said_to_speak_more_of_it_only_where_the_intervals_are_apart(page, doctors, team, apart):
    script = templates.text("people.js").split("const decide")[0]
    said = page.evaluate(VOICES.replace("SCRIPT", script), [doctors, team])
    assert ("more than" in said) is apart, said


def test_what_speaks_against_a_theme_is_not_mixed_with_what_lies_outside_it(page):
    go(page, "#themes")
    for name, title in (("against", "Speaks against ("), ("outside", "Just outside the theme (")):
        assert page.locator(f"[data-tab={name}]").inner_text().startswith(title)


@pytest.mark.parametrize(
    ("passport", "told"),
    [("stable when some documents are left out, but lost without Ana", (True, False)), ("", (False, True))],
)
def test_stability_is_told_once_on_a_theme(small_study, tmp_path, browser, passport, told):
    tables = study_results.tables(small_study)
    tables["themes"] = tables["themes"].assign(passport=passport, stability=0.9)
    made = report_tables.gather(tables, codebook.load_codebook(small_study / "codebook.yaml"))
    place = tmp_path / "index.html"
    place.write_text(report.build_page(made, Params(study=str(small_study)), MODELS), encoding="utf-8")
    with watched(browser, f"{place.as_uri()}#themes", allowed=place.as_uri()) as page:
        text = page.text_content("details.evidence")
        assert ("some documents are left out" in text, "sources were left out" in text) == told


@pytest.fixture(scope="module")
def matched_in_part(small_study, tmp_path_factory) -> str:
    """A page on which no code marks a theme; all passages of Time are in one theme."""
    tables = study_results.tables(small_study)
    tables["theme_code"] = tables["theme_code"].assign(verdict="orphan")
    made = report_tables.gather(tables, codebook.load_codebook(small_study / "codebook.yaml"))
    place = tmp_path_factory.mktemp("in part") / "index.html"
    place.write_text(report.build_page(made, Params(study=str(small_study)), MODELS), encoding="utf-8")
    return place.as_uri()


def test_a_code_that_is_mostly_in_one_theme_is_not_without_a_theme(browser, matched_in_part):
    with watched(browser, f"{matched_in_part}#framework", allowed=matched_in_part) as page:
        data = page.evaluate("JSON.parse(document.getElementById('data').textContent)")
        names = [code["name"] for code in data["framework"]]
        n_passages = {
            name: int(page.inner_text(f"tr[data-code='{names.index(name)}'] td.n").replace(",", ""))
            for name in names
            if page.locator(f"tr[data-code='{names.index(name)}'] td.n").count()
        }
        listed = page.inner_text("#framework-body .columns > div >> nth=0")
        mostly = {
            one["name"]: any(2 * k >= n_passages[one["name"]] for _, k, _ in one["themes"])
            for one in data["framework"]
            if n_passages.get(one["name"])
        }
        assert any(mostly.values()), (mostly, n_passages)
        assert [name for name, inside in mostly.items() if inside and name in listed] == []
        assert [name for name, inside in mostly.items() if not inside and name not in listed] == []


def test_the_closest_code_and_the_themes_without_a_code_follow_one_rule(small_study, tmp_path, browser):
    tables = study_results.tables(small_study)
    pairs = tables["theme_code"].assign(verdict="orphan", n_overlap=0)
    one = pairs.index[0]
    pairs.loc[one, "n_overlap"] = len(tables["segments"])  # more than half of one theme
    tables["theme_code"] = pairs
    made = report_tables.gather(tables, codebook.load_codebook(small_study / "codebook.yaml"))
    place = tmp_path / "index.html"
    place.write_text(report.build_page(made, Params(study=str(small_study)), MODELS), encoding="utf-8")
    with watched(browser, f"{place.as_uri()}#framework", allowed=place.as_uri()) as page:
        without = page.locator("#framework-body .columns > div >> nth=1").locator(".label").all_inner_texts()
        go(page, "#overview")
        rows = [page.locator("#picture tbody tr").nth(n) for n in range(2)]
        closest = {row.locator("th").inner_text(): row.locator("td.code").inner_text() for row in rows}
        assert sorted(closest.values()) == sorted([pairs.code[one], "none"])
        assert [theme for theme, code in closest.items() if code == "none"] == without
