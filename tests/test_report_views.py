"""What the report says of themes, codes, agreement and the study, before it is put on the page."""

import numpy as np
import pandas as pd
import pytest

from pipeline.core import store
from pipeline.reporting import method, metrics, quotes
from pipeline.reporting.views import agreement_view, further_view, overview, theme_view
from tests import counts
from tests.records import records


@pytest.fixture
def tables(small_study):
    return {name: store.read(small_study, name) for name in (*store.INTERIM, *store.PROCESSED)}


@pytest.fixture
def quoted(tables):
    return quotes.collect(**{name: tables[name] for name in ("documents", "turns", "cases", "segments")})


# themes


def made_cards(tables, quoted):
    return theme_view.cards(themes=tables["themes"], theme_states=tables["theme_states"], quotes=quoted)


def test_a_card_for_each_theme_largest_first(tables, quoted):
    size_of = dict(zip(tables["themes"].theme_id, tables["themes"].n_segments, strict=True))
    sizes = [size_of[card.theme_id] for card in made_cards(tables, quoted)]
    assert sizes == sorted(size_of.values(), reverse=True)


def test_a_line_in_participants_words_is_a_quote_of_its_place(tables, quoted):
    assert all(card.in_vivo is None for card in made_cards(tables, quoted)), "where there is none, none is shown"
    theme = tables["themes"].index[0]
    whole = next(iter(quoted.values()))
    line = {"in_vivo": whole.text[2:9], "in_vivo_segment": whole.segment_id}
    line |= {"in_vivo_start": whole.start + 2, "in_vivo_end": whole.start + 9}
    for column, value in line.items():
        tables["themes"][column] = tables["themes"][column].astype(object)
        tables["themes"].loc[theme, column] = value
    shown = next(c.in_vivo for c in made_cards(tables, quoted) if c.theme_id == tables["themes"].theme_id[theme])
    assert (shown.text, shown.start, shown.end) == (line["in_vivo"], whole.start + 2, whole.start + 9)
    assert shown.document == whole.document


def test_sub_themes_are_parts_of_their_theme_and_no_cards(tables, quoted):
    below = tables["themes"].iloc[:1].assign(theme_id=7, parent_id=0, level=2, label="part", n_segments=2)
    tables["themes"] = pd.concat([tables["themes"], below])
    cards = {card.theme_id: card for card in made_cards(tables, quoted)}
    assert set(cards) == {0, 1}
    assert [part[1:] for part in cards[0].sub_themes] == [("part", 2)]
    assert cards[1].sub_themes == ()


# agreement


def view(tables, **changes):
    return agreement_view.build(tables["agreement"].assign(**changes), tables["theme_agreement"], ["Pride", "Time"])


def test_people_come_first_and_are_called_the_ceiling(tables):
    said = view(tables).sentences
    assert said[0].startswith("lea and max, on 11 passages of 4 documents: agreement over all codes is 42% of the way")
    assert "with that between human coders" in said[-1]


def test_wherever_coders_are_compared_it_is_said_how_much_each_coded(tables):
    said = view(tables).sentences
    assert said[0].endswith(" In all, lea coded 9 passages, max 6, both 4.")
    assert said[1].endswith(" In all, lea coded 9 passages, the pipeline 6, both 4.")


def test_the_table_has_the_prevalence_and_positive_agreement_beside_kappa(tables):
    shown = view(tables)
    row = dict(zip(shown.columns, shown.rows[0], strict=True))
    assert [row[name] for name in ("Prevalence", "Kappa", "AC1", "Positive agreement")] == [
        "30%",
        "0.42",
        "0.50",
        "0.55",
    ]


def test_rare_codes_are_told_with_what_belongs_beside_kappa(tables):
    assert not any("Kappa is low for what is rare" in sentence for sentence in view(tables).sentences)
    said = view(tables, prevalence=0.04, f1=0.67).sentences[-1]
    assert said.startswith("3 codes are in fewer than 10% of the passages. Kappa is low for what is rare")
    assert said.endswith("lea gave it to 5 passages, max 6, both 4: kappa 0.42, AC1 0.50, positive agreement 0.67.")
    elsewhere = view(tables, prevalence=0.04, f1=0.67, given_a=90, given_b=60).sentences[-1]
    assert elsewhere == said, (
        "kappa and prevalence are of what both were compared on, and so are the counts beside them"
    )


