"""Pairs of smooth traces of which is known how far they go together."""

from pathlib import Path

import numpy as np
from scipy.signal import lfilter
from tests.reference.couples import read_couples

from dialogram.analysis.correlation import Floats

BINS, PHI = 458, 0.95


def draw_pairs(
    seed: int, pairs: int, *, r: float = 0.0, drift: float = 0.0, late: int = 0, bins: int = BINS, phi: float = PHI
) -> Floats:
    """Draw AR(.95) traces of 458 bins unless others are asked for, shape (pairs, 2, bins).

    They correlate r once the second is set back by the bins it is late; each rises by `drift` standard deviations.
    """
    rng, run_in = np.random.default_rng(seed), round(10 / (1 - phi))
    shocks = rng.normal(size=(pairs, 2, bins + run_in)) * np.sqrt(1 - phi**2)
    traces = lfilter([1.0], [1.0, -phi], shocks, axis=-1)
    first, second = traces[:, 0], r * traces[:, 0] + np.sqrt(1 - r**2) * traces[:, 1]
    cut = np.stack([first[:, run_in:], second[:, run_in - late : run_in - late + bins]], axis=1)
    return np.asarray(cut + drift * np.linspace(-0.5, 0.5, bins))


def draw_bursts(seed: int, pairs: int) -> Floats:
    """Draw unrelated traces that rest but for three or four bursts of some twenty seconds, shape (pairs, 2, 458)."""
    rng = np.random.default_rng(seed)
    found = np.zeros((pairs, 2, BINS))
    for trace in found.reshape(-1, BINS):
        for middle in rng.uniform(0, BINS, size=rng.integers(3, 5)):
            trace[:] += rng.normal() * np.exp(-(((np.arange(BINS) - middle) / 5) ** 2) / 2)
    return found


def pair_who_never_met(shared_data: Path) -> list[tuple[Floats, Floats]]:
    """Each woman's rating with that of every other couple's man, over the bins both have, 2 s each."""
    couples = read_couples(shared_data)
    pairs = [(her, his) for name, (her, _) in couples.items() for other, (_, his) in couples.items() if name != other]
    return [(her[: his.size], his[: her.size]) for her, his in pairs]
