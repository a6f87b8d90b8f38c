from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dialogram.analysis import DyadResult, Extreme
from dialogram.figures.minutes import (
    S_PER_MINUTE,
    draw_bands,
    draw_line,
    draw_names,
    end_value,
    fill_lines,
    margins_mm,
    set_minutes,
    set_scale,
    size_pt,
)
from dialogram.figures.palette import colours_of
from dialogram.figures.style import (
    DOUBLE_COLUMN_MM,
    KEY_LINE_MM,
    LINE_SPACING,
    SMALL_PT,
    TEXT_PT,
    figure_style,
    open_figure,
    place_axes,
    write_key,
)
from dialogram.timeline import Trace

_MARKER_PT = 5.5
_MARKER_ROOM_PT = 7.0
_NARROW_MM = 120.0


def draw_session(
    a: Trace,
    b: Trace,
    result: DyadResult,
    *,
    extremes_a: Iterable[Extreme] | None = None,
    extremes_b: Iterable[Extreme] | None = None,
    width_mm: float = DOUBLE_COLUMN_MM,
    height_mm: float | None = None,
    title: str | None = None,
) -> Figure:
    """Draw two ratings of one session, their extremes, and where they part.

    Parameters
    ----------
    a, b
        The ratings; their names say who rated, and give the colours.
    result
        Of comparing the two.
    extremes_a, extremes_b
        Instead of those in `result`, as when a recall froze them.
    width_mm, height_mm
        In millimetres of print: 174 for two columns, 84 for one.
    title
        Set over the figure; journals want none.

    Returns
    -------
    matplotlib.figure.Figure
        Bound to no window and no global state; write it with :func:`dialogram.figures.save`.

    Raises
    ------
    ValueError
        For a size that is no size of a figure.

    Notes
    -----
    ▲ and ▼ stand over and under the middle of a segment, filled where its mean lies beyond neutral on its side, hollow
    where it does not (``relative``). Missing bins are gaps.

    Examples
    --------
    >>> from dialogram.analysis import compare
    >>> client = Trace(values=np.repeat([50.0, 80, 50, 20, 50], 60), step_s=1.0, name="client")
    >>> therapist = Trace(values=np.repeat([50.0, 75, 60, 50, 45], 60), step_s=1.0, name="therapist")
    >>> figure = draw_session(client, therapist, compare(client, therapist))
    >>> figure.axes[0].get_xlabel()
    'minutes'
    """
    extremes = (
        tuple(result.extremes.a.extremes if extremes_a is None else extremes_a),
        tuple(result.extremes.b.extremes if extremes_b is None else extremes_b),
    )
    with figure_style():
        figure = open_figure(width_mm, height_mm or (62.0 if width_mm < _NARROW_MM else 76.0))
        left_mm, right_mm = margins_mm(figure, a, b)
        colours = colours_of(a.name, b.name)
        parts = _key(
            extremes[0] + extremes[1],
            bands=any(not one.relative for one in result.discrepancies),
            gaps=not (a.present.all() and b.present.all()),
        )
        key = fill_lines(figure, parts, width_mm=width_mm - left_mm - 1.0)
        axes = place_axes(
            figure,
            left_mm=left_mm,
            right_mm=right_mm,
            top_mm=2.0 + len(key) * KEY_LINE_MM + (5.0 if title else 0.0),
            bottom_mm=8.5,
        )
        set_minutes(axes, start_s=min(a.start_s, b.start_s), end_s=max(_end_s(a), _end_s(b)))
        set_scale(axes, a.scale, np.concatenate([a.values, b.values]))
        draw_bands(axes, result.discrepancies)
        taken: list[tuple[float, float]] = []
        for trace, found, colour in reversed(list(zip((a, b), extremes, colours, strict=True))):
            draw_line(axes, trace.times_s, trace.values, step_s=trace.step_s, colour=colour)
            _draw_extremes(axes, trace, found, colour=colour, taken=taken)
        draw_names(axes, [(t.name, end_value(t), c) for t, c in zip((a, b), colours, strict=True)])
        _draw_key(axes, key, title=title)
    return figure


