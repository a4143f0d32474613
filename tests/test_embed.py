"""The embeddings table: a vector for every segment, by its id and in the segments' order."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline import embed
from pipeline.core import store


def by_length(texts):
    return np.array([[len(text), 1] for text in texts], dtype=np.float32).reshape(len(texts), 2)


def segments(texts):
    return pd.DataFrame({"segment_id": [f"s{i}" for i in range(len(texts))], "text": texts})


def test_each_segment_has_its_own_vector():
    table = embed.embeddings(segments(["a", "abc", ""]), encode=by_length)
    assert table["segment_id"].tolist() == ["s0", "s1", "s2"]
    assert [vector.tolist() for vector in table["vector"]] == [[1, 1], [3, 1], [0, 1]]


@given(st.permutations(range(6)))
def test_the_rows_follow_the_segments_and_the_index_says_nothing(order):
    shuffled = segments(["", "a", "ab", "abc", "abcd", "abcde"]).iloc[list(order)]
    table = embed.embeddings(shuffled, encode=by_length)
    assert table["segment_id"].tolist() == [f"s{i}" for i in order]
    assert [vector[0] for vector in table["vector"]] == list(order)


def test_no_segments_give_an_empty_table_that_can_be_stored(tmp_path):
    table = embed.embeddings(segments([]), encode=by_length)
    store.write(tmp_path, "embeddings", table)
    assert store.read(tmp_path, "embeddings").empty


ROWS = [
    ("a.txt", "interviewer", "Why did you take part?"),
    ("a.txt", "participant", "I wanted to learn how it is done."),
    ("a.txt", "participant", "Yeah."),
    ("b.txt", "interviewer", "Why did you take part?"),
    ("b.txt", "participant", "They told me to, and there was nobody else."),
    ("b.txt", "participant", "Yeah."),
]


def whole_segments():
    """A segments table of two interviews that share a question and a word."""
    table = pd.DataFrame(ROWS, columns=["document", "part", "text"])
    table["segment_id"] = [f"s{i}" for i in range(len(table))]
    table["n_words"] = table["text"].str.split().str.len()
    table["end"] = table["text"].str.len()
    table = table.assign(start=0, time_s=float("nan"), place="", substantive=table["part"] == "participant")
    empty = store.empty("segments")
    return table.reindex(columns=empty.columns, fill_value="")


def documents():
    empty = store.empty("documents")
    table = pd.DataFrame({"document": ["a.txt", "b.txt"], "source_type": "interview", "n_words": 20})
    return table.assign(language_share=1.0).reindex(columns=empty.columns, fill_value="")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of one small study with its segments, as the stage finds it."""
    study = Path("data/small")
    (tmp_path / study / "transcripts").mkdir(parents=True)
    store.write(tmp_path / study, "segments", whole_segments())
    store.write(tmp_path / study, "documents", documents())
    (tmp_path / "models").mkdir()
    shutil.copy("models/models.yaml", tmp_path / "models")
    (tmp_path / "params.yaml").write_text(yaml.safe_dump({"study": str(study)}))
    monkeypatch.chdir(tmp_path)
    return study


def test_the_stage_embeds_every_segment_the_interviewers_too(project):
    embed.main()
    table, given_ = store.read(project, "embeddings"), store.read(project, "segments")
    assert table["segment_id"].tolist() == given_["segment_id"].tolist()
    assert "interviewer" in set(given_["part"])
    vectors = np.stack(table["vector"].to_list())
    assert (vectors.dtype, vectors.shape[1]) == (np.float32, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_a_second_run_with_or_without_the_cache_writes_the_same_bytes(project):
    table = store.path(project, "embeddings")
    embed.main()
    first, cache = table.read_bytes(), project / ".cache" / "vectors.parquet"
    embed.main()
    assert table.read_bytes() == first
    cache.unlink()
    embed.main()
    assert table.read_bytes() == first and cache.exists()


def test_a_withdrawn_document_leaves_no_vector_anywhere(project):
    embed.main()
    whole = store.read(project, "embeddings")
    given_ = store.read(project, "segments")
    gone = given_["document"] == given_["document"].iloc[0]
    assert 0 < gone.sum() < len(given_)
    store.write(project, "segments", given_[~gone])
    embed.main()
    kept = store.read(project, "embeddings")
    assert kept["segment_id"].tolist() == given_.loc[~gone, "segment_id"].tolist()
    expected = np.stack(whole["vector"].to_list())[~gone.to_numpy()]
    assert (np.stack(kept["vector"].to_list()) == expected).all()
    cached = pd.read_parquet(project / ".cache" / "vectors.parquet")
    assert len(cached) == given_.loc[~gone, "text"].nunique()


def test_a_model_that_is_not_there_ends_the_stage_in_a_sentence(project, capsys):
    Path("params.yaml").write_text(yaml.safe_dump({"study": "data/small", "embed": {"model": "owner/none"}}))
    with pytest.raises(SystemExit):
        embed.main()
    assert "was not found" in capsys.readouterr().err
