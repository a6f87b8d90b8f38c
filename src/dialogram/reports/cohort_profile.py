"""The section of a report on many dyads that tells what kind of tracking its slopes are."""

from collections.abc import Sequence

from dialogram import figures
from dialogram.analysis import TrackingProfile
from dialogram.reports.page import Column, Paragraph, Picture, Section, Table
from dialogram.reports.text import Span, Text, number, say

_WHEN = {"iid": "over the session", "ar1": "at once"}


def tell_profile(profiles: Sequence[TrackingProfile]) -> Section:
    """Tell how far tracking depends on a common lag and on the width of bins, with its figure."""
    figure = figures.draw_profile(profiles)
    caption = say(
        Span("Tracking at other lags and widths of bins. ", "strong"),
        "Left: as if every judge were so many seconds late. Right: the mean of wider bins, without a lag.",
    )
    ends = "; ".join(
        f"{_WHEN[each.residuals]} {number(each.by_width[0].tracking.b, 2)} in bins of {each.by_width[0].bin_s:g} s and"
        f" {number(each.by_width[-1].tracking.b, 2)} in bins of {each.by_width[-1].bin_s:g} s"
        for each in profiles
    )
    rows: list[list[Text]] = [
        [
            [f"{at[0].bin_s:g} s"],
            *([number(one.b, 2)] for each in at for one in (each.tracking, each.tracking_standardised)),
        ]
        for at in zip(*(each.by_width for each in profiles), strict=True)
    ]
    names = [f"{what} {_WHEN[each.residuals]}" for each in profiles for what in ("Tracking", "In SD,")]
    columns = [Column(name=["Bins of"]), *(Column(name=[name], align="right", width=1.6) for name in names)]
    return Section(
        heading="Quick moves, or the course of the session?",
        blocks=[
            Picture(svg=figures.render(figure, "svg"), caption=caption, alt=f"Tracking {ends}."),
            Table(caption=["Tracking by the width of bins, without a lag."], columns=columns, rows=rows),
            Paragraph(
                say(
                    "A slope that grows with wider bins is one of slow swells. A slope that is largest at a lag says"
                    " that judges are late by about so much; it was searched for, so its interval is no test."
                )
            ),
        ],
    )
