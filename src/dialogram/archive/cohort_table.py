"""Many dyads' ratings in one long table, a row per dyad, rater and bin."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dialogram.analysis import JudgedDyad
from dialogram.archive import parquet
from dialogram.archive.columns import Columns, TextColumns
from dialogram.archive.source import Source, TableError, listed
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
    therapist, client
        Columns of their names, where dyads lie within therapists, or are sessions of clients.
    of_truth
        Moderators that the truth's rows tell, not the judge's: what the client says of the session.
    """

    dyad: str
    role: str
    judge: str
    truth: str
    time: str
    value: str
    therapist: str | None = None
    client: str | None = None
    of_truth: tuple[str, ...] = ()


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
        dyad is, or the truth's, else all of the dyad's rows; they must agree, and may be empty.

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
    table = open_table(path)
    check_roles(table.labels(columns.role)[1], columns, partial(table.error, table.lines[0]))
    known = read_moderators(moderators_path, columns, moderators) if moderators_path else {}
    dyads = read_dyads(table, columns, moderators=() if moderators_path else moderators)
    return tuple(replace(dyad, moderators=known.get(dyad.name, {})) for dyad in dyads) if moderators_path else dyads


def check_roles(there: Sequence[str], columns: CohortColumns, error: Callable[[str, str], TableError]) -> None:
    """Refuse a table in which nobody is the judge, or nobody the truth."""
    for what, role in (("judge", columns.judge), ("truth", columns.truth)):
        if role not in there:
            raise error(f"the {what} {role!r} somewhere in {columns.role!r}", listed(sorted(there)[:5]))


def read_dyads(table: Columns, columns: CohortColumns, *, moderators: Sequence[str] = ()) -> tuple[JudgedDyad, ...]:
    """Read the dyads of an open table, of some rows of one, and moderators that stand beside the ratings."""
    which, names = _names(table, columns.dyad, what="the name of a dyad")
    role, roles = _names(table, columns.role, what="who rated")
    times = table.times(columns.time)
    values = table.ratings(columns.value)
    known = {moderator: _of_each(table, columns, moderator) for moderator in moderators}
    therapists = _persons(table, columns.therapist, "therapist", which, names)
    clients = _persons(table, columns.client, "client", which, names)
    wanted = {each: roles.index(each) for each in (columns.judge, columns.truth) if each in roles}
    order = np.argsort(which, kind="stable")
    found = []
    for name, every in zip(names, np.split(order, np.cumsum(np.bincount(which))[:-1]), strict=True):
        of_rows = role[every]
        rows = {each: every[of_rows == wanted.get(each, -1)] for each in (columns.judge, columns.truth)}
        if not any(at.size for at in rows.values()):
            continue
        traces = _trace_both(table, name, rows, times, values)
        found.append(
            JudgedDyad(
                name=name,
                judge=traces[columns.judge],
                truth=traces[columns.truth],
                therapist=therapists.get(name),
                client=clients.get(name),
                moderators={moderator: of_dyad[name] for moderator, of_dyad in known.items() if name in of_dyad},
            )
        )
    return tuple(found)


def read_moderators(path: str | Path, columns: CohortColumns, moderators: Sequence[str]) -> dict[str, dict[str, float]]:
    """Read what is known of each dyad from a table of its own: its numbers by the dyad's name and theirs."""
    table = open_table(path)
    found: dict[str, dict[str, float]] = {}
    for moderator in moderators:
        for name, number in _of_each(table, columns, moderator).items():
            found.setdefault(name, {})[moderator] = number
    return found


def open_table(path: str | Path) -> Columns:
    """Open a table of text or Parquet."""
    source = Source(Path(path))
    if parquet.recognises(source):
        return parquet.open_columns(source)
    return TextColumns(source, source.rows(source.delimiter))


def _names(table: Columns, column: str, *, what: str) -> tuple[NDArray[np.intp], list[str]]:
    rows, names = table.labels(column)
    if "" in names:
        line = table.lines[int(np.argmax(rows == names.index("")))]
        raise table.error(line, f"{what} in {column!r}", "none")
    return rows, names


def _persons(
    table: Columns, column: str | None, who: str, which: NDArray[np.intp], names: Sequence[str]
) -> dict[str, str]:
    """Read the one therapist, or the one client, of each dyad."""
    if column is None:
        return {}
    rows, there = _names(table, column, what=f"the name of a {who}")
    _, first = np.unique(which, return_index=True)
    wrong = rows != rows[first][which]
    if wrong.any():
        at = int(np.argmax(wrong))
        expected = f"the {who} {there[rows[first[which[at]]]]!r} of dyad {names[which[at]]!r}"
        raise table.error(table.lines[at], expected, repr(there[rows[at]]))
    return {name: there[rows[at]] for name, at in zip(names, first.tolist(), strict=True)}


def _of_each(table: Columns, columns: CohortColumns, moderator: str) -> dict[str, float]:
    """Read the one number of each dyad that has one."""
    which, names = _names(table, columns.dyad, what="the name of a dyad")
    numbers = table.numbers(moderator, what=f"a number or an empty cell in {moderator!r}")
    says = ~np.isnan(numbers)
    if columns.role in table.header:
        role, roles = table.labels(columns.role)
        whose = columns.truth if moderator in columns.of_truth else columns.judge
        says &= role == (roles.index(whose) if whose in roles else -1)
    at = np.flatnonzero(says)
    there, first = np.unique(which[at], return_index=True)
    one = np.full(len(names), np.nan)
    one[there] = numbers[at[first]]
    wrong = at[numbers[at] != one[which[at]]]
    if wrong.size:
        name = names[which[wrong[0]]]
        expected = f"one {moderator!r} of dyad {name!r}, {one[which[wrong[0]]]:g}"
        raise table.error(table.lines[int(wrong[0])], expected, f"{numbers[wrong[0]]:g}")
    return {names[index]: float(one[index]) for index in there.tolist()}


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
