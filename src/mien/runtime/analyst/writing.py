"""Tables written as CSV or Parquet, batch by batch."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow import csv, parquet

from mien import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO


class TableFormat(StrEnum):
    """What kind of file."""

    CSV = "csv"
    PARQUET = "parquet"


def write_table(
    sink: BinaryIO, batches: Iterable[pa.RecordBatch], schema: pa.Schema, kind: TableFormat, **about: object
) -> int:
    """Write a table. No more than a batch is in memory.

    Args:
        sink: Where to.
        batches: Its rows.
        schema: Its columns.
        kind: What kind of file.
        **about: What the metadata of Parquet say beside its columns, such as the days.

    Returns:
        How many rows were written.

    Raises:
        StoreError: The database says no.
        OSError: It cannot be written.
    """
    told = {**(schema.metadata or {}), b"mien_version": __version__.encode()}
    told[b"made_at"] = datetime.now(UTC).isoformat(timespec="seconds").encode()
    told |= {name.encode(): str(value).encode() for name, value in about.items()}
    full = schema.with_metadata(told)
    return sum(_written(writer, batch) for writer, batch in _each(sink, batches, full, kind))


def _each(sink: BinaryIO, batches: Iterable[pa.RecordBatch], schema: pa.Schema, kind: TableFormat) -> Any:  # noqa: ANN401
    """Each batch with the writer that takes it; the file ends with the last."""
    if kind is TableFormat.PARQUET:
        with parquet.ParquetWriter(sink, schema, compression="zstd") as writer:
            for batch in batches:
                yield writer, batch.replace_schema_metadata(schema.metadata)
        return
    plain = pa.schema([field.with_type(_plain(field.type)) for field in schema])
    with csv.CSVWriter(sink, plain) as writer:
        for batch in batches:
            yield writer, batch.cast(plain)


def _plain(kind: pa.DataType) -> pa.DataType:
    """Names are texts in CSV."""
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _written(writer: Any, batch: pa.RecordBatch) -> int:  # noqa: ANN401
    writer.write_batch(batch)
    return int(batch.num_rows)
