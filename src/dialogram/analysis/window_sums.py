import math

import numpy as np
import scipy
from numpy.typing import NDArray

from dialogram.analysis.correlation import LEAST_OVERLAP, VARIES, Floats, correlate

_TINY = 1e-6
"""Share of a series' variance below which that of a window is computed again, from the window alone."""
_PRODUCTS = ((0, 0), (1, 0), (2, 0), (0, 1), (0, 2), (1, 1))
"""What is summed over pairs: which power of x with which of y."""


def correlate_sliding(x: Floats, y: Floats, begins: NDArray[np.intp], *, windows: int, window: int, hop: int) -> Floats:
    """Correlate windows that slide over two series, for several pairs of bins to begin at.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        NaN where missing.
    begins : ndarray, shape (k, 2)
        Where the first window begins in x and in y.
    windows, window, hop
        How many windows, how long, how far apart; in bins.

    Returns
    -------
    ndarray, shape (k, windows)
        NaN where less than half of a window is there in both, or one does not vary in it.

    Notes
    -----
    Sums over windows are differences of cumulative sums over blocks of the greatest length that both window and hop
    are made of. Where a window hardly varies beside the whole series, such differences lose their digits: it is
    correlated by itself, unless a hand rests in it all the while.
    """
    powers = _powers(x), _powers(y)
    ones = np.ones(x.size)
    every = [_sum_windows(one, ones, window=window, hop=1) for of in powers for one in of[1:]]
    whole = not (np.isnan(x).any() or np.isnan(y).any())
    rests = _find_rest(x, window), _find_rest(y, window)
    span = window + (windows - 1) * hop
    sums = np.full((len(_PRODUCTS), windows), float(window))
    r = np.empty((len(begins), windows))
    for row, (begin_x, begin_y) in enumerate(begins):
        part_x, part_y = powers[0][:, begin_x : begin_x + span], powers[1][:, begin_y : begin_y + span]
        if whole:  # the sums of one series do not depend on the other
            for product, (sums_of, begin) in enumerate(zip(every, (begin_x, begin_x, begin_y, begin_y), strict=True)):
                sums[1 + product] = sums_of[begin : begin + span - window + 1 : hop]
        for product in range(5 if whole else 0, len(_PRODUCTS)):
            of_x, of_y = _PRODUCTS[product]
            sums[product] = _sum_windows(part_x[of_x], part_y[of_y], window=window, hop=hop)
        r[row], doubtful = _correlate_sums(sums, window)
        last = (windows - 1) * hop + 1
        doubtful &= ~(rests[0][begin_x : begin_x + last : hop] | rests[1][begin_y : begin_y + last : hop])
        for at in hop * np.flatnonzero(doubtful):
            window_x, window_y = (
                series[begin + at : begin + at + window] for series, begin in ((x, begin_x), (y, begin_y))
            )
            r[row, at // hop] = correlate(window_x, window_y)
    return r


def _find_rest(series: Floats, window: int) -> NDArray[np.bool_]:
    """Whether a series is constant over the window that begins at each bin, in the bins that are there."""
    missing, middle = np.isnan(series), slice(window // 2, window // 2 + series.size - window + 1)
    high = scipy.ndimage.maximum_filter1d(np.where(missing, -np.inf, series), window)[middle]
    low = scipy.ndimage.minimum_filter1d(np.where(missing, np.inf, series), window)[middle]
    return np.asarray(high - low <= VARIES * np.maximum(1.0, np.maximum(np.abs(high), np.abs(low))))


def _powers(series: Floats) -> Floats:
    """Presence, value and square of each bin, in units of the series' own SD from its own mean; 0 where missing."""
    present = ~np.isnan(series)
    values = series[present]
    spread = (values.std() if values.size else 0.0) or 1.0
    standard = np.nan_to_num((series - (values.mean() if values.size else 0.0)) / spread)
    return np.stack([present.astype(np.float64), standard, standard**2])


def _sum_windows(x: Floats, y: Floats, *, window: int, hop: int) -> Floats:
    block = math.gcd(window, hop)
    blocks = np.vecdot(x.reshape(-1, block), y.reshape(-1, block))
    total = np.empty(blocks.size + 1)
    total[0] = 0.0
    np.cumsum(blocks, out=total[1:])
    return np.asarray(total[window // block :: hop // block] - total[: total.size - window // block : hop // block])


def _correlate_sums(sums: Floats, window: int) -> tuple[Floats, NDArray[np.bool_]]:
    """R of every window, and which windows vary too little for it."""
    pairs = np.rint(sums[0])
    enough = pairs >= max(2.0, LEAST_OVERLAP * window)
    pairs[~enough] = 1.0
    mean_x, square_x, mean_y, square_y, product = sums[1:] / pairs
    variance_x, variance_y = square_x - mean_x**2, square_y - mean_y**2
    sound = enough & (variance_x > _TINY) & (variance_y > _TINY)
    scale = np.sqrt(variance_x * variance_y, out=np.ones(pairs.shape), where=sound)
    r = np.where(sound, np.clip((product - mean_x * mean_y) / scale, -1.0, 1.0), np.nan)
    return r, enough & ~sound
