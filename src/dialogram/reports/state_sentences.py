"""States in a report: in how many bouts, and what one saw of the other's."""

import math

from dialogram.analysis import DyadResult, StateDetection
from dialogram.reports.sentences import say_times
from dialogram.reports.text import P, Span, Text, clock, number, p_value, sentence_case, the
from dialogram.timeline import Scale


def say_bouts(result: DyadResult, scale: Scale) -> list[Text]:
    """Say how often each was beyond neutral, and for how long."""
    told = []
    for name, bouts in ((result.a.name, result.bouts.a), (result.b.name, result.bouts.b)):
        parts = [
            f"{word} {say_times(stay.bouts)} (median {clock(stay.median_s)}, longest {clock(stay.longest_s)})"
            for word, stay in ((scale.high_label, bouts.helpful), (scale.low_label, bouts.hindering))
            if stay.bouts
        ]
        told.append(
            f"{the(name)} went {' and '.join(parts)}" if parts else f"{the(name)} never left {scale.neutral_label}"
        )
    return [[f"{sentence_case('; '.join(told))}."]]


def say_detection(result: DyadResult, scale: Scale) -> list[Text]:
    """Say how many of a's helpful and hindering moments b saw."""
    seen = result.detection
    told = [
        text
        for one, word in ((seen.helpful, scale.high_label), (seen.hindering, scale.low_label))
        for text in _say_seen(one, word, result)
    ]
    if not told:
        return [[f"{sentence_case(the(result.a.name))} had no moment beyond {scale.neutral_label}."]]
    rule = f"Seen is what the other rated so too, at most {seen.tolerance_s:g} s off; chance is one rating shifted."
    return [[*(part for text in told for part in text), rule]]


def _say_seen(one: StateDetection, word: str, result: DyadResult) -> list[Text]:
    moments, seconds = one.moments, one.seconds
    count = moments.hits + moments.misses
    if not count:
        return []
    a, b = the(result.a.name), the(result.b.name)
    parts: list[str | Span] = [f"Of {a}’s {count:.0f} {word} moment{'s' * (count > 1)} {b} saw {moments.hits:.0f}"]
    if not math.isnan(moments.p_shift):
        parts += [f", by chance {number(moments.hits_by_chance, 1)} (", P, f" {p_value(moments.p_shift)})"]
    if not math.isnan(seconds.p_shift):
        chance = number(seconds.d_prime_by_chance, 2)
        parts += [f"; second by second, d′ = {number(seconds.d_prime, 2)}, by chance {chance} ("]
        parts += [P, f" {p_value(seconds.p_shift)})"]
    return [[*parts, ". "]]
