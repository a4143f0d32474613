"""BERT sentence encoders (MiniLM, BGE, E5 and similar) as ONNX graphs, built here from safetensors weights.

Each text is computed by itself on one thread, without padding, so its vector depends on the text alone, to the byte,
whatever other texts are in the run and however many processors there are. To keep this fast, a block of texts passes
through one layer before the next, so that the layer's weights stay in the processor's cache.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.core import parallel
from pipeline.core.terms import Precision
from pipeline.vectors import model_files

Floats = npt.NDArray[np.float32]

# Modules of a sentence-transformers model that are supported here.
TRANSFORMER, POOLING, NORMALIZE = "Transformer", "Pooling", "Normalize"
# Settings of a standard BERT module; models with other settings are run by the library.
SETTINGS = "sentence_bert_config.json"
PLAIN_SETTINGS: dict[str, Any] = {
    "do_lower_case": False,
    "transformer_task": "feature-extraction",
    "modality_config": {"text": {"method": "forward", "method_output_name": "last_hidden_state"}},
    "module_output_name": "token_embeddings",
}
# Operator domain of ONNX Runtime.
CONTRIB = "com.microsoft"
# Number of texts that pass through a layer before the next.
BLOCK = 32


class Bert:
    """A loaded encoder: at most `window` word pieces per text, vectors of `width` numbers."""

    def __init__(self, folder: Path, *, precision: Precision) -> None:
        """Load tokenizer and weights from a folder accepted by `supports`, and compile the graph.

        Raises ValueError if a file is damaged.
        """
        from safetensors.numpy import load_file

        config = model_files.read_json(folder / "config.json")
        weights = {name.removeprefix("bert."): w for name, w in load_file(folder / "model.safetensors").items()}
        weights = {name: w.astype(np.float32, copy=False) for name, w in weights.items() if w.dtype.kind == "f"}
        self.width = int(config["hidden_size"])
        self.window = window(folder)
        self._tokenizer = model_files.tokenizer(folder)
        self._words = weights["embeddings.word_embeddings.weight"]
        # Every text is a single sequence, so its token type is always the first.
        types = weights["embeddings.token_type_embeddings.weight"][:1]
        self._places = weights["embeddings.position_embeddings.weight"] + types
        self._pools_first = model_files.pooling(folder) == "cls"
        self._steps = [_session(_embedding_norm(weights, config))]
        for layer in range(int(config["num_hidden_layers"])):
            prefix = f"encoder.layer.{layer}."
            own = {name.removeprefix(prefix): w for name, w in weights.items() if name.startswith(prefix)}
            self._steps.append(_session(_layer(own, config, precision=precision)))

    def pieces(self, texts: list[str]) -> list[int]:
        """Return the number of word pieces of each text, including the special ones, without truncation."""
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch(texts)]

    def vectors(self, texts: list[str], advance: Callable[[int], object]) -> Floats:
        """Return vectors of shape (n, width) for texts within the window; call `advance` with the number done."""
        if not texts:
            return np.empty((0, self.width), dtype=np.float32)

        def block(first: int) -> Floats:
            found = self._block(texts[first : first + BLOCK])
            advance(len(found))
            return found

        with ThreadPoolExecutor(max_workers=parallel.processors()) as workers:
            return np.concatenate(list(workers.map(block, range(0, len(texts), BLOCK))))

    def _block(self, texts: list[str]) -> Floats:
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
        hidden = [self._words[row] + self._places[: len(row)] for row in ids]
        for step in self._steps:
            hidden = [step.run(None, {"x": x})[0] for x in hidden]
        return np.stack([x[0] if self._pools_first else x.mean(axis=0, dtype=np.float32) for x in hidden])


def supports(folder: Path) -> bool:
    """Return whether this module computes the model exactly as sentence-transformers does."""
    needed = ("config.json", "modules.json", "tokenizer.json", "model.safetensors")
    return (
        all((folder / name).is_file() for name in needed)
        and not (folder / "adapter_config.json").exists()
        and model_files.kinds(folder) in ([TRANSFORMER, POOLING], [TRANSFORMER, POOLING, NORMALIZE])
        and model_files.modules(folder)[0][1] == folder
        and model_files.pooling(folder) in ("mean", "cls")
        and model_files.pools_all(folder)
        and model_files.is_plain(folder)
        and [file.name for file in folder.glob("sentence_*_config.json")] in ([], [SETTINGS])
        and _is_plain(model_files.read_json(folder / "config.json"))
        and model_files.read_json(folder / SETTINGS).items() <= {**PLAIN_SETTINGS, **_length(folder)}.items()
        and _splits_alike(folder)
    )


def _is_plain(config: dict[str, Any]) -> bool:
    """Return whether a transformer is BERT as published, without components that this module omits."""
    return (
        config.get("model_type") == "bert"
        and config.get("hidden_act") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and config.get("dtype", config.get("torch_dtype")) != "bfloat16"
        and not any(config.get(name) for name in ("is_decoder", "add_cross_attention", "pruned_heads"))
        and "quantization_config" not in config
    )


def _splits_alike(folder: Path) -> bool:
    """Return whether tokenizer.json splits words as transformers does.

    That library rebuilds BERT tokenizers from tokenizer_config.json.
    """
    normalizer = model_files.read_json(folder / "tokenizer.json").get("normalizer") or {}
    if normalizer.get("type") != "BertNormalizer":
        return True
    wanted = model_files.read_json(folder / "tokenizer_config.json")
    return (
        bool(normalizer.get("clean_text", True))
        and normalizer.get("lowercase", True) == wanted.get("do_lower_case", True)
        and normalizer.get("strip_accents") == wanted.get("strip_accents")
        and normalizer.get("handle_chinese_chars", True) == wanted.get("tokenize_chinese_chars", True)
    )


def _length(folder: Path) -> dict[str, Any]:
    """Return the maximum number of word pieces in the model's own settings, if any."""
    settings = model_files.read_json(folder / SETTINGS)
    return {"max_seq_length": settings["max_seq_length"]} if "max_seq_length" in settings else {}


