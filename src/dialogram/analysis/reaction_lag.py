import math
from dataclasses import dataclass

import numpy as np

from dialogram.analysis.coefficient import t_quantile
from dialogram.analysis.correlation import Floats, correlate, correlate_lags
from dialogram.analysis.delay import take_out_delay
from dialogram.analysis.effective_n import effective_n_of_pairs
from dialogram.analysis.plain import Result
from dialogram.analysis.reaction import vertex
from dialogram.timeline import Trace

MOST_S = 10.0
"""Who follows later than this does something else than react later."""
LEAST_BLOCKS = 5


@dataclass(frozen=True, kw_only=True)
class ReactionLag(Result):
    """How much later one rater answers the session than the other, and r with that taken out.

    Parameters
    ----------
    seconds
        Positive: b is later than a; NaN where r has no peak within ± `most_s`.
    ci95
        From leaving out one block of the session at a time; NaN where fewer than five blocks fit.
    r, r_corrected
        As the traces are, and with the later one set back. The lag is chosen to make the second large: it has no p of
        its own (that of the swings has paid for lags up to 5 s).
    most_s
        Lags up to this far either way were looked at.
    """

    seconds: float
    ci95: tuple[float, float]
    r: float
    r_corrected: float
    most_s: float

    def summary(self) -> str:
        """Say the result in one sentence."""
        if math.isnan(self.seconds):
            return f"No reaction lag within ± {self.most_s:g} s can be told."
        interval = "" if math.isnan(self.ci95[0]) else f" [{self.ci95[0]:.1f}, {self.ci95[1]:.1f}]"
        return (
            f"The second answers {self.seconds:.1f} s{interval} after the first; with that taken out r is"
            f" {self.r_corrected:.2f} instead of {self.r:.2f}."
        )


def estimate_reaction_lag(a: Floats, b: Floats, *, step_s: float, most_s: float = MOST_S) -> ReactionLag:
    r"""Estimate how much later b answers the session than a.

    Parameters
    ----------
    a, b : ndarray, shape (n,)
        On one grid, NaN where missing.
    step_s
        Width of a bin in seconds.
    most_s
        Lags up to this far either way are looked at.

    Returns
    -------
    ReactionLag

    Notes
    -----
    The lag is where r of ``a[t]`` with ``b[t + k]`` is largest, refined between bins by the vertex of the parabola
    through the neighbours; at the edge of ± most_s it is no peak. Its standard error is the jackknife's over g blocks
    of twice the decorrelation time (``step_s · N/N*``) or of most_s, whichever is longer: leaving out block i at a
    time, :math:`se^2 = \frac{g - 1}{g} \sum_i (l_{(i)} - \bar l)^2`, on g − 1 degrees of freedom (Künsch 1989, The
    Annals of Statistics 17, 1217–1241, doi 10.1214/aos/1176347265). Where r is small the peak may be anybody's: an
    interval about as wide as what was looked at says so.

    Examples
    --------
    >>> hand = np.convolve(np.random.default_rng(2).normal(size=940), np.hanning(40), "valid")
    >>> estimate_reaction_lag(hand[3:], hand[:-3], step_s=1.0).summary()
    'The second answers 3.0 s [3.0, 3.0] after the first; with that taken out r is 1.00 instead of 0.94.'
    """
    r = correlate(a, b)
    most = min(math.floor(most_s / step_s + 1e-9), a.size // 4)
    unknown = ReactionLag(seconds=math.nan, ci95=(math.nan, math.nan), r=r, r_corrected=math.nan, most_s=most_s)
    if math.isnan(r) or most < 1:
        return unknown
    curve = correlate_lags(a, b, most)
    peak = _peak(curve)
    if math.isnan(peak):
        return unknown
    return ReactionLag(
        seconds=(peak - most) * step_s,
        ci95=_interval(a, b, most=most, peak=peak, step_s=step_s),
        r=r,
        r_corrected=float(curve[round(peak)]),
        most_s=most_s,
    )


def take_out_reaction_lag(a: Trace, b: Trace, lag: ReactionLag) -> tuple[Trace, Trace]:
    """Set the later of two ratings back by the lag between them, and leave the other as it is.

    Examples
    --------
    >>> client = Trace(values=[50, 60, 70, 80, 70, 60, 50, 60], step_s=1.0)
    >>> therapist = Trace(values=[50, 50, 60, 70, 80, 70, 60, 50], step_s=1.0)
    >>> lag = ReactionLag(seconds=1.0, ci95=(0.5, 1.5), r=0.7, r_corrected=1.0, most_s=10.0)
    >>> take_out_reaction_lag(client, therapist, lag)[1].values
    array([50., 60., 70., 80., 70., 60., 50., nan])
    """
    if math.isnan(lag.seconds):
        return a, b
    return take_out_delay(a, max(0.0, -lag.seconds)), take_out_delay(b, max(0.0, lag.seconds))


def _peak(curve: Floats) -> float:
    """Place of the highest point, between bins; NaN where it lies at an edge or nothing is known of it."""
    if np.isnan(curve).any():
        return math.nan
    best = int(curve.argmax())
    if not 0 < best < curve.size - 1 or curve[best] <= 0:
        return math.nan
    return best + vertex(curve, best)


def _interval(a: Floats, b: Floats, *, most: int, peak: float, step_s: float) -> tuple[float, float]:
    n = a.size
    present = ~(np.isnan(a) | np.isnan(b))
    block = max(most, math.ceil(2 * float(present.sum()) / effective_n_of_pairs(a, b)))
    blocks = n // block
    if blocks < LEAST_BLOCKS:
        return math.nan, math.nan
    x, y = ((series - np.nanmean(series)) / np.nanstd(series) for series in (a, b))
    of_block = np.minimum(np.arange(n) // block, blocks - 1)
    sums = np.zeros((6, blocks, 2 * most + 1))
    for column, lag in enumerate(range(-most, most + 1)):
        pair = np.stack([x[max(0, -lag) : n - max(0, lag)], y[max(0, lag) : n - max(0, -lag)]])
        there = ~np.isnan(pair).any(axis=0)
        (of_x, of_y), where = pair[:, there], of_block[max(0, -lag) : n - max(0, lag)][there]
        for moment, weights in enumerate((np.ones(of_x.size), of_x, of_x**2, of_y, of_y**2, of_x * of_y)):
            sums[moment, :, column] = np.bincount(where, weights, blocks)
    left = sums.sum(axis=1, keepdims=True) - sums
    mean_x, square_x, mean_y, square_y, product = left[1:] / np.maximum(left[0], 1.0)
    variances = (square_x - mean_x**2) * (square_y - mean_y**2)
    curves = (product - mean_x * mean_y) / np.sqrt(np.where(variances > 0, variances, np.nan))
    peaks = np.array([_peak(curve) for curve in curves])
    peaks = peaks[~np.isnan(peaks)]
    if peaks.size < LEAST_BLOCKS:
        return math.nan, math.nan
    se = math.sqrt((peaks.size - 1) / peaks.size * float(((peaks - peaks.mean()) ** 2).sum()))
    half = t_quantile(peaks.size - 1) * se
    return (peak - most - half) * step_s, (peak - most + half) * step_s
