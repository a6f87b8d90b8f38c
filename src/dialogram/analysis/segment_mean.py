import math

import numpy as np

from dialogram.timeline import Segment, Trace


def mean_over(trace: Trace, segment: Segment) -> tuple[float, float]:
    """Mean and coverage of a trace over a segment, bins at its edges weighted by the part inside.

    Parameters
    ----------
    trace
        The rating.
    segment
        Any stretch of media time; it may reach beyond the trace.

    Returns
    -------
    mean : float
        ``Σ w_i c_i x_i / Σ w_i c_i`` in scale units, ``w_i`` the seconds of bin ``i`` inside the segment and ``c_i``
        its coverage; NaN where no bin inside has a value.
    coverage : float
        ``Σ w_i c_i / duration``, 0 … 1; bins without a value count as not covered.

    Examples
    --------
    >>> mean_over(Trace(values=[10.0, 20.0, 90.0], step_s=10.0), Segment(5.0, 20.0))
    (16.666666666666668, 1.0)
    """
    edges_s = trace.start_s + trace.step_s * np.arange(len(trace) + 1)
    inside_s = np.minimum(edges_s[1:], segment.end_s) - np.maximum(edges_s[:-1], segment.start_s)
    weights_s = np.where(trace.present, np.maximum(inside_s, 0.0) * trace.coverage, 0.0)
    covered_s = float(weights_s.sum())
    if covered_s == 0:
        return math.nan, 0.0
    mean = float(weights_s @ np.nan_to_num(trace.values)) / covered_s
    return mean, min(1.0, covered_s / segment.duration_s)
