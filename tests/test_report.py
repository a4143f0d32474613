"""The report stage, on a small study full of what breaks pages."""

import json
import re
import shutil
from html.parser import HTMLParser

import argued_study as argued
import pandas as pd
import pytest
import small_study as invented

from pipeline import report
from pipeline.core import store
from pipeline.core.params import Params
from pipeline.decisions import ledger
from pipeline.decisions.alternative_readings import Reading
from pipeline.decisions.ledger import Decision
from pipeline.decisions.reading_ledger import Read
from pipeline.deductive import codebook
from pipeline.reporting import quotes, references, report_tables, study_results

MODELS = [("all-MiniLM-L6-v2", "segment embeddings", "0" * 64)]


class Reader(HTMLParser):
    """The text of a page as a reader sees it, without script, style and data; and its elements."""

    def __init__(self):
        super().__init__()
        self.text, self.tags, self.ids, self.attributes, self.skipping = [], [], [], set(), False

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]
        self.attributes |= {name for name, _ in attrs}
        self.skipping = tag in ("script", "style")

    def handle_endtag(self, tag):
        self.skipping = False

    def handle_data(self, data):
        if not self.skipping:
            self.text.append(data)


def seen(html: str) -> str:
    """What a reader sees without the script, and every text that the script shows, but for the documents'."""
    reader = Reader()
    reader.feed(html)
    _, opens, rest = html.partition(quotes.DATA_OPENS)
    data = json.loads(rest.partition(quotes.DATA_CLOSES)[0]) if opens else {}
    told = texts(
        [data.get(name, "") for name in ("screen", "themes", "framework", "matrix", "lines", "disputes", "noFramework")]
    )
    return " ".join(" ".join([*reader.text, *told]).split())


