"""Parquet, each trace's scale beside the numbers; needs the extra ``figures``."""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dialogram.archive.columns import Columns, Numbers
from dialogram.archive.layouts import check_columns, read_table
from dialogram.archive.source import Source, TableError, Wanted
from dialogram.timeline import Scale, Trace
from dialogram.timeline.trace import LARGEST

if TYPE_CHECKING:
    import pyarrow as pa

MAGIC = b"PAR1"
KEY = b"dialogram.scales"
"""Under this key the file's metadata hold the scale of each trace by its name, as JSON."""


def recognises(source: Source) -> bool:
    """Whether the file begins as Parquet does."""
    return source.raw.startswith(MAGIC)


def read(source: Source, wanted: Wanted) -> tuple[Trace, ...]:
    """Read a table of either layout, with the scales it was written with."""
    table = _open(source)
    scales = _scales(source, (table.schema.metadata or {}).get(KEY, b"{}"))
    traces = read_table(_ArrowColumns(source, table), wanted)
    return tuple(replace(trace, scale=scales.get(trace.name, trace.scale)) for trace in traces)


def open_columns(source: Source) -> Columns:
    """Open a table of any layout."""
    return _ArrowColumns(source, _open(source))


def write(traces: Sequence[Trace], path: Path) -> dict[Path, bytes]:
    """Write a row per trace and bin, and the scales."""
    import pyarrow as pa  # noqa: PLC0415  # of an extra
    from pyarrow import parquet  # noqa: PLC0415  # the same

    check_columns(traces)
    names = [trace.name for trace in traces for _ in range(len(trace))]
    values = np.concatenate([trace.values for trace in traces])
    table = pa.table(
        {
            "rater": pa.array(names, type=pa.string()).dictionary_encode(),
            "second": np.concatenate([trace.times_s for trace in traces]),
            "value": pa.array(values, from_pandas=True),
        },
        metadata={KEY: json.dumps({trace.name: asdict(trace.scale) for trace in traces})},
    )
    written = io.BytesIO()
    parquet.write_table(table, written, compression="zstd")
    return {path: written.getvalue()}


def _open(source: Source) -> "pa.Table":
    import pyarrow as pa  # noqa: PLC0415  # of an extra: only those who read Parquet need it
    from pyarrow import parquet  # noqa: PLC0415  # the same

    try:
        return parquet.read_table(pa.BufferReader(source.raw))
    except (pa.ArrowException, OSError) as error:
        raise TableError(f"{source.path.name}: expected a whole file of Parquet, found: {error}") from error


def _scales(source: Source, kept: bytes) -> dict[str, Scale]:
    try:
        return {str(name): Scale(**scale) for name, scale in json.loads(kept).items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise TableError(f"{source.path.name}: expected scales in the metadata, found: {error}") from error


class _ArrowColumns(Columns):
    """Columns of an Arrow table; its rows are counted from 1, the names of the columns being none."""

    def __init__(self, source: Source, table: "pa.Table") -> None:
        self._path, self._table = source.path, table
        self.header = [name.strip() for name in table.column_names]
        self.lines = list(range(1, table.num_rows + 1))
        if not self.lines:
            raise self.error(1, "a row per bin", "an empty table")

    def error(self, line: int, expected: str, found: str) -> TableError:
        return TableError(f"{self._path.name}, row {line}: expected {expected}, found {found}")

    def numbers(self, column: str, *, what: str) -> Numbers:
        import pyarrow as pa  # noqa: PLC0415  # of an extra

        cells = self._plain(column)
        kind = cells.type
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
            if cells.null_count < len(cells):
                raise self.error(1, what, f"a column of type {kind}")
            return np.full(len(cells), np.nan)
        values = np.asarray(cells.cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64)
        beyond = np.abs(values) > LARGEST
        if beyond.any():
            at = int(np.argmax(beyond))
            raise self.error(at + 1, what, f"{values[at]:g}")
        return values

    def texts(self, column: str) -> list[str]:
        return ["" if cell is None else str(cell).strip() for cell in self._plain(column).to_pylist()]

    def _plain(self, column: str) -> "pa.ChunkedArray":
        import pyarrow as pa  # noqa: PLC0415  # of an extra

        cells = self._table.column(self.position(column))
        return cells.cast(cells.type.value_type) if pa.types.is_dictionary(cells.type) else cells
