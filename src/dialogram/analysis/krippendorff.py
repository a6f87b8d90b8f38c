import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from dialogram.analysis.correlation import Floats
from dialogram.analysis.plain import plain
from dialogram.analysis.student import ranks

type Measurement = Literal["nominal", "ordinal", "interval", "ratio"]

_NODES_APART = 0.25
"""Step of the quadrature over the logarithm: its error falls as exp(−π²/step), 7e-18 here."""
_AT_ONCE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Alpha:
    """Krippendorff's α: agreement of any number of raters beyond chance, whatever is missing.

    Parameters
    ----------
    measurement
        What two values differ by: nothing or all, ranks, intervals, ratios.
    value
        1 is agreement without exception, 0 what values give that were dealt out by chance; NaN where it is not defined.
    units, values
        Units that at least two rated, and the ratings of these.
    observed, expected
        Mean difference within units, and of all pairs of values: ``value = 1 − observed / expected``.
    """

    measurement: Measurement
    value: float
    units: int
    values: int
    observed: float
    expected: float

    def to_dict(self) -> dict[str, Any]:
        """Unrounded, None where a number is not defined."""
        return plain(self)

    def summary(self) -> str:
        """Say the result in one sentence."""
        if math.isnan(self.value):
            return f"No α for {self.measurement} values: nothing differs, or they are not of that kind."
        return (
            f"Krippendorff's α for {self.measurement} values is {self.value:.2f}, of {self.values} ratings of"
            f" {self.units} units that two or more rated."
        )


def measure_alpha(ratings: Floats, measurement: Measurement) -> Alpha:
    r"""Krippendorff's α.

    Parameters
    ----------
    ratings : ndarray, shape (raters, units)
        NaN where missing. Nominal values are codes, any numbers.
    measurement
        How values differ.

    Returns
    -------
    Alpha
        NaN where no unit was rated twice, where all values are equal, and for ratios where one is negative.

    Raises
    ------
    ValueError
        For another `measurement`.

    Notes
    -----
    Of the n values of the units that :math:`m_u \ge 2` rated, and a difference δ²,

    .. math::
        \alpha = 1 - \frac{D_o}{D_e}, \quad
        D_o = \frac1n \sum_u \frac{1}{m_u - 1} \sum_{i \ne j} \delta^2(x_{ui}, x_{uj}), \quad
        D_e = \frac{1}{n(n - 1)} \sum_{p \ne q} \delta^2(x_p, x_q)

    For intervals, δ² = (x − y)²: the inner sum is :math:`2 (m_u \sum x^2 - (\sum x)^2)` and that of D_e
    :math:`2 (n \sum x^2 - (\sum x)^2)`, so that no pair is looked at. Ordinal δ are the same of the mean ranks of all
    n values. Nominal δ² is 1 for other values: only how often each occurs is counted. Ratios have δ = (x − y)/(x + y),
    and δ² = 1 − 4xy/(x + y)²; with :math:`1/(x + y)^2 = \int_0^\infty t e^{-t(x + y)} dt`,

    .. math:: \sum_{p, q} \frac{x_p x_q}{(x_p + x_q)^2} = \int_0^\infty t \Big(\sum_p x_p e^{-t x_p}\Big)^2 dt,

    which the trapezoidal rule over ln t gives to rounding, for the integrand is analytic and falls off both ways.
    Krippendorff 2019, Content Analysis, 4th edition, chapter 12; Hayes & Krippendorff 2007, Communication Methods and
    Measures 1, 77–89, doi 10.1080/19312450709336664. Bins of a trace are not independent units: α of them describes.

    Examples
    --------
    >>> ratings = np.array([[1.0, 2, 3, 3, np.nan], [1.0, 2, 3, 2, 4], [np.nan, 2, 3, 3, 4]])
    >>> [round(measure_alpha(ratings, of).value, 3) for of in ("nominal", "ordinal", "interval", "ratio")]
    [0.8, 0.887, 0.918, 0.929]
    """
    difference = {"nominal": _nominal, "ordinal": _ordinal, "interval": _interval, "ratio": _ratio}.get(measurement)
    if difference is None:
        raise ValueError(f"measurement: expected nominal, ordinal, interval or ratio, got {measurement!r}")
    counts = (~np.isnan(ratings)).sum(axis=0)
    ratings, counts = np.compress(counts > 1, ratings, axis=1), counts[counts > 1]
    n = int(counts.sum())
    within, of_all = difference(ratings, counts) if n else (np.zeros(0), math.nan)
    observed = float((within / (counts - 1)).sum()) / n if n else math.nan
    expected = of_all / (n * (n - 1)) if n else math.nan
    return Alpha(
        measurement=measurement,
        value=1 - observed / expected if expected > 0 else math.nan,
        units=int(counts.size),
        values=n,
        observed=observed,
        expected=expected,
    )


