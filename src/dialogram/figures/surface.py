from collections.abc import Sequence

import numpy as np
import scipy
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from dialogram.analysis import ResponseSurface
from dialogram.figures.minutes import short_name
from dialogram.figures.palette import INK, LINE, SOFT
from dialogram.figures.style import SMALL_PT, TEXT_PT, figure_style, open_figure, place_axes, write_key

_GRID = 241
_GREYS = LinearSegmentedColormap.from_list("calm", ["#FFFFFF", "#9AA1A8"])


def draw_surface(
    surface: ResponseSurface,
    x: Sequence[float] | NDArray[np.float64],
    y: Sequence[float] | NDArray[np.float64],
    *,
    names: tuple[str, str, str] = ("x", "y", "outcome"),
    width_mm: float = 110.0,
) -> Figure:
    """Draw an outcome over two ratings, with the lines on which they agree and on which they part.

    Parameters
    ----------
    surface
        As :func:`dialogram.analysis.fit_response_surface` found it.
    x, y : sequence of float, length n
        The ratings it was fitted to. Nothing is drawn beyond them: a quadratic bends out of reach of the cases.
    names
        Of the two ratings and of the outcome.
    width_mm
        In millimetres of print; the figure is about as high.

    Returns
    -------
    matplotlib.figure.Figure
        As of :func:`dialogram.figures.draw_session`.

    Raises
    ------
    ValueError
        For unequal lengths, or a size that is no size of a figure.

    Examples
    --------
    >>> from dialogram.analysis import fit_response_surface
    >>> x, y = (each.ravel() for each in np.meshgrid([-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0]))
    >>> figure = draw_surface(fit_response_surface(x, y, (x - y) ** 2), x, y, names=("client", "therapist", "change"))
    >>> figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()
    ('client', 'therapist')
    """
    cases = np.column_stack([np.asarray(each, dtype=np.float64) for each in (x, y)])
    cases = cases[np.isfinite(cases).all(axis=1)]
    reach = 1.06 * float(np.abs(cases).max())
    with figure_style():
        figure = open_figure(width_mm, width_mm - 4.0)
        axes = place_axes(figure, left_mm=14.0, right_mm=16.0, top_mm=15.0, bottom_mm=11.0)
        axes.set_xlim(-reach, reach)
        axes.set_ylim(-reach, reach)
        axes.set_aspect("equal")
        axes.spines["left"].set(visible=True, color=LINE, linewidth=0.8)
        _draw_heights(axes, surface, cases, reach)
        axes.plot(cases[:, 0], cases[:, 1], ".", color=INK, markersize=2.2, markeredgewidth=0, alpha=0.45, zorder=2)
        _draw_lines(axes, reach)
        axes.set_xlabel(short_name(names[0]), color=INK, fontsize=TEXT_PT)
        axes.set_ylabel(short_name(names[1]), color=INK, fontsize=TEXT_PT)
        _write_key(axes, surface, short_name(names[2]))
    return figure


def _draw_heights(axes: Axes, surface: ResponseSurface, cases: NDArray[np.float64], reach: float) -> None:
    one = np.linspace(-reach, reach, _GRID)
    x, y = np.meshgrid(one, one)
    b0, b1, b2, b3, b4, b5 = (coefficient.b for coefficient in surface.b)
    heights = b0 + b1 * x + b2 * y + b3 * x**2 + b4 * x * y + b5 * y**2
    around = cases[scipy.spatial.ConvexHull(cases).vertices]
    middle, points = around.mean(axis=0), np.column_stack([x.ravel(), y.ravel()])
    levels = MaxNLocator(8).tick_values(*_span(heights, Path(around).contains_points(points)))
    # Lines and their labels end among the cases; the clean edge is that of the cases themselves.
    beyond = ~Path(middle + 1.03 * (around - middle)).contains_points(points)
    heights = np.ma.masked_array(heights, mask=beyond)
    hull = Polygon(around, transform=axes.transData)
    areas = axes.contourf(x, y, heights, levels=levels, cmap=_GREYS, zorder=0)
    lines = axes.contour(
        x, y, heights, levels=levels, colors=SOFT, linewidths=0.6, negative_linestyles="solid", zorder=1
    )
    labels = axes.clabel(
        lines, fontsize=SMALL_PT, colors=INK, fmt=lambda height: f"{round(height, 9):g}".replace("-", "−")
    )
    for label in labels or ():
        label.set_zorder(5)
    for drawn in (areas, lines):
        drawn.set_clip_path(hull)


def _span(heights: NDArray[np.float64], inside: NDArray[np.bool_]) -> tuple[float, float]:
    """Lowest and highest among the cases, apart from each other however flat the surface is."""
    seen = heights.ravel()[inside]
    low, high = float(seen.min()), float(seen.max())
    return (low, high) if high - low > 1e-9 * max(1.0, abs(low), abs(high)) else (low - 0.5, high + 0.5)


def _draw_lines(axes: Axes, reach: float) -> None:
    axes.plot([-reach, reach], [-reach, reach], color=INK, linewidth=1.1, zorder=3)
    axes.plot([-reach, reach], [reach, -reach], color=INK, linewidth=1.1, linestyle=(0, (5, 3)), zorder=3)
    for words, height in (("agree", reach), ("part", -reach)):
        axes.annotate(
            words,
            (reach, height),
            xytext=(4, 0),
            textcoords="offset points",
            color=INK,
            fontsize=TEXT_PT,
            fontweight="bold",
            va="center",
            annotation_clip=False,
        )


def _write_key(axes: Axes, surface: ResponseSurface, outcome: str) -> None:
    along = (
        ("agree, solid", surface.a1.b, surface.a2.b),
        ("part, dashed", surface.a3.b, surface.a4.b),
    )
    lines = [f"{outcome}, darker is more; R² = {surface.r2:.2f}".replace("0.", ".", 1)]
    lines += [f"where they {where}: slope {_say(slope)}, curvature {_say(curve)}" for where, slope, curve in along]
    write_key(axes, [*lines, "drawn only among the cases (dots)"], gap_pt=6.0)


def _say(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")
