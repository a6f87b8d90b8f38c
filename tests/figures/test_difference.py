import numpy as np
from matplotlib.patches import StepPatch

from dialogram.analysis import compare
from dialogram.figures import draw_difference, draw_session
from dialogram.figures.file import render
from dialogram.timeline import Trace


def test_who_rated_higher_lies_on_that_side() -> None:
    a = Trace(values=[50.0, 50, 80, np.nan], step_s=60.0, name="client")
    b = Trace(values=[90.0, 50, 60, 70], step_s=60.0, name="therapist")
    axes = draw_difference(a, b, compare(a, b)).axes[0]
    upper, lower = (patch.get_data() for patch in axes.patches if isinstance(patch, StepPatch))
    np.testing.assert_array_equal(upper[0], [40, 0, 0, np.nan])
    np.testing.assert_array_equal(lower[0], [0, 0, -20, np.nan])
    np.testing.assert_array_equal(upper[1], [0, 1, 2, 3, 4])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["therapist\nhigher 40", "0", "client\nhigher 40"]


def test_only_the_stretch_both_cover_is_drawn_on_the_minutes_of_both() -> None:
    a = Trace(values=[50.0] * 6, step_s=60.0, name="client")
    b = Trace(values=[60.0] * 6, step_s=60.0, start_s=120.0, name="therapist")
    result = compare(a, b)
    axes = draw_difference(a, b, result).axes[0]
    upper = next(patch.get_data() for patch in axes.patches if isinstance(patch, StepPatch))
    np.testing.assert_array_equal(upper[1], [2, 3, 4, 5, 6])
    assert axes.get_xlim() == (0.0, 8.0)


def test_it_stands_in_line_under_the_session() -> None:
    a = Trace(values=[50.0, 60] * 200, step_s=1.0, name="client")
    b = Trace(values=[20.0, 90] * 200, step_s=1.0, name="a therapist whose name is long")
    result = compare(a, b)
    above, below = draw_session(a, b, result).axes[0], draw_difference(a, b, result).axes[0]
    assert above.get_position().intervalx.tolist() == below.get_position().intervalx.tolist()


def test_identical_ratings_make_an_empty_figure() -> None:
    a = Trace(values=[50.0, 60] * 50, step_s=1.0, name="client")
    b = Trace(values=a.values, step_s=1.0, name="therapist")
    assert render(draw_difference(a, b, compare(a, b)), "svg")
