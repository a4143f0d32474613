"""The files that the program generates for a study, all of which can be deleted and recreated."""

from pathlib import Path

from pipeline.core import safe_removal, store
from pipeline.core.contracts import MODEL_FILES, STUDY
from pipeline.core.study_paths import BESIDE_PAGE, EXPORT_LIST, REPORT_PAGE, Places

# Temporary files of an interrupted run or of DVC, and DVC's own .gitignore files.
BESIDE = (".*.new", store.DVC_TEMPORARY, ".gitignore")
EXPORT = (
    "coded.qdpx",
    "codebook.qdc",
    "codebook.xlsx",
    "codebook.docx",
    "framework_matrix.xlsx",
    "framework_matrix.docx",
    "taguette.sqlite3",
    "taguette_codebook.csv",
    "handout*.docx",
    "csv/codebook.csv",
    "csv/participants.csv",
    EXPORT_LIST,
    "paper_key.csv",
    *(f"csv/{table}.csv" for table in (*store.INTERIM, *store.PROCESSED)),
)
PAPER = (
    "notebooks/*.html",
    *(f"{name}.docx" for name in ("themes", "quotes", "methods", "coreq", "srqr", "disclosure", "framework_matrix")),
    *(
        f"figures/{name}.{kind}"
        for name in (
            "themes_by_*",
            "framework_by_*",
            "agreement*",
            "saturation",
            "facilitators_and_barriers*",
            "stability*",
        )
        for kind in ("svg", "png", "csv")
    ),
)
CACHE = (
    "*.lock",
    "*.connected",
    "vectors.parquet",
    "questions.parquet",
    "vectors/*.parquet",
    "codebook_vectors.parquet",
    "labels/*.txt",
    "made.txt",
    "delivered.txt",
)
SCRATCH = ("segment", "embed", "assign")


def names(places: Places) -> dict[Path, tuple[str, ...]]:
    """Return the patterns of the generated files, by folder."""
    return {
        places.interim: (
            "parts.txt",  # of versions before the program was written down
            *(name.removeprefix("interim/") for name in STUDY.outputs),
            *(f"{table}.parquet" for table in store.INTERIM),
        ),
        places.processed: (
            *(f"{table}.parquet" for table in store.PROCESSED),
            *(f"{places.beside_page.name}/{name}" for name in BESIDE_PAGE),
        ),
        places.report: (REPORT_PAGE, *BESIDE_PAGE, "metrics.json", "plots/theme_sizes.csv"),
        places.export: EXPORT,
        places.paper: PAPER,
        places.cache: CACHE,
        places.model: MODEL_FILES,
    }


def discard(places: Places) -> tuple[list[Path], list[Path]]:
    """Delete the generated files of a study; return the folders that existed and the files kept.

    Files not made by the program are kept. Raises NotOursError, and deletes nothing more, if a folder is a symbolic
    link; OSError if the system refuses.
    """
    touched, left = [], []
    for name in SCRATCH:
        safe_removal.remove(places.cache / name)
    for folder, patterns in names(places).items():
        if folder.exists() or folder.is_symlink():
            touched.append(folder)
            left += safe_removal.clear(folder, (*patterns, *BESIDE, *(f"*/{name}" for name in BESIDE)))
    return touched, left
