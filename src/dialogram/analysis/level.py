import math
from dataclasses import dataclass

import numpy as np

from dialogram.analysis.correlation import Floats, autocorrelate, varies
from dialogram.analysis.effective_n import effective_n_of_mean
from dialogram.analysis.plain import Result
from dialogram.analysis.sentences import say_p
from dialogram.analysis.student import two_sided_p


@dataclass(frozen=True, kw_only=True)
class Level(Result):
    """Whether b rates higher than a.

    Parameters
    ----------
    difference
        Mean of b less mean of a, in scale units.
    t, df, p
        Paired t as it is usually published, every bin taken for an independent observation.
    n_effective
        Effective size of the series of differences.
    t_effective, p_effective
        The same t with that size, on ``n_effective − 1`` degrees of freedom; NaN where that size says nothing.
    d
        Standardised mean difference ``d_z``, difference / SD of the differences.
    """

    difference: float
    t: float
    df: int
    p: float
    n_effective: float
    t_effective: float
    p_effective: float
    d: float

    def summary(self) -> str:
        """Say the result in one sentence."""
        if math.isnan(self.difference):
            return "No level can be compared: the two have no rated bin in common."
        side = "as high as" if not self.difference else "higher than" if self.difference > 0 else "lower than"
        told = f"b rates {abs(self.difference):.2f} {side} a" if self.difference else f"b rates {side} a"
        if math.isnan(self.t_effective):
            return f"{told} on average; whether that is more than chance gives cannot be told."
        verdict = "still too small too often" if self.p_effective <= 0.05 else "no more than chance may give"
        return (
            f"{told} on average, over bins worth about {self.n_effective:.0f} independent ones;"
            f" {say_p(self.p_effective)}, {verdict}."
        )


_SMOOTH = 0.5
"""From this lag-1 autocorrelation on, differences are plainly not independent from bin to bin."""


def compare_level(a: Floats, b: Floats) -> Level:
    r"""Compare the level of two traces.

    Parameters
    ----------
    a, b : ndarray, shape (n,)
        On one grid, NaN where missing.

    Returns
    -------
    Level
        NaN where it is not defined (differences that do not vary, fewer than two pairs).

    Notes
    -----
    .. math:: t = \bar d \sqrt{N} / s_d, \quad d_z = \bar d / s_d, \quad t^* = \bar d \sqrt{N^*} / s_d

    with ``d = b − a``, ``s_d`` over N − 1, and N* of
    :func:`dialogram.analysis.effective_n.effective_n_of_mean` of ``d``. d_z: Cohen 1988, section 2.3.5.

    ``p_effective`` is no honest p, only a less wrong one: where two smooth traces (AR .95) differ by chance alone it is
    .05 or less 22 times in 100 (the usual p 77 times), in 458 bins as in 3,000. Autocorrelations about a mean that was
    taken from the same series come out too small, and N* too large (Percival 1993, The American Statistician 47,
    274–276). Where smooth differences swing to and fro evenly, their autocorrelations sum to less than nothing, and
    N* is held at N: then there is no ``t_effective``.

    Examples
    --------
    >>> level = compare_level(np.array([50.0, 60, 70, 60]), np.array([52.0, 61, 75, 66]))
    >>> level.difference, round(level.t, 3), level.df, round(level.p, 4)
    (3.5, 2.941, 3, 0.0605)
    """
    differences = b - a
    present = differences[~np.isnan(differences)]
    n = present.size
    difference = float(present.mean()) if n else math.nan
    d = difference / float(present.std(ddof=1)) if varies(present) else math.nan
    t = d * math.sqrt(n)
    n_effective = effective_n_of_mean(differences)
    t_effective = math.nan if _fails(differences, n_effective) else d * math.sqrt(n_effective)
    return Level(
        difference=difference,
        t=t,
        df=max(n - 1, 0),
        p=two_sided_p(t, n - 1),
        n_effective=n_effective,
        t_effective=t_effective,
        p_effective=two_sided_p(t_effective, n_effective - 1),
        d=d,
    )


def _fails(differences: Floats, n_effective: float) -> bool:
    """Whether the formula took smooth differences for independent, as where they swing to and fro evenly."""
    n = np.count_nonzero(~np.isnan(differences))
    return bool(n_effective >= n and differences.size > 1 and float(autocorrelate(differences, 1)[0][0]) > _SMOOTH)
