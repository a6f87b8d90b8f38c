"""Ratings in tables of comma-, semicolon- or tab-separated values."""

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dialogram.timeline import HELPFULNESS, Scale, Trace
from dialogram.timeline.trace import LARGEST

TIME_COLUMNS = ("second", "seconds", "sec", "time", "time_s", "times_s", "start_s", "media_s", "timestamp", "t", "s")
"""Names by which a column of times in seconds is found, in this order, upper or lower case."""
MISSING = frozenset({"", "na", "n/a", "nan", "null", "."})
"""Cells, upper or lower case, that stand for a missing bin."""
_UNEVEN = 0.05
"""Share of a step by which a stamp may be off its grid: files round their times."""


class TableError(ValueError):
    """A table that cannot be read: one line with file, line, what was expected and what was found."""


def read_traces(
    path: str | Path,
    columns: Sequence[str] | None = None,
    *,
    time_column: str | None = None,
    step_s: float | None = None,
    scale: Scale = HELPFULNESS,
) -> tuple[Trace, ...]:
    r"""Read ratings from a table with a header row, a row per bin.

    Parameters
    ----------
    path
        UTF-8 or UTF-16 with or without a byte order mark, else Windows-1252; any line ends; cells parted by tab,
        semicolon or comma; decimal point or comma (in quotes where commas part the cells).
    columns
        Which columns to read; default: all but the times.
    time_column
        Column with the start of each bin in media seconds; default: the first of :data:`TIME_COLUMNS` there is.
    step_s
        Width of a bin, for a table without times; the first bin then starts at 0.
    scale
        What was rated.

    Returns
    -------
    tuple of Trace
        In the order of `columns`, named by them, with the step of the file. An empty cell, ``NA`` or ``NaN`` is a
        missing bin and stays in its place; so does a row of empty cells in a table without times.

    Raises
    ------
    TableError
        For a file that is no such table, a column that is not there, a cell that is neither a number nor missing,
        times that do not rise or whose step is uneven.
    OSError
        When the file cannot be opened.
    TypeError
        For one name instead of a list of columns.
    ValueError
        When both `time_column` and `step_s` are given, or a step that is not positive.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "dyad.csv"
    ...     _ = path.write_text("second;client;therapist\n0;50,5;NA\n6,5;61;48\n")
    ...     client, therapist = read_traces(path, ["client", "therapist"])
    >>> client.values, client.step_s, therapist.present
    (array([50.5, 61. ]), 6.5, array([False,  True]))
    """
    if isinstance(columns, str):
        raise TypeError(f"columns: expected a list of names, got {columns!r}; write [{columns!r}]")
    if time_column is not None and step_s is not None:
        raise ValueError("time_column and step_s: expected one of the two, got both")
    if step_s is not None and not (math.isfinite(step_s) and step_s > 0):
        raise ValueError(f"step_s: expected a positive number of seconds, got {step_s!r}")
    table = _Table(Path(path), row_is_bin=step_s is not None)
    times = table.find_time_column() if step_s else table.time_column(time_column)
    start_s, step_s = (0.0, step_s) if step_s else table.grid(str(times))
    if columns is None:
        columns = [name for name in table.header if name and name != times]
        if not columns:
            raise table.error(1, "a column of ratings beside the times", "none")
    return tuple(
        Trace(values=table.ratings(name), step_s=step_s, start_s=start_s, scale=scale, name=name) for name in columns
    )


