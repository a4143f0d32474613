"""What the program makes of a study, by the names of its files: all that may be thrown away with it."""

from pathlib import Path

from pipeline.core import safe_removal, store
from pipeline.core.contracts import MODEL_FILES, STUDY
from pipeline.core.study_paths import BESIDE_PAGE, EXPORT_LIST, REPORT_PAGE, Places

# What a killed run, or DVC on a full disk, leaves of a file that was being written; and DVC's own lists for Git.
BESIDE = (".*.new", store.DVC_TEMPORARY, ".gitignore")
EXPORT = (
    "coded.qdpx",
    "codebook.qdc",
    "codebook.xlsx",
    "codebook.docx",
    "framework_matrix.xlsx",
    "framework_matrix.docx",
    "handout*.docx",
    "csv/codebook.csv",
    "csv/participants.csv",
    EXPORT_LIST,
    *(f"csv/{table}.csv" for table in (*store.INTERIM, *store.PROCESSED)),
)
CACHE = (
    "*.lock",
    "vectors.parquet",
    "vectors/*.parquet",
    "codebook_vectors.parquet",
    "labels/*.txt",
    "made.txt",
    "delivered.txt",
)
SCRATCH = ("segment", "embed", "assign")


def names(places: Places) -> dict[Path, tuple[str, ...]]:
    """The patterns of the files that the program writes, for each folder in which it makes anything."""
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
        places.cache: CACHE,
        places.model: MODEL_FILES,
    }


def discard(places: Places) -> tuple[list[Path], list[Path]]:
    """Throw away what was made of a study; return the folders in which something was, and the files that stay.

    What stays was not made by the program. Raises NotOursError, and removes nothing further, where a folder is a link;
    OSError where the system refuses.
    """
    touched, left = [], []
    for name in SCRATCH:
        safe_removal.remove(places.cache / name)
    for folder, patterns in names(places).items():
        if folder.exists() or folder.is_symlink():
            touched.append(folder)
            left += safe_removal.clear(folder, (*patterns, *BESIDE, *(f"*/{name}" for name in BESIDE)))
    return touched, left
