"""The two ways in which a table holds several raters: beside each other, or below each other."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dialogram.archive.columns import TIME_COLUMNS, Columns
from dialogram.archive.source import TableError, Wanted, listed
from dialogram.archive.writing import check_grid, check_names, check_step_is_told
from dialogram.timeline import Trace

RATER_COLUMNS = ("rater", "role", "person", "participant", "observer", "annotator")
"""Names by which the column that tells who rated is found in a long table, in this order, upper or lower case."""
VALUE_COLUMNS = ("value", "rating", "score", "dial")
"""Names by which the column of ratings is found in a long table, in this order, upper or lower case."""


def is_long(columns: Columns, wanted: Wanted) -> bool:
    """Whether raters stand below each other: one column tells who, one what; unless a column is asked for by name."""
    if wanted.columns is not None and set(wanted.columns) <= set(columns.header):
        return False
    return columns.find(RATER_COLUMNS) is not None and columns.find(VALUE_COLUMNS) is not None


def read_table(columns: Columns, wanted: Wanted) -> tuple[Trace, ...]:
    """Read the traces of a table in the layout it has."""
    return (_read_long if is_long(columns, wanted) else _read_wide)(columns, wanted)


def wide_rows(traces: Sequence[Trace]) -> Iterator[tuple[float, ...]]:
    """Time and values, a row per bin; refused unless all bins are on one grid."""
    check_columns(traces)
    check_grid(traces)
    names = {trace.name.lower() for trace in traces}
    if "second" in names or (names & set(RATER_COLUMNS) and names & set(VALUE_COLUMNS)):
        raise TableError(
            f"expected names that no column of times or of a long table has, found {listed(sorted(names))}"
        )
    return zip(traces[0].times_s.tolist(), *(trace.values.tolist() for trace in traces), strict=True)


def check_columns(traces: Sequence[Trace]) -> None:
    """Refuse traces that a table would not give back as they are."""
    check_names(traces)
    check_step_is_told(traces)


def _read_wide(columns: Columns, wanted: Wanted) -> tuple[Trace, ...]:
    if wanted.step_s is None:
        times = columns.time_column(wanted.time_column)
        start_s, step_s = columns.grid(times, columns.times(times), np.arange(len(columns.lines)))
    else:
        times = columns.find(TIME_COLUMNS) or ""
        start_s, step_s = 0.0, wanted.step_s
    names = wanted.columns or tuple(name for name in columns.header if name and name != times)
    if not names:
        raise columns.error(1, "a column of ratings beside the times", "none")
    return tuple(Trace(values=columns.ratings(name), step_s=step_s, start_s=start_s, name=name) for name in names)


def _read_long(columns: Columns, wanted: Wanted) -> tuple[Trace, ...]:
    rater_column, value_column = str(columns.find(RATER_COLUMNS)), str(columns.find(VALUE_COLUMNS))
    raters = columns.texts(rater_column)
    rows: dict[str, list[int]] = {}
    for row, rater in enumerate(raters):
        if not rater:
            raise columns.error(columns.lines[row], f"who rated in {rater_column!r}", "an empty cell")
        rows.setdefault(rater, []).append(row)
    for name in wanted.columns or ():
        if name not in rows:
            raise columns.error(1, f"a rater {name!r} in {rater_column!r}", f"only {listed(rows)}")
    values = columns.ratings(value_column)
    grid_of = _grids(columns, wanted)
    traces = []
    for name in wanted.columns or rows:
        at = np.array(rows[name])
        start_s, step_s = grid_of(at)
        traces.append(Trace(values=values[at], step_s=step_s, start_s=start_s, name=name))
    return tuple(traces)


def _grids(columns: Columns, wanted: Wanted) -> Callable[[NDArray[np.intp]], tuple[float, float]]:
    if wanted.step_s is not None:
        given = (0.0, wanted.step_s)
        return lambda _rows: given
    column = columns.time_column(wanted.time_column)
    return partial(columns.grid, column, columns.times(column))
