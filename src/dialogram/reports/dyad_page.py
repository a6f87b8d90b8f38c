import math

import numpy as np

from dialogram import figures
from dialogram.analysis import DyadResult
from dialogram.reports.dyad_pictures import (
    picture_detection,
    picture_difference,
    picture_lags,
    picture_session,
    picture_states,
    picture_windows,
)
from dialogram.reports.dyad_report import DyadReport, Guess, Moment
from dialogram.reports.dyad_tables import (
    compare_nulls,
    compare_ratings,
    describe_traces,
    list_cards,
    list_discrepancies,
    list_moments,
    list_quality,
)
from dialogram.reports.dynamics_sentences import say_coherence, say_windows
from dialogram.reports.page import Fact, Page, Paragraph, Picture, Section, Table
from dialogram.reports.sentences import (
    BELIEVED_AT,
    say_agreement,
    say_finding,
    say_intervals,
    say_lag,
    say_level,
    say_reaction,
    say_shape,
    say_states,
    say_times,
    say_which_p,
    say_without_delays,
    say_without_warm_up,
)
from dialogram.reports.state_sentences import say_bouts, say_detection
from dialogram.reports.text import (
    P,
    Span,
    Text,
    Tone,
    clock,
    digits_of,
    mark,
    number,
    odds,
    p_value,
    say,
    sentence_case,
    share,
    stretch,
    the,
)

type Block = Paragraph | Table | Picture


def lay_out(report: DyadReport) -> Page:
    """Put a dyad report in order: what was found, the figure, the facts at a glance, then each topic."""
    result, scale = report.result, report.a.scale
    moments = report.moments
    sections = [
        Section(heading="Level", blocks=_level(report)),
        Section(heading="Shape", blocks=_shape(result)),
        Section(heading="Lag", blocks=_lag(report)),
        *_course(report),
        Section(heading="Agreement", blocks=_agreement(report)),
        Section(heading="States", blocks=_states(report)),
        Section(heading="Highest and lowest moments", blocks=_moments(report, moments)),
        Section(heading="Where they part", blocks=_parting(report)),
    ]
    if report.guess:
        sections.append(Section(heading="The guess", blocks=_guess(report.guess, report)))
    if report.session_ratings:
        sections.append(Section(heading="The session as a whole", blocks=[compare_ratings(report)]))
    course = " and course of the study" if report.order or report.deviations else ""
    sections.append(Section(heading=f"Quality{course}", blocks=_quality(report)))
    sections.append(Section(heading="Methods", blocks=_methods(report)))
    return Page(
        title=report.title
        or f"{sentence_case(the(report.a.name)).removeprefix('The ').capitalize()} and {report.b.name}",
        subtitle=report.subtitle,
        finding=say_finding(result, scale),
        opening=[picture_session(report, moments)],
        facts=_facts(report),
        sections=sections,
        foot=f"Dialogram {result.software.version}",
        colours=figures.colours_of(report.a.name, report.b.name),
    )


def _paragraphs(texts: list[Text]) -> list[Block]:
    return [Paragraph(text) for text in texts]


def _facts(report: DyadReport) -> list[Fact]:
    result = report.result
    if result.n == 0:
        return []
    shape, level = result.shape, result.level
    digits = digits_of(report.a.scale) + 1
    parted = [one for one in result.discrepancies if not one.relative]
    doubt = ", too small too often" if level.p_effective <= BELIEVED_AT else ""
    tested = not math.isnan(level.p_effective)
    level_p = say(P, f" {p_value(level.p_effective)}", doubt) if tested else ["cannot be tested"]
    facts = [
        Fact(
            label="Level",
            value=f"{number(result.a.mean, digits)} and {number(result.b.mean, digits)}",
            words=[f"{result.a.name} and {result.b.name}; ", *level_p],
        ),
        Fact(
            label="Shape",
            value=_statistic("r", shape.r),
            words=say("one of the two does not vary")
            if math.isnan(shape.r)
            else say("believe ", P, f" {p_value(shape.p_swings)}, not the usual ", P, f" {p_value(shape.p)}"),
        ),
        Fact(
            label="They part",
            value=say_times(len(parted)) if parted else "nowhere",
            words=say(f"most at {stretch(parted[0].start_s, parted[0].end_s)}" if parted else "for 10 s or more"),
        ),
    ]
    if report.guess is None:
        words = say(f"on {report.a.scale.low_label} or {report.a.scale.high_label}, beyond chance")
        return [*facts, Fact(label="Same state", value=_statistic("κ", result.states.kappa), words=words)]
    score = report.guess.score
    words = say(P, f" {p_value(score.p)} for as many by chance")
    return [*facts, Fact(label="The guess", value=f"{score.right} of {score.shown} right", words=words)]


