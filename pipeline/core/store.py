"""Reads and writes Parquet tables; the only module that does. Tables are validated each time and written atomically."""

from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.errors
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.core import atomic_files, schemas
from pipeline.core.errors import CounterpointError, refused
from pipeline.core.study_paths import Places

INTERIM: dict[str, type[schemas.Table]] = {
    "documents": schemas.Documents,
    "turns": schemas.Turns,
    "speakers": schemas.Speakers,
    "cases": schemas.Cases,
    "codings": schemas.Codings,
    "memos": schemas.Memos,
    "imports": schemas.Imports,
    "ingest_problems": schemas.Problems,
    "ingest_record": schemas.Record,
    "segments": schemas.Segments,
    "segment_problems": schemas.Problems,
    "segment_record": schemas.Record,
    "embeddings": schemas.Embeddings,
    "guide": schemas.Guide,
    "prompts": schemas.Prompts,
    "embed_record": schemas.Record,
}
PROCESSED: dict[str, type[schemas.Table]] = {
    "themes": schemas.Themes,
    "theme_assignments": schemas.ThemeAssignments,
    "theme_states": schemas.ThemeStates,
    "theme_questions": schemas.ThemeQuestions,
    "theme_news": schemas.ThemeNews,
    "theme_quotes": schemas.ThemeQuotes,
    "theme_guide": schemas.ThemeGuide,
    "theme_attributes": schemas.ThemeAttributes,
    "theme_choice": schemas.ThemeChoice,
    "theme_unassigned": schemas.ThemeUnassigned,
    "theme_map": schemas.ThemeMap,
    "theme_stability": schemas.ThemeStability,
    "theme_dependence": schemas.ThemeDependence,
    "themes_problems": schemas.Problems,
    "themes_record": schemas.Record,
    "code_assignments": schemas.CodeAssignments,
    "theme_code": schemas.ThemeCode,
    "segment_codes": schemas.SegmentCodes,
    "mapping_quality": schemas.MappingQuality,
    "code_reliability": schemas.CodeReliability,
    "learning_curve": schemas.LearningCurve,
    "valence": schemas.Valence,
    "negative_cases": schemas.NegativeCases,
    "code_themes": schemas.CodeThemes,
    "theme_code_quotes": schemas.ThemeCodeQuotes,
    "map_codes_problems": schemas.Problems,
    "map_codes_record": schemas.Record,
    "agreement": schemas.Agreement,
    "agreement_of_all": schemas.AgreementOfAll,
    "agreement_by_attribute": schemas.AgreementByAttribute,
    "missed": schemas.Missed,
    "disagreements": schemas.Disagreements,
    "theme_agreement": schemas.ThemeAgreement,
    "theme_human_code": schemas.ThemeCode,
    "code_recovery": schemas.CodeRecovery,
    "theme_mapping": schemas.ThemeMapping,
    "theme_facets": schemas.ThemeFacets,
    "saturation": schemas.Saturation,
    "saturation_verdict": schemas.SaturationVerdict,
    "triangulation": schemas.Triangulation,
    "compare_problems": schemas.Problems,
    "compare_record": schemas.Record,
    "framework_matrix": schemas.FrameworkMatrix,
}

# The table that every run writes first.
FIRST = "documents"
# Rows per row group, so that reading some documents does not read the whole table. A row of documents is a whole
# transcript.
ROWS = 16_384
ROWS_OF = {"documents": 256}
# Name of a temporary file that DVC leaves if the disk fills up while it copies a table.
DVC_TEMPORARY = f".{'?' * 22}.tmp"


class StoreError(CounterpointError):
    """A table is missing or does not match its schema."""


def path(study: Path, table: str) -> Path:
    """Return the path of a study's table, in interim/ or processed/."""
    places = Places(study)
    return (places.interim if table in INTERIM else places.processed) / f"{table}.parquet"


def read(study: Path, table: str, *, within: tuple[str, str] | None = None) -> pd.DataFrame:
    """Read and validate one table.

    `within`: first and last document to read; other rows are not loaded. Raises StoreError if the table is missing or
    does not match its schema.
    """
    place = _there(study, table)
    some = [("document", ">=", within[0]), ("document", "<=", within[1])] if within else None
    return _validated(table, pd.read_parquet(place, filters=some), place)


def words(study: Path, table: str) -> pd.Series:
    """Return the number of words per document, indexed by document, reading only those columns.

    The table must have n_words. Raises StoreError if it is missing.
    """
    columns = pq.read_table(_there(study, table), columns=["document", "n_words"])
    total = columns.group_by("document").aggregate([("n_words", "sum")])
    return pd.Series(total["n_words_sum"].to_numpy(), index=total["document"].to_pandas()).sort_index()


