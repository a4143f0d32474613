"""The stage: zero-shot alone, few-shot as soon as people coded, and sentences for what is missing."""

import numpy as np
import pandas as pd
import pytest

from pipeline import map_codes
from pipeline.core import contracts, store
from pipeline.core.params import SEED, MapCodes
from pipeline.deductive.codebook import Code, Codebook
from tests import mapped_study as made

ALL = [f"d{d}.txt" for d in range(5)]


def run(study=None, *, uncoded="negative", seed=SEED, **options):
    return map_codes.map_codes(
        study or made.study(), encode=made.encode, options=MapCodes(**options), uncoded=uncoded, seed=seed
    )


def said(tables) -> str:
    return "\n".join(tables["map_codes_problems"]["reason"])


def right(tables, method: str, documents: list[str]) -> float:
    """The share of passages that got exactly the code of their subject."""
    rows = tables["code_assignments"]
    rows = rows[rows["accepted"] & (rows["method"] == method)]
    frame = made.segments()
    truth = made.codings(frame, documents).merge(frame[["segment_id", "document", "start"]], on=["document", "start"])
    given = rows.groupby("segment_id")["code"].agg(list).reindex(truth["segment_id"])
    return float(np.mean([one == [code] for one, code in zip(given, truth["code"], strict=True)]))


@pytest.fixture(scope="module")
def coded():
    return run(made.study(coded=ALL[:4]))


def test_every_table_is_as_its_schema_says(coded):
    assert set(coded) == set(contracts.MAP_CODES.writes)
    for name in contracts.MAP_CODES.writes:
        store.schema(name).validate(coded[name])
    assert [name for name, table in coded.items() if table.empty] == ["map_codes_problems"]


def test_without_codings_there_is_zero_shot_alone():
    tables = run()
    rows = tables["code_assignments"]
    assert set(rows["method"]) == {"zero_shot"}
    talk = made.segments()
    assert len(rows) == talk["substantive"].sum() * len(made.BOOK)
    assert not rows.duplicated(["segment_id", "code", "method"]).any()
    assert set(tables["segment_codes"]["source"]) == {"codebook"}
    assert right(tables, "zero_shot", ALL) >= 0.5
    assert "mapping_quality" not in tables or tables["mapping_quality"].empty


def test_a_score_of_a_half_is_what_a_code_is_given_from():
    tables = run(
        made.study(book=Codebook(codes=tuple(code.model_copy(update={"parent": ""}) for code in made.BOOK.codes)))
    )
    rows = tables["code_assignments"]
    assert (rows["accepted"] == (rows["score"] >= 0.5)).all()
    assert rows["accepted"].any() and not rows["accepted"].all()
    assert (tables["segment_codes"]["threshold"] == 0.5).all()


def test_with_codings_there_are_both_and_few_shot_is_better(coded):
    assert set(coded["code_assignments"]["method"]) == {"zero_shot", "few_shot"}
    assert right(coded, "few_shot", ALL) > 0.75
    quality = coded["mapping_quality"].set_index(["method", "code"])
    assert quality.loc[("few_shot", "(all codes)"), "f1"] > 0.75
    assert quality.loc[("few_shot", "Resources"), "n_coded"] == 32


def test_each_row_says_what_it_was_made_from(coded):
    rows = coded["segment_codes"].assign(document=lambda f: f["segment_id"].str.split(".").str[0] + ".txt")
    few = rows[rows["method"] == "few_shot"]
    assert set(few.loc[few["document"].isin(ALL[:4]), "source"]) == {"out of fold"}
    assert set(few.loc[few["document"] == "d4.txt", "source"]) == {"all coded documents"}
    assert (few.loc[few["document"] == "d4.txt", "fold"] == -1).all()
    assert few.groupby("document")["fold"].nunique().max() == 1


def test_a_documents_rows_do_not_depend_on_its_codings(coded):
    frame = made.segments()
    given = made.codings(frame, ALL[:4])
    given.loc[given["document"] == "d1.txt", "code"] = "Food"
    other = run(made.study(given=given))

    def rows(tables):
        found = tables["code_assignments"]
        return found[(found["method"] == "few_shot") & found["segment_id"].str.startswith("d1.")].reset_index(drop=True)

    pd.testing.assert_frame_equal(rows(coded), rows(other), check_exact=True)


