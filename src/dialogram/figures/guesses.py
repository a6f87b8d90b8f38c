import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from dialogram.analysis import GuessPool
from dialogram.analysis.sentences import say_p
from dialogram.figures.minutes import fill_lines
from dialogram.figures.palette import INK, SOFT
from dialogram.figures.style import KEY_LINE_MM, SMALL_PT, figure_style, open_figure, place_axes, write_key

_SEEN = 1e-4
"""Share of the most probable number below which a number by chance is not drawn."""


def draw_guesses(pool: GuessPool, *, width_mm: float = 110.0, height_mm: float = 52.0) -> Figure:
    """Draw how many segments were guessed right, over how many chance would give.

    Parameters
    ----------
    pool
        As :func:`dialogram.pool_guesses` gives it.
    width_mm, height_mm
        In millimetres of print.

    Returns
    -------
    matplotlib.figure.Figure
        As of :func:`dialogram.figures.draw_session`. The bars from the line on are the p.

    Raises
    ------
    ValueError
        For a size that is no size of a figure.

    Examples
    --------
    >>> from dialogram import pool_guesses, score_counts
    >>> figure = draw_guesses(pool_guesses([score_counts(4, 6, numbers_told=True)] * 8))
    >>> figure.axes[0].get_xlabel()
    'segments guessed right, of 48'
    """
    chance = np.array(pool.chance)
    with figure_style():
        figure = open_figure(width_mm, height_mm)
        key = fill_lines(
            figure,
            [
                f"line: {pool.right} right in {pool.dyads} dyads",
                "bars: how often chance gives so many",
                f"dark: as many or more, {say_p(pool.p)}",
            ],
            width_mm=width_mm - 8.0,
        )
        axes = place_axes(figure, left_mm=5.0, right_mm=3.0, top_mm=2.5 + len(key) * KEY_LINE_MM, bottom_mm=10.0)
        seen = np.flatnonzero(chance > _SEEN * chance.max())
        colours = [INK if count >= pool.right else SOFT for count in seen]
        bars = axes.bar(seen, chance[seen], width=0.8, color=colours)
        for bar, count in zip(bars, seen, strict=True):
            bar.set_alpha(0.9 if count >= pool.right else 0.35)
        axes.axvline(pool.right, color=INK, linewidth=1.4, zorder=3)
        axes.set_xlim(min(int(seen[0]), pool.right) - 1, max(int(seen[-1]), pool.right) + 1)
        axes.xaxis.set_major_locator(MaxNLocator(10, integer=True))
        axes.set_yticks([])
        axes.set_xlabel(f"segments guessed right, of {pool.shown}", color=SOFT, fontsize=SMALL_PT, labelpad=1.5)
        write_key(axes, key)
    return figure
