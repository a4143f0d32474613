"""Run every notebook on the sample study and store its outputs, without times and paths.

    python docs/run_notebooks.py

This needs a finished run of the sample study, and params.yaml as it ships.
"""

import json
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from pipeline.notebook import stored

ROOT = Path(__file__).parent.parent
# Pictures are shown; the same figure as plain text says only what object it is.
KEPT = ("image/png", "text/html", "text/plain", "text/markdown")


def run(file: Path) -> None:
    """Execute one notebook and write it back, with light outputs."""
    notebook = nbformat.read(file, as_version=4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(file.parent)}}).execute()
    for cell in notebook.cells:
        cell.pop("execution_count", None)
        cell.metadata = {}
        if cell.cell_type != "code":
            continue
        cell.execution_count = None
        for output in cell.outputs:
            output.pop("execution_count", None)
            if output.output_type == "execute_result":
                output.execution_count = None
            if "data" in output:
                data = {kind: value for kind, value in output.data.items() if kind in KEPT}
                if "image/png" in data:
                    data = {"image/png": data["image/png"]}
                output.data = data
    plain = json.loads(nbformat.writes(notebook))
    plain["metadata"] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    plain["metadata"][stored.KEY] = stored.signed(plain)
    file.write_text(
        json.dumps(plain, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8", newline="\n"
    )


if __name__ == "__main__":
    for file in sorted((ROOT / "notebooks").glob("*.ipynb")):
        run(file)
        print(f"ran {file.name}: {file.stat().st_size / 1024:.0f} kB")
