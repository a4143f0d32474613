"""What people decided elsewhere comes back: added, each once, and nothing that was decided since is overwritten."""

import errno
import json
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import openpyxl
import pytest
from typer.testing import CliRunner

from pipeline import cli, report
from pipeline.commands import returned, workbook
from pipeline.core import atomic_files, store
from pipeline.core.errors import CounterpointError
from pipeline.decisions import deciding, ledger, page_data, screen
from pipeline.decisions.ledger import Decision
from pipeline.deductive import codebook
from pipeline.reporting import matrix, quotes, report_tables, study_results, written_summaries

NOW = datetime(2026, 2, 1, 9, 0, 0, tzinfo=UTC)
LATER = datetime(2026, 2, 2, 9, 0, 0, tzinfo=UTC)


def run_report(folder: Path) -> Path:
    """Make the matrix and its workbook as the report stage does; return the workbook."""
    taken, said = ledger.load(folder / "decisions.yaml"), written_summaries.load(folder / "summaries.yaml")
    study = report_tables.gather(
        study_results.tables(folder), codebook.load_codebook(folder / "codebook.yaml"), taken, said
    )
    store.write(folder, "framework_matrix", matrix.table(study.cells))
    report.write_tables(folder, study, reflexive=False)
    return folder / "report" / "framework_matrix.xlsx"


@pytest.fixture(scope="module")
def reported(small_study, tmp_path_factory) -> Path:
    folder = shutil.copytree(small_study, tmp_path_factory.mktemp("reported") / "data" / "small")
    run_report(folder)
    return folder


@pytest.fixture
def study(reported, tmp_path, monkeypatch) -> Path:
    shutil.copytree(reported, tmp_path / "data" / "small")
    (tmp_path / "params.yaml").write_text("study: data/small\n")
    monkeypatch.chdir(tmp_path)
    return Path("data/small")


def edited(study: Path, name: str, *, cells: dict = MappingProxyType({}), themes: dict = MappingProxyType({})) -> Path:
    """The report's workbook with cells (case, code) and columns of themes (id, column) changed, saved by openpyxl."""
    book = openpyxl.load_workbook(study / "report" / "framework_matrix.xlsx")
    for sheet, keys, changes in ((book["Matrix"], "case", cells), (book["Themes"], "id", themes)):
        head = [cell.value for cell in sheet[1]]
        rows = {str(row[head.index(keys)].value): row for row in sheet.iter_rows(min_row=2)}
        for (key, column), text in changes.items():
            rows[str(key)][head.index(column)].value = text
    book.save(name)
    return Path(name)


def first_theme(study: Path) -> tuple[int, str]:
    themes = store.read(study, "themes")
    return int(themes.theme_id[0]), str(themes.label[0])


def spoken(study: Path) -> tuple[str, str]:
    row = next(row for row in store.read(study, "framework_matrix").itertuples() if row.n_segments)
    return str(row.case), str(row.code)


def test_a_workbook_nobody_changed_changes_nothing(study: Path):
    lines = returned.run(study / "report" / "framework_matrix.xlsx", study, who="Asha", now=NOW)
    assert lines == ["framework_matrix.xlsx: no cells and no themes changed."]
    assert not written_summaries.load(study / "summaries.yaml")
    assert not ledger.load(study / "decisions.yaml")


def test_an_edited_cell_is_that_persons_summary_and_the_report_shows_it(study: Path):
    cell = spoken(study)
    made = edited(study, "a.xlsx", cells={cell: "No time at all, she says.\n(2)"})
    lines = returned.run(made, study, who="Asha", now=NOW)
    assert lines[1].startswith("Wrote 1 cell by Asha to")
    entry = written_summaries.load(study / "summaries.yaml")[0]
    assert (entry.case, entry.code) == cell
    assert (entry.summary, entry.who, entry.when) == ("No time at all, she says.", "Asha", "2026-02-01T09:00:00")
    place = run_report(study)
    book = openpyxl.load_workbook(place)
    texts = [str(value) for row in book["Matrix"].iter_rows(values_only=True) for value in row]
    assert any(text.startswith("No time at all, she says.\n(") and text.endswith("; Asha)") for text in texts)
    assert returned.run(place, study, who="Ben", now=LATER)[0].startswith("framework_matrix.xlsx: no cells")


