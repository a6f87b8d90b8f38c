from matplotlib.figure import Figure

from dialogram.analysis import WholeRating
from dialogram.figures.minutes import fill_lines
from dialogram.figures.palette import INK, SOFT
from dialogram.figures.style import (
    KEY_LINE_MM,
    NEUTRAL_LINE,
    SMALL_PT,
    TEXT_PT,
    figure_style,
    open_figure,
    place_axes,
    write_key,
)


def draw_parts(rating: WholeRating, *, width_mm: float = 110.0, height_mm: float = 52.0) -> Figure:
    """Draw how the rating of sessions as a whole goes with their mean, peak, trough and end.

    Parameters
    ----------
    rating
        As ``study_cohort(…, whole_rating=…).whole_rating`` gives it.
    width_mm, height_mm
        In millimetres of print.

    Returns
    -------
    matplotlib.figure.Figure
        As of :func:`dialogram.figures.draw_session`. A full mark is the correlation with that part alone, a hollow one
        the coefficient beside the other parts, in units of SD; a line is a 95 % interval.

    Raises
    ------
    ValueError
        For a size that is no size of a figure.

    Examples
    --------
    >>> import numpy as np
    >>> from dialogram import Trace, regress_on_parts
    >>> rng = np.random.default_rng(8)
    >>> traces = [Trace(values=50 + rng.normal(size=120).cumsum(), step_s=1) for _ in range(20)]
    >>> parts = regress_on_parts([trace.values.mean() + rng.normal() for trace in traces], traces)
    >>> figure = draw_parts(WholeRating(name="session rating", parts=parts))
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['mean', 'peak', 'trough', 'end']
    """
    found = rating.parts.parts
    with figure_style():
        figure = open_figure(width_mm, height_mm)
        left_mm = 16.0
        key = fill_lines(
            figure,
            [
                f"{rating.name}, {rating.parts.n} sessions",
                "● r with this part alone",
                "○ beside the others, in SD",
                "line: 95 %",
            ],
            width_mm=width_mm - left_mm - 3.0,
        )
        axes = place_axes(figure, left_mm=left_mm, right_mm=3.0, top_mm=2.5 + len(key) * KEY_LINE_MM, bottom_mm=7.0)
        axes.axvline(0.0, **NEUTRAL_LINE, zorder=1)
        for place, part in enumerate(found):
            for offset, value, ends, face in (
                (-0.14, part.r, part.ci95, INK),
                (0.14, part.beta.b, part.beta.ci95, "white"),
            ):
                axes.hlines(place + offset, *ends, color=INK, linewidth=0.9, zorder=2)
                axes.plot([value], [place + offset], "o", markersize=4.0, color=face, markeredgecolor=INK, mew=0.8)
        axes.set_yticks(range(len(found)), [part.part for part in found], fontsize=TEXT_PT)
        axes.set_ylim(len(found) - 0.5, -0.5)
        axes.tick_params(axis="x", labelcolor=SOFT, labelsize=SMALL_PT)
        write_key(axes, key)
    return figure
