import math
from dataclasses import dataclass

import numpy as np

from dialogram.analysis.correlation import Floats, autocorrelate, varies
from dialogram.analysis.plain import Result
from dialogram.analysis.states import BAND_SHARE, classify, neutral_band
from dialogram.timeline import Scale


@dataclass(frozen=True, kw_only=True)
class Description(Result):
    """One trace in numbers.

    Parameters
    ----------
    name
        Who rated.
    mean, sd, min, max
        Over the bins present, SD with n − 1, in scale units.
    mssd
        Mean square of successive differences, in squared scale units.
    acf1
        Correlation of each bin with the next.
    share_hindering, share_neutral, share_helpful
        Shares of the rated time.
    """

    name: str
    mean: float
    sd: float
    min: float
    max: float
    mssd: float
    acf1: float
    share_hindering: float
    share_neutral: float
    share_helpful: float

    def summary(self) -> str:
        """Say the result in one sentence."""
        if math.isnan(self.mean):
            return f"{self.name} rated nothing."
        told = f"{self.name} rated {self.mean:.2f} on average, from {self.min:g} to {self.max:g}"
        spread = "" if math.isnan(self.sd) else f", SD {self.sd:.2f}"
        return (
            f"{told}{spread}; helpful {self.share_helpful:.0%}, neutral {self.share_neutral:.0%}, hindering"
            f" {self.share_hindering:.0%} of the time."
        )


def describe(values: Floats, *, name: str, scale: Scale, band_share: float = BAND_SHARE) -> Description:
    r"""Describe one trace.

    Parameters
    ----------
    values : ndarray, shape (n,)
        NaN where missing.
    name
        Who rated.
    scale
        Gives range and neutral.
    band_share
        Half width of the neutral band as a share of the range.

    Returns
    -------
    Description
        NaN where it is not defined.

    Notes
    -----
    .. math:: mssd = \overline{(x_{t+1} - x_t)^2}

    over neighbours that are both present (von Neumann et al. 1941, Annals of Mathematical Statistics 12, 153–162,
    doi 10.1214/aoms/1177731746); ``acf1`` as in :func:`dialogram.analysis.correlation.autocorrelate`.

    Examples
    --------
    >>> from dialogram.timeline import HELPFULNESS
    >>> d = describe(np.array([40.0, 50, 60, 60]), name="client", scale=HELPFULNESS)
    >>> d.mean, round(d.mssd, 2), d.share_hindering, d.share_helpful
    (52.5, 66.67, 0.25, 0.5)
    """
    present = values[~np.isnan(values)]
    if present.size == 0:
        blank = dict.fromkeys(list(Description.__dataclass_fields__)[1:], math.nan)
        return Description(name=name, **blank)
    steps = np.diff(values)
    steps = steps[~np.isnan(steps)]
    states = classify(present, neutral_band(scale, band_share))
    acf1 = math.nan
    if varies(values):
        rho, pairs = autocorrelate(values, 1)
        acf1 = float(rho[0]) if pairs[0] else math.nan
    return Description(
        name=name,
        mean=float(present.mean()),
        sd=float(present.std(ddof=1)) if present.size > 1 else math.nan,
        min=float(present.min()),
        max=float(present.max()),
        mssd=float((steps**2).mean()) if steps.size else math.nan,
        acf1=acf1,
        share_hindering=float((states == -1).mean()),
        share_neutral=float((states == 0).mean()),
        share_helpful=float((states == 1).mean()),
    )
