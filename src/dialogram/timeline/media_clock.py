from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False, init=False)
class MediaClock:
    """Media time as a function of the browser's monotonic clock, while the player ran without a break.

    Parameters
    ----------
    monotonic_ms : array_like, shape (n,)
        When each frame was shown, strictly increasing, n >= 1.
    media_s : array_like, shape (n,)
        Media time of that frame, not decreasing.
    rate
        Media seconds per second before the first and after the last pair.

    Raises
    ------
    ValueError
        For unequal lengths, no pair at all, times that are not finite, or that run backwards.

    Notes
    -----
    Linear from pair to pair, never one line for a whole session: the player's clock jumps in steps of a frame, and
    ``performance.now()`` alone drifts against the media.

    Examples
    --------
    >>> clock = MediaClock([1000.0, 2000.0], [0.0, 1.0])
    >>> clock.media_at([1500.0, 2100.0])
    array([0.5, 1.1])
    """

    monotonic_ms: NDArray[np.float64]
    media_s: NDArray[np.float64]
    rate: float

    def __init__(self, monotonic_ms: ArrayLike, media_s: ArrayLike, rate: float = 1.0) -> None:
        monotonic = np.array(monotonic_ms, dtype=np.float64)
        media = np.array(media_s, dtype=np.float64)
        if monotonic.ndim != 1 or monotonic.shape != media.shape or monotonic.size == 0:
            raise ValueError(f"media clock: expected two equal rows of pairs, got {monotonic.shape} and {media.shape}")
        if not (np.isfinite(monotonic).all() and np.isfinite(media).all() and np.isfinite(rate)):
            raise ValueError("media clock: expected finite times and a finite rate")
        if np.any(np.diff(monotonic) <= 0) or np.any(np.diff(media) < 0):
            raise ValueError("media clock: times run backwards; split the pairs where the player paused or sought")
        object.__setattr__(self, "monotonic_ms", monotonic)
        object.__setattr__(self, "media_s", media)
        object.__setattr__(self, "rate", float(rate))

    def media_at(self, monotonic_ms: ArrayLike) -> NDArray[np.float64]:
        """Media seconds at monotonic milliseconds; beyond the pairs the player is taken to run at `rate`."""
        at = np.asarray(monotonic_ms, dtype=np.float64)
        inside = np.interp(at, self.monotonic_ms, self.media_s)
        before = np.minimum(at - self.monotonic_ms[0], 0.0)
        after = np.maximum(at - self.monotonic_ms[-1], 0.0)
        return np.asarray(inside + (before + after) * self.rate / 1000.0)
