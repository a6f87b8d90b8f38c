"""The tables of a report on many dyads."""

from collections.abc import Sequence

from dialogram.analysis import Coefficient, CohortResult
from dialogram.reports.page import Column, Table
from dialogram.reports.text import P, Text, number, p_value, sentence_case


def compare_models(result: CohortResult) -> Table:
    """Put both Truth-and-Bias models side by side."""
    columns = [
        Column(name=[""], width=2.2),
        Column(name=["Estimate"], align="right"),
        Column(name=["95 % interval"], align="right", width=1.6),
        Column(name=["df"], align="right", width=0.7),
        Column(name=[P], align="right", width=0.8),
        Column(name=["SD over dyads"], align="right", width=1.2),
    ]
    rows: list[list[Text]] = []
    for fit, when in ((result.iid, "over the session"), (result.ar1, "at once")):
        for name, coefficient, spread in (
            ("Bias", fit.bias, fit.between_dyads.var_bias),
            ("Tracking", fit.tracking, fit.between_dyads.var_tracking),
            ("Tracking in units of SD", fit.tracking_standardised, None),
        ):
            spread_of = "" if spread is None else number(spread**0.5, 2)
            rows.append([[f"{name}, {when}"], *_numbers(coefficient), [spread_of]])
    return Table(
        caption=["Bias: units the judge rates higher. Tracking: units the judge moves when the truth moves one."],
        columns=columns,
        rows=rows,
    )


def list_coefficients(coefficients: Sequence[Coefficient], *, caption: str) -> Table:
    """List coefficients with what they rest on."""
    columns = [
        Column(name=["Moderator"], width=2.4),
        Column(name=["Change"], align="right"),
        Column(name=["95 % interval"], align="right", width=1.8),
        Column(name=["df"], align="right", width=0.7),
        Column(name=[P], align="right", width=0.8),
    ]
    rows: list[list[Text]] = [[[sentence_case(each.name)], *_numbers(each, digits=3)] for each in coefficients]
    return Table(caption=[caption], columns=columns, rows=rows)


def list_excluded(result: CohortResult) -> Table:
    """List the dyads that were left out, and why."""
    columns = [Column(name=["Dyad"]), Column(name=["Reason"], width=5.0)]
    return Table(
        caption=["Left out, of everything or of what the reason names."],
        columns=columns,
        rows=[[[each.dyad], [sentence_case(each.reason)]] for each in result.excluded],
    )


def _numbers(coefficient: Coefficient, *, digits: int = 2) -> list[Text]:
    low, high = coefficient.ci95
    return [
        [number(coefficient.b, digits)],
        [f"{number(low, digits)} to {number(high, digits)}"],
        [number(coefficient.df, 1)],
        [p_value(coefficient.p).removeprefix("=\N{NO-BREAK SPACE}")],
    ]
