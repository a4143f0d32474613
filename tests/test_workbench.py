"""What the notebooks stand on: finding the study, small tables, plots."""

import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.core import store
from pipeline.notebook import plots, setup
from pipeline.paper import figure_data
from pipeline.reporting import summary_tables


@pytest.fixture
def inside(small_study, tmp_path, monkeypatch):
    root = tmp_path
    shutil.copytree(small_study, root / "data" / "small")
    (root / "params.yaml").write_text("study: data/small\n")
    (root / "notebooks").mkdir(exist_ok=True)
    monkeypatch.chdir(root / "notebooks")
    return setup.study()


def test_the_study_is_found_from_a_folder_below_the_root(inside):
    assert str(inside) == "data/small"
    assert not setup.table(inside, "segments").empty


def test_outside_a_project_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(setup.WorkbenchError, match="Open the notebook inside"):
        setup.study()


def test_what_is_missing_is_said(inside, tmp_path):
    assert setup.missing(inside, "themes", "agreement").endswith("nothing is missing.")
    assert "Run `counterpoint run`" in setup.missing(tmp_path, "themes")
    store.write(tmp_path, "themes", store.empty("themes"))
    assert setup.missing(tmp_path, "themes").startswith("There are no candidate themes")
    store.write(tmp_path, "theme_quotes", store.empty("theme_quotes"))
    assert setup.missing(tmp_path, "theme_quotes") == "theme_quotes is empty."


def test_a_table_that_was_not_made_is_an_empty_one(tmp_path):
    assert setup.table(tmp_path, "themes").empty
    assert list(setup.table(tmp_path, "themes").columns) == list(store.empty("themes").columns)


def test_a_reflexive_stance_hides_agreement(inside):
    assert not setup.agreement(inside).empty
    assert not setup.theme_agreement(inside).empty
    Path("params.yaml").write_text("study: data/small\nstance: reflexive\n")
    assert setup.agreement(inside).empty
    assert setup.theme_agreement(inside).empty


@pytest.fixture
def tables(small_study):
    return {name: store.read(small_study, name) for name in (*store.INTERIM, *store.PROCESSED)}


def test_talk_is_counted_in_words_used_and_set_aside(tables):
    talk = summary_tables.talk(tables["segments"])
    assert list(talk.columns) == ["used", "set aside"]
    assert talk.to_numpy().sum() == tables["segments"].n_words.sum()
    assert talk.loc["notes/session.docx", "set aside"] == 0


def test_why_segments_are_set_aside(tables):
    assert summary_tables.aside(tables["segments"]).segments.to_dict() == {"interviewer": 8, "backchannel": 2}


def test_themes_and_their_quotes_come_largest_first_and_verbatim(tables):
    assert list(summary_tables.themes(tables["themes"]).index) == ["T1", "T2"]
    quotes = summary_tables.quotes(tables["theme_quotes"], tables["themes"], tables["segments"], each=1)
    assert list(quotes.label) == ["Charts at <home>", "Time & the ward"]
    assert set(quotes.text) <= set(tables["segments"].text)


def mapped(tables):
    return summary_tables.map_of_segments(
        tables["theme_map"], tables["theme_assignments"], tables["themes"], tables["segments"]
    )


def test_the_map_has_a_place_for_every_vector_and_the_unassigned_come_last(tables):
    places = mapped(tables)
    assert len(places) == len(tables["theme_map"])
    assert places.theme.iloc[-1] == "in no theme"
    assert np.isfinite(places[["x", "y"]].to_numpy()).all()


def test_themes_by_codes_are_counts_of_segments(tables):
    crossed = summary_tables.themes_by_codes(tables["theme_code"], tables["themes"], "pipeline")
    assert crossed.loc["T1 Charts at <home>", "Time"] == 2
    assert summary_tables.themes_by_codes(tables["theme_code"], tables["themes"], "nobody").empty
    assert summary_tables.coders(tables["theme_human_code"]) == ["lea"]


def test_agreement_tells_people_from_people_with_the_pipeline(tables):
    figures = summary_tables.agreement(tables["agreement"])
    assert set(figures.who) == {"two people", "a person and the pipeline"}
    assert set(figures[figures.who == "two people"].pair) == {"lea and max"}
    assert set(summary_tables.agreement(tables["agreement"], level="pooled").code) == {"(all codes)", "(any code)"}
    assert "adjusted mutual information" in set(summary_tables.theme_measures(tables["theme_agreement"]).measure)


def test_saturation_over_random_orders_alone():
    row = {
        "source": "lea",
        "cell": "(all)",
        "order": "random",
        "position": 1,
        "document": "",
        "n_new": 2.0,
        "n_known": 2.0,
    }
    other = row | {"order": "file names"}
    table = pd.DataFrame([row, other]).reindex(columns=store.empty("saturation").columns)
    assert len(summary_tables.known_so_far(table)) == 1


MATRIX = pd.DataFrame(
    {
        "case": ["ana", "ana", "ben", "ben"],
        "code": ["Z", "A", "Z", "A"],
        "summary": ["So it is.", "", "", "No."],
        "n_segments": [3, 0, 0, 1],
        "state": ["spoken", "asked", "not_asked", "spoken"],
    }
)


