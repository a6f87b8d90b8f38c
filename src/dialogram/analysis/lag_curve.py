import math
from dataclasses import dataclass

import numpy as np

from dialogram.analysis.alignment import align
from dialogram.analysis.correlation import Floats, correlate_lags
from dialogram.analysis.lag import WINDOW_S, Lag, find_lag, find_surrogates
from dialogram.analysis.plain import Result
from dialogram.timeline import Trace


@dataclass(frozen=True, kw_only=True, eq=False)
class LagCurve(Result):
    """How two traces correlate at every lag, and how high chance alone may reach.

    Parameters
    ----------
    name_a, name_b
        Who rated.
    lags_s : shape (lags,)
        In seconds; positive: b follows a.
    r : shape (lags,)
        Over what overlaps.
    best
        The highest of them, with its p.
    chance_r
        The best lag of unrelated traces this smooth reaches it in 5 of 100 cases: above it the p of the best lag is
        .05 or less. NaN where the traces are too short to tell.
    """

    name_a: str
    name_b: str
    lags_s: Floats
    r: Floats
    best: Lag
    chance_r: float

    def summary(self) -> str:
        """Say the result in one sentence."""
        if math.isnan(self.best.r):
            return "The two correlate at no lag: one does not vary, or they hardly overlap."
        told = f"r is highest, {self.best.r:.2f}, at a lag of {self.best.seconds:g} s"
        if math.isnan(self.chance_r):
            return f"{told}; the traces are too short to say what chance gives."
        side = "more than" if self.best.r > self.chance_r else "within"
        return (
            f"{told}; that is {side} what chance gives at its best lag in 95 of 100 cases (up to {self.chance_r:.2f})."
        )


def correlate_at_lags(a: Trace, b: Trace, *, window_s: float = WINDOW_S) -> LagCurve:
    """Correlate two ratings at every lag, with the height that chance alone reaches at its own best lag.

    Parameters
    ----------
    a, b
        Ratings of one recording, their bins on one grid.
    window_s
        Lags from −window_s to window_s.

    Raises
    ------
    ValueError
        When `window_s` is negative, or the two cannot be compared (:func:`dialogram.compare`).

    Notes
    -----
    Of the S surrogates of :func:`dialogram.analysis.lag.find_lag`, each the highest r within ± window_s of a far
    circular shift, `chance_r` is the largest but ``⌊.05 (S + 1)⌋ − 1``: a best lag above it has ``p ≤ .05``.

    Examples
    --------
    >>> hand = np.convolve(np.random.default_rng(2).normal(size=1220), np.ones(20), "valid")
    >>> curve = correlate_at_lags(Trace(values=hand[5:], step_s=1.0), Trace(values=hand[:-5], step_s=1.0))
    >>> curve.best.seconds, curve.best.r > curve.chance_r
    (5.0, True)
    """
    if not window_s >= 0:
        raise ValueError(f"window_s: expected 0 or more seconds, got {window_s!r}")
    _, (x, y) = align(a, b)
    most = min(math.floor(window_s / a.step_s + 1e-9), x.size - 1)
    _, surrogates = find_surrogates(x, y, step_s=a.step_s, window_s=window_s)
    exceeding = math.floor(0.05 * (1 + surrogates.size)) - 1
    return LagCurve(
        name_a=a.name,
        name_b=b.name,
        lags_s=np.asarray(np.arange(-most, most + 1) * a.step_s),
        r=correlate_lags(x, y, most),
        best=find_lag(x, y, step_s=a.step_s, window_s=window_s),
        chance_r=float(np.sort(surrogates)[-1 - exceeding]) if exceeding >= 0 else math.nan,
    )
