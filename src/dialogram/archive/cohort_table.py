"""Many dyads' ratings in one long table, a row per dyad, rater and bin."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dialogram.analysis import JudgedDyad
from dialogram.archive import parquet
from dialogram.archive.columns import Columns, TextColumns
from dialogram.archive.source import Source
from dialogram.timeline import Trace

_OFF_GRID = 0.1
"""Share of a step by which a stamp may be off its grid, and by which two raters' steps may differ."""

_SHORT = 0.1
"""Which quantile of the distances between rows is the step: the least may be a stamp gone astray."""
_ENOUGH = 10
"""A rater with fewer rows has no step to speak of."""
_MOST_BINS = 10_000_000
"""A grid with more is no session: a stamp of another clock is among its times."""


@dataclass(frozen=True, kw_only=True)
class CohortColumns:
    """Where in a long table things stand.

    Parameters
    ----------
    dyad, role, time, value
        Columns of the dyad's name, of who rated, of the bin's start in media seconds, and of the rating.
    judge, truth
        What stands in the column of roles for either.
    therapist
        Column of the therapist's name, where dyads lie within therapists.
    """

    dyad: str
    role: str
    judge: str
    truth: str
    time: str
    value: str
    therapist: str | None = None


def read_cohort(
    path: str | Path,
    columns: CohortColumns,
    *,
    moderators_path: str | Path | None = None,
    moderators: Sequence[str] = (),
) -> tuple[JudgedDyad, ...]:
    r"""Read the ratings of many dyads, and what is known of each.

    Parameters
    ----------
    path
        A table of text as :func:`dialogram.archive.formats.read_traces` reads, or Parquet, with a row per dyad, rater
        and bin, in any order. Other raters' rows are passed over. A bin without a row, or with an empty cell, is
        missing.
    columns
        What stands where.
    moderators_path
        A table with the same column of dyads; default: the long table itself.
    moderators
        Columns of numbers. Where that table has the column of roles too, the judge's rows say what the moderator of a
        dyad is, else all of the dyad's rows; they must agree, and may be empty.

    Returns
    -------
    tuple of JudgedDyad
        In the order in which they first appear. The two ratings of a dyad lie on one grid, with the step of the table.

    Raises
    ------
    TableError
        For a column that is not there, a cell that is no number, a dyad or time that is missing, nobody of either
        role, two rows of a rater for one time, times off a grid, raters with different steps, and a moderator with two
        values for one dyad.
    OSError
        When a file cannot be opened.

    Examples
    --------
    >>> import tempfile
    >>> rows = ["dyad,who,second,dial", "7,c,0,50", "7,t,0,40", "7,c,2,55", "7,t,2,NA", "7,c,6,60", "7,t,6,61"]
    >>> columns = CohortColumns(dyad="dyad", role="who", judge="t", truth="c", time="second", value="dial")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "cohort.csv"
    ...     _ = path.write_text("\n".join(rows))
    ...     (dyad,) = read_cohort(path, columns)
    >>> dyad.name, dyad.judge.values, dyad.truth.values
    ('7', array([40., nan, nan, 61.]), array([50., 55., nan, 60.]))
    """
    table = _open(path)
    names = np.array(_names(table, columns.dyad, what="the name of a dyad"))
    roles = np.array(_names(table, columns.role, what="who rated"))
    times = table.times(columns.time)
    values = table.ratings(columns.value)
    _check_roles(table, columns, roles)
    known = _Known(_open(moderators_path) if moderators_path else table, columns)
    of_moderators = {name: known.numbers(name) for name in moderators}
    therapists = _one_a_dyad(table, columns, names)
    found = []
    for name, every in _rows_of_each(names):
        rows = {role: every[roles[every] == role] for role in (columns.judge, columns.truth)}
        if not any(at.size for at in rows.values()):
            continue
        traces = _trace_both(table, name, rows, times, values)
        found.append(
            JudgedDyad(
                name=name,
                judge=traces[columns.judge],
                truth=traces[columns.truth],
                therapist=therapists.get(name),
                moderators={
                    moderator: of_dyad[name] for moderator, of_dyad in of_moderators.items() if name in of_dyad
                },
            )
        )
    return tuple(found)


def _open(path: str | Path) -> Columns:
    source = Source(Path(path))
    if parquet.recognises(source):
        return parquet.open_columns(source)
    return TextColumns(source, source.rows(source.delimiter))


def _names(table: Columns, column: str, *, what: str) -> list[str]:
    names = table.texts(column)
    for line, name in zip(table.lines, names, strict=True):
        if not name:
            raise table.error(line, f"{what} in {column!r}", "none")
    return names