def test_the_page_shows_the_persons_words_with_their_name(study: Path):
    from pipeline.core.params import Params

    case, code = spoken(study)
    returned.run(edited(study, "a.xlsx", cells={(case, code): "<b>Hers</b>"}), study, who="Asha", now=NOW)
    said = written_summaries.load(study / "summaries.yaml")
    made = report_tables.gather(study_results.tables(study), codebook.load_codebook(study / "codebook.yaml"), (), said)
    html = report.build_page(made, Params(study=str(study)), [("m", "v", "0")])
    assert written_in(html, case) == [["<b>Hers</b>", "Asha", 0]]
    older = [one.model_copy(update={"of": "another"}) for one in said]
    made = report_tables.gather(study_results.tables(study), codebook.load_codebook(study / "codebook.yaml"), (), older)
    html = report.build_page(made, Params(study=str(study)), [("m", "v", "0")])
    assert written_in(html, case) == [["<b>Hers</b>", "Asha", 1]], "the passages have changed since"


def written_in(html: str, case: str) -> list[list[object]]:
    """Summaries that people wrote in a row of the page's matrix: text, author, whether it is older than the passages."""
    data = json.loads(html.partition(quotes.DATA_OPENS)[2].partition(quotes.DATA_CLOSES)[0])
    (row,) = (row for row in data["matrix"] if row["name"] == case)
    return [cell[4] for cell in row["cells"] if cell[4]]


def test_the_same_workbook_twice_is_once(study: Path):
    theme, _ = first_theme(study)
    made = edited(
        study,
        "a.xlsx",
        cells={spoken(study): "Hers."},
        themes={(theme, "label"): "Home", (theme, "decision"): "accept", (theme, "memo"): "Odd."},
    )
    returned.run(made, study, who="Asha", now=NOW)
    before = (study / "summaries.yaml").read_bytes(), (study / "decisions.yaml").read_bytes()
    assert len(returned.run(made, study, who="Asha", now=LATER)) == 1
    assert ((study / "summaries.yaml").read_bytes(), (study / "decisions.yaml").read_bytes()) == before


def test_a_label_a_decision_and_a_memo_become_decisions_with_anchors(study: Path):
    theme, _ = first_theme(study)
    changes = {(theme, "label"): "Charts at home", (theme, "decision"): "Accept", (theme, "memo"): "On the edge."}
    returned.run(edited(study, "a.xlsx", themes=changes), study, who="Asha", now=NOW)
    found = ledger.load(study / "decisions.yaml")
    assert [(one.action, one.label, one.text) for one in found] == [
        ("rename", "Charts at home", None),
        ("accept", "Charts at home", None),
        ("memo", None, "On the edge."),
    ]
    assert all(one.who == "Asha" and one.theme == theme and one.members and one.documents for one in found)


def test_two_peoples_different_edits_are_a_conflict_and_the_first_stays(study: Path):
    theme, _ = first_theme(study)
    one = edited(study, "one.xlsx", cells={spoken(study): "Hers."}, themes={(theme, "label"): "Home"})
    two = edited(
        study,
        "two.xlsx",
        cells={spoken(study): "His."},
        themes={(theme, "label"): "Nights", (theme, "decision"): "reject"},
    )
    returned.run(one, study, who="Asha", now=NOW)
    lines = returned.run(two, study, who="Ben", now=LATER)
    conflicts = [line for line in lines if line.startswith("Conflict")]
    assert len(conflicts) == 3
    assert any("Asha wrote another summary on 2026-02-01" in line and "Your text: His." in line for line in conflicts)
    assert any("renamed 'Home'" in line and "Your label: Nights" in line for line in conflicts)
    assert [one.summary for one in written_summaries.load(study / "summaries.yaml")] == ["Hers."]
    assert [one.label for one in ledger.load(study / "decisions.yaml")] == ["Home"]


