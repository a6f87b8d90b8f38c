import numpy as np
import pytest

from dialogram.timeline import MediaClock, Scale, Segment, Trace


def test_trace_sets_thin_bins_missing_and_keeps_its_arrays_frozen() -> None:
    trace = Trace(values=[10.0, 20.0, 30.0], step_s=1.0, coverage=[1.0, 0.5, 0.49])
    assert trace.present.tolist() == [True, True, False]
    with pytest.raises(ValueError, match="read-only"):
        trace.values[0] = 0


@pytest.mark.parametrize(
    ("values", "step_s", "coverage", "message"),
    [
        ([], 1.0, None, "at least one bin"),
        ([[1.0]], 1.0, None, "one row"),
        ([1.0, np.inf], 1.0, None, "must lie within"),
        ([1.0, -1e61], 1.0, None, "must lie within"),
        ([1.0], 0.0, None, "step_s"),
        ([1.0], np.nan, None, "step_s"),
        ([1.0], 1.0, [1.0, 1.0], "coverage has 2"),
        ([1.0], 1.0, [1.1], "0 … 1"),
        ([1.0], 1.0, [np.nan], "0 … 1"),
    ],
)
def test_trace_refuses(values: list[float], step_s: float, coverage: list[float] | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Trace(values=values, step_s=step_s, coverage=coverage)


@pytest.mark.parametrize("start_s", [np.nan, np.inf])
def test_trace_starts_somewhere(start_s: float) -> None:
    with pytest.raises(ValueError, match="start_s must be finite"):
        Trace(values=[1.0], step_s=1.0, start_s=start_s)


def test_scale_refuses_a_neutral_outside_its_ends() -> None:
    with pytest.raises(ValueError, match="low < neutral < high"):
        Scale(name="x", neutral=100.0)
    with pytest.raises(ValueError, match="all finite"):
        Scale(name="x", high=np.inf)
    with pytest.raises(ValueError, match="step"):
        Scale(name="x", step=0.0)


def test_segment_gap_is_negative_on_overlap() -> None:
    assert Segment(0.0, 30.0).gap_s(Segment(20.0, 50.0)) == -10.0
    assert Segment(0.0, 30.0).contains(0.0)
    assert not Segment(0.0, 30.0).contains(30.0)
    with pytest.raises(ValueError, match="start_s < end_s"):
        Segment(5.0, 5.0)


def test_media_clock_is_piecewise_and_runs_on_at_its_rate() -> None:
    clock = MediaClock([0.0, 1000.0, 2000.0], [10.0, 11.0, 12.5], rate=1.5)
    assert clock.media_at([-1000.0, 500.0, 1500.0, 3000.0]).tolist() == [8.5, 10.5, 11.75, 14.0]
    with pytest.raises(ValueError, match="backwards"):
        MediaClock([0.0, 1.0], [1.0, 0.0])
    with pytest.raises(ValueError, match="finite"):
        MediaClock([0.0, np.nan], [1.0, 2.0])
    with pytest.raises(ValueError, match="pairs"):
        MediaClock([], [])
