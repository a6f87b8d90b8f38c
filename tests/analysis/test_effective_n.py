import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as arrays
from scipy.signal import lfilter

from dialogram.analysis.correlation import Floats
from dialogram.analysis.effective_n import effective_n_of_mean, effective_n_of_pairs, effective_n_of_pairs_ar1

ratings = st.integers(2, 60).flatmap(
    lambda n: arrays.arrays(np.float64, (2, n), elements=st.floats(0, 100) | st.just(np.nan))
)


@given(ratings)
def test_effective_n_lies_between_2_and_the_pairs_present(pair: Floats) -> None:
    present = int((~np.isnan(pair).any(axis=0)).sum())
    of_pairs = effective_n_of_pairs(pair[0], pair[1])
    assert np.isnan(of_pairs) or 2 <= of_pairs <= present
    of_ar1 = effective_n_of_pairs_ar1(pair[0], pair[1])
    assert np.isnan(of_ar1) or 2 <= of_ar1 <= present
    of_mean = effective_n_of_mean(pair[0])
    assert np.isnan(of_mean) or 2 <= of_mean <= np.count_nonzero(~np.isnan(pair[0]))


def test_effective_n_follows_its_formula() -> None:
    x, y = np.random.default_rng(4).normal(size=(2, 100)).cumsum(axis=1)
    inverse = 1 / 100
    for j in range(1, 21):
        rho = [np.sum((z - z.mean())[:-j] * (z - z.mean())[j:]) / np.sum((z - z.mean()) ** 2) for z in (x, y)]
        inverse += 2 / 100 * (100 - j) / 100 * rho[0] * rho[1]
    assert effective_n_of_pairs(x, y) == pytest.approx(1 / inverse, rel=1e-12)
    d = y - x
    rho_d = [np.sum((d - d.mean())[:-j] * (d - d.mean())[j:]) / np.sum((d - d.mean()) ** 2) for j in range(1, 21)]
    expected = 100 / (1 + 2 * sum((1 - j / 100) * rho for j, rho in enumerate(rho_d, start=1)))
    assert effective_n_of_mean(d) == pytest.approx(expected, rel=1e-12)


def test_of_ar1_follows_its_closed_formula() -> None:
    """Runs of four: each r(1) is 5/8, so that N* = 8 · (1 − 25/64) / (1 + 25/64) = 312/89."""
    x = np.array([1.0, 1, 1, 1, -1, -1, -1, -1])
    assert effective_n_of_pairs_ar1(x, x) == pytest.approx(312 / 89, rel=1e-12)
    assert effective_n_of_pairs_ar1(x, -x) == pytest.approx(312 / 89, rel=1e-12)
    alternating = np.array([1.0, -1.0] * 4)  # r(1) is −7/8: the product is negative, and N is the most there is
    assert effective_n_of_pairs_ar1(x, alternating) == 8
    assert effective_n_of_pairs_ar1(np.concatenate([x, [np.nan] * 3]), np.arange(11.0)) > 0


def test_of_long_ar1_series_both_say_the_same() -> None:
    rng = np.random.default_rng(8)
    x, y = lfilter([1.0], [1.0, -0.8], rng.normal(size=(2, 200_000)))
    both = effective_n_of_pairs(x[:50_000], y[:50_000]), effective_n_of_pairs_ar1(x, y)
    assert both[1] == pytest.approx(200_000 * (1 - 0.64) / (1 + 0.64), rel=0.02)
    assert both[0] * 4 == pytest.approx(both[1], rel=0.1)


def test_a_flat_series_has_no_effective_n() -> None:
    assert np.isnan(effective_n_of_pairs(np.full(9, 3.0), np.arange(9.0)))
    assert np.isnan(effective_n_of_pairs_ar1(np.full(9, 3.0), np.arange(9.0)))
    assert np.isnan(effective_n_of_mean(np.full(9, 3.0)))
