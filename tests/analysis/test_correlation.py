import numpy as np
import pytest
from scipy import stats

from dialogram.analysis.correlation import (
    LEAST_OVERLAP,
    Floats,
    autocorrelate,
    correlate,
    correlate_circular_shifts,
    correlate_lags,
    correlate_truncated_shifts,
)


def _walks(n: int, *, gaps: bool, seed: int = 5) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    x, y = 50 + rng.normal(size=(2, n)).cumsum(axis=1)
    if gaps:
        x[7:19] = np.nan
        y[rng.random(n) < 0.15] = np.nan
    return x, y


def _pearson(x: Floats, y: Floats, *, least: float = 2) -> float:
    both = ~(np.isnan(x) | np.isnan(y))
    return float(stats.pearsonr(x[both], y[both]).statistic) if both.sum() >= least else np.nan


@pytest.mark.parametrize("n", [64, 101, 458, 3000])
def test_circular_shifts_equal_a_loop_of_pearsonr(n: int) -> None:
    """To 2e-16 as a rule (root mean square over the shifts), a few units in the last place at most."""
    x, y = _walks(n, gaps=False)
    off = correlate_circular_shifts(x, y) - [_pearson(x, np.roll(y, -s)) for s in range(n)]
    assert np.sqrt(np.mean(off**2)) <= 2e-16
    assert np.abs(off).max() <= 1e-15


def test_masked_circular_shifts_equal_a_masked_loop() -> None:
    x, y = _walks(101, gaps=True)
    least = LEAST_OVERLAP * np.sum(~np.isnan(x + y))
    loop = [_pearson(x, np.roll(y, -s), least=least) for s in range(101)]
    np.testing.assert_allclose(correlate_circular_shifts(x, y), loop, rtol=0, atol=1e-12)


def test_shifts_with_too_small_an_overlap_are_undefined() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 60))
    x[30:], y[30:] = np.nan, np.nan
    shifted = correlate_circular_shifts(x, y)
    assert np.isnan(shifted[16:45]).all()
    assert not np.isnan(shifted[:16]).any()


@pytest.mark.parametrize("gaps", [False, True])
def test_truncated_shifts_equal_a_loop(gaps: bool) -> None:  # noqa: FBT001  # a parameter of the test
    x, y = _walks(90, gaps=gaps)
    most = 90 // 8
    loop = [_pearson(x[most : 90 - most], y[most + s : 90 - most + s]) for s in range(-most, most + 1)]
    np.testing.assert_allclose(correlate_truncated_shifts(x, y, most), loop, rtol=0, atol=1e-12)


@pytest.mark.parametrize("gaps", [False, True])
def test_lags_equal_a_loop_over_what_overlaps(gaps: bool) -> None:  # noqa: FBT001  # a parameter of the test
    x, y = _walks(90, gaps=gaps)
    loop = [_pearson(x[max(0, -k) : 90 - max(0, k)], y[max(0, k) : 90 - max(0, -k)]) for k in range(-9, 10)]
    np.testing.assert_allclose(correlate_lags(x, y, 9), loop, rtol=0, atol=1e-12)


def test_autocorrelations_are_the_usual_ones_and_leave_gaps_in_place() -> None:
    x, _ = _walks(80, gaps=False)
    deviations = x - x.mean()
    usual = [deviations[:-j] @ deviations[j:] / (deviations @ deviations) for j in range(1, 17)]
    rho, pairs = autocorrelate(x, 16)
    np.testing.assert_allclose(rho, usual, rtol=0, atol=1e-12)
    assert pairs.tolist() == [80 - j for j in range(1, 17)]
    # Every other bin missing: nothing is known of odd lags, and closing up would take lag 2 for lag 1.
    x[1::2] = np.nan
    rho, pairs = autocorrelate(x, 4)
    assert pairs.tolist() == [0, 39, 0, 38]
    assert rho[0] == rho[2] == 0
    assert rho[1] > 0.5


def test_what_does_not_vary_correlates_with_nothing() -> None:
    flat, other = np.full(30, 0.1) * 3, np.arange(30.0)
    assert np.isnan(correlate(flat, other))
    assert np.isnan(correlate_circular_shifts(flat, other)).all()
    assert np.isnan(correlate_lags(other, flat, 3)).all()
    assert autocorrelate(flat, 3)[0].tolist() == [0, 0, 0]
