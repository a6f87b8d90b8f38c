import numpy as np
import pytest
from hypothesis import given, strategies as st

from dialogram.analysis.delay import take_out_delay
from dialogram.capture import StepFunction
from dialogram.timeline import Trace


def trace_of(dial: StepFunction, *, end_s: float = 60.0) -> Trace:
    values, coverage = dial.bins(start_s=0.0, end_s=end_s, step_s=1.0)
    return Trace(values=values, coverage=coverage, step_s=1.0)


def stepped(delay_s: float) -> StepFunction:
    """A hand that changes only where bins begin, late by a delay, with a hole."""
    starts = np.array([0.0, 10.0, 20.0, 35.0]) + delay_s
    return StepFunction(starts, np.array([10.0, 18.0, 35.0, 60.0]) + delay_s, [50.0, 80.0, 20.0, 60.0])


@pytest.mark.parametrize("delay_s", [0.0, 1.0, 3.0])
def test_whole_bins_come_back_exactly(delay_s: float) -> None:
    back = take_out_delay(trace_of(stepped(delay_s)), delay_s)
    meant = trace_of(stepped(0.0))
    here = slice(0, 60 - int(delay_s))
    np.testing.assert_array_equal(back.values[here], meant.values[here])
    np.testing.assert_allclose(back.coverage[here], meant.coverage[here])
    assert np.isnan(back.values[60 - int(delay_s) :]).all()
    assert np.isnan(meant.values[18:20]).all(), "the hole moves along"


def test_parts_of_bins_blur_by_less_than_a_bin() -> None:
    back = take_out_delay(trace_of(stepped(0.6)), 0.6)
    meant = trace_of(stepped(0.0))
    steady = [*range(1, 9), *range(11, 17), *range(21, 34), *range(36, 58)]
    np.testing.assert_allclose(back.values[steady], meant.values[steady])


@given(st.floats(0, 80), st.lists(st.none() | st.floats(0, 100), min_size=1, max_size=40))
def test_nothing_is_made_up(delay_s: float, values: list[float | None]) -> None:
    late = Trace(values=[np.nan if value is None else value for value in values], step_s=2.0)
    back = take_out_delay(late, delay_s)
    assert len(back) == len(late)
    assert back.coverage.sum() <= late.coverage.sum() + 1e-9
    if back.present.any():
        assert np.nanmin(late.values) - 1e-6 <= np.nanmin(back.values)
        assert np.nanmax(back.values) <= np.nanmax(late.values) + 1e-6


def test_no_delay_changes_nothing_and_a_negative_one_is_refused() -> None:
    late = trace_of(stepped(0.0))
    np.testing.assert_array_equal(take_out_delay(late, 0.0).values, late.values)
    with pytest.raises(ValueError, match="delay_s: expected seconds from 0 on"):
        take_out_delay(late, -1.0)
