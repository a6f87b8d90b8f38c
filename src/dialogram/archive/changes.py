"""Samples and changes at uneven times: each value holds until the next."""

from collections.abc import Sequence

import numpy as np

from dialogram.archive.source import Source
from dialogram.archive.writing import MOST_BINS
from dialogram.capture.step_function import StepFunction
from dialogram.timeline import Scale, Trace

DEFAULT_STEP_S = 1.0
"""Width of the bins that are made of changes."""
_LONGEST_S = 7 * 24 * 3600.0
"""A later time is no time of a recording in seconds, and a trace that long would take the memory of the machine."""


def check_time(source: Source, line: int, media_s: float, before_s: float) -> None:
    """Refuse a time that is none, lies before the last one, or beyond any recording."""
    if media_s < before_s:
        expected = f"a time from {before_s:g} s on (what a tool stamped too far ahead after a pause must be taken out)"
        raise source.error(line, expected, f"{media_s:g} s")
    if not media_s <= _LONGEST_S:
        raise source.error(line, f"a time in seconds, {_LONGEST_S:g} at most", f"{media_s:g}")


def bin_changes(
    times_s: Sequence[float], values: Sequence[float], *, end_s: float, step_s: float | None, scale: Scale, name: str
) -> Trace:
    """Make bins from 0 on: the time-weighted mean of values that hold from their time to the next, NaN for none."""
    starts, held = np.array(times_s, dtype=np.float64), np.array(values, dtype=np.float64)
    ends = np.append(starts[1:], end_s)
    there = (ends > starts) & ~np.isnan(held)
    dial = StepFunction(starts[there], ends[there], held[there])
    step = step_s or DEFAULT_STEP_S
    if end_s > MOST_BINS * step:
        raise ValueError(f"step_s: expected at most {MOST_BINS} bins in {end_s:g} s, got a step of {step:g} s")
    bins, coverage = dial.bins(start_s=0.0, end_s=end_s, step_s=step)
    return Trace(values=bins, coverage=coverage, step_s=step, scale=scale, name=name)
