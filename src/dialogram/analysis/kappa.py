import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from dialogram.analysis.correlation import Floats
from dialogram.analysis.plain import plain

type Weights = Literal["none", "linear", "quadratic"]


@dataclass(frozen=True, kw_only=True)
class Kappa:
    """κ: agreement of raters in categories beyond chance.

    Parameters
    ----------
    value
        NaN where it is not defined: all in one category, or no unit that two rated.
    observed, expected
        Share of agreement, and what chance gives: ``value = (observed − expected) / (1 − expected)``.
    units
        Units that at least two rated.
    categories
        Those that occur, in order.
    """

    value: float
    observed: float
    expected: float
    units: int
    categories: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """Unrounded, None where a number is not defined."""
        return plain(self)

    def summary(self) -> str:
        """Say the result in one sentence."""
        if math.isnan(self.value):
            return "No κ: all ratings are in one category, or no unit was rated twice."
        return (
            f"κ = {self.value:.2f}: raters agree in {self.observed:.0%} of {self.units} units, where chance gives"
            f" {self.expected:.0%}."
        )


def measure_kappa(a: Floats, b: Floats, *, weights: Weights = "none") -> Kappa:
    r"""Cohen's κ of two raters, weighted where categories have an order.

    Parameters
    ----------
    a, b : ndarray, shape (units,)
        Codes of categories, NaN where missing; units that both rated are used.
    weights
        What neighbouring categories are worth: nothing, or by how many categories, or by their square, two lie apart.
        Categories count in the order of their codes, those that neither used do not.

    Returns
    -------
    Kappa

    Raises
    ------
    ValueError
        For rows of unequal length, or other weights.

    Notes
    -----
    .. math::
        \kappa = \frac{p_o - p_e}{1 - p_e}, \quad
        p_o = \sum_{ij} w_{ij} p_{ij}, \quad p_e = \sum_{ij} w_{ij} p_{i.} p_{.j}

    with w 1 on the diagonal and else 0, :math:`1 - |i - j|/(q - 1)` or :math:`1 - (i - j)^2/(q - 1)^2` of q categories.
    Cohen 1960, Educational and Psychological Measurement 20, 37–46, doi 10.1177/001316446002000104; Cohen 1968,
    Psychological Bulletin 70, 213–220, doi 10.1037/h0026256.

    Examples
    --------
    >>> a, b = np.array([1.0, 1, 2, 2, 3, 3]), np.array([1.0, 2, 2, 2, 3, 1])
    >>> measure_kappa(a, b).value, round(measure_kappa(a, b, weights="linear").value, 3)
    (0.5, 0.4)
    """
    if a.shape != b.shape:
        raise ValueError(f"a and b: expected as many codes of both, got {a.size} and {b.size}")
    both = ~(np.isnan(a) | np.isnan(b))
    categories, codes = np.unique(np.stack([a[both], b[both]]), return_inverse=True)
    size = categories.size
    counts = np.bincount(codes[0] * size + codes[1], minlength=size * size).reshape(size, size).astype(np.float64)
    worth = _worth(size, weights)
    n = float(counts.sum())
    by_chance = np.outer(counts.sum(axis=1), counts.sum(axis=0))
    return Kappa(
        value=float(kappa_of_tables(counts, worth)),
        observed=float((worth * counts).sum()) / n if n else math.nan,
        expected=float((worth * by_chance).sum()) / n**2 if n else math.nan,
        units=int(n),
        categories=tuple(categories.tolist()),
    )


def measure_fleiss_kappa(ratings: Floats) -> Kappa:
    r"""Fleiss' κ of any number of raters, who need not all have rated each unit.

    Parameters
    ----------
    ratings : ndarray, shape (raters, units)
        Codes of categories, NaN where missing.

    Returns
    -------
    Kappa

    Notes
    -----
    With :math:`r_{uc}` of the :math:`r_u` who rated unit u in category c,

    .. math::
        p_o = \frac{1}{n'} \sum_{u: r_u \ge 2} \sum_c \frac{r_{uc} (r_{uc} - 1)}{r_u (r_u - 1)}, \quad
        p_e = \sum_c \Big(\frac1n \sum_u \frac{r_{uc}}{r_u}\Big)^2

    over the n' units that at least two, and the n that anybody rated. Fleiss 1971, Psychological Bulletin 76, 378–382,
    doi 10.1037/h0031619; with missing ratings Gwet 2014, Handbook of Inter-Rater Reliability, 4th edition, section 2.5.

    Examples
    --------
    >>> ratings = np.array([[1.0, 1, 2, 2, 3], [1.0, 2, 2, 2, 3], [1.0, 1, 2, np.nan, 2]])
    >>> round(measure_fleiss_kappa(ratings).value, 3)
    0.545
    """
    categories = np.unique(ratings[~np.isnan(ratings)])
    of_category = (ratings == categories[:, np.newaxis, np.newaxis]).sum(axis=1)
    raters = of_category.sum(axis=0)
    several = raters > 1
    observed = expected = math.nan
    if several.any():
        agreeing = (of_category * (of_category - 1)).sum(axis=0)[several] / (raters * (raters - 1))[several]
        shares = np.compress(raters > 0, of_category, axis=1) / raters[raters > 0]
        observed, expected = float(agreeing.mean()), float((shares.mean(axis=1) ** 2).sum())
    return Kappa(
        value=(observed - expected) / (1 - expected) if categories.size > 1 else math.nan,
        observed=observed,
        expected=expected,
        units=int(several.sum()),
        categories=tuple(categories.tolist()),
    )


def kappa_of_tables(counts: Floats, worth: Floats) -> Floats:
    """Cohen's κ of each table of counts in the last two axes, its cells worth so much agreement.

    Examples
    --------
    >>> kappa_of_tables(np.array([[20.0, 5], [10, 15]]), np.eye(2)).round(3)
    np.float64(0.4)
    """
    total = counts.sum(axis=(-2, -1))
    agreed = (worth * counts).sum(axis=(-2, -1))
    by_chance = ((counts.sum(axis=-1) @ worth) * counts.sum(axis=-2)).sum(axis=-1)
    # p_o and p_e over their common denominator, in whole counts: no rounding decides whether κ is defined.
    above, below = agreed * total - by_chance, total**2 - by_chance
    return np.asarray(np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0))


def _worth(size: int, weights: Weights) -> Floats:
    apart = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / max(size - 1, 1)
    match weights:
        case "none":
            return np.eye(size)
        case "linear":
            return np.asarray(1 - apart)
        case "quadratic":
            return np.asarray(1 - apart**2)
    raise ValueError(f"weights: expected none, linear or quadratic, got {weights!r}")
