import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dialogram.analysis import DyadCongruence, MetaAnalysis
from dialogram.figures.minutes import measure_mm, short_name, size_pt
from dialogram.figures.palette import INK, LINE, SOFT
from dialogram.figures.style import (
    DOUBLE_COLUMN_MM,
    MM_PER_INCH,
    NEUTRAL_LINE,
    POINTS_PER_INCH,
    SMALL_PT,
    TEXT_PT,
    figure_style,
    open_figure,
    place_axes,
)

_ROW_MM = 4.1
_LEAST_ROW_MM = 2.9
"""Rows closer than this cannot be named any more."""
_MOST_MM = 235.0
_MARKS = (-0.99, -0.95, -0.9, -0.8, -0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99)
_MARK_ROOM_PT = 24.0
_RIGHT_MM = 1.5
_HALF_95 = 1.959963984540054


@dataclass(frozen=True)
class _Row:
    name: str
    z: float
    half: float
    weight: float


def draw_forest(dyads: Sequence[DyadCongruence], pooled: MetaAnalysis, *, width_mm: float = DOUBLE_COLUMN_MM) -> Figure:
    """Draw the correlation of each dyad, their mean, and between what 95 of 100 further dyads would lie.

    Parameters
    ----------
    dyads
        Each dyad's congruence; the highest comes first. One with fewer than 3 independent pairs has no interval.
    pooled
        Their meta-analysis.
    width_mm
        In millimetres of print; the height follows from how many dyads there are, and dyads that would stand too close
        to be read lose their names.

    Returns
    -------
    matplotlib.figure.Figure
        As of :func:`dialogram.figures.draw_session`.

    Raises
    ------
    ValueError
        For no dyad, or a size that is no size of a figure.

    Notes
    -----
    Positions are on the scale of Fisher's z, on which the intervals are even; the axis says r. The area of a square is
    what the dyad counts for, ``1/(v + τ²)``.

    Examples
    --------
    >>> from dialogram.analysis import meta_analyse
    >>> z, v = np.array([0.1, 0.4, 0.7]), np.array([0.05, 0.02, 0.04])
    >>> dyads = [
    ...     DyadCongruence(dyad=name, n=300, n_effective=3 + 1 / of, r=float(np.tanh(at)), z=float(at), v=float(of))
    ...     for name, at, of in zip("abc", z, v)
    ... ]
    >>> figure = draw_forest(dyads, meta_analyse(z, v))
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['c', 'b', 'a', 'mean', 'further dyads, 95 %']
    """
    if not dyads:
        raise ValueError("dyads: expected at least one, got none")
    rows = sorted((_row(dyad, pooled.tau2) for dyad in dyads), key=lambda row: -row.z)
    row_mm = min(_ROW_MM, _MOST_MM / (len(rows) + 3.0))
    named = row_mm >= _LEAST_ROW_MM
    places = np.append(np.arange(len(rows)) * row_mm, (len(rows) + 0.8) * row_mm + np.array([0.0, max(row_mm, 4.1)]))
    with figure_style():
        figure = open_figure(width_mm, float(places[-1]) + row_mm + 14.0)
        names = [*(short_name(row.name) if named else "" for row in rows), "mean", "further dyads, 95 %"]
        told = [
            *(_say_interval(row.z, row.z - row.half, row.z + row.half) if named else "" for row in rows),
            _say_interval(pooled.z, *pooled.ci95),
            _say_interval(math.nan, *pooled.prediction95),
        ]
        axes = place_axes(
            figure,
            left_mm=3.0 + measure_mm(figure, names, size=TEXT_PT, weight="bold"),
            right_mm=_RIGHT_MM + 3.0 + measure_mm(figure, told, size=SMALL_PT, weight="bold"),
            top_mm=6.0,
            bottom_mm=8.5,
        )
        axes.set_ylim(float(places[-1]) + row_mm, -row_mm)
        _set_correlations(axes, rows, pooled)
        axes.set_yticks(places, names)
        axes.axhline(float(places[-3:-1].mean()), color=LINE, linewidth=0.8)
        axes.vlines(pooled.z, -row_mm, places[-2], color=SOFT, linewidth=0.6, alpha=0.6, zorder=1)
        _draw_rows(axes, rows, places, row_mm=row_mm)
        _draw_pooled(axes, pooled, places)
        for place, words, label in zip(places, told, axes.get_yticklabels(), strict=True):
            bold = "bold" if place == places[-2] else "normal"
            label.set(color=INK, fontweight=bold, fontsize=TEXT_PT if row_mm > 3.4 else SMALL_PT)
            _write_right(axes, words, float(place), weight=bold)
        _write_right(axes, "r   95 % interval", -row_mm, weight="normal", colour=SOFT)
    return figure


