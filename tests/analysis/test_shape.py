import numpy as np
import pytest
from scipy import stats

from dialogram.analysis.shape import circular_shift_p, compare_shape, truncated_shift_p


def _pair(n: int = 200) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(8)
    return rng.normal(size=n), np.round(rng.normal(size=n), 1)


def test_published_numbers_equal_those_of_scipy() -> None:
    a, b = _pair()
    shape, theirs = compare_shape(a, b, step_s=1.0), stats.pearsonr(a, b)
    interval = theirs.confidence_interval(0.95)
    assert shape.r == pytest.approx(theirs.statistic, abs=1e-14)
    assert shape.p == pytest.approx(theirs.pvalue, rel=1e-10)
    assert shape.ci95 == pytest.approx((interval.low, interval.high), abs=1e-12)
    assert shape.spearman == pytest.approx(stats.spearmanr(a, b).statistic, abs=1e-12)


def test_circular_p_counts_every_shift_and_the_real_one() -> None:
    a, b = _pair(60)
    real = abs(np.corrcoef(a, b)[0, 1])
    as_large = sum(abs(np.corrcoef(a, np.roll(b, s))[0, 1]) >= real for s in range(1, 60))
    assert circular_shift_p(a, b) == ((1 + as_large) / 60, 59)


def test_truncated_p_is_taken_against_the_middle() -> None:
    a, b = _pair(60)
    most = 7
    middle = a[most : 60 - most]
    shifted = [abs(np.corrcoef(middle, b[most + s : 60 - most + s])[0, 1]) for s in range(-most, most + 1)]
    assert truncated_shift_p(a, b) == sum(r >= shifted[most] for r in shifted) / 15


def test_a_repeating_series_gains_nothing_from_rounding() -> None:
    """Every tenth shift gives the very same r; were it counted as smaller, p would be too small."""
    a = np.tile(np.random.default_rng(3).normal(size=10), 12)
    assert circular_shift_p(a, a)[0] == 12 / 120


def test_dependence_is_found() -> None:
    rng = np.random.default_rng(6)
    a = np.convolve(rng.normal(size=619), np.ones(20), "valid")
    shape = compare_shape(a, a + rng.normal(size=600), step_s=1.0)
    assert max(shape.p_shift, shape.p_truncated, shape.p_swings, shape.p_effective) < 0.01


@pytest.mark.parametrize(("n", "defined"), [(2, False), (7, False), (8, True)])
def test_too_short_for_truncated_shifts(n: int, defined: bool) -> None:  # noqa: FBT001  # a parameter of the test
    a, b = _pair(n)
    assert np.isnan(truncated_shift_p(a, b)) != defined