def _statistic(letter: str, value: float) -> str:
    return "not defined" if math.isnan(value) else f"{letter} = {share(value)}"


def _level(report: DyadReport) -> list[Block]:
    result, scale = report.result, report.a.scale
    said = _paragraphs(say_level(result, scale))
    if result.n == 0:
        return said
    return [describe_traces(result, scale), *said, picture_difference(report)]


def _shape(result: DyadResult) -> list[Block]:
    if math.isnan(result.shape.r):
        return _paragraphs(say_shape(result))
    said = [*say_which_p(result), *say_without_warm_up(result)]
    return [*_paragraphs(say_shape(result)), compare_nulls(result), *_paragraphs(said)]


def _lag(report: DyadReport) -> list[Block]:
    result, without, dynamics = report.result, report.without_delays, report.dynamics
    said = [] if without is None else say_without_delays(result, without)
    told = _paragraphs([*say_lag(result), *say_reaction(result), *said])
    if dynamics is None or math.isnan(result.lag.r):
        return told
    return [*told, picture_lags(dynamics.lag_curve)]


def _course(report: DyadReport) -> list[Section]:
    """Tell what changes over the session, and in which rhythms the two go together."""
    dynamics, sections = report.dynamics, []
    if dynamics is None or report.result.n == 0:
        return []
    windows = dynamics.windowed
    if windows is not None and not np.isnan(windows.r).all():
        blocks = [*_paragraphs(say_windows(windows)), picture_windows(windows)]
        sections.append(Section(heading="Through the session", blocks=blocks))
    return [*sections, Section(heading="Rhythm", blocks=_paragraphs(say_coherence(dynamics.coherence)))]


def _agreement(report: DyadReport) -> list[Block]:
    drawn = report.resampled
    said = [] if drawn is None or report.result.n == 0 else say_intervals(drawn.agreement)
    return _paragraphs([*say_agreement(report.result, report.a.scale), *said])


def _states(report: DyadReport) -> list[Block]:
    result, scale = report.result, report.a.scale
    if result.n == 0:
        return _paragraphs(say_states(result, scale))
    moments = (result.detection.helpful.moments, result.detection.hindering.moments)
    seen = [picture_detection(report)] if any(each.hits + each.misses for each in moments) else []
    return [
        *_paragraphs(say_states(result, scale)),
        picture_states(result, scale),
        *_paragraphs([*say_bouts(result, scale), *say_detection(result, scale)]),
        *seen,
    ]


def _moments(report: DyadReport, moments: tuple[tuple[Moment, ...], tuple[Moment, ...]]) -> list[Block]:
    blocks: list[Block] = []
    traces = (report.a, report.b)
    drawn = report.resampled
    chances = (drawn.extremes.a, drawn.extremes.b) if drawn else ((), ())
    for index, (of, picked) in enumerate(
        zip(moments, (report.result.extremes.a, report.result.extremes.b), strict=True)
    ):
        own, other = traces[index], traces[1 - index]
        if of:
            tone: Tone = "a" if index == 0 else "b"
            blocks.append(list_moments(of, own, other, tone=tone, chances=chances[index]))
        blocks += [Paragraph([f"{sentence_case(the(own.name))}: {note}."], quiet=True) for note in picked.notes]
    return blocks


def _parting(report: DyadReport) -> list[Block]:
    result, scale = report.result, report.a.scale
    kinds = {one.relative for one in result.discrepancies}
    if not kinds:
        return [
            Paragraph(
                ["They part nowhere, neither in the ratings as they are nor with each person’s own mean taken out."]
            )
        ]
    total_s = sum(one.end_s - one.start_s for one in result.discrepancies if not one.relative)
    blocks: list[Block] = []
    blocks.append(
        Paragraph(
            say(
                f"Taken together they part for {clock(total_s)} of the {clock(result.n * result.step_s)} minutes that"
                " both rated. Neither is right or wrong: a discrepancy is where it may be worth looking."
            )
        )
    )
    chances = report.resampled.discrepancies if report.resampled else ()
    blocks += [
        list_discrepancies(result, scale, relative=relative, chances=chances)
        for relative in (False, True)
        if relative in kinds
    ]
    return blocks


