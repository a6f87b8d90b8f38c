import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dialogram.analysis.coefficient import Coefficient
from dialogram.analysis.judged_dyad import JudgedDyad
from dialogram.analysis.plain import plain
from dialogram.analysis.truth_and_bias import Residuals, fit_truth_and_bias
from dialogram.timeline import Trace


@dataclass(frozen=True, kw_only=True)
class TrackingAt:
    """Tracking at one width of bins and one lag.

    Parameters
    ----------
    bin_s
        Width of the bins in seconds.
    lag_s
        By how much the judges are taken to follow the truth, in seconds.
    tracking, tracking_standardised
        As in :class:`dialogram.analysis.truth_and_bias.TruthAndBias`.
    """

    bin_s: float
    lag_s: float
    tracking: Coefficient
    tracking_standardised: Coefficient

    def to_dict(self) -> dict[str, Any]:
        """Unrounded, None where a number is not defined."""
        return plain(self)

    def summary(self) -> str:
        """Say the result in one sentence."""
        return f"With bins of {self.bin_s:g} s, judges {self.lag_s:g} s later: {self.tracking}."


def profile_tracking(
    dyads: Sequence[JudgedDyad],
    *,
    residuals: Residuals,
    widths: Sequence[int] = (1,),
    lags_s: Sequence[float] = (0.0,),
) -> tuple[TrackingAt, ...]:
    r"""Fit Truth-and-Bias at several widths of bins and several lags, common to all dyads.

    How far a slope depends on either says what it is a slope of: quick moves, or the course of the session.

    Parameters
    ----------
    dyads, residuals
        As for :func:`dialogram.analysis.truth_and_bias.fit_truth_and_bias`.
    widths
        How many bins are joined into one; a joined bin is the mean of those present, and missing where fewer than half
        are.
    lags_s
        Each a whole number of the dyads' own bins. Positive: the judges follow.

    Returns
    -------
    tuple of TrackingAt
        Width after width, lag after lag. `bin_s` is that of the median dyad.

    Raises
    ------
    ValueError
        For a width below 1, a lag off the grid, and as ``fit_truth_and_bias``.

    Notes
    -----
    A lag moves the judge's trace against the truth's before bins are joined. The lag at which tracking is largest was
    searched for: its p is no p of that tracking.

    Examples
    --------
    >>> rng = np.random.default_rng(7)
    >>> dyads = []
    >>> for name in "abcd":
    ...     truth = rng.normal(size=100)
    ...     judge = Trace(values=np.roll(truth, 3) + rng.normal(size=100), step_s=1)
    ...     dyads.append(JudgedDyad(name=name, judge=judge, truth=Trace(values=truth, step_s=1)))
    >>> [round(at.tracking.b, 1) for at in profile_tracking(dyads, residuals="iid", lags_s=[0.0, 3.0])]
    [0.0, 1.0]
    """
    if not all(width >= 1 for width in widths):
        raise ValueError(f"widths: expected 1 or more bins, got {min(widths)}")
    found = []
    for width in widths:
        for lag_s in lags_s:
            fit = fit_truth_and_bias([_join(_follow(dyad, lag_s), width) for dyad in dyads], residuals=residuals)
            found.append(
                TrackingAt(
                    bin_s=fit.step_s,
                    lag_s=lag_s,
                    tracking=fit.tracking,
                    tracking_standardised=fit.tracking_standardised,
                )
            )
    return tuple(found)


def _follow(dyad: JudgedDyad, lag_s: float) -> JudgedDyad:
    steps = lag_s / dyad.judge.step_s
    if not math.isclose(steps, round(steps), abs_tol=1e-6):
        raise ValueError(f"lags_s: expected a whole number of bins of {dyad.judge.step_s:g} s, got {lag_s:g} s")
    judge = dyad.judge
    moved = Trace(
        values=judge.values, step_s=judge.step_s, start_s=judge.start_s - lag_s, scale=judge.scale, name=judge.name
    )
    return replace(dyad, judge=moved)


def _join(dyad: JudgedDyad, width: int) -> JudgedDyad:
    if width == 1:
        return dyad
    judge, truth = dyad.pairs()
    bins = math.ceil(judge.size / width)
    joined = []
    for values, trace in ((judge, dyad.judge), (truth, dyad.truth)):
        padded = np.full(bins * width, np.nan)
        padded[: values.size] = values
        rows = padded.reshape(bins, width)
        present = (~np.isnan(rows)).sum(axis=1)
        sums = np.nansum(rows, axis=1)
        means = np.divide(sums, present, out=np.full(bins, np.nan), where=2 * present >= width)
        joined.append(Trace(values=means, step_s=width * trace.step_s, scale=trace.scale, name=trace.name))
    return replace(dyad, judge=joined[0], truth=joined[1])
