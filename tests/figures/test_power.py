import numpy as np
import pytest
from matplotlib.axes import Axes

from dialogram.analysis import StudyOutcomes, SupposedCohort, weigh_power
from dialogram.figures import draw_power
from dialogram.figures.file import render


def _draw(dyads: list[int], minutes: list[float]) -> Axes:
    rng = np.random.default_rng(1)
    p = rng.uniform(size=(50, len(minutes), len(dyads))) / np.array(dyads) / np.array(minutes)[:, np.newaxis]
    outcomes = StudyOutcomes(p=p, p_of_nothing=rng.uniform(size=p.shape), width=p)
    plan = weigh_power(outcomes, SupposedCohort(tracking=0.2), dyads=dyads, minutes=minutes, wanted=0.7, seed=1)
    figure = draw_power(plan)
    assert render(figure, "svg")
    axes = figure.axes[0]
    lines = [np.asarray(line.get_ydata(), dtype=np.float64) for line in axes.lines]
    for row in range(len(minutes)):
        of_length = plan.sizes[row * len(dyads) : (row + 1) * len(dyads)]
        np.testing.assert_array_equal(lines[1 + 2 * row], [size.power for size in of_length])
        np.testing.assert_array_equal(lines[2 + 2 * row], [size.level for size in of_length])
    np.testing.assert_array_equal(lines[0], [0.7, 0.7])
    return axes


def test_each_length_has_its_line_and_name_and_the_wanted_power_one_of_its_own() -> None:
    axes = _draw([2, 4, 8], [2, 4.5])
    names = [text.get_text() for text in axes.texts]
    assert names[:2] == ["2 min", "4.5 min"]
    assert "r = 0.20" in names[2]
    assert "dotted: 0.70, wanted" in names[2]
    colours = {line.get_color() for line in axes.lines[1::2]}
    assert len(colours) == 2


@pytest.mark.parametrize("dyads", [[5], list(range(5, 60)), [2, 10_000]])
def test_one_number_of_dyads_or_many_can_be_read(dyads: list[int]) -> None:
    axes = _draw(dyads, [20])
    ticks = axes.get_xticks()
    assert ticks.size < 12
    assert all(tick == round(tick) for tick in ticks)
    assert axes.get_xlim()[1] > dyads[-1]