class _Table:
    """Header and rows of cells, each row with the number of its line.

    Where only its place says when a row was rated (`row_is_bin`), one without any value is a missing bin and stays.
    """

    def __init__(self, path: Path, *, row_is_bin: bool) -> None:
        self.path = path
        text = self._decode(path.read_bytes())
        first = next((line for line in text.split("\n") if line.strip()), "")
        delimiter = max("\t;,", key=first.count)
        # Strict: a quote that is never closed would swallow all rows after it without a word.
        reader = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True, strict=True)
        try:
            rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
        except csv.Error as error:
            raise self.error(reader.line_num, "cells of text, each quote closed", str(error)) from error
        filled = [index for index, (_, row) in enumerate(rows) if any(row)]
        if not filled:
            raise self.error(1, "a header row and a row per bin", "an empty file")
        first_line, self.header = rows[filled[0]]
        width = len(self.header)
        self.rows = [
            (line, row or [""])
            for line, row in rows[filled[0] + 1 : filled[-1] + 1]
            if any(row) or (row_is_bin and (row or width == 1))
        ]
        if not self.rows:
            raise self.error(first_line + 1, "a row per bin", "the end of the file")
        for line, row in self.rows:
            if any(row[width:]):
                expected = f"{width} cells as in the header (a number with a decimal comma stands in quotes)"
                raise self.error(line, expected, f"{len(row)}")

    def error(self, line: int, expected: str, found: str) -> TableError:
        return TableError(f"{self.path.name}, line {line}: expected {expected}, found {found}")

    def _decode(self, raw: bytes) -> str:
        wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
        for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
            try:
                text = raw.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\0" not in text:
                return text.replace("\r\n", "\n").replace("\r", "\n")
        raise self.error(1, "a table of text", "bytes that are not text")

    def position(self, column: str) -> int:
        count = self.header.count(column.strip())
        if count == 1:
            return self.header.index(column.strip())
        there = ", ".join(repr(name) for name in self.header if name)
        if count == 0:
            raise self.error(1, f"a column {column!r}", f"the columns {there}")
        raise self.error(1, f"one column {column!r}", f"{count} of that name among {there}")

    def find_time_column(self) -> str | None:
        by_lower_case = {name.lower(): name for name in reversed(self.header)}
        return next((by_lower_case[name] for name in TIME_COLUMNS if name in by_lower_case), None)

    def time_column(self, named: str | None) -> str:
        found = named or self.find_time_column()
        if found is None:
            there = ", ".join(repr(name) for name in self.header if name)
            raise self.error(1, "a column of times ('second', 'time' …) or a given step", f"the columns {there}")
        return found

    def numbers(self, column: str, *, what: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        position = self.position(column)
        values = np.empty(len(self.rows))
        for index, (line, row) in enumerate(self.rows):
            if position >= len(row):
                raise self.error(line, f"{position + 1} cells or more", f"{len(row)}")
            values[index] = self._number(row[position], line, what)
        return values

    def _number(self, cell: str, line: int, what: str) -> float:
        if cell.lower() in MISSING:
            return math.nan
        decimal = cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell
        try:
            value = float(decimal)
        except ValueError:
            value = math.nan
        # float() also takes "nan" with a sign, "infinity" and "1_0"; none of them is a rating.
        if not abs(value) <= LARGEST or "_" in cell:
            raise self.error(line, what, repr(cell[:40]))
        return value

    def ratings(self, column: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return self.numbers(column, what=f"a number or an empty cell in {column!r}")

    def grid(self, column: str) -> tuple[float, float]:
        """Start and step of a column of times."""
        times = self.numbers(column, what=f"a time in seconds in {column!r}")
        lines = [line for line, _ in self.rows]
        if np.isnan(times).any():
            raise self.error(lines[int(np.argmax(np.isnan(times)))], f"a time in seconds in {column!r}", "none")
        if times.size < 2:
            raise self.error(lines[0] + 1, "at least two rows, to know the step", "one")
        steps = np.diff(times)
        if (steps <= 0).any():
            at = int(np.argmax(steps <= 0)) + 1
            expected = f"a time after {times[at - 1]:g} s in {column!r} (raters stand in columns, not below each other)"
            raise self.error(lines[at], expected, f"{times[at]:g} s")
        usual = float(np.median(steps))
        uneven = np.abs(steps - usual) > 2 * _UNEVEN * usual
        if uneven.any():
            at = int(np.argmax(uneven)) + 1
            expected = f"an even step of {usual:g} s in {column!r} (a missing bin is a row with an empty cell)"
            raise self.error(lines[at], expected, f"{times[at - 1]:g} s followed by {times[at]:g} s")
        mean_step = float(times[-1] - times[0]) / (times.size - 1)
        off = np.abs(times - (times[0] + mean_step * np.arange(times.size))) > _UNEVEN * mean_step
        if off.any():
            at = int(np.argmax(off))
            raise self.error(lines[at], f"an even step of {mean_step:g} s in {column!r}", f"{times[at]:g} s")
        # The mean of many rounded steps is closer than any one of them, unless they are not rounded at all.
        return float(times[0]), usual if np.allclose(steps, usual, rtol=1e-9, atol=1e-9) else mean_step
