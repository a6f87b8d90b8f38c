"""The numbers of one dyad in plain words."""

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialogram.analysis.dyad import DyadResult
    from dialogram.analysis.shape import Shape

LEAST_WINDOWS = 20
"""So many windows of lags must lie side by side in a recording before the p of a lag can reach .05 honestly."""


def say_congruence(result: "DyadResult") -> list[str]:
    """Level, shape, lag and reaction in a sentence each, and which p to believe."""
    return [
        sentence
        for sentence in (_say_level(result), _say_shape(result), _say_lag(result), _say_reaction(result))
        if sentence
    ] + [say_which_p(result.shape)]


def say_which_p(shape: "Shape") -> str:
    """Say which of the p of a correlation to believe, and what it says."""
    if math.isnan(shape.r):
        return "There is no correlation to believe: a trace does not vary, or the two hardly overlap."
    if math.isnan(shape.p_swings):
        return "Believe none of these p: the traces are too short for the test that stays honest under drift."
    verdict = "more than chance gives" if shape.p_swings <= 0.05 else "no more than chance may give"
    return (
        f"Believe p_swings = {shape.p_swings:.3f} ({verdict}): it stays honest when both traces are smooth and drift,"
        f" and has power when one rater is a few seconds late. {_say_others(shape)} The usual p"
        f" ({say_p(shape.p)}) takes every bin for an independent observation: it is printed as others publish it, and"
        " must not be believed."
    )


def say_p(p: float) -> str:
    """Write a p as a reader expects it: ``p = .034``, ``p < .001``."""
    if math.isnan(p):
        return "p not defined"
    return "p < .001" if p < 0.001 else f"p = {p:.3f}".replace("0.", ".", 1)


def _say_others(shape: "Shape") -> str:
    defined = [
        f"{name} = {p:.3f}"
        for name, p in (("p_shift", shape.p_shift), ("p_effective", shape.p_effective))
        if not math.isnan(p)
    ]
    if not defined:
        return "No other honest p is defined here."
    return f"{' and '.join(defined)} {'are' if len(defined) > 1 else 'is'} honest only without drift."


def _say_level(result: "DyadResult") -> str:
    a, b, level = result.a, result.b, result.level
    if math.isnan(level.difference):
        return ""
    means = f"M {b.mean:.2f}, SD {b.sd:.2f} against M {a.mean:.2f}, SD {a.sd:.2f}"
    bins = f"over {result.n} bins of {result.step_s:g} s"
    if level.difference == 0:
        return f"{b.name} and {a.name} rate the same on average ({means}, {bins})."
    side = "higher" if level.difference > 0 else "lower"
    sentence = f"{b.name} rates {abs(level.difference):.2f} {side} than {a.name} on average ({means}, {bins})"
    if math.isnan(level.t_effective):
        return sentence + "."
    verdict = "which is still too small too often" if level.p_effective <= 0.05 else "no more than chance may give"
    return (
        f"{sentence}; for this difference they are worth about {level.n_effective:.0f} independent ones,"
        f" {say_p(level.p_effective)}, {verdict}."
    )


def _say_shape(result: "DyadResult") -> str:
    shape = result.shape
    if math.isnan(shape.r):
        return ""
    return f"The two correlate r = {shape.r:.2f}, which rests on about {shape.n_effective:.0f} independent pairs."


def can_believe_lag(result: "DyadResult") -> bool:
    """Whether the recording is long enough for the p of its lag to keep its level."""
    return math.isnan(result.lag.p_shift) or result.n * result.step_s >= LEAST_WINDOWS * 2 * result.lag.window_s


def _say_lag(result: "DyadResult") -> str:
    lag = result.lag
    if math.isnan(lag.r):
        return ""
    looked = f"looked at ± {lag.window_s:g} s; {say_p(lag.p_shift)}"
    if not can_believe_lag(result):
        looked += ", not to be believed of so short a recording"
    if lag.seconds == 0:
        return f"They go together best without a lag ({looked})."
    first, second = (result.a, result.b) if lag.seconds > 0 else (result.b, result.a)
    return (
        f"They go together best when {second.name} follows {first.name} by {abs(lag.seconds):g} s, r = {lag.r:.2f}"
        f" ({looked})."
    )


def _say_reaction(result: "DyadResult") -> str:
    reaction = result.reaction_lag
    low, high = reaction.ci95
    if math.isnan(low) or low <= 0 <= high:
        return ""
    first, second = (result.a, result.b) if reaction.seconds > 0 else (result.b, result.a)
    bounds = sorted((abs(low), abs(high)))
    return (
        f"{second.name} answers {abs(reaction.seconds):.1f} s after {first.name} (95 % {bounds[0]:.1f} to"
        f" {bounds[1]:.1f} s); with that taken out r = {reaction.r_corrected:.2f}."
    )
