"""Static models: the mean of the word pieces' vectors, as sentence-transformers computes it."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_static import model2vec as saved
from small_static import static as written

from pipeline.core import model_registry
from pipeline.core.errors import CounterpointError
from pipeline.vectors import encoder, static_models

TALK = ["Nobody had any time.", "", "The chart is done at home, after the night shift.", "😀", "time " * 700]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return written(tmp_path_factory.mktemp("models") / "static")


@pytest.fixture(scope="module")
def loaded(folder):
    return static_models.Static(folder)


def test_vectors_are_those_of_the_library(folder, loaded):
    from sentence_transformers import SentenceTransformer

    texts = [text for text in TALK if text]
    library = SentenceTransformer(str(folder), device="cpu", local_files_only=True).encode(texts)
    np.testing.assert_allclose(loaded.vectors(texts, lambda n: None), library, atol=1e-6)


def test_a_text_of_no_word_piece_is_zeros_and_any_length_is_taken_whole(loaded):
    found = loaded.vectors(["", "time", "time " * 700], lambda n: None)
    assert (found[0] == 0).all()
    np.testing.assert_allclose(found[1], found[2], atol=1e-5)  # the library sums 700 numbers of float32
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
    assert static_models.supports(place) is yes
    if yes:
        assert static_models.Static(place).width == 384


def test_a_folder_without_its_weights_or_its_list_of_modules_holds_none(tmp_path):
    place = written(tmp_path / "model")
    (place / "0_StaticEmbedding" / "model.safetensors").unlink()
    assert not static_models.supports(place)
    (place / "modules.json").unlink()
    assert not static_models.supports(place)


def test_the_encoder_uses_it_loads_it_once_and_keeps_its_vectors(folder, tmp_path, monkeypatch):
    static_models.load_static_model.cache_clear()
    cache = tmp_path / "v.parquet"
    one = encoder.encode(TALK, model=str(folder), cache=cache)
    assert static_models.load_static_model.cache_info().misses == 1
    np.testing.assert_allclose(np.linalg.norm(one, axis=1), [1, 0, 1, 1, 1], atol=1e-6)
    assert (encoder.encode(TALK[:2], model=str(folder)) == one[:2]).all()
    assert static_models.load_static_model.cache_info().misses == 1
    monkeypatch.setattr(static_models.Static, "vectors", None)
    assert (encoder.encode(TALK, model=str(folder), cache=cache) == one).all()


def test_int8_is_refused(folder):
    with pytest.raises(encoder.EncoderError, match="int8 requires a BERT model"):
        encoder.encode(["x"], model=str(folder), precision="int8")


# model2vec's own folders, against the library that saves them

WORDS = ["nobody had time", "time", "home never time unheardof", "unheardof", "", "nobody " * 40 + "home"]
VARIANTS = [
    {},
    {"weighted": True},
    {"shared": True},
    {"weighted": True, "shared": True},
    {"normalize": True},
    {"weighted": True, "shared": True, "normalize": True},
    {"max_length": 4},
    {"max_length": None},
    {"kind": "float16"},
    {"kind": "float16", "weighted": True, "normalize": True},
    {"kind": "float64", "shared": True},
    {"kind": "int8"},
    {"kind": "int8", "weighted": True, "shared": True},
    {"tokens": "Unigram"},
    {"tokens": "Unigram", "weighted": True},
    {"tokens": "WordPiece"},
    {"listed": False},
    {"listed": False, "weighted": True, "shared": True},
]


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_vectors_of_a_folder_of_model2vec_are_that_librarys(tmp_path, variant):
    from model2vec import StaticModel

    folder = saved(tmp_path / "model", **variant)
    assert static_models.supports(folder)
    wanted = StaticModel.from_pretrained(folder).encode(WORDS, max_length=None).astype(np.float32)
    assert len({vector.tobytes() for vector in wanted}) > 3
    np.testing.assert_allclose(static_models.Static(folder).vectors(WORDS, lambda n: None), wanted, atol=1e-6)
    found = encoder.encode(WORDS, model=str(folder))
    exact = wanted.astype(np.float64)
    length = np.linalg.norm(exact, axis=1, keepdims=True)
    np.testing.assert_allclose(found, np.divide(exact, length, where=length > 0, out=np.zeros_like(exact)), atol=1e-6)


@pytest.mark.parametrize(
    "variant", [{"weighted": True}, {"shared": True}, {"kind": "float64", "shared": True}], ids=str
)
def test_what_makes_a_variant_makes_a_difference(tmp_path, variant):
    plain = static_models.Static(saved(tmp_path / "plain")).vectors(WORDS, lambda n: None)
    other = static_models.Static(saved(tmp_path / "other", **variant)).vectors(WORDS, lambda n: None)
    assert np.abs(plain - other).max() > 0.1


@pytest.mark.parametrize(
    "variant", [{}, {"weighted": True, "shared": True}, {"weighted": True}, {"shared": True}], ids=str
)
def test_tensors_of_model2vec_in_a_folder_of_sentence_transformers_are_that_librarys(tmp_path, variant):
    from sentence_transformers import SentenceTransformer

    folder = saved(tmp_path / "model", **variant)
    (folder / "0_StaticEmbedding").mkdir()
    for name in ("model.safetensors", "tokenizer.json"):
        (folder / name).rename(folder / "0_StaticEmbedding" / name)
    (folder / "config.json").unlink()
    listed = [
        {"idx": 0, "name": "0", "path": "0_StaticEmbedding", "type": "sentence_transformers.models.StaticEmbedding"}
    ]
    (folder / "modules.json").write_text(json.dumps(listed))
    texts = [text for text in WORDS if text]
    wanted = SentenceTransformer(str(folder), device="cpu", local_files_only=True).encode(texts)
    np.testing.assert_allclose(static_models.Static(folder).vectors(texts, lambda n: None), wanted, atol=1e-6)


@settings(max_examples=20)
@given(texts=st.lists(st.sampled_from(WORDS), max_size=6))
@pytest.mark.parametrize("variant", [{}, {"weighted": True, "shared": True}, {"kind": "float16"}], ids=str)
def test_a_vector_of_model2vec_depends_on_its_text_alone(tmp_path_factory, variant, texts):
    folder = tmp_path_factory.getbasetemp() / f"alone {sorted(variant)}"
    model = static_models.load_static_model(
        folder if folder.exists() else saved(folder, **variant), str(sorted(variant))
    )
    together = model.vectors(texts, lambda n: None)
    assert all(
        (vector == model.vectors([text], lambda n: None)[0]).all() for text, vector in zip(texts, together, strict=True)
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scale": np.ones(2, np.float32)}, "unsupported tensor 'scale'"),
        ({"weights": np.ones(2, np.float32)}, "it has 2 weights for 6 word pieces"),
        ({"mapping": np.zeros(2, np.int64)}, "it has 2 mapping for 6 word pieces"),
        ({"mapping": np.full(6, 9)}, "need 10 vectors, but it has 6"),
        ({"embeddings": np.ones((3, 2), np.float32)}, "need 6 vectors, but it has 3"),
    ],
)
def test_tensors_that_do_not_belong_together_are_refused_in_a_sentence(tmp_path, change, said):
    from safetensors.numpy import load_file, save_file

    folder = saved(tmp_path / "model")
    save_file(load_file(folder / "model.safetensors") | change, folder / "model.safetensors")
    with pytest.raises(encoder.EncoderError, match="cannot be loaded") as refusal:
        encoder.encode(["time"], model=str(folder))
    assert said in str(refusal.value)


@pytest.mark.parametrize("name", ["config.json", "modules.json", "tokenizer.json", "model.safetensors"])
def test_a_damaged_file_is_refused_in_a_sentence(tmp_path, name):
    folder = saved(tmp_path / "model")
    (folder / name).write_text("{", encoding="utf-8")
    with pytest.raises(CounterpointError, match=r"\.$"):
        encoder.encode(["time"], model=str(folder))


def test_other_weights_are_another_model_to_the_cache(tmp_path):
    cache = tmp_path / "vectors.parquet"
    found = [
        encoder.encode(["nobody had time"], model=str(saved(tmp_path / "model", weighted=on)), cache=cache)
        for on in (True, False)
    ]
    assert np.abs(found[0] - found[1]).max() > 0.01


def test_nothing_is_asked_of_the_network(tmp_path, monkeypatch):
    import socket

    folder = saved(tmp_path / "model", weighted=True)
    monkeypatch.setattr(socket, "socket", None)
    assert encoder.encode(["time"], model=str(folder)).shape == (1, 4)


def test_a_folder_of_model2vec_without_its_vectors_is_none(tmp_path):
    folder = saved(tmp_path / "model", listed=False)
    (folder / "model.safetensors").unlink()
    assert not static_models.supports(folder)
    with pytest.raises(CounterpointError):
        encoder.encode(["time"], model=str(folder))
    assert model_registry.find(str(folder), kind="sentence-transformers").folder == folder
