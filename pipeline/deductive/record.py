"""Records how segments were mapped: methods, amount of data, settings, and passages per code."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core import coders
from pipeline.core.params import MapCodes
from pipeline.core.stage_record import Record, library
from pipeline.core.terms import Uncoded
from pipeline.deductive.codebook import Codebook
from pipeline.deductive.coded import Tree, Truth
from pipeline.deductive.mapping import Mapped, Material
from pipeline.deductive.mapping_few import EVERYTHING, FOLDS_TO_CALIBRATE


def record(
    tables: Mapping[str, pd.DataFrame],
    results: Sequence[Mapped],
    material: Material | None,
    truth: Truth,
    *,
    book: Codebook,
    codes: Tree,
    options: MapCodes,
    uncoded: Uncoded,
    seed: int,
) -> Record:
    """Return the stage's record. `tables`: its tables; `results`: results per method; `truth`: human codes."""
    methods = [result.method for result in results]
    made = Record(
        segments=len(truth.seen),
        codes=len(book),
        described=sum(code.is_described for code in book.codes),
        beyond=len(codes.missing),
        coded=int(truth.direct.any(axis=1).sum()),
        min_passages=options.min_passages,
        methods=methods,
        primary=coders.primary(methods),
    )
    if material is None or not results:
        return made
    made |= {"context": options.context, "context_decay": options.context_decay}
    if "zero_shot" in methods:
        by_words = next(result for result in results if result.method == "zero_shot")
        assigned = round(float(by_words.accepted.sum() / max(len(by_words.accepted), 1)), 2)
        made |= {"codes_per_segment": options.codes_per_segment, "codes_assigned": assigned}
    if "few_shot" in methods:
        learned = next(result for result in results if result.method == "few_shot")
        made |= _learned(learned, material, truth, codes=codes, options=options)
        made |= {"uncoded": uncoded, "seed": seed}
    status = tables["segment_codes"]
    own = status[status["method"] == made["primary"]]["status"]
    made |= {
        "given": int((own == "accepted").sum()),
        "doubtful": int((own == "uncertain").sum()),
        "doubt": options.doubt,
        "valence": sorted(set(tables["valence"]["method"])) if "valence" in tables else [],
    }
    return made


def _learned(mapped: Mapped, material: Material, truth: Truth, *, codes: Tree, options: MapCodes) -> dict[str, Any]:
    """Return how few-shot mapping learned, and from how many passages of each code."""
    read = material.segments["document"].to_numpy()[truth.seen]
    passages = truth.rolled[truth.seen].sum(axis=0)
    folds = len(set(mapped.fold.tolist()) - {EVERYTHING})
    columns = material.learned_from[0].shape[1] - 3 * material.views.plain.shape[1]
    return {
        "read": int(truth.seen.sum()),
        "read_documents": int(np.unique(read).size),
        "folds": folds,
        "calibrated": folds >= FOLDS_TO_CALIBRATE,
        "vocabulary": columns,
        "coded_unit": options.coded_unit,
        "ridge": options.ridge,
        "text_weight": options.text_weight,
        "by_words": options.by_words,
        "aim": options.aim,
        "precision": options.precision,
        "promised": mapped.promised is not None and mapped.promised.holds,
        "passages": {
            name: int(n) for name, n in zip(codes.names, passages.tolist(), strict=True) if name in codes.given
        },
        "learning": library("scikit-learn"),
    }
