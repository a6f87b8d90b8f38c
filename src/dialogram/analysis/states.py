import math
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from dialogram.analysis.correlation import Floats
from dialogram.analysis.kappa import kappa_of_tables
from dialogram.analysis.plain import Result
from dialogram.timeline import Scale

BAND_SHARE = 0.05
"""Within this share of the range round neutral a rating is neither helpful nor hindering."""


@dataclass(frozen=True, kw_only=True)
class States(Result):
    """How long two raters were in which states.

    Parameters
    ----------
    kappa
        Cohen's κ.
    table
        Seconds; rows a, columns b, each hindering, neutral, helpful.
    band
        Lowest and highest neutral value, in scale units.
    kappa_of_shifts
        The middle 95 % of the κ that circular shifts of b give: what the two would agree on by chance.
    """

    kappa: float
    table: tuple[tuple[float, float, float], ...]
    band: tuple[float, float]
    kappa_of_shifts: tuple[float, float]

    def summary(self) -> str:
        """Say the result in one sentence."""
        total = sum(map(sum, self.table))
        if not total:
            return "No states can be compared: the two have no rated bin in common."
        told = f"In the same state for {sum(self.table[at][at] for at in range(3)):g} of {total:g} s"
        if math.isnan(self.kappa):
            return f"{told}; κ is not defined, because both stay in one state."
        low, high = self.kappa_of_shifts
        chance = "" if math.isnan(low) else f", where chance gives {low:.2f} to {high:.2f} (the middle 95 %)"
        return f"{told}; κ = {self.kappa:.2f}{chance}."


def neutral_band(scale: Scale, band_share: float = BAND_SHARE) -> tuple[float, float]:
    """Lowest and highest neutral value of a scale.

    Raises
    ------
    ValueError
        When the band would reach an end of the scale.
    """
    half = band_share * scale.range
    band = scale.neutral - half, scale.neutral + half
    if band_share < 0 or not scale.low < band[0] <= band[1] < scale.high:
        raise ValueError(
            f"band_share: the neutral band must lie inside the scale {scale.low:g} … {scale.high:g}, got {band_share!r}"
        )
    return band


def classify(values: Floats, band: tuple[float, float]) -> NDArray[np.int8]:
    """−1 hindering, 0 neutral, 1 helpful; 0 where missing too."""
    # What a decimal file rounds must not push a value that stands on the edge over it.
    edge = 1e-9 * (1.0 + band[1] - band[0])
    return (values > band[1] + edge).astype(np.int8) - (values < band[0] - edge).astype(np.int8)


def compare_states(a: Floats, b: Floats, *, step_s: float, scale: Scale, band_share: float = BAND_SHARE) -> States:
    r"""Cross-tabulate the states of two traces.

    Parameters
    ----------
    a, b : ndarray, shape (n,)
        On one grid, NaN where missing; bins that both have are counted.
    step_s
        Width of a bin in seconds.
    scale
        Gives range and neutral.
    band_share
        Half width of the neutral band as a share of the range; its edges are neutral.

    Returns
    -------
    States
        κ is NaN where both stay in one and the same state all the time.

    Notes
    -----
    .. math:: \kappa = (p_o - p_e)/(1 - p_e)

    Cohen 1960, Educational and Psychological Measurement 20, 37–46, doi 10.1177/001316446002000104.

    Examples
    --------
    >>> from dialogram.timeline import HELPFULNESS
    >>> a, b = np.array([80.0, 50, 20, 20]), np.array([80.0, 50, 20, 50])
    >>> states = compare_states(a, b, step_s=2.0, scale=HELPFULNESS)
    >>> states.table
    ((2.0, 2.0, 0.0), (0.0, 2.0, 0.0), (0.0, 0.0, 2.0))
    >>> round(states.kappa, 4)
    0.6364
    """
    band = neutral_band(scale, band_share)
    of_a, of_b = (_indicators(series, band) for series in (a, b))
    counts = of_a @ of_b.T
    return States(
        kappa=float(kappa_of_tables(counts, np.eye(3))),
        table=tuple((float(row[0]), float(row[1]), float(row[2])) for row in counts * step_s),
        band=band,
        kappa_of_shifts=_kappa_of_shifts(of_a, of_b),
    )


def _indicators(values: Floats, band: tuple[float, float]) -> Floats:
    states, present = classify(values, band), ~np.isnan(values)
    return np.stack([(states == state) & present for state in (-1, 0, 1)]).astype(np.float64)


def _kappa_of_shifts(of_a: Floats, of_b: Floats) -> tuple[float, float]:
    n = of_a.shape[1]
    products = np.conj(scipy.fft.rfft(of_a))[:, np.newaxis] * scipy.fft.rfft(of_b)[np.newaxis]
    counts = np.rint(scipy.fft.irfft(products, n=n))[..., 1:]
    kappas = kappa_of_tables(np.moveaxis(counts, -1, 0), np.eye(3))
    kappas = kappas[~np.isnan(kappas)]
    if kappas.size == 0:
        return math.nan, math.nan
    low, high = np.quantile(kappas, [0.025, 0.975])
    return float(low), float(high)
