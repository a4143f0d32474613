"""The words of the first screen: the study, what changed, what to read first, and what to be careful with."""

import jinja2
import numpy as np
import pandas as pd
import pytest

from pipeline.core import store
from pipeline.decisions.ledger import Decision
from pipeline.reporting import quotes, templates
from pipeline.reporting.views import first_screen, quality_data, theme_data
from tests import counts


@pytest.fixture
def tables(small_study):
    return {name: store.read(small_study, name) for name in (*store.INTERIM, *store.PROCESSED)}


@pytest.fixture
def quoted(tables):
    return quotes.collect(**{name: tables[name] for name in ("documents", "turns", "cases", "segments")})


def questions(*rows):
    columns = ["theme_id", "kind", "n_segments", "sentence", "settles"]
    return pd.DataFrame([(*row, ["q"]) for row in rows], columns=columns)


def test_the_study_is_one_line(tables):
    said = first_screen.study_line(tables)
    assert said == ("2 interviews, 1 focus group and 1 set of field notes · 4 participants · 11 passages · 2 coders")
    one = tables["segments"].case == "Ana"
    quiet = tables["segments"].assign(substantive=tables["segments"].substantive & ~one)
    said = first_screen.study_line(tables | {"segments": quiet})
    assert "4 participants (3 with passages)" in said, "the picture's shares are of 3"
    tables["codings"] = tables["codings"].iloc[:0]
    assert first_screen.study_line(tables).endswith("no coders")


def test_groups_are_candidates_and_people_decide():
    assert first_screen.found(counts.made(found=12, candidates=12)) == (
        "We found 12 groups of similar passages (candidate themes). You decide which are themes."
    )
    assert "You accepted 2." in first_screen.found(counts.made(found=5, candidates=3, accepted=2))
    merged = first_screen.found(counts.made(found=5, candidates=2, accepted=1, merged=1, rejected=1))
    assert merged.startswith(
        "We found 5 groups of similar passages (candidate themes). After your decisions there are 3."
    )
    assert first_screen.found(counts.made()).startswith("No groups of similar passages were found")


def test_what_changed_since_the_last_decision_is_counted_and_linked(tables):
    documents = tables["documents"].document.to_list()
    taken = [
        Decision(action="accept", theme=0, who="A", when="2026-01-01", members=("s",), documents=tuple(documents[:-1]))
    ]
    tables["theme_questions"] = questions((0, "joined", 6, "6 joined."), (1, "shifted", 2, "2 moved."))
    said = first_screen.since(tables, taken, 1)
    assert [line["text"] for line in said] == [
        "1 more source",
        "2 questions wait for you",
        "“Charts at <home>” gained 6 passages",
    ]
    assert said[2]["to"] == "themes/0"
    assert first_screen.since(tables | {"theme_questions": questions()}, [], 0) == []
    assert first_screen.since(tables | {"theme_questions": questions()}, [], 2)[0]["text"] == "2 themes"
    both = first_screen.since(tables | {"theme_questions": questions()}, taken, 2)
    assert [line["text"] for line in both] == ["1 more source", "2 themes still undecided"]


def test_what_was_undecided_before_is_no_news():
    (line,) = [one for one in templates.text("report.html").splitlines() if 'class="found"' in one]
    (alone, beside) = (
        jinja2.Environment(autoescape=True).from_string(line).render(screen={"found": "", "since": since})
        for since in ([{"text": "2 themes", "to": "themes"}], [{"text": "1 more source", "to": "quality"}])
    )
    assert "Not decided yet:" in alone and "Since your last decision" not in alone
    assert "Since your last decision:" in beside


def test_three_passages_come_first_each_with_why_and_none_twice(tables, quoted):
    disputes = [{"s": 1, "codes": ["Time", "Pride"], "says": [("lea", "Time"), ("max", "Pride")]}]
    chosen = first_screen.read_first(tables, quoted, disputes)
    assert chosen[0] == {"s": 1, "why": "Coders differ: “Time” (lea) or “Pride” (max)", "to": "quality"}
    assert len({one["s"] for one in chosen}) == len(chosen) >= 2
    assert any(one["why"].startswith(("Least quoted: ", "Between “")) for one in chosen)


