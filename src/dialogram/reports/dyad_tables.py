"""The tables of a dyad report."""

import math
from collections.abc import Sequence

import numpy as np

from dialogram.analysis import Discrepancy, DiscrepancyChance, DyadResult, ExtremeChance, mean_over
from dialogram.analysis.extremes import Kind
from dialogram.reports.dyad_report import DyadReport, Guess, Moment
from dialogram.reports.page import Column, Table
from dialogram.reports.text import (
    P,
    Span,
    Text,
    Tone,
    clock,
    digits_of,
    mark,
    number,
    p_value,
    percent,
    say,
    sentence_case,
    stretch,
    the,
)
from dialogram.timeline import Scale, Segment, Trace

END_S = 60.0
"""The last part of a trace that stands for how it ended."""
MOST_DISCREPANCIES = 12
MOST_RELATIVE = 6
_SIGNS: dict[Kind, str] = {"helpful": "▲", "hindering": "▼"}


def describe_traces(result: DyadResult, scale: Scale) -> Table:
    """Put both ratings side by side in numbers."""
    columns = [
        Column(name=["Rater"], width=1.5),
        Column(name=[Span("M", "italic")], align="right"),
        Column(name=[Span("SD", "italic")], align="right"),
        Column(name=["Lowest"], align="right"),
        Column(name=["Highest"], align="right"),
        Column(name=[sentence_case(scale.low_label)], align="right", width=1.2),
        Column(name=[sentence_case(scale.neutral_label)], align="right", width=1.2),
        Column(name=[sentence_case(scale.high_label)], align="right", width=1.2),
    ]
    rows: list[list[Text]] = []
    for trace, tone in _both(result.a, result.b):
        numbers = [trace.mean, trace.sd, trace.min, trace.max]
        shares = [trace.share_hindering, trace.share_neutral, trace.share_helpful]
        name: Text = [Span(sentence_case(trace.name), tone)]
        rows.append(
            [name, *([number(each, digits_of(scale) + 1)] for each in numbers), *([percent(each)] for each in shares)]
        )
    return Table(caption=["Both ratings in numbers; shares are of the time both rated."], columns=columns, rows=rows)


def compare_nulls(result: DyadResult) -> Table:
    """Put the five p of the correlation side by side."""
    shape = result.shape
    pairs = "–" if math.isnan(shape.n_effective) else number(shape.n_effective, 0)
    rows: list[list[Text]] = [
        [["Usual"], [f"{result.n} bins, taken as independent"], [_bare_p(shape.p)], ["as others publish it"]],
        [["Effective size"], [f"{pairs} independent pairs"], [_bare_p(shape.p_effective)], ["honest without drift"]],
        [["Circular shifts"], [f"all {shape.shifts} shifts"], [_bare_p(shape.p_shift)], ["honest without drift"]],
        [
            ["Truncated shifts"],
            ["the middle of one against the other"],
            [_bare_p(shape.p_truncated)],
            ["drift, neither late"],
        ],
        [
            [Span("Signs of swings", "strong")],
            ["4,096 patterns of their signs"],
            [Span(_bare_p(shape.p_swings), "strong")],
            ["drift, and one late"],
        ],
    ]
    columns = [
        Column(name=["Test"], width=1.4),
        Column(name=["Rests on"], width=2.4),
        Column(name=[P], align="right", width=0.8),
        Column(name=["Good for"], width=1.8),
    ]
    return Table(caption=["Five answers to whether the correlation is more than chance."], columns=columns, rows=rows)


