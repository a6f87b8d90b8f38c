"""CARMA: one rating a file, its bins stamped with their ends."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from dialogram.archive.columns import TextColumns
from dialogram.archive.frame import Frame, has_key
from dialogram.archive.source import Source, TableError, Wanted
from dialogram.archive.writing import check_neutral, check_text, digits, from_zero, one_trace, quoted, time_digits
from dialogram.timeline import Scale, Trace

TABLE_HEADER = (
    "Filename",
    "Lower Label",
    "Upper Label",
    "Minimum Value",
    "Midpoint Value",
    "Maximum Value",
    "Number of Steps",
    "Second",
    "Rating",
)
_AXIS_STEPS = 9
"""Marks along CARMA's axis where nobody has chosen another number; no trace holds one."""


def has_frame(source: Source) -> bool:
    """Whether this is a file of version 14: keys above the ratings."""
    return has_key(source, "Minimum Value")


def is_quoted(source: Source) -> bool:
    """Whether this is a file of version 14.08 or later: keys in double quotes."""
    return has_frame(source) and source.first_line.startswith('"')


def is_table(source: Source) -> bool:
    """Whether this is a file of before version 14: everything in each row."""
    return source.first_cells == list(TABLE_HEADER)


def read_frame(source: Source, wanted: Wanted) -> tuple[Trace, ...]:
    """Read a file of version 14, its keys with or without quotes."""
    frame = Frame(source)
    scale = _scale(
        (frame.number("Minimum Value"), None, frame.number("Maximum Value")),
        (frame.text("Lower Label"), frame.text("Upper Label")),
        refuse=partial(source.error, frame.row("Minimum Value").line),
    )
    return _read(frame.columns(["Second", "Rating"]), scale, source, wanted)


def read_table(source: Source, wanted: Wanted) -> tuple[Trace, ...]:
    """Read a file of before version 14."""
    columns = TextColumns(source, source.rows(source.delimiter))
    for key in TABLE_HEADER[:7]:
        texts = columns.texts(key)
        for line, text in zip(columns.lines, texts, strict=True):
            if text != texts[0]:
                raise source.error(
                    line, f"one rating a file, with {texts[0]!r} in {key!r} all the way", repr(text[:40])
                )
    low, middle, high = (float(columns.ratings(key)[0]) for key in TABLE_HEADER[3:6])
    labels = columns.texts("Lower Label")[0], columns.texts("Upper Label")[0]
    scale = _scale((low, middle, high), labels, refuse=partial(source.error, columns.lines[0]))
    return _read(columns, scale, source, wanted)


def write_quoted(traces: Sequence[Trace], path: Path) -> dict[Path, bytes]:
    """Write a file as version 14.08 and later do."""
    trace = _checked(traces)
    check_neutral(trace.scale, "CARMA")
    return {path: _frame(trace, quoted)}


def write_bare(traces: Sequence[Trace], path: Path) -> dict[Path, bytes]:
    """Write a file as versions 14.00 to 14.07 do: without quotes."""
    trace = _checked(traces, without=',"')
    check_neutral(trace.scale, "CARMA")
    return {path: _frame(trace, str)}


def write_table(traces: Sequence[Trace], path: Path) -> dict[Path, bytes]:
    """Write a file as versions before 14 do."""
    trace = _checked(traces)
    scale = trace.scale
    texts = ["", quoted(scale.low_label), quoted(scale.high_label)]
    numbers = [digits(value) for value in (scale.low, scale.neutral, scale.high, float(_AXIS_STEPS))]
    before = ",".join([*texts, *numbers])
    lines = [",".join(TABLE_HEADER), *(f"{before},{row}" for row in _rows(trace))]
    return {path: "".join(f"{line}\n" for line in lines).encode("utf-8")}


def _read(columns: TextColumns, scale: Scale, source: Source, wanted: Wanted) -> tuple[Trace, ...]:
    start_s, step_s = columns.ends_grid("Second", np.arange(len(columns.lines)))
    name = source.path.stem
    trace = Trace(values=columns.ratings("Rating"), step_s=step_s, start_s=start_s, scale=scale, name=name)
    return wanted.choose({name: trace}, source, what="a trace")


def _checked(traces: Sequence[Trace], *, without: str = "") -> Trace:
    trace = one_trace(traces, "CARMA")
    for label in (trace.scale.low_label, trace.scale.high_label):
        check_text(label, without=without)
    return trace


def _scale(
    marks: tuple[float, float | None, float], labels: tuple[str, str], *, refuse: Callable[[str, str], TableError]
) -> Scale:
    low, middle, high = marks
    neutral = (low + high) / 2 if middle is None else middle
    if not low < neutral < high:
        raise refuse("a minimum below the middle below the maximum", f"{low:g}, {neutral:g}, {high:g}")
    return Scale(
        name="rating",
        low=low,
        neutral=neutral,
        high=high,
        step=min(1.0, (high - low) / 100),
        low_label=labels[0] or "low",
        high_label=labels[1] or "high",
    )


def _frame(trace: Trace, text: Callable[[str], str]) -> bytes:
    scale = trace.scale
    keys = {
        "Time of Rating": text(""),
        "Multimedia File": text(""),
        "Lower Label": text(scale.low_label),
        "Upper Label": text(scale.high_label),
        "Minimum Value": digits(scale.low),
        "Maximum Value": digits(scale.high),
        "Number of Steps": str(_AXIS_STEPS),
        "Second": text("Rating"),
        "%%%%%%": text("%%%%%%"),
    }
    lines = [*(f"{text(key)},{behind}" for key, behind in keys.items()), *_rows(trace)]
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def _rows(trace: Trace) -> list[str]:
    values = from_zero(trace, "CARMA").tolist()
    return [
        f"{time_digits((bin_ + 1) * trace.step_s)},{digits(value, missing='NaN')}" for bin_, value in enumerate(values)
    ]
