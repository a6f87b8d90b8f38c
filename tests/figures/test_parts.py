import numpy as np
import pytest
from matplotlib.collections import LineCollection

from dialogram import Trace, WholeRating, regress_on_parts
from dialogram.figures import draw_parts


def test_each_part_stands_alone_and_beside_the_others() -> None:
    rng = np.random.default_rng(8)
    traces = [Trace(values=50 + rng.normal(size=120).cumsum(), step_s=1) for _ in range(20)]
    parts = regress_on_parts([trace.values.mean() + rng.normal() for trace in traces], traces)
    (axes,) = draw_parts(WholeRating(name="session rating", parts=parts)).axes
    marks = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert [np.asarray(line.get_xdata())[0] for line in marks] == [
        value for each in parts.parts for value in (each.r, each.beta.b)
    ]
    of_lines = [lines for lines in axes.collections if isinstance(lines, LineCollection)]
    spans = [np.asarray(segment)[:, 0].tolist() for lines in of_lines for segment in lines.get_segments()]
    assert spans == [pytest.approx(ends) for each in parts.parts for ends in (each.ci95, each.beta.ci95)]
