"""Segments to vectors: every segment, the interviewer's too, so that a question can be compared with its answers."""

from collections.abc import Callable

import pandas as pd

from pipeline import encoder, stage, store
from pipeline.bert import Floats


def embeddings(segments: pd.DataFrame, *, encode: Callable[[list[str]], Floats]) -> pd.DataFrame:
    """The embeddings table: a unit vector for each segment, joined by segment_id, in the segments' order."""
    vectors = encode(segments["text"].tolist())
    return pd.DataFrame({"segment_id": segments["segment_id"].to_numpy(), "vector": list(vectors)})


def main() -> None:
    """Embed the study's segments; vectors of texts that were embedded before come from the study's side cache."""
    with stage.opened("embed") as params:
        cache = params.folder / ".cache" / "vectors.parquet"
        table = embeddings(
            store.read(params.folder, "segments"),
            encode=lambda texts: encoder.encode(texts, **params.embed.model_dump(), cache=cache, progress=True),
        )
        store.write(params.folder, "embeddings", table)


if __name__ == "__main__":
    main()