def test_the_order_of_rows_changes_nothing(coded):
    study = made.study(coded=ALL[:4])
    frame = made.segments().sample(frac=1, random_state=1)
    vectors = pd.DataFrame({"segment_id": frame["segment_id"], "vector": list(made.encode(frame["text"].tolist()))})
    tables = {
        "segments": frame,
        "embeddings": vectors.sample(frac=1, random_state=2),
        "codings": study.codings.sample(frac=1, random_state=3),
        "theme_assignments": made.themes(made.segments()).sample(frac=1, random_state=4),
    }
    again = run(map_codes.opened(tables, made.BOOK))
    for name in coded:
        pd.testing.assert_frame_equal(coded[name], again[name], check_exact=True)


def test_themes_are_set_against_the_primary_method(coded):
    table = coded["theme_code"].set_index(["theme_id", "code"])
    assert set(coded["theme_code"]["coder"]) == {"pipeline"}
    assert table.loc[(0, "Time"), "verdict"] == "fits"
    assert table.loc[(1, "Staffing"), "verdict"] == "fits"
    codes = coded["code_themes"].set_index("code")
    assert codes.loc["Time", "verdict"] == "recovered"
    assert codes.loc["Time", "theme_id"] == 0
    quotes = coded["theme_code_quotes"]
    assert {"both"} <= set(quotes["side"])


def test_negative_cases_are_not_the_code_nor_near_relatives(coded):
    near = coded["negative_cases"].query("kind == 'near'")
    accepted = coded["code_assignments"].query("method == 'few_shot' and accepted")
    given = set(zip(accepted["segment_id"], accepted["code"], strict=True))
    assert not given & set(zip(near["segment_id"], near["code"], strict=True))
    assert near.groupby("code")["rank"].max().max() <= 5
    for row in near[near["code"] == "Resources"].itertuples():
        assert not {(row.segment_id, "Time"), (row.segment_id, "Staffing")} & given


def test_every_segment_with_a_code_has_a_valence_and_no_other(coded):
    accepted = coded["code_assignments"].query("method == 'few_shot' and accepted")
    assert set(coded["valence"]["segment_id"]) == set(accepted["segment_id"])
    frame = made.segments().set_index("segment_id")
    for row in coded["valence"].itertuples():
        place = frame.loc[row.segment_id]
        assert place["start"] <= row.evidence_start <= row.evidence_end <= place["end"]


def test_two_runs_are_the_same(coded):
    again = run(made.study(coded=ALL[:4]))
    for name in coded:
        pd.testing.assert_frame_equal(coded[name], again[name], check_exact=True)


def test_passages_that_nobody_marked_teach_nothing_where_silence_is_unknown():
    """People marked the first eight passages of each talk alone: what comes after must not be learned as 'no code'."""
    frame = made.segments()
    given = made.codings(frame, ALL)
    marked = given.groupby("document").head(8)
    late = made.study(given=marked)
    unknown, negative = run(late, uncoded="unknown"), run(late)
    assert "examples that fit no code" in said(unknown)
    assert "examples that fit no code" not in said(negative)
    pooled = [t["mapping_quality"].query("method == 'few_shot' and code == '(all codes)'") for t in (unknown, negative)]
    assert [int(one["n_segments"].iloc[0]) for one in pooled] == [8 * len(ALL), 12 * len(ALL)]
    rest = given.drop(marked.index).merge(frame[["segment_id", "document", "start"]], on=["document", "start"])

    def sure(tables):
        rows = tables["code_assignments"].query("method == 'few_shot'")
        return rows.merge(rest[["segment_id", "code"]], on=["segment_id", "code"])["score"].mean()

    assert sure(unknown) > sure(negative) + 0.1


def test_a_passage_said_to_fit_no_code_needs_no_note():
    given = made.codings(made.segments(), ALL[:3])
    given.loc[given.index[::6], "code"] = map_codes.coded.NO_CODE
    assert "examples that fit no code" not in said(run(made.study(given=given), uncoded="unknown"))


def test_no_codebook_and_no_codings_is_a_note_and_empty_tables():
    tables = run(made.study(book=Codebook()))
    assert tables["code_assignments"].empty
    assert "has no codes" in said(tables)
    assert list(tables["code_assignments"].columns) == list(store.empty("code_assignments").columns)


def test_no_codebook_but_codings_are_learned_from():
    tables = run(made.study(book=Codebook(), coded=ALL[:4]))
    assert set(tables["code_assignments"]["method"]) == {"few_shot"}
    assert set(tables["code_assignments"]["code"]) == set(made.SUBJECTS)
    assert right(tables, "few_shot", ALL[:4]) > 0.6


