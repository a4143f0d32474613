"""What the notebooks stand on: finding the study, small tables, plots."""

from pathlib import Path

import numpy as np
import pandas as pd
import plotly.io
import pytest

from pipeline.core import store
from pipeline.notebook import plots, setup
from pipeline.reporting import summary_tables


@pytest.fixture
def inside(small_study, monkeypatch):
    root = small_study.parent.parent
    (root / "params.yaml").write_text("study: data/small\n")
    (root / "notebooks").mkdir(exist_ok=True)
    monkeypatch.chdir(root / "notebooks")
    return setup.study()


def test_the_study_is_found_from_a_folder_below_the_root(inside):
    assert str(inside) == "data/small"
    assert not setup.table(inside, "segments").empty


def test_plots_ask_no_server_for_anything(inside):
    assert plotly.io.renderers.default == "plotly_mimetype"


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
    assert len(summary_tables.agreement(tables["agreement"], level="pooled")) == 6
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


MATRIX_OF = pd.DataFrame({"A": [1, 0]}, index=["ana", "ben"])


def test_the_matrix_keeps_its_codes_in_order_and_says_why_a_cell_is_empty():
    assert list(summary_tables.matrix_counts(MATRIX).columns) == ["Z", "A"]
    assert list(summary_tables.matrix_counts(MATRIX, ["A", "gone"]).columns) == ["A"]
    assert list(summary_tables.matrix_cells(MATRIX, "ana").summary) == ["So it is.", "(asked, silent)"]
    assert summary_tables.fullest_case(MATRIX) == "ana"
    assert summary_tables.fullest_case(MATRIX.iloc[:0]) == ""


def drawn(tables):
    return {
        "bars": plots.bars(summary_tables.talk(tables["segments"]), title="t", unit="words"),
        "lengths": plots.lengths(tables["segments"].n_words, title="t", unit="words"),
        "map": plots.theme_map(mapped(tables), title="t"),
        "heat": plots.heat(summary_tables.matrix_counts(MATRIX), title="t", unit="passages"),
        "intervals": plots.intervals(summary_tables.agreement(tables["agreement"]), title="t", unit="kappa"),
    }


def test_every_plot_draws_something_and_has_a_title(tables):
    for name, figure in drawn(tables).items():
        assert figure.data, name
        assert figure.layout.title.text == "t"
        assert not [note for note in figure.layout.annotations if "no data to plot" in (note.text or "")]


def test_curves_have_a_band_and_a_line_for_each_source():
    frame = pd.DataFrame({"source": ["a", "a", "b", "b"], "position": [1, 2, 1, 2], "n_known": [1.0, 2, 3, 4]})
    figure = plots.curves(frame.assign(known_low=0.0, known_high=5.0), title="t", unit="codes")
    assert len(figure.data) == 4
    assert [trace.name for trace in figure.data if trace.showlegend is not False] == ["a", "b"]


def test_an_empty_table_is_said_to_be_empty(tables):
    nothing = {name: table.iloc[:0] for name, table in tables.items()}
    figure = plots.bars(summary_tables.talk(nothing["segments"]), title="t", unit="words")
    assert figure.layout.annotations[0].text == "There is no data to plot."


def test_talk_in_a_plot_is_text(tables):
    figure = drawn(tables)["map"]
    texts = [text for trace in figure.data for text in trace.text]
    assert any("&lt;/script&gt;" in text for text in texts)
    assert not any("<img" in text for text in texts)


def test_what_is_undefined_is_left_out_of_the_intervals(tables):
    figure = drawn(tables)["intervals"]
    assert "Staffing" not in figure.layout.yaxis.ticktext
    assert "Time" in figure.layout.yaxis.ticktext


def test_no_two_pairs_of_coders_lie_on_each_other(tables):
    traces = drawn(tables)["intervals"].data
    assert len(traces) == len({trace.name for trace in traces}) > 1
    places = [height for trace in traces for height in trace.y]
    assert len(places) == len(set(places))
    rows = [[round(height) for height in trace.y] for trace in traces]
    assert rows.count(rows[0]) == len(rows)


@pytest.mark.parametrize(
    ("who", "pair", "symbol"),
    [
        ("two people", "a and b", "circle"),
        ("a person and the pipeline", "a and pipeline (few_shot)", "diamond"),
        ("a person and the pipeline", "a and pipeline (zero_shot)", "diamond-open"),
    ],
)
def test_people_and_the_pipeline_look_different(who, pair, symbol):
    frame = pd.DataFrame({"code": ["A"], "who": who, "pair": pair, "kappa": 0.4, "low": 0.2, "high": 0.5})
    assert plots.intervals(frame, title="t", unit="kappa").data[0].marker.symbol == symbol


def test_long_names_of_codes_get_room_above():
    short, long = (plots.heat(MATRIX_OF.rename(columns={"A": name}), title="t", unit="n") for name in ("A", "A" * 40))
    assert long.layout.margin.t > short.layout.margin.t + 150


def test_the_number_that_was_taken_is_the_large_dot():
    frame = pd.DataFrame({"n_themes": [3, 1, 2], "score": [0.2, np.nan, 0.4], "chosen": [False, False, True]})
    trace = plots.choice(frame, title="t", unit="likeness").data[0]
    assert list(trace.x) == [2, 3]
    assert list(trace.marker.size) == [13, 5]
    assert plots.choice(frame.iloc[:0], title="t", unit="u").layout.annotations[0].text == "There is no data to plot."


def test_what_a_theme_rests_on_is_listed_with_the_largest_theme_first(tables):
    rows = {"theme_id": [1, 0, 0], "kind": "case", "name": ["Dev", "Ana", "Ben"], "share": [0.3, 0.2, 0.6]}
    table = pd.DataFrame(rows).assign(jaccard=0.1, remains=[False, False, True])
    lost = summary_tables.dependence(table, tables["themes"])
    assert list(lost.name) == ["Ana", "Dev"]
    assert lost.theme.iloc[0].startswith("T1 ")


def test_read_reflexively_the_curve_of_the_number_is_not_shown(inside):
    assert not setup.theme_choice(inside).empty
    Path("params.yaml").write_text("study: data/small\nstance: reflexive\n")
    assert setup.theme_choice(inside).empty
    Path("params.yaml").write_text("study: data/small\n")
