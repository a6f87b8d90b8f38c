"""The numbers of one dyad in sentences: what was found, how sure that is, and which p to believe."""

import math

from dialogram.analysis import BootstrappedAgreement, DyadResult
from dialogram.analysis.sentences import can_believe_lag
from dialogram.reports.dyad_report import WithoutDelays
from dialogram.reports.text import (
    SD,
    M,
    P,
    R,
    Span,
    T,
    Text,
    clock,
    digits_of,
    mark,
    number,
    odds,
    p_value,
    percent,
    say,
    sentence_case,
    share,
    the,
)
from dialogram.timeline import Scale

BELIEVED_AT = 0.05
_SAME_LEVEL_SHARE = 0.05


def say_finding(result: DyadResult, scale: Scale) -> str:
    """Say in one sentence how the two go together."""
    if result.n == 0:
        return "The two have no rated moment in common, so nothing can be compared."
    parts = [part for part in (_find_level(result, scale), _find_shape(result), _find_parting(result)) if part]
    joined = ", ".join(parts[:-1]) + (", and " if len(parts) > 1 else "") + parts[-1]
    return sentence_case(joined) + "."


def _find_level(result: DyadResult, scale: Scale) -> str:
    a, b, level = result.a, result.b, result.level
    means = [number(each, digits_of(scale)) for each in (b.mean, a.mean)]
    if level.p_effective <= BELIEVED_AT:
        side = "higher" if level.difference > 0 else "lower"
        return f"{the(b.name)} rated the session {side} than {the(a.name)} ({means[0]} against {means[1]})"
    if abs(level.difference) <= _SAME_LEVEL_SHARE * scale.range:
        return f"{the(a.name)} and {the(b.name)} rated the session at about the same level"
    both = f"{the(b.name)}’s mean of {means[0]} and {the(a.name)}’s of {means[1]}"
    if math.isnan(level.t_effective):
        return f"{both} cannot be tested"
    return f"{both} differ no more than chance may give"


def _find_shape(result: DyadResult) -> str:
    r, p = result.shape.r, result.shape.p_swings
    if math.isnan(r) or math.isnan(p):
        return ""
    if p > BELIEVED_AT:
        return "their ups and downs go together no more than chance may give"
    return "they rise and fall together" if r > 0 else "one falls where the other rises"


def _find_parting(result: DyadResult) -> str:
    found = [one for one in result.discrepancies if not one.relative]
    if not found:
        return "they part nowhere for long"
    opposite = sum("_helpful" in one.kind for one in found)
    times = say_times(len(found))
    if not opposite:
        return f"they part {times}"
    among = "" if len(found) == 1 else " one of them" if opposite == 1 else f" {opposite} of them"
    return f"they part {times},{among} in opposite directions"


