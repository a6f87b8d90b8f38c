import math
from dataclasses import dataclass

import numpy as np

from dialogram.analysis.correlation import Floats, correlate
from dialogram.analysis.plain import Result
from dialogram.analysis.swings import swing_p


@dataclass(frozen=True, kw_only=True)
class WithoutWarmUp(Result):
    """Level and shape once more, the first of the session left out: a finding should not hang on it.

    Parameters
    ----------
    left_out_s
        So many seconds from the start.
    n
        Bins that both rated after it.
    difference
        Mean of b less mean of a, in scale units.
    r, p_swings
        Their correlation, and the p of it to believe.
    """

    left_out_s: float
    n: int
    difference: float
    r: float
    p_swings: float

    def summary(self) -> str:
        """Say the result in one sentence."""
        told = f"Without the first {self.left_out_s:g} s"
        if math.isnan(self.r):
            return f"{told} there is no correlation: a trace does not vary, or too little is left."
        p = "not defined" if math.isnan(self.p_swings) else f"{self.p_swings:.3f}"
        return f"{told} r = {self.r:.2f} (p_swings {p}), and the means differ by {self.difference:.2f}."


def compare_without_warm_up(a: Floats, b: Floats, *, step_s: float, left_out_s: float) -> WithoutWarmUp:
    """Compare level and shape of two traces again, bins that begin in the warm-up left out.

    Parameters
    ----------
    a, b : ndarray, shape (n,)
        On one grid, NaN where missing.
    step_s
        Width of a bin in seconds.
    left_out_s
        So much from the start of the grid.

    Returns
    -------
    WithoutWarmUp
        NaN where it is not defined.

    Notes
    -----
    At the start a hand looks for its place on the dial, and both begin at neutral: two traces may correlate for that
    alone.

    Examples
    --------
    >>> a, b = np.array([50.0, 60, 70, 60, 70]), np.array([50.0, 80, 70, 60, 75])
    >>> compare_without_warm_up(a, b, step_s=30.0, left_out_s=60.0).difference
    1.6666666666666667
    """
    kept = slice(math.ceil(left_out_s / step_s - 1e-9), None)
    a, b = a[kept], b[kept]
    differences = (b - a)[~np.isnan(b - a)]
    return WithoutWarmUp(
        left_out_s=left_out_s,
        n=int(differences.size),
        difference=float(differences.mean()) if differences.size else math.nan,
        r=correlate(a, b),
        p_swings=swing_p(a, b, step_s=step_s),
    )