def test_two_who_say_the_same_agree(study: Path):
    made = edited(study, "one.xlsx", cells={spoken(study): "The same."})
    returned.run(made, study, who="Asha", now=NOW)
    assert len(returned.run(made, study, who="Ben", now=LATER)) == 1


def test_a_cell_whose_passages_changed_since_is_a_conflict(study: Path):
    case, code = spoken(study)
    made = edited(study, "one.xlsx", cells={(case, code): "Hers."})
    table = store.read(study, "framework_matrix")
    table.loc[(table.case == case) & (table.code == code), "summary"] = "Another sentence."
    store.write(study, "framework_matrix", table)
    lines = returned.run(made, study, who="Asha", now=NOW)
    assert "its passages changed, after this workbook was made" in lines[-1]
    store.write(study, "framework_matrix", table[table.case != case])
    assert "no longer in the matrix" in returned.run(made, study, who="Asha", now=NOW)[-1]


def test_a_revision_of_what_somebody_wrote_before_is_no_conflict(study: Path):
    cell = spoken(study)
    returned.run(edited(study, "one.xlsx", cells={cell: "Hers."}), study, who="Asha", now=NOW)
    run_report(study)
    returned.run(edited(study, "two.xlsx", cells={cell: "Hers, and better."}), study, who="Ben", now=LATER)
    assert [one.who for one in written_summaries.load(study / "summaries.yaml")] == ["Asha", "Ben"]
    assert (
        written_summaries.standing(written_summaries.load(study / "summaries.yaml"))[cell].summary
        == "Hers, and better."
    )


def test_an_empty_cell_can_be_filled_and_an_emptied_one_stays(study: Path):
    table = store.read(study, "framework_matrix")
    silent = next((str(row.case), str(row.code)) for row in table.itertuples() if not row.n_segments)
    made = edited(study, "one.xlsx", cells={silent: "She shrugged.", spoken(study): None})
    lines = returned.run(made, study, who="Asha", now=NOW)
    assert "1 emptied cell kept" in lines[0]
    assert [(one.case, one.code) for one in written_summaries.load(study / "summaries.yaml")] == [silent]


def test_rows_and_columns_may_be_sorted(study: Path):
    case, code = spoken(study)
    place = edited(study, "one.xlsx", cells={(case, code): "Hers."})
    book = openpyxl.load_workbook(place)
    sheet = book["Matrix"]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    turned = [row[::-1] for row in [rows[0], *rows[:0:-1]]]
    for row, values in enumerate(turned, start=1):
        for column, value in enumerate(values, start=1):
            sheet.cell(row, column).value = value
    book.save(place)
    returned.run(place, study, who="Asha", now=NOW)
    assert [(one.case, one.code) for one in written_summaries.load(study / "summaries.yaml")] == [(case, code)]


@pytest.mark.parametrize("sheet", ["Origin", "Themes"])
def test_without_a_sheet_it_is_not_ours(study: Path, sheet: str):
    place = edited(study, "one.xlsx")
    book = openpyxl.load_workbook(place)
    del book[sheet]
    book.save(place)
    assert not workbook.is_ours(place)
    with pytest.raises(workbook.WorkbookError, match=sheet):
        returned.run(place, study, who="Asha", now=NOW)


def test_what_is_no_decision_or_no_header_is_a_sentence(study: Path):
    theme, _ = first_theme(study)
    with pytest.raises(workbook.WorkbookError, match="'maybe' is not a valid decision"):
        returned.run(edited(study, "a.xlsx", themes={(theme, "decision"): "maybe"}), study, who="A", now=NOW)
    place = edited(study, "b.xlsx")
    book = openpyxl.load_workbook(place)
    book["Matrix"]["A1"].value = "who"
    book.save(place)
    with pytest.raises(workbook.WorkbookError, match="column 'case' is missing"):
        returned.run(place, study, who="A", now=NOW)


