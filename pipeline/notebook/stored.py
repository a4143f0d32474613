"""Notebooks that are stored with outputs: of the sample study alone, and in step with the code that drew them."""

import hashlib
import json
from pathlib import Path
from typing import Any

# Only outputs of this study, which is invented, may be stored.
STUDY = "data/sample"
KEY = "counterpoint"
# What draws the pictures; the outputs are stale once one of these changes.
DRAWING = (
    "notebook/plots.py",
    "notebook/setup.py",
    "paper/canvas.py",
    "paper/figures.py",
    "reporting/summary_tables.py",
)
PACKAGE = Path(__file__).parent.parent


def code_digest(notebook: dict[str, Any]) -> str:
    """The sha256 of a notebook's code and of the modules that draw for it, whatever the line ends of the checkout."""
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    found = hashlib.sha256(json.dumps(cells).encode())
    for name in DRAWING:
        found.update((PACKAGE / name).read_bytes().replace(b"\r\n", b"\n"))
    return found.hexdigest()


def outputs_digest(notebook: dict[str, Any]) -> str:
    """The sha256 of a notebook's outputs."""
    outputs = [cell.get("outputs", []) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return hashlib.sha256(json.dumps(outputs, sort_keys=True).encode()).hexdigest()


def signed(notebook: dict[str, Any]) -> dict[str, str]:
    """What a notebook's metadata says of outputs that were made from the sample study."""
    return {"study": STUDY, "code": code_digest(notebook), "outputs": outputs_digest(notebook)}


def is_of_sample(text: bytes) -> bool:
    """Whether all outputs of a notebook are those that were stored from the sample study."""
    try:
        notebook = json.loads(text)
        said = notebook["metadata"].get(KEY, {})
        return bool(said.get("study") == STUDY and said.get("outputs") == outputs_digest(notebook))
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
