"""BERT computed here is BERT as sentence-transformers computes it, a text at a time and the same to the byte."""

import json

import numpy as np
import pytest
import small_models
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core import model_registry
from pipeline.vectors import encoder, onnx_bert

TALK = [
    "We tried it on the ward for a month, you know, and then it stopped.",
    "Yeah.",
    "",
    "I was the champion, or so they told me; nobody asked whether I had the time to do it.",
    "Zeit hatten wir nie, ευχαριστώ, 谢谢, and that was that.",
]


@pytest.fixture(scope="module")
def minilm():
    return onnx_bert.Bert(
        model_registry.find("all-MiniLM-L6-v2", kind="sentence-transformers").folder, precision="float32"
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return onnx_bert.Bert(small_models.bert(tmp_path_factory.mktemp("bert")), precision="float32")


def told(model, texts):
    return model.vectors(list(texts), lambda n: None)


def cosines(a, b):
    return (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def test_minilm_is_known_by_its_window_and_width(minilm):
    assert (minilm.window, minilm.width) == (256, 384)


def test_minilm_is_what_sentence_transformers_computes(minilm):
    library = encoder.Library(model_registry.find("all-MiniLM-L6-v2", kind="sentence-transformers").folder, "cpu", 1)
    assert cosines(told(minilm, TALK), told(library, TALK)).min() > 0.999999
    assert library.pieces(TALK) == minilm.pieces(TALK)
    assert (library.window, library.width) == (minilm.window, minilm.width)


@pytest.mark.parametrize("pooling", ["mean", "cls"])
@pytest.mark.parametrize("normalize", [True, False])
def test_any_bert_is_what_sentence_transformers_computes(tmp_path, pooling, normalize):
    folder = small_models.bert(tmp_path, pooling=pooling, normalize=normalize, layer_norm_eps=1e-3)
    assert onnx_bert.supports(folder)
    ours = told(onnx_bert.Bert(folder, precision="float32"), TALK[:2])
    assert cosines(ours, told(encoder.Library(folder, "cpu", 1), TALK[:2])).min() > 0.999999


def test_meaning_is_near_meaning(minilm):
    texts = ["There was never enough time.", "We had no time for it.", "The parking fees went up."]
    vectors = told(minilm, texts)
    near, far = cosines(vectors[:2], vectors[[1, 2]])
    assert near > 0.5 > 0.2 > far


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(40)), st.integers(1, 40))
def test_a_vector_does_not_depend_on_the_other_texts_their_order_or_number(small, order, n):
    texts = [f"{'so they told me ' * (i % 5)}number {i}" for i in range(40)]
    assert (told(small, texts)[order[:n]] == told(small, [texts[i] for i in order[:n]])).all()


def test_minilms_vectors_are_the_same_bytes_alone_and_together(minilm):
    together = told(minilm, TALK * 15)
    for i, text in enumerate(TALK):
        assert (told(minilm, [text])[0] == together[i :: len(TALK)]).all()


@pytest.mark.parametrize("processors", [1, 3, 8])
def test_the_number_of_processors_changes_no_byte(small, monkeypatch, processors):
    texts = [f"number {i} of many" for i in range(100)]
    before = told(small, texts)
    monkeypatch.setattr(onnx_bert.parallel, "processors", lambda: processors)
    assert (told(small, texts) == before).all()


def test_a_model_loaded_again_gives_the_same_bytes(tmp_path, small):
    again = onnx_bert.Bert(small_models.bert(tmp_path), precision="float32")
    assert (told(again, TALK[:2]) == told(small, TALK[:2])).all()


def test_int8_stays_near_and_does_not_depend_on_the_other_texts_either(minilm):
    rounded = onnx_bert.Bert(
        model_registry.find("all-MiniLM-L6-v2", kind="sentence-transformers").folder, precision="int8"
    )
    vectors = told(rounded, TALK)
    nearness = cosines(vectors, told(minilm, TALK))
    assert 0.97 < nearness.min() < 0.99999
    assert (told(rounded, TALK[::-1])[::-1] == vectors).all()


def test_int8_takes_a_weight_of_zeros(tmp_path):
    from safetensors.numpy import load_file, save_file

    folder = small_models.bert(tmp_path)
    weights = load_file(folder / "model.safetensors")
    weights["encoder.layer.0.output.dense.weight"][:] = 0
    save_file(weights, folder / "model.safetensors")
    assert np.isfinite(told(onnx_bert.Bert(folder, precision="int8"), TALK)).all()


def test_pieces_count_the_ends_and_do_not_stop_at_the_window(small):
    assert small.pieces(["", "yes", "yes " * 500]) == [2, 3, 502]


def test_no_texts_give_no_vectors(small):
    assert told(small, []).shape == (0, 32)


def test_progress_is_told_of_every_text_once(small):
    said = []
    small.vectors(["a"] * 70, said.append)
    assert sum(said) == 70


def test_half_weights_are_computed_as_float32(tmp_path, small):
    from safetensors.numpy import load_file, save_file

    folder = small_models.bert(tmp_path)
    weights = load_file(folder / "model.safetensors")
    save_file({f"bert.{name}": w.astype(np.float16) for name, w in weights.items()}, folder / "model.safetensors")
    halved = told(onnx_bert.Bert(folder, precision="float32"), TALK[:2])
    assert halved.dtype == np.float32
    assert cosines(halved, told(small, TALK[:2])).min() > 0.999


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("config.json", {"model_type": "mpnet"}),
        ("config.json", {"hidden_act": "relu"}),
        ("config.json", {"position_embedding_type": "relative_key"}),
        ("config.json", {"dtype": "bfloat16"}),
        ("sentence_bert_config.json", {"do_lower_case": True}),
        ("config_sentence_transformers.json", {"default_prompt_name": "query"}),
        ("1_Pooling/config.json", {"pooling_mode_max_tokens": True}),
        ("1_Pooling/config.json", {"pooling_mode_mean_tokens": False}),
        ("1_Pooling/config.json", {"pooling_mode": "max"}),
        ("1_Pooling/config.json", {"include_prompt": False}),
    ],
)
def test_what_differs_from_a_plain_bert_is_left_to_the_library(tmp_path, file, change):
    folder = small_models.bert(tmp_path)
    assert onnx_bert.supports(folder)
    before = json.loads((folder / file).read_text()) if (folder / file).exists() else {}
    small_models.dump(folder / file, before | change)
    assert not onnx_bert.supports(folder)


@pytest.mark.parametrize("name", ["tokenizer.json", "modules.json", "config.json", "model.safetensors"])
def test_a_model_without_a_file_that_is_needed_is_left_to_the_library(tmp_path, name):
    folder = small_models.bert(tmp_path)
    (folder / name).unlink()
    assert not onnx_bert.supports(folder)


def test_a_model_with_further_modules_is_left_to_the_library(tmp_path):
    folder = small_models.bert(tmp_path)
    modules = json.loads((folder / "modules.json").read_text())
    modules.insert(2, {"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"})
    small_models.dump(folder / "modules.json", modules)
    assert not onnx_bert.supports(folder)


def test_pooling_written_the_newer_way_is_understood(tmp_path):
    folder = small_models.bert(tmp_path)
    small_models.dump(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": 32, "pooling_mode": "cls"})
    assert onnx_bert.supports(folder)
    ours = told(onnx_bert.Bert(folder, precision="float32"), TALK[:2])
    assert cosines(ours, told(encoder.Library(folder, "cpu", 1), TALK[:2])).min() > 0.999999
