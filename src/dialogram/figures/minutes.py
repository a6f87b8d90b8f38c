"""What all figures over a session share: minutes, lines that break where nothing was rated, quiet bands, names."""

from collections.abc import Iterable, Sequence
from textwrap import fill, shorten

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator
from numpy.typing import NDArray

from dialogram.analysis import Discrepancy
from dialogram.figures.palette import INK, SOFT
from dialogram.figures.style import MM_PER_INCH, NEUTRAL_LINE, POINTS_PER_INCH, SMALL_PT, TEXT_PT
from dialogram.timeline import Scale, Trace

S_PER_MINUTE = 60.0
_TICKS_MIN = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)
_TICK_ROOM_PT = 30.0
_LONGEST_NAME = 22
_NAME_HEIGHT_PT = 9.5
_LINE_PT = 0.95
_MARGIN_PT = 12.0


def set_minutes(axes: Axes, *, start_s: float, end_s: float) -> None:
    """Give the x axis minutes into the recording."""
    start, end = start_s / S_PER_MINUTE, end_s / S_PER_MINUTE
    axes.set_xlim(start, end)
    room_pt = (end - start) / (size_pt(axes)[0] / _TICK_ROOM_PT)
    step = next((step for step in _TICKS_MIN if step >= room_pt), 60.0 * np.ceil(room_pt / 60.0))
    axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda minute, _: f"{minute:g}"))
    axes.set_xlabel("minutes", color=SOFT, fontsize=SMALL_PT, loc="right", labelpad=1.5)


def set_scale(axes: Axes, scale: Scale, values: NDArray[np.float64]) -> None:
    """Show the whole scale, and what was rated beyond it too: a figure must not leave out a value unsaid."""
    low, high = float(np.nanmin([scale.low, *values])), float(np.nanmax([scale.high, *values]))
    margin = _MARGIN_PT * (high - low) / (size_pt(axes)[1] - 2 * _MARGIN_PT)
    axes.set_ylim(low - margin, high + margin)
    axes.set_yticks([scale.low, scale.neutral, scale.high], scale_words(scale))
    axes.axhline(scale.neutral, **NEUTRAL_LINE, zorder=2)


def size_pt(axes: Axes) -> tuple[float, float]:
    """Width and height of axes in points."""
    box = axes.get_position()
    figure = axes.get_figure()
    assert isinstance(figure, Figure)
    width_in, height_in = figure.get_size_inches()
    return float(box.width * width_in * POINTS_PER_INCH), float(box.height * height_in * POINTS_PER_INCH)


def draw_line(
    axes: Axes,
    times_s: NDArray[np.float64],
    values: NDArray[np.float64],
    *,
    step_s: float,
    colour: str,
    alpha: float = 1.0,
) -> None:
    """Draw bins at their centres; missing ones break the line, and a bin between two missing ones is a dash."""
    centres_s = times_s + step_s / 2
    present = ~np.isnan(values)
    neighbours = np.concatenate([[False], present, [False]])
    alone = present & ~neighbours[:-2] & ~neighbours[2:]
    axes.plot(
        centres_s / S_PER_MINUTE,
        values,
        color=colour,
        alpha=alpha,
        linewidth=_LINE_PT,
        solid_joinstyle="round",
        zorder=3,
    )
    axes.hlines(
        values[alone],
        times_s[alone] / S_PER_MINUTE,
        (times_s[alone] + step_s) / S_PER_MINUTE,
        colors=colour,
        alpha=alpha,
        linewidth=_LINE_PT,
        zorder=3,
    )


def draw_bands(axes: Axes, discrepancies: Iterable[Discrepancy]) -> None:
    """Shade where two part, a little darker where they are in opposite states."""
    for discrepancy in discrepancies:
        if discrepancy.relative:
            continue
        axes.axvspan(
            discrepancy.start_s / S_PER_MINUTE,
            discrepancy.end_s / S_PER_MINUTE,
            facecolor=INK,
            alpha=0.10 if "_helpful" in discrepancy.kind else 0.045,
            linewidth=0,
            zorder=1,
        )


