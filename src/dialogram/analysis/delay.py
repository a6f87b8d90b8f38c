import math

import numpy as np

from dialogram.timeline import Trace


def take_out_delay(trace: Trace, delay_s: float) -> Trace:
    """Shift a trace to earlier by the delay of the hand that drew it, on the grid it has.

    Parameters
    ----------
    trace
        A rating, late by `delay_s`.
    delay_s
        How late, in seconds; not negative. What was rated in the first `delay_s` answers what nobody saw, and is
        dropped; the last `delay_s` were never answered, and are missing.

    Returns
    -------
    Trace
        With coverage shifted likewise.

    Notes
    -----
    New bin i is the mean of the dial over ``[i·step + delay, (i+1)·step + delay)``. With ``delay = (j + f)·step``,
    ``0 ≤ f < 1``, it takes the share 1 − f of bin i + j and f of the bin after, each weighted with its coverage c:
    ``c' = (1 − f) c₀ + f c₁`` and ``v' = ((1 − f) c₀ v₀ + f c₁ v₁) / c'``, within a bin the dial being taken as even.
    A bin that is missing has no weight.

    Examples
    --------
    >>> late = Trace(values=[50, 50, 70, 90, float("nan"), 90], step_s=1.0)
    >>> take_out_delay(late, 1.0).values
    array([50., 70., 90., nan, 90., nan])
    >>> take_out_delay(late, 0.5).values
    array([50., 60., 80., 90., 90., 90.])
    """
    if not (math.isfinite(delay_s) and delay_s >= 0):
        raise ValueError(f"delay_s: expected seconds from 0 on, got {delay_s!r}")
    whole = math.floor(delay_s / trace.step_s + 1e-9)
    later = max(delay_s / trace.step_s - whole, 0.0)
    beyond = np.zeros(whole + 1)
    weight = np.concatenate([np.where(trace.present, trace.coverage, 0.0), beyond])
    sums = np.concatenate([np.where(trace.present, trace.coverage * np.nan_to_num(trace.values), 0.0), beyond])
    n = len(trace)
    coverage = (1 - later) * weight[whole : whole + n] + later * weight[whole + 1 : whole + 1 + n]
    summed = (1 - later) * sums[whole : whole + n] + later * sums[whole + 1 : whole + 1 + n]
    values = np.full(n, np.nan)
    np.divide(summed, coverage, out=values, where=coverage > 0)
    return Trace(
        values=values,
        step_s=trace.step_s,
        start_s=trace.start_s,
        coverage=np.clip(coverage, 0.0, 1.0),
        scale=trace.scale,
        name=trace.name,
    )