def _end_s(trace: Trace) -> float:
    return trace.start_s + trace.duration_s


def _draw_extremes(
    axes: Axes, trace: Trace, extremes: Iterable[Extreme], *, colour: str, taken: list[tuple[float, float]]
) -> None:
    """Make the line heavier along each segment, and set a ▲ over or a ▼ under its middle, clear of those taken."""
    low, high = axes.get_xlim()
    per_minute = size_pt(axes)[0] / (high - low)
    bottom, top = axes.get_ylim()
    per_unit = size_pt(axes)[1] / (top - bottom)
    for extreme in extremes:
        inside = (trace.times_s + trace.step_s > extreme.start_s) & (trace.times_s < extreme.end_s)
        values = np.where(inside, trace.values, np.nan)
        if np.isnan(values).all():
            continue
        centres_s = np.clip(trace.times_s + trace.step_s / 2, extreme.start_s, extreme.end_s)
        axes.plot(
            centres_s / S_PER_MINUTE,
            values,
            color=colour,
            linewidth=2.0,
            solid_capstyle="round",
            solid_joinstyle="round",
            zorder=4,
        )
        sign = 1.0 if extreme.kind == "helpful" else -1.0
        x = (extreme.start_s + extreme.end_s) / 2 / S_PER_MINUTE
        y = float(sign * np.nanmax(sign * values)) + sign * _MARKER_ROOM_PT / per_unit
        x, y = _clear_of(
            taken, x, y, sign=sign, across=(low, high), limits=(bottom, top), per_minute=per_minute, per_unit=per_unit
        )
        taken.append((x, y))
        axes.plot(
            [x],
            [y],
            marker="^" if sign > 0 else "v",
            markersize=_MARKER_PT,
            markerfacecolor="white" if extreme.relative else colour,
            markeredgecolor=colour if extreme.relative else "white",
            markeredgewidth=0.9 if extreme.relative else 0.6,
            linestyle="none",
            clip_on=False,
            zorder=5,
        )


def _clear_of(
    taken: list[tuple[float, float]],
    x: float,
    y: float,
    *,
    sign: float,
    across: tuple[float, float],
    limits: tuple[float, float],
    per_minute: float,
    per_unit: float,
) -> tuple[float, float]:
    """Move a marker away from the line, then aside, until it meets no other and stays within the axes."""
    room = _MARKER_ROOM_PT / 2 / per_unit
    furthest = max(sign * y, sign * (limits[1] - room if sign > 0 else limits[0] + room))
    heights = np.arange(sign * y, furthest + 1e-9, 1.0 / per_unit)
    for steps in (0, 1, -1, 2, -2, 3, -3):
        aside_pt = steps * _MARKER_ROOM_PT
        for height in heights:
            place = x + aside_pt / per_minute, float(sign * height)
            if across[0] <= place[0] <= across[1] and all(
                abs(place[0] - other_x) * per_minute >= _MARKER_ROOM_PT
                or abs(place[1] - other_y) * per_unit >= _MARKER_ROOM_PT
                for other_x, other_y in taken
            ):
                return place
    return x, y


def _key(extremes: tuple[Extreme, ...], *, bands: bool, gaps: bool) -> list[str]:
    parts = []
    if extremes:
        parts.append("▲ highest and ▼ lowest segments of each")
    if any(extreme.relative for extreme in extremes):
        parts.append("hollow: not beyond neutral")
    if bands:
        parts.append("shaded: they part")
    if gaps:
        parts.append("no line: not rated")
    return parts


def _draw_key(axes: Axes, lines: list[str], *, title: str | None) -> None:
    write_key(axes, lines)
    if title:
        axes.annotate(
            title,
            (0, 1),
            xycoords="axes fraction",
            xytext=(0, 6 + len(lines) * SMALL_PT * LINE_SPACING),
            textcoords="offset points",
            fontsize=TEXT_PT + 1.5,
            fontweight="bold",
            va="bottom",
        )
