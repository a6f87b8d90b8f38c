import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from dialogram.analysis.correlation import Floats
from dialogram.analysis.plain import Result, plain

FORMS = ("1,1", "2,1", "3,1", "1,k", "2,k", "3,k")
"""Shrout and Fleiss' names, the single rater's three first."""
_MCGRAW_WONG = ("1", "A,1", "C,1", "k", "A,k", "C,k")
_ALIKE = 1e-14
"""Share of all variance below which what is left of it is rounding."""


@dataclass(frozen=True, kw_only=True)
class IntraclassForm(Result):
    """One of the six intraclass correlations.

    Parameters
    ----------
    name
        Shrout and Fleiss' name, ``"2,1"``.
    mcgraw_wong
        McGraw and Wong's name of the same, ``"A,1"``.
    value, ci95
        NaN where it is not defined.
    """

    name: str
    mcgraw_wong: str
    value: float
    ci95: tuple[float, float]

    def summary(self) -> str:
        """Say the result in one sentence."""
        if math.isnan(self.value):
            return f"ICC({self.name}) is not defined."
        interval = "" if math.isnan(self.ci95[0]) else f", 95 % {self.ci95[0]:.2f} to {self.ci95[1]:.2f}"
        return f"ICC({self.name}), ICC({self.mcgraw_wong}), is {self.value:.2f}{interval}."


@dataclass(frozen=True, kw_only=True)
class Intraclass:
    """How much of what ratings vary is due to what was rated, in six forms.

    Parameters
    ----------
    units
        Units, or bins, that all raters rated; the others are left out.
    raters
        How many.
    forms
        In the order of :data:`FORMS`: of a single rater, then of the mean of all.
    note
        Where the intervals are from, or why there are none.
    """

    units: int
    raters: int
    forms: tuple[IntraclassForm, ...]
    note: str

    def __getitem__(self, name: str) -> IntraclassForm:
        """Give a form by either of its names."""
        for form in self.forms:
            if name in {form.name, form.mcgraw_wong}:
                return form
        raise KeyError(name)

    def to_dict(self) -> dict[str, Any]:
        """Unrounded, None where a number is not defined."""
        return plain(self)

    def summary(self) -> str:
        """Say the result in one sentence."""
        one, mean = self["A,1"], self["A,k"]
        if math.isnan(one.value):
            return f"No intraclass correlation of {self.raters} raters: {self.note or 'nothing varies'}."
        said = " and ".join(
            f"{form.value:.2f}" + ("" if math.isnan(form.ci95[0]) else f" [{form.ci95[0]:.2f}, {form.ci95[1]:.2f}]")
            for form in (one, mean)
        )
        return (
            f"Absolute agreement, ICC(A,1) and ICC(A,k): {said} of a single rater and of the mean of {self.raters},"
            f" over {self.units} units; {self.note}."
        )


def correlate_intraclass(ratings: Floats) -> Intraclass:
    r"""Intraclass correlations of independent units, with F intervals.

    Parameters
    ----------
    ratings : ndarray, shape (raters, units)
        NaN where missing; units that all rated are used.

    Returns
    -------
    Intraclass
        NaN for fewer than two raters or units, or where nothing varies.

    Notes
    -----
    With the mean squares of a two-way table of n units and k raters, U of units, R of raters, E of the rest, and W
    within units,

    .. math::
        ICC(1,1) = \frac{U - W}{U + (k - 1) W}, \quad
        ICC(2,1) = ICC(A,1) = \frac{U - E}{U + (k - 1) E + \frac{k}{n} (R - E)}, \quad
        ICC(3,1) = ICC(C,1) = \frac{U - E}{U + (k - 1) E}

    and of the mean of k raters :math:`k\rho / (1 + (k - 1) \rho)` of each. Intervals from the F distribution, for units
    that are independent of one another: bins of a trace are not, see
    :func:`dialogram.analysis.intraclass_bootstrap.bootstrap_intraclass`. Shrout & Fleiss 1979, Psychological Bulletin
    86, 420–428, doi 10.1037/0033-2909.86.2.420; McGraw & Wong 1996, Psychological Methods 1, 30–46,
    doi 10.1037/1082-989X.1.1.30.

    Examples
    --------
    >>> agreement = correlate_intraclass(np.array([[1.0, 2, 3, 4, 6], [2.0, 3, 4, 5, 6]]))
    >>> round(agreement["A,1"].value, 3), [round(end, 2) for end in agreement["2,1"].ci95]
    (0.882, [-0.04, 0.99])
    """
    ratings = np.compress(~np.isnan(ratings).any(axis=0), ratings, axis=1)
    raters, units = ratings.shape
    if raters < 2 or units < 2:
        return no_forms(units=units, raters=raters)
    squares = mean_squares(ratings)
    values = intraclass_forms(squares, units=units, raters=raters)
    ends = _f_intervals(squares, float(values[1]), units=units, raters=raters)
    return assemble_forms(
        values,
        np.concatenate([ends, step_up(ends, raters)]),
        units=units,
        raters=raters,
        note="95 % intervals from F, for units that are independent",
    )


