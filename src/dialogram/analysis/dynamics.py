"""How two ratings go together by lag, by stretch of the session and by rhythm."""

from dataclasses import dataclass
from typing import Any

from dialogram.analysis.coherence import LEAST_BINS, SEGMENT_S, Coherence, measure_coherence
from dialogram.analysis.lag import WINDOW_S as LAG_WINDOW_S
from dialogram.analysis.lag_curve import LagCurve, correlate_at_lags
from dialogram.analysis.plain import Result, none_for_nan
from dialogram.analysis.windowed import (
    HOP_S,
    MOST_LAG_S,
    WINDOW_S,
    WindowedCorrelation,
    WindowLengthError,
    correlate_windows,
)
from dialogram.timeline import Trace

LEAST_LAGS = 3
"""Where bins are wide, windows are looked at up to so many of them either way: fewer leave no room for a peak."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Dynamics(Result):
    """How two ratings go together by lag, by stretch of the session and by rhythm.

    Parameters
    ----------
    lag_curve
        Their correlation at every lag.
    windowed
        Their correlation in windows; None where the recording is too short for one.
    coherence
        What they share of their rhythms.
    """

    lag_curve: LagCurve
    windowed: WindowedCorrelation | None
    coherence: Coherence

    def to_dict(self) -> dict[str, Any]:
        """As `dialogram dyad --json` prints it: unrounded, None where a number is not defined.

        Of the windows their r without a lag and their peaks; r at every lag is in ``windowed.to_dict()``.
        """
        return {
            "lag_curve": {
                "window_s": self.lag_curve.best.window_s,
                "lags_s": none_for_nan(self.lag_curve.lags_s),
                "r": none_for_nan(self.lag_curve.r),
                "chance_r": none_for_nan(self.lag_curve.chance_r),
            },
            "windowed": None if self.windowed is None else _outline(self.windowed),
            "coherence": {
                key: value for key, value in self.coherence.to_dict().items() if key not in {"name_a", "name_b"}
            },
        }

    def summary(self) -> str:
        """Say what each found, in a sentence each."""
        found = (self.lag_curve, self.windowed, self.coherence)
        return "\n".join(one.summary() for one in found if one is not None)


def describe_dynamics(
    a: Trace, b: Trace, *, lag_window_s: float = LAG_WINDOW_S, window_s: float | None = None
) -> Dynamics:
    """Describe how two ratings go together by lag, by stretch of the session and by rhythm.

    It takes longer than the rest, which is why it is not part of :func:`dialogram.analysis.compare`.

    Parameters
    ----------
    a, b
        Ratings of one recording, their bins on one grid.
    lag_window_s
        The lag curve goes from minus to plus so much.
    window_s
        Length of the windows. Default: 60 s, and no windows where the recording has no room for one.

    Returns
    -------
    Dynamics
        See there.

    Raises
    ------
    ValueError
        When a length is out of range or the windows that were asked for do not fit.

    Notes
    -----
    See :func:`dialogram.correlate_at_lags`, :func:`dialogram.correlate_windows` (lags of ± 5 s, or of three bins where
    that is more; a window each second or bin) and :func:`dialogram.measure_coherence`.

    Examples
    --------
    >>> import numpy as np
    >>> values = np.clip(50 + np.random.default_rng(3).normal(size=(2, 600)).cumsum(axis=1), 0, 100)
    >>> client, therapist = (Trace(values=each, step_s=1.0) for each in values)
    >>> found = describe_dynamics(client, therapist)
    >>> found.lag_curve.lags_s.size, found.windowed.starts_s.size, found.coherence.segments
    (61, 536, 9)
    """
    try:
        windowed = correlate_windows(
            a,
            b,
            window_s=WINDOW_S if window_s is None else window_s,
            most_lag_s=max(MOST_LAG_S, LEAST_LAGS * a.step_s),
            hop_s=HOP_S,
        )
    except WindowLengthError:
        if window_s is not None:
            raise
        windowed = None
    return Dynamics(
        lag_curve=correlate_at_lags(a, b, window_s=lag_window_s),
        windowed=windowed,
        coherence=measure_coherence(a, b, segment_s=max(SEGMENT_S, LEAST_BINS * a.step_s)),
    )


def _outline(windows: WindowedCorrelation) -> dict[str, Any]:
    return {
        key: none_for_nan(value)
        for key, value in {
            "convention": windows.convention,
            "window_s": windows.window_s,
            "hop_s": windows.hop_s,
            "max_lag_s": float(windows.lags_s[-1]),
            "mean_absolute_z": windows.mean_absolute_z,
            "starts_s": windows.starts_s,
            "r": windows.r[:, windows.lags_s.size // 2],
            "peak_lags_s": windows.peak_lags_s,
            "peak_r": windows.peak_r,
        }.items()
    }