def test_a_person_is_called_so_that_no_other_is_meant(tables, quoted):
    named = first_screen._unheard(tables, quoted)["why"]
    tables["segments"]["case"] = [case and f"{case}.txt/Participant" for case in tables["segments"].case]
    who = first_screen._unheard(tables, quoted)["why"].removeprefix("Least quoted: ")
    assert who.endswith(".txt/Participant") and who.startswith(named.removeprefix("Least quoted: "))
    tables["segments"]["case"] = [case and f"x.txt/{case}" for case in tables["segments"].case]
    tables["segments"]["case"] = [case.replace("/Participant", "") for case in tables["segments"].case]
    assert "x.txt" not in first_screen._unheard(tables, quoted)["why"]


def test_a_passage_on_which_one_coder_and_the_pipeline_differ_is_called_so(tables, quoted):
    disputes = [{"s": 1, "codes": ["Time"], "says": [("lea", "Time"), ("the pipeline (using the codebook)", "none")]}]
    why = "Coder and pipeline differ: lea gave “Time”; the pipeline did not"
    assert first_screen.read_first(tables, quoted, disputes)[0]["why"] == why


def test_the_passage_between_two_themes_is_the_one_between_them(tables, quoted):
    segments = tables["segments"][tables["segments"].substantive]
    ids = segments.segment_id.to_list()
    tables["segments"]["n_words"] = 20
    vectors = [np.eye(16)[n % 2] for n in range(len(ids))]
    vectors[4] = (np.eye(16)[0] + np.eye(16)[1]) / np.sqrt(2)
    tables["embeddings"] = pd.DataFrame({"segment_id": ids, "vector": vectors})
    assigned = tables["theme_assignments"].assign(theme_id=[n % 2 for n in range(len(ids))])
    tables["theme_assignments"] = assigned.assign(segment_id=ids)
    found = first_screen._between(tables, quoted)
    assert found["s"] == quoted[ids[4]].number
    assert found["why"] == "Between “Charts at <home>” and “Time & the ward”"
    assert first_screen._between(tables | {"embeddings": store.empty("embeddings")}, quoted) is None


def test_one_person_is_no_unheard_voice(tables, quoted):
    tables["segments"]["case"] = "Ana"
    assert first_screen._unheard(tables, quoted) is None


RESTS = {
    "main_case": "Ana", "main_case_share": 0.2, "main_document": "interviews/ana.txt", "main_document_share": 0.2,
    "n_cases": 4, "stability": 0.9, "prompt_text": "", "prompt_share": 0.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"main_case_share": 0.5}, "Mostly one voice"),
        ({"n_cases": 1, "main_case_share": 1.0}, "Mostly one voice"),
        ({"n_cases": 1}, ""),  # one participant beside many field notes
        ({"main_document": "groups/ward.txt", "main_document_share": 0.7}, "Mostly one focus group"),
        ({"stability": 0.3}, "Unstable"),
        ({"prompt_text": "Why?", "prompt_share": 0.8}, "Answers to one question"),
        ({}, ""),
        ({"stability": np.nan, "main_case_share": np.nan}, ""),
    ],
)
def test_what_a_theme_rests_on_too_much_is_told(tables, changes, why):
    for column, value in (RESTS | changes).items():
        tables["themes"][column] = value
    found = first_screen.careful(tables, reflexive=False)
    assert [one.why for one in found] == ([why] if why else [])
    if why:
        assert [line["text"] for line in found[0].named] == ["Charts at <home>", "Time & the ward"]
        assert found[0].named[0]["to"] == "themes/0"


def with_pipeline(n_people=20, **f1):
    """Agreement of one coder with the pipeline, with an F1 for each code."""
    rows = [
        pair(code, coder_b="pipeline (few_shot)", n_a=n_people, n_b=n_people, n_both=round(value * n_people))
        for code, value in f1.items()
    ]
    return pd.DataFrame(rows)


