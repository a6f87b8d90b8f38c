import numpy as np

from dialogram.analysis.coarse_bins import coarsen
from dialogram.analysis.correlation import Floats
from dialogram.analysis.reaction_lag import MOST_S, estimate_reaction_lag

FINEST_S = 0.5
"""Finer bins are joined: they tell nothing more of how late a hand is."""


def estimate_rater_lags(ratings: Floats, *, step_s: float, most_s: float = MOST_S) -> Floats:
    r"""Estimate how much later than the earliest each of several raters answers the session.

    Parameters
    ----------
    ratings : ndarray, shape (raters, n)
        On one grid, NaN where missing.
    step_s
        Width of a bin in seconds.
    most_s
        Between two raters lags up to this are looked at.

    Returns
    -------
    ndarray, shape (raters,)
        Seconds; 0 for the earliest, and for all where no two can be told apart.

    Notes
    -----
    Of each pair the lag l and its interval of width h are those of :func:`dialogram.estimate_reaction_lag`; a lag whose
    interval holds 0 is taken for 0. The raters' d are the least squares of

    .. math:: \sum_{i < j} (d_j - d_i - l_{ij})^2 / h_{ij}^2

    with h at least one bin. Pairs that go against each other or have no lag have no say, and of a rater in no other
    pair nothing is known: 0. Less than half a bin is taken for 0: to set a rating back by it blurs more than it mends.
    A delay that all share is not to be seen from their ratings.

    Examples
    --------
    >>> hand = np.convolve(np.random.default_rng(2).normal(size=940), np.hanning(40), "valid")
    >>> late = np.stack([hand[4:-1], hand[3:-2], hand[:-5]])
    >>> estimate_rater_lags(late, step_s=1.0).round(1)
    array([0., 1., 4.])
    """
    ratings, step_s = coarsen(ratings, step_s=step_s, least_s=FINEST_S)
    count = len(ratings)
    tension, pull = np.zeros((count, count)), np.zeros(count)
    for i in range(count):
        for j in range(i + 1, count):
            lag = estimate_reaction_lag(ratings[i], ratings[j], step_s=step_s, most_s=most_s)
            low, high = lag.ci95
            if np.isnan(low) or lag.r <= 0:
                continue
            weight = 1 / max(high - low, step_s) ** 2
            told = 0.0 if low <= 0 <= high else lag.seconds
            tension[[i, j], [i, j]] += weight
            tension[[i, j], [j, i]] -= weight
            pull[[i, j]] += [-weight * told, weight * told]
    lags = np.linalg.pinv(tension, hermitian=True) @ pull
    known = np.diag(tension) > 0
    lags -= lags.min(where=known, initial=np.inf) if known.any() else 0.0
    return np.where(known & (lags >= step_s / 2), lags, 0.0)
