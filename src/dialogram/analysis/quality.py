from dataclasses import dataclass

import numpy as np

from dialogram.analysis.plain import Result
from dialogram.analysis.runs import runs_of
from dialogram.timeline import Segment, Trace

_SAME = 1e-9


@dataclass(frozen=True, kw_only=True)
class Quality(Result):
    """How whole one trace is.

    Parameters
    ----------
    coverage
        Mean coverage of its bins, bins without a value counting 0.
    gaps
        How many stretches are missing.
    longest_unchanged_s
        Longest stretch without a change of value, missing bins ending it.
    missing
        The stretches that are missing.
    """

    coverage: float
    gaps: int
    longest_unchanged_s: float
    missing: tuple[Segment, ...]

    def summary(self) -> str:
        """Say the result in one sentence."""
        gaps = f"{self.gaps} stretch{'es' * (self.gaps != 1)} missing" if self.gaps else "nothing missing"
        return f"{self.coverage:.0%} rated, {gaps}; the longest without a change {self.longest_unchanged_s:g} s."


def assess_quality(trace: Trace) -> Quality:
    """Say how whole a trace is, and where it is not.

    A long unchanged stretch is a fact, not a fault: a resting hand is an answer.

    Examples
    --------
    >>> quality = assess_quality(Trace(values=[50, 50, float("nan"), 60], step_s=2.0))
    >>> quality.coverage, quality.gaps, quality.longest_unchanged_s, quality.missing
    (0.75, 1, 4.0, (Segment(start_s=4.0, end_s=6.0),))
    """
    present = trace.present
    values = np.nan_to_num(trace.values)
    same = np.abs(np.diff(values)) <= _SAME * trace.scale.range
    unchanged = runs_of(same & present[1:] & present[:-1])
    longest = int((unchanged[:, 1] - unchanged[:, 0]).max()) + 1 if unchanged.size else int(present.any())
    missing = tuple(
        Segment(trace.start_s + trace.step_s * int(first), trace.start_s + trace.step_s * int(end))
        for first, end in runs_of(~present)
    )
    return Quality(
        coverage=float(np.where(present, trace.coverage, 0.0).mean()),
        gaps=len(missing),
        longest_unchanged_s=longest * trace.step_s,
        missing=missing,
    )
