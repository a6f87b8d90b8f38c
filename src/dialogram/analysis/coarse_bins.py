import math

import numpy as np

from dialogram.analysis.correlation import Floats


def coarsen(ratings: Floats, *, step_s: float, least_s: float) -> tuple[Floats, float]:
    """Join bins that are finer than a hand is.

    Parameters
    ----------
    ratings : ndarray, shape (raters, n)
        NaN where missing.
    step_s
        Width of a bin in seconds.
    least_s
        As many bins are joined as are needed to make one at least this wide.

    Returns
    -------
    ratings : ndarray, shape (raters, m)
        Means of what is there, missing where less than half is; what is left over at the end is dropped.
    step_s : float
        Width of the new bins.

    Examples
    --------
    >>> coarsen(np.array([[1.0, 3, np.nan, np.nan, 5]]), step_s=0.25, least_s=0.5)
    (array([[ 2., nan]]), 0.5)
    """
    joined = math.ceil(least_s / step_s - 1e-9)
    if joined <= 1 or ratings.shape[1] < joined:
        return ratings, step_s
    whole = ratings[:, : ratings.shape[1] // joined * joined].reshape(ratings.shape[0], -1, joined)
    there = (~np.isnan(whole)).sum(axis=2)
    means = np.full(there.shape, np.nan)
    np.divide(np.nan_to_num(whole).sum(axis=2), there, out=means, where=2 * there >= joined)
    return means, joined * step_s
