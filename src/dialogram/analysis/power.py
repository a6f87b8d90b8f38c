import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from dialogram._version import __version__
from dialogram.analysis.correlation import Floats
from dialogram.analysis.dyad import Software
from dialogram.analysis.plain import Result, plain

POWER_RULES = {"power": "power/1"}
"""Version of the rule by which a study is planned."""
LEVEL = 0.05
"""A study finds tracking when the p of its meta-analysis is no larger."""


@dataclass(frozen=True, kw_only=True)
class SupposedCohort:
    """What is taken to be true of the dyads of a study that is not there yet.

    Parameters
    ----------
    tracking
        Correlation of judge and truth in the average dyad, the judge's lag taken out, within (−1, 1).
    between_sd
        SD over dyads of the true Fisher z, ``√τ²`` of a cohort that was studied before. Default: √.0117, that of 19
        couples who rated the video of their own talk.
    memory_s
        Time in which the autocorrelation of either rating falls to 1/e, in seconds. Default: from bin to bin of 2 s
        those couples' ratings correlate .92 in the median, which is ``exp(−2/24)``.
    lag_s
        How long the judge's hand trails the truth, in whole seconds.

    Raises
    ------
    ValueError
        For a correlation that is none, a spread below 0, a memory that is not positive, or a lag that is no whole
        number of seconds.
    """

    tracking: float
    between_sd: float = 0.11
    memory_s: float = 24.0
    lag_s: float = 0.0

    def __post_init__(self) -> None:
        if not -1 < self.tracking < 1:
            raise ValueError(f"tracking: expected a correlation between -1 and 1, got {self.tracking:g}")
        if not 0 <= self.between_sd < math.inf:
            raise ValueError(f"between_sd: expected an SD of Fisher z, 0 or more, got {self.between_sd:g}")
        if not 0 < self.memory_s < math.inf:
            raise ValueError(f"memory_s: expected a positive number of seconds, got {self.memory_s:g}")
        if not (0 <= self.lag_s < math.inf and self.lag_s == round(self.lag_s)):
            raise ValueError(f"lag_s: expected whole seconds, 0 or more, got {self.lag_s:g}")


@dataclass(frozen=True, kw_only=True)
class PowerAt:
    """What a study of one size would find.

    Parameters
    ----------
    dyads, minutes
        Its size: dyads, and minutes of recording that both rate in each.
    power, power_ci95
        Share of the simulated studies that find the tracking supposed, and between what it lies for all that so few
        were simulated (Wilson).
    level, level_ci95
        The same share where the average dyad tracks nothing: it should be .05.
    width
        Width of the 95 % interval of the mean r, in the median study; NaN where most have none.
    """

    dyads: int
    minutes: float
    power: float
    power_ci95: tuple[float, float]
    level: float
    level_ci95: tuple[float, float]
    width: float

    def to_dict(self) -> dict[str, Any]:
        """Unrounded, None where a number is not defined."""
        return plain(self)

    def summary(self) -> str:
        """Say the result in one sentence."""
        low, high = self.power_ci95
        width = "" if math.isnan(self.width) else f", and tells r within an interval {self.width:.2f} wide"
        return (
            f"With {self.dyads} dyads of {self.minutes:g} minutes a study finds tracking with a probability of"
            f" {self.power:.2f} (simulated: {low:.2f} to {high:.2f}){width}; where there is none, it finds some with"
            f" {self.level:.2f}."
        )


@dataclass(frozen=True, kw_only=True)
class DyadsNeeded(Result):
    """How many dyads of a length give the power wanted; None where not even the most that were looked at do."""

    minutes: float
    dyads: int | None

    def summary(self) -> str:
        """Say the result in one sentence."""
        if self.dyads is None:
            return f"With {self.minutes:g} minutes each not even the most dyads looked at are enough."
        return f"With {self.minutes:g} minutes each it takes {self.dyads} dyads."


@dataclass(frozen=True, kw_only=True)
class PowerPlan:
    """How large a study has to be.

    Parameters
    ----------
    supposed
        What was taken to be true.
    wanted
        The power that is wanted.
    studies, seed
        How many studies were simulated, and from which seed.
    sizes
        What a study of each size would find, the fewest minutes first, and of these the fewest dyads.
    needed
        How many dyads of each length give the power wanted.
    software
        What made it.
    """

    supposed: SupposedCohort
    wanted: float
    studies: int
    seed: int
    sizes: tuple[PowerAt, ...]
    needed: tuple[DyadsNeeded, ...]
    software: Software = field(default_factory=lambda: Software(version=__version__, rules=dict(POWER_RULES)))

    def to_dict(self) -> dict[str, Any]:
        """As `dialogram plan --json` prints it: unrounded, None where a number is not defined."""
        return plain(self)

    def summary(self) -> str:
        """Say the result in one sentence."""
        enough = [f"{each.dyads} dyads of {each.minutes:g} minutes" for each in self.needed if each.dyads is not None]
        aim = f"find r = {self.supposed.tracking:.2f} with a probability of {self.wanted:.2f}"
        if enough:
            return f"To {aim}, {' or '.join(enough)} are enough."
        most = self.sizes[-1]
        return (
            f"None of these sizes is enough to {aim}: {most.dyads} dyads of {most.minutes:g} minutes give"
            f" {most.power:.2f}."
        )


