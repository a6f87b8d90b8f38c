import numpy as np
from matplotlib.contour import QuadContourSet

from dialogram.analysis import fit_response_surface
from dialogram.figures import draw_surface
from dialogram.figures.file import render


def _cases() -> tuple[np.ndarray, np.ndarray]:
    x, y = np.random.default_rng(1).normal(size=(2, 80))
    return x, y


def test_the_lines_on_which_two_agree_and_part_cross_the_whole_square() -> None:
    x, y = _cases()
    surface = fit_response_surface(x, y, 1 + x + y - (x - y) ** 2)
    figure = draw_surface(surface, x, y, names=("client", "therapist", "change"))
    assert render(figure, "svg")
    axes = figure.axes[0]
    low, high = axes.get_xlim()
    assert (low, high) == axes.get_ylim()
    *_, solid, dashed = axes.lines
    ends = np.array([low, high])
    np.testing.assert_allclose(np.asarray(solid.get_xydata()), np.column_stack([ends, ends]))
    np.testing.assert_allclose(np.asarray(dashed.get_xydata()), np.column_stack([ends, -ends]))
    assert solid.get_linestyle() != dashed.get_linestyle()
    key = axes.texts[-1].get_text()
    assert key.startswith("change, darker is more; R² = 1.00")
    assert "where they part, dashed: slope 0.00, curvature −4.00" in key


def test_heights_are_those_of_the_surface_and_none_lies_beyond_the_cases() -> None:
    x, y = _cases()
    figure = draw_surface(fit_response_surface(x, y, 2 * x + 0.01 * y**2 + 0.01 * x * y), x, y)
    lines = next(each for each in figure.axes[0].collections if isinstance(each, QuadContourSet) and not each.filled)
    height = np.asarray(lines.get_paths()[np.flatnonzero(np.asarray(lines.levels) == 0)[0]].vertices, dtype=np.float64)
    np.testing.assert_allclose(2 * height[:, 0] + 0.01 * height[:, 1] ** 2 + 0.01 * height.prod(axis=1), 0, atol=0.01)
    assert np.abs(height[:, 1]).max() < 1.05 * np.abs(y).max()


def test_a_flat_surface_and_missing_cases_are_drawn() -> None:
    x, y = _cases()
    x[3] = np.nan
    assert render(draw_surface(fit_response_surface(x, y, np.full(80, 4.0)), x, y), "svg")
