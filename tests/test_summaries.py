"""Tables as notebooks show them, by hand."""

import pandas as pd

from pipeline.reporting import summary_tables


def frame(columns: str, *rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split())


THEMES = frame(
    "theme_id level label keywords n_segments n_cases n_documents",
    (7, 1, "Time", ["day", "night"], 5, 2, 2),
    (9, 1, "Staff", ["bleep"], 8, 3, 2),
    (3, 1, "Board", ["email"], 5, 1, 1),
    (4, 2, "A part", ["night"], 3, 1, 1),
).assign(language="en")
SEGMENTS = frame(
    "segment_id document case speaker n_words substantive set_aside text",
    ("s1", "b", "ben", "Ben", 10, True, "", "One."),
    ("s2", "b", "ben", "Ben", 5, True, "", "Two."),
    ("s3", "b", "ben", "Ben", 3, False, "short", "Three."),
    ("s4", "a", "", "I", 7, False, "interviewer", "Four?"),
    ("s5", "a", "", "I", 2, False, "interviewer", "Five?"),
)


def test_words_used_and_set_aside():
    assert summary_tables.talk(SEGMENTS).to_dict("index") == {
        "a": {"used": 0, "set aside": 9},
        "b": {"used": 15, "set aside": 3},
    }
    assert list(summary_tables.talk(SEGMENTS, by="speaker").index) == ["Ben", "I"]
    used = summary_tables.talk(SEGMENTS[SEGMENTS.substantive])
    assert used.to_dict("index") == {"b": {"used": 15, "set aside": 0}}


def test_why_segments_are_set_aside_most_first():
    assert list(summary_tables.aside(SEGMENTS).itertuples(name=None)) == [("interviewer", 2, 9), ("short", 1, 3)]


def test_themes_of_the_first_level_are_numbered_by_size():
    table = summary_tables.themes(THEMES)
    assert list(table.index) == ["T1", "T2", "T3"]
    assert table["label"].tolist() == ["Staff", "Board", "Time"]
    assert table.loc["T3"].tolist() == ["Time", "day, night", 5, 2, 2]


def test_what_a_theme_is_not_found_again_without():
    table = frame(
        "theme_id kind name share remains",
        (7, "case", "ana", 0.4, False),
        (7, "case", "ben", 0.2, True),
        (9, "site", "north", 0.3, False),
        (9, "case", "cy", 0.3, False),
        (9, "case", "ben", 0.3, False),
        (9, "case", "ana", 0.5, False),
        (4, "case", "ana", 0.9, False),
    )
    rows = summary_tables.dependence(table, THEMES)
    assert list(rows.itertuples(index=False, name=None)) == [
        ("T1 Staff", "case", "ana", 0.5),
        ("T1 Staff", "case", "ben", 0.3),
        ("T1 Staff", "case", "cy", 0.3),
        ("T1 Staff", "site", "north", 0.3),
        ("T3 Time", "case", "ana", 0.4),
    ]


def test_the_first_quotes_of_each_theme():
    quotes = frame(
        "theme_id kind rank segment_id",
        *((7, "typical", rank, f"s{rank}") for rank in (3, 2, 1)),
        (9, "edge", 1, "s4"),
    )
    rows = summary_tables.quotes(quotes, THEMES, SEGMENTS)
    assert rows["text"].tolist() == ["Four?", "One.", "Two."]
    assert rows["label"].tolist() == ["Staff", "Time", "Time"]
    assert summary_tables.quotes(quotes, THEMES, SEGMENTS, each=1)["text"].tolist() == ["Four?", "One."]


def test_the_map_names_the_theme_of_each_segment_and_puts_the_largest_first():
    places = frame("segment_id x y", ("s1", 0.1, 0.2), ("s2", 0.3, 0.4), ("s4", 0.5, 0.6), ("s5", 0.7, 0.8))
    outside = (("s1", -1, "unlike"), ("s2", 7, ""), ("s4", 9, ""), ("s5", -1, "rejected"))
    assigned = frame("segment_id theme_id outside", *outside)
    rows = summary_tables.map_of_segments(places, assigned, THEMES, SEGMENTS)
    assert rows["theme"].tolist() == ["T1 Staff", "T3 Time", "in no theme", "in a rejected theme"]
    assert rows[["segment_id", "x", "text"]].iloc[2].tolist() == ["s1", 0.1, "One."]