def test_reliable_and_weak_codes_are_named_and_rare_ones_are_not():
    said = first_screen.reliable_codes(with_pipeline(consent=0.8, context=0.7, curation=0.1, middling=0.5))
    assert said == "Candidate codes: most reliable for “consent” and “context”; weak for “curation”."
    assert first_screen.reliable_codes(with_pipeline(a=0.5)).startswith("No candidate code is reliable yet")
    assert first_screen.reliable_codes(with_pipeline(n_people=3, a=0.1)) == ""
    assert first_screen.weak_codes(with_pipeline(a=0.3, b=0.1, c=0.9)) == ["b", "a"]
    many = with_pipeline(**{f"c{n}": 0.9 - n / 100 for n in range(6)})
    assert first_screen.reliable_codes(many, most=4).endswith("“c2”, “c3” and 2 more.")


def test_reliable_codes_count_what_the_list_of_codes_counts():
    agreement = pd.DataFrame(
        [
            pair("Parent", coder_b="pipeline (few_shot)", n_a=10, n_b=10, n_both=1),
            pair("Parent", level="category", coder_b="pipeline (few_shot)", n_a=90, n_b=90, n_both=85),
            pair("Parent", coder_a="max", coder_b="pipeline (few_shot)", n_a=10, n_b=10, n_both=3),
            pair("Parent", coder_b="max", n_both=20),
        ]
    )
    assert first_screen.weak_codes(agreement) == ["Parent"]
    assert quality_data.with_pipeline(agreement).to_dict("records") == [{"code": "Parent", "n_people": 10, "f1": 0.2}]
    assert quality_data.with_pipeline(agreement.iloc[:0]).empty


def test_weak_codes_are_not_told_to_the_reflexive(tables):
    tables["agreement"] = with_pipeline(a=0.1)
    assert [one.why for one in first_screen.careful(tables, reflexive=False)][-1] == "Weak codes"
    assert not any(one.why == "Weak codes" for one in first_screen.careful(tables, reflexive=True))


def test_stability_is_a_sentence_of_counts(tables):
    assert first_screen.stability(tables) == ""
    runs = pd.DataFrame(
        {"run": [1, 2, 3], "left_out": [["a", "b"]] * 3, "n_segments": 9, "n_themes": 2, "agreement": 0.8}
    )
    tables["theme_stability"] = runs
    tables["themes"]["stability"] = [0.9, 0.3]
    assert first_screen.stability(tables) == "In 3 reruns, each without 2 sources, 1 group was stable, 1 did not hold."


@pytest.mark.parametrize(("value", "word"), [(0.75, "stable"), (0.5, "shifted"), (0.49, "lost"), (np.nan, "")])
def test_steadiness_has_the_limits_of_the_passports(value, word):
    assert theme_data.steadiness(value) == word


# agreement, a line a code


def pair(code, **changes):
    row = {"unit": "segment", "level": "code", "code": code, "coder_a": "lea", "coder_b": "max", "n_a": 20, "n_b": 20}
    return row | {"n_both": 10, "kappa": 0.5, "low": 0.3, "high": 0.7, "note": ""} | changes


def lines(*rows, reflexive=False):
    return quality_data.lines(pd.DataFrame(rows), ["A", "B", "C", "D", "E"], reflexive=reflexive)


def test_lines_are_sorted_by_the_agreement_that_they_show():
    found = lines(
        pair("A", kappa=0.6),
        pair("A", coder_a="kim", kappa=0.2),
        pair("B", kappa=0.4),
        pair("D", coder_b="pipeline (zero_shot)", kappa=0.1),
        pair("D", coder_b="pipeline (few_shot)", kappa=0.5),
        pair("C", coder_b="pipeline (few_shot)", kappa=0.3),
    )
    assert [(line["code"], line["pairs"][0][6]) for line in found] == [("A", 0.2), ("B", 0.4), ("C", 0.3), ("D", 0.5)]
    assert [quality_data.GROUPS[line["group"]] for line in found] == ["people", "people", "pipeline", "pipeline"]


def test_people_differ_with_each_other_or_with_the_pipeline():
    def differ(says, disputed=("A", "B"), mapped=frozenset({"A", "B"})):
        return sorted(quality_data.who_differ(says, disputed, ["A", "B"], mapped))

    assert differ("lea: A | max: B") == ["people"]
    assert differ("lea: A | pipeline (few_shot): none", ["A"]) == ["pipeline"]
    assert differ("lea: A | max: A | pipeline (few_shot): B") == ["pipeline"]
    assert differ("lea: A | max: none | pipeline (few_shot): A", ["A"]) == ["people", "pipeline"]
    assert differ("lea: A; B | max: B; A") == []
    assert differ("lea: A; C | max: C; A") == []
    assert differ("pipeline (few_shot): A | pipeline (zero_shot): B") == []
    assert differ("lea: A | pipeline (few_shot): A | pipeline (zero_shot): B") == [], (
        "the page shows the former's codes"
    )
    assert differ("lea: A | pipeline (zero_shot): B") == ["pipeline"]
    assert differ("lea: B | max: B | pipeline (few_shot): none", ["B"], frozenset({"A"})) == []


