from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dialogram.analysis import TrackingAt, TrackingProfile
from dialogram.figures.minutes import fill_lines
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

_MARKS = {"iid": ("o-", "each bin for itself (●)"), "ar1": ("s--", "each bin following the one before (■)")}
_BESIDE = 0.06
"""Share of the distance of two marks by which those of the two models stand beside each other."""


def draw_profile(profiles: Sequence[TrackingProfile], *, width_mm: float = 174.0, height_mm: float = 66.0) -> Figure:
    """Draw the slope of a cohort against a common lag, and against the width of bins.

    Parameters
    ----------
    profiles
        As ``study_cohort(…, profile=True).tracking_profile`` gives them.
    width_mm, height_mm
        In millimetres of print.

    Returns
    -------
    matplotlib.figure.Figure
        As of :func:`dialogram.figures.draw_session`. A thin line is a 95 % interval.

    Raises
    ------
    ValueError
        For no profile, or a size that is no size of a figure.

    Examples
    --------
    >>> import numpy as np
    >>> from dialogram.analysis import JudgedDyad, study_cohort
    >>> from dialogram.timeline import Trace
    >>> rng = np.random.default_rng(4)
    >>> dyads = []
    >>> for name in "abcdef":
    ...     truth = 50 + 10 * rng.normal(size=400)
    ...     judge = Trace(values=truth + 5 * rng.normal(size=400), step_s=2)
    ...     dyads.append(JudgedDyad(name=name, judge=judge, truth=Trace(values=truth, step_s=2)))
    >>> figure = draw_profile(study_cohort(dyads, profile=True).tracking_profile)
    >>> figure.axes[1].get_xlabel()
    'width of bins in seconds'
    """
    if not profiles:
        raise ValueError("profiles: expected at least one, got none")
    with figure_style():
        figure = open_figure(width_mm, height_mm)
        key = fill_lines(
            figure,
            [
                "tracking: units the judge moves when the truth moves one",
                *(_MARKS[each.residuals][1] for each in profiles),
                "line: 95 %",
            ],
            width_mm=width_mm - 15.0,
        )
        top_mm, half_mm = 2.5 + len(key) * KEY_LINE_MM, width_mm / 2
        by_lag = place_axes(figure, left_mm=12.0, right_mm=half_mm + 2.0, top_mm=top_mm, bottom_mm=10.0)
        by_width = place_axes(figure, left_mm=half_mm + 10.0, right_mm=3.0, top_mm=top_mm, bottom_mm=10.0)
        _draw(by_lag, [each.by_lag for each in profiles], profiles, lambda at: at.lag_s)
        _draw(by_width, [each.by_width for each in profiles], profiles, lambda at: at.bin_s)
        by_lag.set_xlabel("seconds by which judges are taken to be late", color=SOFT, fontsize=SMALL_PT, labelpad=1.5)
        by_width.set_xlabel("width of bins in seconds", color=SOFT, fontsize=SMALL_PT, labelpad=1.5)
        ends = [end for axes in (by_lag, by_width) for end in axes.get_ylim()]
        for axes in (by_lag, by_width):
            axes.set_ylim(min(ends), max(ends))
        write_key(by_lag, key)
    return figure


def _draw(
    axes: Axes,
    lines: Sequence[Sequence[TrackingAt]],
    profiles: Sequence[TrackingProfile],
    place: Callable[[TrackingAt], float],
) -> None:
    """Draw lines over what was looked at, at even distances: it was not chosen evenly."""
    axes.axhline(0.0, **NEUTRAL_LINE, zorder=1)
    looked_at = sorted({place(at) for line in lines for at in line})
    for number, (line, profile) in enumerate(zip(lines, profiles, strict=True)):
        aside = _BESIDE * (2 * number - len(lines) + 1)
        places = [looked_at.index(place(at)) + aside for at in line]
        low, high = zip(*(at.tracking.ci95 for at in line), strict=True)
        axes.vlines(places, low, high, color=INK, linewidth=0.7, alpha=0.7, zorder=2)
        axes.plot(
            places,
            [at.tracking.b for at in line],
            _MARKS[profile.residuals][0],
            color=INK,
            linewidth=0.9,
            markersize=3.2,
            zorder=3,
        )
    axes.set_xticks(range(len(looked_at)), [f"{at:g}".replace("-", "−") for at in looked_at])
