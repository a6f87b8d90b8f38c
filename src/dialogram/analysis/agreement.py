import math
from dataclasses import dataclass

import numpy as np

from dialogram.analysis.correlation import Floats
from dialogram.analysis.intraclass import correlate_intraclass
from dialogram.analysis.plain import Result


@dataclass(frozen=True, kw_only=True)
class Agreement(Result):
    """Whether two raters give the same numbers.

    Parameters
    ----------
    ccc
        Lin's concordance.
    icc_a1
        Intraclass correlation, two-way, absolute agreement, single rater.
    rmse
        Root mean square difference, in scale units.
    level_part, scatter_part, shape_part
        What different means, different spreads and different courses contribute to the mean square difference, in
        squared scale units; they sum to ``rmse²``.
    """

    ccc: float
    icc_a1: float
    rmse: float
    level_part: float
    scatter_part: float
    shape_part: float

    def summary(self) -> str:
        """Say the result in one sentence."""
        if math.isnan(self.rmse):
            return "No agreement can be told: the two have no rated bin in common."
        if math.isnan(self.ccc) or math.isnan(self.icc_a1):
            return f"They lie {self.rmse:.2f} apart (root mean square); no index of agreement is defined."
        return (
            f"Lin's concordance {self.ccc:.2f}, ICC(A,1) {self.icc_a1:.2f}; they lie {self.rmse:.2f} apart (root mean"
            " square)."
        )


def compare_values(a: Floats, b: Floats) -> Agreement:
    r"""Agreement of two traces in absolute numbers.

    Parameters
    ----------
    a, b : ndarray, shape (n,)
        On one grid, NaN where missing; bins that both have are used.

    Returns
    -------
    Agreement
        NaN where it is not defined: no pair, or neither varies and both are equal.

    Notes
    -----
    With 1/n moments,

    .. math:: ccc = \frac{2 s_{ab}}{s_a^2 + s_b^2 + (m_a - m_b)^2}

    .. math:: \overline{(a-b)^2} = (m_a - m_b)^2 + (s_a - s_b)^2 + 2 s_a s_b (1 - r)

    Lin 1989, Biometrics 45, 255–268, doi 10.2307/2532051. Parts: Cronbach & Gleser 1953, Psychological Bulletin 50,
    456–473, doi 10.1037/h0057173. ICC: :func:`dialogram.analysis.intraclass.correlate_intraclass`. They describe; none
    comes with a p, because bins are not independent.

    Examples
    --------
    >>> agreement = compare_values(np.array([1.0, 2, 3, 4]), np.array([2.0, 3, 4, 5]))
    >>> round(agreement.ccc, 4), agreement.rmse, agreement.level_part
    (0.7143, 1.0, 1.0)
    """
    both = ~(np.isnan(a) | np.isnan(b))
    a, b = a[both], b[both]
    n = a.size
    if n == 0:
        return Agreement(**dict.fromkeys(Agreement.__dataclass_fields__, math.nan))
    level = float(a.mean() - b.mean())
    deviations_a, deviations_b = a - a.mean(), b - b.mean()
    sd_a = math.sqrt(deviations_a @ deviations_a / n)
    sd_b = math.sqrt(deviations_b @ deviations_b / n)
    covariance = float(deviations_a @ deviations_b) / n
    spread = sd_a**2 + sd_b**2 + level**2
    return Agreement(
        ccc=2 * covariance / spread if spread > 0 else math.nan,
        icc_a1=correlate_intraclass(np.stack([a, b]))["A,1"].value,
        rmse=math.sqrt(float((a - b) @ (a - b)) / n),
        level_part=level**2,
        scatter_part=(sd_a - sd_b) ** 2,
        shape_part=max(0.0, 2 * (sd_a * sd_b - covariance)),
    )
