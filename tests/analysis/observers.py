"""Observers of one session of which is known how they answer it."""

from collections.abc import Sequence

import numpy as np
from scipy.signal import lfilter

from dialogram.analysis.correlation import Floats

_ROOM = 20


def draw_observers(seed: int, raters: int, bins: int, *, late: Sequence[int] = (), own: float = 0.8) -> Floats:
    """Draw AR(.95) traces that share one course, shape (raters, bins), each late by so many bins."""
    rng = np.random.default_rng(seed)
    size = bins + _ROOM + 300
    smooth = lfilter([1.0], [1.0, -0.95], rng.normal(size=(raters + 1, size)))[:, 300:]
    late = late or (0,) * raters
    course = np.stack([smooth[0, _ROOM - lag : _ROOM - lag + bins] for lag in late])
    return np.asarray(50 + course + own * smooth[1:, _ROOM:])
