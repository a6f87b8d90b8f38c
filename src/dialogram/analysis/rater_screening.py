import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from dialogram.analysis.block_bootstrap import block_length, integral_time_scale
from dialogram.analysis.cohort_screening import find_copy
from dialogram.analysis.correlation import Floats, correlate, varies
from dialogram.analysis.plain import Result, plain
from dialogram.analysis.rater_lags import estimate_rater_lags
from dialogram.analysis.student import two_sided_p

type Finding = Literal["empty", "flat", "duplicated", "contrary", "lagging", "drifting"]

RULE = "screening/1"
LATE_S = 1.0
"""Who answers so much later than the middle rater lags."""
LEAST_UNITS = 8
"""Of fewer common units a correlation of 1 may be chance."""
LEAST_BLOCKS = 6
DRIFT_P = 0.01
DRIFT_SD = 1.0
"""A drift smaller than this, in SDs of what is left of the difference, is none to care about."""


@dataclass(frozen=True, kw_only=True)
class RaterFinding(Result):
    """What stands out of one rater's ratings.

    Parameters
    ----------
    rater
        Whose.
    finding
        ``"empty"``, ``"flat"``, ``"duplicated"``, ``"contrary"``, ``"lagging"`` or ``"drifting"``.
    words
        The same in words, with numbers.
    """

    rater: str
    finding: Finding
    words: str

    def summary(self) -> str:
        """Say the result in one sentence."""
        return f"{self.rater} {self.words}."


@dataclass(frozen=True, kw_only=True)
class RaterScreening:
    """What stands out of several raters of one recording.

    Parameters
    ----------
    raters
        Who rated.
    with_others
        Correlation of each with the mean of the others, leaving out the rater; NaN where it is not defined.
    findings
        Rater by rater; empty where nothing stands out.
    """

    raters: tuple[str, ...]
    with_others: tuple[float, ...]
    findings: tuple[RaterFinding, ...]

    def to_dict(self) -> dict[str, Any]:
        """Unrounded, None where a number is not defined."""
        return plain(self)

    def summary(self) -> str:
        """Say the result in one sentence."""
        if not self.findings:
            return f"Nothing stands out of the {len(self.raters)} raters."
        return "; ".join(f"{each.rater} {each.words}" for each in self.findings) + "."


def screen_raters(ratings: Floats, raters: Sequence[str], *, step_s: float | None = None) -> RaterScreening:
    r"""Find raters whose ratings should be looked at before they are used.

    Parameters
    ----------
    ratings : ndarray, shape (raters, n)
        NaN where missing.
    raters
        Their names.
    step_s
        Width of a bin in seconds; None for units that are not bins of time, of which nobody lags or drifts.

    Returns
    -------
    RaterScreening

    Raises
    ------
    ValueError
        When there are not as many names as ratings.

    Notes
    -----
    - empty, flat: no rating, or one that does not vary;
    - duplicated: identical with that of a rater before, or a correlation of ± 1 over 8 units or more;
    - contrary: the correlation with the mean of the others, each about its own mean, is negative;
    - lagging: 1 s or more after the rater in the middle (:func:`dialogram.analysis.rater_lags.estimate_rater_lags`);
    - drifting: what the rater differs from the others' median rises or falls on a line over the session. It is cut
      into 6 or more blocks of 4 integral time scales (of what is left of the line), and a line is put through the
      blocks' means; its slope has p ≤ .01 on 2 degrees of freedom fewer than blocks, and takes it farther from start to
      end than one SD of what is left. Who drifts most is left out before the next is looked for, for the others seem to
      drift the other way. Of raters who do not drift it names 1 to 4 in 100.

    Leave-one-out correlation: Nastase, Gazzola, Hasson & Keysers 2019, Social Cognitive and Affective Neuroscience 14,
    667–685, doi 10.1093/scan/nsz037. Who stands out is not left out: that is for people to decide.

    Examples
    --------
    >>> hand = np.convolve(np.random.default_rng(2).normal(size=940), np.hanning(40), "valid")
    >>> ratings = np.stack([hand[4:], hand[4:] ** 3, hand[:-4], np.full(897, 50.0)])
    >>> screen_raters(ratings, ["a", "b", "c", "d"], step_s=1.0).summary()
    'c answers 4.0 s after the rater in the middle; d does not vary.'
    """
    if len(raters) != len(ratings):
        raise ValueError(f"raters: expected {len(ratings)} names, got {len(raters)}")
    means = np.nan_to_num(ratings).sum(axis=1) / np.maximum((~np.isnan(ratings)).sum(axis=1), 1)
    deviations = ratings - means[:, np.newaxis]
    others = [np.delete(deviations, index, axis=0) for index in range(len(ratings))]
    with_others = [correlate(row, _mean(rest)) for row, rest in zip(ratings, others, strict=True)]
    lags = np.zeros(len(ratings)) if step_s is None else estimate_rater_lags(ratings, step_s=step_s)
    lags -= np.median(lags)
    drifts = {} if step_s is None else _find_drifts(deviations)
    findings: list[RaterFinding] = []
    for index, name in enumerate(raters):
        told: list[tuple[Finding, str]] = []
        if not varies(ratings[index]):
            empty = bool(np.isnan(ratings[index]).all())
            told.append(("empty", "has no rating") if empty else ("flat", "does not vary"))
        else:
            told += [
                ("duplicated", f"and {raters[before]} {how}: it is one rating twice")
                for before in range(index)
                if (how := _find_copy(ratings[before], ratings[index]))
            ]
            if with_others[index] < 0:
                told.append(("contrary", f"goes against the others, r = {with_others[index]:.2f}"))
            if lags[index] >= LATE_S:
                told.append(("lagging", f"answers {lags[index]:.1f} s after the rater in the middle"))
            if index in drifts:
                told.append(("drifting", f"drifts by {drifts[index]:+.3g} against the others over the session"))
        findings += [RaterFinding(rater=name, finding=finding, words=words) for finding, words in told]
    return RaterScreening(raters=tuple(raters), with_others=tuple(with_others), findings=tuple(findings))


