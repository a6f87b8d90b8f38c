"""DARMA: two axes and a button a file, its bins stamped with their ends."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dialogram.archive.columns import TextColumns
from dialogram.archive.frame import Frame, has_key
from dialogram.archive.samples import BUTTON
from dialogram.archive.source import Source, TableError, Wanted, listed
from dialogram.archive.writing import check_grid, check_names, digits, from_zero, quoted, time_digits
from dialogram.timeline import Scale, Trace

LONG_HEADER = ("AnnotationFile", "MultimediaFile", "Magnitude", "XLabel", "YLabel", "Second", "X", "Y", "Button")


def recognises(source: Source) -> bool:
    """Whether this is a file of one rating, or the table of several below each other."""
    return has_key(source, "Magnitude") or _is_long(source)


def read(source: Source, wanted: Wanted) -> tuple[Trace, ...]:
    """Read the two axes under their labels and the button; of several ratings with the name of the file before."""
    return (_read_long if _is_long(source) else _read_frame)(source, wanted)


def write(traces: Sequence[Trace], path: Path) -> dict[Path, bytes]:
    """Write two axes of one magnitude, and a button where there is a third trace."""
    if len(traces) not in {2, 3}:
        names = listed([trace.name for trace in traces])
        raise TableError(f"expected two traces, or three with the button, as a file of DARMA holds, found {names}")
    check_grid(traces)
    check_names(traces)
    x, y = traces[:2]
    if BUTTON.name in {x.name, y.name}:
        raise TableError(f"expected the axes before the button, found {x.name!r} and {y.name!r}")
    for axis in (x, y):
        low, high = axis.scale.low, axis.scale.high
        if (low, high) != (-x.scale.high, x.scale.high) or axis.scale.neutral != 0:
            raise TableError(
                f"expected axes from minus to plus one magnitude round a neutral 0, as DARMA's are, found {low:g} to"
                f" {high:g} round {axis.scale.neutral:g}"
            )
    columns = [from_zero(trace, "DARMA").tolist() for trace in traces]
    pressed = columns[2] if len(traces) == 3 else [0.0] * len(columns[0])
    for bin_, down in enumerate(pressed):
        if down not in {0.0, 1.0} and not math.isnan(down):
            raise TableError(f"bin at {bin_ * x.step_s:g} s: expected 0 or 1 for the button, found {down:g}")
    end_s = time_digits(len(pressed) * x.step_s)
    lines = [
        '"Time of Rating","","",""',
        f'"Multimedia File","",{end_s},""',
        f'"Magnitude",{digits(x.scale.high)},"",""',
        f'"Second",{quoted(x.name)},{quoted(y.name)},"Button"',
        ",".join([quoted("%%%%%%")] * 4),
    ]
    for bin_, row in enumerate(zip(*columns[:2], pressed, strict=True), start=1):
        lines.append(",".join([time_digits(bin_ * x.step_s), *map(digits, row)]))
    return {path: "".join(f"{line}\n" for line in lines).encode("utf-8")}


def _is_long(source: Source) -> bool:
    return source.first_cells == list(LONG_HEADER)


def _read_frame(source: Source, wanted: Wanted) -> tuple[Trace, ...]:
    frame = Frame(source)
    labels = [*frame.header.cells, "", ""][1:3]
    columns = frame.columns(["Second", "X", "Y", "Button"])
    scales = _scales(labels, frame.number("Magnitude"), source, frame.header.line, frame.row("Magnitude").line)
    traces = _traces(columns, np.arange(len(columns.lines)), scales)
    return wanted.choose({trace.name: trace for trace in traces}, source, what="a trace")


def _read_long(source: Source, wanted: Wanted) -> tuple[Trace, ...]:
    columns = TextColumns(source, source.rows(source.delimiter))
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(columns.texts("AnnotationFile")):
        rows.setdefault(name, []).append(row)
    magnitudes = columns.ratings("Magnitude")
    axes = list(zip(columns.texts("XLabel"), columns.texts("YLabel"), magnitudes.tolist(), strict=True))
    traces = {}
    for name, at in rows.items():
        first = axes[at[0]]
        for row in at:
            if axes[row] != first:
                raise source.error(columns.lines[row], f"the axes {first} of {name!r} all the way", f"{axes[row]}")
        scales = _scales(first[:2], first[2], source, columns.lines[at[0]], columns.lines[at[0]])
        for trace in _traces(columns, np.array(at), scales):
            traces[f"{name} {trace.name}"] = replace(trace, name=f"{name} {trace.name}")
    return wanted.choose(traces, source, what="a trace")


def _scales(
    labels: Sequence[str], magnitude: float, source: Source, labels_line: int, magnitude_line: int
) -> list[Scale]:
    x, y = (label or axis for label, axis in zip(labels, "XY", strict=True))
    if x == y or BUTTON.name in {x, y}:
        raise source.error(labels_line, "labels that tell the axes and the button apart", f"{x!r} and {y!r}")
    if not magnitude > 0:
        raise source.error(magnitude_line, "a magnitude above 0", f"{magnitude:g}")
    return [
        Scale(
            name=label,
            low=-magnitude,
            neutral=0.0,
            high=magnitude,
            step=min(1.0, magnitude / 50),
            low_label=f"low {label}",
            high_label=f"high {label}",
        )
        for label in (x, y)
    ]


def _traces(columns: TextColumns, rows: NDArray[np.intp], scales: Sequence[Scale]) -> list[Trace]:
    start_s, step_s = columns.ends_grid("Second", rows)
    return [
        Trace(values=columns.ratings(column)[rows], step_s=step_s, start_s=start_s, scale=scale, name=scale.name)
        for column, scale in zip(("X", "Y", "Button"), (*scales, BUTTON), strict=True)
    ]
