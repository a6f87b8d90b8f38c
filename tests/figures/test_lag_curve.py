import numpy as np

from dialogram.analysis import correlate_at_lags
from dialogram.figures import draw_lag_curve
from dialogram.figures.file import render
from dialogram.timeline import Trace


def _traces(size: int) -> tuple[Trace, Trace]:
    hand = np.convolve(np.random.default_rng(2).normal(size=size + 24), np.ones(20), "valid")
    return Trace(values=hand[5:], step_s=1.0, name="client"), Trace(values=hand[:-5], step_s=1.0, name="therapist")


def test_curve_best_lag_and_shade_are_those_of_the_result() -> None:
    curve = correlate_at_lags(*_traces(1200))
    axes = draw_lag_curve(curve).axes[0]
    line, dot = axes.lines[-2:]
    np.testing.assert_array_equal(np.asarray(line.get_ydata()), curve.r)
    assert (np.asarray(dot.get_xdata()).tolist(), np.asarray(dot.get_ydata()).tolist()) == ([5.0], [curve.best.r])
    (shade,) = axes.patches
    top = shade.get_extents().transformed(axes.transData.inverted()).y1
    np.testing.assert_allclose(top, curve.chance_r, atol=1e-9)


def test_without_a_p_there_is_no_shade_and_the_figure_says_so() -> None:
    axes = draw_lag_curve(correlate_at_lags(*_traces(80))).axes[0]
    assert not axes.patches
    assert any("too short" in text.get_text() for text in axes.texts)
    flat = Trace(values=[50.0] * 200, step_s=1.0)
    assert render(draw_lag_curve(correlate_at_lags(flat, flat)), "svg")
