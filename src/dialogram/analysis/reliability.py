import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dialogram._version import __version__
from dialogram.analysis.alignment import align
from dialogram.analysis.coarse_bins import coarsen
from dialogram.analysis.consensus import Consensus, agree_with_others, build_consensus, weigh
from dialogram.analysis.correlation import Floats
from dialogram.analysis.dyad import Software
from dialogram.analysis.intraclass import Intraclass, correlate_intraclass
from dialogram.analysis.intraclass_bootstrap import bootstrap_intraclass
from dialogram.analysis.krippendorff import Alpha, Measurement, measure_alpha
from dialogram.analysis.plain import none_for_nan, plain
from dialogram.analysis.rater_screening import RULE as SCREENING_RULE, RaterScreening, screen_raters
from dialogram.analysis.split_half import SplitHalf, split_observers
from dialogram.timeline import Trace

SEED = 1
SPLIT_BIN_S = 1.0
"""Halves of the observers are compared in bins of this width."""
_MEASUREMENTS: tuple[Measurement, ...] = ("nominal", "ordinal", "interval", "ratio")


@dataclass(frozen=True, kw_only=True, eq=False)
class Reliability:
    """How far several observers agree.

    Parameters
    ----------
    units
        Units, or bins of the common grid.
    raters
        Their names.
    step_s
        Width of a bin in seconds; NaN for units that are not bins of time.
    icc
        Of the ratings as they are.
    alpha
        Krippendorff's α for nominal, ordinal, interval and ratio values.
    weights
        What each rater counts for in the consensus; NaN where nobody agrees with the others.
    consensus
        One trace of all; None for units that are not bins of time.
    screening
        Raters that stand out.
    split_half
        Whether there are enough of them.
    software
        What made it.
    """

    units: int
    raters: tuple[str, ...]
    step_s: float
    icc: Intraclass
    alpha: tuple[Alpha, ...]
    weights: tuple[float, ...]
    consensus: Consensus | None
    screening: RaterScreening
    split_half: SplitHalf
    software: Software

    def to_dict(self) -> dict[str, Any]:
        """As `dialogram reliability --json` prints it: unrounded, None where a number is not defined."""
        icc = {form.name: {"value": form.value, "ci95": form.ci95} for form in self.icc.forms}
        result = {
            "units": self.units,
            "units_all_rated": self.icc.units,
            "raters": len(self.raters),
            "step_s": self.step_s,
            "icc": icc,
            "icc_intervals": self.icc.note,
            "alpha": {alpha.measurement: alpha.value for alpha in self.alpha},
            "weights": dict(zip(self.raters, self.weights, strict=True)),
            "with_others": dict(zip(self.raters, self.screening.with_others, strict=True)),
            "screening": [plain(each) for each in self.screening.findings],
            "split_half": self.split_half.to_dict(),
            "consensus": self.consensus and self.consensus.to_dict(),
            "software": plain(self.software),
        }
        return {key: none_for_nan(value) for key, value in result.items()}

    def summary(self) -> str:
        """Say the result in plain sentences."""
        alpha = next(each for each in self.alpha if each.measurement == "interval")
        parts = [self.icc.summary(), alpha.summary(), self.split_half.summary()]
        if self.consensus is not None:
            parts.append(self.consensus.summary())
        return "\n".join([*parts, self.screening.summary()])


def measure_reliability(traces: Sequence[Trace], *, seed: int = SEED) -> Reliability:
    """Measure how far several observers of one recording agree, and make one trace of theirs.

    Parameters
    ----------
    traces
        At least two, on one scale and one grid of bins, each rater with a name of his or her own. Missing bins stay in
        their place.
    seed
        Of the blocks of the ICC's intervals: the same seed gives the same numbers.

    Returns
    -------
    Reliability
        ICC and α of the ratings as they are, with intervals by block bootstrap; consensus and weights with the raters'
        lags taken out.

    Raises
    ------
    ValueError
        For fewer than two traces, two of one name, or ones that :func:`dialogram.compare` would not compare.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> session = np.convolve(rng.normal(size=940), np.hanning(40), "valid")
    >>> own = [np.convolve(rng.normal(size=940), np.hanning(40), "valid") for _ in range(3)]
    >>> observers = [Trace(values=session + row, step_s=1.0, name=name) for name, row in zip("abc", own, strict=True)]
    >>> found = measure_reliability(observers)
    >>> round(found.icc["A,k"].value, 2), len(found.consensus.trace), found.screening.findings
    (0.71, 901, ())
    """
    _check_names([trace.name for trace in traces])
    _, ratings = align(*traces)
    step_s = traces[0].step_s
    consensus = build_consensus(traces)
    return _put_together(
        ratings,
        [trace.name for trace in traces],
        step_s=step_s,
        icc=bootstrap_intraclass(ratings, step_s=step_s, rng=np.random.default_rng(seed)),
        consensus=consensus,
    )


def measure_unit_reliability(ratings: Floats, raters: Sequence[str]) -> Reliability:
    """Measure how far several raters agree about units that are independent of one another: subjects, segments.

    Parameters
    ----------
    ratings : ndarray, shape (raters, units)
        NaN where missing.
    raters
        Their names, at least two.

    Returns
    -------
    Reliability
        ICC with intervals from F; no consensus trace.

    Raises
    ------
    ValueError
        For fewer than two raters, two of one name, or not as many names as rows.

    Examples
    --------
    >>> ratings = np.array([[9.0, 6, 8, 7, 10, 6], [8, 2, 8, 6, 9, 7]])
    >>> found = measure_unit_reliability(ratings, ["first", "fourth"])
    >>> round(found.icc["2,1"].value, 3), found.to_dict()["weights"]
    (0.648, {'first': 0.5, 'fourth': 0.5})
    """
    _check_names(raters)
    return _put_together(ratings, raters, step_s=None, icc=correlate_intraclass(ratings), consensus=None)


def _check_names(raters: Sequence[str]) -> None:
    if len(raters) < 2:
        raise ValueError(f"raters: expected at least two, got {len(raters)}")
    twice = next((name for index, name in enumerate(raters) if name in raters[:index]), None)
    if twice is not None:
        raise ValueError(f"raters: expected a name of each rater's own, got {twice!r} twice")


def _put_together(
    ratings: Floats, raters: Sequence[str], *, step_s: float | None, icc: Intraclass, consensus: Consensus | None
) -> Reliability:
    halved = ratings if step_s is None else coarsen(ratings, step_s=step_s, least_s=SPLIT_BIN_S)[0]
    return Reliability(
        units=ratings.shape[1],
        raters=tuple(raters),
        step_s=math.nan if step_s is None else step_s,
        icc=icc,
        alpha=tuple(measure_alpha(ratings, measurement) for measurement in _MEASUREMENTS),
        weights=tuple(weigh(agree_with_others(ratings)).tolist()) if consensus is None else consensus.weights,
        consensus=consensus,
        screening=screen_raters(ratings, raters, step_s=step_s),
        split_half=split_observers(halved),
        software=Software(version=__version__, rules={"screening": SCREENING_RULE}),
    )