CROSSED = frame(
    "theme_id code coder n_overlap",
    (7, "A", "lea", 2),
    (7, "B", "lea", 1),
    (9, "A", "lea", 4),
    (9, "B", "lea", 0),
    (7, "A", "max", 5),
    (4, "A", "lea", 9),
)


def test_themes_by_one_coders_codes():
    wide = summary_tables.themes_by_codes(CROSSED, THEMES, "lea")
    assert wide.to_dict("index") == {"T1 Staff": {"A": 4, "B": 0}, "T3 Time": {"A": 2, "B": 1}}
    assert list(wide.index) == ["T1 Staff", "T3 Time"]
    assert summary_tables.coders(CROSSED) == ["lea", "max"]


def test_agreement_by_code_people_before_the_pipeline():
    rows = [
        ("code", unit, code, "ann", other, 10, 4, 5, 3, 0.45, 0.5, 0.1, 0.9, "")
        for unit, code, other in (
            ("segment", "B", "ben"),
            ("segment", "A", "pipeline (zero_shot)"),
            ("segment", "A", "ben"),
            ("character", "A", "ben"),
        )
    ]
    rows.append(("pooled", *rows[0][1:]))
    table = frame("level unit code coder_a coder_b n n_a n_b n_both prevalence kappa low high note", *rows)
    found = summary_tables.agreement(table)
    assert found[["code", "who", "pair"]].to_numpy().tolist() == [
        ["A", "two people", "ann and ben"],
        ["A", "a person and the pipeline", "ann and pipeline (zero_shot)"],
        ["B", "two people", "ann and ben"],
    ]
    assert found.loc[0, ["n_a", "n_b", "n_both"]].tolist() == [4, 5, 3]


def test_what_was_known_after_each_document_over_random_orders():
    table = frame(
        "source cell order position n_known known_low known_high",
        ("themes", "(all)", "random", 2, 3.0, 2.0, 4.0),
        ("themes", "(all)", "random", 1, 1.5, 1.0, 2.0),
        ("themes", "(all)", "interviewing", 1, 2.0, None, None),
        ("themes", "nurse", "random", 1, 1.0, 1.0, 1.0),
        ("ann", "(all)", "random", 1, 4.0, 3.0, 5.0),
    )
    rows = summary_tables.known_so_far(table)
    assert rows[["source", "position", "n_known"]].to_numpy().tolist() == [
        ["ann", 1, 4.0],
        ["candidate themes", 1, 1.5],
        ["candidate themes", 2, 3.0],
    ]
    assert summary_tables.known_so_far(table, cell="nurse")["n_known"].tolist() == [1.0]


MATRIX = frame(
    "case code summary n_segments state",
    ("ana", "B", "She said so.", 2, "spoken"),
    ("ana", "A", "", 0, "asked"),
    ("ben", "B", "", 0, "unknown"),
    ("ben", "A", "He did.", 1, "spoken"),
)


def test_passages_of_each_case_by_code():
    wide = summary_tables.matrix_counts(MATRIX)
    assert wide.to_dict("index") == {"ana": {"B": 2, "A": 0}, "ben": {"B": 0, "A": 1}}
    assert list(wide.columns) == ["B", "A"]
    assert list(summary_tables.matrix_counts(MATRIX, ["A", "gone", "B"]).columns) == ["A", "B"]
    assert summary_tables.fullest_case(MATRIX) == "ana"
    assert summary_tables.fullest_case(MATRIX[:0]) == ""


def test_one_case_of_the_matrix_in_words():
    rows = summary_tables.matrix_cells(MATRIX, "ana")
    assert rows.to_numpy().tolist() == [["B", 2, "She said so."], ["A", 0, "(asked, silent)"]]
    assert summary_tables.matrix_cells(MATRIX, "ben")["summary"].tolist() == ["(not known whether asked)", "He did."]


def test_measures_in_words():
    table = frame(
        "coder level measure value low high n",
        ("max", "code", "ami", 0.2, 0.1, 0.3, 40),
        ("ann", "code", "v_measure", 0.4, 0.3, 0.5, 30),
    )
    rows = summary_tables.theme_measures(table)
    assert rows[["coder", "measure", "value"]].to_numpy().tolist() == [
        ["ann", "V-measure", 0.4],
        ["max", "adjusted mutual information", 0.2],
    ]
