import numpy as np

from dialogram.analysis.correlation import Floats, autocorrelate, varies


def effective_n_of_pairs(x: Floats, y: Floats) -> float:
    r"""Effective number of independent pairs behind the correlation of two autocorrelated series.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        On one grid, NaN where missing; only bins that both have are used, and they stay in their place.

    Returns
    -------
    float
        Within [2, N], N the pairs present; NaN where there are fewer than two or a series does not vary.

    Notes
    -----
    .. math:: 1/N^* = 1/N + (2/N) \sum_{j \le N/5} \frac{n_j}{N} \rho_{xx}(j) \rho_{yy}(j)

    with ``n_j = N − j`` where nothing is missing. Pyper & Peterman 1998, Canadian Journal of Fisheries and Aquatic
    Sciences 55, 2127–2140, doi 10.1139/f98-104.

    Examples
    --------
    >>> x = np.sin(np.arange(100) / 10)
    >>> round(effective_n_of_pairs(x, np.cos(np.arange(100) / 10)), 1)
    7.3
    """
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = np.where(both, x, np.nan), np.where(both, y, np.nan)
    count = int(both.sum())
    if count < 2 or not (varies(x) and varies(y)):
        return float("nan")
    rho_x, pairs = autocorrelate(x, min(count // 5, x.size - 1))
    rho_y, _ = autocorrelate(y, rho_x.size)
    return _clamp(count, float(pairs @ (rho_x * rho_y)) / count)


def effective_n_of_pairs_ar1(x: Floats, y: Floats) -> float:
    r"""Effective number of independent pairs, were both series autoregressive of the first order.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        As of :func:`effective_n_of_pairs`.

    Returns
    -------
    float
        Within [2, N]; NaN where that is, or where no two neighbouring bins are present.

    Notes
    -----
    .. math:: N^* = N \frac{1 - \rho_{xx}(1) \rho_{yy}(1)}{1 + \rho_{xx}(1) \rho_{yy}(1)}

    Bretherton, Widmann, Dymnikov, Wallace & Bladé 1999, Journal of Climate 12, 1990–2009, doi
    10.1175/1520-0442(1999)012<1990:TENOSD>2.0.CO;2. It looks one bin back only. A hand that goes on as it went is
    smoother than that, a hand that swings evenly less so: Pyper and Peterman's, which looks a fifth of the session
    back, is the one that is used for p and interval; this one is for comparison with other papers.

    Examples
    --------
    >>> x = np.array([1.0, 1, 1, 1, -1, -1, -1, -1])
    >>> round(effective_n_of_pairs_ar1(x, x), 3)
    3.506
    """
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = np.where(both, x, np.nan), np.where(both, y, np.nan)
    count = int(both.sum())
    if count < 2 or not (varies(x) and varies(y)):
        return float("nan")
    (rho_x, pairs), (rho_y, _) = autocorrelate(x, 1), autocorrelate(y, 1)
    if not pairs[0]:
        return float("nan")
    product = float(rho_x[0] * rho_y[0])
    return float(np.clip(count * (1 - product) / (1 + product), 2.0, count)) if product > -1 else float(count)


def effective_n_of_mean(x: Floats) -> float:
    r"""Effective number of independent bins behind the mean of an autocorrelated series.

    Parameters
    ----------
    x : ndarray, shape (n,)
        NaN where missing.

    Returns
    -------
    float
        Within [2, N], N the bins present; NaN where there are fewer than two or the series does not vary.

    Notes
    -----
    .. math:: N^* = N / \bigl(1 + 2 \sum_{j \le N/5} \frac{n_j}{N} \rho(j)\bigr)

    with ``n_j = N − j`` where nothing is missing. Bayley & Hammersley 1946, Supplement to the Journal of the Royal
    Statistical Society 8, 184–197, doi 10.2307/2983560.

    Examples
    --------
    >>> effective_n_of_mean(np.array([1.0, -1.0] * 50))
    100.0
    """
    count = int((~np.isnan(x)).sum())
    if count < 2 or not varies(x):
        return float("nan")
    rho, pairs = autocorrelate(x, min(count // 5, x.size - 1))
    return _clamp(count, float(pairs @ rho) / count)


def _clamp(count: int, weighted_sum: float) -> float:
    inflation = 1.0 + 2.0 * weighted_sum
    if inflation <= 1.0:
        return float(count)
    return max(2.0, count / inflation)