def test_the_matrix_keeps_its_codes_in_order_and_says_why_a_cell_is_empty():
    assert list(summary_tables.matrix_counts(MATRIX).columns) == ["Z", "A"]
    assert list(summary_tables.matrix_counts(MATRIX, ["A", "gone"]).columns) == ["A"]
    assert list(summary_tables.matrix_cells(MATRIX, "ana").summary) == ["So it is.", "(asked, silent)"]
    assert summary_tables.fullest_case(MATRIX) == "ana"
    assert summary_tables.fullest_case(MATRIX.iloc[:0]) == ""


def drawn(tables):
    return {
        "timeline": plots.timeline(summary_tables.speaking(tables["turns"])),
        "bars": plots.bars(summary_tables.talk(tables["segments"]), unit="words"),
        "lengths": plots.lengths(tables["segments"].n_words, unit="words"),
        "map": plots.theme_map(mapped(tables)),
        "heat": plots.heat(summary_tables.matrix_counts(MATRIX), unit="passages"),
        "agreement": plots.agreement(figure_data.agreement(tables["agreement"], ["Time", "Staffing"])),
    }


def said(figure) -> str:
    """The text of a figure."""
    return " ".join(ET.fromstring(figure.svg).itertext())


def test_every_plot_draws_something_and_is_a_picture_in_a_notebook(tables):
    for name, figure in drawn(tables).items():
        assert "nothing to draw" not in said(figure), name
        assert figure._repr_png_()[0].startswith(b"\x89PNG")


def test_an_empty_table_is_said_to_be_empty(tables):
    nothing = {name: table.iloc[:0] for name, table in tables.items()}
    for figure in (
        plots.bars(summary_tables.talk(nothing["segments"]), unit="words"),
        plots.timeline(summary_tables.speaking(nothing["turns"])),
        plots.theme_map(mapped(nothing)),
        plots.heat(summary_tables.matrix_counts(MATRIX.iloc[:0]), unit="passages"),
        plots.agreement(figure_data.agreement(nothing["agreement"], [])),
        plots.saturation(figure_data.saturation(nothing["saturation"])),
        plots.choice(nothing["theme_choice"]),
        plots.shares(pd.DataFrame(columns=list(figure_data.GROUPED))),
    ):
        assert "There is nothing to draw." in said(figure)


def test_who_speaks_when_is_counted_in_words_from_the_beginning(tables):
    speaking = summary_tables.speaking(tables["turns"])
    for document, rows in speaking.groupby("document"):
        turns = tables["turns"][tables["turns"].document == document]
        assert rows.end.max() == turns.text.str.split().str.len().sum()
        assert rows.start.iloc[0] == 0
        assert (rows.start.iloc[1:].to_numpy() == rows.end.iloc[:-1].to_numpy()).all()
        assert not (rows.speaker == rows.speaker.shift()).any()
    assert set(speaking.kind) == {"participant", "interviewer", "no speaker"}


def test_silence_after_a_question_is_told_from_silence_without_one():
    counts = summary_tables.silences(MATRIX)
    assert counts.loc["Z"].to_dict() == {"spoke of it": 1, "asked, silent": 0, "not asked": 1, "not known": 0}
    assert counts.loc["A", "asked, silent"] == 1
    assert summary_tables.silences(MATRIX.iloc[:0]).empty


def test_what_is_undefined_is_left_out_of_the_intervals(tables):
    text = said(drawn(tables)["agreement"])
    assert "Staffing" not in text
    assert "Time" in text


def test_only_the_codes_that_are_named_are_drawn(tables):
    figures = figure_data.agreement(tables["agreement"], ["Time"])
    assert "Time" not in said(plots.agreement(figures, ["Staffing"]))


def test_groups_codes_and_stability_come_from_the_study(inside, tables):
    Path("params.yaml").write_text("study: data/small\ncompare: {frame: [role]}\n")
    assert setup.attributes(inside) == ["role"]
    by_role = setup.themes_by(inside, "role")
    assert set(by_role.group) == {"doctor", "nurse"}
    assert set(by_role.of_cases) == {2}
    used = tables["segments"][tables["segments"].substantive & (tables["segments"].case != "")]
    assert by_role.drop_duplicates("group").of_segments.sum() == len(used)
    assert setup.themes_by(inside, "no such column").empty
    assert set(setup.codes(inside)) <= set(setup.codes_by(inside, "role").name)
    assert list(setup.theme_stability(inside).columns) == ["name", "stability"]
    silent = tables["segments"][used.index.min() : used.index.min() + 1].segment_id
    scored = tables["code_assignments"]
    store.write(inside, "code_assignments", scored[~scored.segment_id.isin(silent)].reset_index(drop=True))
    less = setup.codes_by(inside, "role").drop_duplicates("group").of_segments.sum()
    assert less == len(used) - 1, "what was not mapped counts as nobody's talk"
    Path("params.yaml").write_text("study: data/small\nstance: reflexive\n")
    assert setup.theme_stability(inside).empty
    assert setup.agreement_by_code(inside).empty


def test_a_figure_of_one_s_own_is_saved_with_its_data(tmp_path):
    frame = pd.DataFrame({"words": [3, 5]}, index=["ana", "ben"])
    sentence = setup.keep(tmp_path / "data" / "x", plots.bars(frame, unit="words"), frame, name="mine")
    assert sentence.endswith("mine.svg, mine.png, mine.csv")
    folder = tmp_path / "data" / "x" / "paper" / "figures"
    assert sorted(path.name for path in folder.iterdir()) == ["mine.csv", "mine.png", "mine.svg"]