@dataclass(frozen=True, kw_only=True)
class StudyOutcomes:
    """What simulated studies found, each at every size.

    Parameters
    ----------
    p : ndarray, shape (studies, lengths, numbers of dyads)
        Of the meta-analysis; NaN where there is none, since too few dyads are worth six independent pairs.
    p_of_nothing : ndarray, same shape
        The same where the average dyad tracks nothing.
    width : ndarray, same shape
        Of the 95 % interval of the mean r.
    """

    p: Floats
    p_of_nothing: Floats
    width: Floats


def weigh_power(
    outcomes: StudyOutcomes,
    supposed: SupposedCohort,
    *,
    dyads: Sequence[int],
    minutes: Sequence[float],
    wanted: float,
    seed: int,
) -> PowerPlan:
    r"""Say from simulated studies what a study of each size would find, and how many dyads it takes.

    Parameters
    ----------
    outcomes
        Of one study at least.
    supposed, seed
        What they were simulated from.
    dyads, minutes
        The sizes, both rising.
    wanted
        The power that is wanted, within (0, 1).

    Returns
    -------
    PowerPlan

    Notes
    -----
    Shares get Wilson's interval (1927, Journal of the American Statistical Association 22, 209–212,
    doi 10.1080/01621459.1927.10502953). A t that is compared with a fixed bound has about
    :math:`\text{power} = \Phi(\delta \sqrt k - c)` at k dyads, so between two numbers of dyads that were looked at
    :math:`\Phi^{-1}` of the power goes in a straight line with :math:`\sqrt k`; the dyads needed are read from it and
    rounded up. Where the fewest looked at are enough, they are given.

    Examples
    --------
    >>> p = np.array([[[0.2, 0.01]], [[0.04, 0.001]], [[0.3, 0.02]], [[0.1, 0.04]]])
    >>> outcomes = StudyOutcomes(p=p, p_of_nothing=np.full(p.shape, 0.5), width=np.full(p.shape, 0.1))
    >>> plan = weigh_power(outcomes, SupposedCohort(tracking=0.3), dyads=[10, 20], minutes=[50], wanted=0.8, seed=1)
    >>> [each.power for each in plan.sizes], plan.needed[0].dyads
    ([0.25, 1.0], 19)
    """
    studies = len(outcomes.p)
    found, found_of_nothing = outcomes.p <= LEVEL, outcomes.p_of_nothing <= LEVEL
    width = np.median(np.where(np.isnan(outcomes.width), np.inf, outcomes.width), axis=0)
    sizes = tuple(
        PowerAt(
            dyads=of_dyads,
            minutes=length,
            power=float(found[:, row, column].mean()),
            power_ci95=_share_interval(found[:, row, column]),
            level=float(found_of_nothing[:, row, column].mean()),
            level_ci95=_share_interval(found_of_nothing[:, row, column]),
            width=float(width[row, column]) if math.isfinite(width[row, column]) else math.nan,
        )
        for row, length in enumerate(minutes)
        for column, of_dyads in enumerate(dyads)
    )
    return PowerPlan(
        supposed=supposed,
        wanted=wanted,
        studies=studies,
        seed=seed,
        sizes=sizes,
        needed=tuple(
            DyadsNeeded(minutes=length, dyads=_find_needed(dyads, shares, wanted, studies))
            for length, shares in zip(minutes, found.mean(axis=0), strict=True)
        ),
    )


def _share_interval(found: NDArray[np.bool_]) -> tuple[float, float]:
    n, share, quantile = found.size, float(found.mean()), float(scipy.special.ndtri(0.975))
    shrunk = 1 + quantile**2 / n
    centre = (share + quantile**2 / (2 * n)) / shrunk
    half = quantile / shrunk * math.sqrt(share * (1 - share) / n + (quantile / (2 * n)) ** 2)
    return max(0.0, centre - half), min(1.0, centre + half)


def _find_needed(dyads: Sequence[int], shares: Floats, wanted: float, studies: int) -> int | None:
    enough = np.flatnonzero(shares >= wanted)
    if enough.size == 0:
        return None
    if (after := int(enough[0])) == 0:
        return dyads[0]
    # Of 0 or all of the studies Φ⁻¹ is infinite: half a study from there it is not.
    edge = 0.5 / studies
    marks = np.append(np.clip(shares[after - 1 : after + 1], edge, 1 - edge), wanted)
    below, above, at = map(float, scipy.special.ndtri(marks))
    part = (at - below) / (above - below)
    least, most = math.sqrt(dyads[after - 1]), math.sqrt(dyads[after])
    return min(dyads[after], math.ceil((least + part * (most - least)) ** 2))
