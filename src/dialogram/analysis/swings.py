"""Whether the swings of two traces go the same way more often than chance has it."""

import math
from functools import cache

import numpy as np
import scipy
from numpy.typing import NDArray

from dialogram.analysis.correlation import LEAST_OVERLAP, Floats, varies

MOST_DRIFT = 6
"""Drift of none to so many half waves over the session is taken out."""
MOST_LAG_S = 5.0
"""So much later one rater may be than the other."""
LEAST_PAIRS = 20
"""Fewer pairs hold too few swings to turn."""

_LAG_STEP_S = 1.0
_SIDE = 64
_PATTERNS = _SIDE * _SIDE
_FIELD = 0b1_0000_0101_0011  # x¹² + x⁶ + x⁴ + x + 1, primitive over the field of two elements
_NOTHING_LEFT = 1e-9
_TIE = 1e-12


def swing_p(a: Floats, b: Floats, *, step_s: float) -> float:
    r"""Two-sided p of r from the signs of the swings of two traces, whatever slow drift and small lag they have.

    Parameters
    ----------
    a, b : ndarray, shape (n,)
        On one grid, NaN where missing.
    step_s
        Width of a bin in seconds.

    Returns
    -------
    float
        Not below 1/4096; NaN for fewer than 20 pairs, or where a trace does not vary.

    Notes
    -----
    Cosines of k = 0, 1, 2 … half waves over the session take a smooth trace apart into swings that have next to nothing
    to do with one another (they are the principal components of a slow AR(1) series, nearly), and r is put together
    from them. With the coefficients :math:`A_k, B_k` of the orthonormal DCT-II over the pairs at lag l,

    .. math:: r_K(l) = \sum_{k > K} A_k B_k \Big/ \sqrt{\sum_{k > K} A_k^2 \sum_{k > K} B_k^2}

    is r at that lag with a drift of up to K half waves taken out; :math:`r_0(l)` is the usual one. If the two have
    nothing to do with one another, each product is as likely to be negative as positive. So the largest
    :math:`|r_K(l)|` over lags of whole seconds up to ± 5 s is held against the same with the signs of the products
    turned by each of 4,096 patterns, that of no change among them. :math:`p_K` is the share of patterns that give as
    much, and p the mean of :math:`p_0, \ldots, p_6`: what hangs on one or two slow swings is gone once they are
    taken out, and what goes through the session stays.

    The patterns are the words of a linear code. They form a group, so that :math:`p_K` is exact for independent
    symmetric products (Hemerik & Goeman 2018, TEST 27, 811–825, doi 10.1007/s11749-017-0571-1), and on any 12
    neighbouring swings they are complete; nothing is drawn. 2p is then a strict bound (Vovk & Wang 2020, Biometrika
    107, 791–808, doi 10.1093/biomet/asaa027), and p itself is conservative on smooth traces, drifting or not. Only the
    swings are taken over the pairs in a row, gaps left out; lags are those of the clock. Cosines as components: Ahmed,
    Natarajan & Rao 1974, IEEE Transactions on Computers C-23, 90–93, doi 10.1109/T-C.1974.223784.

    Examples
    --------
    >>> a, b, noise = np.random.default_rng(5).normal(size=(3, 400))
    >>> a, b = a.cumsum(), b.cumsum()
    >>> late = np.concatenate([a[:3], a[:-3]]) + 2 * noise
    >>> swing_p(a, b, step_s=1.0) > 0.05, swing_p(a, late, step_s=1.0) < 0.01
    (True, True)
    """
    both = ~(np.isnan(a) | np.isnan(b))
    if both.sum() < LEAST_PAIRS or not (varies(a[both]) and varies(b[both])):
        return math.nan
    hop = max(1, round(_LAG_STEP_S / step_s))
    hops = min(math.floor(MOST_LAG_S / step_s + 1e-9), a.size // 8) // hop
    least = max(LEAST_PAIRS, LEAST_OVERLAP * float(both.sum()))
    largest = np.zeros((MOST_DRIFT + 1, _SIDE, _SIDE))
    for lag in range(-hops * hop, hops * hop + 1, hop):
        x, y = a[max(0, -lag) : a.size - max(0, lag)], b[max(0, lag) : b.size - max(0, -lag)]
        both = ~(np.isnan(x) | np.isnan(y))
        if both.sum() >= least and varies(x[both]) and varies(y[both]):
            np.maximum(largest, np.abs(_turn_swings(x[both], y[both])), out=largest)
    return float((largest >= largest[:, :1, :1] - _TIE).mean())


def _turn_swings(x: Floats, y: Floats) -> Floats:
    """Correlate without drift of K = 0 … 6 half waves, the products turned by every pattern; shape (7, 64, 64)."""
    of_x, of_y = scipy.fft.dct(np.stack([x - x.mean(), y - y.mean()]), norm="ortho")
    products = of_x * of_y
    scale = np.sqrt(np.cumsum(of_x[::-1] ** 2) * np.cumsum(of_y[::-1] ** 2))[::-1]
    words = np.resize(_words(), products.size)
    signs = _signs()
    turned = signs @ np.bincount(words, products, _PATTERNS).reshape(_SIDE, _SIDE) @ signs
    without_drift = np.zeros((MOST_DRIFT + 1, _SIDE, _SIDE))
    for drift, rest in enumerate(without_drift):
        row, column = divmod(int(words[drift]), _SIDE)
        turned -= products[drift] * np.outer(signs[row], signs[column])
        if scale[drift + 1] > _NOTHING_LEFT * scale[0]:
            np.divide(turned, scale[drift + 1], out=rest)
    return without_drift


@cache
def _signs() -> Floats:
    """Sylvester's matrix: entry i, j is −1 to the number of ones that i and j have in common."""
    return np.asarray(scipy.linalg.hadamard(_SIDE), dtype=np.float64)


@cache
def _words() -> NDArray[np.intp]:
    """Powers of the field's root, 4,095 different ones; any 12 in a row are independent."""
    powers = [1]
    while len(powers) < _PATTERNS - 1:
        doubled = powers[-1] << 1
        powers.append(doubled ^ _FIELD if doubled >= _PATTERNS else doubled)
    return np.array(powers)
