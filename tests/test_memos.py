"""Memos that an import brought: their file, their table, and where each belongs."""

from pathlib import Path
from types import SimpleNamespace

import jinja2
import pandas as pd

from pipeline import ingest
from pipeline.core import study_template
from pipeline.core.study_paths import Places
from pipeline.corpus import memos, taken
from pipeline.corpus.document_names import Documents
from pipeline.corpus.readers.memo import Memo
from pipeline.corpus.taken import Taken
from pipeline.reporting import templates
from pipeline.reporting.views import memos_view
from pipeline.withdrawal import imported_rows, redaction
from pipeline.withdrawal.search_terms import needles

OPTIONS = {"interviewer_labels": ("int",), "min_label_count": 2}


def study(folder: Path, *held: Memo, rows: tuple[Taken, ...] = ()) -> Path:
    study_template.create(folder)
    (folder / "transcripts/ann.txt").write_text(
        "Int: How was it?\nAnn: The rota broke.\nAnn: No time.\n", encoding="utf-8"
    )
    (folder / "imported/memos.csv").write_bytes(memos.dump(held))
    (folder / "imported/taken.csv").write_bytes(taken.dump(rows))
    return folder


def test_memos_survive_their_file_and_get_an_id_that_says_what_they_are() -> None:
    one = Memo(about="code", code="Rota, shifts", title='"quoted"', memo="=1+1\nand a second line 😀", author="mia")
    assert memos.load(memos.dump([one.identified()])) == [one.identified()]
    assert one.identified().memo_id != Memo(about="code", code="Rota", memo=one.memo).identified().memo_id


def test_a_second_import_adds_no_memo_again_and_leaves_an_edited_one_as_it_is() -> None:
    one, two = Memo(memo="one"), Memo(memo="two")
    first = memos.added([], [one, two, one])
    assert [memo.memo for memo in first] == ["one", "two"]
    edited = [Memo(**{**vars(first[0]), "memo": "edited"}), first[1]]
    assert memos.added(edited, [one, two]) == edited


def test_ingest_finds_where_memos_belong_and_says_what_it_did_not_find(tmp_path: Path) -> None:
    folder = study(
        tmp_path / "s",
        Memo(about="passage", document="ann", start=22, end=36, text="The rota broke.", memo="placed by its words"),
        Memo(about="passage", document="ann.txt", text="never said", memo="nowhere"),
        Memo(about="document", document="gone", memo="of a text that is not here"),
        Memo(about="project", memo="of all"),
        rows=(Taken("a.qdpx", "links", 1, 0, 1, "no place"),),
    )
    tables = ingest.ingest(folder, **OPTIONS)
    found = {row.memo: row for row in tables["memos"].itertuples()}
    assert len(found) == 4
    text = tables["documents"]["text"][0]
    placed = found["placed by its words"]
    assert placed.document == "ann.txt" and text[int(placed.start) : int(placed.end)] == "The rota broke."
    assert found["nowhere"].start != found["nowhere"].start
    said = {row.place: row.reason for row in tables["ingest_problems"].itertuples()}
    assert "imported/memos.csv, line 3" in said and "imported/memos.csv, line 4" in said
    assert tables["imports"].to_dict("records") == [
        {"file": "a.qdpx", "kind": "links", "found": 1, "taken": 0, "left": 1, "why": "no place"}
    ]


def test_a_file_that_is_no_table_of_memos_is_refused_by_name(tmp_path: Path) -> None:
    folder = study(tmp_path / "s")
    (folder / "imported/memos.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    problems = ingest.ingest(folder, **OPTIONS)["ingest_problems"]
    assert [(row.kind, row.place) for row in problems.itertuples()] == [("refused", "imported/memos.csv")]


def test_the_page_shows_memos_under_what_they_belong_to_and_what_imports_left(tmp_path: Path) -> None:
    folder = study(
        tmp_path / "s",
        Memo(about="code", code="Rota", title="idea", memo="see <b>time</b>\nand pay", author="mia"),
        Memo(about="passage", document="ann", text="No time.", memo="why?"),
        Memo(about="journal", title="Week 1", memo="began"),
        rows=(Taken("a.qdpx", "links", 2, 0, 2, "no place"), Taken("a.qdpx", "texts", 1, 1, 0, "")),
    )
    tables = ingest.ingest(folder, **OPTIONS)
    shown = memos_view.build(tables["memos"], tables["imports"])
    assert [
        (group.heading, [(memo.where, memo.title, memo.passage) for memo in group.memos]) for group in shown.groups
    ] == [
        ("Codes", [("Rota", "idea", "")]),
        ("Passages (annotations)", [("ann.txt", "", "No time.")]),
        ("Journal", [("Week 1", "", "")]),
    ]
    assert [row["kind"] for row in shown.left] == ["links"]
    environment = jinja2.Environment(loader=jinja2.FunctionLoader(templates.text), autoescape=True)
    html = environment.get_template("memos.html").render(imported=shown)
    assert "see &lt;b&gt;time&lt;/b&gt;" in html and "What imports left out" in html and "(<bdi>mia</bdi>)" in html
    empty = memos_view.build(tables["memos"].iloc[:0], tables["imports"].iloc[:0])
    assert "<section" not in environment.get_template("memos.html").render(imported=empty)


def test_the_memo_of_a_withdrawn_case_goes_and_their_words_go_out_of_all_others(tmp_path: Path) -> None:
    folder = study(
        tmp_path / "s",
        Memo(about="case", case="ann.txt/Ann", memo="tired"),
        Memo(about="document", document="ann.txt", memo="noon"),
        Memo(about="project", memo="She said: the rota broke for all of us in the winter of that year."),
        Memo(about="project", memo="ask more"),
        rows=(Taken("a.qdpx", "cases", 1, 0, 1, "nobody ('Annabel Weatherby')"),),
    )
    held = Places(folder)
    spoken = "the rota broke for all of us in the winter of that year"
    given = SimpleNamespace(places=held, texts={}, names=Documents(["ann.txt"]), files={})
    who = SimpleNamespace(
        documents=frozenset(["ann.txt"]), cases=frozenset(["ann.txt/Ann"]), speakers={}, labels=frozenset()
    )
    wanted = needles(pd.Series([spoken]), pd.Series(["other words entirely"]), {"Annabel Weatherby"}, phrases=[])
    written, lines = imported_rows.changes(given, who, {}, wanted)
    left = memos.load(written[held.imported / "memos.csv"])
    assert [memo.memo for memo in left] == [redaction.MARK, "ask more"]
    assert taken.load(written[held.imported / "taken.csv"])[0].why == redaction.MARK
    assert lines == ["remove or update 3 rows of imported/memos.csv", "remove or update 1 row of imported/taken.csv"]
