"""Write docs/api.md from the docstrings: `python docs/write_api.py`. A test fails where the page is out of date."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "api.md"
INTRO = """\
# Functions and tables for notebooks

The tables, and the functions that are useful in a notebook. Generated from the docstrings by `docs/write_api.py`.
Open notebooks inside the project, so that `params.yaml` is found. If Python says that `pipeline` is not a package, a
file `pipeline.py` beside your notebook hides the program: rename it.

```python
from pipeline.notebook import plots, setup
from pipeline.reporting import summary_tables

study = setup.study()  # the folder of the study named in params.yaml
print(setup.missing(study, "themes", "theme_quotes"))

themes, segments = setup.table(study, "themes"), setup.table(study, "segments")
quotes = summary_tables.quotes(setup.table(study, "theme_quotes"), themes, segments)
figure = plots.bars(summary_tables.talk(segments), unit="words")
```

Coefficients work on your own answers too: one number per unit, -1 where a coder gave none.

```python
from pipeline.comparison import coefficients

table = coefficients.crosstab([0, 1, 1, 0, 1, -1], [0, 1, 0, 0, 1, 1])
assert round(float(coefficients.cohen_kappa(table)), 2) == 0.62
assert round(float(coefficients.percent(table)), 2) == 0.80
```
"""

# How a stage works through a large study, and what it records: the pipeline's own business.
INTERNAL = {"main", "record", "by_parts", "of_part", "by_batches", "of_batch"}
# What somebody calls from a notebook, by package. Everything else is the pipeline's own business.
MODULES = {
    "Read a study, and draw": ["core.store", "core.params", "notebook.setup", "notebook.plots"],
    "Tables to read": ["reporting.summary_tables", "reporting.matrix", "reporting.quotes"],
    "The stages": ["ingest", "segment", "embed", "themes", "map_codes", "compare"],
    "Transcripts and codes": ["corpus.readers", "corpus.participants", "corpus.segmenting", "corpus.coded_segments"],
    "Codebook and mapping": [
        "deductive.codebook",
        "deductive.coded",
        "deductive.mapping",
        "deductive.calibration",
        "deductive.valence",
        "deductive.theme_codes",
    ],
    "Vectors": ["vectors.encoder", "vectors.context", "vectors.projection"],
    "Clusters": ["inductive.clusters", "inductive.runs", "inductive.labels", "inductive.theme_quotes"],
    "Agreement": [
        "comparison.coefficients",
        "comparison.intervals",
        "comparison.units",
        "comparison.pairs",
        "comparison.together",
        "comparison.alignment",
        "comparison.disagreements",
        "comparison.saturation",
        "comparison.triangulation",
    ],
    "Decisions": ["decisions.ledger", "decisions.deciding", "decisions.audit_trail", "decisions.reading_ledger"],
    "Exchange": ["commands.exporting", "exchange.csv"],
}


def source(module: str) -> ast.Module:
    """The parsed source of a module of the package, by its name below `pipeline`."""
    place = ROOT / "pipeline" / module.replace(".", "/")
    file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    return ast.parse(file.read_text(encoding="utf-8"))


def first_line(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> str:
    """The first paragraph of a docstring as one line."""
    return " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split())


def functions(module: str) -> list[str]:
    """A line for each public function of a module: its signature as written, and what it does."""
    lines = []
    for node in source(module).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.name not in INTERNAL:
            result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
            lines.append(f"- `{node.name}({ast.unparse(node.args)}){result}`  \n  {first_line(node)}")
    return lines


def registered() -> dict[str, str]:
    """The schema class of every table, by the table's name, as `core.store` registers them."""
    found: dict[str, str] = {}
    for node in source("core.store").body:
        if (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.value, ast.Dict)
            and "Table" in ast.unparse(node.annotation)
        ):
            pairs = zip(node.value.keys, node.value.values, strict=True)
            found |= {ast.literal_eval(key): ast.unparse(value).split(".")[-1] for key, value in pairs if key}
    return found


def schemas() -> dict[str, ast.ClassDef]:
    """The classes that describe tables, by name."""
    files = sorted((ROOT / "pipeline" / "core" / "schemas").glob("*.py"))
    nodes = [node for file in files for node in ast.parse(file.read_text(encoding="utf-8")).body]
    return {node.name: node for node in nodes if isinstance(node, ast.ClassDef)}


def tables() -> list[str]:
    """A row of Markdown for each table: its name, what one of its rows is, and its columns."""
    classes, named, lines = schemas(), registered(), []
    for name in dict.fromkeys(named.values()):
        names = ", ".join(f"`{table}`" for table, own in named.items() if own == name)
        fields = [one.target for one in classes[name].body if isinstance(one, ast.AnnAssign)]
        columns = ", ".join(f"`{field.id}`" for field in fields if isinstance(field, ast.Name))
        row = re.split(r"(?<=\.)\s", first_line(classes[name]))[0].replace("|", "\\|")
        lines.append(f"| {names} | {row} | {columns} |")
    return lines


def page() -> str:
    """The whole of docs/api.md."""
    said = [INTRO.rstrip("\n"), "", "## Tables", "", "| table | one row | columns |", "|---|---|---|", *tables()]
    for title, modules in MODULES.items():
        said += ["", f"## {title}"]
        for module in modules:
            said += ["", f"### pipeline.{module}", "", first_line(source(module)), "", *functions(module)]
    return "\n".join(said) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
