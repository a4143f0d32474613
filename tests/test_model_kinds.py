"""Models beyond a plain BERT: every module and setting is computed as sentence-transformers does, or refused in words."""

import json

import numpy as np
import pytest
import small_models
from small_static import static as written

from pipeline.vectors import encoder, model_files
from pipeline.vectors.encoder import EncoderError

TEXTS = ["Nobody had Time.", "The chart is done at home.", "naïve über 中文", "proud"]


def changed(folder, name, **change):
    place = folder / name
    small_models.dump(place, (json.loads(place.read_text()) if place.exists() else {}) | change)
    return folder


def extended(folder, *more):
    """The model of a folder with further modules, saved by the library."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    width = model.get_embedding_dimension()
    SentenceTransformer(modules=[*model, *(make(width) for make in more)], device="cpu").save_pretrained(
        str(folder / "new")
    )
    return folder / "new"


def dense(width):
    import torch
    from sentence_transformers.base.modules import Dense

    torch.manual_seed(1)
    return Dense(width, 5, activation_function=torch.nn.Tanh())


def layer_norm(width):
    import torch
    from sentence_transformers.sentence_transformer.modules import LayerNorm

    made = LayerNorm(width)
    torch.nn.init.uniform_(made.norm.weight)
    return made


def prompted(folder, **pooling):
    changed(folder, "config_sentence_transformers.json", prompts={"q": "query: "}, default_prompt_name="q")
    return changed(folder, "1_Pooling/config.json", **pooling) if (folder / "1_Pooling").exists() else folder


def pooled(folder, mode):
    small_models.dump(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": 32, "pooling_mode": mode})
    return folder


def bare(folder):
    (folder / "modules.json").unlink()
    return folder


MODELS = {
    "mean": lambda at: small_models.bert(at),
    **{f"pooling by {mode}": lambda at, mode=mode: pooled(small_models.bert(at), mode)
       for mode in ("cls", "max", "mean_sqrt_len_tokens", "weightedmean", "lasttoken", ["cls", "mean"])},
    "saved anew by the library": lambda at: extended(small_models.bert(at)),
    "a dense layer": lambda at: extended(small_models.bert(at, normalize=False), dense),
    "a layer norm": lambda at: extended(small_models.bert(at, normalize=False), layer_norm),
    "a prompt": lambda at: prompted(small_models.bert(at)),
    "a prompt that is not pooled": lambda at: prompted(small_models.bert(at), include_prompt=False),
    "prompts that are not the default": lambda at: changed(
        small_models.bert(at), "config_sentence_transformers.json", prompts={"q": "query: "}, default_prompt_name=None
    ),
    "capitals by its tokenizer's settings": lambda at: changed(small_models.bert(at), "tokenizer_config.json", do_lower_case=False),
    "accents by its tokenizer's settings": lambda at: changed(small_models.bert(at), "tokenizer_config.json", strip_accents=False),
    "letters in small by its own settings": lambda at: changed(small_models.bert(at), "sentence_bert_config.json", do_lower_case=True),
    "fewer dimensions by its settings": lambda at: changed(small_models.bert(at), "config_sentence_transformers.json", truncate_dim=3),
    "a decoder": lambda at: small_models.bert(at, is_decoder=True),
    "another activation": lambda at: small_models.bert(at, hidden_act="relu"),
    "a transformer alone": lambda at: bare(small_models.bert(at)),
    "a static model": lambda at: written(at),
    "a static model with a dense layer": lambda at: extended(written(at), dense),
    "a static model with fewer dimensions": lambda at: changed(written(at), "config_sentence_transformers.json", truncate_dim=3),
    "a static model with a prompt": lambda at: prompted(written(at)),
}  # fmt: skip


@pytest.mark.parametrize("made", MODELS.values(), ids=MODELS)
def test_vectors_are_those_of_sentence_transformers(tmp_path, made):
    from sentence_transformers import SentenceTransformer

    folder = made(tmp_path / "model")
    library = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    wanted = np.stack([library.encode(text, normalize_embeddings=True) for text in TEXTS])
    np.testing.assert_allclose(encoder.encode(TEXTS, model=str(folder)), wanted, atol=1e-6)


@pytest.mark.parametrize(
    "made",
    [MODELS["mean"], MODELS["saved anew by the library"], MODELS["a prompt"], MODELS["a dense layer"]],
    ids=["mean", "saved anew", "a prompt", "a dense layer"],
)
def test_what_is_beyond_a_models_window_is_cut_into_parts_and_lost_by_none(tmp_path, made):
    folder = str(made(tmp_path / "model"))
    start = " ".join(["time"] * 20)
    ends = [f"{start} home", f"{start} proud", f"{start} and so we were proud", f"{start} and so we were home"]
    vectors = encoder.encode(ends, model=folder)
    assert all((one != other).any() for n, one in enumerate(vectors) for other in vectors[:n])


def test_the_window_is_the_librarys_however_the_model_was_saved(tmp_path):
    from pipeline.vectors import onnx_bert

    first = small_models.bert(tmp_path / "model", window=24)
    again = extended(first)
    assert "max_seq_length" not in model_files.read_json(again / "sentence_bert_config.json")
    assert onnx_bert.supports(first) and onnx_bert.supports(again)
    assert [onnx_bert.Bert(folder, precision="float32").window for folder in (first, again)] == [24, 24]


def routed(folder, **options):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Router

    inner = SentenceTransformer(str(written(folder / "inner")), device="cpu")[0]
    router = Router({"query": [inner], "document": [inner]}, **options)
    SentenceTransformer(modules=[router], device="cpu").save_pretrained(str(folder / "new"))
    return str(folder / "new")


def test_a_model_with_two_ways_is_computed_by_the_one_it_names_and_else_refused(tmp_path):
    from sentence_transformers import SentenceTransformer

    named = routed(tmp_path / "named", default_route="document")
    wanted = SentenceTransformer(named, device="cpu").encode(TEXTS[:1], normalize_embeddings=True)
    np.testing.assert_allclose(encoder.encode(TEXTS[:1], model=named), wanted, atol=1e-6)
    with pytest.raises(EncoderError, match=r"cannot be (used|loaded).*embed\.model"):
        encoder.encode(["time"], model=routed(tmp_path / "unnamed", allow_empty_key=False))


@pytest.mark.parametrize(
    "kind", ["sparse_encoder.models.SpladePooling", "cross_encoder.modules.X", "multi_vector_encoder.X"]
)
def test_a_model_of_another_kind_is_refused_in_words(tmp_path, kind):
    folder = small_models.bert(tmp_path / "model")
    modules = json.loads((folder / "modules.json").read_text())
    modules[1]["type"] = f"sentence_transformers.{kind}"
    small_models.dump(folder / "modules.json", modules)
    with pytest.raises(EncoderError, match="one vector per text"):
        encoder.encode(["time"], model=str(folder))


def test_a_prompt_that_is_named_and_not_there_is_refused_in_words(tmp_path):
    folder = changed(
        small_models.bert(tmp_path / "model"), "config_sentence_transformers.json", default_prompt_name="q"
    )
    with pytest.raises(EncoderError, match="cannot be loaded"):
        encoder.encode(["time"], model=str(folder))


def test_an_adapter_beside_a_model_is_never_left_out_in_silence(tmp_path):
    folder = changed(
        small_models.bert(tmp_path / "model"), "adapter_config.json", peft_type="LORA", base_model_name_or_path="x"
    )
    with pytest.raises(EncoderError, match="cannot be loaded"):
        encoder.encode(["time"], model=str(folder))


def test_pooling_is_named_whichever_way_it_is_written(tmp_path):
    folder = small_models.bert(tmp_path / "model")
    assert model_files.pooling(folder) == "mean"
    assert model_files.pooling(pooled(folder, ["cls", "mean"])) == "cls+mean"
    assert model_files.pooling(tmp_path) == ""
    changed(folder, "1_Pooling/config.json", pooling_mode="max")
    assert model_files.pooling(folder) == "max"


def test_a_sparse_models_settings_are_refused_in_words(tmp_path):
    folder = changed(
        small_models.bert(tmp_path / "model"), "config_sentence_transformers.json", model_type="SparseEncoder"
    )
    with pytest.raises(EncoderError, match="does not produce one vector per text"):
        encoder.encode(["time"], model=str(folder))
