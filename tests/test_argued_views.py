"""What the report says of how far it can be leaned on: steadiness, mapping, codes and themes, people, saturation."""

import argued_study as argued
import numpy as np
import pandas as pd
import pytest

from pipeline.core import store
from pipeline.decisions.states import counted
from pipeline.reporting import quotes
from pipeline.reporting.views import fates_view, mapping_view, people_view, saturation_view, steady_view, waiting_view

NAMES = {0: "T1 Charts", 1: "T2 Time"}
CODES = ["Pride", "Time", "Staffing", "Leaders"]


@pytest.fixture
def tables(small_study):
    known = {name: store.read(small_study, name) for name in (*store.INTERIM, *store.PROCESSED)}
    return known | argued.tables(known["segments"])


@pytest.fixture
def quoted(tables):
    return quotes.collect(**{name: tables[name] for name in ("documents", "turns", "cases", "segments")})


def reordered(tables):
    return {name: table.iloc[::-1] for name, table in tables.items()}


# steadiness


def steady(tables, quoted, *, n_themes=None, reflexive=False):
    names = ("stability", "choice", "dependence", "unassigned")
    given = {name: tables[f"theme_{name}"] for name in names}
    count = counted(tables["theme_states"], tables["theme_assignments"])
    options = {"quotes": quoted, "notes": {}, "n_themes": n_themes, "reflexive": reflexive}
    return steady_view.build(themes=tables["themes"], count=count, **given, **options)


def test_steadiness_is_said_in_words_before_its_figure(tables, quoted):
    said = steady(tables, quoted).sentences
    assert "in 2 runs, each leaving out 1 document. Some of the groups were found again" in said[0]
    assert "0.42 on average, 0.31 to 0.53 by run" in said[0]
    assert said[-1] == "Themes change most without interviews/ana.txt: read themes that depend on it with care."


@pytest.mark.parametrize(
    ("agreement", "said"),
    [
        (0.8, "Nearly the same groups"),
        (0.79, "Broadly the same"),
        (0.6, "Broadly the same"),
        (0.4, "Some of"),
        (0.39, "change considerably"),
    ],
)
def test_the_words_follow_the_figure(tables, quoted, agreement, said):
    tables["theme_stability"] = tables["theme_stability"].assign(agreement=agreement)
    assert said in steady(tables, quoted).sentences[0]


def test_themes_are_counted_by_whether_they_come_back(tables, quoted):
    tables["themes"] = tables["themes"].assign(stability=[0.75, 0.49])
    assert (
        "Of 2 candidate themes, 1 is stable and 1 is unstable (dissolved or merged)"
        in steady(tables, quoted).sentences[1]
    )


def test_what_was_not_tried_is_said(tables, quoted):
    tables["theme_stability"] = store.empty("theme_stability")
    assert "was not assessed" in steady(tables, quoted).sentences[0]
    tables["themes"] = store.empty("themes")
    assert steady(tables, quoted).sentences == ()


def test_the_number_of_themes_is_explained_and_its_rivals_are_named(tables, quoted):
    shown = steady(tables, quoted)
    assert shown.number.startswith("Why 2 candidates? Of the numbers compared (1 to 3)")
    assert "3 would do nearly as well." in shown.number
    assert [row for row in shown.tried if row[2]] == [("2", "0.64", True)]
    assert [dot[2] for dot in shown.curve.lines[0].dots] == [False, True, False]


def test_rivals_in_a_row_are_a_span(tables, quoted):
    tables["theme_choice"] = pd.DataFrame(
        {"n_themes": range(2, 7), "score": 0.5, "chosen": [False, True, False, False, False]}
    )
    assert "Anything from 2 to 6 would do nearly as well." in steady(tables, quoted).number


def test_a_number_that_was_asked_for_is_not_explained_by_the_curve(tables, quoted):
    assert "params.yaml (themes.n_themes: 2)." in steady(tables, quoted, n_themes=2).number
    assert "(themes.n_themes: 9), and this is the closest" in steady(tables, quoted, n_themes=9).number


def test_too_little_to_compare_numbers_is_said(tables, quoted):
    tables["theme_choice"] = pd.DataFrame({"n_themes": [1], "score": [np.nan], "chosen": [True]})
    shown = steady(tables, quoted)
    assert "too few passages" in shown.number
    assert shown.curve is None


