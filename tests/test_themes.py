import hashlib
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import sparse

from pipeline import themes
from pipeline.core import params as settings
from pipeline.core import safe_removal, store
from pipeline.core.contracts import MODEL_FILES
from pipeline.core.terms import LOOSE, PROCEDURAL
from pipeline.decisions import states
from pipeline.inductive import grouping, naming, theme_model, wording

WORDS = {
    0: ["bleep", "night", "handover", "corridor"],
    1: ["dashboard", "spreadsheet", "figures", "return"],
    2: ["pride", "career", "portfolio", "conference"],
    3: ["canteen", "parking", "barrier", "permit"],
}
FAST = settings.Themes(runs=12, stability_runs=3, drop_one=2, quotes=4, context=0)
DVC = yaml.safe_load((Path(__file__).parent.parent / "dvc.yaml").read_text())["stages"]["themes"]
TABLES = {Path(name).stem for name in DVC["outs"] if name.endswith(".parquet")}


def study(n: int = 120, *, documents: int = 8, kinds: int = 4, seed: int = 1) -> tuple[pd.DataFrame, ...]:
    """n segments on `kinds` subjects in turn, their vectors, the interviewer's turns, and the cases with a role."""
    random = np.random.default_rng(seed)
    about = np.arange(n) % kinds
    rows, turns = [], []
    for place, kind in enumerate(about):
        document = f"d{place * documents // n:02d}"
        said = " ".join(random.permutation(WORDS[int(kind)])[:3])
        row = {"segment_id": f"s{place:04d}", "document": document, "case": f"{document}/P", "speaker": "Paola"}
        row |= {"part": "participant", "turn_id": f"t{place}", "prompt_id": f"q{kind}", "start": place * 50}
        row |= {
            "end": place * 50 + 40,
            "time_s": float("nan"),
            "place": "",
            "n_words": 6,
            "language": "en",
            "substantive": True,
            "set_aside": "",
        }
        rows.append(row | {"text": f"Paola says the {said} yeah"})
    for kind in range(kinds):
        place = {"document": "d00", "turn_id": f"q{kind}", "speaker": "I", "case": "", "part": "interviewer"}
        text = f"Question {'abcd'[kind] * 5} about the {WORDS[kind][0]}?"
        turns.append(place | {"start": kind, "end": kind + 1, "time_s": float("nan"), "place": "", "text": text})
    vectors = np.eye(24)[about] + random.normal(scale=0.12, size=(n, 24))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    segments = pd.DataFrame(rows) if rows else store.empty("segments")
    cases = sorted(set(segments["case"]))
    roles = pd.DataFrame({"case": cases, "role": ["nurse" if place % 2 else "doctor" for place in range(len(cases))]})
    embeddings = pd.DataFrame({"segment_id": segments["segment_id"], "vector": list(vectors)})
    return segments, embeddings, pd.DataFrame(turns) if turns else store.empty("turns"), roles.astype({"case": "str"})


def found(*tables: pd.DataFrame, **changed) -> themes.Result:
    return themes.themes(*(tables or study()), options=FAST.model_copy(update=changed))


@pytest.fixture(scope="module")
def result() -> themes.Result:
    return found()


def first(result: themes.Result) -> pd.DataFrame:
    return result.tables["themes"].query("level == 1")


def test_every_table_is_made_and_holds_what_its_schema_says(result):
    assert set(result.tables) == TABLES
    for name, table in result.tables.items():
        store.schema(name).validate(table)


def test_the_subjects_of_the_talk_are_the_themes(result):
    assert first(result)["n_segments"].between(28, 30).all()
    assert len(first(result)) == 4
    segments = study()[0]
    given = result.tables["theme_assignments"].query("theme_id >= 0").merge(segments, on="segment_id")
    assert given.groupby("theme_id")["prompt_id"].nunique().tolist() == [1, 1, 1, 1]


def test_labels_are_of_the_theme_and_hold_no_speaker_and_no_filler(result):
    for theme in first(result).itertuples():
        (subject,) = [words for words in WORDS.values() if theme.keywords[0] in words]
        said = theme.label.lower().split(", ")
        assert set(said) <= set(subject)
        assert not {"paola", "yeah", "says", "the"} & {*said, *theme.keywords}
    assert result.tables["themes"]["label"].is_unique or first(result)["label"].is_unique


def test_a_theme_that_answers_one_question_is_called_that(result):
    for theme in first(result).itertuples():
        assert theme.prompt_share == 1
        assert theme.prompt_text.startswith("Question")
        assert "mostly one question: 100%" in theme.passport
        assert theme.unprompted_share == 0  # each question names its subject


@pytest.mark.parametrize(("name", "passport"), [("LOOSE", LOOSE), ("ABOUT_INTERVIEW", PROCEDURAL)])
def test_what_is_no_theme_is_not_called_an_answer_and_comes_last(result, monkeypatch, name, passport):
    label = first(result)["label"].iloc[0]
    monkeypatch.setattr(naming, name, label)
    tables = found().tables["themes"]
    for theme in tables.query("level == 1").itertuples():
        loose = theme.label == label
        assert (theme.passport == passport) == loose == (theme.prompt_text == "") == (theme.prompt_id == "")
        assert np.isnan([theme.prompt_share, theme.unprompted_share]).tolist() == [loose, loose]
    assert states.ranked(tables)["label"].iloc[-1] == label


