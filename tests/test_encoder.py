"""Texts become vectors that depend on the text alone; the cache saves work and holds nothing of a text that has gone."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import small_models
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.vectors import encoder, onnx_bert
from pipeline.vectors.encoder import EncoderError

TALK = [f"{'so they told me ' * (i % 4)}number {i}" for i in range(30)]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return str(small_models.bert(tmp_path_factory.mktemp("bert")))


@pytest.fixture(scope="module")
def unknown(tmp_path_factory):
    """A model that is no plain BERT, so that sentence-transformers runs it."""
    return str(small_models.bert(tmp_path_factory.mktemp("max"), pooling="max"))


@pytest.fixture(scope="module")
def loaded(model):
    return onnx_bert.Bert(Path(model), precision="float32")


@pytest.fixture
def computed(monkeypatch):
    """The texts that were really computed, in a list that fills as the encoder runs."""
    texts = []
    vectors = onnx_bert.Bert.vectors

    def noting(self, given, advance):
        texts.extend(given)
        return vectors(self, given, advance)

    monkeypatch.setattr(onnx_bert.Bert, "vectors", noting)
    return texts


def test_vectors_are_float32_of_unit_length_in_the_texts_order(model):
    vectors = encoder.encode(TALK, model=model)
    assert (vectors.dtype, vectors.shape) == (np.float32, (30, 32))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert (encoder.encode(TALK[::-1], model=model)[::-1] == vectors).all()


def test_no_texts_give_no_vectors_of_the_models_width(model, unknown):
    assert encoder.encode([], model=model).shape == (0, 32)
    assert encoder.encode([], model=unknown).shape == (0, 32)


@settings(max_examples=20, deadline=None)
@given(texts=st.lists(st.text(max_size=60), min_size=1, max_size=8), data=st.data())
def test_any_texts_in_any_order_and_company_give_the_same_bytes(model, texts, data):
    vectors = encoder.encode(texts, model=model)
    assert np.isfinite(vectors).all()
    order = data.draw(st.permutations(range(len(texts))))
    kept = order[: data.draw(st.integers(1, len(texts)))]
    again = encoder.encode([texts[i] for i in kept] + ["one more"], model=model)
    assert (again[:-1] == vectors[kept]).all()


def test_a_text_said_twice_is_computed_once(model, computed):
    vectors = encoder.encode(["yes", "no", "yes"], model=model)
    assert sorted(computed) == ["no", "yes"]
    assert (vectors[0] == vectors[2]).all() and (vectors[0] != vectors[1]).any()


def test_long_texts_are_cut_at_spaces_into_parts_that_fit_and_nothing_is_lost(model, computed, loaded):
    words = [f"word{i}" for i in range(60)]
    encoder.encode([" ".join(words)], model=model)
    assert len(computed) > 3 and max(loaded.pieces(computed)) <= loaded.window
    assert sorted(" ".join(computed).split()) == sorted(words)


def test_a_long_texts_vector_is_its_parts_mean_weighted_by_word_pieces(model, loaded):
    text = "yes " * 12 + "never " * 12
    parts = encoder._split(text, loaded)
    assert "".join(parts) == text and len(parts) == 2
    expected = sum(n * v for n, v in zip(loaded.pieces(parts), encoder.encode(parts, model=model), strict=True))
    expected /= np.linalg.norm(expected)
    np.testing.assert_allclose(encoder.encode([text], model=model)[0], expected, atol=1e-6)


def test_the_end_of_a_long_text_counts(model):
    start = "we began in the spring " * 10
    one, other = encoder.encode([start + "and it failed", start + "and it worked"], model=model)
    assert (one != other).any()


@settings(max_examples=30, deadline=None)
@given(st.text(alphabet="ab \n谢", min_size=1, max_size=400))
def test_any_long_text_is_cut_into_parts_that_fit_and_join_again(loaded, text):
    parts = encoder._split(text, loaded)
    assert "".join(parts) == text
    assert max(loaded.pieces(parts)) <= loaded.window


def test_the_cache_gives_the_same_bytes_and_loads_no_model(model, tmp_path, monkeypatch):
    cache = tmp_path / ".cache" / "v.parquet"
    vectors = encoder.encode(TALK, model=model, cache=cache)
    before = cache.read_bytes()
    monkeypatch.setattr(onnx_bert.Bert, "__init__", None)
    assert (encoder.encode(TALK[::-1], model=model, cache=cache)[::-1] == vectors).all()
    assert cache.read_bytes() == before


def test_one_text_more_computes_one_text(model, tmp_path, computed):
    cache = tmp_path / "v.parquet"
    before = encoder.encode(TALK, model=model, cache=cache)
    computed.clear()
    after = encoder.encode([*TALK, "one more"], model=model, cache=cache)
    assert computed == ["one more"]
    assert (after[:-1] == before).all()


def test_a_text_that_has_gone_leaves_nothing_in_the_cache(model, tmp_path):
    cache, never = tmp_path / "a" / "v.parquet", tmp_path / "b" / "v.parquet"
    encoder.encode(TALK, model=model, cache=cache)
    encoder.encode(TALK[:20], model=model, cache=cache)
    encoder.encode(TALK[:20], model=model, cache=never)
    assert cache.read_bytes() == never.read_bytes()
    assert pq.read_table(cache).num_rows == 20
    assert [place.name for place in cache.parent.iterdir()] == ["v.parquet"]


def test_when_the_last_text_has_gone_so_has_the_cache(model, tmp_path):
    cache = tmp_path / "v.parquet"
    encoder.encode(TALK, model=model, cache=cache)
    encoder.encode([], model=model, cache=cache)
    assert not cache.exists()


def test_the_cache_holds_no_text(model, tmp_path):
    cache = tmp_path / "v.parquet"
    encoder.encode(["Margaret told nobody"], model=model, cache=cache)
    assert b"Margaret" not in cache.read_bytes()
    assert pq.read_table(cache).column_names == ["key", "vector"]


def test_the_caches_bytes_do_not_depend_on_how_it_came_about(model, tmp_path):
    one, other = tmp_path / "a.parquet", tmp_path / "b.parquet"
    encoder.encode(TALK, model=model, cache=one)
    for n in (3, 17, 30):
        encoder.encode(TALK[:n][::-1], model=model, cache=other)
    assert one.read_bytes() == other.read_bytes()


def test_another_model_or_precision_does_not_take_the_caches_vectors(model, tmp_path):
    cache = tmp_path / "v.parquet"
    encoder.encode(TALK, model=model, cache=cache)
    for changed in ({"model": str(small_models.bert(tmp_path / "other", layer_norm_eps=0.1))}, {"precision": "int8"}):
        options = {"model": model} | changed
        assert (encoder.encode(TALK, **options, cache=cache) == encoder.encode(TALK, **options)).all()


@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b[: len(b) // 2], lambda b: b"not parquet at all"])
def test_a_damaged_cache_is_noted_and_made_anew(model, tmp_path, capsys, damage):
    cache = tmp_path / "v.parquet"
    vectors = encoder.encode(TALK, model=model, cache=cache)
    whole = cache.read_bytes()
    cache.write_bytes(damage(whole))
    assert (encoder.encode(TALK, model=model, cache=cache) == vectors).all()
    assert "cannot be read" in capsys.readouterr().err
    assert cache.read_bytes() == whole


def test_a_flipped_bit_among_the_vectors_is_noticed(model, tmp_path, capsys):
    cache = tmp_path / "v.parquet"
    vectors = encoder.encode(TALK, model=model, cache=cache)
    raw = cache.read_bytes()
    at = raw.index(vectors[0].tobytes()) + 40
    cache.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
    assert (encoder.encode(TALK, model=model, cache=cache) == vectors).all()
    assert "cannot be read" in capsys.readouterr().err


def test_a_stopped_run_keeps_what_it_wrote_and_a_killed_ones_remains_are_cleared(
    model, tmp_path, monkeypatch, computed
):
    cache = tmp_path / "v.parquet"
    monkeypatch.setattr(encoder, "PART", 10)
    whole, calls = encoder._write, []

    def stopping(*arguments):
        calls.append(1)
        if len(calls) == 3:
            (tmp_path / ".v.parquet.77.new").write_bytes(b"half")
            raise KeyboardInterrupt
        whole(*arguments)

    monkeypatch.setattr(encoder, "_write", stopping)
    with pytest.raises(KeyboardInterrupt):
        encoder.encode(TALK, model=model, cache=cache)
    monkeypatch.setattr(encoder, "_write", whole)
    computed.clear()
    vectors = encoder.encode(TALK, model=model, cache=cache)
    assert len(computed) == 10
    assert (vectors == encoder.encode(TALK, model=model)).all()
    assert [place.name for place in tmp_path.iterdir()] == ["v.parquet"]


def test_a_write_that_fails_leaves_the_old_cache_and_no_remains(model, tmp_path, monkeypatch):
    cache = tmp_path / "v.parquet"
    encoder.encode(TALK[:5], model=model, cache=cache)
    before = cache.read_bytes()

    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(encoder.pq, "write_table", full)
    with pytest.raises(OSError, match="No space"):
        encoder.encode(TALK, model=model, cache=cache)
    assert cache.read_bytes() == before
    assert [place.name for place in tmp_path.iterdir()] == ["v.parquet"]


def test_other_models_are_run_by_the_library_and_are_as_independent(unknown):
    vectors = encoder.encode(TALK, model=unknown)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert (encoder.encode([*TALK[7::-3], "one more"], model=unknown)[:-1] == vectors[7::-3]).all()


def test_other_models_long_texts_are_cut_too(unknown):
    start = "we began in the spring " * 10
    one, other = encoder.encode([start + "and it failed", start + "and it worked"], model=unknown)
    assert (one != other).any()


def test_blocks_of_a_gpus_shape_are_as_independent(unknown):
    loaded = encoder.Library(Path(unknown), "cpu", 1)
    loaded._rows = 4
    told = loaded.vectors(TALK, lambda n: None)
    few = loaded.vectors(TALK[4:11], lambda n: None)
    assert (few == told[4:11]).all()
    said = []
    loaded.vectors(TALK, said.append)
    assert sum(said) == len(TALK)


def test_auto_without_a_gpu_is_the_processor(model, monkeypatch):
    monkeypatch.setattr(encoder, "_has_gpu", lambda: False)
    assert (encoder.encode(TALK, model=model, device="auto") == encoder.encode(TALK, model=model)).all()


def test_auto_with_a_gpu_uses_it(model, monkeypatch):
    places = []

    class Fake:
        window, width = 99, 2

        def __init__(self, folder, place, batch_size):
            places.append((place, batch_size))

        def pieces(self, texts):
            return [1] * len(texts)

        def vectors(self, texts, advance):
            return np.ones((len(texts), 2), dtype=np.float32)

    monkeypatch.setattr(encoder, "_has_gpu", lambda: True)
    monkeypatch.setattr(encoder, "Library", Fake)
    encoder.encode(["a"], model=model, device="auto", batch_size=7)
    assert places == [("cuda", 7)]
    with pytest.raises(EncoderError, match="on the CPU"):
        encoder.encode(["a"], model=model, device="auto", precision="int8")


def test_int8_is_refused_in_words_where_it_is_not_known(unknown):
    with pytest.raises(EncoderError, match=r"embed\.precision: int8 requires a BERT model"):
        encoder.encode(["a"], model=unknown, precision="int8")


def test_a_model_the_library_cannot_load_is_said_in_words(tmp_path):
    folder = small_models.bert(tmp_path, pooling="max")
    (folder / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(EncoderError, match=r"cannot be loaded.*embed\.model"):
        encoder.encode(["a"], model=str(folder))


def test_damaged_weights_are_said_in_words(tmp_path):
    folder = small_models.bert(tmp_path)
    (folder / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(EncoderError, match=r"cannot be loaded.*embed\.model"):
        encoder.encode(["a"], model=str(folder))


def test_weights_that_are_no_numbers_are_said_in_words(tmp_path):
    from safetensors.numpy import load_file, save_file

    folder = small_models.bert(tmp_path)
    weights = load_file(folder / "model.safetensors")
    weights["encoder.layer.1.output.dense.bias"][:] = np.nan
    save_file(weights, folder / "model.safetensors")
    with pytest.raises(EncoderError, match="invalid vectors"):
        encoder.encode(["a"], model=str(folder))


def test_a_vector_of_zeros_stays_finite():
    assert (encoder._mean([(1, np.zeros(3, dtype=np.float32))]) == 0).all()


def test_minilm_needs_neither_torch_nor_sentence_transformers_nor_the_network():
    script = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise SystemExit('a socket was opened')\n"
        "socket.socket.connect = refuse; socket.getaddrinfo = refuse\n"
        "from pipeline.vectors import encoder\n"
        "print(encoder.encode(['We had no time.'], model='all-MiniLM-L6-v2').shape)\n"
        "print([name for name in ('torch', 'transformers', 'sentence_transformers') if name in sys.modules])\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "TRANSFORMERS_"))}
    ran = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert ran.stdout.split("\n")[:2] == ["(1, 384)", "[]"], ran.stderr


def test_two_processes_give_the_same_bytes(model):
    script = "import sys; from pipeline.vectors import encoder; e = encoder.encode(['a b', 'c'], model=sys.argv[1]); print(e.tobytes().hex())"
    ran = subprocess.run([sys.executable, "-c", script, model], capture_output=True, text=True)
    assert ran.stdout.strip() == encoder.encode(["a b", "c"], model=model).tobytes().hex(), ran.stderr