def list_moments(
    moments: Sequence[Moment], own: Trace, other: Trace, *, tone: Tone, chances: Sequence[ExtremeChance] = ()
) -> Table:
    """List the highest and lowest rated segments of one rater, with her words, and whether they stand out."""
    described = any(moment.description or moment.remarks for moment in moments)
    chance_of = {(each.kind, each.start_s): each for each in chances}
    standing = [Column(name=["95\N{NO-BREAK SPACE}%"], width=1.0), Column(name=[P], align="right", width=0.7)]
    columns = [
        Column(name=["Kind"], width=1.3),
        Column(name=["Minutes"], width=1.3),
        Column(name=["Rated"], align="right", width=0.7),
        *(standing if chances else []),
        Column(name=[sentence_case(other.name)], align="right", width=0.9),
    ]
    if described:
        columns.append(Column(name=["In their words"], width=4.2))
    digits = digits_of(own.scale)
    rows: list[list[Text]] = []
    for moment in moments:
        extreme = moment.extreme
        there, _ = mean_over(other, extreme.segment)
        words_of = (own.scale.high_label, own.scale.low_label)
        word, other_word = words_of if extreme.kind == "helpful" else words_of[::-1]
        kind = f"less {other_word}" if extreme.relative else word
        row: list[Text] = [
            [Span(_SIGNS[extreme.kind], tone), f" {kind}"],
            [stretch(extreme.start_s, extreme.end_s)],
            [number(extreme.mean, digits)],
            *(_stand_out(chance_of.get((extreme.kind, extreme.start_s)), digits) if chances else []),
            [number(there, digits)],
        ]
        rows.append([*row, _say_words(moment)] if described else row)
    relative = any(moment.extreme.relative for moment in moments)
    words = (
        f"{sentence_case(the(own.name))}’s highest and lowest rated segments, and what {the(other.name)} rated there."
    )
    if relative:
        words += (
            f" “Less {own.scale.high_label}” and “less {own.scale.low_label}”: than other moments, though not beyond"
            f" {own.scale.neutral_label}."
        )
    caption: Text = [words]
    if chances:
        caption = say(words, " ", P, ": how often a dial that wanders like this one gets as far somewhere.")
    return Table(caption=caption, columns=columns, rows=rows)


def _stand_out(chance: ExtremeChance | None, digits: int) -> list[Text]:
    if chance is None:
        return [["–"], ["–"]]
    low, high = chance.ci95
    interval = "–" if math.isnan(low) else f"{number(low, digits)} to {number(high, digits)}"
    return [[interval], [_bare_p(chance.p)]]


def _say_words(moment: Moment) -> Text:
    words = [f"“{moment.description}”"] if moment.description else []
    return ["; ".join([*words, *moment.remarks]) or "–"]


def list_discrepancies(
    result: DyadResult, scale: Scale, *, relative: bool, chances: Sequence[DiscrepancyChance] = ()
) -> Table:
    """List where the two part, worst first, and whether that stands out."""
    chance_of = {(each.kind, each.start_s): each for each in chances}
    found = [one for one in result.discrepancies if one.relative == relative]
    digits = digits_of(scale)
    shown = found[: MOST_RELATIVE if relative else MOST_DISCREPANCIES]
    columns = [
        Column(name=["Minutes"], width=1.4),
        Column(name=["Lasts"], align="right", width=0.7),
        Column(name=[sentence_case(result.a.name)], align="right", width=0.9),
        Column(name=[sentence_case(result.b.name)], align="right", width=0.9),
        *([Column(name=[P], align="right", width=0.7)] if chances else []),
        Column(name=["How they part"], width=3.0),
    ]
    rows: list[list[Text]] = [
        [
            [stretch(one.start_s, one.end_s)],
            [clock(one.end_s - one.start_s)],
            [_signed(one.mean_a, digits) if relative else number(one.mean_a, digits)],
            [_signed(one.mean_b, digits) if relative else number(one.mean_b, digits)],
            *([[_bare_p(chance_of[one.kind, one.start_s].p)]] if chances else []),
            [_say_parting(one, result, scale)],
        ]
        for one in shown
    ]
    about = "with each person’s own mean taken out" if relative else "in the ratings as they are"
    caption = f"Where they part {about}, worst first by difference and duration"
    left_out = len(found) - len(shown)
    caption += f"; the first {len(shown)} of {len(found)}." if left_out else "."
    told: Text = [caption]
    if chances and not relative:
        told = say(caption, " ", P, ": how often two unrelated ratings part as much somewhere.")
    return Table(caption=told, columns=columns, rows=rows)


