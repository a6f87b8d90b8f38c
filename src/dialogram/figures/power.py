from collections.abc import Sequence
from itertools import groupby

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from dialogram.analysis import PowerAt, PowerPlan
from dialogram.figures.minutes import draw_names, fill_lines
from dialogram.figures.palette import SOFT, WITH
from dialogram.figures.style import (
    KEY_LINE_MM,
    NEUTRAL_LINE,
    SMALL_PT,
    figure_style,
    open_figure,
    place_axes,
    write_key,
)

_MARKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_PALEST = 0.7
"""Of the shortest; paler could not be read."""


def draw_power(plan: PowerPlan, *, width_mm: float = 110.0, height_mm: float = 72.0) -> Figure:
    """Draw the power of a study against its dyads, a line a length, and the power that is wanted.

    Parameters
    ----------
    plan
        As :func:`dialogram.plan_study` gives it.
    width_mm, height_mm
        In millimetres of print.

    Returns
    -------
    matplotlib.figure.Figure
        As of :func:`dialogram.figures.draw_session`. Hollow marks are the same studies where there is nothing to find.

    Raises
    ------
    ValueError
        For a size that is no size of a figure.

    Examples
    --------
    >>> from dialogram import SupposedCohort, plan_study
    >>> figure = draw_power(plan_study(SupposedCohort(tracking=0.3), dyads=[3, 6], minutes=[10], studies=5))
    >>> figure.axes[0].get_xlabel()
    'dyads'
    """
    lengths = {minutes: list(of_length) for minutes, of_length in groupby(plan.sizes, key=lambda size: size.minutes)}
    with figure_style():
        figure = open_figure(width_mm, height_mm)
        left_mm, right_mm = 11.0, 16.0
        key = fill_lines(figure, _key(plan), width_mm=width_mm - left_mm - 3.0)
        axes = place_axes(
            figure, left_mm=left_mm, right_mm=right_mm, top_mm=2.5 + len(key) * KEY_LINE_MM, bottom_mm=10.0
        )
        axes.set_xlim(0, 1.03 * max(size.dyads for size in plan.sizes))
        axes.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10], integer=True))
        axes.set_ylim(-0.02, 1.02)
        axes.set_yticks(_MARKS, [f"{mark:.1f}" for mark in _MARKS])
        axes.axhline(plan.wanted, **NEUTRAL_LINE, zorder=1)
        ends = []
        tints = np.linspace(1.0, _PALEST, len(lengths))[::-1]
        for (minutes, of_length), tint in zip(lengths.items(), tints, strict=True):
            colour = _tint(WITH, float(tint))
            _draw_length(axes, of_length, colour)
            ends.append((f"{minutes:g} min", of_length[-1].power, colour))
        axes.set_xlabel("dyads", color=SOFT, fontsize=SMALL_PT, loc="right", labelpad=1.5)
        draw_names(axes, ends)
        write_key(axes, key)
    return figure


def _draw_length(axes: Axes, sizes: Sequence[PowerAt], colour: str) -> None:
    dyads = [size.dyads for size in sizes]
    low, high = zip(*(size.power_ci95 for size in sizes), strict=True)
    axes.fill_between(dyads, low, high, color=colour, alpha=0.15, linewidth=0, zorder=2)
    axes.plot(dyads, [size.power for size in sizes], "o-", color=colour, linewidth=1.1, markersize=3.0, zorder=4)
    nothing = [size.level for size in sizes]
    axes.plot(dyads, nothing, "o", color="white", markeredgecolor=colour, mew=0.7, markersize=3.0, zorder=3)


def _tint(colour: str, part: float) -> str:
    """Mix a colour with white."""
    red, green, blue = (1.0 - part * (1.0 - each) for each in to_rgb(colour))
    return to_hex((red, green, blue))


def _key(plan: PowerPlan) -> list[str]:
    return [
        f"probability to find r = {plan.supposed.tracking:.2f}",
        f"shaded: 95 %, of {plan.studies} simulated studies",
        f"dotted: {plan.wanted:.2f}, wanted",
        "hollow: to find something where r = 0",
    ]
