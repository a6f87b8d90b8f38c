import json

import numpy as np
import pytest

from dialogram.analysis import correlate_at_lags, correlate_windows, describe_dynamics, measure_coherence
from dialogram.timeline import Trace


def _walks(bins: int, *, step_s: float = 1.0) -> tuple[Trace, Trace]:
    values = np.random.default_rng(1).normal(size=(2, bins)).cumsum(axis=1)
    return Trace(values=values[0], step_s=step_s, name="client"), Trace(values=values[1], step_s=step_s)


def test_it_holds_the_three_as_they_are_alone_and_prints_units_in_names() -> None:
    a, b = _walks(900)
    found = describe_dynamics(a, b, window_s=90.0, lag_window_s=20.0)
    windows = correlate_windows(a, b, window_s=90.0)
    printed = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert list(printed) == ["lag_curve", "windowed", "coherence"]
    assert list(printed["lag_curve"]) == ["window_s", "lags_s", "r", "chance_r"]
    assert list(printed["windowed"]) == [
        "convention", "window_s", "hop_s", "max_lag_s", "mean_absolute_z", "starts_s", "r", "peak_lags_s", "peak_r",
    ]  # fmt: skip
    assert [printed["windowed"][key] for key in ("window_s", "hop_s", "max_lag_s")] == [90.0, 1.0, 5.0]
    assert printed["windowed"]["r"] == [row[5] for row in windows.to_dict()["r"]]
    assert printed["windowed"]["peak_lags_s"] == windows.to_dict()["peak_lags_s"]
    assert printed["lag_curve"]["r"] == correlate_at_lags(a, b, window_s=20.0).to_dict()["r"]
    assert printed["coherence"]["mean_coherence"] == measure_coherence(a, b).mean_coherence
    assert len(found.summary().splitlines()) == 3


def test_wide_bins_have_room_for_a_peak_and_a_rhythm() -> None:
    found = describe_dynamics(*_walks(200, step_s=40.0), window_s=400.0)
    assert found.windowed is not None
    assert found.windowed.lags_s.tolist() == [-120, -80, -40, 0, 40, 80, 120]
    assert found.coherence.segment_s == 160.0


def test_a_recording_without_room_has_no_windows_unless_they_are_asked_for() -> None:
    a, b = _walks(40)
    found = describe_dynamics(a, b)
    assert found.windowed is None
    assert found.to_dict()["windowed"] is None
    assert len(found.summary().splitlines()) == 2
    with pytest.raises(ValueError, match="window_s"):
        describe_dynamics(a, b, window_s=60.0)
    assert describe_dynamics(a, b, window_s=10.0).windowed is not None
