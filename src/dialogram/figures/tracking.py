from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dialogram.analysis import DyadLine, TruthAndBias
from dialogram.figures.minutes import fill_lines, short_name
from dialogram.figures.palette import INK, SOFT
from dialogram.figures.style import (
    KEY_LINE_MM,
    NEUTRAL_LINE,
    SMALL_PT,
    figure_style,
    open_figure,
    place_axes,
    write_key,
)

FAR = 1.5
"""A judge who turns the dial this much further than the truth, or so much less far, is marked."""
_MOST_NAMED = 30
_POINT_PT = 4.5


def draw_tracking(fit: TruthAndBias, *, width_mm: float = 130.0, height_mm: float = 96.0) -> Figure:
    """Draw bias and tracking, a point a dyad.

    Parameters
    ----------
    fit
        Truth-and-Bias over the dyads.
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
    A full mark is what the model predicts of a dyad, drawn towards the mean; a thin line leads to what the dyad says
    alone. A slope is r times the ratio of spreads, so its shape says where the judge turned the dial much further than
    the truth (◆) or much less far (■): there a steep or flat slope may be a style of the hand.

    Examples
    --------
    >>> import numpy as np
    >>> from dialogram.analysis import JudgedDyad, fit_truth_and_bias
    >>> from dialogram.timeline import Trace
    >>> rng = np.random.default_rng(4)
    >>> dyads = []
    >>> for name in "abcdef":
    ...     truth = 50 + 10 * rng.normal(size=100)
    ...     judge = Trace(values=truth + 5 * rng.normal(size=100), step_s=1)
    ...     dyads.append(JudgedDyad(name=name, judge=judge, truth=Trace(values=truth, step_s=1)))
    >>> figure = draw_tracking(fit_truth_and_bias(dyads, residuals="iid"))
    >>> figure.axes[0].get_xlabel()
    'tracking: units the judge moves when the truth moves one'
    """
    with figure_style():
        figure = open_figure(width_mm, height_mm)
        left_mm = 14.0
        key = fill_lines(figure, _key(fit.lines), width_mm=width_mm - left_mm - 3.0)
        axes = place_axes(figure, left_mm=left_mm, right_mm=3.0, top_mm=2.5 + len(key) * KEY_LINE_MM, bottom_mm=10.0)
        axes.axhline(0.0, **NEUTRAL_LINE, zorder=1)
        axes.axvline(0.0, **NEUTRAL_LINE, zorder=1)
        for line in fit.lines:
            _draw_line(axes, line)
        _draw_mean(axes, fit)
        axes.margins(0.08)
        if len(fit.lines) <= _MOST_NAMED:
            _name(axes, fit.lines)
        axes.set_xlabel("tracking: units the judge moves when the truth moves one", color=SOFT, fontsize=SMALL_PT)
        axes.set_ylabel("bias: units the judge rates higher", color=SOFT, fontsize=SMALL_PT)
        write_key(axes, key)
    return figure


def _shape(line: DyadLine) -> str:
    return "D" if line.sd_ratio >= FAR else "s" if line.sd_ratio <= 1 / FAR else "o"


def _draw_line(axes: Axes, line: DyadLine) -> None:
    axes.plot([line.own_tracking, line.tracking], [line.own_bias, line.bias], color=SOFT, linewidth=0.5, alpha=0.6)
    size = _POINT_PT * (0.9 if _shape(line) != "o" else 1.0)
    axes.plot([line.tracking], [line.bias], _shape(line), markersize=size, color=INK, markeredgewidth=0, zorder=3)


def _draw_mean(axes: Axes, fit: TruthAndBias) -> None:
    tracking, bias = fit.tracking, fit.bias
    axes.hlines(bias.b, *tracking.ci95, color=INK, linewidth=1.6, zorder=4)
    axes.vlines(tracking.b, *bias.ci95, color=INK, linewidth=1.6, zorder=4)


def _name(axes: Axes, lines: Sequence[DyadLine]) -> None:
    """Write each dyad's name over its mark: what it says alone mostly lies beside it."""
    for line in lines:
        axes.annotate(
            short_name(line.dyad),
            (line.tracking, line.bias),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            va="bottom",
            color=SOFT,
            fontsize=SMALL_PT - 0.5,
        )


def _key(lines: Sequence[DyadLine]) -> list[str]:
    shapes = {_shape(line) for line in lines}
    parts = ["a mark a dyad, drawn towards the mean", "thin line: to what it says alone", "cross: means, 95 %"]
    if "D" in shapes:
        parts.append(f"◆ the judge’s SD is {FAR:g} times the truth’s or more")
    if "s" in shapes:
        parts.append(f"■ the judge’s SD is {1 / FAR:.2f} times the truth’s or less".replace("0.", ".", 1))
    if shapes - {"o"}:
        parts.append("there the slope, r × ratio of SDs, may be style")
    return parts
