"""Static models: the mean of the word pieces' vectors, as sentence-transformers computes it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_static import static as written

from pipeline import encoder, static

TALK = ["Nobody had any time.", "", "The chart is done at home, after the night shift.", "😀", "time " * 700]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return written(tmp_path_factory.mktemp("models") / "static")


@pytest.fixture(scope="module")
def loaded(folder):
    return static.Static(folder)


def test_vectors_are_those_of_the_library(folder, loaded):
    from sentence_transformers import SentenceTransformer

    texts = [text for text in TALK if text]
    library = SentenceTransformer(str(folder), device="cpu", local_files_only=True).encode(texts)
    np.testing.assert_allclose(loaded.vectors(texts, lambda n: None), library, atol=1e-5)


def test_a_text_of_no_word_piece_is_zeros_and_any_length_is_taken_whole(loaded):
    found = loaded.vectors(["", "time", "time " * 700], lambda n: None)
    assert (found[0] == 0).all()
    np.testing.assert_allclose(found[1], found[2], atol=1e-6)
    assert loaded.pieces(["", "time", "time " * 700]) == [0, 1, 700]


def test_progress_is_told(loaded):
    said = []
    loaded.vectors(TALK, said.append)
    assert sum(said) == len(TALK)


@settings(max_examples=20)
@given(st.lists(st.sampled_from(TALK), max_size=6))
def test_a_vector_depends_on_its_text_alone(loaded, texts):
    alone = {text: loaded.vectors([text], lambda n: None)[0] for text in TALK}
    together = loaded.vectors(texts, lambda n: None)
    assert all((vector == alone[text]).all() for text, vector in zip(texts, together, strict=True))


@pytest.mark.parametrize(
    ("shape", "yes"),
    [
        ({}, True),
        ({"path": ""}, True),
        ({"key": "embeddings"}, True),
        ({"kinds": ("StaticEmbedding", "Normalize")}, True),
        ({"kinds": ("StaticEmbedding", "Dense")}, False),
        ({"kinds": ("Transformer", "Pooling")}, False),
    ],
)
def test_which_folders_hold_one(tmp_path, shape, yes):
    place = written(tmp_path / "model", **shape)
    assert static.supports(place) is yes
    if yes:
        assert static.Static(place).width == 384


def test_a_folder_without_its_weights_or_its_list_of_modules_holds_none(tmp_path):
    place = written(tmp_path / "model")
    (place / "0_StaticEmbedding" / "model.safetensors").unlink()
    assert not static.supports(place)
    (place / "modules.json").unlink()
    assert not static.supports(place)


def test_the_encoder_uses_it_loads_it_once_and_keeps_its_vectors(folder, tmp_path, monkeypatch):
    static.load.cache_clear()
    cache = tmp_path / "v.parquet"
    one = encoder.encode(TALK, model=str(folder), cache=cache)
    assert static.load.cache_info().misses == 1
    np.testing.assert_allclose(np.linalg.norm(one, axis=1), [1, 0, 1, 1, 1], atol=1e-6)
    assert (encoder.encode(TALK[:2], model=str(folder)) == one[:2]).all()
    assert static.load.cache_info().misses == 1
    monkeypatch.setattr(static.Static, "vectors", None)
    assert (encoder.encode(TALK, model=str(folder), cache=cache) == one).all()


def test_int8_is_refused(folder):
    with pytest.raises(encoder.EncoderError, match="int8 is for models of the BERT kind"):
        encoder.encode(["x"], model=str(folder), precision="int8")