def test_the_spread_over_cases_is_counted(result):
    for theme in first(result).itertuples():
        assert theme.n_cases == theme.n_documents == 8
        assert 7 < theme.effective_cases <= 8


def test_how_steady_the_themes_are_is_measured(result):
    assert result.tables["theme_stability"]["agreement"].tolist() == [1, 1, 1]
    assert (first(result)["stability"] == 1).all()


def test_the_curve_says_which_number_was_chosen(result):
    choice = result.tables["theme_choice"]
    assert choice.loc[choice["chosen"], "n_themes"].tolist() == [4]
    assert choice["score"].idxmax() == choice["chosen"].idxmax()


def test_counts_by_role_add_up_to_the_theme(result):
    counted = result.tables["theme_attributes"].groupby("theme_id")["n_segments"].sum()
    assert counted.to_dict() == first(result).set_index("theme_id")["n_segments"].to_dict()


def test_quotes_are_segments_of_the_study(result):
    quotes = result.tables["theme_quotes"]
    assert set(quotes["segment_id"]) <= set(study()[0]["segment_id"])
    assert (quotes.groupby(["theme_id", "kind"]).size() == 4).all()


def test_ids_are_six_digits_from_the_content_and_stay_when_a_document_is_added(result):
    ids = set(first(result)["theme_id"])
    assert all(100_000 <= number < 1_000_000 for number in ids)
    segments, embeddings, turns, cases = study()
    kept = segments["document"] != "d07"
    fewer = found(segments[kept], embeddings[embeddings["segment_id"].isin(segments[kept]["segment_id"])], turns, cases)
    assert len(ids & set(first(fewer)["theme_id"])) >= 2


def digest(result: themes.Result, folder: Path) -> str:
    for name, table in result.tables.items():
        store.write(folder, name, table)
    theme_model.save(result.model, folder / "model", card=result.card)
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return hashlib.sha256(b"".join(file.name.encode() + file.read_bytes() for file in files)).hexdigest()


def test_the_order_of_rows_changes_no_byte(result, tmp_path):
    shuffled = [table.sample(frac=1, random_state=5) for table in study()]
    assert digest(found(*shuffled), tmp_path / "b") == digest(result, tmp_path / "a")


@pytest.mark.parametrize("n", [0, 1, 2, 5, 10, 19])
def test_too_little_talk_is_one_theme_or_none_and_says_so(n, tmp_path):
    few = found(*study(n, documents=2))
    for name, table in few.tables.items():
        store.schema(name).validate(table)
    assert first(few)["n_segments"].tolist() == ([n] if n else [])
    (note,) = few.tables["themes_problems"]["reason"]
    assert ("too few to cluster" in note) if n else ("no substantive segments" in note)
    assert digest(few, tmp_path)


@pytest.mark.parametrize("n", [20, 30, 49])
def test_a_small_study_is_told_what_it_can_be_told(n):
    small = found(*study(n, documents=3))
    assert 1 <= len(first(small)) <= 4
    assert "tentative" in " ".join(small.tables["themes_problems"]["reason"])


def test_with_one_document_steadiness_cannot_be_told():
    one = found(*study(60, documents=1))
    assert one.tables["theme_stability"].empty
    assert "one document" in " ".join(one.tables["themes_problems"]["reason"])
    assert first(one)["stability"].isna().all()


def test_a_budget_of_nothing_runs_nothing_again():
    quick = found(rerun_segments=0)
    assert quick.tables["theme_stability"].empty
    assert quick.tables["theme_dependence"].empty
    assert "not measured" in " ".join(quick.tables["themes_problems"]["reason"])


def test_a_budget_is_never_overrun():
    some = found(rerun_segments=250, stability_runs=10)
    assert len(some.tables["theme_stability"]) == 2
    assert some.tables["theme_dependence"].empty


@pytest.mark.parametrize("asked", [1, 2, 3, 6])
def test_the_number_of_themes_can_be_asked_for(asked):
    assert len(first(found(n_themes=asked))) == asked


def test_sub_themes_add_up_to_their_theme():
    wide = found(*study(200), n_themes=2)
    table = wide.tables["themes"]
    for theme in first(wide).itertuples():
        parts = table[table["parent_id"] == theme.theme_id]
        assert parts["n_segments"].sum() in (0, theme.n_segments)
    assert (table["level"] == 2).any()


def test_what_is_unlike_anything_is_a_reading_list():
    segments, embeddings, turns, cases = study()
    odd = np.zeros(24, dtype=np.float32)
    odd[20] = 1
    embeddings = embeddings.assign(
        vector=[odd if place == 17 else row for place, row in enumerate(embeddings["vector"])]
    )
    alone = found(segments, embeddings, turns, cases).tables
    assert alone["theme_map"]["segment_id"].tolist() == alone["theme_assignments"]["segment_id"].tolist()
    assert alone["theme_unassigned"]["segment_id"].tolist()[0] == "s0017"
    assert alone["theme_unassigned"]["likeness"].is_monotonic_increasing
    assert len(alone["theme_unassigned"]) <= 6
    assert alone["theme_assignments"].set_index("segment_id").loc["s0017", "theme_id"] == -1
    assert "s0017" not in set(alone["theme_quotes"]["segment_id"])


