import numpy as np
import pytest

from dialogram.analysis import ExtremesRule, compare
from dialogram.analysis.correlation import correlate
from dialogram.analysis.swings import swing_p
from dialogram.analysis.warm_up import compare_without_warm_up
from dialogram.timeline import Trace


def test_it_is_the_comparison_of_the_rest() -> None:
    a, b = np.random.default_rng(1).normal(size=(2, 400)).cumsum(axis=1)
    a[90:100] = np.nan
    found = compare_without_warm_up(a, b, step_s=2.0, left_out_s=60.0)
    assert (found.left_out_s, found.n) == (60.0, 360)
    assert found.r == correlate(a[30:], b[30:])
    assert found.p_swings == swing_p(a[30:], b[30:], step_s=2.0)
    assert found.difference == pytest.approx(np.nanmean(b[30:] - a[30:]), rel=1e-12)
    assert "Without the first 60 s r =" in found.summary()


def test_a_correlation_that_hangs_on_the_warm_up_is_gone_without_it() -> None:
    a, b = np.random.default_rng(2).normal(size=(2, 600))
    a[:60] += 40
    b[:60] += 40
    found = compare_without_warm_up(a, b, step_s=1.0, left_out_s=60.0)
    assert correlate(a, b) > 0.9
    assert abs(found.r) < 0.15


def test_the_warm_up_is_that_of_the_extremes() -> None:
    a, b = (Trace(values=values, step_s=1.0) for values in np.random.default_rng(1).normal(50, 5, size=(2, 400)))
    assert compare(a, b).without_warm_up.left_out_s == 60
    assert compare(a, b, extremes_rule=ExtremesRule(warm_up_s=90.0)).without_warm_up.n == 310


def test_nothing_is_left_of_a_short_recording() -> None:
    found = compare_without_warm_up(np.arange(40.0), np.arange(40.0), step_s=1.0, left_out_s=60.0)
    assert found.n == 0
    assert found.to_dict() == {"left_out_s": 60.0, "n": 0, "difference": None, "r": None, "p_swings": None}
    assert "no correlation" in found.summary()
