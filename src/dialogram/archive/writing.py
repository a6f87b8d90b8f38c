"""What all writers ask of traces before they write, and how they write numbers and files."""

import math
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from dialogram.archive.source import TableError, listed
from dialogram.timeline import Scale, Trace

MOST_BINS = 10_000_000
"""More than three days at 30 bins a second; what asks for more has mistaken the unit of its times."""
_SAME = 1e-6
"""Share of a step, or of a range, below which two places are one."""


def one_trace(traces: Sequence[Trace], tool: str) -> Trace:
    """Refuse more than one trace."""
    if len(traces) != 1:
        names = listed([trace.name for trace in traces])
        raise TableError(f"expected one trace, as a file of {tool} holds, found {len(traces)}: {names}")
    return traces[0]


def check_grid(traces: Sequence[Trace]) -> None:
    """Refuse traces whose bins are not the same."""
    first = traces[0]
    for other in traces[1:]:
        slack = _SAME * first.step_s
        same = len(other) == len(first) and np.allclose(other.times_s, first.times_s, rtol=0, atol=slack)
        if not same or abs(other.step_s - first.step_s) > slack:
            raise TableError(
                f"expected traces on one grid of bins, found {first.name!r} with {_grid(first)} and {other.name!r} with"
                f" {_grid(other)}; the format 'long' or 'parquet' holds both"
            )


def _grid(trace: Trace) -> str:
    return f"{len(trace)} bins of {trace.step_s:g} s from {trace.start_s:g} s"


def from_zero(trace: Trace, tool: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Values of a trace with missing bins put before them, so that the first begins at 0."""
    bins = round(trace.start_s / trace.step_s)
    if not 0 <= bins <= MOST_BINS or abs(bins * trace.step_s - trace.start_s) > _SAME * trace.step_s:
        raise TableError(
            f"expected {trace.name!r} to begin a whole number of bins after 0, as bins of {tool} do,"
            f" found {trace.start_s:g} s with bins of {trace.step_s:g} s"
        )
    return np.concatenate([np.full(bins, np.nan), trace.values])


def check_neutral(scale: Scale, tool: str) -> None:
    """Refuse a scale whose neutral value would be lost."""
    middle = (scale.low + scale.high) / 2
    if abs(scale.neutral - middle) > _SAME * scale.range:
        raise TableError(
            f"expected {middle:g} to be neither, as half way between {scale.low:g} and {scale.high:g} always is for"
            f" {tool}, found {scale.neutral:g}"
        )


def check_text(text: str, *, without: str = "") -> None:
    """Refuse a name or label that would not be read again as it is."""
    if not text or text != text.strip() or not text.isprintable() or any(mark in text for mark in without):
        marks = f" and without any of {without!r}" if without else ""
        raise TableError(f"expected a name or label of printable letters, no blank round them{marks}, found {text!r}")


def check_names(traces: Sequence[Trace]) -> None:
    """Refuse names that could not be told apart, or be read again as they are."""
    names = [trace.name for trace in traces]
    for name in names:
        check_text(name)
        if names.count(name) > 1:
            raise TableError(f"expected each trace to have a name of its own, found {listed(names)}")


def check_step_is_told(traces: Sequence[Trace]) -> None:
    """Refuse a single bin, whose step a column of times does not tell."""
    for trace in traces:
        if len(trace) == 1:
            raise TableError(f"expected at least two bins of {trace.name!r}, to tell the step, found one")


def digits(value: float, *, missing: str = "") -> str:
    """Write a number with as many digits as it has."""
    return missing if math.isnan(value) else repr(float(value)).removesuffix(".0")


def time_digits(media_s: float) -> str:
    """Write a time in seconds without what the arithmetic of bins leaves below a picosecond."""
    return digits(round(float(media_s), 12))


def quoted(text: str) -> str:
    """Write a text in double quotes."""
    return '"' + text.replace('"', '""') + '"'


def replace_files(files: Mapping[Path, bytes]) -> None:
    """Write files beside their places and move them there, so that nobody ever finds half of one."""
    for path in files:
        if not path.parent.is_dir():
            raise FileNotFoundError(f"path: no folder {str(path.parent)!r} to write {path.name!r} into")
        if path.is_dir():
            raise IsADirectoryError(f"path: {path.name!r} is a folder")
    beside: dict[Path, Path] = {}
    try:
        for path, content in files.items():
            beside[path] = path.with_name(f".{secrets.token_hex(8)}.part")
            with beside[path].open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for path, whole in beside.items():
            whole.replace(path)
    finally:
        for whole in beside.values():
            whole.unlink(missing_ok=True)
