from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from dialogram.analysis import WindowedCorrelation
from dialogram.figures.minutes import S_PER_MINUTE, set_minutes, short_name
from dialogram.figures.palette import AGAINST, INK, LINE, SOFT, WITH
from dialogram.figures.style import DOUBLE_COLUMN_MM, NEUTRAL_LINE, SMALL_PT, figure_style, open_figure, place_axes

_LEFT_MM, _RIGHT_MM, _KEY_MM = 24.0, 17.0, 2.5


def draw_windows(
    windows: WindowedCorrelation, *, width_mm: float = DOUBLE_COLUMN_MM, height_mm: float = 48.0
) -> Figure:
    r"""Draw windowed correlations as a strip: minutes across, lags upward, r as colour, each window's peak as a dot.

    Parameters
    ----------
    windows
        As :func:`dialogram.correlate_windows` gives it.
    width_mm, height_mm
        In millimetres of print.

    Returns
    -------
    matplotlib.figure.Figure
        As of :func:`dialogram.figures.draw_session`. A window stands at its middle; where nothing correlates the strip
        is empty.

    Raises
    ------
    ValueError
        For a size that is no size of a figure.

    Examples
    --------
    >>> import numpy as np
    >>> from dialogram import Trace, correlate_windows
    >>> hand = np.convolve(np.random.default_rng(1).normal(size=620), np.ones(9), "valid")
    >>> client = Trace(values=hand[2:], step_s=1.0, name="client")
    >>> therapist = Trace(values=hand[:-2], step_s=1.0, name="therapist")
    >>> figure = draw_windows(correlate_windows(client, therapist))
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['client\n5 s later', 'no lag', 'therapist\n5 s later']
    """
    half_s = windows.hop_s / 2
    middles_s = windows.starts_s + windows.window_s / 2
    most_s = float(windows.lags_s[-1])
    row_s = float(windows.lags_s[1] - windows.lags_s[0]) if windows.lags_s.size > 1 else 1.0
    across = (middles_s[0] - half_s) / S_PER_MINUTE, (middles_s[-1] + half_s) / S_PER_MINUTE
    with figure_style():
        figure = open_figure(width_mm, height_mm)
        axes = place_axes(figure, left_mm=_LEFT_MM, right_mm=_RIGHT_MM, top_mm=2.5, bottom_mm=8.5)
        set_minutes(axes, start_s=middles_s[0] - half_s, end_s=middles_s[-1] + half_s)
        colours = LinearSegmentedColormap.from_list("r", [AGAINST, "white", WITH])
        image = axes.imshow(
            windows.r.T,
            cmap=colours,
            vmin=-1.0,
            vmax=1.0,
            origin="lower",
            aspect="auto",
            interpolation="nearest",
            extent=(*across, -most_s - row_s / 2, most_s + row_s / 2),
        )
        axes.axhline(0.0, **NEUTRAL_LINE)
        axes.plot(middles_s / S_PER_MINUTE, windows.peak_lags_s, ".", color=INK, markersize=1.6, markeredgewidth=0)
        if most_s > 0:
            names = (short_name(windows.name_a), short_name(windows.name_b))
            axes.set_yticks(
                [-most_s, 0.0, most_s],
                [f"{names[0]}\n{most_s:g} s later", "no lag", f"{names[1]}\n{most_s:g} s later"],
            )
        else:
            axes.set_yticks([0.0], ["no lag"])
        box = axes.get_position()
        key = figure.add_axes((box.x1 + 3.0 / width_mm, box.y0, _KEY_MM / width_mm, box.height))
        bar = figure.colorbar(image, cax=key, ticks=[-1.0, 0.0, 1.0])
        bar.ax.set_yticklabels(["r = −1", "0", "r = 1"])
        bar.ax.tick_params(labelsize=SMALL_PT, labelcolor=SOFT, length=0, pad=2.5)
        bar.outline.set(edgecolor=LINE, linewidth=0.8)
    return figure