def test_categories_come_before_codes_in_the_table_and_speak_for_rare_ones(tables):
    rows = tables["agreement"]
    above = rows[rows.code == "Time"].assign(level="category", code="Work")
    tables["agreement"] = pd.concat([rows, above], ignore_index=True)
    shown = view(tables, prevalence=0.04)
    assert list(dict.fromkeys(row[0] for row in shown.rows))[:4] == [
        "all codes",
        "any code",
        "Work (category)",
        "Pride",
    ]
    assert shown.sentences[-1].startswith("1 category is in fewer than 10%")


def test_with_one_person_there_is_no_ceiling(tables):
    tables["agreement"] = tables["agreement"][tables["agreement"].coder_b == "pipeline"]
    assert "no agreement between human coders" in view(tables).sentences[-1]


def test_what_is_undefined_is_said(tables):
    shown = view(tables, kappa=np.nan, note="Too few.")
    assert "agreement over all codes is undefined. Too few." in shown.sentences[0]
    assert all(row[shown.columns.index("Kappa")] == "undefined" for row in shown.rows)


def test_the_agreement_of_several_pairs_of_people_is_called_a_mean(tables):
    rows = tables["agreement"]
    assert any("between human coders, kappa is 0.40." in said for said in view(tables, ceiling=0.4).sentences)
    third = rows[rows.coder_b == "max"].assign(coder_b="kim")
    tables["agreement"] = pd.concat([rows, third], ignore_index=True)
    assert any("kappa is 0.40 on average." in said for said in view(tables, ceiling=0.4).sentences)


@pytest.mark.parametrize("kappa", [0.0, -0.3])
def test_agreement_that_chance_gives_is_called_so(tables, kappa):
    assert "no better than chance" in view(tables, kappa=kappa).sentences[0]


def test_the_table_has_a_row_for_every_figure_and_a_name_for_every_column(tables):
    shown = view(tables)
    assert len(shown.rows) == len(tables["agreement"])
    assert {len(row) for row in shown.rows} == {len(shown.columns)}


def test_nothing_to_compare_is_nothing_to_say():
    shown = agreement_view.build(store.empty("agreement"), store.empty("theme_agreement"), [])
    assert (shown.sentences, shown.rows, shown.theme_rows) == ((), (), ())


def test_themes_against_codes_in_words(tables):
    assert "0.20 (95% interval 0.10 to 0.30;" in view(tables).theme_sentences[0]
    tables["theme_agreement"]["value"] = np.nan
    assert "undefined" in view(tables).theme_sentences[0]


def test_contrasts_are_counts_and_questions(tables):
    said = agreement_view.contrasts(tables["codings"])
    assert all(sentence.endswith("What does each coder see in it?") for sentence in said)
    assert "Fewer than two coders" in agreement_view.contrasts(store.empty("codings"))[0]


# the study


def made_overview(tables, **changes):
    names = ("documents", "speakers", "cases", "segments", "codings")
    problems = {"ingest": tables["ingest_problems"], "segment": tables["segment_problems"]}
    return overview.build(**{name: tables[name] for name in names} | {"problems": problems} | changes)


def test_what_was_left_out_comes_before_what_was_guessed_and_notes(tables):
    assert [problem.kind for problem in made_overview(tables).problems] == ["refused", "guessed", "note"]


def test_the_words_of_a_study_are_told_by_whom_they_are(tables):
    documents = tables["documents"].assign(n_words=[9, 8, 20, 5][: len(tables["documents"])])
    speakers = pd.DataFrame(
        {
            "document": [documents.document.iloc[0]] * 3,
            "speaker": ["A", "B", ""],
            "part": ["participant", "interviewer", "none"],
            "case": ["a", "", ""],
            "n_words": [1200, 30, 4],
        }
    )
    total = int(documents.n_words.sum())
    made = made_overview(tables, documents=documents, speakers=speakers)
    people = tables["segments"].query("case != ''").case.nunique()
    parts = f"{total} words: 1,200 by {people} participants, 30 by interviewers and 4 in "
    assert parts in made.lead[0]


def test_a_source_says_who_speaks_and_who_coded_it(tables):
    sources = {source.document: source for source in made_overview(tables).sources}
    assert sources["groups/ward.txt"].speakers == "Cleo and Dev"
    assert sources["groups/ward.txt"].coders == "lea and max"
    assert sources["notes/session.docx"].speakers == ""
    assert sources["notes/session.docx"].n_segments == 2


def test_attributes_are_counted_and_the_missing_are_named(tables):
    cases = tables["cases"].assign(role=["nurse", "nurse", "", None])
    assert dict(made_overview(tables, cases=cases).attributes)["role"] == (("not given", 2), ("nurse", 2))