def _rows_of_each(names: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Give the rows of each dyad, dyads in the order in which they first appear."""
    there, first, which = np.unique(names, return_index=True, return_inverse=True)
    rows = np.split(np.argsort(which, kind="stable"), np.cumsum(np.bincount(which))[:-1])
    return [(str(there[index]), rows[index]) for index in np.argsort(first)]


def _check_roles(table: Columns, columns: CohortColumns, roles: np.ndarray) -> None:
    for what, role in (("judge", columns.judge), ("truth", columns.truth)):
        if not (roles == role).any():
            there = ", ".join(repr(each) for each in sorted(set(roles.tolist()))[:5])
            raise table.error(table.lines[0], f"the {what} {role!r} somewhere in {columns.role!r}", there)


def _one_a_dyad(table: Columns, columns: CohortColumns, names: np.ndarray) -> dict[str, str]:
    if columns.therapist is None:
        return {}
    found: dict[str, str] = {}
    cells = _names(table, columns.therapist, what="the name of a therapist")
    for line, name, therapist in zip(table.lines, names.tolist(), cells, strict=True):
        if found.setdefault(name, therapist) != therapist:
            raise table.error(line, f"the therapist {found[name]!r} of dyad {name!r}", repr(therapist))
    return found


def _trace_both(
    table: Columns, name: str, rows: Mapping[str, np.ndarray], times: np.ndarray, values: np.ndarray
) -> dict[str, Trace]:
    """Lay the ratings of a dyad on one grid."""
    rows = {role: at[np.argsort(times[at], kind="stable")] for role, at in rows.items()}
    every = np.unique(np.concatenate([times[at] for at in rows.values()]))
    usual = _find_step(table, name, rows, times)
    bins = int(np.rint(np.diff(every) / usual).sum())
    if bins > _MOST_BINS:
        line = min(table.lines[at[-1]] for at in rows.values() if at.size)
        found = f"{every[0]:g} to {every[-1]:g} s in steps of {usual:g} s"
        raise table.error(line, f"times of one session in dyad {name!r}", found)
    # The mean of many rounded steps is closer than any one of them, unless they are not rounded at all.
    step = float((every[-1] - every[0]) / bins) if bins else usual
    step = usual if math.isclose(step, usual, rel_tol=1e-9) else step
    traces = {}
    for role, at in rows.items():
        places = (times[at] - every[0]) / step
        cells = np.rint(places).astype(np.intp)
        for wrong, expected in (
            (np.abs(places - cells) > _OFF_GRID, f"a time every {step:g} s from {every[0]:g} s on in dyad {name!r}"),
            (np.diff(cells, prepend=-1) == 0, f"one row of {role!r} in dyad {name!r} for each bin of {step:g} s"),
        ):
            if wrong.any():
                first = at[int(np.argmax(wrong))]
                raise table.error(table.lines[first], expected, f"{times[first]:g} s")
        grid = np.full(bins + 1, np.nan)
        grid[cells] = values[at]
        traces[role] = Trace(values=grid, step_s=step, start_s=float(every[0]), name=role)
    return traces


def _find_step(table: Columns, name: str, rows: Mapping[str, np.ndarray], times: np.ndarray) -> float:
    """Find the step of a dyad: a short one among its own, because missing bins make long ones."""
    apart = {role: np.diff(times[at]) for role, at in rows.items()}
    steps = {
        role: float(np.quantile(each[each > 0], _SHORT, method="lower"))
        for role, each in apart.items()
        if (each > 0).any()
    }
    known = [step for role, step in steps.items() if apart[role].size >= _ENOUGH]
    if known and max(known) > (1 + _OFF_GRID) * min(known):
        line = min(table.lines[at[0]] for at in rows.values())
        found = " and ".join(f"{step:g} s" for step in steps.values())
        raise table.error(line, f"both raters of dyad {name!r} at one step", found)
    return min(steps.values(), default=1.0)


class _Known:
    """A table that says something of each dyad."""

    def __init__(self, table: Columns, columns: CohortColumns) -> None:
        self._table, self._columns = table, columns

    def numbers(self, moderator: str) -> dict[str, float]:
        """Give the number of each dyad that has one."""
        table, columns = self._table, self._columns
        names = _names(table, columns.dyad, what="the name of a dyad")
        numbers = table.numbers(moderator, what=f"a number or an empty cell in {moderator!r}")
        says: list[bool] = [True] * len(names)
        if columns.role in table.header:
            says = [role == columns.judge for role in table.texts(columns.role)]
        found: dict[str, float] = {}
        for line, name, number, counts in zip(table.lines, names, numbers.tolist(), says, strict=True):
            if not counts or math.isnan(number):
                continue
            if found.setdefault(name, number) != number:
                raise table.error(line, f"one {moderator!r} of dyad {name!r}, {found[name]:g}", f"{number:g}")
        return found