def test_a_workbook_needs_an_author(study: Path, monkeypatch):
    monkeypatch.delenv("COUNTERPOINT_WHO", raising=False)
    made = edited(study, "a.xlsx", cells={spoken(study): "Hers."})
    done = CliRunner().invoke(cli.app, ["import", str(made)])
    assert isinstance(done.exception, CounterpointError)
    assert "--who NAME" in str(done.exception)
    done = CliRunner().invoke(cli.app, ["import", str(made), "--who", "Asha"])
    assert "Wrote 1 cell by Asha to" in done.output


def from_page(study: Path, name: str, *made: dict, seen: tuple[str, ...] | None = None) -> Path:
    """A decisions file as the page saves it."""
    data = page_data.build(
        themes=store.read(study, "themes"),
        assignments=store.read(study, "theme_assignments"),
        segments=store.read(study, "segments"),
        questions=store.read(study, "theme_questions"),
        decisions=ledger.load(study / "decisions.yaml"),
        numbers={name: number for number, name in enumerate(store.read(study, "segments").segment_id)},
    )
    theme = data["themes"][0]
    whole = [
        {
            "theme": theme["id"],
            "called": [theme["label"]],
            "members": theme["members"],
            "documents": data["documents"],
            "when": "2026-02-01T10:00:00",
        }
        | one
        for one in made
    ]
    held = {"decisions": whole, "basis": data["basis"], "seen": data["seen"] if seen is None else list(seen)}
    Path(name).write_text(json.dumps(held, ensure_ascii=False))
    return Path(name)


def test_a_decisions_file_is_merged_and_the_same_decision_twice_is_one(study: Path):
    place = from_page(study, "d.yaml", {"action": "rename", "label": "Home 😀", "who": "Asha"})
    assert returned.run(place, study)[0].startswith("Added 1 decision to")
    again = returned.run(place, study)
    assert again == [f"Added 0 decisions to {study / 'decisions.yaml'}. 1 already existed."]
    assert [one.label for one in ledger.load(study / "decisions.yaml")] == ["Home 😀"]


def test_two_pages_of_one_report_that_say_different_things_are_a_conflict(study: Path):
    one = from_page(study, "one.yaml", {"action": "rename", "label": "Home", "who": "Asha"})
    two = from_page(
        study,
        "two.yaml",
        {"action": "rename", "label": "Nights", "who": "Ben"},
        {"action": "memo", "text": "Why?", "who": "Ben"},
    )
    returned.run(one, study)
    lines = returned.run(two, study)
    assert lines[0].startswith("Added 1 decision to")
    assert len(lines) == 2
    assert "Ben renamed “Charts at <home>” (0) to “Nights”" in lines[1]
    assert "Asha renamed “Charts at <home>” (0) to “Home”" in lines[1]
    assert [one.label for one in ledger.load(study / "decisions.yaml") if one.action == "rename"] == ["Home"]


def test_a_page_that_knew_of_the_other_decision_may_overrule_it(study: Path):
    returned.run(from_page(study, "one.yaml", {"action": "rename", "label": "Home", "who": "Asha"}), study)
    later = {"action": "rename", "label": "Nights", "who": "Ben", "when": "2026-02-03T10:00:00"}
    assert returned.run(from_page(study, "two.yaml", later), study)[0].startswith("Added 1 decision to")
    assert screen.read(study, ledger.load(study / "decisions.yaml")).labels[first_theme(study)[0]] == "Nights"


def test_two_who_accept_agree_and_one_file_may_change_its_mind(study: Path):
    returned.run(from_page(study, "one.yaml", {"action": "accept", "who": "Asha"}), study)
    two = from_page(
        study,
        "two.yaml",
        {"action": "accept", "who": "Ben"},
        seen=(),
    )
    assert returned.run(two, study)[0].startswith("Added 1 decision to")
    mind = from_page(
        study,
        "three.yaml",
        {"action": "reject", "who": "Cleo"},
        {"action": "accept", "who": "Cleo", "when": "2026-02-01T10:00:05"},
    )
    assert returned.run(mind, study)[0].startswith("Added 2 decisions to")


