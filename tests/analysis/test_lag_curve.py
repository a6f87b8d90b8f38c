import json

import numpy as np
import pytest

from dialogram.analysis import correlate_at_lags
from dialogram.analysis.correlation import correlate
from dialogram.analysis.lag import find_lag
from dialogram.timeline import Trace


def _pair(seed: int, size: int = 1500) -> tuple[Trace, Trace]:
    rng = np.random.default_rng(seed)
    a, b = (np.convolve(rng.normal(size=size + 19), np.ones(20), "valid") for _ in range(2))
    return Trace(values=a, step_s=1.0, name="client"), Trace(values=b + 0.25 * np.roll(a, 6), step_s=1.0)


def test_the_best_is_that_of_the_lag_and_each_r_is_over_what_overlaps() -> None:
    a, b = _pair(1)
    curve = correlate_at_lags(a, b)
    assert curve.best == find_lag(a.values, b.values, step_s=1.0)
    assert curve.r[curve.lags_s == curve.best.seconds] == curve.best.r == curve.r.max()
    assert curve.r[curve.lags_s == 7] == pytest.approx(correlate(a.values[:-7], b.values[7:]), abs=1e-12)


def test_above_what_chance_reaches_is_where_p_says_so() -> None:
    """Both sides are met: r in the curve is over what overlaps, in p over the circle, hence the margin."""
    met = set()
    for seed in range(40):
        curve = correlate_at_lags(*_pair(seed))
        if abs(curve.best.r - curve.chance_r) > 0.02:
            assert (curve.best.r > curve.chance_r) == (curve.best.p_shift <= 0.05)
            assert ("more than what chance" in curve.summary()) == (curve.best.p_shift <= 0.05)
            met.add(curve.best.p_shift <= 0.05)
    assert met == {True, False}


def test_short_and_flat_traces() -> None:
    a, b = _pair(1, 80)
    assert np.isnan(correlate_at_lags(a, b).chance_r)
    assert "too short" in correlate_at_lags(a, b).summary()
    flat = Trace(values=[50.0] * 200, step_s=1.0)
    curve = correlate_at_lags(flat, flat)
    assert "at no lag" in curve.summary()
    assert json.loads(json.dumps(curve.to_dict(), allow_nan=False))["r"] == [None] * 61
    with pytest.raises(ValueError, match="window_s: expected 0 or more seconds"):
        correlate_at_lags(a, b, window_s=-1)
