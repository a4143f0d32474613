"""`counterpoint review --read-first`: nothing of a theme is shown before it is asked for, and that is recorded."""

import json
import shutil
import threading
from pathlib import Path

import pytest
from test_review import ask, made  # noqa: F401

from pipeline.commands import reading_first, review
from pipeline.core import store
from pipeline.core.study_paths import Places
from pipeline.decisions import before_themes, deciding, reading_ledger
from pipeline.decisions.before_themes import Note, NotesError
from pipeline.decisions.reading_ledger import Read

WHEN = "2026-01-20T10:00:00"


@pytest.fixture
def study(made, tmp_path) -> Path:  # noqa: F811
    return shutil.copytree(made, tmp_path / "data" / "small")


def sent(study: Path, what, by="document", **fields):
    return what(study, json.dumps(fields).encode(), who="Asha", by=by)


@pytest.mark.parametrize("by", ["document", "theme"])
def test_no_label_keyword_or_code_of_a_theme_is_on_the_page(study, by):
    html = reading_first.shown(study, who="Asha", by=by)
    themes = store.read(study, "themes")
    for label in themes.label:
        assert label not in html and label.replace("<", "&lt;") not in html and label.replace("&", "&amp;") not in html
    for theme in themes.theme_id:
        assert f'"{theme}"' not in html or by == "theme"
    codes = set(store.read(study, "code_assignments").code)
    assert not [code for code in codes if f">{code}<" in html]


def test_everything_that_was_said_is_there_and_safely_so(study):
    html = reading_first.shown(study, who="Asha", by="document")
    assert "What gets in the way?" in html
    assert "<img src=x" not in html and "&lt;/script&gt;" in html


def test_a_document_that_is_read_is_recorded_with_its_note_before_themes(study):
    part = reading_first.parts(study, who="Asha", by="document")[0]
    assert sent(study, reading_first.mark, part=part.key, note="So much about time.") == (
        200,
        {"read": len(part.segments)},
    )
    ledger = reading_ledger.load(Places(study).passages_read)
    assert {entry.segment for entry in ledger} == set(part.segments)
    assert all(entry.first and entry.who == "Asha" for entry in ledger)
    (note,) = before_themes.load(Places(study).notes_before_themes)
    assert (note.who, note.document, note.text, note.shown) == ("Asha", part.key, "So much about time.", False)
    again = reading_first.parts(study, who="Asha", by="document")[0]
    assert again.done and again.notes[0][1] == "So much about time."


def test_themes_one_by_one_are_shown_only_when_asked_for(study):
    one, other = reading_first.parts(study, who="Asha", by="theme")
    labels = store.read(study, "themes").set_index("theme_id").label
    assert sent(study, reading_first.mark, by="theme", part=one.key)[0] == 200
    assert sent(study, reading_first.show, by="theme", part=one.key)[0] == 200
    one, other = reading_first.parts(study, who="Asha", by="theme")
    assert one.shown == labels[one.theme]
    assert other.shown == ""
    assert sent(study, reading_first.mark, by="theme", part=one.key)[0] == 409
    assert sent(study, reading_first.mark, by="theme", part=other.key)[0] == 200


def test_after_all_themes_are_shown_comes_the_report_and_nothing_counts_as_before(study):
    assert sent(study, reading_first.show, part="")[0] == 200
    assert "decide-data" in reading_first.shown(study, who="Asha", by="document")
    part = reading_first.parts(study, who="Asha", by="document")[0]
    assert sent(study, reading_first.mark, part=part.key)[0] == 409
    with pytest.raises(review.ReviewError, match="Asha has been shown the themes"):
        reading_first.begin(study, who="Asha")
    reading_first.begin(study, who="Ben")


def test_who_has_seen_themes_cannot_read_first(study):
    reading_ledger.opened(study, [store.read(study, "segments").segment_id[0]], who="Asha")
    with pytest.raises(review.ReviewError, match="Asha has opened 1 passage in the report"):
        reading_first.begin(study, who="Asha")
    deciding.decide(study, "accept", "0", [], who="Ben", why="")
    with pytest.raises(review.ReviewError, match="Ben has taken 1 decision about themes"):
        reading_first.begin(study, who="Ben")
    with pytest.raises(review.ReviewError, match="Name the reader"):
        reading_first.begin(study, who=" ")


def test_over_the_network_too(study):
    server, address = reading_first.server(study, who="Asha", by="document")
    running = threading.Thread(target=server.serve_forever, daemon=True)
    running.start()
    try:
        part = reading_first.parts(study, who="Asha", by="document")[0]
        assert ask(address, "GET", "")[0] == 200
        assert ask(address, "POST", "mark", {"part": part.key, "note": ""})[0] == 200
        assert ask(address, "POST", "mark", {"part": "no such"})[0] == 400
        assert ask(address, "POST", "mark", {"part": 3})[0] == 400
        assert ask(address, "POST", "show", {"part": ""})[0] == 200
        assert b"decide-data" in ask(address, "GET", "")[1]
    finally:
        server.shutdown()
        server.server_close()
        running.join()


def test_who_read_what_before_and_after_is_said():
    ledger = [Read("a", "Asha", True), Read("b", "Asha", True), Read("c", "Asha"), Read("a", "Ben"), Read("x", "Ben")]
    notes = [Note(who="Asha", when=WHEN, shown=True)]
    found = before_themes.readers(ledger, notes, ["a", "b", "c", "d"])
    assert before_themes.in_words(found) == [
        "Asha read 2 of 4 segments (50%) before their themes were shown (all themes were shown on 2026-01-20), and "
        "opened 1 afterwards.",
        "Ben read 1 of 4 segments, none of them recorded as read before themes were shown.",
    ]


def test_notes_come_back_as_written_and_other_shapes_are_refused(tmp_path):
    path = tmp_path / "notes_before_themes.yaml"
    notes = [
        Note(who="Asha", when=WHEN, document="a.txt", text='So "much"\ntime: é'),
        Note(who="Asha", when=WHEN, shown=True),
    ]
    before_themes.save(path, notes)
    assert set(before_themes.load(path)) == set(notes)
    path.write_text("notes:\n- {who: Asha, when: 2026-01-20}\n")
    with pytest.raises(NotesError, match="line 2: entry 1: a note needs a text"):
        before_themes.load(path)