def texts(value) -> list[str]:
    """Every text in JSON."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


def built(folder, **params) -> str:
    study = report_tables.gather(study_results.tables(folder), codebook.load_codebook(folder / "codebook.yaml"))
    return report.build_page(study, Params(study=str(folder), **params), MODELS)


@pytest.fixture(scope="module")
def html(small_study) -> str:
    return built(small_study)


@pytest.fixture
def copied(small_study, tmp_path):
    return shutil.copytree(small_study, tmp_path / "data" / "small")


def test_it_has_five_views_and_quality_says_the_rest_in_parts(html):
    assert re.findall(r'<section id="view-([a-z]+)"', html) == ["overview", "themes", "framework", "quotes", "quality"]
    assert re.findall(r'<details id="part-([a-z]+)"', html) == [
        *("waiting", "saturation", "stability", "guide", "agreement", "problems", "sources", "trail", "method"),
    ]


def test_what_breaks_pages_is_shown_as_text(html):
    reader = Reader()
    reader.feed(html)
    assert reader.tags.count("script") == 3
    assert "img" not in reader.tags
    assert not [name for name in reader.attributes if name.startswith("on") or name in ("style", "src")]
    assert "{{ 7 * 7 }}" in html
    assert "onerror=alert(1)" in html
    assert "<img" not in html
    assert len(reader.ids) == len(set(reader.ids))


def test_every_quote_in_the_page_is_compared(html, small_study):
    documents = store.read(small_study, "documents")
    assert quotes.verify_page(html, documents) == len(documents)
    for name in ("documents", "turns", "segments"):
        assert name in html
    with pytest.raises(quotes.QuoteError):
        quotes.verify_page(html, documents.assign(text=documents.text + "More."))


def test_every_text_is_in_the_page_once(html, small_study):
    segments = store.read(small_study, "segments")
    long = segments[
        segments.substantive & (segments.n_words > 8) & ~segments.text.str.contains("[<>&]")
    ].drop_duplicates("text")
    said = [json.dumps(text, ensure_ascii=False)[1:-1] for text in long.text]
    assert len(said) > 5
    held = html.partition(quotes.DATA_OPENS)[2]
    once = [held.count(text) for text in said if "The room is cold" not in text]
    assert set(once) == {1}


def test_a_page_with_a_quote_that_nobody_said_fails(html, small_study):
    documents = store.read(small_study, "documents")
    documents["text"] = documents.text.str.replace("night shift", "day shift")
    with pytest.raises(quotes.QuoteError, match=r"ana\.txt"):
        quotes.verify_page(html, documents)


def test_the_study_comes_first_in_words(html):
    text = seen(html)
    assert "2 interviews, 1 focus group and 1 set of field notes" in text
    assert "1 item could not be used" in text
    assert "interviews/blank.txt holds no text" in text
    assert "Interviewer was taken for the one who asks" in text


def test_machine_results_are_candidates_and_never_findings(html):
    text = seen(html)
    assert text.count("andidate") > 10
    # Item 30 of COREQ asks about the researchers' findings.
    assert "finding" not in text.lower().replace("consistency of data and findings", "")
    for work in references.WORKS.values():
        text = text.replace(work, "")
    assert "topic" not in text.lower().replace("bertopic", "")


def test_agreement_is_said_in_words_and_the_undefined_is_named(html):
    text = seen(html)
    assert "42% of the way from chance" in text
    assert "undefined" in text
    assert "Neither applied this code." in text
    assert "nan" not in re.findall(r"[a-z]+", text.lower())


def test_a_reflexive_study_shows_no_coefficient(small_study):
    text = seen(built(small_study, stance="reflexive")).lower().replace("map_codes.aim f1", "")
    for word in ("kappa", "alpha", "interval", "percent", "mutual information", "rand index", "f1", "0.42"):
        assert not re.search(rf"\b{word}\b", text), word
    assert "what does each coder see in it?" in text


def test_how_far_it_can_be_leaned_on_is_said_with_drawings_and_tables(copied):
    html = built(argued.write(copied))
    text = seen(html)
    for said in ("Why 2 candidates?", "found again", "Passages in no theme", "Borderline passages to review", "All coders together", "Agreement by group", "Passages the pipeline left uncoded", "Two moved <away>."):  # fmt: skip
        assert said in text, said
    assert html.count('<svg viewBox="0 0 600 240" role="img"') == 4
    assert "The analysis was repeated without each of" in text
    assert "nan" not in re.findall(r"[a-z]+", text.lower())
    assert "<polyline" in html


def test_read_reflexively_none_of_it_is_a_coefficient(copied):
    html = built(argued.write(copied), stance="reflexive")
    text = (
        seen(html)
        .lower()
        .replace("map_codes.aim f1", "")
        .replace("map_codes.precision", "")
        .replace("embed.precision", "")
    )
    for word in (
        "kappa",
        "alpha",
        "interval",
        "rand index",
        "jaccard",
        "precision",
        "recall",
        "calibration",
        "probabilities",
    ):
        assert not re.search(rf"\b{word}\b", text), word
    for figure in (
        "0.42",
        "0.31",
        "0.64",
        "0.37",
        "0.43",
        "0.47",
        "0.07",
        "0.39",
        "0.23",
        "0.49",
        "0.59",
        "59%",
        "57%",
        "0.13",
        "0.71",
    ):
        assert figure not in text, figure
    assert "The analysis was repeated without each of" in seen(html)
    assert "What did the pipeline miss?" in html


def test_what_was_decided_and_read_is_told_in_sentences(copied):
    segment = store.read(copied, "theme_assignments").query("theme_id == 0").segment_id.iloc[0]
    taken = [Decision(action="pin", theme=0, segments=(segment,), who="Asha", when="2026-01-15", why="<b>Typical</b>.")]
    themes = store.read(copied, "themes")
    themes["decided"] = [taken[0].key if theme == 0 else "" for theme in themes.theme_id]
    themes["label_source"] = ["a-model" if theme == 0 else "people" for theme in themes.theme_id]
    store.write(copied, "themes", themes)
    book = codebook.load_codebook(copied / "codebook.yaml")
    study = report_tables.gather(study_results.tables(copied), book, taken, ledger=[Read(segment, "Ben")])
    html = report.build_page(study, Params(study=str(copied)), MODELS)
    text = seen(html)
    assert "On 2026-01-15 Asha pinned 1 passage as exemplar of it: <b>Typical</b>." in text
    assert "of this theme has been opened by Ben, or cited in a decision: 1 of its" in text
    assert "of the passages in candidate themes have been opened by Ben, or cited in a decision" in text
    assert "1 decision by Asha." in text
    assert "1 label written by the language model a-model from example passages." in text
    assert quotes.verify_page(html, store.read(copied, "documents")) == 4


def test_themes_come_with_their_parts_and_sizes(copied):
    themes = store.read(copied, "themes")
    part = themes.iloc[:1].assign(theme_id=7, parent_id=0, level=2, label="Part of <it>", n_segments=2)
    store.write(copied, "themes", pd.concat([themes, part], ignore_index=True))
    assigned = store.read(copied, "theme_assignments")
    inside = assigned.index[assigned.theme_id == 0][:2]
    assigned.loc[inside, "subtheme_id"] = 7
    store.write(copied, "theme_assignments", assigned)
    order = quotes.in_order(store.read(copied, "segments")).segment_id.to_list()
    numbers = sorted(order.index(name) for name in assigned.segment_id[inside])
    found = data_of(built(copied))["themes"]
    assert [(one["id"], one["label"], one["parts"]) for one in found] == [
        (0, "Charts at <home>", [["Part of <it>", 2, numbers]]),
        (1, "Time & the ward", []),
    ]


def data_of(html: str) -> dict:
    return json.loads(html.partition(quotes.DATA_OPENS)[2].partition(quotes.DATA_CLOSES)[0])


def test_alternative_readings_stand_beside_the_label_and_lost_ones_are_asked_about(copied):
    said = {"who": "Dev <b>", "role": "porter", "when": "2026-03-01"}
    readings = [
        Reading(theme=0, label="Charts at <home>", called="Night <i>work</i>", means="{{ 7 * 7 }}", **said),
        Reading(theme=77, label="Gone", missing="Nothing of it is lost.", **said),
    ]
    book = codebook.load_codebook(copied / "codebook.yaml")
    study = report_tables.gather(study_results.tables(copied), book, readings=readings)
    text = seen(report.build_page(study, Params(study=str(copied)), MODELS))
    assert "Night <i>work</i>" in text
    assert "Dev <b> (porter)" in text
    assert "Meaning to them {{ 7 * 7 }}" in text
    assert "commented on “Gone” (77), which no longer exists. Which theme does this apply to now?" in text
    assert "What is missing Nothing of it is lost." in text
    assert "1 person commented on these themes on handouts: 2 readings of 2 themes." in text


def test_the_trail_is_a_table_beside_the_page(copied, monkeypatch):
    ledger.save(copied / "decisions.yaml", [Decision(action="accept", theme=0, who="=Asha", when="2026-01-15")])
    trail = run(monkeypatch, copied)[report.Path("report/audit_trail.csv")].decode("utf-8-sig").splitlines()
    assert trail[0].startswith("decision,when,who,action")
    assert "'=Asha,accept,0,Charts at <home>" in trail[1]


def test_without_a_codebook_the_page_says_so(copied):
    (copied / "codebook.yaml").write_text("codes: []\n")
    for name in ("code_assignments", "theme_code", "theme_human_code"):
        store.write(copied, name, store.empty(name))
    text = seen(built(copied))
    assert "This study has no framework" in text


def test_without_human_codes_the_page_says_so(tmp_path):
    folder = invented.write(tmp_path / "alone", coders=())
    (folder / "codebook.yaml").write_text("codes: [Time]\n")
    text = seen(built(folder))
    assert "This study has no human coding" in text
    assert "There is nothing to compare:" in text
    assert "no coders" in text


def test_without_themes_the_page_says_so(copied):
    for name in (
        "themes",
        "theme_assignments",
        "theme_states",
        "theme_quotes",
        "theme_code",
        "theme_human_code",
    ):
        store.write(copied, name, store.empty(name))
    text = seen(built(copied))
    assert "No groups of similar passages were found" in text


def test_a_study_of_nothing_at_all_makes_a_page(tmp_path):
    folder = tmp_path / "empty"
    for name in (*store.INTERIM, *store.PROCESSED):
        store.write(folder, name, store.empty(name))
    (folder / "codebook.yaml").write_text("codes: []\n")
    assert "no sources" in seen(built(folder))


def test_a_word_of_a_million_letters_makes_a_page(copied):
    for name in ("documents", "turns", "segments"):
        table = store.read(copied, name)
        long = table.text.str.replace("photographer", "photographer" + "x" * 1_000_000)
        table["text"] = long
        if name != "documents":
            grown = long.str.len() > 1_000_000
            table.loc[grown, "end"] += 1_000_000
        store.write(copied, name, table)
    assert len(built(copied)) > 1_000_000


def run(monkeypatch, folder, extra=""):
    root = folder.parent.parent
    (root / "params.yaml").write_text(f"study: data/{folder.name}\n{extra}")
    monkeypatch.chdir(root)
    monkeypatch.setattr(report, "fingerprints", lambda params: MODELS)
    report.main()
    return {file.relative_to(folder): file.read_bytes() for file in sorted(folder.glob("report/**/*.*"))}


def test_the_stage_writes_what_dvc_knows_and_the_same_bytes_twice(copied, monkeypatch):
    first = run(monkeypatch, copied)
    assert {str(file) for file in first} == {
        "report/index.html",
        "report/coded.qdpx",
        "report/audit_trail.csv",
        "report/framework_matrix.xlsx",
        "report/metrics.json",
        "report/plots/theme_sizes.csv",
    }
    assert not store.read(copied, "framework_matrix").empty
    assert run(monkeypatch, copied) == first


def test_the_order_of_rows_makes_no_difference_to_the_bytes(copied, monkeypatch):
    first = run(monkeypatch, copied)
    for name in (*store.INTERIM, *store.PROCESSED):
        store.write(copied, name, store.read(copied, name).iloc[::-1])
    assert run(monkeypatch, copied) == first


def test_nothing_made_tells_of_this_machine_or_of_the_day(copied, monkeypatch):
    for name, content in run(monkeypatch, copied).items():
        assert str(copied.parent).encode() not in content, name
        assert pd.Timestamp.now().strftime("%Y-%m-%d").encode() not in content, name


def test_metrics_are_numbers_and_without_coefficients_if_reflexive(copied, monkeypatch):
    numbers = json.loads(run(monkeypatch, copied)[report.Path("report/metrics.json")])
    assert numbers["kappa_people"] == pytest.approx(0.42)
    assert numbers["themes"] == 2
    assert all(isinstance(value, int | float) for value in numbers.values())
    reflexive = json.loads(run(monkeypatch, copied, "stance: reflexive\n")[report.Path("report/metrics.json")])
    assert not [name for name in reflexive if "kappa" in name or name.startswith("themes_")]


def test_the_models_are_those_that_the_stages_recorded(small_study):
    study = report_tables.gather(
        study_results.tables(small_study), codebook.load_codebook(small_study / "codebook.yaml")
    )
    assert report.fingerprints(study) == [
        ("all-MiniLM-L6-v2", "segment embeddings", "a" * 64),
        ("en_core_web_sm", "sentence splitting", "b" * 64),
    ]
