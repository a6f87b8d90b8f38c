import math

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from dialogram.analysis import DyadResult
from dialogram.figures.minutes import short_name
from dialogram.figures.palette import INK, SOFT, colours_of
from dialogram.figures.style import SINGLE_COLUMN_MM, SMALL_PT, TEXT_PT, figure_style, open_figure, place_axes
from dialogram.timeline import HELPFULNESS, Scale

_DARKEST = 0.30


def draw_states(
    result: DyadResult,
    *,
    scale: Scale = HELPFULNESS,
    width_mm: float = SINGLE_COLUMN_MM,
    height_mm: float = 62.0,
) -> Figure:
    r"""Draw how long the two were in which states: a square of three by three, in minutes and shares.

    Parameters
    ----------
    result
        Of comparing the two.
    scale
        Gives the words of the states.
    width_mm, height_mm
        In millimetres of print.

    Returns
    -------
    matplotlib.figure.Figure
        As of :func:`dialogram.figures.draw_session`.

    Raises
    ------
    ValueError
        For a size that is no size of a figure.

    Notes
    -----
    The helpful stands on top and at the right, as in a plot of one against the other. The longer, the darker; where the
    two agree the cell has a line round it and its numbers are heavy.

    Examples
    --------
    >>> from dialogram.analysis import compare
    >>> from dialogram.timeline import Trace
    >>> client = Trace(values=np.repeat([50.0, 80, 50, 20, 50], 60), step_s=1.0, name="client")
    >>> therapist = Trace(values=np.repeat([50.0, 75, 60, 50, 45], 60), step_s=1.0, name="therapist")
    >>> figure = draw_states(compare(client, therapist))
    >>> [text.get_text() for text in figure.axes[0].texts][:2]
    ['0:00\n0 %', '1:00\n20 %']
    """
    seconds = np.array(result.states.table)
    shares = seconds / max(float(seconds.sum()), 1e-12)
    colour_a, colour_b = colours_of(result.a.name, result.b.name)
    words = [scale.low_label, scale.neutral_label, scale.high_label]
    with figure_style():
        figure = open_figure(width_mm, height_mm)
        axes = place_axes(figure, left_mm=22.0, right_mm=2.0, top_mm=2.0, bottom_mm=11.0)
        axes.set_xlim(-0.5, 2.5)
        axes.set_ylim(-0.5, 2.5)
        axes.spines["bottom"].set_visible(False)
        for row in range(3):
            for column in range(3):
                agree = row == column
                axes.add_patch(
                    Rectangle(
                        (column - 0.48, row - 0.48),
                        0.96,
                        0.96,
                        facecolor=to_rgba(INK, 0.02 + _DARKEST * float(shares[row, column])),
                        edgecolor=INK if agree else "none",
                        linewidth=0.8,
                    )
                )
                axes.text(
                    column,
                    row,
                    f"{_minutes(float(seconds[row, column]))}\n{100 * shares[row, column]:.0f} %",
                    ha="center",
                    va="center",
                    color=INK,
                    fontsize=TEXT_PT,
                    fontweight="bold" if agree else "normal",
                )
        axes.set_xticks(range(3), words)
        axes.set_yticks(range(3), words)
        axes.tick_params(length=0, labelcolor=SOFT, labelsize=SMALL_PT)
        for set_label, name, colour in (
            (axes.set_xlabel, result.b.name, colour_b),
            (axes.set_ylabel, result.a.name, colour_a),
        ):
            set_label(short_name(name), color=colour, fontsize=TEXT_PT, fontweight="bold", labelpad=2.0)
    return figure


def _minutes(seconds: float) -> str:
    whole = math.floor(seconds + 0.05)
    return f"{whole // 60}:{whole % 60:02d}"
