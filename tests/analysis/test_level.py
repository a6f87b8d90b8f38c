import numpy as np
import pytest
from scipy import stats

from dialogram.analysis.level import compare_level


def test_published_t_equals_that_of_scipy_and_is_positive_where_b_is_higher() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.normal(50, 5, 80), rng.normal(52, 9, 80)
    a[3], b[40] = np.nan, np.nan
    both = ~np.isnan(a + b)
    level, theirs = compare_level(a, b), stats.ttest_rel(b[both], a[both])
    assert level.t == pytest.approx(theirs.statistic, rel=1e-12)
    assert level.df == 77
    assert level.p == pytest.approx(theirs.pvalue, rel=1e-10)
    assert level.difference > 0
    assert level.d == pytest.approx(level.t / np.sqrt(78), rel=1e-12)


def test_smooth_differences_count_for_less() -> None:
    a = np.zeros(500)
    level = compare_level(a, 1 + np.random.default_rng(1).normal(size=500).cumsum())
    assert level.n_effective < 30
    assert level.p_effective > level.p


def test_a_constant_difference_has_no_t() -> None:
    level = compare_level(np.arange(9.0), np.arange(9.0) + 2)
    assert level.difference == 2
    assert np.isnan([level.t, level.p, level.d, level.n_effective]).all()


def test_smooth_differences_that_swing_evenly_cannot_be_tested() -> None:
    """Their autocorrelations sum to less than nothing, and the formula would take every bin for independent."""
    swing = np.sin(2 * np.pi * np.arange(240) / 64)
    even, drifting = compare_level(np.zeros(240), 3 + swing), compare_level(np.zeros(240), 3 + np.arange(240) / 99)
    assert even.n_effective == 240
    assert np.isnan([even.t_effective, even.p_effective]).all()
    assert drifting.p_effective > drifting.p
    assert compare_level(np.zeros(240), np.random.default_rng(2).normal(size=240)).p_effective > 0