def counts(study: Path, table: str, columns: Sequence[str]) -> pd.DataFrame:
    """Return the number of rows (`n`) for each combination of values in `columns`, reading only those columns.

    Raises StoreError if the table is missing.
    """
    grouped = pq.read_table(_there(study, table), columns=list(columns)).group_by(list(columns))
    counted: pd.DataFrame = grouped.aggregate([([], "count_all")]).to_pandas()
    return counted.rename(columns={"count_all": "n"}).sort_values(list(columns), ignore_index=True)


def write(study: Path, table: str, frame: pd.DataFrame) -> None:
    """Validate one table and write it atomically. The same rows give the same bytes.

    Raises StoreError if the table does not match its schema or cannot be written (disk full, no permission); the
    previous table is then kept.
    """
    write_batch(path(study, table), table, frame)


def write_batch(place: Path, table: str, frame: pd.DataFrame) -> None:
    """Validate part of a table and write it to a file of its own, for `join` to combine.

    Raises StoreError as `write` does.
    """
    checked = _validated(table, frame.reset_index(drop=True), place)
    arrow = pa.Table.from_pandas(checked, preserve_index=False).replace_schema_metadata(None)
    _whole(place, lambda temporary: pq.write_table(arrow, temporary, compression="zstd", row_group_size=_rows(table)))


def join(study: Path, table: str, parts: Sequence[Path]) -> None:
    """Combine parts into a table, in order, with the same bytes as `write` would give for all rows.

    Holds a few row groups in memory at a time. Raises StoreError as `write` does, and if a unique value occurs in two
    parts.
    """
    place = path(study, table)
    schemas_ = [pq.read_schema(part) for part in parts]
    filled = [pq.read_metadata(part).num_rows > 0 for part in parts]
    arrow_schema = next((candidate for candidate, full in zip(schemas_, filled, strict=True) if full), schemas_[0])
    at_once = _rows(table)
    unique = [name for name, column in schema(table).to_schema().columns.items() if column.unique]
    seen: dict[str, list[pa.Array]] = {name: [] for name in unique}

    def fill(temporary: Path) -> None:
        with pq.ParquetWriter(temporary, arrow_schema, compression="zstd") as writer:
            waiting = arrow_schema.empty_table()
            for part in [part for part, full in zip(parts, filled, strict=True) if full]:
                rows = pq.read_table(part)
                for name in unique:
                    seen[name] += rows[name].chunks
                waiting = pa.concat_tables([waiting, rows])
                while len(waiting) >= at_once:
                    writer.write_table(waiting.slice(0, at_once).combine_chunks())
                    waiting = waiting.slice(at_once)
            if len(waiting) or not any(filled):
                writer.write_table(waiting.combine_chunks())
        for name, chunks in seen.items():
            if chunks and pc.count_distinct(pa.chunked_array(chunks)).as_py() < sum(map(len, chunks)):
                raise StoreError(
                    f"{place}: two rows have the same {name}. Run `counterpoint run --force` to recreate the table."
                )

    _whole(place, fill)


def _rows(table: str) -> int:
    return ROWS_OF.get(table, ROWS)


def _there(study: Path, table: str) -> Path:
    place = path(study, table)
    if not place.exists():
        what = f"{place} is missing" if path(study, FIRST).exists() else f"{study} was not run yet"
        raise StoreError(f"{what}. Run `counterpoint run` first.")
    return place


def _whole(place: Path, fill: Callable[[Path], object]) -> None:
    """Write a file through a temporary one, and delete temporary files left by DVC."""
    try:
        for left in place.parent.glob(DVC_TEMPORARY):
            left.unlink(missing_ok=True)
        with atomic_files.beside(place) as temporary:
            fill(temporary)
    except OSError as error:
        raise StoreError(
            str(refused(error, doing=f"Writing {place}") or f"Writing {place} failed ({error}).")
        ) from None


def empty(table: str) -> pd.DataFrame:
    """Return a table without rows, with the columns and types of its schema. Raises StoreError for an unknown table."""
    return schema(table).empty()


def schema(table: str) -> type[schemas.Table]:
    """Return the schema of a table. Raises StoreError for an unknown table."""
    try:
        return {**INTERIM, **PROCESSED}[table]
    except KeyError:
        raise StoreError(
            f"Unknown table '{table}'. The tables of a study are listed in pipeline/core/store.py."
        ) from None


def _validated(table: str, frame: pd.DataFrame, place: Path) -> pd.DataFrame:
    try:
        return schema(table).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        failures = "; ".join(sorted({_failure(case) for case in error.failure_cases.to_dict("records")})[:10])
        raise StoreError(f"{place} is not valid ({failures}). Run `counterpoint run --force` to recreate it.") from None


def _failure(case: dict[Hashable, Any]) -> str:
    if case["check"] == "column_in_schema":
        return f"unexpected column {case['failure_case']}"
    if case["check"] == "column_in_dataframe":
        return f"column {case['failure_case']} is missing"
    return f"column {case['column']}: {case['check']}"
