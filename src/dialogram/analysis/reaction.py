import math
from dataclasses import dataclass

import numpy as np

from dialogram.analysis.correlation import Floats, correlate_lags
from dialogram.analysis.plain import Result

MOST_S = 2.0
"""A hand later than this does something else than follow."""
LEAST_R = 0.5
"""A hand that goes with the target less than this does not follow it, and has no delay."""


@dataclass(frozen=True, kw_only=True)
class Following(Result):
    """How a hand followed a target that moved by itself.

    Parameters
    ----------
    reaction_s
        How far the hand trailed, in seconds; NaN where it did not follow.
    r
        Correlation at that delay; NaN where the hand did not move.
    share_within
        Share of the time in which it was within the tolerance, with its own delay taken out.
    """

    reaction_s: float
    r: float
    share_within: float

    def summary(self) -> str:
        """Say the result in one sentence."""
        if math.isnan(self.reaction_s):
            return "The hand did not follow the target."
        return (
            f"The hand trailed by {self.reaction_s:.2f} s, r = {self.r:.2f}; within the tolerance"
            f" {self.share_within:.0%} of the time."
        )


def measure_following(target: Floats, hand: Floats, *, step_s: float, tolerance: float) -> Following:
    """Measure how far a hand trails a target, and how closely it follows.

    Parameters
    ----------
    target, hand : ndarray, shape (n,)
        Both on one grid of time, in scale units.
    step_s
        Its step, in seconds; a twentieth of a second will do.
    tolerance
        How far from the target is still on it, in scale units.

    Returns
    -------
    Following
        See there.

    Notes
    -----
    The reaction is the lag ``k`` from 0 to 2 s with the largest ``r(target[t], hand[t + k])``, refined between steps by
    the vertex of the parabola through its neighbours, ``δ = (r₋ − r₊) / (2 (r₋ − 2 r₀ + r₊))``. Of the whole hand: of
    equal correlations the shorter lag. Whoever trails is not farther from the target for it: the share is
    ``mean(|target[t] − hand[t + k]| ≤ tolerance)``, with k = 0 where the hand did not follow.

    Examples
    --------
    >>> t = np.arange(0, 30, 0.05)
    >>> target, late = 50 + 30 * np.sin(t), 50 + 30 * np.sin(t - 0.43)
    >>> following = measure_following(target, late, step_s=0.05, tolerance=5)
    >>> round(following.reaction_s, 2), round(following.r, 2), following.share_within
    (0.43, 1.0, 1.0)
    """
    if target.shape != hand.shape or target.size < 2:
        raise ValueError(f"hand: expected the {target.size} points of the target, at least 2, got {hand.size}")
    most = min(round(MOST_S / step_s), target.size - 1)
    r = correlate_lags(target, hand, most)[most:]
    if np.isnan(r).all():
        return Following(reaction_s=math.nan, r=math.nan, share_within=_share(target, hand, 0, tolerance))
    best = int(np.nanargmax(r))
    if r[best] < LEAST_R:
        return Following(reaction_s=math.nan, r=float(r[best]), share_within=_share(target, hand, 0, tolerance))
    lag = best + vertex(r, best)
    return Following(
        reaction_s=lag * step_s, r=float(r[best]), share_within=_share(target, hand, round(lag), tolerance)
    )


def vertex(r: Floats, best: int) -> float:
    """How far from a highest point the parabola through it and its neighbours has its top, in steps."""
    if not 0 < best < r.size - 1:
        return 0.0
    before, here, after = r[best - 1 : best + 2]
    bend = before - 2 * here + after
    return float((before - after) / (2 * bend)) if bend < 0 else 0.0


def _share(target: Floats, hand: Floats, lag: int, tolerance: float) -> float:
    return float(np.mean(np.abs(target[: target.size - lag] - hand[lag:]) <= tolerance))