def mean_squares(ratings: Floats) -> Floats:
    """Mean squares of units, raters and the rest of a table of raters × units without gaps, shape (3,).

    Examples
    --------
    >>> mean_squares(np.array([[1.0, 2, 3], [2.0, 4, 3]]))
    array([1.5, 1.5, 0.5])
    """
    raters, units = ratings.shape
    deviations = ratings - ratings.mean()
    total = float((deviations**2).sum())
    of_units, of_raters = deviations.mean(axis=0), deviations.mean(axis=1)
    deviations -= of_units
    deviations -= of_raters[:, np.newaxis]
    sums = np.array([raters * (of_units**2).sum(), units * (of_raters**2).sum(), (deviations**2).sum()])
    sums[sums < _ALIKE * total] = 0.0
    return np.asarray(sums / [units - 1, raters - 1, (units - 1) * (raters - 1)])


def intraclass_forms(squares: Floats, *, units: Floats | float, raters: int) -> Floats:
    """Six intraclass correlations, in the order of :data:`FORMS`, from mean squares of units, raters and the rest.

    Parameters
    ----------
    squares : ndarray, shape (3, …)
        Of one table or of many.
    units : float or ndarray, shape (…)
        Units of each.
    raters
        How many.

    Examples
    --------
    >>> intraclass_forms(np.array([1.5, 1.5, 0.5]), units=3, raters=2).round(3)
    array([0.286, 0.375, 0.5  , 0.444, 0.545, 0.667])
    """
    of_units, of_raters, rest = squares
    within = ((raters - 1) * of_raters + (units - 1) * (raters - 1) * rest) / (units * (raters - 1))
    between = raters / units * (of_raters - rest)
    with np.errstate(divide="ignore", invalid="ignore"):
        one = np.stack(
            [
                (of_units - within) / (of_units + (raters - 1) * within),
                (of_units - rest) / (of_units + (raters - 1) * rest + between),
                (of_units - rest) / (of_units + (raters - 1) * rest),
            ]
        )
    return np.concatenate([one, step_up(one, raters)])


def step_up(single: Floats, raters: int) -> Floats:
    """From a single rater's intraclass correlations those of the mean of several; NaN where that has no bound.

    Examples
    --------
    >>> step_up(np.array([0.5, 0.0, -1.0]), 2).round(3)
    array([0.667, 0.   ,   nan])
    """
    below = 1 + (raters - 1) * single
    return np.asarray(np.divide(raters * single, below, out=np.full_like(below, np.nan), where=below > _ALIKE))


def no_forms(*, units: int, raters: int) -> Intraclass:
    """Say that too few rated too little for any of the six."""
    note = f"{units} units that all rated, fewer than 2" if raters > 1 else "one alone agrees with nobody"
    return assemble_forms(np.full(6, np.nan), np.full((6, 2), np.nan), units=units, raters=raters, note=note)


def assemble_forms(values: Floats, ends: Floats, *, units: int, raters: int, note: str) -> Intraclass:
    """Put values and ends of intervals, in the order of :data:`FORMS`, under their names."""
    return Intraclass(
        units=units,
        raters=raters,
        forms=tuple(
            IntraclassForm(name=name, mcgraw_wong=other, value=float(value), ci95=(float(low), float(high)))
            for name, other, value, (low, high) in zip(FORMS, _MCGRAW_WONG, values, ends, strict=True)
        ),
        note=note,
    )


def _f_intervals(squares: Floats, a1: float, *, units: int, raters: int) -> Floats:
    """Give the ends of the single rater's three forms, shape (3, 2); NaN where nothing is left to test against."""
    of_units, of_raters, rest = map(float, squares)
    n, k = units, raters
    df: float
    within = ((k - 1) * of_raters + (n - 1) * (k - 1) * rest) / (n * (k - 1))
    ends = np.full((3, 2), np.nan)
    for row, error, df in ((0, within, n * (k - 1)), (2, rest, (n - 1) * (k - 1))):
        if error > 0:
            f = of_units / error
            bounds = np.array([f / _f_quantile(n - 1, df), f * _f_quantile(df, n - 1)])
            ends[row] = (bounds - 1) / (bounds + k - 1)
    # What the units are held against, and its degrees of freedom by Satterthwaite.
    apart, left = k * a1 * of_raters, (n * (1 - a1) + k * a1 * (n - 1)) * rest
    spread = apart**2 / (k - 1) + left**2 / ((n - 1) * (k - 1))
    if spread > 0:
        df = (apart + left) ** 2 / spread
        low, high = _f_quantile(n - 1, df), _f_quantile(df, n - 1)
        held = k * of_raters + (k * n - k - n) * rest
        above = n * np.array([of_units - low * rest, high * of_units - rest])
        below = np.array([low * held + n * of_units, held + n * high * of_units])
        np.divide(above, below, out=ends[1], where=np.isfinite(below) & (below > 0))
    return ends


def _f_quantile(df_above: float, df_below: float) -> float:
    return float(scipy.special.fdtri(df_above, df_below, 0.975))
