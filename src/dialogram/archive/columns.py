"""Columns of a table under their names, wherever they were read from."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dialogram.archive.source import Row, Source, TableError, listed
from dialogram.timeline.trace import LARGEST

TIME_COLUMNS = ("second", "seconds", "sec", "time", "time_s", "times_s", "start_s", "media_s", "timestamp", "t", "s")
"""Names by which a column of times in seconds is found, in this order, upper or lower case."""
_UNEVEN = 0.05
"""Share of a step by which a stamp may be off its grid: files round their times."""
_LAYOUTS = "(raters stand beside each other, or below each other with columns 'rater' and 'value')"

type Numbers = NDArray[np.float64]


class Columns(ABC):
    """A header and what stands below it, each row with the number of its line."""

    header: list[str]
    lines: Sequence[int]

    @abstractmethod
    def error(self, line: int, expected: str, found: str) -> TableError:
        """Make the one line that refuses the table."""

    @abstractmethod
    def numbers(self, column: str, *, what: str) -> Numbers:
        """Read a column of numbers, NaN where a cell is empty."""

    @abstractmethod
    def texts(self, column: str) -> list[str]:
        """Read a column of names."""

    def labels(self, column: str) -> tuple[NDArray[np.intp], list[str]]:
        """Read a column of names that come again and again: which one each row has, and all there are."""
        there: dict[str, int] = {}
        rows = [there.setdefault(text, len(there)) for text in self.texts(column)]
        return np.array(rows, dtype=np.intp), list(there)

    def position(self, column: str) -> int:
        """Find the one column of a name."""
        count = self.header.count(column.strip())
        if count == 1:
            return self.header.index(column.strip())
        if count == 0:
            raise self.error(1, f"a column {column!r}", f"the columns {listed(self.header)}")
        raise self.error(1, f"one column {column!r}", f"{count} of that name among {listed(self.header)}")

    def find(self, names: Sequence[str]) -> str | None:
        """Find the first of some names, upper or lower case, that the header has."""
        by_lower_case = {name.lower(): name for name in reversed(self.header)}
        return next((by_lower_case[name] for name in names if name in by_lower_case), None)

    def time_column(self, named: str | None) -> str:
        """Name the column of times: the one that is named, else one of the names that mean it."""
        found = named or self.find(TIME_COLUMNS)
        if found is None:
            expected = "a column of times ('second', 'time' …) or a given step"
            raise self.error(1, expected, f"the columns {listed(self.header)}")
        return found

    def ratings(self, column: str) -> Numbers:
        """Read a column of ratings, NaN where one is missing."""
        return self.numbers(column, what=f"a number or an empty cell in {column!r}")

    def times(self, column: str) -> Numbers:
        """Read a column of times, of which none may be missing."""
        times = self.numbers(column, what=f"a time in seconds in {column!r}")
        if np.isnan(times).any():
            raise self.error(self.lines[int(np.argmax(np.isnan(times)))], f"a time in seconds in {column!r}", "none")
        return times

    def grid(self, column: str, times: Numbers, rows: NDArray[np.intp]) -> tuple[float, float]:
        """First time and step of the rows of a column of times, in seconds."""
        lines = [self.lines[row] for row in rows]
        at_rows = times[rows]
        if rows.size < 2:
            raise self.error(lines[0] + 1, "at least two rows, to know the step", "one")
        steps = np.diff(at_rows)
        if (steps <= 0).any():
            at = int(np.argmax(steps <= 0)) + 1
            expected = f"a time after {at_rows[at - 1]:g} s in {column!r} {_LAYOUTS}"
            raise self.error(lines[at], expected, f"{at_rows[at]:g} s")
        usual = float(np.median(steps))
        uneven = np.abs(steps - usual) > 2 * _UNEVEN * usual
        if uneven.any():
            at = int(np.argmax(uneven)) + 1
            expected = f"an even step of {usual:g} s in {column!r} (a missing bin is a row with an empty cell)"
            raise self.error(lines[at], expected, f"{at_rows[at - 1]:g} s followed by {at_rows[at]:g} s")
        mean_step = float(at_rows[-1] - at_rows[0]) / (at_rows.size - 1)
        off = np.abs(at_rows - (at_rows[0] + mean_step * np.arange(at_rows.size))) > _UNEVEN * mean_step
        if off.any():
            at = int(np.argmax(off))
            raise self.error(lines[at], f"an even step of {mean_step:g} s in {column!r}", f"{at_rows[at]:g} s")
        # The mean of many rounded steps is closer than any one of them, unless they are not rounded at all.
        return float(at_rows[0]), usual if np.allclose(steps, usual, rtol=1e-9, atol=1e-9) else mean_step

    def ends_grid(self, column: str, rows: NDArray[np.intp]) -> tuple[float, float]:
        """Start and step in seconds of bins that are stamped with their ends; one alone has begun at 0."""
        times = self.times(column)
        if rows.size == 1 and times[rows[0]] > 0:
            return 0.0, float(times[rows[0]])
        first, step = self.grid(column, times, rows)
        start = first - step
        return (0.0 if abs(start) <= _UNEVEN * step else start), step


class TextColumns(Columns):
    """Columns of a text file.

    Where only its place says when a row was rated (`row_is_bin`), one without any value is a missing bin and stays.
    """

    def __init__(self, source: Source, rows: Sequence[Row], *, row_is_bin: bool = False) -> None:
        self._source = source
        filled = [index for index, row in enumerate(rows) if any(row.cells)]
        if not filled:
            raise self.error(1, "a header row and a row per bin", "an empty file")
        first_line, self.header = rows[filled[0]]
        width = len(self.header)
        self._rows = [
            row if row.cells else Row(row.line, [""])
            for row in rows[filled[0] + 1 : filled[-1] + 1]
            if any(row.cells) or (row_is_bin and (row.cells or width == 1))
        ]
        self.lines = [row.line for row in self._rows]
        if not self._rows:
            raise self.error(first_line + 1, "a row per bin", "the end of the file")
        for line, cells in self._rows:
            if len(cells) > width and any(cells[width:]):
                expected = f"{width} cells as in the header (a number with a decimal comma stands in quotes)"
                raise self.error(line, expected, f"{len(cells)}")

    def error(self, line: int, expected: str, found: str) -> TableError:
        """Make the one line that refuses the file."""
        return self._source.error(line, expected, found)

    def numbers(self, column: str, *, what: str) -> Numbers:
        """Read a column of numbers with decimal points or commas."""
        cells = self.texts(column)
        if (quickly := _plain_numbers(cells)) is not None:
            return quickly
        return np.array([self._source.number(cell, line, what) for cell, line in zip(cells, self.lines, strict=True)])

    def texts(self, column: str) -> list[str]:
        """Read a column as it stands there."""
        position = self.position(column)
        try:
            return [cells[position] for _, cells in self._rows]
        except IndexError:
            line, cells = next(row for row in self._rows if position >= len(row.cells))
            raise self.error(line, f"{position + 1} cells or more", f"{len(cells)}") from None


def _plain_numbers(cells: Sequence[str]) -> Numbers | None:
    """Read numbers of which none is missing or unusual, five times as quickly; None for any that is."""
    try:
        numbers = np.fromiter(map(float, cells), dtype=np.float64, count=len(cells))
    except ValueError:
        return None
    # What `Source.number` refuses, or takes for missing, it shall see itself.
    return numbers if (np.abs(numbers) <= LARGEST).all() and "_" not in "".join(cells) else None
