"""Reads chosen columns of tables in other programs' SQLite databases, in memory, without executing their code."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager

from pipeline.corpus.readers import guards
from pipeline.corpus.readers.model import RefusedError

# Limits for a project's texts and codes; larger databases contain images or audio.
MAX_DATABASE_BYTES = 48 * 2**20
MAX_ROWS, MAX_CELL_BYTES, MAX_CHARACTERS = 200_000, 16 * 2**20, 32 * 2**20
# Most SQLite steps per table, in thousands: far above any project's needs, seconds at most.
MAX_STEPS = 20_000
_MAGIC = b"SQLite format 3\0"
_ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_PRAGMA)

Row = dict[str, str]


def names(data: bytes, *, program: str) -> frozenset[str]:
    """Return the names of a database's tables, in lower case. Raises RefusedError if the file is not a database."""
    with _opened(data, program) as base:
        rows = base.execute("SELECT name FROM sqlite_master WHERE type = 'table' LIMIT 1000").fetchall()
    return frozenset(str(name).lower() for (name,) in rows)


def read_database(data: bytes, wanted: Mapping[str, Sequence[str]], *, program: str) -> dict[str, list[Row]]:
    """Return the wanted columns of the wanted tables as text; a missing optional table is empty.

    Names of optional tables and columns end in ?. `program`: the program the file should come from. Views, virtual
    tables and computed columns are not read, because they can run code. Raises RefusedError if the file is not such a
    database.
    """
    with _opened(data, program) as base:
        return {name.rstrip("?"): _rows(base, name, columns, program) for name, columns in wanted.items()}


@contextmanager
def _opened(data: bytes, program: str) -> Iterator[sqlite3.Connection]:
    """Open a copy of the database in memory, where only SELECT is allowed."""
    guards.check_size(len(data), limit=MAX_DATABASE_BYTES)
    if not data.startswith(_MAGIC) or len(data) < 100:
        raise RefusedError(f"Not a SQLite database, so not a {program} project. Export it again.")
    # Bytes 18 and 19 say that changes lie in a second file (WAL), which is not there for a database in memory.
    plain = data[:18] + b"\1\1" + data[20:]
    try:
        with closing(sqlite3.connect(":memory:")) as base:
            base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_CELL_BYTES)
            base.text_factory = _text
            base.execute("PRAGMA trusted_schema = OFF")
            base.deserialize(plain)
            del plain
            base.execute("PRAGMA query_only = ON")
            base.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY)
            yield base
    except (sqlite3.Error, UnicodeError, OverflowError, MemoryError) as error:  # damaged names may not be UTF-8
        raise RefusedError(f"The database cannot be read ({error}). Export it again from {program}.") from None


def _rows(base: sqlite3.Connection, name: str, columns: Sequence[str], program: str) -> list[Row]:
    table, optional = name.rstrip("?"), name.endswith("?")
    steps = 0

    def stop() -> bool:
        nonlocal steps
        steps += 1
        return steps > MAX_STEPS

    base.set_progress_handler(stop, 1000)
    kinds = base.execute("SELECT type, sql FROM sqlite_master WHERE name = ?", [table]).fetchall()
    usable = [sql for kind, sql in kinds if kind == "table" and "VIRTUAL" not in str(sql).upper().split()[:3]]
    if not usable:
        if optional and not kinds:
            return []
        raise RefusedError(f"Missing table '{table}': not a {program} project. Export it again.")
    # A column that is computed, or hidden, is marked so in the seventh field.
    existing = {str(found[1]).lower() for found in base.execute(f'PRAGMA table_xinfo("{table}")') if found[6] == 0}
    taken = [column.rstrip("?") for column in columns if column.rstrip("?").lower() in existing]
    missing = [column for column in columns if not column.endswith("?") and column not in taken]
    if missing:
        raise RefusedError(
            f"Missing column '{missing[0]}' in table '{table}': not a {program} project. Export it again."
        )
    listed = ", ".join(f'"{column}"' for column in taken)
    # The names come from the calling module, never from the file.
    found: list[Row] = []
    room = MAX_CHARACTERS
    for cells in base.execute(f'SELECT {listed} FROM "{table}" LIMIT {MAX_ROWS + 1}'):  # noqa: S608
        cells_by_column = dict.fromkeys((column.rstrip("?") for column in columns), "")
        cells_by_column |= {column: _cell(cell) for column, cell in zip(taken, cells, strict=True)}
        room -= sum(map(len, cells_by_column.values()))
        if len(found) >= MAX_ROWS or room < 0:
            raise RefusedError(
                f"Table '{table}' is too large (more than {MAX_ROWS:,} rows or {MAX_CHARACTERS:,} characters). "
                "Split the project."
            )
        found.append(cells_by_column)
    return found


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _cell(cell: object) -> str:
    return cell if isinstance(cell, str) else "" if cell is None or isinstance(cell, bytes) else str(cell)
