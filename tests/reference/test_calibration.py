"""How often each test rejects at .05 when two smooth traces have nothing to do with one another.

400 pairs of AR(.95) traces of 458 bins, without and with a linear drift of one standard deviation in each. The
standard error of a rejection rate of .05 is then .011, so the bounds below are some three of them wide. What a longer
simulation gives: naive .63 → .73, effective n .05–.07 → .11, circular .05–.07 → .10, truncated .04 → .04; for the level
naive .77 → .75, effective n .22 → .22, which is why no page says to believe that one.
"""

import numpy as np
import pytest
from scipy.signal import lfilter

from dialogram.analysis.correlation import Floats
from dialogram.analysis.level import compare_level
from dialogram.analysis.shape import compare_shape

PAIRS, BINS, PHI = 400, 458, 0.95


def _pairs(*, drift: float) -> Floats:
    rng = np.random.default_rng(20240801)
    shocks = rng.normal(size=(PAIRS, 2, BINS + 200)) * np.sqrt(1 - PHI**2)
    traces = lfilter([1.0], [1.0, -PHI], shocks, axis=-1)[..., 200:]
    return np.asarray(traces + drift * np.linspace(-0.5, 0.5, BINS))


def _rejections(*, drift: float) -> dict[str, float]:
    shapes = [compare_shape(a, b) for a, b in _pairs(drift=drift)]
    names = ("p", "p_effective", "p_shift", "p_truncated")
    return {name: float(np.mean([getattr(shape, name) <= 0.05 for shape in shapes])) for name in names}


@pytest.mark.parametrize(
    ("drift", "bounds"),
    [
        (0.0, {"p": (0.55, 0.72), "p_effective": (0.02, 0.10), "p_shift": (0.02, 0.10), "p_truncated": (0.005, 0.065)}),
        (1.0, {"p": (0.62, 0.80), "p_effective": (0.03, 0.14), "p_shift": (0.05, 0.15), "p_truncated": (0.005, 0.075)}),
    ],
)
def test_rejection_rates(drift: float, bounds: dict[str, tuple[float, float]]) -> None:
    rates = _rejections(drift=drift)
    for name, (low, high) in bounds.items():
        assert low <= rates[name] <= high, rates


@pytest.mark.parametrize("drift", [0.0, 1.0])
def test_the_level_s_p_is_better_than_the_usual_one_and_still_too_small(drift: float) -> None:
    levels = [compare_level(a, b) for a, b in _pairs(drift=drift)]
    assert 0.66 <= np.mean([level.p <= 0.05 for level in levels]) <= 0.86
    assert 0.15 <= np.mean([level.p_effective <= 0.05 for level in levels]) <= 0.30
