from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dialogram.timeline.scale import HELPFULNESS, Scale

LEAST_COVERAGE = 0.5
"""A bin of which less than this share was played, visible and attended is missing."""
LARGEST = 1e60
"""A value farther from 0 than this is no rating: what is computed from its square would not be a number."""


@dataclass(frozen=True, eq=False, init=False)
class Trace:
    """A rating over media time on a regular grid of bins.

    Bin ``i`` covers ``[start_s + i * step_s, start_s + (i + 1) * step_s)`` and holds the time-weighted mean of the
    dial over the part of it that was covered. Missing bins are NaN and stay in place.

    Parameters
    ----------
    values : array_like, shape (n,)
        In scale units; NaN where missing. Copied and frozen.
    step_s
        Width of a bin in seconds.
    start_s
        Media time at which bin 0 starts, in seconds.
    coverage : array_like, shape (n,), optional
        Share of each bin, 0 … 1, that was played, visible and attended. Default: 1 where there is a value, else 0.
    scale
        The rated dimension.
    name
        Who rated, as it is to be shown: ``"client"``, ``"therapist"``.

    Raises
    ------
    ValueError
        For other shapes, values beyond ± :data:`LARGEST`, a step that is not positive, a start that is not finite, or a
        coverage outside 0 … 1.

    Notes
    -----
    Where ``coverage`` is below :data:`LEAST_COVERAGE` the value is set to NaN, so that nobody can forget to.

    Examples
    --------
    >>> trace = Trace(values=[50, 60, 70], step_s=2.0, coverage=[1, 1, 0.4])
    >>> trace.values
    array([50., 60., nan])
    >>> trace.times_s
    array([0., 2., 4.])
    >>> trace.duration_s
    6.0
    """

    values: NDArray[np.float64]
    step_s: float
    start_s: float
    coverage: NDArray[np.float64]
    scale: Scale
    name: str

    def __init__(
        self,
        *,
        values: ArrayLike,
        step_s: float,
        start_s: float = 0.0,
        coverage: ArrayLike | None = None,
        scale: Scale = HELPFULNESS,
        name: str = "rater",
    ) -> None:
        bins = _vector("values", values)
        if (np.abs(bins) > LARGEST).any():
            raise ValueError(
                f"trace: values must lie within ± {LARGEST:g}, or be NaN where missing, got {np.nanmax(np.abs(bins)):g}"
            )
        if not (np.isfinite(step_s) and step_s > 0):
            raise ValueError(f"trace: step_s must be positive, got {step_s!r}")
        if not np.isfinite(start_s):
            raise ValueError(f"trace: start_s must be finite, got {start_s!r}")
        if coverage is None:
            covered = np.where(np.isnan(bins), 0.0, 1.0)
        else:
            covered = _vector("coverage", coverage)
            if covered.shape != bins.shape:
                raise ValueError(f"trace: coverage has {covered.size} bins, values {bins.size}")
            if not bool(np.all((covered >= 0) & (covered <= 1))):
                raise ValueError("trace: coverage must lie in 0 … 1")
            bins[covered < LEAST_COVERAGE] = np.nan
        for array in (bins, covered):
            array.flags.writeable = False
        fields = {"values": bins, "step_s": float(step_s), "start_s": float(start_s), "coverage": covered}
        for field, value in {**fields, "scale": scale, "name": name}.items():
            object.__setattr__(self, field, value)

    def __len__(self) -> int:
        return int(self.values.size)

    @property
    def times_s(self) -> NDArray[np.float64]:
        """Start of each bin in media seconds, shape (n,)."""
        return np.asarray(self.start_s + self.step_s * np.arange(len(self)), dtype=np.float64)

    @property
    def duration_s(self) -> float:
        """Length of the grid in seconds."""
        return self.step_s * self.values.size

    @property
    def present(self) -> NDArray[np.bool_]:
        """True where a bin has a value, shape (n,)."""
        return ~np.isnan(self.values)


def _vector(parameter: str, values: ArrayLike) -> NDArray[np.float64]:
    array = np.array(values, dtype=np.float64)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"trace: {parameter} must be one row of at least one bin, got shape {array.shape}")
    return array
