"""Product-moment correlations, of a pair of traces and of every shift of one against the other.

Missing bins (NaN) stay in place: each shift is correlated over the bins that both have. The sums over all shifts are
circular cross-correlations, so that one pass of the fast Fourier transform gives the complete set.
"""

import numpy as np
import scipy
from numpy.typing import NDArray

LEAST_OVERLAP = 0.5
"""A shift counts when it leaves at least this share of the pairs that the unshifted traces have."""
VARIES = 1e-12
"""A series varies when its ends are this share of its size apart: less is rounding."""
_CONSTANT = 1e-9
"""Share of a series' variance below which a part of it is constant; rounding in the sums is far below."""

type Floats = NDArray[np.float64]


def correlate(x: Floats, y: Floats) -> float:
    """Pearson's r over the bins that both have; NaN where fewer than two, or where one does not vary."""
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = x[both], y[both]
    if x.size < 2 or not varies(x) or not varies(y):
        return float("nan")
    x, y = x - x.mean(), y - y.mean()
    return float(np.clip(x @ y / np.sqrt((x @ x) * (y @ y)), -1.0, 1.0))


def varies(x: Floats) -> bool:
    """Whether the bins that are present differ by more than rounding."""
    present = x[~np.isnan(x)]
    if present.size < 2:
        return False
    return bool(np.ptp(present) > VARIES * max(1.0, float(np.abs(present).max())))


def correlate_circular_shifts(x: Floats, y: Floats) -> Floats:
    """Correlate `x` with every circular shift of `y`.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        On one grid, NaN where missing.

    Returns
    -------
    ndarray, shape (n,)
        Element ``s`` is the r of ``x[t]`` with ``y[(t + s) mod n]``; NaN where the overlap is less than
        :data:`LEAST_OVERLAP` of the unshifted pairs, or one does not vary in it.

    Examples
    --------
    >>> x = np.array([1.0, 2.0, 4.0, 8.0])
    >>> correlate_circular_shifts(x, np.roll(x, 1)).round(3)
    array([-0.217,  1.   , -0.217, -0.565])
    """
    if np.isnan(x).any() or np.isnan(y).any():
        return _correlate_masked(x, y)
    if not (varies(x) and varies(y)):
        return np.full(x.size, np.nan)
    x, y = _standardise(x), _standardise(y)
    products = scipy.fft.irfft(np.conj(scipy.fft.rfft(x)) * scipy.fft.rfft(y), n=x.size)
    return np.asarray(np.clip(products / x.size, -1.0, 1.0))


def correlate_lags(x: Floats, y: Floats, most: int) -> Floats:
    """Correlate ``x[t]`` with ``y[t + k]`` for k = −most … most, over what overlaps; shape (2 · most + 1,)."""
    size = int(scipy.fft.next_fast_len(x.size + most, real=True))
    beyond = np.full(size - x.size, np.nan)
    every = _correlate_masked(np.concatenate([x, beyond]), np.concatenate([y, beyond]))
    return np.concatenate([every[every.size - most :], every[: most + 1]])


def correlate_truncated_shifts(x: Floats, y: Floats, most: int) -> Floats:
    """Correlate ``x[D : n − D]`` with ``y[D + s : n − D + s]`` for s = −D … D, D = `most`; shape (2D + 1,)."""
    middle = np.full(x.size, np.nan)
    middle[most : x.size - most] = x[most : x.size - most]
    every = _correlate_masked(middle, y)
    return np.concatenate([every[every.size - most :], every[: most + 1]])


def autocorrelate(x: Floats, lags: int) -> tuple[Floats, Floats]:
    """Autocorrelations of a series with missing bins.

    Parameters
    ----------
    x : ndarray, shape (n,)
        NaN where missing.
    lags
        The largest lag, in bins.

    Returns
    -------
    rho : ndarray, shape (lags,)
        ``ρ(j) = (N − j)/N · (c_j/n_j) / (c_0/N)``, ``c_j`` the sum of products of deviations over the ``n_j`` pairs
        present j bins apart and N the bins present. Without gaps this is the usual ``c_j/c_0`` (Box & Jenkins 1976).
        0 where the series does not vary or no such pair is present.
    pairs : ndarray, shape (lags,)
        ``n_j``.
    """
    present = ~np.isnan(x)
    count = int(present.sum())
    if lags < 1:
        return np.zeros(0), np.zeros(0)
    deviations = np.where(present, x - (x[present].mean() if count else 0.0), 0.0)
    size = int(scipy.fft.next_fast_len(x.size + lags, real=True))
    spectra = scipy.fft.rfft(np.stack([deviations, present.astype(np.float64)]), n=size)
    sums, pairs = scipy.fft.irfft(np.abs(spectra) ** 2, n=size)[:, 1 : lags + 1]
    pairs = np.rint(pairs)
    variance = float(deviations @ deviations)
    if not varies(x):
        return np.zeros(lags), pairs
    kept = np.maximum(count - np.arange(1, lags + 1), 0)
    rho = np.divide(sums * kept, variance * pairs, out=np.zeros(lags), where=pairs > 0)
    return np.clip(rho, -1.0, 1.0), pairs


def _standardise(x: Floats) -> Floats:
    present = x[~np.isnan(x)]
    return np.asarray((x - present.mean()) / present.std())


def _correlate_masked(x: Floats, y: Floats) -> Floats:
    undefined = np.full(x.size, np.nan)
    if not (varies(x) and varies(y)):
        return undefined
    rows = []
    for series in (x, y):
        values = _standardise(series)
        present = ~np.isnan(values)
        values = np.where(present, values, 0.0)
        rows.append(np.stack([present.astype(np.float64), values, values**2]))
    of_x, of_y = (scipy.fft.rfft(row) for row in rows)
    left, right = [0, 1, 2, 0, 0, 1], [0, 0, 0, 1, 2, 1]
    sums = scipy.fft.irfft(np.conj(of_x[left]) * of_y[right], n=x.size)
    pairs = np.rint(sums[0])
    # Two pairs always correlate ± 1; and two who never rated at once have no overlap that a part could be enough of.
    enough = (pairs >= max(3.0, LEAST_OVERLAP * pairs[0])) & (pairs[0] > 0)
    pairs[~enough] = 1.0
    mean_x, square_x, mean_y, square_y, product = sums[1:] / pairs
    variance_x, variance_y = square_x - mean_x**2, square_y - mean_y**2
    defined = enough & (variance_x > _CONSTANT) & (variance_y > _CONSTANT)
    scale = np.sqrt(variance_x * variance_y, out=np.ones(x.size), where=defined)
    return np.where(defined, np.clip((product - mean_x * mean_y) / scale, -1.0, 1.0), np.nan)