def test_a_file_of_another_study_or_without_decisions_is_refused(study: Path):
    other = from_page(study, "o.yaml", {"action": "accept", "who": "A", "members": ["elsewhere"]})
    with pytest.raises(returned.ReturnedError, match="another study"):
        returned.run(other, study)
    Path("none.yaml").write_text("decisions: []\n")
    with pytest.raises(returned.ReturnedError, match="no decision"):
        returned.run(Path("none.yaml"), study)
    Path("bad.json").write_text('{"decisions": [{"action": "accept"}]}')
    with pytest.raises(ledger.DecisionsError, match="decision 1"):
        returned.run(Path("bad.json"), study)
    Path("empty.yaml").write_text("")
    with pytest.raises(returned.ReturnedError, match="empty"):
        returned.run(Path("empty.yaml"), study)


def test_merged_decisions_are_replayed(study: Path):
    theme = first_theme(study)[0]
    returned.run(from_page(study, "one.yaml", {"action": "reject", "who": "Asha"}), study)
    shown = screen.read(study, ledger.load(study / "decisions.yaml"))
    assert theme not in set(shown.themes.values())
    assert isinstance(ledger.load(study / "decisions.yaml")[0], Decision)


def test_a_workbook_whose_import_was_stopped_is_taken_over_when_it_comes_again(study: Path, monkeypatch):
    cell, (theme, _) = spoken(study), first_theme(study)
    changes = {(theme, "label"): "Their own", (theme, "decision"): "reject", (theme, "memo"): "Look again."}
    made = edited(study, "a.xlsx", cells={cell: "No time."}, themes=changes)
    for stop in range(2):
        left = [stop]

        def full(place: Path, content: str | bytes, left=left, write=atomic_files.write) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device", str(place))
            write(place, content)

        with monkeypatch.context() as patched:
            patched.setattr(atomic_files, "write", full)
            with pytest.raises(CounterpointError, match="the disk is full") as said:
                returned.run(made, study, who="Asha", now=NOW)
            assert "a.xlsx" not in str(said.value)
    lines = returned.run(made, study, who="Asha", now=NOW)
    assert not any("Conflict" in line for line in lines)
    assert len(written_summaries.load(study / "summaries.yaml")) == 1
    taken = ledger.load(study / "decisions.yaml")
    assert [one.action for one in taken] == ["rename", "reject", "memo"]


def test_what_is_decided_while_a_workbook_comes_back_is_kept(study: Path, monkeypatch):
    (theme, _) = first_theme(study)
    made = edited(study, "a.xlsx", themes={(theme, "label"): "Their own"})
    loaded, waits = threading.Event(), threading.Event()
    load = written_summaries.load

    def slow(path: Path) -> list[written_summaries.Summary]:
        loaded.set()
        waits.wait(0.5)
        return load(path)

    monkeypatch.setattr(written_summaries, "load", slow)
    coming = threading.Thread(target=returned.run, args=(made, study), kwargs={"who": "Asha", "now": NOW})
    coming.start()
    loaded.wait()
    deciding.decide(study, "memo", str(theme), ["meanwhile"], who="Ben", now=LATER)
    coming.join()
    assert [one.action for one in ledger.load(study / "decisions.yaml")] == ["rename", "memo"]


def test_another_decision_with_the_same_id_is_said_and_left_out(study: Path):
    one = from_page(study, "one.yaml", {"action": "memo", "text": "first", "who": "Asha", "id": "h1"})
    two = from_page(study, "two.yaml", {"action": "memo", "text": "second", "who": "Ben", "id": "h1"})
    returned.run(one, study)
    lines = returned.run(two, study)
    assert "different decisions with the id h1" in lines[1]
    assert [held.text for held in ledger.load(study / "decisions.yaml")] == ["first"]
    assert len(returned.run(one, study)) == 1
