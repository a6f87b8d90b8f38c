import math
from dataclasses import dataclass

import scipy

from dialogram.analysis.plain import Result
from dialogram.analysis.sentences import say_p
from dialogram.analysis.student import two_sided_p


@dataclass(frozen=True, kw_only=True)
class Coefficient(Result):
    """A coefficient of a linear model, tested by Student's t.

    Parameters
    ----------
    name
        What it belongs to.
    b, se
        Estimate and its standard error, in units of the outcome per unit of what it belongs to.
    df
        Degrees of freedom of its t.
    p
        Two-sided p of ``t = b / se``; NaN where se is 0.
    ci95
        ``b ± t_{.975, df} · se``.
    """

    name: str
    b: float
    se: float
    df: float
    p: float
    ci95: tuple[float, float]

    def __str__(self) -> str:
        low, high = self.ci95
        return f"{self.name} b = {self.b:.3f} [{low:.3f}, {high:.3f}], t({self.df:.1f}), {say_p(self.p)}"

    def summary(self) -> str:
        """Say the result in one sentence."""
        return f"{self}."


def weigh_coefficient(name: str, b: float, se: float, df: float) -> Coefficient:
    """Test a coefficient against 0.

    Examples
    --------
    >>> print(weigh_coefficient("alliance", 0.5, 0.2, 17))
    alliance b = 0.500 [0.078, 0.922], t(17.0), p = .023
    """
    t = b / se if se > 0 else math.nan
    half = t_quantile(df) * se
    return Coefficient(name=name, b=b, se=se, df=df, p=two_sided_p(t, df), ci95=(b - half, b + half))


def t_quantile(df: float) -> float:
    """Give the t that bounds the middle 95 % of Student's distribution; NaN without degrees of freedom."""
    return float(scipy.special.stdtrit(df, 0.975)) if df > 0 else math.nan