def _row(dyad: DyadCongruence, tau2: float) -> _Row:
    known = dyad.v > 0
    return _Row(
        name=dyad.dyad,
        z=dyad.z,
        half=_HALF_95 * math.sqrt(dyad.v) if known else math.nan,
        weight=1 / (dyad.v + tau2) if known else math.nan,
    )


def _set_correlations(axes: Axes, rows: Sequence[_Row], pooled: MetaAnalysis) -> None:
    """Give the x axis marks of r, each where its z is, and no two upon each other."""
    reach = [(row.z - row.half, row.z + row.half) if row.half >= 0 else (row.z, row.z) for row in rows]
    ends = np.array([*reach, pooled.ci95, pooled.prediction95, (0.0, 0.0)])
    low, high = float(ends.min()), float(ends.max())
    margin = 0.04 * (high - low)
    low, high = low - margin, high + margin
    axes.set_xlim(low, high)
    apart = _MARK_ROOM_PT * (high - low) / size_pt(axes)[0]
    kept: list[float] = []
    for mark in sorted(_MARKS, key=abs):  # zero first, then outward
        at = math.atanh(mark)
        if low <= at <= high and all(abs(at - math.atanh(other)) >= apart for other in kept):
            kept.append(mark)
    axes.set_xticks([math.atanh(mark) for mark in kept], [_say(mark, 2 if abs(mark) > 0.9 else 1) for mark in kept])
    axes.set_xlabel("correlation r, spaced as Fisher’s z", color=SOFT, fontsize=SMALL_PT, loc="right", labelpad=1.5)
    axes.axvline(0.0, **NEUTRAL_LINE, zorder=1)


def _draw_rows(axes: Axes, rows: Sequence[_Row], places: np.ndarray, *, row_mm: float) -> None:
    heaviest = max((row.weight for row in rows if row.weight > 0), default=1.0)
    largest_pt = 0.62 * row_mm * POINTS_PER_INCH / MM_PER_INCH
    for row, place in zip(rows, places, strict=False):
        if not row.half >= 0:
            axes.plot([row.z], [place], "s", markersize=0.5 * largest_pt, color="white", markeredgecolor=INK, mew=0.7)
            continue
        axes.hlines(place, row.z - row.half, row.z + row.half, color=INK, linewidth=0.8, zorder=3)
        side = largest_pt * math.sqrt(row.weight / heaviest)
        axes.plot([row.z], [place], "s", markersize=side, color=INK, markeredgewidth=0, zorder=4)


def _draw_pooled(axes: Axes, pooled: MetaAnalysis, places: np.ndarray) -> None:
    at, further = float(places[-2]), float(places[-1])
    low, high = pooled.ci95
    half = 1.5  # millimetres, as the places are
    axes.fill([low, pooled.z, high, pooled.z], [at, at - half, at, at + half], color=INK, linewidth=0, zorder=4)
    axes.hlines(further, *pooled.prediction95, color=SOFT, linewidth=2.2, zorder=3)


def _write_right(axes: Axes, words: str, place: float, *, weight: str, colour: str = INK) -> None:
    axes.annotate(
        words,
        (1.0, place),
        xycoords=("figure fraction", "data"),
        xytext=(-_RIGHT_MM * POINTS_PER_INCH / MM_PER_INCH, 0),
        textcoords="offset points",
        ha="right",
        color=colour,
        fontsize=SMALL_PT,
        fontweight=weight,
        va="center_baseline",
        annotation_clip=False,
    )


def _say_interval(z: float, low: float, high: float) -> str:
    if math.isnan(low):
        return f"{_say(math.tanh(z))}  no interval"
    interval = f"{_say(math.tanh(low))} to {_say(math.tanh(high))}"
    return interval if math.isnan(z) else f"{_say(math.tanh(z))}  {interval}"


def _say(r: float, digits: int = 2) -> str:
    """Write r as journals do, without the zero before its point."""
    written = f"{abs(r):.{digits}f}"
    zero = float(written) == 0
    return ("−" if r < 0 and not zero else "") + ("0" if zero and digits == 1 else written.removeprefix("0"))