def say_times(count: int) -> str:
    """Say how often."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def say_level(result: DyadResult, scale: Scale) -> list[Text]:
    """Say whether one rated higher."""
    a, b, level = result.a, result.b, result.level
    if math.isnan(level.difference):
        return [["There is no moment that both rated."]]
    digits = digits_of(scale) + 1
    means = say(
        M, f" = {number(b.mean, digits)}, ", SD, f" = {number(b.sd, digits)} against ",
        M, f" = {number(a.mean, digits)}, ", SD, f" = {number(a.sd, digits)}",
    )  # fmt: skip
    if abs(level.difference) < 0.5 * 10**-digits:
        first = f"On average {the(a.name)} and {the(b.name)} rated the same ("
    else:
        side = "higher" if level.difference > 0 else "lower"
        first = (
            f"On average {the(b.name)} rated {number(abs(level.difference), digits)} points {side} than {the(a.name)} ("
        )
    told: list[Text] = [[first, *means, ")."]]
    if math.isnan(level.t):
        return [*told, ["There is no test of it: the difference does not vary, or there is but one moment."]]
    usual = say(
        "As such numbers are usually published, every bin taken for an observation of its own: ",
        T, f"({level.df}) = {number(level.t, 2)}, ", P, f" {p_value(level.p)}, ",
        Span("d", "italic"), f" = {number(level.d, 2)}.",
    )  # fmt: skip
    if math.isnan(level.n_effective):
        return [*told, [*usual, " These ratings are too short to say how many independent moments they are worth."]]
    if math.isnan(level.t_effective):
        untold = " But a moment is much like the one before, and these swing to and fro too evenly to say how many"
        return [
            *told,
            [
                *usual,
                untold,
                " independent ones they are worth: one session cannot tell whether this is more than chance gives.",
            ],
        ]
    if level.p_effective <= BELIEVED_AT:
        verdict = say(
            Span("Do not lean on this one either.", "strong"),
            " Of smooth ratings that differ by chance alone it still calls 22 in 100 different at .05: one session"
            " cannot tell whether such a difference is more than chance gives.",
        )
    else:
        verdict = say(
            "Even this p is too small too often, and yet it is not small. ",
            Span("Believe this one: the difference is no more than chance may give.", "strong"),
        )
    honest = say(
        f" But a moment is much like the one before: the {result.n} bins are worth about"
        f" {number(level.n_effective, 0)} independent ones. With those, ",
        T, f"({number(level.n_effective - 1, 0)}) = {number(level.t_effective, 2)}, ",
        P, f" {p_value(level.p_effective)}. ",
    )  # fmt: skip
    return [*told, [*usual, *honest, *verdict]]


def say_shape(result: DyadResult) -> list[Text]:
    """Say whether the two move together."""
    shape = result.shape
    if math.isnan(shape.r):
        return [["There is no correlation: one of the two does not vary, or they hardly overlap."]]
    low, high = shape.ci95_effective
    interval = (
        ""
        if math.isnan(low)
        else f", 95\N{NO-BREAK SPACE}% interval {share(low)} to {share(high)} from the effective size"
    )
    return [
        say(
            "Over the session the two ratings correlate ",
            R,
            f" = {share(shape.r)}{interval} (by ranks {share(shape.spearman)})."
            " Whether that is more than chance is answered in five ways:",
        )
    ]


def say_which_p(result: DyadResult) -> list[Text]:
    """Say in plain words which p to believe."""
    shape = result.shape
    if math.isnan(shape.r):
        return []
    caution = (
        "Why not the usual one? Because it takes every bin for news, and a hand that rests repeats itself. Given"
        " couples who never met, it calls 56 in 100 of them related at .05; the last test calls 5."
    )
    if math.isnan(shape.p_swings):
        return [
            [
                Span("Believe none of these.", "strong"),
                " The ratings are too short for the test that stays honest. ",
                caution,
            ]
        ]
    if shape.p_swings <= BELIEVED_AT:
        verdict = " Ratings as smooth as these seldom go together as much by chance: there is a common course. "
    else:
        verdict = (
            " Ratings as smooth as these often go together as much by chance. That does not show that they have nothing"
            " in common; one session may be too short to tell. "
        )
    return [
        [
            Span("Believe the last: ", "strong"),
            Span("p", "italic"),
            Span(f" {p_value(shape.p_swings)}.", "strong"),
            verdict,
            caution,
        ]
    ]


def say_without_warm_up(result: DyadResult) -> list[Text]:
    """Say whether the correlation hangs on the first of the session."""
    without = result.without_warm_up
    if without.left_out_s == 0 or math.isnan(without.r):
        return []
    return [
        say(
            f"Without the first {without.left_out_s:g} s, in which a hand looks for its place: ",
            R,
            f" = {share(without.r)}, ",
            P,
            f" {p_value(without.p_swings)} (signs of swings), and a difference in level of"
            f" {number(without.difference, 1)} instead of {number(result.level.difference, 1)}.",
        )
    ]


def say_lag(result: DyadResult) -> list[Text]:
    """Say who follows whom."""
    lag = result.lag
    if math.isnan(lag.r):
        return [["No lag can be told from these ratings."]]
    if lag.seconds == 0:
        where = "without one"
    else:
        first, second = (result.a, result.b) if lag.seconds > 0 else (result.b, result.a)
        where = f"with {the(second.name)} {abs(lag.seconds):g} s behind {the(first.name)}"
    found = say(
        f"Lags up to {lag.window_s:g} s either way were tried; the two go together best {where}, ",
        R,
        f" = {share(lag.r)}.",
    )
    if math.isnan(lag.p_shift):
        return [[*found, " The ratings are too short to say how often chance finds as much."]]
    by_chance = say(
        f" Unrelated ratings, each allowed its own best lag, do as well {odds(lag.p_shift)} (",
        P,
        f" {p_value(lag.p_shift)}).",
    )
    if not can_believe_lag(result):
        by_chance = [*by_chance, " Do not believe this one: of so short a recording it is too small too often."]
    return [[*found, *by_chance]]


def say_reaction(result: DyadResult) -> list[Text]:
    """Say who reacts later, where that can be told, and what r is without it."""
    reaction = result.reaction_lag
    low, high = reaction.ci95
    if math.isnan(low) or low <= 0 <= high:
        return []
    first, second = (result.a, result.b) if reaction.seconds > 0 else (result.b, result.a)
    least, most = sorted((abs(low), abs(high)))
    return [
        say(
            f"In what they react to alike, {the(second.name)} is {abs(reaction.seconds):.1f} s later than"
            f" {the(first.name)} (95\N{NO-BREAK SPACE}% {least:.1f} to {most:.1f} s). With that taken out, ",
            R,
            f" = {share(reaction.r_corrected)}.",
        )
    ]


def say_without_delays(result: DyadResult, without: WithoutDelays) -> list[Text]:
    """Say what r is with the hands' own delays taken out, and that nothing else is told so."""
    if math.isnan(without.r):
        return []
    late = f"{the(result.a.name)}’s hand was {without.a_s:.1f} s late in the practice, {the(result.b.name)}’s"
    return [
        [
            f"{sentence_case(late)} {without.b_s:.1f} s. With the hand’s delay taken out of each, ",
            R,
            f" = {share(without.r)}. Everything else is told of the ratings as they were made.",
        ]
    ]


