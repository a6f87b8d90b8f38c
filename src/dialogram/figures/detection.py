import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from dialogram.analysis import DyadResult
from dialogram.analysis.runs import runs_of
from dialogram.analysis.states import classify
from dialogram.figures.minutes import S_PER_MINUTE, draw_names, margins_mm, set_minutes, short_name
from dialogram.figures.palette import colours_of
from dialogram.figures.style import DOUBLE_COLUMN_MM, KEY_LINE_MM, figure_style, open_figure, place_axes, write_key
from dialogram.timeline import Trace

_BAR = 0.36
"""Rows are 1 apart."""


def draw_detection(
    a: Trace,
    b: Trace,
    result: DyadResult,
    *,
    width_mm: float = DOUBLE_COLUMN_MM,
    height_mm: float = 36.0,
) -> Figure:
    """Draw each one's helpful and hindering moments under each other: what b saw of a's, and what b saw alone.

    Parameters
    ----------
    a, b
        The ratings, on one grid.
    result
        Of comparing the two.
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
    A bar stands on a rater's line for a helpful moment and hangs from it for a hindering one; where there is no line,
    nothing was rated.

    Examples
    --------
    >>> from dialogram.analysis import compare
    >>> client = Trace(values=[50.0, 80, 50, 20, 50], step_s=60.0, name="client")
    >>> therapist = Trace(values=[50.0, 75, 60, 50, 45], step_s=60.0, name="therapist")
    >>> figure = draw_detection(client, therapist, compare(client, therapist))
    >>> len(figure.axes[0].patches)
    3
    """
    names = short_name(a.name), short_name(b.name)
    key = [
        f"{where} {names[0]}: {seen.hits + seen.misses:g} {word} moments  ·  {names[1]} saw {seen.hits:g}"
        for where, word, seen in (
            ("bars up", a.scale.high_label, result.detection.helpful.moments),
            ("bars down", a.scale.low_label, result.detection.hindering.moments),
        )
    ]
    with figure_style():
        figure = open_figure(width_mm, height_mm)
        left_mm, right_mm = margins_mm(figure, a, b)
        axes = place_axes(
            figure, left_mm=left_mm, right_mm=right_mm, top_mm=2.5 + len(key) * KEY_LINE_MM, bottom_mm=8.5
        )
        set_minutes(
            axes,
            start_s=min(a.start_s, b.start_s),
            end_s=max(trace.start_s + trace.duration_s for trace in (a, b)),
        )
        axes.set_ylim(-0.5, 1.5)
        axes.set_yticks([])
        colours = colours_of(a.name, b.name)
        for height, trace, colour in zip((1.0, 0.0), (a, b), colours, strict=True):
            _draw_bouts(axes, trace, result.states.band, height=height, colour=colour)
        draw_names(axes, [(a.name, 1.0, colours[0]), (b.name, 0.0, colours[1])])
        write_key(axes, key)
    return figure


def _draw_bouts(axes: Axes, trace: Trace, band: tuple[float, float], *, height: float, colour: str) -> None:
    """Draw a bar for each bout, and a thin line where there was a rating at all."""
    for first, end in runs_of(trace.present):
        edges = [(trace.start_s + trace.step_s * at) / S_PER_MINUTE for at in (first, end)]
        axes.plot(edges, [height, height], color=colour, alpha=0.35, linewidth=0.8, zorder=2)
    states = np.where(trace.present, classify(trace.values, band), 0)
    for state in (1, -1):
        for first, end in runs_of(states == state):
            start, stop = ((trace.start_s + trace.step_s * at) / S_PER_MINUTE for at in (first, end))
            axes.add_patch(
                Rectangle((start, height), stop - start, state * _BAR, facecolor=colour, linewidth=0, zorder=3)
            )
