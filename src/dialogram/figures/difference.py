import math

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from dialogram.analysis import DyadResult
from dialogram.figures.minutes import S_PER_MINUTE, draw_bands, margins_mm, set_minutes, short_name
from dialogram.figures.palette import INK, colours_of
from dialogram.figures.style import DOUBLE_COLUMN_MM, figure_style, open_figure, place_axes
from dialogram.timeline import Trace

_NICE = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def draw_difference(
    a: Trace, b: Trace, result: DyadResult, *, width_mm: float = DOUBLE_COLUMN_MM, height_mm: float = 42.0
) -> Figure:
    r"""Draw b less a over the session, in the colour of who rated higher.

    Parameters
    ----------
    a, b
        The ratings, on one grid.
    result
        Of comparing the two; what it says about where they part is shaded.
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

    Examples
    --------
    >>> from dialogram.analysis import compare
    >>> client = Trace(values=np.repeat([50.0, 80, 50, 20, 50], 60), step_s=1.0, name="client")
    >>> therapist = Trace(values=np.repeat([50.0, 75, 60, 50, 45], 60), step_s=1.0, name="therapist")
    >>> figure = draw_difference(client, therapist, compare(client, therapist))
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['therapist\nhigher 30', '0', 'client\nhigher 30']
    """
    start_s, differences = _differences(a, b)
    reach = _round_up(float(np.nanmax(np.abs(differences), initial=0.0)) or a.scale.range / 10)
    colour_a, colour_b = colours_of(a.name, b.name)
    with figure_style():
        figure = open_figure(width_mm, height_mm)
        left_mm, right_mm = margins_mm(figure, a, b)
        axes = place_axes(figure, left_mm=left_mm, right_mm=right_mm, top_mm=2.5, bottom_mm=8.5)
        set_minutes(
            axes,
            start_s=min(a.start_s, b.start_s),
            end_s=max(trace.start_s + trace.duration_s for trace in (a, b)),
        )
        axes.set_ylim(-1.1 * reach, 1.1 * reach)
        axes.set_yticks(
            [reach, 0, -reach],
            [f"{short_name(b.name)}\nhigher {reach:g}", "0", f"{short_name(a.name)}\nhigher {reach:g}"],
        )
        for tick, colour in zip(axes.get_yticklabels(), (colour_b, INK, colour_a), strict=True):
            tick.set_color(colour)
        draw_bands(axes, result.discrepancies)
        edges = (start_s + a.step_s * np.arange(differences.size + 1)) / S_PER_MINUTE
        for sign, colour in ((1.0, colour_b), (-1.0, colour_a)):
            side = np.where(np.isnan(differences), np.nan, sign * np.maximum(sign * differences, 0.0))
            axes.stairs(side, edges, baseline=0.0, fill=True, color=colour, linewidth=0, zorder=3)
        axes.axhline(0.0, color=INK, alpha=0.6, linewidth=0.8, zorder=4)
    return figure


def _differences(a: Trace, b: Trace) -> tuple[float, NDArray[np.float64]]:
    """Start and bins of b less a, over the stretch that both cover."""
    offset = round((b.start_s - a.start_s) / a.step_s)
    first, end = max(0, offset), min(len(a), offset + len(b))
    start_s = a.start_s + first * a.step_s
    return start_s, np.asarray(b.values[first - offset : max(end, first) - offset] - a.values[first : max(end, first)])


def _round_up(largest: float) -> float:
    power = 10.0 ** math.floor(math.log10(largest))
    return next(nice * power for nice in _NICE if nice * power >= largest * (1 - 1e-9))
