from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEAST_GAP_S = 0.05
"""Shorter breaks are the player's own unevenness at a pause: they count in the coverage, but are not named."""

COVERAGE_DIGITS = 9
"""Browsers tell microseconds at best; what lies below is the arithmetic's, and must not tip a bin at one half."""


@dataclass(frozen=True, eq=False, init=False)
class StepFunction:
    """A dial over media time: it holds its value from change to change, and is nowhere else.

    Parameters
    ----------
    start_s, end_s : array_like, shape (n,)
        Half-open pieces in media seconds, in order, not overlapping, each longer than nothing.
    values : array_like, shape (n,)
        The value held on each piece, in scale units.

    Raises
    ------
    ValueError
        For unequal lengths, values or times that are not finite, or pieces out of order.

    Examples
    --------
    >>> dial = StepFunction([0.0, 1.5], [1.5, 2.0], [40.0, 60.0])
    >>> values, coverage = dial.bins(start_s=0.0, end_s=3.0, step_s=1.0)
    >>> values
    array([40., 50., nan])
    >>> coverage
    array([1., 1., 0.])
    """

    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    values: NDArray[np.float64]

    def __init__(self, start_s: ArrayLike, end_s: ArrayLike, values: ArrayLike) -> None:
        starts, ends, held = (np.array(array, dtype=np.float64) for array in (start_s, end_s, values))
        if starts.ndim != 1 or not starts.shape == ends.shape == held.shape:
            raise ValueError(
                f"step function: expected three equal rows, got {starts.shape}, {ends.shape}, {held.shape}"
            )
        if not all(np.isfinite(array).all() for array in (starts, ends, held)):
            raise ValueError("step function: times and values must be finite")
        if np.any(ends <= starts) or np.any(starts[1:] < ends[:-1]):
            raise ValueError("step function: pieces must be longer than nothing, in order, and must not overlap")
        for name, array in (("start_s", starts), ("end_s", ends), ("values", held)):
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return int(self.values.size)

    @property
    def covered_s(self) -> float:
        """Length of all pieces together, in seconds."""
        return float(np.sum(self.end_s - self.start_s))

    def value_at(self, media_s: ArrayLike) -> NDArray[np.float64]:
        """Return the value held at each moment, NaN where there is none."""
        at = np.asarray(media_s, dtype=np.float64)
        if not len(self):
            return np.full(at.shape, np.nan)
        piece = np.searchsorted(self.start_s, at, side="right") - 1
        inside = (piece >= 0) & (at < self.end_s[piece])
        return np.where(inside, self.values[piece], np.nan)

    def clip(self, start_s: float, end_s: float) -> Self:
        """Return the part of it that lies in [start_s, end_s)."""
        first = int(np.searchsorted(self.end_s, start_s, side="right"))
        last = max(int(np.searchsorted(self.start_s, end_s, side="left")), first)
        starts = np.maximum(self.start_s[first:last], start_s)
        return type(self)(starts, np.minimum(self.end_s[first:last], end_s), self.values[first:last])

    def bins(self, *, start_s: float, end_s: float, step_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the time-weighted mean over the covered part of each bin, and the share of the bin that is covered.

        Parameters
        ----------
        start_s, end_s
            The stretch; bin i is ``[start_s + i * step_s, start_s + (i + 1) * step_s)``. A last bin that sticks out
            beyond `end_s` is kept, and what sticks out is not covered.
        step_s
            Width of a bin, in seconds.

        Returns
        -------
        values, coverage : shape (n,)
            ``sum(v * w) / sum(w)`` over the pieces in the bin, w their lengths in it, NaN without any; and
            ``sum(w) / step_s``.

        Raises
        ------
        ValueError
            When ``start_s < end_s`` or ``step_s > 0`` does not hold.
        """
        if not (np.isfinite(step_s) and step_s > 0):
            raise ValueError(f"step_s: expected a positive number of seconds, got {step_s!r}")
        if not (np.isfinite(start_s) and np.isfinite(end_s) and start_s < end_s):
            raise ValueError(f"bins: expected start_s < end_s, both finite, got {start_s!r} and {end_s!r}")
        # a stretch of 600.0000001 s has 600 bins of a second
        count = max(int(np.ceil((end_s - start_s) / step_s - 1e-6)), 1)
        dial = self.clip(start_s, end_s)
        edges = start_s + step_s * np.arange(count + 1)
        cuts = np.unique(np.concatenate([dial.start_s, dial.end_s, edges]))
        middles, lengths = (cuts[:-1] + cuts[1:]) / 2, np.diff(cuts)
        held = dial.value_at(middles)
        there = ~np.isnan(held) & (middles < edges[-1])
        bin_of = np.searchsorted(edges, middles[there], side="right") - 1
        weight = np.bincount(bin_of, weights=lengths[there], minlength=count)
        total = np.bincount(bin_of, weights=lengths[there] * held[there], minlength=count)
        values = np.full(count, np.nan)
        np.divide(total, weight, out=values, where=weight > 0)
        return values, np.clip(np.round(weight / step_s, COVERAGE_DIGITS), 0.0, 1.0)

    def longest_unchanged_s(self) -> float:
        """Return the length of the longest stretch on which the value did not change, in seconds."""
        if not len(self):
            return 0.0
        changed = (np.diff(self.values) != 0) | (self.start_s[1:] - self.end_s[:-1] >= LEAST_GAP_S)
        first = np.concatenate([[0], np.flatnonzero(changed) + 1])
        last = np.concatenate([np.flatnonzero(changed), [len(self) - 1]])
        return float(np.max(self.end_s[last] - self.start_s[first]))
