import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as arrays

from dialogram.analysis.correlation import Floats
from dialogram.analysis.effective_n import effective_n_of_mean, effective_n_of_pairs

ratings = st.integers(2, 60).flatmap(
    lambda n: arrays.arrays(np.float64, (2, n), elements=st.floats(0, 100) | st.just(np.nan))
)


@given(ratings)
def test_effective_n_lies_between_2_and_the_pairs_present(pair: Floats) -> None:
    present = int((~np.isnan(pair).any(axis=0)).sum())
    of_pairs = effective_n_of_pairs(pair[0], pair[1])
    assert np.isnan(of_pairs) or 2 <= of_pairs <= present
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


def test_a_flat_series_has_no_effective_n() -> None:
    assert np.isnan(effective_n_of_pairs(np.full(9, 3.0), np.arange(9.0)))
    assert np.isnan(effective_n_of_mean(np.full(9, 3.0)))
