import numpy as np
import pytest

from dialogram.capture import StepFunction

DIAL = StepFunction([0.0, 1.0, 5.0], [1.0, 2.0, 6.0], [10.0, 20.0, 30.0])


def test_value_at_is_half_open_and_missing_in_breaks() -> None:
    np.testing.assert_array_equal(DIAL.value_at([-1, 0, 1, 2, 5, 6]), [np.nan, 10, 20, np.nan, 30, np.nan])
    assert np.isnan(StepFunction([], [], []).value_at([1.0])).all()


def test_clip_keeps_what_lies_inside() -> None:
    part = DIAL.clip(0.5, 5.25)
    assert (part.start_s.tolist(), part.end_s.tolist()) == ([0.5, 1.0, 5.0], [1.0, 2.0, 5.25])
    assert len(DIAL.clip(2.0, 5.0)) == len(DIAL.clip(6.0, 9.0)) == len(DIAL.clip(-5.0, 0.0)) == 0
    assert part.covered_s == 1.75


def test_bins_weigh_by_time_and_a_last_bin_may_stick_out() -> None:
    values, coverage = DIAL.bins(start_s=0.5, end_s=5.5, step_s=2.0)
    np.testing.assert_allclose(values, [(0.5 * 10 + 20) / 1.5, np.nan, 30.0])
    np.testing.assert_allclose(coverage, [0.75, 0.0, 0.25])
    values, coverage = StepFunction([0.0], [600.0000001], [7.0]).bins(start_s=0.0, end_s=600.0000001, step_s=1.0)
    assert values.size == 600
    assert set(values.tolist()) == {7.0}


def test_a_half_is_a_half_whatever_the_arithmetic() -> None:
    assert 0.7 - 0.2 < 0.5
    assert StepFunction([0.2], [0.7], [7.0]).bins(start_s=0.2, end_s=1.2, step_s=1.0)[1].tolist() == [0.5]


def test_longest_unchanged_runs_over_repeats_but_not_over_breaks() -> None:
    dial = StepFunction([0.0, 1.0, 2.01, 9.0], [1.0, 2.0, 4.0, 12.0], [5.0, 5.0, 5.0, 5.0])
    assert dial.longest_unchanged_s() == 4.0


@pytest.mark.parametrize(
    ("start_s", "end_s", "values", "message"),
    [
        ([0.0], [1.0, 2.0], [1.0], "three equal rows"),
        ([0.0], [1.0], [np.nan], "finite"),
        ([0.0], [0.0], [1.0], "longer than nothing"),
        ([0.0, 0.5], [1.0, 2.0], [1.0, 2.0], "overlap"),
        ([3.0, 0.5], [4.0, 2.0], [1.0, 2.0], "in order"),
    ],
)
def test_refused(start_s: list[float], end_s: list[float], values: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        StepFunction(start_s, end_s, values)