def _mean(rows: Floats) -> Floats:
    present = ~np.isnan(rows)
    there = present.sum(axis=0)
    means = np.full(there.shape, np.nan)
    np.divide(np.nan_to_num(rows).sum(axis=0), there, out=means, where=there > 0)
    return means


def _median(rows: Floats) -> Floats:
    """Median of each column, of which one rater who drifts moves little; NaN where nobody rated."""
    medians = np.full(rows.shape[1], np.nan)
    rated = ~np.isnan(rows).all(axis=0)
    if rated.any():
        medians[rated] = np.nanmedian(np.compress(rated, rows, axis=1), axis=0)
    return medians


def _find_copy(a: Floats, b: Floats) -> str:
    both = ~(np.isnan(a) | np.isnan(b))
    return find_copy(a, b) if varies(a) and both.sum() >= LEAST_UNITS else ""


def _find_drifts(deviations: Floats) -> dict[int, float]:
    """Give how far raters drift against the others, by their places, those who do."""
    left, found = list(range(len(deviations))), dict[int, float]()
    while len(left) > 1:
        drifts = {
            index: _drift(deviations[index] - _median(deviations[[other for other in left if other != index]]))
            for index in left
        }
        if len(left) == 2:
            # Of two nobody can say which one drifts.
            return found | ({} if found else {index: drift for index, drift in drifts.items() if drift})
        most = max(drifts, key=lambda index: abs(drifts[index]))
        if drifts[most] == 0:
            break
        found[most] = drifts[most]
        left.remove(most)
    return found


def _drift(apart: Floats) -> float:
    """How far a difference drifts from start to end, in its own units; 0 where that cannot be told from chance."""
    present = ~np.isnan(apart)
    if present.sum() < LEAST_BLOCKS or not varies(apart):
        return 0.0
    time = np.linspace(-0.5, 0.5, apart.size)
    left = apart - np.polyval(np.polyfit(time[present], apart[present], 1), time)
    spread = float(left[present].std())
    length = block_length(integral_time_scale(left), apart.size) if varies(left) else 1
    blocks = apart.size // length if length else 0
    if blocks < LEAST_BLOCKS:
        return 0.0
    of_block = np.minimum(np.arange(apart.size) // length, blocks - 1)[present]
    counts = np.bincount(of_block, minlength=blocks)
    x, y = (np.bincount(of_block, each[present], blocks)[counts > 0] / counts[counts > 0] for each in (time, apart))
    if x.size < LEAST_BLOCKS:
        return 0.0
    x, y = x - x.mean(), y - y.mean()
    slope = float(x @ y / (x @ x))
    error = math.sqrt(float(((y - slope * x) ** 2).sum()) / (x.size - 2) / float(x @ x))
    p = two_sided_p(slope / error, x.size - 2) if error > 0 else 0.0
    return slope if p <= DRIFT_P and abs(slope) >= DRIFT_SD * spread else 0.0
