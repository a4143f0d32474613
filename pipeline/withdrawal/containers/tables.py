"""Read the texts in tables, databases and Python data files; nothing in them is executed."""

import json
import pickletools
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from pipeline.withdrawal.containers import plain
from pipeline.withdrawal.containers.pieces import Closed, Inner, Pieces, Source, Text

# Characters of a table per search.
BATCH = 2**20
# Maximum SQLite steps per table, in thousands.
MAX_STEPS = 500_000
_LEAST = 24


def columnar(source: Source) -> Pieces:
    """Yield the columns, column names and metadata of a Parquet file."""
    file = pq.ParquetFile(source.stream)
    yield from _schema(source.part, file.schema_arrow)
    for batch in file.iter_batches(batch_size=8192):
        source.budget.take(batch.nbytes)
        yield from _columns(source, batch)


def arrow(source: Source) -> Pieces:
    """Yield the columns, column names and metadata of an Arrow (Feather) file."""
    with pyarrow.ipc.open_file(source.stream) as reader:
        yield from _schema(source.part, reader.schema)
        for number in range(reader.num_record_batches):
            batch = reader.get_batch(number)
            source.budget.take(batch.nbytes)
            yield from _columns(source, batch)


def _schema(place: str, schema: pa.Schema) -> Pieces:
    noted = b"\n".join(item for pair in (schema.metadata or {}).items() for item in pair)
    yield Text(place, "\n".join([*schema.names, noted.decode("utf-8", "ignore")]))


def _columns(source: Source, batch: pa.RecordBatch) -> Pieces:
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if pa.types.is_fixed_size_binary(column.type):  # fingerprints and the like: no files of their own
            values = b"\n".join(value for value in column.to_pylist() if value)
            yield Text(source.part, values.decode("utf-8", "ignore"))
        elif _may_hold_text(column.type):
            yield from _cell_texts(source.part, name, column.to_pylist())


def _may_hold_text(kind: pa.DataType) -> bool:
    numbers = pa.types.is_primitive(kind) or pa.types.is_null(kind)
    if pa.types.is_nested(kind):
        return any(_may_hold_text(kind.field(index).type) for index in range(kind.num_fields))
    return not numbers


def _cell_texts(place: str, name: str, cells: Any) -> Pieces:
    """Yield the texts in a column's cells, however nested; longer bytes are read as inner files."""
    waiting, size = [], 0
    for value in _leaves(cells):
        if isinstance(value, bytes) and len(value) >= _LEAST:
            yield Inner(place, value, name)
            continue
        waiting.append(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))
        size += len(waiting[-1])
        if size > BATCH:
            yield Text(place, "\n".join(waiting))
            waiting, size = [], 0
    if waiting:
        yield Text(place, "\n".join(waiting))


def _leaves(cells: Any) -> Iterator[Any]:
    waiting = [cells]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend([*value.values(), *value.keys()])
        elif isinstance(value, list | tuple):
            waiting.extend(reversed(value))
        elif isinstance(value, bytes | str):
            yield value


def sqlite(source: Source) -> Pieces:
    """Yield every table of an SQLite database and remains of deleted rows; views are not run."""
    yield from plain.everything(source)
    data = source.read()
    # Bytes 18 and 19 say that changes lie in a second file (WAL), which is searched by itself.
    with closing(sqlite3.connect(":memory:")) as base:
        base.deserialize(data[:18] + b"\1\1" + data[20:])
        base.execute("PRAGMA trusted_schema = OFF")
        base.text_factory = lambda raw: raw.decode("utf-8", "replace")
        for name, sql in base.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall():
            if "VIRTUAL" not in str(sql).upper().split()[:3]:
                yield from _rows(source, base, str(name))


def _rows(source: Source, base: sqlite3.Connection, table: str) -> Pieces:
    steps = 0

    def stop() -> bool:
        nonlocal steps
        steps += 1
        return steps > MAX_STEPS

    base.set_progress_handler(stop, 1000)
    quoted = table.replace('"', '""')
    for rows in _batches(base.execute(f'SELECT * FROM "{quoted}"')):  # noqa: S608 - the name is quoted
        yield from _cell_texts(source.within(table), table, rows)


def _batches(cursor: sqlite3.Cursor) -> Iterator[list[Any]]:
    while rows := cursor.fetchmany(2000):
        yield rows


def pickled(source: Source) -> Pieces:
    """Yield the texts in a Python pickle, read from its opcodes without executing them."""
    yield from plain.everything(source)
    source.stream.seek(0)
    texts: list[Any] = []
    while source.stream.tell() < source.size:  # several may stand one after the other
        for _, value, _ in pickletools.genops(source.stream):
            if isinstance(value, str | bytes | bytearray):
                texts.append(bytes(value) if isinstance(value, bytearray) else value)
    yield from _cell_texts(source.part, "", texts)


def numpy(source: Source) -> Pieces:
    """Yield the texts in a NumPy array of strings or objects."""
    header = source.head(10_000)
    if b"'descr': '<U" in header or b"'descr': '>U" in header:
        data = source.read()
        start = data.index(b"\n") + 1
        encoding = "utf-32-le" if b"'<U" in header else "utf-32-be"
        yield Text(source.part, data[start:].decode(encoding, "replace").replace("\0", "\n"))
    elif b"'descr': '|O'" in header:
        data = source.read()
        yield Inner(source.part, data[data.index(b"\n") + 1 :], "array.pkl")
    elif b"'|S" in header or b"'|V" in header or b"'descr': [" in header:
        yield from plain.everything(source)
        if b"U" in header or b"O" in header:
            yield Closed(source.part, plain.UNKNOWN)
    else:
        yield Text(source.part, header[: header.find(b"\n") + 1].decode("latin-1"))


def tensors(source: Source) -> Pieces:
    """Yield the JSON header of a safetensors file; raise ValueError if it is not one."""
    size = int.from_bytes(source.head(8), "little")
    if not 0 < size <= source.size - 8:
        raise ValueError("the header is truncated")
    header = source.head(size, 8)
    entries = json.loads(header)
    ends = [entry["data_offsets"][1] for name, entry in entries.items() if name != "__metadata__"]
    yield Text(source.part, header.decode())
    if max(ends, default=0) + 8 + size != source.size:
        yield Closed(source.part, "it contains more data than its header declares")
