import numpy as np
import pytest

from dialogram.analysis import correlate_windows
from dialogram.analysis.windowed import WindowedCorrelation
from dialogram.figures import draw_windows
from dialogram.figures.file import render
from dialogram.timeline import Trace


def _windows(**options: float) -> WindowedCorrelation:
    hand = np.convolve(np.random.default_rng(1).normal(size=640), np.hanning(30), "valid")
    a = Trace(values=hand[3:], step_s=1.0, start_s=60.0, name="client")
    b = Trace(values=hand[:-3], step_s=1.0, start_s=60.0, name="therapist")
    return correlate_windows(a, b, **options)  # type: ignore[arg-type]  # numbers only


def test_r_lies_at_its_minute_and_lag_and_the_peaks_upon_it() -> None:
    windows = _windows(hop_s=2)
    axes, key = draw_windows(windows).axes
    (image,) = axes.images
    np.testing.assert_array_equal(image.get_array(), windows.r.T)
    left, right, bottom, top = image.get_extent()
    middles_s = windows.starts_s + 30
    assert (left, right) == pytest.approx(((middles_s[0] - 1) / 60, (middles_s[-1] + 1) / 60))
    assert (bottom, top) == (-5.5, 5.5)
    peaks = axes.lines[-1]
    np.testing.assert_allclose(np.asarray(peaks.get_xdata()), middles_s / 60)
    assert set(np.asarray(peaks.get_ydata()).tolist()) == {3.0}
    assert [label.get_text() for label in axes.get_yticklabels()][-1] == "therapist\n5 s later"
    assert [label.get_text() for label in key.get_yticklabels()] == ["r = −1", "0", "r = 1"]


@pytest.mark.parametrize("lag_s", [0.0, 1.0])
def test_it_can_be_drawn_with_hardly_a_lag_and_where_nothing_correlates(lag_s: float) -> None:
    assert render(draw_windows(_windows(most_lag_s=lag_s)), "svg")
    flat = Trace(values=[50.0] * 200, step_s=1.0)
    assert render(draw_windows(correlate_windows(flat, flat, most_lag_s=lag_s)), "svg")