def end_value(trace: Trace) -> float:
    """Where a line ends; neutral for a trace without any value."""
    present = trace.values[trace.present]
    return float(present[-1]) if present.size else trace.scale.neutral


def draw_names(axes: Axes, names: Sequence[tuple[str, float, str]]) -> None:
    """Write names (text, y, colour) at the right end of their lines, apart from each other."""
    low, high = axes.get_ylim()
    per_pt = (high - low) / size_pt(axes)[1]
    least = _NAME_HEIGHT_PT * per_pt
    heights = spread([y for _, y, _ in names], least=least, low=low + least / 2, high=high - least / 2)
    for (name, _, colour), height in zip(names, heights, strict=True):
        axes.annotate(
            short_name(name),
            (1.0, height),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            color=colour,
            fontsize=TEXT_PT,
            fontweight="bold",
            va="center_baseline",
            annotation_clip=False,
        )


def spread(heights: Sequence[float], *, least: float, low: float, high: float) -> list[float]:
    """Move heights apart to a least distance, as little as need be, within low … high.

    Examples
    --------
    >>> spread([50.0, 52.0], least=6.0, low=0.0, high=100.0)
    [48.0, 54.0]
    >>> spread([99.0, 98.0], least=6.0, low=0.0, high=100.0)
    [100.0, 94.0]
    """
    order = np.argsort(heights, kind="stable")
    steps = least * np.arange(len(heights))
    wanted = np.asarray(heights, dtype=np.float64)[order] - steps
    # Heights less their steps must not fall: pool what does (isotonic regression).
    pools: list[tuple[float, int]] = []
    for height in wanted:
        pools.append((float(height), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (mean_2, size_2), (mean_1, size_1) = pools.pop(), pools.pop()
            size = size_1 + size_2
            pools.append(((mean_1 * size_1 + mean_2 * size_2) / size, size))
    pooled = np.repeat([mean for mean, _ in pools], [size for _, size in pools])
    placed = np.empty(len(heights))
    placed[order] = np.clip(pooled, low, max(low, high - steps[-1])) + steps
    return [float(height) for height in placed]


def short_name(name: str) -> str:
    """Cut a name to what fits beside a figure."""
    words = shorten(name, _LONGEST_NAME, placeholder=" …")
    return words if words != "…" else name.strip()[: _LONGEST_NAME - 1] + "…"


def scale_words(scale: Scale) -> list[str]:
    """Words and numbers at the low end, the neutral point and the high end of a scale."""
    marks = ((scale.low_label, scale.low), (scale.neutral_label, scale.neutral), (scale.high_label, scale.high))
    numbers = (f"{value:g}".replace("-", "−") for _, value in marks)
    return [f"{fill(label, 14)} {number}".strip() for (label, _), number in zip(marks, numbers, strict=True)]


def margins_mm(figure: Figure, a: Trace, b: Trace) -> tuple[float, float]:
    """Left and right margin that hold the words of every figure of these two, so that they stand in line."""
    names = [short_name(trace.name) for trace in (a, b)]
    higher = [f"{name}\nhigher {trace.scale.range:g}" for name, trace in zip(names, (a, b), strict=True)]
    left = measure_mm(figure, scale_words(a.scale) + higher, size=SMALL_PT, weight="normal")
    # At the few dots of a screen letters are fitted to the dots, and measure a little less than in print.
    return 1.5 + left, 2.5 + 1.05 * measure_mm(figure, names, size=TEXT_PT, weight="bold")


def fill_lines(figure: Figure, parts: Sequence[str], *, width_mm: float) -> list[str]:
    """Put short remarks in a row, on as many lines as they need."""
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]}  ·  {part}" if lines else part
        if lines and measure_mm(figure, [longer], size=SMALL_PT, weight="normal") <= width_mm:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines


def measure_mm(figure: Figure, words: Iterable[str], *, size: float, weight: str) -> float:
    """Width of the widest of some texts, as it will be printed."""
    widest = 0.0
    for each in words:
        text = figure.text(0, 0, each, fontsize=size, fontweight=weight)
        widest = max(widest, float(text.get_window_extent().width))
        text.remove()
    return widest / figure.dpi * MM_PER_INCH
