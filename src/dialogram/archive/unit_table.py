"""Tables of units that are not bins of time: subjects or segments in rows, raters beside or below each other."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dialogram.archive.cohort_table import open_table
from dialogram.archive.columns import TIME_COLUMNS, Columns, Numbers
from dialogram.archive.formats import recognise
from dialogram.archive.layouts import RATER_COLUMNS, VALUE_COLUMNS, is_long
from dialogram.archive.source import Wanted, is_number, listed

UNIT_COLUMNS = ("unit", "units", "subject", "target", "case", "item", "segment", "id")
"""Names by which the column that tells what was rated is found, in this order, upper or lower case."""
_TABLES = frozenset({"wide", "long", "parquet"})


def holds_units(path: str | Path) -> bool:
    """Whether a file is a table that tells no times.

    Raises
    ------
    TableError
        For a file that is neither text nor Parquet, or has no rows.
    OSError
        When the file cannot be opened.
    """
    return recognise(path) in _TABLES and open_table(path).find(TIME_COLUMNS) is None


def read_units(path: str | Path, columns: Sequence[str] | None = None) -> tuple[tuple[str, ...], Numbers]:
    r"""Read a table of units × raters.

    Parameters
    ----------
    path
        A table of text or Parquet with a header: a row per unit and a column per rater, or a row per unit and rater
        with a column of :data:`UNIT_COLUMNS` and the columns ``rater`` and ``value``. A column of units beside the
        raters is known by its name; the others are raters.
    columns
        Which raters; default: all.

    Returns
    -------
    raters : tuple of str
        Their names.
    ratings : ndarray, shape (raters, units)
        NaN where a cell is empty.

    Raises
    ------
    TableError
        For a table that has no header, none of the columns, a cell that is no number, or a unit that one rated twice.
    OSError
        When the file cannot be opened.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "codes.csv"
    ...     _ = path.write_text("segment,first,second\n1,3,2\n2,,4\n")
    ...     read_units(path)
    (('first', 'second'), array([[ 3., nan],
                                 [ 2.,  4.]]))
    """
    table = open_table(path)
    wanted = Wanted(columns=tuple(columns) if columns else None)
    if is_long(table, wanted):
        return _read_long(table, wanted.columns)
    _check_header(table)
    units = table.find(UNIT_COLUMNS)
    names = wanted.columns or tuple(name for name in table.header if name and name != units)
    if not names:
        raise table.error(1, "a column per rater", f"the columns {listed(table.header)}")
    return names, np.stack([table.ratings(name) for name in names])


def _check_header(table: Columns) -> None:
    """Refuse a first row of ratings: numbers that do not count raters from 1 on."""
    names = [name for name in table.header if name]
    if all(map(is_number, names)) and names != [str(place + 1) for place in range(len(names))]:
        raise table.error(1, "a header row with the raters' names", listed(names))


def _read_long(table: Columns, raters: Sequence[str] | None) -> tuple[tuple[str, ...], Numbers]:
    unit_column, rater_column = table.find(UNIT_COLUMNS), str(table.find(RATER_COLUMNS))
    if unit_column is None:
        raise table.error(1, "a column of units ('unit', 'segment' …) or of times", listed(table.header))
    (unit, units), (rater, names) = table.labels(unit_column), table.labels(rater_column)
    for name in raters or ():
        if name not in names:
            raise table.error(1, f"a rater {name!r} in {rater_column!r}", f"only {listed(names)}")
    values = table.ratings(str(table.find(VALUE_COLUMNS)))
    place = rater * len(units) + unit
    _, first = np.unique(place, return_index=True)
    if first.size < place.size:
        at = int(np.setdiff1d(np.arange(place.size), first)[0])
        expected = f"one rating of {unit_column} {units[unit[at]]!r} by {names[rater[at]]!r}"
        raise table.error(table.lines[at], expected, "a second one")
    ratings = np.full((len(names), len(units)), np.nan)
    ratings[rater, unit] = values
    chosen = tuple(raters or names)
    return chosen, ratings[[names.index(name) for name in chosen]]