def say_agreement(result: DyadResult, scale: Scale) -> list[Text]:
    """Say whether the two give the same numbers, and if not, what parts them."""
    agreement = result.agreement
    if math.isnan(agreement.rmse):
        return [["There is no moment that both rated."]]
    total = agreement.rmse**2
    if total == 0:
        return [["The two ratings are the same in every bin."]]
    parts = [percent(part / total) for part in (agreement.level_part, agreement.scatter_part, agreement.shape_part)]
    indices = (
        "No index of agreement is defined where neither varies."
        if math.isnan(agreement.ccc)
        else f"In absolute numbers they agree by Lin’s concordance {share(agreement.ccc)} and by ICC(A,1)"
        f" {share(agreement.icc_a1)}, where 1 is the same number at every moment."
    )
    apart = number(agreement.rmse, digits_of(scale) + 1)
    return [
        say(
            f"{indices} They lie {apart} points apart (root mean square). Of the mean square difference, {parts[0]}"
            f" comes from different levels, {parts[1]} from using more or less of the dial, and {parts[2]} from"
            " different courses."
        )
    ]


def say_intervals(agreement: BootstrappedAgreement) -> list[Text]:
    """Say how sure correlation and agreement are."""
    if agreement.note:
        return [[f"There is no interval of these: {agreement.note}."]]
    told = [
        f"{name} {share(each.ci95[0])} to {share(each.ci95[1])}"
        for name, each in (("correlation", agreement.r), ("concordance", agreement.ccc), ("ICC", agreement.icc_a1))
        if not math.isnan(each.ci95[0])
    ]
    drawn = (
        f"95\N{NO-BREAK SPACE}% intervals, from sessions put together anew of stretches of {agreement.block_s:.3g} s"
    )
    return [[f"{drawn}: {', '.join(told)}."]]


def say_states(result: DyadResult, scale: Scale) -> list[Text]:
    """Say how long the two were in the same state."""
    states = result.states
    total = sum(map(sum, states.table))
    if total == 0:
        return [["There is no moment that both rated."]]
    same = sum(states.table[state][state] for state in range(3))
    low, high = states.band
    told = (
        f"Between {mark(low)} and {mark(high)} a rating counts as {scale.neutral_label}. They were in the same state"
        f" for {clock(same)} of {clock(total)} minutes ({percent(same / total)})"
    )
    if math.isnan(states.kappa):
        return [[told + ". κ is not defined where both stay in one state."]]
    low_kappa, high_kappa = states.kappa_of_shifts
    beside = f"; shifted against each other they give {share(low_kappa)} to {share(high_kappa)} (the middle 95 in 100)"
    if math.isnan(low_kappa):
        beside = ""
    return [[f"{told}. Cohen’s κ, which takes out what chance gives, is {share(states.kappa)}{beside}."]]
