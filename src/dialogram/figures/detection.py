from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dialogram.analysis import DyadResult
from dialogram.analysis.runs import runs_of
from dialogram.analysis.states import classify
from dialogram.figures.minutes import S_PER_MINUTE, draw_names, margins_mm, set_minutes
from dialogram.figures.palette import colours_of
from dialogram.figures.style import DOUBLE_COLUMN_MM, figure_style, open_figure, place_axes, write_key
from dialogram.timeline import Trace

_ROW = 0.36


def draw_detection(
    a: Trace,
    b: Trace,
    result: DyadResult,
    *,
    state: Literal["helpful", "hindering"] = "helpful",
    width_mm: float = DOUBLE_COLUMN_MM,
    height_mm: float = 26.0,
) -> Figure:
    """Draw when each was in a state, one above the other: what b saw of a's moments, and what b saw alone.

    Parameters
    ----------
    a, b
        The ratings, on one grid.
    result
        Of comparing the two.
    state
        Which state.
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
    >>> client = Trace(values=[50.0, 80, 50, 20, 50], step_s=60.0, name="client")
    >>> therapist = Trace(values=[50.0, 75, 60, 50, 45], step_s=60.0, name="therapist")
    >>> figure = draw_detection(client, therapist, compare(client, therapist))
    >>> len(figure.axes[0].patches)
    2
    """
    seen = (result.detection.helpful if state == "helpful" else result.detection.hindering).moments
    word = a.scale.high_label if state == "helpful" else a.scale.low_label
    with figure_style():
        figure = open_figure(width_mm, height_mm)
        left_mm, right_mm = margins_mm(figure, a, b)
        axes = place_axes(figure, left_mm=left_mm, right_mm=right_mm, top_mm=6.0, bottom_mm=8.5)
        set_minutes(
            axes,
            start_s=min(a.start_s, b.start_s),
            end_s=max(trace.start_s + trace.duration_s for trace in (a, b)),
        )
        axes.set_ylim(-0.5, 1.5)
        axes.set_yticks([])
        colours = colours_of(a.name, b.name)
        for height, trace, colour in zip((1.0, 0.0), (a, b), colours, strict=True):
            _draw_bouts(axes, trace, result.states.band, state=state, height=height, colour=colour)
        draw_names(axes, [(a.name, 1.0, colours[0]), (b.name, 0.0, colours[1])])
        write_key(axes, [f"{a.name}: {seen.hits + seen.misses:g} {word} moments  ·  {b.name} saw {seen.hits:g}"])
    return figure


def _draw_bouts(axes: Axes, trace: Trace, band: tuple[float, float], *, state: str, height: float, colour: str) -> None:
    """Draw a bar for each bout, and a thin line where there was a rating at all."""
    for first, end in runs_of(trace.present):
        edges = [(trace.start_s + trace.step_s * at) / S_PER_MINUTE for at in (first, end)]
        axes.plot(edges, [height, height], color=colour, alpha=0.35, linewidth=0.8, zorder=2)
    there = trace.present & (classify(trace.values, band) == (1 if state == "helpful" else -1))
    for first, end in runs_of(there):
        start, stop = ((trace.start_s + trace.step_s * at) / S_PER_MINUTE for at in (first, end))
        low, high = ((height + 0.5 + side * _ROW) / 2 for side in (-1, 1))
        axes.axvspan(start, stop, ymin=low, ymax=high, color=colour, linewidth=0, zorder=3)