type _Differences = tuple[Floats, float]
"""Sum of δ² over the ordered pairs of each unit, shape (units,), and over those of all values."""


def _interval(ratings: Floats, counts: Floats) -> _Differences:
    deviations = ratings - np.nanmean(ratings)
    present = np.nan_to_num(deviations, copy=False)
    squares, sums = (present**2).sum(axis=0), present.sum(axis=0)
    within = np.maximum(2 * (counts * squares - sums**2), 0.0)
    return within, _drop_rounding(2 * (counts.sum() * squares.sum() - sums.sum() ** 2), ratings)


def _drop_rounding(of_all: float, ratings: Floats) -> float:
    return float(of_all) if np.nanmin(ratings) < np.nanmax(ratings) else 0.0


def _ordinal(ratings: Floats, counts: Floats) -> _Differences:
    ranked = ratings.copy()
    ranked[~np.isnan(ratings)] = ranks(ratings[~np.isnan(ratings)])
    return _interval(ranked, counts)


def _nominal(ratings: Floats, counts: Floats) -> _Differences:
    _, of_value = np.unique(ratings[~np.isnan(ratings)], return_counts=True)
    within = counts * (counts - 1.0)
    for first, other in _pairs(ratings):
        within -= 2.0 * (first == other)
    return within, float(counts.sum() ** 2 - (of_value.astype(np.float64) ** 2).sum())


def _ratio(ratings: Floats, counts: Floats) -> _Differences:
    if np.nanmin(ratings) < 0:
        return np.full(counts.shape, np.nan), math.nan
    within = np.zeros(counts.shape)
    for first, other in _pairs(ratings):
        total = first + other
        delta = np.divide(first - other, total, out=np.zeros(total.shape), where=total > 0)
        within += 2 * delta**2
    values, counted = np.unique(ratings[~np.isnan(ratings)], return_counts=True)
    times = counted.astype(np.float64)
    zeros = times[values == 0].sum()
    return within, _drop_rounding(times.sum() ** 2 - zeros**2 - 4 * _sum_products(values, times), ratings)


def _pairs(ratings: Floats) -> "list[tuple[Floats, Floats]]":
    return [(ratings[i], ratings[j]) for i in range(len(ratings)) for j in range(i)]


def _sum_products(values: Floats, times: Floats) -> float:
    """Sum xy/(x + y)² over all ordered pairs of values that occur so many times."""
    values, times = values[values > 0], times[values > 0]
    if values.size == 0:
        return 0.0
    log_t = np.arange(-math.log(values[-1]) - 20, -math.log(values[0]) + 4, _NODES_APART)
    t = np.exp(log_t)
    sums = np.zeros(t.size)
    for some in np.array_split(np.arange(values.size), -(-values.size * t.size // _AT_ONCE)):
        sums += (times[some] * values[some]) @ np.exp(-np.outer(values[some], t))
    return _NODES_APART * float((t**2 * sums**2).sum())
