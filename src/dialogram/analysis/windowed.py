"""Windowed cross-correlation: how two traces go together here and now, and who leads."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from dialogram.analysis.alignment import align
from dialogram.analysis.correlation import Floats
from dialogram.analysis.plain import Result, none_for_nan
from dialogram.analysis.window_sums import correlate_sliding
from dialogram.timeline import Trace

WINDOW_S = 60.0
MOST_LAG_S = 5.0
HOP_S = 1.0
PEAK_S = 1.0


class WindowLengthError(ValueError):
    """No window of the length that was asked for fits the recording."""


type Convention = Literal["boker", "rmea"]


@dataclass(frozen=True, kw_only=True, eq=False)
class WindowedCorrelation(Result):
    """Correlations of two traces in many windows, each at many lags.

    Parameters
    ----------
    name_a, name_b
        Who rated.
    convention
        Which windows belong to a lag, see :func:`correlate_windows`.
    window_s, hop_s
        Length of a window and how far apart they begin, in seconds.
    starts_s : shape (windows,)
        Where the windows begin, in media seconds.
    lags_s : shape (lags,)
        In seconds; positive: b follows a.
    r : shape (windows, lags)
        NaN where less than half of a window is there in both, or one does not vary in it.
    peak_lags_s, peak_r : shape (windows,)
        The peak nearest to lag 0 and its r; NaN where a window has none.
    """

    name_a: str
    name_b: str
    convention: Convention
    window_s: float
    hop_s: float
    starts_s: Floats
    lags_s: Floats
    r: Floats
    peak_lags_s: Floats
    peak_r: Floats

    @property
    def mean_absolute_z(self) -> float:
        """Mean absolute value of atanh r over windows and lags, as rMEA gives it; NaN where there is none."""
        z = np.abs(np.arctanh(self.r[np.abs(self.r) < 1]))
        return float(z.mean()) if z.size else float("nan")

    def to_dict(self) -> dict[str, Any]:
        """Unrounded, arrays as lists, None where a number is not defined."""
        return super().to_dict() | {"mean_absolute_z": none_for_nan(self.mean_absolute_z)}

    def summary(self) -> str:
        """Say the result in one sentence."""
        here = self.r[:, self.lags_s.size // 2]
        told = f"In {self.starts_s.size} windows of {self.window_s:g} s"
        if np.isnan(here).all():
            return f"{told} nothing correlates: a trace does not vary, or too little is there of both."
        peaked = ~np.isnan(self.peak_r)
        told += f" the two correlate {np.nanmean(here):.2f} on average without a lag"
        if not peaked.any():
            return f"{told}; no window has a peak within ± {self.lags_s[-1]:g} s."
        late_s = float(np.median(self.peak_lags_s[peaked]))
        follows = (
            f"{self.name_b if late_s > 0 else self.name_a} follows by {abs(late_s):.2g} s"
            if late_s
            else "nobody follows"
        )
        return (
            f"{told}; {peaked.mean():.0%} of them have a peak within ± {self.lags_s[-1]:g} s, at which, by the median,"
            f" {follows}."
        )


def correlate_windows(
    a: Trace,
    b: Trace,
    *,
    window_s: float = WINDOW_S,
    most_lag_s: float = MOST_LAG_S,
    hop_s: float = HOP_S,
    peak_s: float = PEAK_S,
    convention: Convention = "boker",
) -> WindowedCorrelation:
    r"""Correlate two ratings in sliding windows, each at every lag, and pick each window's peak.

    Parameters
    ----------
    a, b
        Ratings of one recording, their bins on one grid.
    window_s, hop_s
        Length of a window, and how far apart windows begin; rounded to bins.
    most_lag_s
        Lags of every bin up to this far either way.
    peak_s
        No lag this far from a peak, on either side, is higher.
    convention
        ``"boker"`` or ``"rmea"``.

    Returns
    -------
    WindowedCorrelation

    Raises
    ------
    ValueError
        When a length is not positive, no window fits, or the two cannot be compared (:func:`dialogram.compare`).

    Notes
    -----
    Window k of w bins at lag l is, with hop h, largest lag L and :math:`l^+ = \max(l, 0)`, :math:`l^- = \max(-l, 0)`,

    - ``boker``: the later stays at :math:`s = L + kh`, the earlier begins before it:
      :math:`a[s - l^+ + i]` with :math:`b[s - l^- + i]`;
    - ``rmea``: the earlier stays at :math:`s = kh`, the other begins after it:
      :math:`a[s + l^- + i]` with :math:`b[s + l^+ + i]`,

    for i = 0 … w − 1 and k = 0 … ⌈(n − w − L + 1)/h⌉ − 1. Missing bins are left out of the pairs. The peak is the one
    nearest to lag 0 (of two as near, the higher); a lag whose neighbourhood is not whole cannot be one, and no
    smoothing goes before. Boker, Xu, Rotondo & King 2002, Psychological Methods 7, 338–355, doi
    10.1037/1082-989X.7.3.338; Kleinbub & Ramseyer 2021, Psychotherapy Research 31, 817–830,
    doi 10.1080/10503307.2020.1844334.

    Examples
    --------
    >>> hand = np.convolve(np.random.default_rng(1).normal(size=620), np.ones(9), "valid")
    >>> early, late = Trace(values=hand[4:], step_s=0.5), Trace(values=hand[:-4], step_s=0.5)
    >>> windows = correlate_windows(early, late)
    >>> windows.r.shape, set(windows.peak_lags_s.tolist())
    ((240, 21), {2.0})
    """
    if convention not in {"boker", "rmea"}:
        raise ValueError(f"convention: expected 'boker' or 'rmea', got {convention!r}")
    for name, length in (("window_s", window_s), ("hop_s", hop_s), ("peak_s", peak_s)):
        if not length > 0:
            raise ValueError(f"{name}: expected more than 0 s, got {length!r}")
    if not most_lag_s >= 0:
        raise ValueError(f"most_lag_s: expected 0 s or more, got {most_lag_s!r}")
    start_s, (x, y) = align(a, b)
    step_s = a.step_s
    window, hop, peak = (max(1, round(length / step_s)) for length in (window_s, hop_s, peak_s))
    most = int(most_lag_s / step_s + 1e-9)
    count = -(-(x.size - window - most + 1) // hop)
    if count < 1 or window < 2:
        raise WindowLengthError(
            f"window_s: expected windows of two bins or more that fit {x.size * step_s:g} s with {most_lag_s:g} s of"
            f" lag, got {window_s:g} s"
        )
    lags = np.arange(-most, most + 1)
    first = most - np.abs(lags) if convention == "boker" else np.zeros_like(lags)
    begins = np.stack([first + np.maximum(-lags, 0), first + np.maximum(lags, 0)], axis=1)
    r = np.ascontiguousarray(correlate_sliding(x, y, begins, windows=count, window=window, hop=hop).T)
    picked = _pick_peaks(r, peak)
    found = picked >= 0
    return WindowedCorrelation(
        name_a=a.name,
        name_b=b.name,
        convention=convention,
        window_s=window * step_s,
        hop_s=hop * step_s,
        starts_s=np.asarray(start_s + step_s * (hop * np.arange(count) + (most if convention == "boker" else 0))),
        lags_s=np.asarray(lags * step_s),
        r=r,
        peak_lags_s=np.where(found, lags[picked] * step_s, np.nan),
        peak_r=np.where(found, r[np.arange(count), picked], np.nan),
    )


def _pick_peaks(r: Floats, reach: int) -> NDArray[np.intp]:
    """Column of each row's peak nearest to the middle, −1 where it has none."""
    missing = np.isnan(r)
    known = np.where(missing, np.inf, r)
    highest = scipy.ndimage.maximum_filter1d(known, 2 * reach + 1, axis=1, mode="constant", cval=np.inf)
    is_peak = (known >= highest) & ~missing
    away = np.abs(np.arange(r.shape[1]) - r.shape[1] // 2)
    # Nearest first, and of two as near the higher: a quarter of r adds less than the step of one lag.
    nearest = np.where(is_peak, away - known / 4, np.inf).argmin(axis=1)
    return np.where(is_peak.any(axis=1), nearest, -1)