def test_what_a_theme_rests_on_comes_with_the_largest_share_first(tables, quoted):
    shown = steady(tables, quoted)
    assert [(row.without, row.share, row.left) for row in shown.rests[0]] == [
        ("site “north”", "70%", "found again"),
        ("Ana", "50%", "not found again"),
    ]
    assert shown.rests_lead[0].endswith("The theme was lost without Ana.")
    assert shown.rests_lead[1].endswith("the theme was found again every time.")


def test_the_reading_list_begins_with_what_is_least_like_anything(tables, quoted):
    shown = steady(tables, quoted)
    ranked = tables["theme_unassigned"].sort_values("rank").segment_id.to_list()
    assert [quote.segment_id for quote, _ in shown.unassigned] == ranked


def test_a_language_model_that_wrote_labels_is_named(tables):
    themes = tables["themes"].assign(label_source=["words", "a-model"])
    said = steady_view.labels_in_words(themes)
    assert "1 label taken from words of the passages and of the questions they answer" in said
    assert "1 label written by the language model a-model" in said
    assert steady_view.labels_in_words(themes.iloc[:0]) == ""


def test_read_reflexively_steadiness_is_words_alone(tables, quoted):
    shown = steady(tables, quoted, reflexive=True)
    assert shown.sentences[0].endswith("others were divided differently.")
    assert shown.curve is None
    assert shown.tried == ()
    assert {row.like for rests in shown.rests.values() for row in rests} == {""}
    assert all(len(row) == len(shown.columns) == 4 for row in shown.runs)


# mapping


def mapping(tables, quoted, *, reflexive=False):
    return mapping_view.build(tables, codes=CODES, quotes=quoted, reflexive=reflexive)


def test_how_much_has_a_code_is_said_first(tables, quoted):
    said = mapping(tables, quoted).lead
    assert said[0].startswith("Of 11 passages, 9 (82%) were assigned at least one candidate code. 2 are borderline")
    assert said[1].startswith("For all of these passages, in documents coded by people")


def test_precision_and_recall_are_said_and_every_figure_has_a_row(tables, quoted):
    shown = mapping(tables, quoted)
    assert (
        "50% of the 6 candidate codes agree with a human code (precision), and 38% of the 8 human codes were found"
        in shown.sentences[0]
    )
    assert [row[0] for row in shown.rows] == ["all codes", "all codes", "Time"]
    assert {len(row) for row in shown.rows} == {11}


def test_what_cannot_be_judged_is_said(tables, quoted):
    tables["mapping_quality"] = tables["mapping_quality"].assign(n_given=0)
    assert "cannot be evaluated" in mapping(tables, quoted).sentences[0]


@pytest.mark.parametrize(("brier", "said"), [(0.065, "can be read as probabilities"), (0.066, "should not be read")])
def test_scores_are_probabilities_where_they_tell_no_less_than_frequencies(tables, quoted, brier, said):
    tables["mapping_quality"] = tables["mapping_quality"].assign(brier=brier)
    assert said in mapping(tables, quoted).bins_lead


def test_from_the_codebook_alone_segments_have_ranks_and_no_probabilities(tables, quoted):
    codes = tables["segment_codes"].assign(method="zero_shot")
    scores = pd.DataFrame({"segment_id": codes.segment_id, "code": "Time", "score": np.linspace(0, 1, len(codes))})
    tables["segment_codes"] = codes
    tables["code_assignments"] = scores.assign(accepted=False, method="zero_shot")
    tables["code_reliability"] = store.empty("code_reliability")
    shown = mapping(tables, quoted)
    assert (shown.bins_lead, shown.bins, shown.curve) == ("", (), None)
    assert shown.review[0][1] == f"close to “Time” (rank {len(codes) - 1} of {len(codes)} passages)"


def test_review_begins_with_what_tells_most(tables, quoted):
    shown = mapping(tables, quoted)
    ranks = tables["segment_codes"].query("review_rank > 0").sort_values("review_rank")
    assert [quote.segment_id for quote, _ in shown.review] == ranks.segment_id.to_list()
    assert shown.review[0][1] == "close to “Time” (score 0.43, threshold 0.47)"
    assert shown.n_review == 2


def test_read_reflexively_mapping_shows_no_measure(tables, quoted):
    shown = mapping(tables, quoted, reflexive=True)
    assert (shown.sentences, shown.rows, shown.curve, shown.bins, shown.bins_lead) == ((), (), None, (), "")
    assert shown.review[0][1] == "close to “Time”"


