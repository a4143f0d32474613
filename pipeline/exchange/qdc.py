"""A codebook as a REFI-QDA codebook file (.qdc), which most programs for qualitative analysis open."""

import pandas as pd

from pipeline.corpus import refi
from pipeline.deductive.codebook import Codebook
from pipeline.exchange import code_tree, markup

NO_CODINGS = pd.DataFrame({"code": [], "parent_code": []})


def codebook(book: Codebook, *, study: str) -> bytes:
    """The file's bytes; codes stand below their parents, with color and with all that is said of them as description.

    The format has no empty codebook: one of no codes is written without its list.
    """
    trees = code_tree.codes(book, NO_CODINGS, study=study).trees
    attributes = {"xmlns": refi.CODEBOOK, "origin": refi.ORIGIN}
    inside = markup.some("Codes", [node.xml() for node in trees])
    return (markup.HEAD + markup.element("CodeBook", attributes, inside)).encode()