def test_a_part_of_which_nothing_is_left_leaves_no_gap():
    groups = np.array([0, -1, 3, 3, -1, 1])
    assert grouping._without_gaps(groups).tolist() == [0, -1, 2, 2, -1, 1]
    assert grouping._without_gaps(np.full(2, -1)).tolist() == [-1, -1]
    assert groups.tolist() == [0, -1, 3, 3, -1, 1]


def test_what_is_not_substantive_takes_no_part():
    segments, embeddings, turns, cases = study()
    segments["substantive"] = segments["segment_id"] != "s0003"
    assert "s0003" not in set(found(segments, embeddings, turns, cases).tables["theme_assignments"]["segment_id"])


def test_a_segment_without_a_vector_is_named_and_not_dropped_in_silence():
    segments, embeddings, turns, cases = study()
    refused = found(segments, embeddings[1:], turns, cases).tables["themes_problems"].query("kind == 'refused'")
    assert refused["place"].tolist() == ["s0000"]


def test_an_observers_notes_take_part_in_themes_but_are_not_quoted(monkeypatch):
    asked, worded = [], wording.worded
    monkeypatch.setattr(wording, "worded", lambda *args, **options: asked.append(options) or worded(*args, **options))
    segments, embeddings, turns, cases = study(40)
    notes = segments.assign(part=segments["part"].where(segments["document"] != "d00", "none"))
    made = themes.themes(notes, embeddings, turns, cases, options=FAST, sources={"d00": "field_note"})
    taken = made.tables["theme_assignments"].merge(notes, on="segment_id").sort_values(["document", "start"])
    assert "d00" in set(taken["document"])
    assert asked[0]["quotable"].tolist() == (taken["document"] != "d00").tolist()


def test_talk_without_a_word_that_names_anything_is_no_error():
    segments, embeddings, turns, cases = study(40)
    mute = found(segments.assign(text="Yeah, well, you know."), embeddings, turns, cases)
    assert mute.model is None
    assert not any(first(mute)["keywords"].map(len))


def test_one_voice_is_named():
    segments, embeddings, turns, cases = study()
    segments.loc[segments["prompt_id"] == "q0", "case"] = "d00/P"
    voices = found(segments, embeddings, turns, cases)
    assert any("Only one participant: d00/P" in passport for passport in first(voices)["passport"])
    dependence = voices.tables["theme_dependence"]
    assert not dependence[(dependence["name"] == "d00/P") & (dependence["share"] == 1)]["remains"].any()


def test_the_card_says_what_the_model_is_and_quotes_nobody(result):
    assert "not findings" in result.card
    assert "Segments: 120" in result.card
    assert not any(text in result.card for text in study()[0]["text"])


def test_the_model_can_be_read_again_and_knows_its_labels(result, tmp_path):
    from bertopic import BERTopic

    theme_model.save(result.model, tmp_path / "model", card=result.card)
    assert {file.suffix for file in (tmp_path / "model").iterdir()} == {".json", ".safetensors", ".md"}
    again = BERTopic.load(str(tmp_path / "model"))
    assert set(first(result)["label"]) <= set(again.custom_labels_)


def test_a_term_that_is_said_in_no_group_weighs_nothing_and_divides_by_nothing():
    said = sparse.csr_matrix(np.array([[2, 1, 0], [0, 3, 0], [1, 0, 0], [0, 0, 4]]))
    groups = np.array([0, 0, 1, -1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = theme_model.weights(said, groups)
    # (Grootendorst 2022) The share of a term in its group, its root, times log(1 + mean words of a group / its count).
    share, mean = np.array([[2 / 6, 4 / 6, 0], [1, 0, 0]]), 3
    assert found == pytest.approx(np.sqrt(share) * np.array([np.log(1 + mean / 3), np.log(1 + mean / 4), 0]))
    assert theme_model.weights(said[:, [2]], groups).tolist() == [[0], [0]]


def test_a_model_saved_over_another_leaves_nothing_of_it_and_all_else(result, tmp_path):
    (tmp_path / "topics.json").write_text("{}")
    (tmp_path / "my notes.docx").write_text("mine")
    (tmp_path / "other study").mkdir()
    theme_model.save(None, tmp_path, card="card")
    held = {file.name: file.read_text() for file in tmp_path.iterdir() if file.is_file()}
    assert held == {**dict.fromkeys(MODEL_FILES, ""), "MODEL_CARD.md": "card", "my notes.docx": "mine"}
    assert (tmp_path / "other study").is_dir()


def test_a_model_is_not_written_through_a_link(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "config.json").write_text("theirs")
    (tmp_path / "model").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(safe_removal.NotOursError, match="link"):
        theme_model.save(None, tmp_path / "model", card="card")
    assert (tmp_path / "elsewhere" / "config.json").read_text() == "theirs"