def test_without_codes_mapping_says_nothing(tables, quoted):
    for name in ("segment_codes", "mapping_quality", "code_reliability"):
        tables[name] = store.empty(name)
    shown = mapping(tables, quoted)
    assert (shown.lead, shown.sentences, shown.review) == ((), (), ())


# codes one by one


def fates(tables, quoted, *, reflexive=False):
    accepted = pd.DataFrame({"segment_id": tables["valence"].segment_id, "code": "Time", "score": 0.9})
    options = {"accepted": accepted, "codes": CODES, "names": NAMES, "quotes": quoted, "reflexive": reflexive}
    return fates_view.build(tables, **options)


def test_every_code_has_its_fate_in_the_order_of_the_codebook(tables, quoted):
    shown = fates(tables, quoted)
    assert [fate.code for fate in shown.fates] == CODES
    assert shown.lead == (
        "Of 4 candidate codes, 1 is a theme of its own, 1 is spread over several, 1 is in no theme more than elsewhere "
        "and 1 cannot be told."
    )
    assert shown.fates[3].verdict == "cannot be told: too few to tell: 4 coded passages (at least 10 needed)"
    time = shown.fates[1]
    assert (time.best, time.others, time.share, time.share_of_theme) == ("T2 Time", "T1 Charts", "67%", "57%")


def test_categories_come_before_their_codes(tables, quoted):
    below = tables["code_themes"].assign(parent=["Work", "Work", "", ""])
    above = below.iloc[:1].assign(code=["Work"], level="category", parent="", verdict="merged")
    alone = below.iloc[2:].assign(level="category")
    tables["code_themes"] = pd.concat([above, alone, below], ignore_index=True)
    shown = fates(tables, quoted)
    assert [(fate.parent, fate.code) for fate in shown.fates] == [
        ("", "Work (with its sub-codes)"),
        ("Work", "Pride"),
        ("Work", "Time"),
        ("", "Staffing"),
        ("", "Leaders"),
    ]
    assert shown.lead.startswith(
        "Of 3 candidate categories, 1 lies together with others, 1 is in no theme more than elsewhere and 1 cannot be "
        "told; of 4 candidate codes, 1 is a theme of its own,"
    )


@pytest.mark.parametrize("said", ["T943067, T965753", "943067; 965753", "T943067,T965753"])
def test_ids_are_read_as_either_table_writes_them(said):
    assert fates_view.theme_ids(said) == [943067, 965753]
    assert fates_view.theme_ids("") == []


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (["fits", "other"], "matches “A”"),
        (["ambiguous", "ambiguous"], "between “A” and “B”"),
        (["orphan", "orphan"], "no candidate code is more frequent than elsewhere: is one missing from the framework?"),
    ],
)
def test_codes_say_what_they_make_of_a_theme(verdicts, said):
    table = pd.DataFrame(
        {"theme_id": 5, "coder": "pipeline", "code": ["A", "B"], "n_overlap": [4, 3], "verdict": verdicts}
    ).assign(n_theme=20, precision=0.5, recall=0.2)
    assert fates_view.by_theme(table) == {5: said}


@pytest.mark.parametrize(
    ("precision", "recall", "said"),
    [
        (0.49, 0.5, "matches “A”"),
        (0.17, 0.25, "has “A” more than elsewhere: 4 of its 20 passages"),
        (float("nan"), 0.25, "has “A” more than elsewhere: 4 of its 20 passages"),
    ],
)
def test_a_theme_matches_a_code_only_where_one_holds_half_of_the_other(precision, recall, said):
    table = pd.DataFrame(
        {"theme_id": 5, "coder": "pipeline", "code": ["A", "B"], "n_overlap": [4, 3], "verdict": ["fits", "other"]}
    ).assign(n_theme=20, precision=precision, recall=recall)
    assert fates_view.by_theme(table) == {5: said}


def test_evidence_is_cut_from_the_document_letter_for_letter(tables, quoted):
    first = quoted[tables["valence"].segment_id.iloc[0]]
    tables["valence"].loc[0, ["evidence_start", "evidence_end"]] = [first.start + 2, first.end - 1]
    ((said, (cut,)),) = fates(tables, quoted).evidence[0].kinds
    assert said == "Facilitator"
    assert cut.text == first.text[2:-1]
    assert (cut.number, cut.start) == (first.number, first.start + 2)