def window(folder: Path) -> int:
    """Return the most word pieces of a text: from the model's settings or its tokenizer, limited by its positions."""
    longest = int(model_files.read_json(folder / "config.json")["max_position_embeddings"])
    of_tokenizer = model_files.read_json(folder / "tokenizer_config.json").get("model_max_length") or longest
    return min(int(_length(folder).get("max_seq_length") or of_tokenizer), longest)


def _session(model: bytes) -> Any:
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _embedding_norm(weights: dict[str, Floats], config: dict[str, Any]) -> bytes:
    """Return the layer norm applied to the sum of a text's embeddings."""
    build = Builder(weights, epsilon=float(config["layer_norm_eps"]))
    return build.model(build.norm("x", "embeddings.LayerNorm"), width=int(config["hidden_size"]))


def _layer(weights: dict[str, Floats], config: dict[str, Any], *, precision: Precision) -> bytes:
    """Return one transformer layer for the word pieces of one text (pieces, width): Devlin et al. 2019, BERT."""
    build = Builder(weights, epsilon=float(config["layer_norm_eps"]), precision=precision)
    width, heads = int(config["hidden_size"]), int(config["num_attention_heads"])
    one_text = build.constant("one_text", np.array([1, -1, width]))
    rows = build.constant("rows", np.array([-1, width]))
    parts = [build.linear("x", f"attention.self.{part}") for part in ("query", "key", "value")]
    parts = [build.node("Reshape", part, one_text) for part in parts]
    attended = build.node("MultiHeadAttention", *parts, domain=CONTRIB, num_heads=heads)
    attended = build.linear(build.node("Reshape", attended, rows), "attention.output.dense")
    middle = build.norm(build.node("Add", attended, "x"), "attention.output.LayerNorm")
    grown = build.node("Gelu", build.linear(middle, "intermediate.dense"), domain=CONTRIB)
    last = build.node("Add", build.linear(grown, "output.dense"), middle)
    return build.model(build.norm(last, "output.LayerNorm"), width=width)


class Builder:
    """Collects the operators and constants of a graph; its input is named x."""

    def __init__(self, weights: dict[str, Floats], *, epsilon: float, precision: Precision = "float32") -> None:
        """Start empty. `epsilon`: of the layer norms; `precision`: of the matrix products."""
        self.weights = weights
        self.epsilon = epsilon
        self.precision = precision
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: npt.NDArray[Any]) -> str:
        """Add a tensor to the graph; return its name."""
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add an operator to the graph; return the name of its output."""
        from onnx import helper

        output = f"{kind}.{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def norm(self, source: str, name: str) -> str:
        """Add a layer norm with its weight and bias; return the name of its output."""
        named = [self.constant(f"{name}.{part}", self.weights[f"{name}.{part}"]) for part in ("weight", "bias")]
        return self.node("LayerNormalization", source, *named, axis=-1, epsilon=self.epsilon)

    def linear(self, source: str, name: str) -> str:
        """Add a product with a weight (out, in), and its bias; return the name of its output.

        int8: weights are quantised per output, symmetrically; inputs per text, dynamically.
        """
        weight, bias = self.weights[f"{name}.weight"], self.constant(f"{name}.bias", self.weights[f"{name}.bias"])
        if self.precision == "float32":
            return self.node("Gemm", source, self.constant(name, weight.T), bias)
        scale = np.maximum(np.abs(weight).max(axis=1), np.finfo(np.float32).tiny) / np.float32(127)
        rounded = self.constant(name, np.rint(weight / scale[:, None]).astype(np.int8).T)
        scales = self.constant(f"{name}.scale", scale)
        return self.node("DynamicQuantizeMatMul", source, rounded, scales, "", bias, domain=CONTRIB)

    def model(self, output: str, *, width: int) -> bytes:
        """Return the serialised graph: from x (pieces, width) to an output of the same shape."""
        from onnx import TensorProto, helper

        ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["pieces", width]) for name in ("x", output)]
        graph = helper.make_graph(self.nodes, "bert", ends[:1], ends[1:], self.constants)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(CONTRIB, 1)]
        return bytes(helper.make_model(graph, opset_imports=opsets, ir_version=9).SerializeToString())