def list_cards(guess: Guess, scale: Scale) -> Table:
    """List what was shown, what was guessed, and what the guesser had rated there."""
    words = {"helpful": scale.high_label, "hindering": scale.low_label}
    own = any(card.own for card in guess.cards)
    columns = [
        Column(name=["Minutes"], width=1.4),
        Column(name=[sentence_case(guess.rater)], width=1.3),
        Column(name=["Guessed"], width=1.3),
        Column(name=["Right"], width=0.8),
    ]
    if own:
        columns.append(Column(name=["Guesser’s own rating"], align="right", width=1.6))
    rows: list[list[Text]] = []
    for card in sorted(guess.cards, key=lambda card: card.segment):
        row: list[Text] = [
            [stretch(card.segment.start_s, card.segment.end_s)],
            [f"{_SIGNS[card.truth]} {words[card.truth]}"],
            [f"{_SIGNS[card.guess]} {words[card.guess]}"],
            ["yes" if card.truth == card.guess else "no"],
        ]
        rows.append([*row, [number(card.own.mean, digits_of(scale)) if card.own else "–"]] if own else row)
    return Table(caption=["What was shown and what was guessed."], columns=columns, rows=rows)


def compare_ratings(report: DyadReport) -> Table:
    """Put ratings of the session as a whole beside what the traces did."""
    window_s = report.result.extremes.a.rule.window_s
    columns = [
        Column(name=["Rater"], width=1.3),
        Column(name=["Asked afterwards"], width=2.6),
        Column(name=["Answer"], align="right", width=1.3),
        Column(name=["Mean"], align="right", width=0.8),
        Column(name=["Peak"], align="right", width=0.8),
        Column(name=["Trough"], align="right", width=0.9),
        Column(name=["End"], align="right", width=0.8),
    ]
    rows: list[list[Text]] = []
    for rating in report.session_ratings:
        trace, extremes, tone = (
            (report.a, report.result.extremes.a, "a") if rating.of == "a" else (report.b, report.result.extremes.b, "b")
        )
        best = [next((each.mean for each in extremes.of(kind)), math.nan) for kind in ("helpful", "hindering")]
        end_s = trace.start_s + trace.duration_s
        end, _ = mean_over(trace, Segment(max(trace.start_s, end_s - END_S), end_s))
        mean = float(np.nanmean(trace.values)) if trace.present.any() else math.nan
        rows.append(
            [
                [Span(sentence_case(trace.name), tone)],  # type: ignore[arg-type]
                [rating.question],
                [f"{mark(rating.value)} ({mark(rating.low)} … {mark(rating.high)})"],
                *([number(each, digits_of(trace.scale))] for each in (mean, *best, end)),
            ]
        )
    caption = (
        "The session as a whole beside the trace: its mean, its highest and lowest segment"
        f" of {window_s:g} s, and its last minute."
    )
    return Table(caption=[caption], columns=columns, rows=rows)


def list_quality(result: DyadResult) -> Table:
    """Say how whole each rating is."""
    columns = [
        Column(name=["Rater"], width=1.5),
        Column(name=["Rated"], align="right"),
        Column(name=["Stretches missing"], align="right", width=1.5),
        Column(name=["Longest missing"], align="right", width=1.5),
        Column(name=["Longest without a change"], align="right", width=2.0),
    ]
    rows: list[list[Text]] = []
    names = (result.a.name, result.b.name)
    for name, (quality, tone) in zip(names, _both(result.quality.a, result.quality.b), strict=True):
        longest = max((gap.duration_s for gap in quality.missing), default=0.0)
        rows.append(
            [
                [Span(sentence_case(name), tone)],
                [percent(quality.coverage)],
                [str(quality.gaps)],
                [clock(longest) if quality.gaps else "–"],
                [clock(quality.longest_unchanged_s)],
            ]
        )
    return Table(caption=["How whole each rating is."], columns=columns, rows=rows)


def _both[T](a: T, b: T) -> tuple[tuple[T, Tone], tuple[T, Tone]]:
    return (a, "a"), (b, "b")


def _bare_p(p: float) -> str:
    return p_value(p).removeprefix("=\N{NO-BREAK SPACE}")


def _signed(value: float, digits: int) -> str:
    written = number(value, digits)
    return f"+{written}" if float(written.replace("−", "-")) > 0 else written


def _say_parting(one: Discrepancy, result: DyadResult, scale: Scale) -> str:
    a, b = the(result.a.name), the(result.b.name)
    match one.kind:
        case "a_helpful_b_hindering":
            return f"{scale.high_label} to {a}, {scale.low_label} to {b}"
        case "a_hindering_b_helpful":
            return f"{scale.low_label} to {a}, {scale.high_label} to {b}"
        case "a_higher" | "relative_a_higher":
            return f"{a} higher"
        case "b_higher" | "relative_b_higher":
            return f"{b} higher"