def test_a_code_that_the_codebook_lacks_is_named_and_learned():
    given = made.codings(made.segments(), ALL[:4], codes={"Time": "Time", "Staffing": "Staffing", "Food": "Cakes"})
    tables = run(made.study(given=given))
    assert "missing from the codebook: 'Cakes'" in said(tables)
    rows = tables["code_assignments"]
    assert set(rows.loc[rows["code"] == "Cakes", "method"]) == {"few_shot"}
    assert rows.loc[rows["code"] == "Cakes", "accepted"].any()


def test_too_few_coded_passages_are_told_and_not_learned_from():
    tables = run(made.study(coded=["d0.txt"]), min_passages=20)
    assert set(tables["code_assignments"]["method"]) == {"zero_shot"}
    assert "Only 12 segments are coded" in said(tables)


def test_one_coded_passage_is_counted_in_words():
    given = made.codings(made.segments(), ["d0.txt"]).head(1)
    assert "Only 1 segment is coded, fewer than" in said(run(made.study(given=given)))


def test_the_only_coded_document_is_left_to_zero_shot():
    tables = run(made.study(coded=["d0.txt"]))
    few = tables["code_assignments"].query("method == 'few_shot'")
    assert not few["segment_id"].str.startswith("d0.").any()
    assert few["segment_id"].str.startswith("d1.").any()


@pytest.mark.parametrize(
    ("book", "part"),
    [
        (Codebook(codes=(Code(name="Time", definition="Time."),)), "has only one code, 'Time'"),
        (
            Codebook(codes=(Code(name="Time"), Code(name="Food"))),
            "2 of 2 codes have no definition, inclusion criteria or example: 'Time', 'Food'",
        ),
        (
            Codebook(codes=(Code(name="Time"), Code(name="Food", definition="Cake."))),
            "1 of 2 codes has no definition, inclusion criteria or example: 'Time'.",
        ),
    ],
)
def test_a_meagre_codebook_is_told_of_and_mapped_all_the_same(book, part):
    tables = run(made.study(book=book))
    assert part in said(tables)
    assert len(tables["code_assignments"])


def test_a_code_that_was_used_once_is_told_of():
    given = made.codings(made.segments(), ALL[:3])
    given = pd.concat([given, given.head(1).assign(code="Odd")], ignore_index=True)
    assert "used only once, from which little can be learned: 'Odd'" in said(run(made.study(given=given)))


@pytest.mark.parametrize("documents", [0, 1])
def test_a_study_of_nothing_or_next_to_nothing_is_no_error(documents):
    study = made.study(documents=documents, coded=["d0.txt"] if documents else [])
    for name, table in run(study).items():
        store.schema(name).validate(table)


def test_the_stage_writes_all_its_tables(tmp_path, monkeypatch):
    study, folder = made.study(coded=ALL[:2]), tmp_path / "data" / "small"
    (folder / "transcripts").mkdir(parents=True)
    (tmp_path / "params.yaml").write_text("study: data/small\n")
    (folder / "codebook.yaml").write_text("codes:\n  - name: Time\n    definition: Time for improvement.\n")
    frame = made.segments()
    vectors = pd.DataFrame({"segment_id": frame["segment_id"], "vector": list(made.encode(frame["text"].tolist()))})
    store.write(folder, "segments", frame)
    store.write(folder, "embeddings", vectors)
    store.write(folder, "codings", study.codings)
    store.write(folder, "theme_assignments", made.themes(frame))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(map_codes.encoder, "encode", lambda texts, **_: made.encode(list(texts)))
    map_codes.main()
    for name in contracts.MAP_CODES.writes:
        store.read(folder, name)
    assert len(store.read(folder, "code_assignments"))


def test_a_document_coded_by_markers_is_named_and_does_not_sink_the_rest():
    frame = made.segments()
    own = made.codings(frame, ALL[:2])
    marks = made.codings(frame, [ALL[2]]).iloc[::4].assign(code="question")
    rest = ALL[3:]
    tables = run(made.study(given=pd.concat([own, marks], ignore_index=True)))
    assert "hardly occur in 'd2.txt'" in said(tables)
    assert right(tables, "few_shot", rest) == right(run(made.study(given=own)), "few_shot", rest)
    unknown = run(made.study(given=pd.concat([own, marks], ignore_index=True)), uncoded="unknown")
    assert "hardly occur" not in said(unknown)
