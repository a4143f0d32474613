"""`counterpoint notebooks`: runs notebooks on the study and writes each as a page, to read or to print as PDF."""

import re
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from pipeline.core import atomic_files, project_files, study_lock, study_template
from pipeline.core import params as settings
from pipeline.core.errors import CounterpointError
from pipeline.core.terms import Paper

NEEDED = ("nbformat", "nbclient", "nbconvert", "ipykernel")
SECONDS = 600
# Pages work without a network, and nothing in them needs a script.
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL | re.IGNORECASE)
# Tables as wide as the sheet, heads on each page, no line cut at the margin, no heading alone at the end of a page.
STYLE = """<style>
@page { size: SIZE; margin: 15mm; }
.jp-InputPrompt, .jp-OutputPrompt { display: none !important; }
.jp-OutputArea-output, .jp-RenderedHTMLCommon { overflow: visible !important; max-height: none !important; }
.jp-InputArea-editor pre, .jp-OutputArea-output pre { white-space: pre-wrap !important; overflow-wrap: anywhere; }
.jp-RenderedHTMLCommon table { max-width: 100%; }
.jp-RenderedHTMLCommon table.dataframe :is(td, th) {
  text-align: left !important; vertical-align: top; max-width: 32em !important;
}
.jp-RenderedHTMLCommon table.dataframe thead th { min-width: 4.2em; overflow-wrap: anywhere; hyphens: auto; }
@media print {
  body, .jp-Notebook { padding: 0 !important; margin: 0 !important; }
  .jp-RenderedHTMLCommon table { font-size: 7pt; }
  .jp-RenderedHTMLCommon table.dataframe :is(td, th) { padding: 2pt 3pt; }
  .jp-InputArea-editor pre { font-size: 8pt; }
  .jp-Cell, .jp-OutputArea, .jp-OutputArea-child, .jp-Cell-outputWrapper, .jp-Cell-inputWrapper { display: block; }
  .jp-Cell-inputWrapper, h1, h2, h3 { break-after: avoid; }
  thead { display: table-header-group; }
  tr, img { break-inside: avoid; }
  .jp-MarkdownCell { break-after: avoid; }
}
</style>"""


class NotebookError(CounterpointError):
    """A notebook cannot be made a page."""


def write(params: settings.Params, files: Sequence[Path] = ()) -> list[str]:
    """Run notebooks on the study, write each to paper/notebooks/, and return messages.

    Without `files`: those of the project, or the program's where it has none. Raises NotebookError if packages or
    notebooks are missing, or a cell fails.
    """
    study_template.exists(params.folder)
    if lacking := [name for name in NEEDED if find_spec(name) is None]:
        raise NotebookError(
            f"Notebooks need {', '.join(lacking)}, which a run does not. Install them with `python dev.py setup`, or "
            "`pip install 'counterpoint[notebooks]'`."
        )
    files = list(files) or project_files.notebooks()
    if not files:
        raise NotebookError(f"There are no notebooks in {project_files.NOTEBOOKS}/. Name the files to run.")
    lines = []
    for file in files:
        place = params.places.paper / "notebooks" / f"{file.stem}.html"
        made = page(file, paper=params.report.paper)
        with study_lock.locked(params.folder):
            atomic_files.write(place, made)
        lines.append(f"wrote {place}")
    return [*lines, "Open them in a browser; for a PDF, print them there. They quote participants."]


def page(file: Path, *, paper: Paper = "a4") -> str:
    """Run a notebook and return it as a page that needs no network. Raises NotebookError if it cannot be run.

    It runs in its folder, or in the present one if its folder is outside the project.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError
    from nbconvert import HTMLExporter

    try:
        notebook = nbformat.reads(file.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise NotebookError(
            f"{file} cannot be read as a notebook ({error}). Name a file that ends in .ipynb."
        ) from None
    inside = file.resolve().is_relative_to(Path.cwd().resolve())
    where = {"metadata": {"path": str(file.parent if inside else Path.cwd())}}
    try:
        # The kernel's own warnings are about its port on this machine.
        NotebookClient(notebook, timeout=SECONDS, resources=where).execute(stderr=subprocess.DEVNULL)
    except CellExecutionError as error:
        raise NotebookError(
            f"{file} cannot be run: {error.ename}: {error.evalue}. Open it to see in which cell."
        ) from None
    exporter = HTMLExporter(template_name="lab", embed_images=True)  # type: ignore[no-untyped-call]
    text, _ = exporter.from_notebook_node(notebook)
    style = STYLE.replace("SIZE", "A4" if paper == "a4" else "letter")
    return str(_SCRIPT.sub("", text).replace("</head>", f"{style}\n</head>", 1))
