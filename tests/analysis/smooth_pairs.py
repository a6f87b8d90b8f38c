"""Pairs of smooth traces of which is known how far they go together."""

from pathlib import Path

import numpy as np
from scipy.signal import lfilter
from tests.reference.couples import read_couples

from dialogram.analysis.correlation import Floats

BINS, PHI = 458, 0.95
_RUN_IN = 200


def draw_pairs(seed: int, pairs: int, *, r: float = 0.0, drift: float = 0.0, late: int = 0) -> Floats:
    """Draw AR(.95) traces of 458 bins, shape (pairs, 2, 458).

    They correlate r once the second is set back by the bins it is late; each rises by `drift` standard deviations.
    """
    rng = np.random.default_rng(seed)
    shocks = rng.normal(size=(pairs, 2, BINS + _RUN_IN)) * np.sqrt(1 - PHI**2)
    traces = lfilter([1.0], [1.0, -PHI], shocks, axis=-1)
    first, second = traces[:, 0], r * traces[:, 0] + np.sqrt(1 - r**2) * traces[:, 1]
    cut = np.stack([first[:, _RUN_IN:], second[:, _RUN_IN - late : _RUN_IN - late + BINS]], axis=1)
    return np.asarray(cut + drift * np.linspace(-0.5, 0.5, BINS))


def pair_who_never_met(shared_data: Path) -> list[tuple[Floats, Floats]]:
    """Each woman's rating with that of every other couple's man, over the bins both have, 2 s each."""
    couples = read_couples(shared_data)
    pairs = [(her, his) for name, (her, _) in couples.items() for other, (_, his) in couples.items() if name != other]
    return [(her[: his.size], his[: her.size]) for her, his in pairs]
