import math
from dataclasses import dataclass

import numpy as np

from dialogram.analysis.correlation import Floats
from dialogram.analysis.plain import Result
from dialogram.analysis.states import BAND_SHARE, classify, neutral_band
from dialogram.timeline import Scale

_MISSING = 2


@dataclass(frozen=True, kw_only=True)
class Stay(Result):
    """The time in one state: seconds, number of bouts, and the median and longest bout in seconds (NaN without any)."""

    seconds: float
    bouts: int
    median_s: float
    longest_s: float

    def summary(self) -> str:
        """Say the result in one sentence."""
        if not self.bouts:
            return "Never in it."
        times = f"{self.seconds:g} s in {self.bouts} bout{'s' * (self.bouts > 1)}"
        return f"{times}, the median {self.median_s:g} s, the longest {self.longest_s:g} s."


@dataclass(frozen=True, kw_only=True)
class Bouts(Result):
    """How one rater went through the states.

    Parameters
    ----------
    hindering, neutral, helpful
        The time in each.
    transitions
        How often one state followed another at once; rows from, columns to, each hindering, neutral, helpful.
    """

    hindering: Stay
    neutral: Stay
    helpful: Stay
    transitions: tuple[tuple[int, int, int], ...]

    def summary(self) -> str:
        """Say the result in one sentence."""
        said = [
            f"{state} for {stay.seconds:g} s"
            + (f" in {stay.bouts} bouts of {stay.median_s:g} s (median)" if stay.bouts > 1 else "")
            for state, stay in (("hindering", self.hindering), ("neutral", self.neutral), ("helpful", self.helpful))
        ]
        return f"{', '.join(said)}; the state changed {sum(map(sum, self.transitions))} times."


def describe_bouts(values: Floats, *, step_s: float, scale: Scale, band_share: float = BAND_SHARE) -> Bouts:
    """Describe how long and how often a trace is in each state.

    A bout is a run of neighbouring bins in one state. What is missing ends it and begins no transition, and so do the
    ends of the trace: such bouts lasted at least as long as they were seen.

    Parameters
    ----------
    values : ndarray, shape (n,)
        NaN where missing.
    step_s
        Width of a bin in seconds.
    scale
        Gives range and neutral.
    band_share
        Half width of the neutral band as a share of the range.

    Returns
    -------
    Bouts
        See there.

    Notes
    -----
    Transitions are counts of changes, so that the diagonal is 0: Bakeman & Quera 2011, Sequential Analysis and
    Observational Methods for the Behavioral Sciences, ch. 8, doi 10.1017/CBO9781139017343.

    Examples
    --------
    >>> from dialogram.timeline import HELPFULNESS
    >>> bouts = describe_bouts(np.array([80.0, 80, 50, 80, np.nan, 20]), step_s=2.0, scale=HELPFULNESS)
    >>> bouts.helpful
    Stay(seconds=6.0, bouts=2, median_s=3.0, longest_s=4.0)
    >>> bouts.transitions
    ((0, 0, 0), (0, 0, 1), (0, 1, 0))
    """
    states = np.where(np.isnan(values), _MISSING, classify(values, neutral_band(scale, band_share)))
    edges = np.concatenate([[0], np.flatnonzero(np.diff(states)) + 1, [states.size]])
    kinds, lengths_s = states[edges[:-1]], np.diff(edges) * step_s
    stays = []
    for state in (-1, 0, 1):
        of = lengths_s[kinds == state]
        stays.append(
            Stay(
                seconds=float(of.sum()),
                bouts=int(of.size),
                median_s=float(np.median(of)) if of.size else math.nan,
                longest_s=float(of.max()) if of.size else math.nan,
            )
        )
    seen = (kinds[:-1] != _MISSING) & (kinds[1:] != _MISSING)
    counts = np.zeros((3, 3), dtype=np.intp)
    np.add.at(counts, (kinds[:-1][seen] + 1, kinds[1:][seen] + 1), 1)
    return Bouts(
        hindering=stays[0],
        neutral=stays[1],
        helpful=stays[2],
        transitions=tuple((int(row[0]), int(row[1]), int(row[2])) for row in counts),
    )
