"""BERTopic with every component set explicitly: fit it on given groups, save the model, write its card.

BERTopic receives the vectors and the groups; it counts terms, weights them (c-TF-IDF) and stores the model. Its default
clustering (unseeded UMAP, HDBSCAN on a few hundred points) is unreliable for studies of this size and is not used.
"""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from pipeline.core import safe_removal
from pipeline.core.contracts import MODEL_FILES
from pipeline.inductive import labels

if TYPE_CHECKING:
    from bertopic import BERTopic


class Given:
    """A precomputed clustering with the interface BERTopic requires of a clusterer."""

    def __init__(self, groups: np.ndarray) -> None:
        """Store the group of each row; `groups`: (n,), -1 for none."""
        self.labels_ = groups.astype(np.int64)

    def fit(self, X: np.ndarray, y: np.ndarray | None = None) -> "Given":
        """Return self; the groups are already known."""
        return self


def fit(
    texts: Sequence[str], vectors: np.ndarray, groups: np.ndarray, terms: Sequence[str]
) -> tuple["BERTopic", np.ndarray]:
    """Fit BERTopic on precomputed groups; return it and the c-TF-IDF weights, (groups, terms).

    `texts`, `vectors` (n, d) and `groups` (n,) have aligned rows; groups are numbered from 0 without gaps, -1 for none.
    `terms` must not be empty, and each must occur in the texts.
    """
    from bertopic import BERTopic
    from bertopic.backend import BaseEmbedder
    from bertopic.dimensionality import BaseDimensionalityReduction
    from bertopic.vectorizers import ClassTfidfTransformer

    model = BERTopic(
        embedding_model=BaseEmbedder(),
        umap_model=BaseDimensionalityReduction(),
        hdbscan_model=Given(groups),
        vectorizer_model=labels.vectorizer(terms),
        ctfidf_model=ClassTfidfTransformer(reduce_frequent_words=True),
        representation_model=None,
        calculate_probabilities=False,
        verbose=False,
    )
    _quiet()
    model.fit(list(texts), embeddings=np.asarray(vectors, dtype=np.float64))
    number = numbers(model, groups)
    rows = np.asarray(model.c_tf_idf_.todense())[[number[group] + model._outliers for group in sorted(number)]]
    return model, rows


def _quiet() -> None:
    """Silence BERTopic's warning about a missing embedding model; ours is named in params.yaml."""
    logging.getLogger("BERTopic").setLevel(logging.ERROR)


def weights(counts: sparse.csr_matrix, groups: np.ndarray) -> np.ndarray:
    """Return c-TF-IDF weights, (groups, terms).

    `counts`: counts, (segments, terms); `groups`: (segments,), numbered from 0, -1 for none. Terms that occur in no
    group get weight 0, because c-TF-IDF divides by their frequency.
    """
    from bertopic.vectorizers import ClassTfidfTransformer

    inside = np.flatnonzero(groups >= 0)
    member = sparse.csr_matrix(
        (np.ones(len(inside), dtype=np.int64), (groups[inside], inside)), (groups.max() + 1, len(groups))
    )
    group_counts = sparse.csr_matrix(member @ counts)
    somewhere = np.flatnonzero(np.asarray(group_counts.sum(axis=0)).ravel())
    of_groups = group_counts[:, somewhere]
    weighted = np.zeros(group_counts.shape)
    if not len(somewhere):
        return weighted
    transformer = ClassTfidfTransformer(reduce_frequent_words=True).fit(of_groups)
    weighted[:, somewhere] = transformer.transform(of_groups).toarray()
    return weighted


def numbers(model: "BERTopic", groups: np.ndarray) -> dict[int, int]:
    """Map each group to BERTopic's number for it; BERTopic renumbers groups by size."""
    topics = np.asarray(model.topics_)
    return {int(group): int(topics[np.flatnonzero(groups == group)[0]]) for group in np.unique(groups[groups >= 0])}


def name(
    model: "BERTopic", groups: np.ndarray, *, theme_labels: Sequence[str], keywords: Sequence[Sequence[str]]
) -> None:
    """Set the report's labels and keywords on the model."""
    number = numbers(model, groups)
    model.set_topic_labels({number[group]: theme_labels[group] for group in number})
    for group, topic in number.items():
        weights = dict(model.topic_representations_[topic])
        model.topic_representations_[topic] = [(word, float(weights.get(word, 0.0))) for word in keywords[group]]


def save(model: "BERTopic | None", folder: Path, *, card: str) -> None:
    """Write the model (safetensors and JSON, no pickle) and its card, replacing earlier ones.

    Other files in the folder are kept. If `model` is None (too few segments), its files are written empty, because DVC
    expects them. The same model gives the same bytes. Raises NotOursError if the folder is a symbolic link.
    """
    safe_removal.clear(folder, MODEL_FILES)
    folder.mkdir(parents=True, exist_ok=True)
    if model is None:
        for name in MODEL_FILES:
            (folder / name).touch()
    else:
        _quiet()
        model.save(str(folder), serialization="safetensors", save_ctfidf=True, save_embedding_model=False)
        for file in (folder / name for name in MODEL_FILES if name.endswith(".json")):
            content = json.loads(file.read_text(encoding="utf-8"))
            text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
            file.write_text(text + "\n", encoding="utf-8", newline="\n")
    (folder / "MODEL_CARD.md").write_text(card, encoding="utf-8", newline="\n")


def _about(record: Mapping[str, Any]) -> str:
    """Describe how the groups were found and what BERTopic did."""
    if not record.get("divided"):
        return "There were too few segments to cluster, so all of them form one group."
    groups = (
        "Each theme is a group of segments that stayed together across repeated clusterings (see pipeline/inductive)"
    )
    if not record.get("words"):
        return f"{groups}. No term could label the themes, so there is no model."
    return f"{groups}. BERTopic weighted their terms (c-TF-IDF) and stores the model; it did not form the groups."


def card(
    *,
    record: Mapping[str, Any],
    segment_ids: Sequence[str],
    groups: np.ndarray,
    theme_labels: Sequence[str],
    note: str,
    decided: str = "",
) -> str:
    """Return the model card as Markdown: what the model is, its input (as a hash), the method and its limits.

    `record`: what the stage did; `theme_labels`: the label of each theme; `note`: problems, in words; `decided`: what
    people decided about the candidates, in words. The card contains labels and counts, and no sentence from a
    transcript.
    """
    digest = hashlib.sha256("\n".join(segment_ids).encode()).hexdigest()
    lines = [
        "# Candidate themes of one study",
        "",
        _about(record),
        "Its themes are candidates for researchers to read, accept, change or reject. They are not findings.",
        "",
        f"- Segments: {len(segment_ids)} (sha256 of their ids: {digest})",
        f"- Themes: {len(theme_labels)}; unassigned segments: {int((groups < 0).sum())}",
        *([f"- {decided}."] if decided else []),
        "- It contains the words and phrases that label its themes, and no sentence by any participant.",
        "- The words come from participants' talk: treat the model as confidential, like the transcripts.",
        "- It was fitted to this study only. Do not use it to classify other texts.",
        *([f"- {note}"] if note else []),
        "",
        "## Method",
        "",
        *(f"- {key}: {value}" for key, value in record.items()),
        "",
        "## Themes",
        "",
        *(
            f"{place}. {label}: {int((groups == place - 1).sum())} segments"
            for place, label in enumerate(theme_labels, start=1)
        ),
    ]
    return "\n".join(lines) + "\n"
