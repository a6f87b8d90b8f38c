import numpy as np
import pytest
from matplotlib.patches import Rectangle

from dialogram import pool_guesses, score_counts
from dialogram.figures import draw_guesses


def test_the_dark_bars_are_the_p() -> None:
    pool = pool_guesses([score_counts(4, 6, numbers_told=False)] * 3)
    (axes,) = draw_guesses(pool).axes
    rectangles = [each for each in axes.patches if isinstance(each, Rectangle)]
    bars = {round(bar.get_x() + bar.get_width() / 2): bar for bar in rectangles}
    dark = {count for count, bar in bars.items() if bar.get_alpha() == 0.9}
    assert dark == {count for count in bars if count >= 12}
    assert sum(bars[count].get_height() for count in dark) == pytest.approx(pool.p, rel=1e-3)
    (line,) = axes.get_lines()
    assert np.asarray(line.get_xdata()).tolist() == [12, 12]
