import math

from dialogram import figures
from dialogram.analysis import Coefficient, CohortResult
from dialogram.reports.cohort_guesses import tell_guesses
from dialogram.reports.cohort_outcomes import tell_outcome, tell_whole_rating
from dialogram.reports.cohort_profile import tell_profile
from dialogram.reports.cohort_report import CohortReport
from dialogram.reports.cohort_tables import compare_models, list_coefficients, list_excluded
from dialogram.reports.page import Fact, Page, Paragraph, Picture, Section, Table
from dialogram.reports.text import P, R, Span, Text, number, p_value, say, share, the

type Block = Paragraph | Table | Picture

FEW_DYADS = 10
"""With fewer dyads, how they differ is hardly known."""


_SAMPLED = (
    "dyads of one are alike and are not taken for independent. The models of bias and tracking say how much they"
    " differ; the mean correlation, what it goes with, and what is said of sessions afterwards have errors by whose"
    " they are, however they hang together. With fewer than four degrees of freedom even such a p is too small at"
    " times: read the intervals."
)


def lay_out_cohort(report: CohortReport) -> Page:
    """Put a report on many dyads in order: what was found, the forest, the facts at a glance, then each question."""
    result = report.result
    sections = [
        Section(heading="Do they go together?", blocks=_together(result)),
        Section(heading="More than people who never met?", blocks=[Paragraph(_strangers(result))]),
        Section(heading="How much higher, and how closely?", blocks=_truth_and_bias(report)),
    ]
    if result.tracking_profile:
        sections.append(tell_profile(result.tracking_profile))
    if result.moderated_iid is not None and result.moderated_ar1 is not None:
        sections.append(Section(heading="What it goes with", blocks=_moderators(result)))
    if result.whole_rating is not None:
        sections.append(tell_whole_rating(report, result.whole_rating))
    if result.outcome_surface is not None:
        sections.append(tell_outcome(report, result.outcome_surface))
    if report.guesses is not None:
        sections.append(tell_guesses(report.guesses))
    sections.append(Section(heading="Which p to believe", blocks=[Paragraph(each) for each in _which_p(result)]))
    if result.unanswered:
        sections.append(
            Section(heading="What cannot be said", blocks=[Paragraph([f"{each}."]) for each in result.unanswered])
        )
    sections.append(Section(heading="Who is left out", blocks=_left_out(result)))
    sections.append(Section(heading="Methods", blocks=[Paragraph(_methods(result), quiet=True)]))
    return Page(
        title=report.title or f"Congruence in {result.dyads} dyads",
        subtitle=report.subtitle,
        finding=_finding(report),
        opening=_forest(result),
        facts=_facts(report),
        sections=sections,
        foot=f"Dialogram {result.software.version}",
        colours=figures.colours_of(report.truth, report.judge),
    )


def _finding(report: CohortReport) -> str:
    meta, against = report.result.meta, report.result.pseudo_dyads
    if meta is None:
        return "Too few dyads are worth enough independent moments to say how they go together on average."
    low, high = (math.tanh(end) for end in meta.prediction95)
    told = (
        f"On average {the(report.judge)} and {the(report.truth)} correlate {share(meta.r)}; of 100 further dyads some"
        f" 95 would have between {share(low)} and {share(high)}"
    )
    if against is None or math.isnan(against.p):
        return told + "."
    if against.p > 0.05:
        return told + ". That is no more than people who never met may have in common."
    side = "more" if against.difference > 0 else "less"
    return f"{told}. They have {side} in common than people who never met."


def _forest(result: CohortResult) -> list[Block]:
    if result.meta is None:
        return []
    caption = say(
        Span("Figure 1. ", "strong"),
        "The correlation of each dyad with its 95 % interval, from as many pairs as the dyad is worth, not from its"
        " bins. The larger a square, the more it counts. Below, their mean, and between what 95 of 100 further dyads"
        " would lie. A hollow square is not in the mean.",
    )
    meta = result.meta
    lowest, highest = (f(result.per_dyad, key=lambda each: each.z) for f in (min, max))
    low, high = (share(math.tanh(end)) for end in meta.ci95)
    alt = (
        f"A forest plot of {len(result.per_dyad)} dyads from r = {share(lowest.r)} ({lowest.dyad}) to"
        f" {share(highest.r)} ({highest.dyad}); mean {share(meta.r)}, 95 % interval {low} to {high}."
    )
    return [Picture(svg=figures.render(figures.draw_forest(result.per_dyad, meta), "svg"), caption=caption, alt=alt)]


