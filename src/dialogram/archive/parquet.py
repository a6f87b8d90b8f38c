"""Parquet, each trace's scale beside the numbers; needs the extra ``figures``."""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

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
    traces = read_table(ArrowColumns(table, [(0, source.path.name)]), wanted)
    return tuple(replace(trace, scale=scales.get(trace.name, trace.scale)) for trace in traces)


def open_columns(source: Source) -> Columns:
    """Open a table of any layout."""
    return ArrowColumns(_open(source), [(0, source.path.name)])


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


class ArrowColumns(Columns):
    """Columns of an Arrow table; its rows are counted from 1, the names of the columns being none.

    Where rows were chosen from one or several files, `lines` counts them through all of them, and `files` names each
    with the rows before it.
    """

    def __init__(self, table: "pa.Table", files: Sequence[tuple[int, str]], lines: Sequence[int] | None = None) -> None:
        self._table, self._files = table, files
        self.header = [name.strip() for name in table.column_names]
        self.lines = range(1, table.num_rows + 1) if lines is None else lines
        if not len(self.lines):
            raise self.error(1, "a row per bin", "an empty table")

    def error(self, line: int, expected: str, found: str) -> TableError:
        """Make the one line that refuses the file."""
        before, name = next(each for each in reversed(self._files) if each[0] < line)
        return TableError(f"{name}, row {line - before}: expected {expected}, found {found}")

    def numbers(self, column: str, *, what: str) -> Numbers:
        """Read a column of numbers."""
        import pyarrow as pa  # noqa: PLC0415  # of an extra

        cells = self._plain(column)
        kind = cells.type
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
            if cells.null_count < len(cells):
                raise self.error(self.lines[0], what, f"a column of type {kind}")
            return np.full(len(cells), np.nan)
        values = np.asarray(cells.cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64)
        beyond = np.abs(values) > LARGEST
        if beyond.any():
            at = int(np.argmax(beyond))
            raise self.error(self.lines[at], what, f"{values[at]:g}")
        return values

    def texts(self, column: str) -> list[str]:
        """Read a column of names as text."""
        return ["" if cell is None else str(cell).strip() for cell in self._plain(column).to_pylist()]

    def labels(self, column: str) -> tuple[NDArray[np.intp], list[str]]:
        """Read a column of names, each looked at once."""
        import pyarrow as pa  # noqa: PLC0415  # of an extra

        cells = self._table.column(self.position(column))
        if not pa.types.is_dictionary(cells.type):
            cells = cells.dictionary_encode()
        whole = cells.unify_dictionaries().combine_chunks()
        indices = whole.indices.fill_null(len(whole.dictionary))
        names = ["" if cell is None else str(cell).strip() for cell in [*whole.dictionary.to_pylist(), None]]
        # In the order in which they come, as a text's; blanks may make two of one name.
        there: dict[str, int] = {}
        rank = np.zeros(len(names), dtype=np.intp)
        for code in indices.unique().to_pylist():
            rank[code] = there.setdefault(names[code], len(there))
        return rank[indices.to_numpy()], list(there)

    def _plain(self, column: str) -> "pa.ChunkedArray":
        import pyarrow as pa  # noqa: PLC0415  # of an extra

        cells = self._table.column(self.position(column))
        return cells.cast(cells.type.value_type) if pa.types.is_dictionary(cells.type) else cells
