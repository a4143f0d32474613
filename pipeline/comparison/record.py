"""Record of the compare stage: units, coefficients and settings."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.comparison.units import Ratings
from pipeline.core.coders import CONSENSUS
from pipeline.core.params import Compare
from pipeline.core.stage_record import Record
from pipeline.core.terms import EVERYTHING, Uncoded

# The columns of tables that are coefficients, as far as any row has a value of them.
COEFFICIENTS = {
    "agreement": ("percent", "kappa", "alpha", "ac1", "pabak", "f1", "precision", "recall", "jaccard"),
    "agreement_of_all": ("percent", "alpha", "fleiss", "ac1"),
}


def record(
    tables: Mapping[str, pd.DataFrame],
    ratings_by_unit: Mapping[str, Ratings],
    settings: Compare,
    *,
    uncoded: Uncoded,
    seed: int,
    order: str,
    frame: Sequence[str],
) -> Record:
    """Return the stage's record.

    `ratings_by_unit`: the codes on each kind of unit; `order`: the kind of document order used for saturation; `frame`:
    the attributes of the sampling frame that the study's cases have.
    """
    any_unit = next(iter(ratings_by_unit.values()))
    people = [name for name, human in zip(any_unit.coders, any_unit.human, strict=True) if human and name != CONSENSUS]
    stage_record = Record(
        coders=len(people),
        consensus=CONSENSUS in any_unit.coders,
        methods=int((~any_unit.human).sum()),
        compared=len(tables["agreement"]),
    )
    if len(tables["agreement"]):
        stage_record |= {
            "units": list(ratings_by_unit),
            "uncoded": uncoded,
            "coefficients": _coefficients(tables),
            "intervals": [
                name
                for name, table in (("kappa", "agreement"), ("alpha", "agreement_of_all"))
                if tables[table]["low"].notna().any()
            ],
            "draws": settings.draws,
            "seed": seed,
            "min_documents": settings.min_documents,
            "min_units": settings.min_units,
        }
    measures = tables["theme_agreement"]
    stage_record |= {"themes": sorted(set(measures.loc[measures["value"].notna(), "measure"]))}
    stage_record |= {"theme_intervals": bool(measures["low"].notna().any())}
    # With too few documents, or none with codes in the base, nothing was assessed.
    assessed = tables["saturation_verdict"][tables["saturation_verdict"]["ratio"].notna()]
    if len(assessed):
        stage_record |= {
            "saturation": [settings.saturation_base, settings.saturation_run, settings.saturation_threshold],
            "order": order,
            "frame": list(frame) if (assessed["cell"] != EVERYTHING).any() else [],
        }
    return stage_record


def _coefficients(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    names_with_values = [
        name for table, names in COEFFICIENTS.items() for name in names if np.any(tables[table][name].notna())
    ]
    return list(dict.fromkeys(names_with_values))