def _facts(report: CohortReport) -> list[Fact]:
    result = report.result
    out = len({each.dyad for each in result.excluded})
    facts = [
        Fact(
            label="Dyads",
            value=str(result.dyads),
            words=[f"{out} left out, in whole or part" if out else "none left out"],
        )
    ]
    if result.meta is not None:
        facts.append(
            Fact(
                label="Correlation",
                value=f"r = {share(result.meta.r)}",
                words=[f"95 % interval {_interval_r(result.meta.ci95)}"],
            )
        )
    facts.append(
        Fact(
            label="Tracking",
            value=number(result.iid.tracking.b, 2),
            words=[f"over the session; {number(result.ar1.tracking.b, 2)} at once"],
        )
    )
    facts.append(
        Fact(
            label="Bias",
            value=number(result.iid.bias.b, 2),
            words=[f"units {the(report.judge)} rates higher; {_interval(result.iid.bias)}"],
        )
    )
    return facts


def _together(result: CohortResult) -> list[Block]:
    meta = result.meta
    if meta is None:
        return [Paragraph(["Fewer than two dyads are worth six independent pairs; there is no mean to tell."])]
    low, high = meta.prediction95
    return [
        Paragraph(
            say(
                f"{meta.k} dyads, each counted by its effective number of pairs: mean ",
                R,
                f" = {share(meta.r)} (95 % interval {_interval_r(meta.ci95)}), ",
                Span("t", "italic"),
                f"({number(meta.df, 0 if meta.clusters is None else 1)})"
                f" = {number(meta.z / meta.se, 2) if meta.se > 0 else '–'}, ",
                P,
                f" {p_value(meta.p)}.",
            )
        ),
        Paragraph(
            say(
                f"Dyads differ: {number(meta.i2, 0)}\N{NO-BREAK SPACE}% of what their correlations vary by is not"
                f" sampling error (τ² = {share(meta.tau2, 3)}, ",
                Span("Q", "italic"),
                f" = {number(meta.q, 1)}, ",
                P,
                f" {p_value(meta.q_p)}). The interval of the mean does not say that. In 95 of 100 further dyads ",
                R,
                f" would lie between {share(math.tanh(low))} and {share(math.tanh(high))}.",
            )
            if meta.tau2 > 0
            else ["Dyads differ no more than sampling error lets them."]
        ),
    ]


def _strangers(result: CohortResult) -> Text:
    against = result.pseudo_dyads
    if against is None:
        return ["Nobody could be set against strangers: see what cannot be said, below."]
    return say(
        f"Each judge was set against the truths of others, {against.pseudo} pairs who never met: ",
        R,
        f" = {share(math.tanh(against.z_pseudo))}, against {share(math.tanh(against.z_real))} in the dyads. The"
        f" difference in Fisher’s z is {number(against.difference, 2)} (95 % interval {number(against.ci95[0], 2)} to"
        f" {number(against.ci95[1], 2)}), ",
        P,
        f" {p_value(against.p)}. What all sessions share, a slow start or a warm end, is in both and falls out.",
    )


def _truth_and_bias(report: CohortReport) -> list[Block]:
    result = report.result
    judge, truth = the(report.judge), the(report.truth)
    fit = result.iid
    marked = [line.dyad for line in fit.lines if not 1 / figures.FAR < line.sd_ratio < figures.FAR]
    caption = say(
        Span("Figure 2. ", "strong"),
        f"Bias and tracking of each dyad, over the whole session. Right of the dotted line {judge} moves as {truth}"
        f" does; above the other, {judge} rates higher.",
    )
    alt = (
        f"A mark for each of {fit.dyads} dyads: tracking from {number(min(line.tracking for line in fit.lines), 2)} to"
        f" {number(max(line.tracking for line in fit.lines), 2)}, bias from"
        f" {number(min(line.bias for line in fit.lines), 2)} to {number(max(line.bias for line in fit.lines), 2)}."
    )
    figure = figures.draw_tracking(fit, width_mm=figures.DOUBLE_COLUMN_MM, height_mm=112.0)
    blocks: list[Block] = [
        compare_models(result),
        Paragraph(
            say(
                "The two slopes answer two questions. Over the session: does one follow the other’s whole course, slow"
                " swells most of all? At once: does one move in the very moment the other does? Somebody who shows ten"
                " seconds later what was noticed tracks well by the first and hardly by the second. Neither corrects"
                " the other."
            )
        ),
        Picture(svg=figures.render(figure, "svg"), caption=caption, alt=alt),
    ]
    if marked:
        verb = "one dyad" if len(marked) == 1 else f"{len(marked)} dyads"
        blocks.append(
            Paragraph(
                say(
                    f"A slope is the correlation times the ratio of spreads. In {verb} (◆ and ■) one of the two turned"
                    f" the dial at least {figures.FAR:g} times as far as the other: compare correlations there, or read"
                    " the slope in units of SD."
                )
            )
        )
    return blocks


