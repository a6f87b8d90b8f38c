import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from dialogram.analysis.correlation import LEAST_OVERLAP, VARIES, Floats

_TINY = 1e-6
"""Share of a series' variance below which that of a window is computed again, from the window alone."""
_CHUNK = 1 << 18
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
    correlated by itself, and told from a constant as :func:`dialogram.analysis.correlation.varies` does.
    """
    powers = _powers(x), _powers(y)
    ones = np.ones(x.size)
    every = [_sum_windows(one, ones, window=window, hop=1) for of in powers for one in of[1:]]
    whole = not (np.isnan(x).any() or np.isnan(y).any())
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
        at = np.flatnonzero(doubtful)
        r[row, at] = _correlate_each(x, y, begin_x + hop * at, begin_y + hop * at, window)
    return r


def _correlate_each(
    x: Floats, y: Floats, begins_x: NDArray[np.intp], begins_y: NDArray[np.intp], window: int
) -> Floats:
    """R of some windows, each from itself alone; a resting hand makes many of them."""
    r = np.empty(begins_x.size)
    rows = max(1, _CHUNK // window)
    for first in range(0, r.size, rows):
        some = slice(first, first + rows)
        of_x, of_y = (
            sliding_window_view(series, window)[begins[some]] for series, begins in ((x, begins_x), (y, begins_y))
        )
        both = ~(np.isnan(of_x) | np.isnan(of_y))
        r[some] = _correlate_rows(of_x, of_y, both)
    return r


def _correlate_rows(of_x: Floats, of_y: Floats, both: NDArray[np.bool_]) -> Floats:
    pairs = np.maximum(both.sum(axis=1, keepdims=True), 1)
    rest, varied = [], np.ones(len(both), dtype=np.bool_)
    for rows in (of_x, of_y):
        known = np.where(both, rows, 0.0)
        away = np.where(both, rows - known.sum(axis=1, keepdims=True) / pairs, 0.0)
        largest = np.maximum(1.0, np.abs(known).max(axis=1))
        spread = np.where(both, rows, -np.inf).max(axis=1) - np.where(both, rows, np.inf).min(axis=1)
        varied &= (both.sum(axis=1) > 1) & (spread > VARIES * largest)
        rest.append(away)
    square_x, square_y, product = (
        np.vecdot(one, other) for one, other in ((rest[0], rest[0]), (rest[1], rest[1]), rest)
    )
    scale = np.sqrt(square_x * square_y, out=np.ones(len(both)), where=varied)
    return np.where(varied, np.clip(product / scale, -1.0, 1.0), np.nan)


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
