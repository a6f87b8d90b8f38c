"""What many dyads' models need of some of them: a block can be measured apart from the others, and is small."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dialogram.analysis.cohort_screening import Exclusion, find_fault
from dialogram.analysis.correlation import Floats, correlate
from dialogram.analysis.dyad_sums import DyadSums, sum_dyad
from dialogram.analysis.effective_n import effective_n_of_pairs
from dialogram.analysis.judged_dyad import JudgedDyad
from dialogram.analysis.plain import Result
from dialogram.analysis.pseudo_dyads import correlate_everybody
from dialogram.analysis.session_parts import measure_parts
from dialogram.analysis.tracking_profile import sum_profile
from dialogram.timeline import Trace


@dataclass(frozen=True, kw_only=True)
class DyadCongruence(Result):
    """One dyad in the meta-analysis.

    Parameters
    ----------
    dyad
        Its name.
    n, n_effective
        Bins that both rated, and how many independent ones they are worth for a correlation.
    r, z, v
        Correlation, its Fisher z, and the sampling variance ``1/(n_effective − 3)`` of that.
    """

    dyad: str
    n: int
    n_effective: float
    r: float
    z: float
    v: float

    def summary(self) -> str:
        """Say the result in one sentence."""
        return (
            f"{self.dyad}: r = {self.r:.2f} over {self.n} bins, worth about {self.n_effective:.0f} independent pairs."
        )


@dataclass(frozen=True, kw_only=True)
class MeasuredDyad:
    """One dyad in all models.

    Parameters
    ----------
    congruence, sums
        For the meta-analysis, and for the Truth-and-Bias model.
    levels
        Mean of judge and of truth over the bins that both rated.
    parts
        Mean, peak, trough and end of the truth's trace.
    profile
        The dyad at other lags and widths of bins, as :func:`dialogram.analysis.tracking_profile.sum_profile` sums it
        up; empty where that was not asked for.
    judge_digest, truth_digest
        By which a rating is known again in another dyad.
    """

    congruence: DyadCongruence
    sums: DyadSums
    levels: tuple[float, float]
    parts: tuple[float, float, float, float]
    profile: tuple[DyadSums | None, ...]
    judge_digest: str
    truth_digest: str

    @property
    def name(self) -> str:
        """The dyad's name."""
        return self.sums.name


@dataclass(frozen=True, kw_only=True)
class CohortBlock:
    """Some dyads, measured.

    Parameters
    ----------
    dyads
        What was measured, or why a dyad says nothing about congruence.
    z : ndarray, shape (dyads, dyads)
        Fisher's z of every judge with every truth, NaN where it is not defined.
    """

    dyads: tuple[MeasuredDyad | Exclusion, ...]
    z: Floats


def measure_block(dyads: Sequence[JudgedDyad], *, profile: bool = False) -> CohortBlock:
    """Measure the dyads of a block, see :func:`dialogram.analysis.pseudo_dyads.part_into_blocks`.

    Parameters
    ----------
    dyads
        Of the block.
    profile
        Whether also at other lags and widths of bins.

    Raises
    ------
    ValueError
        When the two ratings of a dyad do not lie on one grid or one scale.
    """
    return CohortBlock(dyads=tuple(_measure(dyad, profile=profile) for dyad in dyads), z=correlate_everybody(dyads))


def _measure(dyad: JudgedDyad, *, profile: bool) -> MeasuredDyad | Exclusion:
    judge, truth = dyad.pairs()
    if fault := find_fault(judge, truth):
        return Exclusion(dyad=dyad.name, reason=fault)
    return MeasuredDyad(
        congruence=measure_congruence(dyad.name, judge, truth),
        sums=sum_dyad(dyad),
        levels=(float(np.nanmean(judge)), float(np.nanmean(truth))),
        parts=measure_parts(dyad.truth),
        profile=sum_profile(dyad) if profile else (),
        judge_digest=_digest(dyad.judge),
        truth_digest=_digest(dyad.truth),
    )


def measure_congruence(name: str, judge: Floats, truth: Floats) -> DyadCongruence:
    """Correlate a judge with the truth, both varying, on one grid and NaN in both where either is missing."""
    r, n_effective = correlate(judge, truth), effective_n_of_pairs(judge, truth)
    return DyadCongruence(
        dyad=name,
        n=int((~np.isnan(judge)).sum()),
        n_effective=n_effective,
        r=r,
        z=math.atanh(r),
        v=1 / (n_effective - 3) if n_effective > 3 else math.nan,
    )


def _digest(trace: Trace) -> str:
    return hashlib.blake2b(trace.values[trace.present].tobytes(), digest_size=16).hexdigest()
