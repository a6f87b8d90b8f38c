"""The sections of a report on many dyads that tell what sessions' ratings have to do with what is known afterwards."""

from dialogram import figures
from dialogram.analysis import COLLINEAR, Coefficient, OutcomeSurface, WholeRating
from dialogram.reports.cohort_report import CohortReport
from dialogram.reports.page import Column, Paragraph, Picture, Section, Table
from dialogram.reports.text import P, R, Span, Text, number, p_value, percent, say, sentence_case, share, the

_PARTS = {"mean": "Mean", "peak": "Peak: highest window", "trough": "Trough: lowest window", "end": "End: last window"}


def _say_whose(clusters: int | None) -> str:
    if clusters is None:
        return "A session counts once. Where one person has several, these intervals are too narrow."
    return f"The sessions are of {clusters} persons, and these intervals are by persons."


def tell_whole_rating(report: CohortReport, rating: WholeRating) -> Section:
    """Tell what a session's rating as a whole goes with: its mean, its peak, its trough or its end."""
    found, truth = rating.parts, the(report.truth)
    worst = max(each.vif for each in found.parts)
    rows: list[list[Text]] = [
        [
            [_PARTS[each.part]],
            [share(each.r)],
            [f"{share(each.ci95[0])} to {share(each.ci95[1])}"],
            [number(each.beta.b, 2)],
            [f"{number(each.beta.ci95[0], 2)} to {number(each.beta.ci95[1], 2)}"],
            [_p(each.beta.p)],
        ]
        for each in found.parts
    ]
    columns = [
        Column(name=[""], width=2.2),
        Column(name=[R], align="right", width=0.7),
        Column(name=["95 % interval"], align="right", width=1.5),
        Column(name=["Beside the others"], align="right", width=1.4),
        Column(name=["95 % interval"], align="right", width=1.6),
        Column(name=[P], align="right", width=0.7),
    ]
    caption = (
        f"{sentence_case(rating.name)}, {found.n} sessions, held against what {truth} rated in them. Windows of"
        f" {found.window_s:g} s. Beside the others: change in SD per SD of this part, the other three kept still."
    )
    explained = (
        f"Together the four explain {percent(found.r2)} of how “{rating.name}” differs between sessions, the mean alone"
        f" {percent(found.r2_mean)}."
    )
    if worst >= COLLINEAR:
        explained += (
            " They come from one trace and hang together (variance inflation up to"
            f" {number(worst, 0)}): which of them counts cannot be told; read what they explain together."
        )
    return Section(
        heading="Is a session remembered by its mean, its peak or its end?",
        blocks=[
            Table(caption=[caption], columns=columns, rows=rows),
            Paragraph([explained]),
            Paragraph(
                say(
                    f"{_say_whose(found.clusters)} Peak and end: Kahneman, Fredrickson, Schreiber and Redelmeier"
                    " (1993, doi 10.1111/j.1467-9280.1993.tb00589.x)."
                ),
                quiet=True,
            ),
        ],
    )


def tell_outcome(report: CohortReport, found: OutcomeSurface) -> Section:
    """Tell how an outcome depends on how high both rate and on whether they part, with its figure."""
    truth, judge, surface = the(report.truth), the(report.judge), found.surface
    figure = figures.draw_surface(surface, found.truth, found.judge, names=(report.truth, report.judge, found.outcome))
    caption = say(
        Span("Figure 3. ", "strong"),
        f"{sentence_case(found.outcome)} over the mean ratings of a session by {truth} and {judge}, a dot a session,"
        f" both less {number(found.centre)}, the mean of all. Solid: both rate the same. Dashed: they part.",
    )
    alt = (
        f"Contours of “{found.outcome}” over {surface.n} sessions. Where both rate alike: slope"
        f" {number(surface.a1.b, 2)}, curvature {number(surface.a2.b, 2)}. Where they part: slope"
        f" {number(surface.a3.b, 2)}, curvature {number(surface.a4.b, 2)}."
    )
    lines = (
        ("Both rate higher (a1, slope)", surface.a1),
        ("Both rate far from the mean (a2, curvature)", surface.a2),
        (f"{truth} rates higher than {judge} (a3, slope)", surface.a3),
        ("The two part, whoever is higher (a4, curvature)", surface.a4),
    )
    columns = [
        Column(name=[""], width=2.8),
        Column(name=["Change"], align="right"),
        Column(name=["95 % interval"], align="right", width=1.8),
        Column(name=["df"], align="right", width=0.6),
        Column(name=[P], align="right", width=0.7),
    ]
    table = Table(
        caption=[f"Change of “{found.outcome}” per unit of the scale, for curvature per unit squared."],
        columns=columns,
        rows=[[[sentence_case(name)], *_numbers(each)] for name, each in lines],
    )
    return Section(
        heading=f"Does “{found.outcome}” depend on whether they agree?",
        blocks=[
            Paragraph(_verdict(found)),
            Picture(svg=figures.render(figure, "svg"), caption=caption, alt=alt, narrow=True),
            table,
            Paragraph(
                say(
                    f"Six coefficients from {surface.n} sessions: read the intervals."
                    f" {_say_whose(surface.clusters)}"
                    " Response surface: Edwards and Parry (1993, doi 10.2307/256822)."
                ),
                quiet=True,
            ),
        ],
    )


def _verdict(found: OutcomeSurface) -> Text:
    bends, explained = found.surface.a4, f"The surface explains {percent(found.surface.r2)} of it."
    if bends.p <= 0.05:
        side = "lower" if bends.b < 0 else "higher"
        said = f"The further the two part, in whichever direction, the {side} it is ("
    else:
        said = f"How far the two part, in whichever direction, says no more of “{found.outcome}” than chance may ("
    return say(said, "a4, ", P, f" {p_value(bends.p)}). {explained}")


def _numbers(coefficient: Coefficient) -> list[Text]:
    low, high = coefficient.ci95
    digits = 3
    return [
        [number(coefficient.b, digits)],
        [f"{number(low, digits)} to {number(high, digits)}"],
        [number(coefficient.df, 0)],
        [_p(coefficient.p)],
    ]


def _p(p: float) -> str:
    return p_value(p).removeprefix("=\N{NO-BREAK SPACE}")