def _moderators(result: CohortResult) -> list[Block]:
    assert result.moderated_iid is not None
    assert result.moderated_ar1 is not None
    blocks: list[Block] = []
    if result.meta_regression is not None:
        blocks.append(
            list_coefficients(
                result.meta_regression.coefficients[1:],
                None,
                caption="Change of Fisher’s z per unit of the moderator.",
            )
        )
    for fit, when in ((result.moderated_iid, "over the session"), (result.moderated_ar1, "at once")):
        blocks.append(
            list_coefficients(
                fit.moderators,
                fit.bootstrap,
                caption=f"Change of bias and of tracking {when}, per unit of the moderator.",
            )
        )
    tested = sum(len(fit.moderators) for fit in (result.moderated_iid, result.moderated_ar1)) + (
        len(result.meta_regression.coefficients) - 1 if result.meta_regression else 0
    )
    blocks.append(
        Paragraph(
            say(
                f"These are {tested} tests. Of twenty, one falls below .05 by chance alone: the one that was planned"
                " counts."
            ),
            quiet=True,
        )
    )
    return blocks


def _which_p(result: CohortResult) -> list[Text]:
    told: list[Text] = []
    if result.pseudo_dyads is not None and result.meta is not None:
        told.append(
            say(
                Span("Whether dyads go together: ", "strong"),
                "believe the comparison with people who never met, ",
                P,
                f" {p_value(result.pseudo_dyads.p)}. It stays honest where all sessions take the same course. The ",
                P,
                " of the mean correlation, ",
                P,
                f" {p_value(result.meta.p)}, is honest where they do not.",
            )
        )
    told.append(
        say(
            Span("How much and how closely: ", "strong"),
            "dyads are what was sampled, not bins. Believe the ",
            P,
            " of Student’s ",
            Span("t", "italic"),
            " with Satterthwaite’s degrees of freedom"
            f" ({number(result.iid.tracking.df, 0)} for tracking), never one from the normal distribution and never one"
            f" that counts the {result.iid.n} bins.{_which_interval(result)}",
        )
    )
    if result.units.what != "dyads":
        told.append(say(Span(f"{result.units.count} {result.units.what}, {result.dyads} dyads: ", "strong"), _SAMPLED))
    if result.dyads < FEW_DYADS:
        told.append(
            say(
                Span("Few dyads. ", "strong"),
                f"With {result.dyads}, how dyads differ is hardly known, and every ",
                P,
                " leans on it: read the intervals.",
            )
        )
    return told


def _which_interval(result: CohortResult) -> str:
    if result.iid.bootstrap is None:
        return ""
    return (
        f" Where the interval by resampling {result.iid.bootstrap.drawn} is wider, believe that one: it assumes"
        " no normal distribution of dyads."
    )


def _left_out(result: CohortResult) -> list[Block]:
    return [list_excluded(result)] if result.excluded else [Paragraph(["No dyad."])]


def _methods(result: CohortResult) -> Text:
    fit = result.iid
    levels = " within ".join(
        ["dyads", *(["clients"] if fit.between_clients else []), *(["therapists"] if fit.between_therapists else [])]
    )
    clustered = (
        f" Errors by {result.units.what}, elsewhere than in that model: CR2 with Satterthwaite’s degrees of freedom"
        " (Pustejovsky and Tipton 2018, doi 10.1080/07350015.2016.1247004)."
        if result.units.what != "dyads"
        else ""
    )
    return say(
        "Correlations by Fisher’s z, variance 1/(N* − 3) with N* after Pyper and Peterman (1998, doi 10.1139/f98-104);"
        " random effects by restricted maximum likelihood (Viechtbauer 2005, doi 10.3102/10769986030003261), tested"
        " after Knapp and Hartung (2003, doi 10.1002/sim.1482), with the prediction interval of Higgins, Thompson and"
        " Spiegelhalter (2009, doi 10.1111/j.1467-985X.2008.00552.x). Pseudo-dyads after Bernieri and Rosenthal (1991),"
        " tested by a jackknife over persons. Truth and Bias after West and Kenny (2011, doi 10.1037/a0022936): a mixed"
        f" model with random bias and tracking over {levels}, by restricted maximum likelihood, residuals of a bin for"
        f" themselves or autoregressive (ρ = {share(result.ar1.rho)} over {result.ar1.step_s:g} s); restricted"
        f" log-likelihoods {number(result.iid.loglik, 1)} and {number(result.ar1.loglik, 1)}."
        f"{clustered}{_drawing(result)} Made with Dialogram {result.software.version} by the rules"
        f" {' and '.join(sorted(result.software.rules.values()))}."
    )


def _drawing(result: CohortResult) -> str:
    drawn = result.iid.bootstrap
    if drawn is None:
        return ""
    return (
        f" By resampling: {drawn.units} {drawn.drawn} drawn anew {drawn.replicates} times from seed {drawn.seed},"
        " studentised, standard errors after Liang and Zeger (1986, doi 10.1093/biomet/73.1.13); Cameron, Gelbach and"
        " Miller (2008, doi 10.1162/rest.90.3.414)."
    )


def _interval_r(ends: tuple[float, float]) -> str:
    return f"{share(math.tanh(ends[0]))} to {share(math.tanh(ends[1]))}"


def _interval(coefficient: Coefficient) -> str:
    low, high = coefficient.ci95
    return f"95 % interval {number(low, 2)} to {number(high, 2)}"
