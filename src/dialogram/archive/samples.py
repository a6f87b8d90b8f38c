"""Samples without a header: what CARMA leaves when it breaks down, and DARMA's raw log."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dialogram.archive.changes import bin_changes, check_time
from dialogram.archive.source import Source, TableError, Wanted, is_number, listed
from dialogram.archive.writing import check_grid, digits, from_zero, one_trace, time_digits
from dialogram.timeline import HELPFULNESS, Scale, Trace

LOG_NAMES = ("X", "Y", "Button")
"""Names of the traces of a log: it tells none."""
_TOUCH = 1e-6
"""Share of a bin below which a button was down only by the arithmetic of times."""
BUTTON = Scale(name="Button", low=0.0, high=1.0, neutral=0.5, step=1.0, low_label="up", high_label="down")


def is_samples(source: Source, width: int) -> bool:
    """Whether the first row is already one of numbers, so many."""
    return len(source.first_cells) == width and all(map(is_number, source.first_cells))


def read_dump(source: Source, wanted: Wanted) -> tuple[Trace, ...]:
    """Read times and ratings; the last sample only says when the one before it ended."""
    (times, values), name = _read_samples(source, 2), source.path.stem
    end_s = times[-1]
    trace = bin_changes(times, values, end_s=end_s, step_s=wanted.step_s, scale=HELPFULNESS, name=name)
    return wanted.choose({name: trace}, source, what="a trace")


def write_dump(traces: Sequence[Trace], path: Path) -> dict[Path, bytes]:
    """Write a sample at the start of each bin, and the last again at its end."""
    return _write_samples([one_trace(traces, "CARMA")], path)


def read_log(source: Source, wanted: Wanted) -> tuple[Trace, ...]:
    """Read times, X, Y and whether the button was down; in a bin it is down when it ever was."""
    times, *axes = _read_samples(source, len(LOG_NAMES) + 1)
    end_s, step_s = times[-1], wanted.step_s
    traces = {
        name: bin_changes(times, values, end_s=end_s, step_s=step_s, scale=HELPFULNESS, name=name)
        for name, values in zip(LOG_NAMES, axes, strict=True)
    }
    shares = traces["Button"].values
    traces["Button"] = Trace(
        values=np.where(np.isnan(shares), np.nan, shares > _TOUCH),
        step_s=traces["Button"].step_s,
        scale=BUTTON,
        name="Button",
    )
    return wanted.choose(traces, source, what="a trace")


def _read_samples(source: Source, width: int) -> list[list[float]]:
    columns: list[list[float]] = [[] for _ in range(width)]
    before_s = 0.0
    for line, cells in source.rows(source.delimiter):
        if not any(cells):
            continue
        if len(cells) < width or any(cells[width:]):
            raise source.error(line, f"{width} numbers", f"{len(cells)} cells")
        numbers = [source.number(cell, line, "a number") for cell in cells[:width]]
        check_time(source, line, numbers[0], before_s)
        if width == len(LOG_NAMES) + 1 and not (numbers[-1] in {0.0, 1.0} or math.isnan(numbers[-1])):
            raise source.error(line, "0 or 1 for the button of a log of DARMA, or a header", f"{numbers[-1]:g}")
        before_s = numbers[0]
        for column, number in zip(columns, numbers, strict=True):
            column.append(number)
    if columns[0][0] == columns[0][-1]:
        raise source.error(len(columns[0]), "samples of more than one moment", f"only {before_s:g} s")
    return columns


def write_log(traces: Sequence[Trace], path: Path) -> dict[Path, bytes]:
    """Write a sample at the start of each bin, and the last again at its end."""
    if len(traces) != len(LOG_NAMES):
        names = listed([trace.name for trace in traces])
        raise TableError(f"expected three traces, X, Y and the button, as a log of DARMA holds, found {names}")
    check_grid(traces)
    return _write_samples(traces, path)


def _write_samples(traces: Sequence[Trace], path: Path) -> dict[Path, bytes]:
    step_s = traces[0].step_s
    samples = list(zip(*(from_zero(trace, "a file of samples").tolist() for trace in traces), strict=True))
    rows = [(index * step_s, sample) for index, sample in enumerate([*samples, samples[-1]])]
    lines = (",".join([time_digits(at), *(digits(value, missing="NaN") for value in sample)]) for at, sample in rows)
    return {path: "".join(f"{line}\n" for line in lines).encode("utf-8")}
