import math

from matplotlib.figure import Figure

from dialogram.analysis import LagCurve
from dialogram.figures.minutes import short_name
from dialogram.figures.palette import INK, SOFT, WITH
from dialogram.figures.style import (
    NEUTRAL_LINE,
    SINGLE_COLUMN_MM,
    SMALL_PT,
    figure_style,
    open_figure,
    place_axes,
    write_key,
)


def draw_lag_curve(curve: LagCurve, *, width_mm: float = SINGLE_COLUMN_MM, height_mm: float = 52.0) -> Figure:
    """Draw r against the lag, the best lag as a dot, and shaded what chance alone reaches.

    Parameters
    ----------
    curve
        As :func:`dialogram.correlate_at_lags` gives it.
    width_mm, height_mm
        In millimetres of print.

    Returns
    -------
    matplotlib.figure.Figure
        As of :func:`dialogram.figures.draw_session`. A curve that leaves the shade at the top has a best lag with
        p ≤ .05.

    Raises
    ------
    ValueError
        For a size that is no size of a figure.

    Examples
    --------
    >>> import numpy as np
    >>> from dialogram import Trace, correlate_at_lags
    >>> hand = np.convolve(np.random.default_rng(2).normal(size=1220), np.ones(20), "valid")
    >>> client = Trace(values=hand[5:], step_s=1.0, name="client")
    >>> therapist = Trace(values=hand[:-5], step_s=1.0, name="therapist")
    >>> figure = draw_lag_curve(correlate_at_lags(client, therapist))
    >>> figure.axes[0].get_xlabel()
    '← client follows     lag in seconds     therapist follows →'
    """
    most_s = float(curve.lags_s[-1]) or 1.0
    with figure_style():
        figure = open_figure(width_mm, height_mm)
        axes = place_axes(figure, left_mm=12.0, right_mm=3.0, top_mm=6.0, bottom_mm=10.0)
        axes.set_xlim(-most_s, most_s)
        axes.set_ylim(-1.05, 1.05)
        axes.set_yticks([-1.0, 0.0, 1.0], ["r = −1", "0", "r = 1"])
        axes.axhline(0.0, **NEUTRAL_LINE, zorder=2)
        axes.axvline(0.0, **NEUTRAL_LINE, zorder=2)
        if not math.isnan(curve.chance_r):
            axes.axhspan(-1.05, curve.chance_r, facecolor=INK, alpha=0.07, linewidth=0, zorder=1)
        axes.plot(curve.lags_s, curve.r, color=WITH, linewidth=1.1, solid_joinstyle="round", zorder=3)
        if not math.isnan(curve.best.r):
            axes.plot([curve.best.seconds], [curve.best.r], "o", color=WITH, markersize=4.0, zorder=4)
        axes.set_xlabel(
            f"← {short_name(curve.name_a)} follows     lag in seconds     {short_name(curve.name_b)} follows →",
            color=SOFT,
            fontsize=SMALL_PT,
            labelpad=1.5,
        )
        write_key(
            axes,
            [
                "shaded: the best lag of unrelated ratings, 95 of 100"
                if not math.isnan(curve.chance_r)
                else "too short to say what chance gives"
            ],
        )
    return figure
