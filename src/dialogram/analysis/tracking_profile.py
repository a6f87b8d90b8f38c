import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dialogram.analysis.coefficient import Coefficient
from dialogram.analysis.dyad_groups import Grouping
from dialogram.analysis.dyad_sums import DyadSums, sum_dyad
from dialogram.analysis.judged_dyad import JudgedDyad
from dialogram.analysis.plain import Result
from dialogram.analysis.truth_and_bias import Residuals, fit_sums
from dialogram.timeline import Trace

LAGS_S = (-30.0, -20.0, -10.0, -4.0, 0.0, 4.0, 10.0, 20.0, 30.0)
"""Of a cohort's profile, each taken to the nearest bin."""
WIDTHS = (2, 4, 8, 16, 32)
"""Of the same, without a lag."""
_LEAST_BINS = 10
"""A dyad with fewer joined bins says nothing of that width."""


@dataclass(frozen=True, kw_only=True)
class TrackingAt(Result):
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

    def summary(self) -> str:
        """Say the result in one sentence."""
        return f"With bins of {self.bin_s:g} s, judges {self.lag_s:g} s later: {self.tracking}."


@dataclass(frozen=True, kw_only=True)
class TrackingProfile(Result):
    """How far the slope of a cohort depends on the lag that all dyads have, and on the width of bins.

    Parameters
    ----------
    residuals
        As in :class:`dialogram.analysis.truth_and_bias.TruthAndBias`.
    by_lag
        At the dyads' own bins, the earliest judge first.
    by_width
        Without a lag, the narrowest bins first; widths at which no two dyads have ten bins are left out.
    """

    residuals: Residuals
    by_lag: tuple[TrackingAt, ...]
    by_width: tuple[TrackingAt, ...]

    def summary(self) -> str:
        """Say the result in one sentence."""
        best, least, most = max(self.by_lag, key=lambda at: at.tracking.b), self.by_width[0], self.by_width[-1]
        kind = "each bin following the one before" if self.residuals == "ar1" else "each bin for itself"
        when = f"{abs(best.lag_s):g} s {'later' if best.lag_s > 0 else 'earlier'}"
        lag = (
            f"largest, {best.tracking.b:.2f}, with judges {when} (searched for, so that its p is no p)"
            if best.lag_s
            else "at no lag larger"
        )
        return (
            f"Tracking, {kind}: {least.tracking.b:.2f} in bins of {least.bin_s:g} s, {most.tracking.b:.2f} in bins of"
            f" {most.bin_s:g} s; {lag}."
        )


def profile_tracking(
    dyads: Sequence[JudgedDyad],
    *,
    residuals: Residuals,
    widths: Sequence[int] = (1,),
    lags_s: Sequence[float] = (0.0,),
    moderators: Sequence[str] = (),
    within_clients: bool = False,
    within_therapists: bool = False,
) -> tuple[TrackingAt, ...]:
    r"""Fit Truth-and-Bias at several widths of bins and several lags, common to all dyads.

    How far a slope depends on either says what it is a slope of: quick moves, or the course of the session.

    Parameters
    ----------
    dyads, residuals, moderators, within_clients, within_therapists
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
    grouping = Grouping(within_clients=within_clients, within_therapists=within_therapists)
    return tuple(
        _fit_at(
            [sum_dyad(_join(_follow(dyad, lag_s), width)) for dyad in dyads],
            lag_s,
            residuals=residuals,
            moderators=moderators,
            grouping=grouping,
        )
        for width in widths
        for lag_s in lags_s
    )


def sum_profile(dyad: JudgedDyad) -> tuple[DyadSums | None, ...]:
    """Sum a dyad up at each of `LAGS_S`, then at each of `WIDTHS`; None where it says nothing."""
    step_s = dyad.judge.step_s
    followed = (_follow(dyad, round(lag_s / step_s) * step_s) for lag_s in LAGS_S)
    return tuple(map(_sum_or_none, (*followed, *(_join(dyad, width) for width in WIDTHS))))


def fit_profile(
    profiles: Sequence[tuple[DyadSums | None, ...]],
    *,
    residuals: Residuals,
    moderators: Sequence[str],
    grouping: Grouping,
) -> TrackingProfile:
    """Fit Truth-and-Bias to dyads summed up by :func:`sum_profile`."""
    at_points = [[each for each in of_point if each is not None] for of_point in zip(*profiles, strict=True)]

    def fit(dyads: Sequence[DyadSums], lag_s: float) -> TrackingAt:
        at = grouping.among(dyads)
        return _fit_at(dyads, lag_s, residuals=residuals, moderators=moderators, grouping=at)

    by_lag, by_width = at_points[: len(LAGS_S)], at_points[len(LAGS_S) :]
    step_s = float(np.median([dyad.step_s for dyad in by_lag[LAGS_S.index(0.0)]]))
    lags = {round(lag_s / step_s) * step_s: dyads for lag_s, dyads in zip(LAGS_S, by_lag, strict=True)}
    least = 2 + len(moderators)
    of_lags = tuple(fit(dyads, lag_s) for lag_s, dyads in lags.items() if len(dyads) >= least)
    own = tuple(at for at in of_lags if at.lag_s == 0)
    wider = tuple(fit(dyads, 0.0) for dyads in by_width if len(dyads) >= least)
    return TrackingProfile(residuals=residuals, by_lag=of_lags, by_width=own + wider)


def _fit_at(
    dyads: Sequence[DyadSums],
    lag_s: float,
    *,
    residuals: Residuals,
    moderators: Sequence[str],
    grouping: Grouping,
) -> TrackingAt:
    fit = fit_sums(dyads, residuals=residuals, moderators=moderators, seed=None, **vars(grouping))
    return TrackingAt(
        bin_s=fit.step_s,
        lag_s=lag_s,
        tracking=fit.tracking,
        tracking_standardised=fit.tracking_standardised,
    )


def _sum_or_none(dyad: JudgedDyad) -> DyadSums | None:
    try:
        sums = sum_dyad(dyad)
    except ValueError:
        return None
    return sums if sums.products.n >= _LEAST_BINS else None


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
