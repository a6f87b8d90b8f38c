"""Ratings in tables of comma-, semicolon- or tab-separated values, raters beside or below each other."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from dialogram.archive.columns import TextColumns
from dialogram.archive.layouts import RATER_COLUMNS, VALUE_COLUMNS, check_columns, read_table, wide_rows
from dialogram.archive.source import Source, Wanted
from dialogram.archive.writing import digits, quoted, time_digits
from dialogram.timeline import Trace


def is_long(source: Source) -> bool:
    """Whether the header tells of raters below each other."""
    names = {name.lower() for name in source.first_cells}
    return bool(names & set(RATER_COLUMNS)) and bool(names & set(VALUE_COLUMNS))


def read(source: Source, wanted: Wanted) -> tuple[Trace, ...]:
    """Read a table with a header row, a row per bin, its layout found by its header."""
    rows = source.rows(source.delimiter)
    return read_table(TextColumns(source, rows, row_is_bin=wanted.step_s is not None), wanted)


def write_wide(traces: Sequence[Trace], path: Path) -> dict[Path, bytes]:
    """Write a column of times and one of ratings per trace."""
    rows = ([time_digits(media_s), *map(digits, values)] for media_s, *values in wide_rows(traces))
    return {path: _table(path, ["second", *(trace.name for trace in traces)], rows)}


def write_long(traces: Sequence[Trace], path: Path) -> dict[Path, bytes]:
    """Write a row per trace and bin."""
    check_columns(traces)
    rows = (
        [trace.name, time_digits(media_s), digits(value)]
        for trace in traces
        for media_s, value in zip(trace.times_s.tolist(), trace.values.tolist(), strict=True)
    )
    return {path: _table(path, ["rater", "second", "value"], rows)}


def _table(path: Path, header: list[str], rows: Iterable[list[str]]) -> bytes:
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    lines = (delimiter.join(map(_cell, cells)) for cells in (header, *rows))
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def _cell(text: str) -> str:
    # Whatever could part cells stands in quotes, so that readers who guess what does guess right.
    return quoted(text) if any(mark in text for mark in ',;\t"') else text
