"""The pictures of a dyad report, each with a sentence beside it and what it shows in words."""

import math

import numpy as np

from dialogram import figures
from dialogram.analysis import DyadResult, LagCurve, WindowedCorrelation
from dialogram.reports.dyad_report import DyadReport, Moment
from dialogram.reports.page import Picture
from dialogram.reports.text import (
    Span,
    clock,
    digits_of,
    mark,
    number,
    percent,
    say,
    sentence_case,
    share,
    stretch,
    the,
)
from dialogram.timeline import Scale


def picture_session(report: DyadReport, moments: tuple[tuple[Moment, ...], tuple[Moment, ...]]) -> Picture:
    """Draw the session as both rated it, with their extremes."""
    extremes = [[moment.extreme for moment in of] for of in moments]
    figure = figures.draw_session(report.a, report.b, report.result, extremes_a=extremes[0], extremes_b=extremes[1])
    scale = report.a.scale
    caption = say(
        Span("Figure 1. ", "strong"),
        "The session as ",
        Span(the(report.a.name), "a"),
        " and ",
        Span(the(report.b.name), "b"),
        f" rated it, from {mark(scale.low)} ({scale.low_label}) to {mark(scale.high)} ({scale.high_label}), in bins of"
        f" {report.result.step_s:g} s. Heavy line with ▲ or ▼: the highest and lowest rated segments of each. Shaded:"
        " they part, darker where they are in opposite states.",
    )
    return Picture(svg=figures.render(figure, "svg"), caption=caption, alt=_say_picture(report, moments))


def _say_picture(report: DyadReport, moments: tuple[tuple[Moment, ...], tuple[Moment, ...]]) -> str:
    digits = digits_of(report.a.scale)
    parts = ["Two lines over the minutes of the session."]
    for trace, description, of in zip((report.a, report.b), (report.result.a, report.result.b), moments, strict=True):
        said = (
            f"{sentence_case(the(trace.name))} moves between {number(description.min, digits)} and"
            f" {number(description.max, digits)}"
        )
        for kind, word in (("helpful", "highest"), ("hindering", "lowest")):
            at = [clock(moment.extreme.start_s) for moment in of if moment.extreme.kind == kind]
            said += f", {word} from {', '.join(at)}" if at else ""
        parts.append(said + ".")
    worst = next((one for one in report.result.discrepancies if not one.relative), None)
    if worst:
        parts.append(f"They part most from {clock(worst.start_s)} to {clock(worst.end_s)}.")
    return " ".join(parts)


def picture_difference(report: DyadReport) -> Picture:
    """Draw how far the two lie apart over the session."""
    a, b = the(report.a.name), the(report.b.name)
    caption = say(
        Span("Apart. ", "strong"),
        f"How far the two lie apart: upward, {b} rated higher; downward, {a}. Shaded: they part.",
    )
    worst = next((one for one in report.result.discrepancies if not one.relative), None)
    alt = f"Bars over the minutes of the session: {b} less {a}."
    if worst:
        mean_a, mean_b = (number(mean, digits_of(report.a.scale)) for mean in (worst.mean_a, worst.mean_b))
        alt += f" Furthest apart over {stretch(worst.start_s, worst.end_s)}, where {a} rated {mean_a} and {b} {mean_b}."
    figure = figures.draw_difference(report.a, report.b, report.result)
    return Picture(svg=figures.render(figure, "svg"), caption=caption, alt=alt)


def picture_lags(curve: LagCurve) -> Picture:
    """Draw how closely the two go together at every lag."""
    chance = "" if math.isnan(curve.chance_r) else "; in the shade, unrelated ratings come as close 95 times in 100"
    most = number(curve.lags_s[-1], 0)
    return Picture(
        svg=figures.render(figures.draw_lag_curve(curve), "svg"),
        caption=say(
            Span("Lag by lag. ", "strong"),
            f"How closely they go together when one is set against what the other rated later; a dot at the"
            f" best{chance}.",
        ),
        alt=f"A curve of r over lags up to {most} seconds either way. Highest, {share(curve.best.r)}, at"
        f" {number(curve.best.seconds, 0)} seconds.",
        narrow=True,
    )


def picture_windows(windows: WindowedCorrelation) -> Picture:
    """Draw how closely the two go together through the session."""
    caption = say(
        Span("Window by window. ", "strong"),
        "Across, the minutes; upward and downward, one of the two set later; dark blue where they move together, amber"
        " where they move against each other, a dot at the peak of each window.",
    )
    peaked = int(np.count_nonzero(~np.isnan(windows.peak_lags_s)))
    alt = (
        f"A strip of colours over the minutes of the session: r in {windows.starts_s.size} windows of"
        f" {windows.window_s:g} seconds; {peaked} of them have a peak."
    )
    return Picture(svg=figures.render(figures.draw_windows(windows), "svg"), caption=caption, alt=alt)


def picture_states(result: DyadResult, scale: Scale) -> Picture:
    """Draw the time in each pair of states as a square."""
    caption = say(
        Span("State by state. ", "strong"),
        f"Minutes and seconds in each pair of states: upward {the(result.a.name)}, to the right"
        f" {the(result.b.name)}; in the framed cells they agree.",
    )
    words = (scale.low_label, scale.neutral_label, scale.high_label)
    total = sum(map(sum, result.states.table))
    cells = [
        f"{words[row]} to {the(result.a.name)} and {words[column]} to {the(result.b.name)} {clock(seconds)}"
        f" ({percent(seconds / total)})"
        for row, of in enumerate(result.states.table)
        for column, seconds in enumerate(of)
    ]
    figure = figures.draw_states(result, scale=scale)
    return Picture(
        svg=figures.render(figure, "svg"), caption=caption, alt=f"A square of times: {'; '.join(cells)}.", narrow=True
    )


def picture_detection(report: DyadReport) -> Picture:
    """Draw which of a's moments b saw."""
    a, b, scale = the(report.a.name), the(report.b.name), report.a.scale
    caption = say(
        Span("Seen or not. ", "strong"),
        f"Bars up, a moment was {scale.high_label}; bars down, {scale.low_label}. Where {a} has a bar and {b} has the"
        " same below it, it was seen.",
    )
    seen = report.result.detection
    told = [
        f"{one.moments.hits + one.moments.misses:g} {word} moments of {a}, {one.moments.hits:g} seen by {b}"
        for one, word in ((seen.helpful, scale.high_label), (seen.hindering, scale.low_label))
    ]
    figure = figures.draw_detection(report.a, report.b, report.result)
    return Picture(
        svg=figures.render(figure, "svg"),
        caption=caption,
        alt=f"Two rows of bars over the minutes of the session: {'; '.join(told)}.",
    )