def _guess(guess: Guess, report: DyadReport) -> list[Block]:
    score = guess.score
    if score.chance == "hypergeometric":
        told = f"told that {score.helpful} of the {score.shown} are {report.a.scale.high_label}"
    else:
        told = "not told how many are which"
    guesser, rater = the(guess.guesser), the(guess.rater)
    text = say(
        f"Not knowing which is which, {guesser} sorted {score.shown} segments of {rater} and got {score.right} right."
        f" Somebody who only guesses, {told}, gets {score.right} or more right {odds(score.p)} (",
        P,
        f" {p_value(score.p)}, exact).",
    )
    blocks: list[Block] = [Paragraph(text)]
    views = [card.own for card in guess.cards if card.own]
    if views:
        overlaps = sum(view.own_kind is not None for view in views)
        blocks.append(
            Paragraph(
                say(
                    f"{overlaps} of them overlap a segment that is among {guesser}’s own highest or lowest: where the"
                    " two views meet, a right guess may be the guesser’s own view repeated."
                )
            )
        )
    if guess.cards:
        blocks.append(list_cards(guess, report.a.scale))
    return blocks


def _quality(report: DyadReport) -> list[Block]:
    blocks: list[Block] = [list_quality(report.result)]
    blocks += [Paragraph([note]) for note in report.result.notes]
    if report.order:
        blocks.append(Paragraph([Span("Order. ", "strong"), report.order]))
    blocks += [Paragraph([Span("Otherwise than planned. ", "strong"), deviation]) for deviation in report.deviations]
    return blocks


def _methods(report: DyadReport) -> list[Block]:
    result = report.result
    picked = result.extremes.a.rule
    drawn = report.resampled
    rules = sorted([*result.software.rules.values(), *(drawn.rules.values() if drawn else ())])
    resampling = (
        " Intervals of agreement by circular blocks (Politis and Romano 1992); extremes against surrogates with random"
        " phases (Theiler et al. 1992, doi 10.1016/0167-2789(92)90102-S), discrepancies against the heaviest under"
        f" circular shifts; seed {drawn.seed}."
        if drawn
        else ""
    )
    low, high = result.states.band
    return [
        Paragraph(
            say(
                f"Each rating is a series of bins of {result.step_s:g} s, {result.n} of which both have, every bin the"
                " time-weighted mean of the dial; missing bins stay missing. Extremes by rule"
                f" {picked.name}: windows of {picked.window_s:g} s, up to {picked.per_kind} of each kind, at least"
                f" {picked.same_kind_gap_s:g} s apart within a kind, none in the first {picked.warm_up_s:g} s, each"
                f" rated for {picked.least_coverage:.0%} of it or more. Neutral is {mark(low)} to {mark(high)}."
                " Effective sizes after Bayley and Hammersley (1946, doi 10.2307/2983560) for the level and Pyper and"
                " Peterman (1998, doi 10.1139/f98-104) for the correlation; truncated shifts after Yuan and Shou (2024,"
                " doi 10.1371/journal.pbio.3002758); signs of swings after Hemerik and Goeman (2018, doi"
                " 10.1007/s11749-017-0571-1); concordance after Lin (1989, doi"
                " 10.2307/2532051); windows after Boker, Xu, Rotondo and King (2002, doi 10.1037/1082-989X.7.3.338);"
                " coherence after Sadler, Ethier, Gunn, Duong and Woody (2009, doi 10.1037/a0016232); κ after Cohen"
                " (1960, doi 10.1177/001316446002000104); the procedure after Swift, Tompkins and Parkin (2017, doi"
                f" 10.1002/jclp.22531); d′ after Hautus (1995, doi 10.3758/BF03203619).{resampling} Made by the rules"
                f" {', '.join(rules[:-1])} and {rules[-1]}."
            ),
            quiet=True,
        ),
    ]
