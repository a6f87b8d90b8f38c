import math

import numpy as np
import scipy
from numpy.typing import NDArray


def two_sided_p(t: float, df: float) -> float:
    """Two-sided p of Student's t, ``I_{df/(df + t²)}(df/2, 1/2)``; NaN without degrees of freedom."""
    if math.isnan(t) or not df > 0:
        return math.nan
    if math.isinf(t):
        return 0.0
    return float(scipy.special.betainc(df / 2, 0.5, df / (df + t * t)))


def correlation_p(r: float, n: float) -> float:
    """Two-sided p of r from n independent pairs, ``t = r √((n − 2)/(1 − r²))`` on n − 2 degrees of freedom."""
    if math.isnan(r) or not n > 2:
        return math.nan
    if abs(r) >= 1:
        return 0.0
    return two_sided_p(r * math.sqrt((n - 2) / (1 - r * r)), n - 2)


def correlation_interval(r: float, n: float) -> tuple[float, float]:
    """95 % interval of r from n independent pairs, ``tanh(atanh r ± 1.96/√(n − 3))`` (Fisher 1921); NaN for n ≤ 3."""
    if math.isnan(r) or not n > 3 or abs(r) >= 1:
        return math.nan, math.nan
    z, half = math.atanh(r), float(scipy.special.ndtri(0.975)) / math.sqrt(n - 3)
    return math.tanh(z - half), math.tanh(z + half)


def ranks(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 1, ties sharing their mean rank."""
    _, group, size = np.unique(x, return_inverse=True, return_counts=True)
    last = np.cumsum(size)
    return np.asarray((last - (size - 1) / 2)[group], dtype=np.float64)
