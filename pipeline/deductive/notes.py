"""What readers of the mapping should know of the codebook and the codings."""

from collections.abc import Sequence

import pandas as pd

from pipeline.core import coders, prose
from pipeline.core.terms import Uncoded
from pipeline.deductive import coded
from pipeline.deductive.codebook import Codebook

# Means of benchmarks/mapping.py over the three sets whose codes have definitions, at the level of codes.
WHAT_HELPS = (
    "In tests on three human-coded studies, definitions raised the agreement with coders from kappa 0.14 to 0.15 on "
    "average over codes, and three coded documents from 0.16 to 0.32 over all codes. Add definitions, or code a few "
    "documents."
)


def notes(book: Codebook, codings: pd.DataFrame, *, codes: coded.Tree, uncoded: Uncoded) -> list[str]:
    """Return messages about the codebook and codings for readers of the mapping."""
    messages = []
    if not len(book):
        messages.append(
            "The codebook has no codes, so nothing was mapped from its words. Write codebook.yaml, or "
            "start from a framework in data/codebooks."
        )
    if len(book) == 1:
        messages.append(
            f"The codebook has only one code, '{book.names[0]}'. With no other code to compare "
            "against, it is assigned by similarity alone. Add the related codes."
        )
    bare = [code.name for code in book.codes if code.codable and not code.is_described]
    if bare:
        messages.append(
            f"{len(bare)} of {prose.count(len(book), 'code')} {'has' if len(bare) == 1 else 'have'} no "
            f"definition, inclusion criteria or example: {listed(bare)}. Their names alone hardly tell coded talk "
            f"from other talk. {WHAT_HELPS}"
        )
    if codes.missing and len(book):
        messages.append(
            f"Codes used by coders but missing from the codebook: {listed(codes.missing)}. They were "
            "learned from the coded passages alone. Add them to codebook.yaml, or correct their spelling "
            "in the human codes."
        )
    used = set(codings["code"])
    if uncoded == "unknown" and used and coders.NO_CODE not in used:
        messages.append(
            "Uncoded passages are not treated as negatives (`uncoded: unknown` in params.yaml), and no "
            f"passage is marked '{coders.NO_CODE}'. Without examples that fit no code, the mapping assigns "
            f"codes more freely than people do. Mark some passages '{coders.NO_CODE}', as blind sheets do."
        )
    rare = codings.groupby("code").size()
    once = sorted(str(name) for name in rare[rare == 1].index if name in used and name != coders.NO_CODE)
    if once:
        messages.append(f"Codes used only once, from which little can be learned: {listed(once)}.")
    return messages


def listed(names: Sequence[str], most: int = 12) -> str:
    """Return names in quotation marks, the first ones of a long list."""
    shown = ", ".join(f"'{name}'" for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