def test_why_segments_are_set_aside_is_said_in_words(tables):
    assert made_overview(tables).aside[0] == ("spoken by an interviewer", 8)
    odd = tables["segments"].assign(set_aside="for a reason", substantive=False)
    assert overview.set_aside(odd) == (("for a reason", 21),)


# map and matrix


# help and hindrance, disputes, saturation, sources


GIVEN = pd.DataFrame({"segment_id": ["a", "b", "b"], "code": ["A", "A", "B"], "score": 0.9})
VALENCE = pd.DataFrame({"segment_id": ["a", "b"], "valence": ["facilitator", "barrier"]})


def further(**changes):
    options = {name: store.empty(name) for name in ("valence", "triangulation")}
    options |= {"saturation": store.empty("saturation_verdict"), "accepted": GIVEN, "codes": ["B", "A"]}
    return further_view.build(**(options | changes))


def test_help_and_hindrance_are_counted_for_each_code():
    shown = further_view.leanings(VALENCE, GIVEN, ["B", "A", "C"])
    assert [(one.code, one.counts) for one in shown] == [("B", (0, 1, 0, 0)), ("A", (1, 1, 0, 0))]


def test_nothing_beside_is_nothing_shown():
    nothing = further()
    assert (nothing.leanings, nothing.saturation, nothing.sources) == ((), (), ())


def test_saturation_is_said_of_the_whole_first():
    table = pd.DataFrame(
        {"source": ["themes", "lea"], "cell": ["(all)", "nurse"], "sentence": ["Not yet.", "Reached."]}
    )
    shown = further(saturation=table)
    assert shown.saturation == ("Themes: Not yet.",)
    assert shown.saturation_cells == (("Codes of lea", "nurse", "Reached."),)


def test_kinds_of_source_are_compared_where_there_are_several():
    table = pd.DataFrame(
        {"coder": "pipeline (zero_shot)", "code": "A", "source_type": ["interview", "document"], "n_segments": [3, 0]}
    )
    kinds, rows = further_view.by_source(table.assign(reading=["complements", "silent"]), ["A", "B"])
    assert kinds == ("interview", "document")
    assert rows == (("A", ((3, "only in this type"), (0, "not mentioned"))),)
    assert further_view.by_source(table.iloc[:1].assign(reading="alone"), ["A"]) == ((), ())


# numbers and method


def test_metrics_leave_out_what_is_undefined(tables):
    tables["agreement"]["kappa"] = np.nan
    numbers = metrics.build(
        tables, count=counts.made(candidates=2), problems=tables["ingest_problems"], cells=[], reflexive=False
    )
    assert "kappa_people" not in numbers
    assert numbers["refused"] == 1
    assert list(numbers) == sorted(numbers)


def test_the_plots_bars_are_the_themes(tables):
    lines = metrics.theme_sizes(tables["themes"]).splitlines()
    assert lines[0] == "theme,n_segments"
    assert len(lines) == 3
    assert metrics.theme_sizes(store.empty("themes")) == "theme,n_segments\n"


def test_settings_are_every_key_with_its_section():
    shown = dict(method.settings({"stance": "codebook", "ingest": {"labels": ["i", "q"], "least": 2, "model": None}}))
    assert shown == {"stance": "codebook", "ingest.labels": "i, q", "ingest.least": "2", "ingest.model": "null"}


def test_versions_are_those_of_what_computed_something_after_this_program():
    found = method.versions(records())
    assert found[0][0] == "Counterpoint"
    assert found[1:] == [
        ("BERTopic", "0.17.4"),
        ("ONNX Runtime", "1.30.0"),
        ("scikit-learn", "1.7.0"),
        ("scikit-network", "0.33.0"),
        ("spaCy", "3.8.7"),
    ]


@pytest.mark.parametrize(("third", "said"), [([], "ann 3, bob 2, both 1"), ([("cat", "d", 5, 6)], "cat 1, all 1")])
def test_contrasts_say_what_coders_share(third, said):
    rows = [("ann", "d", 0, 10), ("ann", "d", 20, 30), ("ann", "e", 0, 9), ("bob", "d", 9, 12), ("bob", "f", 0, 9)]
    codings = pd.DataFrame(
        [{"coder": who, "document": where, "start": start, "end": end} for who, where, start, end in rows + third]
    )
    if third:
        codings.loc[3, "start"] = 4
    assert said in agreement_view.contrasts(codings.assign(code="Time"))[0]