def test_the_worst_agreement_between_people_comes_first_rare_and_undefined_codes_last():
    found = lines(
        pair("A", kappa=0.6),
        pair("B", kappa=0.1),
        pair("C", kappa=-0.1, n_a=1, n_b=1, n_both=0),
        pair("D", kappa=np.nan, n_a=0, n_b=0, n_both=0),
        pair("E", coder_b="pipeline (few_shot)", kappa=0.05),
    )
    assert [line["code"] for line in found] == ["B", "A", "E", "C", "D"]
    assert found[0]["pairs"][0][:9] == ["lea", "max", "people", 20, 20, 10, 0.1, 0.3, 0.7]
    assert found[-1]["pairs"][0][6] is None


def test_the_reflexive_get_counts_alone():
    (line,) = lines(pair("A"), reflexive=True)
    assert line["pairs"][0][3:9] == [20, 20, 10, None, None, None]


def test_long_clear_passages_between_two_codes_are_discussed_first(tables, quoted):
    said = tables["segments"][tables["segments"].substantive].head(4)
    says = ["lea: Time | max: none", "lea: Time | max: Pride", "lea: Time | max: Pride", "lea: Pride | max: Time"]
    table = pd.DataFrame(
        {"rank": [1, 2, 3, 4], "segment_id": said.segment_id.to_list(), "says": says, "disputed": "Time; Pride"}
    )
    words = dict(zip(said.segment_id, [30, 5, 30, 40], strict=True))
    segments = tables["segments"].assign(n_words=lambda frame: frame.segment_id.map(words).fillna(9).astype(int))
    found = quality_data.disputes(table, segments, quoted, ["Time", "Pride"])
    order = [quoted[name].number for name in said.segment_id]
    assert [one["s"] for one in found] == [order[2], order[3], order[0], order[1]]
    assert found[0]["codes"] == ["Time", "Pride"]
    assert found[0]["says"] == [("lea", "Time"), ("max", "Pride")]


def test_a_code_whose_name_holds_a_semicolon_is_one_code():
    assert quality_data.codes_in("a; b", ["a; b"]) == ["a; b"]
    assert quality_data.codes_in("a; b", ["a", "b"]) == ["a", "b"]


PIPELINE = ("the pipeline (using the codebook)", "C")


@pytest.mark.parametrize(
    ("codes", "says", "why"),
    [
        (
            ["Protected time", "Staffing"],
            [("coder_a", "Staffing"), ("coder_b", "Protected time; Staffing"), ("the pipeline", "Protected time")],
            "Coders differ: coder_b added “Protected time”; coder_a did not",
        ),
        (["A"], [("ana", "A"), ("ben", "none"), PIPELINE], "Coders differ: ana gave “A”; ben did not"),
        (["A", "B"], [("ana", "A"), ("ben", "B"), PIPELINE], "Coders differ: “A” (ana) or “B” (ben)"),
        (["A"], [("ana", "A"), ("ben", "none"), ("cem", "A")], "Coders differ: ana and cem gave “A”; ben did not"),
        (
            ["A", "C"],
            [("ana", "A; B"), ("ben", "B"), ("the pipeline", "C")],
            "Coders differ: ana added “A”; ben did not",
        ),
    ],
)
def test_of_a_disagreement_it_is_told_which_person_gave_what(tables, quoted, codes, says, why):
    only_pipeline = {"s": 2, "codes": ["C"], "says": [("ana", "A"), ("ben", "A"), PIPELINE]}
    disputes = [only_pipeline, {"s": 1, "codes": codes, "says": says}]
    assert first_screen.read_first(tables, quoted, disputes)[0] == {"s": 1, "why": why, "to": "quality"}
