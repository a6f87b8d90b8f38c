import numpy as np
import pytest

from dialogram import Trace, regress_on_parts
from dialogram.analysis.session_parts import measure_parts


def _traces(count: int, seed: int = 1) -> list[Trace]:
    rng = np.random.default_rng(seed)
    return [Trace(values=50 + rng.normal() * 5 + rng.normal(size=200).cumsum(), step_s=1.0) for _ in range(count)]


def test_the_parts_are_windows_of_the_trace() -> None:
    values = np.repeat([50.0, 90.0, 20.0, 60.0], 30)
    assert measure_parts(Trace(values=values, step_s=1.0), 30.0) == pytest.approx((55, 90, 20, 60))
    values[10:25] = np.nan
    values[-16:] = np.nan
    mean, peak, trough, end = measure_parts(Trace(values=values, step_s=1.0), 30.0)
    assert (peak, trough) == pytest.approx((90, 20))
    assert mean == pytest.approx(np.nanmean(values))
    assert np.isnan(end)


def test_the_regression_is_that_of_least_squares() -> None:
    traces = _traces(60)
    rng = np.random.default_rng(2)
    parts = np.array([measure_parts(trace, 30.0) for trace in traces])
    ratings = parts @ [0.1, 0.3, 0.0, 0.5] + 3 * rng.normal(size=60)
    found = regress_on_parts(ratings, traces)
    z = (parts - parts.mean(axis=0)) / parts.std(axis=0, ddof=1)
    g = (ratings - ratings.mean()) / ratings.std(ddof=1)
    expected, left, _, _ = np.linalg.lstsq(z, g, rcond=None)
    np.testing.assert_allclose([each.beta.b for each in found.parts], expected)
    assert found.r2 == pytest.approx(1 - left[0] / (g @ g))
    errors = np.sqrt(left[0] / 55 * np.diag(np.linalg.inv(z.T @ z)))
    np.testing.assert_allclose([each.beta.se for each in found.parts], errors)
    assert found.parts[0].r == pytest.approx(np.corrcoef(ratings, parts[:, 0])[0, 1])
    low, high = found.parts[0].ci95
    assert low < found.parts[0].r < high


def test_parts_that_hang_together_are_not_told_apart() -> None:
    rng = np.random.default_rng(3)
    # Sessions that differ in level alone, so that peak, trough and end are nearly the mean.
    traces = [Trace(values=50 + 20 * rng.normal() + rng.normal(size=120), step_s=1.0) for _ in range(40)]
    ratings = [float(np.mean(trace.values)) + rng.normal() for trace in traces]
    found = regress_on_parts(ratings, traces)
    assert "cannot be told from these betas" in found.summary()
    assert all(each.r > 0.9 for each in found.parts)
    apart = []
    for _ in range(60):
        high, low, end = rng.uniform(60, 90), rng.uniform(10, 40), rng.uniform(45, 55)
        apart.append(Trace(values=np.repeat([50.0, high, 50, low, rng.uniform(45, 55), end], 30), step_s=1.0))
    control = regress_on_parts([trace.values[-1] + rng.normal() for trace in apart], apart, window_s=20.0)
    assert max(each.vif for each in control.parts) < max(each.vif for each in found.parts)


@pytest.mark.parametrize(
    ("ratings", "words"),
    [
        ([5.0] * 3, "one for each of 12 traces, got 3"),
        ([5.0] * 12, "the same rating 5 in all"),
        ([1.0, 2, 3, np.nan, np.nan, np.nan, np.nan, np.nan, 4, 5, 6, 7], "at least 8 sessions .* got 7"),
    ],
)
def test_what_cannot_be_regressed_is_refused(ratings: list[float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        regress_on_parts(ratings, _traces(12))
    with pytest.raises(ValueError, match="window_s"):
        regress_on_parts(list(range(12)), _traces(12), window_s=0)
    with pytest.raises(ValueError, match="got 0"):
        regress_on_parts(list(range(12)), _traces(12), window_s=900)
