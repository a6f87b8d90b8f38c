import math
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dialogram.analysis.correlation import Floats, correlate_circular_shifts, correlate_lags
from dialogram.analysis.effective_n import effective_n_of_pairs
from dialogram.analysis.plain import Result
from dialogram.analysis.sentences import say_p
from dialogram.analysis.shape import TIE

WINDOW_S = 30.0
"""How far one rater may follow the other."""
LEAST_SHIFT_WINDOWS = 2
"""Surrogates begin beyond so many windows and the decorrelation time: none of their lags is one of the real ones."""


@dataclass(frozen=True, kw_only=True)
class Lag(Result):
    """At which lag two traces go together best.

    Parameters
    ----------
    seconds
        Positive: b follows a.
    r
        Correlation at that lag.
    window_s
        Lags up to this far either way were looked at.
    p_shift
        From circular shifts, each with its own best lag; NaN where the traces are too short for any.
    """

    seconds: float
    r: float
    window_s: float
    p_shift: float

    def summary(self) -> str:
        """Say the result in one sentence."""
        if math.isnan(self.r):
            return "No lag can be told: one does not vary, or they hardly overlap."
        where = "without a lag" if not self.seconds else f"when {'b' if self.seconds > 0 else 'a'} follows"
        late = f" by {abs(self.seconds):g} s" if self.seconds else ""
        return (
            f"The two go together best {where}{late}, r = {self.r:.2f} (looked at ± {self.window_s:g} s;"
            f" {say_p(self.p_shift)})."
        )


def find_lag(a: Floats, b: Floats, *, step_s: float, window_s: float = WINDOW_S) -> Lag:
    """Find the lag at which two traces correlate highest, and how often chance finds one as high.

    Parameters
    ----------
    a, b : ndarray, shape (n,)
        On one grid, NaN where missing.
    step_s
        Width of a bin in seconds.
    window_s
        Lags from −window_s to window_s are looked at.

    Returns
    -------
    Lag
        The largest ``r(a[t], b[t + k])`` over what overlaps; of equal ones the lag nearest to 0.

    Notes
    -----
    ``p = (1 + #{M_s ≥ M_0}) / (1 + S)``, ``M_s`` the largest circular r within ± window_s of shift s, over the S shifts
    more than ``2 · window_s`` (60 s) plus the decorrelation time (``step_s · N/N*``) away, both ways round. Because
    every surrogate looks for its own best lag, the p already pays for the looking. Its resolution is that of how many
    windows of this width lie side by side in the session: of unrelated AR(.95) traces it rejects .04 to .08 at .05 over
    50 minutes, but .23 over 400 s.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> a = np.convolve(rng.normal(size=620), np.ones(20), "valid")
    >>> lag = find_lag(a[5:], a[:-5], step_s=1.0)
    >>> lag.seconds, round(lag.r, 6)
    (5.0, 1.0)
    """
    n = a.size
    most = min(math.floor(window_s / step_s + 1e-9), n - 1)
    lagged = correlate_lags(a, b, most)
    if np.isnan(lagged).all():
        return Lag(seconds=math.nan, r=math.nan, window_s=window_s, p_shift=math.nan)
    lags = np.arange(-most, most + 1)
    best = lags[lagged >= np.nanmax(lagged) - TIE]
    nearest = int(best[np.argmin(np.abs(best))])
    return Lag(
        seconds=nearest * step_s,
        r=float(lagged[nearest + most]),
        window_s=window_s,
        p_shift=_shift_p(*find_surrogates(a, b, step_s=step_s, window_s=window_s)),
    )


def find_surrogates(a: Floats, b: Floats, *, step_s: float, window_s: float) -> tuple[float, Floats]:
    """Give the largest circular r within ± window_s, and that of each shift too far away to share a lag with it.

    No surrogates where the traces are too short or nothing is known of them.
    """
    n, none = a.size, (math.nan, np.zeros(0))
    most = min(math.floor(window_s / step_s + 1e-9), n - 1)
    n_effective = effective_n_of_pairs(a, b)
    if math.isnan(n_effective) or 2 * most + 1 > n:
        return none
    pairs = int((~(np.isnan(a) | np.isnan(b))).sum())
    least = LEAST_SHIFT_WINDOWS * window_s / step_s + pairs / n_effective
    circular = np.nan_to_num(correlate_circular_shifts(a, b), nan=-np.inf)
    round_about = np.concatenate([circular[n - most :], circular, circular[:most]])
    largest = sliding_window_view(round_about, 2 * most + 1).max(axis=1)
    if largest[0] == -np.inf:
        return none
    shifts = np.arange(n)
    surrogates = largest[np.minimum(shifts, n - shifts) > least]
    return float(largest[0]), surrogates[surrogates > -np.inf]


def _shift_p(largest: float, surrogates: Floats) -> float:
    if surrogates.size == 0:
        return math.nan
    return (1 + int(np.count_nonzero(surrogates >= largest - TIE))) / (1 + int(surrogates.size))
