from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from dialogram.analysis import Consensus
from dialogram.figures.minutes import (
    S_PER_MINUTE,
    draw_line,
    draw_names,
    end_value,
    fill_lines,
    measure_mm,
    scale_words,
    set_minutes,
    set_scale,
    short_name,
)
from dialogram.figures.palette import OBSERVERS, SOFT
from dialogram.figures.style import (
    DOUBLE_COLUMN_MM,
    KEY_LINE_MM,
    SMALL_PT,
    TEXT_PT,
    figure_style,
    open_figure,
    place_axes,
    write_key,
)
from dialogram.timeline import Trace

_MOST_NAMES = 8
"""More raters than this cannot be named beside their lines."""


def draw_consensus(
    traces: Sequence[Trace], consensus: Consensus, *, width_mm: float = DOUBLE_COLUMN_MM, height_mm: float = 76.0
) -> Figure:
    """Draw several observers' ratings and, over them, the one trace made of them.

    Parameters
    ----------
    traces
        Each observer's rating, as it was: raters who were set back stand where they rated.
    consensus
        As :func:`dialogram.build_consensus` makes it of them.
    width_mm, height_mm
        In millimetres of print.

    Returns
    -------
    matplotlib.figure.Figure
        As of :func:`dialogram.figures.draw_session`. Without a consensus only the raters are drawn, and the key says
        so.

    Raises
    ------
    ValueError
        For no rating, or a size that is no size of a figure.

    Examples
    --------
    >>> from dialogram import build_consensus
    >>> hand = 50 + 5 * np.convolve(np.random.default_rng(2).normal(size=340), np.hanning(40), "valid")
    >>> traces = [Trace(values=hand + shift, step_s=1.0, name=name) for name, shift in (("first", 0), ("second", 9))]
    >>> figure = draw_consensus(traces, build_consensus(traces))
    >>> figure.axes[0].get_xlabel()
    'minutes'
    """
    if not traces:
        raise ValueError("traces: expected at least one, got none")
    whole = consensus.trace
    named = [*traces[: _MOST_NAMES if len(traces) <= _MOST_NAMES else 0], *([whole] if whole else [])]
    with figure_style():
        figure = open_figure(width_mm, height_mm)
        scale = traces[0].scale
        left_mm = 1.5 + measure_mm(figure, scale_words(scale), size=SMALL_PT, weight="normal")
        names = [short_name(trace.name) for trace in named]
        right_mm = 2.5 + (1.05 * measure_mm(figure, names, size=TEXT_PT, weight="bold") if names else 0.0)
        key = fill_lines(figure, _key(traces, consensus), width_mm=width_mm - left_mm - 1.0)
        axes = place_axes(
            figure, left_mm=left_mm, right_mm=right_mm, top_mm=2.0 + len(key) * KEY_LINE_MM, bottom_mm=8.5
        )
        set_minutes(
            axes,
            start_s=min(trace.start_s for trace in traces),
            end_s=max(trace.start_s + trace.duration_s for trace in traces),
        )
        set_scale(axes, scale, np.concatenate([trace.values for trace in traces]))
        for trace in traces:
            draw_line(axes, trace.times_s, trace.values, step_s=trace.step_s, colour=OBSERVERS, alpha=0.4)
        if whole is not None:
            axes.plot(
                (whole.times_s + whole.step_s / 2) / S_PER_MINUTE,
                whole.values,
                color=OBSERVERS,
                linewidth=2.0,
                solid_joinstyle="round",
                zorder=4,
            )
        draw_names(axes, [(trace.name, end_value(trace), OBSERVERS if trace is whole else SOFT) for trace in named])
        write_key(axes, key)
    return figure


def _key(traces: Sequence[Trace], consensus: Consensus) -> list[str]:
    parts = [f"thin: {len(traces)} observers as they rated"]
    if consensus.trace is None:
        parts.append("no consensus: nobody goes with the others")
    else:
        parts.append("heavy: their consensus")
        if any(lag > 0 for lag in consensus.lags_s):
            parts.append("late ones set back")
    if not all(trace.present.all() for trace in traces):
        parts.append("no line: not rated")
    return parts
