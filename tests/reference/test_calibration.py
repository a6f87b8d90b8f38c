"""How often each test rejects at .05 when two smooth traces have nothing to do with one another.

400 pairs of AR(.95) traces of 458 bins, without and with a linear drift of one standard deviation in each. The
standard error of a rejection rate of .05 is then .011, so the bounds below are some three of them wide. What a longer
simulation gives: naive .63 → .73, effective n .05–.07 → .11, circular .05–.07 → .10, truncated .04 → .04.
"""

import numpy as np
import pytest
from scipy.signal import lfilter

from dialogram.analysis.shape import compare_shape

PAIRS, BINS, PHI = 400, 458, 0.95


def _rejections(*, drift: float) -> dict[str, float]:
    rng = np.random.default_rng(20240801)
    shocks = rng.normal(size=(PAIRS, 2, BINS + 200)) * np.sqrt(1 - PHI**2)
    traces = lfilter([1.0], [1.0, -PHI], shocks, axis=-1)[..., 200:]
    traces = traces + drift * np.linspace(-0.5, 0.5, BINS)
    shapes = [compare_shape(a, b) for a, b in traces]
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
