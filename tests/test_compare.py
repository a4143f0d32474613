"""The stage as a whole: every table validates, nothing depends on the order of rows, and nothing to compare is said."""

import numpy as np
import pandas as pd
import pytest

from pipeline import compare
from pipeline.compare import Input
from pipeline.core import stage_record, store
from pipeline.core.contracts import COMPARE
from pipeline.core.params import Compare
from pipeline.deductive.codebook import Codebook, parse_codebook
from tests.coded_study import assignments, codings, tables, themes
from tests.test_pairs import study

SETTINGS = Compare(draws=100)
BOOK = parse_codebook(
    [{"name": "Top"}, {"name": "A", "parent": "Top"}, {"name": "B", "parent": "Top"}, {"name": "C"}], place="x"
)


def whole(documents=8, coders=("ann", "ben")):
    made = study(documents=documents, coders=coders)
    made["cases"] = pd.DataFrame(
        {
            "case": [f"c{i}" for i in range(documents)],
            "role": ["nurse", "doctor"] * (documents // 2),
            "order": [str(i) for i in range(documents)],
        }
    )
    ids = made["segments"].loc[made["segments"]["substantive"], "segment_id"].tolist()
    random = np.random.default_rng(1)
    made["theme_assignments"] = themes({s: int(random.integers(3)) for s in ids}, made["segments"])
    accepted = {s: [code for code in "ABC" if random.random() < 0.4] for s in ids}
    made["code_assignments"] = pd.concat(
        [assignments(accepted, made["segments"], ["A", "B", "C"], method=m) for m in ("zero_shot", "few_shot")],
        ignore_index=True,
    )
    return made


def run(made, settings=SETTINGS, book=BOOK, **shared):
    return compare.compare(Input(made, book), settings, **shared)


def test_every_table_is_as_its_schema_says():
    found = run(whole())
    assert set(found) == set(COMPARE.writes)
    for name, frame in found.items():
        store.schema(name).validate(frame, lazy=True)
        if name != "compare_problems":
            assert len(frame), name


def test_what_themes_follow_is_told_with_the_guides_questions():
    made = whole()
    prompts = pd.DataFrame({"prompt_id": [f"d{d}.t0" for d in range(8)], "document": [f"d{d}" for d in range(8)]})
    made["prompts"] = prompts.assign(wording="Why?", guide_id=["Q1", "Q2"] * 4, likeness=1.0)
    rows = run(made)["theme_facets"]
    assert set(rows["coder"]) == {"(anyone)"}
    assert set(rows["facet"]) == {"question", "document", "code"}
    assert set(rows["of"]) == {"themes", "theme", "codes"}
    assert set(rows["level"]) == {"category", "code"}
    assert set(run(whole())["theme_facets"]["facet"]) == {"document", "code"}


def test_every_unit_can_be_compared_at_once():
    found = run(whole(), Compare(draws=100, units=("span", "turn", "character", "segment")))
    assert set(found["agreement"]["unit"]) == {"span", "turn", "character", "segment"}
    assert set(found["agreement_of_all"]["unit"]) == {"span", "turn", "character", "segment"}
    store.schema("agreement").validate(found["agreement"], lazy=True)


def test_without_human_codes_a_note_says_so_and_nothing_fails():
    made = whole()
    made["codings"] = store.empty("codings")
    found = run(made)
    for name in ("agreement", "agreement_of_all", "theme_agreement", "code_recovery", "disagreements", "missed"):
        assert found[name].empty, name
        store.schema(name).validate(found[name], lazy=True)
    assert found["compare_problems"]["reason"].str.contains("There are no human codes").any()
    assert set(found["saturation_verdict"]["source"]) == {"themes"}


def test_without_themes_codes_or_people_there_is_still_a_result():
    made = tables(documents=1)
    for given in (store.empty("codings"), codings(("ann", "A", "d0", 1, 1))):
        found = run(made | {"codings": given}, book=Codebook())
        for name, frame in found.items():
            store.schema(name).validate(frame, lazy=True)


@pytest.mark.parametrize("uncoded", ["negative", "unknown"])
def test_the_order_of_rows_does_not_matter(uncoded):
    made = whole()
    mixed = {name: frame.sample(frac=1, random_state=5) for name, frame in made.items()}
    one, other = run(made, uncoded=uncoded), run(mixed, uncoded=uncoded)
    for name in COMPARE.writes:
        pd.testing.assert_frame_equal(one[name], other[name])


def test_two_runs_give_the_same_bytes(tmp_path):
    for place in ("one", "two"):
        for name, frame in run(whole()).items():
            store.write(tmp_path / place, name, frame)
    for name in COMPARE.writes:
        assert store.path(tmp_path / "one", name).read_bytes() == store.path(tmp_path / "two", name).read_bytes()


def test_both_methods_meet_every_person_at_code_and_category_level():
    rows = run(whole())["agreement"]
    for person in ("ann", "ben"):
        for method in ("pipeline (zero_shot)", "pipeline (few_shot)"):
            levels = rows[(rows["coder_a"] == person) & (rows["coder_b"] == method)]["level"]
            assert set(levels) == {"code", "category", "pooled"}
    assert rows[rows["coder_b"].str.startswith("pipeline") & (rows["level"] == "code")]["ceiling"].notna().all()


def test_a_pipeline_that_says_what_a_coder_says_agrees_fully():
    made = whole()
    own = made["codings"][made["codings"]["coder"] == "ann"]
    accepted = {}
    for document, start, code in zip(own["document"], own["start"], own["code"], strict=True):
        accepted.setdefault(f"{document}.{start // 10}", []).append(code)
    made["code_assignments"] = assignments(accepted, made["segments"], ["A", "B", "C"])
    rows = run(made)["agreement"]
    mine = rows[(rows["coder_a"] == "ann") & (rows["coder_b"] == "pipeline (zero_shot)")]
    assert mine["kappa"].to_numpy() == pytest.approx(np.ones(len(mine)))
    assert mine["f1"].to_numpy() == pytest.approx(np.ones(len(mine)))


def test_categories_come_from_the_codebook_and_else_from_the_coders_files():
    given = codings(
        ("a", "A", "d0", 1, 1),
        ("a", "Z", "d0", 1, 1),
        ("a", "Z", "d0", 2, 1),
        ("b", "Z", "d0", 3, 1),
        ("b", "P", "d0", 3, 1),
        ("b", "Q", "d0", 3, 1),
    )
    given["parent_code"] = ["Elsewhere", "Y", "Y", "X", "Q", "P"]
    above = compare.categories(given, BOOK)
    assert above["A"] == "Top"
    assert above["C"] == "C"
    assert above["Z"] == "Y"
    assert (above["P"], above["Q"]) == ("P", "Q")
    given["parent_code"] = ["", "B", "B", "", "P", ""]
    assert compare.categories(given, BOOK)["Z"] == "Top"
    flat = parse_codebook([{"name": "Z"}, {"name": "B"}], place="x")
    assert compare.categories(given, flat)["Z"] == "B"


def test_notes_say_what_cannot_be_compared():
    made = whole()
    made["codings"] = pd.concat(
        [
            made["codings"][~((made["codings"]["coder"] == "ben") & (made["codings"]["document"] == "d3"))],
            codings(("ann", "Private", "d1", 2, 1), ("ann", "A", "d1", 0, 1)),
        ],
        ignore_index=True,
    )
    made["cases"] = made["cases"].drop(columns="order")
    said = " ".join(run(made)["compare_problems"]["reason"])
    assert "People coded different documents (ann 8, ben 7 of 8; 7 by all)." in said
    assert "compared between people only (1): 'Private'" in said
    assert "are on text that is not compared" in said
    assert "no column `order` or `date`" in said


def test_one_person_has_no_ceiling_and_is_told_so():
    found = run(whole(coders=("ann",)))
    assert found["compare_problems"]["reason"].str.contains("Only one person coded (ann)", regex=False).any()
    assert found["agreement_of_all"].empty
    assert found["agreement"]["ceiling"].isna().all()


def test_saturation_is_told_for_the_study_and_for_each_cell_of_the_frame():
    verdicts = run(whole())["saturation_verdict"]
    assert set(verdicts["source"]) == {"ann", "ben", "themes"}
    assert set(verdicts["cell"]) == {"(all)", "nurse", "doctor"}
    assert (verdicts[verdicts["cell"] == "nurse"]["n_documents"] == 4).all()
    curve = run(whole())["saturation"]
    assert set(curve["order"]) == {"interviewing", "random"}


def test_saturation_is_told_as_assessed_only_where_there_were_enough_documents():
    few = run(whole(documents=4))
    assert set(few["saturation_verdict"]["sentence"].str.contains("too few to assess")) == {True}
    assert "saturation" not in stage_record.read_record(few["compare_record"])
    whole_alone = stage_record.read_record(run(whole())["compare_record"])
    assert whole_alone["saturation"] and whole_alone["frame"] == [], "each role is in four documents, too few"
    both = stage_record.read_record(run(whole(documents=12))["compare_record"])
    assert both["frame"] == ["role"]


def test_the_consensus_reads_no_documents_so_nothing_is_told_of_what_it_saturates_or_misses():
    found = run(whole(coders=("ann", "ben", "consensus")))
    assert set(found["saturation_verdict"]["source"]) == {"ann", "ben", "themes"}
    assert set(found["missed"]["coder"]) == {"ann", "ben"}


def test_no_saturation_is_told_within_groups_that_nobody_named():
    made = whole()
    made["cases"] = made["cases"].assign(role="", site="")
    found = run(made)
    assert set(found["saturation_verdict"]["cell"]) == {"(all)"}
    assert stage_record.read_record(found["compare_record"])["frame"] == []


def test_the_stage_reads_and_writes_through_the_store(tmp_path, monkeypatch):
    made = whole()
    made["themes"] = store.empty("themes")
    study_folder = tmp_path / "data" / "s"
    (study_folder / "transcripts").mkdir(parents=True)
    (tmp_path / "params.yaml").write_text("study: data/s\ncompare: {draws: 100}\n")
    for name in COMPARE.reads:
        store.write(study_folder, name, made[name])
    monkeypatch.chdir(tmp_path)
    compare.main()
    for name in COMPARE.writes:
        assert store.path(study_folder, name).exists()
    assert len(store.read(study_folder, "agreement"))
