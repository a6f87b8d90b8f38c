import math
from dataclasses import dataclass

import numpy as np

from dialogram.analysis.correlation import (
    Floats,
    correlate,
    correlate_circular_shifts,
    correlate_truncated_shifts,
)
from dialogram.analysis.effective_n import effective_n_of_pairs, effective_n_of_pairs_ar1
from dialogram.analysis.plain import Result
from dialogram.analysis.sentences import say_which_p
from dialogram.analysis.student import correlation_interval, correlation_p, ranks
from dialogram.analysis.swings import swing_p

TIE = 1e-12
"""Correlations closer than this are equal: what rounding leaves between two sums of the same numbers."""


@dataclass(frozen=True, kw_only=True)
class Shape(Result):
    """Whether two traces move together, and five answers to whether that is more than chance.

    Parameters
    ----------
    r, p, ci95
        Pearson's r with p and Fisher interval as they are usually published, every bin taken for independent.
    spearman
        Rank correlation.
    n_effective, p_effective, ci95_effective
        Effective number of independent pairs, and p and interval of r with it.
    n_effective_ar1
        The same from the correlation of each bin with the next alone, for comparison with other papers.
    p_shift, shifts
        From all circular shifts, and how many counted.
    p_truncated
        From truncated shifts, which stay honest when both traces drift, while neither is late.
    p_swings
        From the signs of their swings, the one that stays honest under drift and has power when one is late.
    """

    r: float
    p: float
    ci95: tuple[float, float]
    spearman: float
    n_effective: float
    p_effective: float
    ci95_effective: tuple[float, float]
    n_effective_ar1: float
    p_shift: float
    shifts: int
    p_truncated: float
    p_swings: float

    def summary(self) -> str:
        """Say the result in a sentence, and which p to believe."""
        if math.isnan(self.r):
            return say_which_p(self)
        told = f"The two correlate r = {self.r:.2f}, which rests on about {self.n_effective:.0f} independent pairs."
        return f"{told} {say_which_p(self)}"


def compare_shape(a: Floats, b: Floats, *, step_s: float) -> Shape:
    """Correlate two traces, with every null side by side.

    Parameters
    ----------
    a, b : ndarray, shape (n,)
        On one grid, NaN where missing.
    step_s
        Width of a bin in seconds.

    Returns
    -------
    Shape
        NaN where it is not defined: a trace that does not vary, too few pairs.

    Notes
    -----
    See :func:`circular_shift_p`, :func:`truncated_shift_p`, :func:`dialogram.analysis.swings.swing_p`,
    :func:`dialogram.analysis.effective_n.effective_n_of_pairs` and
    :func:`dialogram.analysis.effective_n.effective_n_of_pairs_ar1`.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> shape = compare_shape(rng.normal(size=200).cumsum(), rng.normal(size=200).cumsum(), step_s=1.0)
    >>> shape.p < 0.001, shape.p_swings > 0.05
    (True, True)
    """
    both = ~(np.isnan(a) | np.isnan(b))
    n = int(both.sum())
    r = correlate(a, b)
    n_effective = effective_n_of_pairs(a, b)
    p_shift, shifts = circular_shift_p(a, b)
    return Shape(
        r=r,
        p=correlation_p(r, n),
        ci95=correlation_interval(r, n),
        spearman=correlate(ranks(a[both]), ranks(b[both])),
        n_effective=n_effective,
        p_effective=correlation_p(r, n_effective),
        ci95_effective=correlation_interval(r, n_effective),
        n_effective_ar1=effective_n_of_pairs_ar1(a, b),
        p_shift=p_shift,
        shifts=shifts,
        p_truncated=truncated_shift_p(a, b),
        p_swings=swing_p(a, b, step_s=step_s),
    )


def circular_shift_p(a: Floats, b: Floats) -> tuple[float, int]:
    """Two-sided p of r from all circular shifts of b, and their number.

    ``p = (1 + #{|r_s| ≥ |r|}) / (1 + S)`` over the S = n − 1 shifts ``s = 1 … n − 1`` of the whole grid, missing
    bins and all; shifts that leave too small an overlap do not count. The set is complete: nothing is drawn. Small
    shifts stay in, because leaving them out makes the test liberal. Its resolution is that of the effective, not of
    the nominal number of bins. Quian Quiroga et al. 2002, Physical Review E 65, 041903, doi 10.1103/PhysRevE.65.041903
    (circular shifts as surrogates).
    """
    if np.isnan(r := correlate(a, b)):
        return float("nan"), 0
    shifted = correlate_circular_shifts(a, b)[1:]
    counted = shifted[~np.isnan(shifted)]
    if counted.size == 0:
        return float("nan"), 0
    as_large = int(np.count_nonzero(np.abs(counted) >= abs(r) - TIE))
    return (1 + as_large) / (1 + counted.size), int(counted.size)


def truncated_shift_p(a: Floats, b: Floats) -> float:
    """Two-sided p of r from truncated time shifts.

    The middle of a, ``a[D : n − D]`` with ``D = ⌊n/8⌋``, against every window ``b[D + s : n − D + s]``, s = −D … D:
    ``p = #{|r_s| ≥ |r_0|} / (2D + 1)``, s = 0 counted. Yuan & Shou 2024, PLOS Biology 22 (8), e3002758,
    doi 10.1371/journal.pbio.3002758. Where one series is stationary the level cannot exceed ``#/(D + 1)``, about twice
    this p: of D + 1 neighbouring windows at most k can be among the k largest of their own shifts. On smooth traces,
    drifting or not, it is .03 to .04 at .05. NaN for fewer than 8 bins, or where a window at s = 0 does not vary.
    """
    most = a.size // 8
    if most < 1:
        return float("nan")
    shifted = correlate_truncated_shifts(a, b, most)
    if np.isnan(shifted[most]):
        return float("nan")
    counted = shifted[~np.isnan(shifted)]
    return int(np.count_nonzero(np.abs(counted) >= abs(shifted[most]) - TIE)) / int(counted.size)
