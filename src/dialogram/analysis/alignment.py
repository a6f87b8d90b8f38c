import math

import numpy as np

from dialogram.analysis.correlation import Floats
from dialogram.timeline import Trace


def align(*traces: Trace) -> tuple[float, Floats]:
    """Put ratings of one recording on one grid.

    Parameters
    ----------
    traces
        On one scale, with one step, their bins on one grid; at least one.

    Returns
    -------
    start_s : float
        Where the grid begins, in media seconds.
    ratings : ndarray, shape (traces, n)
        NaN where a trace is missing or does not reach.

    Raises
    ------
    ValueError
        When steps or scales differ, the bins are not on one grid, or there is no bin that all cover.

    Examples
    --------
    >>> a, b = Trace(values=[1, 2, 3], step_s=2.0), Trace(values=[7, 8, 9], step_s=2.0, start_s=2.0)
    >>> align(a, b)
    (0.0, array([[ 1.,  2.,  3., nan],
                 [nan,  7.,  8.,  9.]]))
    """
    a = traces[0]
    offsets = [_offset(a, b) for b in traces]
    first, end = min(offsets), max(offset + len(trace) for offset, trace in zip(offsets, traces, strict=True))
    latest = int(np.argmax(offsets))
    earliest_end = int(np.argmin([offset + len(trace) for offset, trace in zip(offsets, traces, strict=True)]))
    if offsets[latest] >= offsets[earliest_end] + len(traces[earliest_end]):
        x, y = traces[earliest_end], traces[latest]
        raise ValueError(
            f"traces: {x.name!r} and {y.name!r} do not overlap, one covers {x.start_s:g} to"
            f" {x.start_s + x.duration_s:g} s and the other {y.start_s:g} to {y.start_s + y.duration_s:g} s"
        )
    ratings = np.full((len(traces), end - first), np.nan)
    for row, offset, trace in zip(ratings, offsets, traces, strict=True):
        row[offset - first : offset - first + len(trace)] = trace.values
    return a.start_s + first * a.step_s, ratings


def _offset(a: Trace, b: Trace) -> int:
    """Bins by which b starts later than a."""
    if not math.isclose(a.step_s, b.step_s, rel_tol=1e-9):
        raise ValueError(f"traces: expected one step, got {a.step_s:g} s and {b.step_s:g} s")
    if (a.scale.low, a.scale.neutral, a.scale.high) != (b.scale.low, b.scale.neutral, b.scale.high):
        raise ValueError(f"traces: expected one scale, got {a.scale.name!r} and {b.scale.name!r} with other ends")
    offset = (b.start_s - a.start_s) / a.step_s
    if abs(offset - round(offset)) > 1e-6:
        raise ValueError(f"traces: bins must start on one grid, got starts {a.start_s:g} s and {b.start_s:g} s")
    return round(offset)