def test_how_well_help_is_told_from_hindrance_is_said_plainly(tables, quoted):
    assert "no human codes for facilitators and barriers" in fates(tables, quoted).doubt
    coded = tables["segments"].merge(tables["valence"][["segment_id"]], on="segment_id").iloc[:2]
    codings = coded.assign(code="Barrier", parent_code="", coder="lea", memo="", date="")
    tables["codings"] = codings[list(store.empty("codings").columns)]
    assert "Of 2 passages that people coded" in fates(tables, quoted).doubt
    assert "agrees on 1 (50%)" in fates(tables, quoted).doubt
    assert "where do they read a passage differently?" in fates(tables, quoted, reflexive=True).doubt


# people


def people(tables, *, reflexive=False):
    return people_view.build(tables, codes=CODES, names=NAMES, reflexive=reflexive)


def test_all_coders_together_in_words_first(tables):
    shown = people(tables).together
    assert shown.sentences[0] == "lea coded 8 passages and max 5; both 4."
    assert shown.sentences[1].startswith(
        "lea and max, on 11 passages that at least two of them read: Krippendorff’s alpha"
    )
    assert "use the differences to discuss the codebook" in shown.sentences[1]
    assert [row[0] for row in shown.rows] == ["all codes", "Time"]
    assert {len(row) for row in shown.rows} == {len(shown.columns)}


@pytest.mark.parametrize(
    ("alpha", "said"), [(0.8, "reliable enough"), (0.7, "tentative"), (-0.1, "no better than chance")]
)
def test_alpha_is_given_its_meaning(tables, alpha, said):
    tables["agreement_of_all"]["alpha"] = alpha
    assert said in people(tables).together.sentences[1]


def test_a_group_that_differs_beyond_chance_is_named_and_refusals_are_counted(tables):
    shown = people(tables).by_group
    assert shown.sentences[0].startswith("lea and max agree less on passages of role “nurse” than on all others")
    assert shown.sentences[1] == (
        "1 of 2 comparisons has no figure: the group is too small, or neither coder used a code there."
    )
    again = tables["agreement_by_attribute"]
    tables["agreement_by_attribute"] = pd.concat([again] * 20, ignore_index=True)
    assert "20 differences were tested: about one in twenty exceeds" in " ".join(people(tables).by_group.sentences)
    tables["agreement_by_attribute"] = again
    tables["agreement_by_attribute"]["high"] = 0.2
    assert "does not differ significantly" in people(tables).by_group.sentences[0]
    tables["agreement_by_attribute"]["high"] = np.nan
    assert "cannot be tested" in people(tables).by_group.sentences[0]


def test_what_was_missed_has_its_interval(tables):
    said = people(tables).missed[0]
    assert said.endswith("lea read 8 of them and coded 2 (25%, 95% interval 10% to 40%).")
    tables["missed"]["n_read"] = 0
    assert "lea read none of them" in people(tables).missed[0]


def test_codes_and_themes_meet_in_both_directions(tables):
    _, codes, themes = people(tables).meetings
    assert codes.sentences == ("Of lea’s 2 codes, 1 is a theme of its own and 1 lies together with others.",)
    assert codes.rows[1][3] == "T2 Time"
    assert codes.rows[1][-2] == "T2 Time; T1 Charts"
    assert themes.sentences[0] == (
        "Candidate themes against lea’s codes: 1 has one code far above the others; 1 has no code more than elsewhere."
    )
    assert themes.sentences[1] == (
        "No code is more frequent here than elsewhere: “T2 Time”. Is one missing from the framework?"
    )
    for shown in (codes, themes):
        assert {len(row) for row in shown.rows} == {len(shown.columns)}


