"""Summaries that people wrote: kept line by line, the later one stands, and a cell's count is not part of it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reporting import written_summaries
from pipeline.reporting.written_summaries import Summary

ONE = Summary(case="Ana", code="Time", summary="No time, ever.", who="Asha", when="2026-01-15T10:00:00", of="abc")


def test_what_is_dumped_is_loaded(tmp_path: Path):
    place = tmp_path / "summaries.yaml"
    entries = [ONE, ONE.model_copy(update={"who": "Ben", "when": "2026-01-16T10:00:00", "summary": 'a: "b"\nc — 😀'})]
    place.write_text(written_summaries.dump(entries), encoding="utf-8")
    assert written_summaries.load(place) == entries
    assert written_summaries.dump(entries) == written_summaries.dump(entries[::-1] + entries)
    assert len(place.read_text().splitlines()) == 4


def test_a_file_that_is_not_there_or_empty_holds_none(tmp_path: Path):
    assert written_summaries.load(tmp_path / "none.yaml") == []
    (tmp_path / "e.yaml").write_text("# nothing\nsummaries: []\n")
    assert written_summaries.load(tmp_path / "e.yaml") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("summaries: [", "invalid YAML"),
        ("summaries: 7\n", "a list"),
        ("summaries:\n- {case: a}\n", "entry 1, code"),
        ("summaries:\n- {case: a, code: b, summary: c, who: d, when: later}\n", "entry 1, when"),
        ("summaries:\n- {case: a, code: b, summary: c, who: d, when: 2026-01-01, more: 1}\n", "entry 1, more"),
    ],
)
def test_what_is_wrong_is_a_sentence(tmp_path: Path, text: str, said: str):
    (tmp_path / "s.yaml").write_text(text)
    with pytest.raises(written_summaries.WrittenError, match=said):
        written_summaries.load(tmp_path / "s.yaml")


def test_of_two_the_later_stands(tmp_path: Path):
    later = ONE.model_copy(update={"summary": "Some time.", "when": "2026-01-15 11:00"})
    (tmp_path / "s.yaml").write_text(written_summaries.dump([later, ONE]))
    assert written_summaries.standing(written_summaries.load(tmp_path / "s.yaml")) == {("Ana", "Time"): later}


def test_who_writes_the_extractive_summary_back_leaves_nothing():
    back = ONE.model_copy(update={"summary": "Theirs.", "of": written_summaries.digest("Theirs.")})
    assert written_summaries.standing([ONE, back]) == {}


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Never.\n(3)", "Never."),
        ("Never.\n(3; Asha B.)", "Never."),
        ("Never.\r\n(12)\r\n", "Never."),
        ("One.  \nTwo (2).", "One.\nTwo (2)."),
        ("(2)", "(2)"),
        ("a_x000D_\nb\n(1)", "a\nb"),
        ("", ""),
    ],
)
def test_the_count_of_passages_is_not_part_of_the_text(cell: str, text: str):
    assert written_summaries.plain(cell) == text


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=80))
def test_the_fingerprint_is_blind_to_spaces_and_counts_alone(text: str):
    assert (
        written_summaries.digest(f"  {text}\n(4)") == written_summaries.digest(text)
        or text.strip() == ""
        or "\n(" in f"\n{text}"
    )
    assert written_summaries.digest(text + " more") != written_summaries.digest(text)


def test_an_empty_cell_has_no_fingerprint():
    assert written_summaries.digest(" \n ") == ""


def test_a_summary_by_a_person_stands_in_the_word_document_with_their_name():
    import io

    import pandas as pd
    from docx import Document

    from pipeline.deductive.codebook import Codebook
    from pipeline.paper import matrix_table

    rows = [("Ana", "Time", "Extractive.", 2, "spoken", 2), ("Ben", "Time", "", 0, "asked", 0)]
    table = pd.DataFrame(rows, columns=["case", "code", "summary", "n_segments", "state", "n_coded"])
    made = matrix_table.document(
        table,
        book=Codebook(),
        codes=["Time"],
        named={"Ana": "Ana", "Ben": "Ben"},
        paper="a4",
        summaries={("Ana", "Time"): ONE},
    )
    cells = [cell.text for grid in Document(io.BytesIO(made)).tables for row in grid.rows for cell in row.cells]
    assert "No time, ever. (2 coded; Asha)" in cells
    assert "(asked; nothing coded or suggested)" in cells
    assert "Extractive." not in " ".join(cells)
