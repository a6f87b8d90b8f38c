from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dialogram.analysis.correlation import Floats, correlate
from dialogram.analysis.plain import plain
from dialogram.analysis.sentences import say_p
from dialogram.analysis.student import correlation_interval, correlation_p


@dataclass(frozen=True, kw_only=True)
class RepeatedMeasures:
    """How two measures go together within dyads, when each dyad was measured several times.

    Parameters
    ----------
    n, dyads
        Pairs, and dyads with at least two.
    r
        Correlation within dyads.
    df, p, ci95
        ``n − dyads − 1`` degrees of freedom, p and 95 % interval, for pairs that are independent of one another within
        their dyad: sessions may be, the bins of one session are not.
    """

    n: int
    dyads: int
    r: float
    df: int
    p: float
    ci95: tuple[float, float]

    def to_dict(self) -> dict[str, Any]:
        """Unrounded, None where a number is not defined."""
        return plain(self)

    def summary(self) -> str:
        """Say the result in one sentence."""
        return (
            f"Within {self.dyads} dyads, over {self.n} pairs, the two correlate r({self.df}) = {self.r:.2f}"
            f" [{self.ci95[0]:.2f}, {self.ci95[1]:.2f}], {say_p(self.p)}."
        )


def correlate_within(
    dyads: Sequence[object], x: Sequence[float] | Floats, y: Sequence[float] | Floats
) -> RepeatedMeasures:
    r"""Correlate two measures within dyads.

    Parameters
    ----------
    dyads : sequence, length n
        Whose pair it is.
    x, y : sequence of float, length n
        The two measures, NaN where missing; pairs of which both are there are used, of dyads with at least two.

    Returns
    -------
    RepeatedMeasures
        NaN where it is not defined: nothing varies within dyads, or too few pairs.

    Raises
    ------
    ValueError
        For unequal lengths.

    Notes
    -----
    The r of what is left when each dyad's means are taken out, which is that of an analysis of covariance with parallel
    lines:

    .. math:: r = \frac{\sum (x_{it} - \bar x_i)(y_{it} - \bar y_i)}
                       {\sqrt{\sum (x_{it} - \bar x_i)^2 \sum (y_{it} - \bar y_i)^2}}

    on n − k − 1 degrees of freedom. Bland & Altman 1995, British Medical Journal 310, 446, doi
    10.1136/bmj.310.6977.446; interval: Bakdash & Marusich 2017, Frontiers in Psychology 8, 456,
    doi 10.3389/fpsyg.2017.00456.

    Examples
    --------
    >>> within = correlate_within("aaabbb", [1, 2, 3, 11, 12, 13], [5, 6, 8, 1, 2, 3])
    >>> within.dyads, within.df, round(within.r, 3)
    (2, 3, 0.968)
    """
    values = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if not values[0].shape == values[1].shape == (len(dyads),):
        raise ValueError(f"x and y: expected {len(dyads)} numbers each, one a pair, got {len(x)} and {len(y)}")
    of_dyad: dict[object, int] = {}
    every = np.array([of_dyad.setdefault(dyad, len(of_dyad)) for dyad in dyads], dtype=np.intp)
    present = ~(np.isnan(values[0]) | np.isnan(values[1]))
    present &= np.bincount(every[present], minlength=len(of_dyad))[every] > 1
    _, which = np.unique(every[present], return_inverse=True)
    counts = np.bincount(which)
    deviations = [each[present] - (np.bincount(which, each[present]) / counts)[which] for each in values]
    n, k = int(present.sum()), int(counts.size)
    r = correlate(*deviations)
    df = max(n - k - 1, 0)
    return RepeatedMeasures(n=n, dyads=k, r=r, df=df, p=correlation_p(r, df + 2), ci95=correlation_interval(r, df + 2))