def test_what_themes_follow_and_where_codes_cut_across_the_guide_is_said(tables):
    shown = people(tables).meetings[0]
    assert shown.sentences == (
        "The candidate themes follow the guide’s questions (60%) more than the documents (0%) or the codes (20%).",
        "Of 2 themes, 1 follows the guide’s questions most; what the other follows cannot be told.",
        "The codes cut across the interview guide (the question explains 3% of what tells them apart, 95% interval 0% to "
        "8%): a theme that follows a question holds several of them, and each of them is in several such themes.",
    )
    assert shown.rows == (
        ("T1 Charts", "the guide’s questions", "70%", "0%", "10%"),
        ("T2 Time", "cannot be told", "20%", "0%", "25%"),
    )
    facets = tables["theme_facets"]
    tables["theme_facets"] = facets.assign(follows=False, value=0.62, low=0.55, high=0.7)
    said = people(tables).meetings[0].sentences
    assert said[0] == (
        "Whether the candidate themes follow the guide’s questions (62%), the documents (62%) or the codes (62%) most is "
        "not clear."
    )
    assert said[1] == "What any of the 2 themes follows most cannot be told."
    assert said[2].startswith("The codes follow the interview guide mostly (the question explains 62%")
    tables["theme_facets"] = facets.iloc[:0]
    assert len(people(tables).meetings) == 2


def test_read_reflexively_people_are_counts_and_questions(tables):
    shown = people(tables, reflexive=True)
    assert (shown.together, shown.by_group) == (None, None)
    assert shown.missed[0].endswith("coded 2. What did the pipeline miss?")
    text = " ".join(
        cell for table in shown.meetings for row in (*table.rows, table.columns, table.sentences) for cell in row
    )
    assert "%" not in text
    for table in shown.meetings:
        assert {len(row) for row in table.rows} == {len(table.columns)}


# saturation, and what waits


def test_themes_come_first_among_the_curves_with_a_band(tables):
    shown = saturation_view.build(tables["saturation"])
    assert [grown.title for grown in shown] == ["Themes", "Codes of lea"]
    assert [line.name for line in shown[0].curve.lines][1] == "the order of file names"
    assert shown[0].curve.lines[0].area
    assert not shown[0].curve.lines[1].area
    assert shown[0].lead.startswith(
        "On average over random reading orders, 90% of the 2 themes had been found after 3 documents of 4"
    )
    assert shown[0].lead.endswith("added nothing new.")
    assert shown[0].rows[0] == ("1", "1.2", "1 to 2", "1", "d1")
    assert {len(row) for row in shown[0].rows} == {len(saturation_view.COLUMNS)}


def test_one_document_is_no_curve(tables):
    assert saturation_view.build(tables["saturation"].query("position == 1")) == ()
    assert saturation_view.build(store.empty("saturation")) == ()


def test_nothing_met_is_said(tables):
    empty = tables["saturation"].assign(n_known=0.0, n_new=0.0)
    assert saturation_view.build(empty)[0].lead == "No themes were found."


def waiting(tables, *, n_review):
    count = counted(tables["theme_states"], tables["theme_assignments"])
    return waiting_view.build(tables, count=count, n_review=n_review)


def test_what_waits_is_in_order_of_urgency_and_leads_to_its_place(tables):
    shown = waiting(tables, n_review=2)
    assert shown.questions[0].question == "One joined."
    assert (shown.questions[0].label, shown.questions[0].first) == ("Time & the ward", True)
    assert shown.about == {0: 1, 1: 1}
    assert [said for _, said in shown.news] == ["It asks.", "It fits."]
    assert ("2 candidate themes without a decision.", "themes") in [
        (said[0].upper() + said[1:], where) for said, where in shown.open_ends
    ]
    assert "review" in [where for _, where in shown.open_ends]


def test_every_kind_of_question_has_its_words():
    for table, column, kinds in (
        ("theme_questions", "kind", waiting_view.KINDS),
        ("theme_news", "verdict", waiting_view.NEWS),
    ):
        checks = store.schema(table).to_schema().columns[column].checks
        assert set(kinds) == {value for check in checks for value in check.statistics["allowed_values"]}


def test_nothing_waits_where_there_is_nothing():
    nothing = {name: store.empty(name) for name in store.PROCESSED}
    assert waiting(nothing, n_review=0) == waiting_view.Waiting((), {}, (), ())


def test_the_order_of_rows_makes_no_difference(tables, quoted):
    turned = reordered(tables)
    assert steady(tables, quoted) == steady(turned, quoted)
    assert mapping(tables, quoted) == mapping(turned, quoted)
    assert fates(tables, quoted) == fates(turned, quoted)
    assert people(tables) == people(turned)
    assert saturation_view.build(tables["saturation"]) == saturation_view.build(turned["saturation"])
    assert waiting(tables, n_review=1) == waiting(turned, n_review=1)
