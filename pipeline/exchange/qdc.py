"""Exports a codebook as REFI-QDA codebook (.qdc), which most programs for qualitative analysis can open."""

import pandas as pd

from pipeline.corpus import refi
from pipeline.deductive.codebook import Codebook
from pipeline.exchange import code_tree, markup

NO_CODINGS = pd.DataFrame({"code": [], "parent_code": []})


def codebook(book: Codebook, *, study_name: str) -> bytes:
    """Return the codebook file: codes below their parents, with color and description.

    The format has no empty codebook, so one without codes is written without the list.
    """
    trees = code_tree.codes(book, NO_CODINGS, study_name=study_name).trees
    attributes = {"xmlns": refi.CODEBOOK, "origin": refi.ORIGIN}
    inside = markup.some("Codes", [node.xml() for node in trees])
    return (markup.HEAD + markup.element("CodeBook", attributes, inside)).encode()
