"""The tables of a report on many dyads."""

from collections.abc import Sequence

from dialogram.analysis import Coefficient, CohortResult, DyadBootstrap
from dialogram.reports.page import Column, Table
from dialogram.reports.text import P, Text, number, p_value, say, sentence_case


def compare_models(result: CohortResult) -> Table:
    """Put both Truth-and-Bias models side by side."""
    columns = [*_columns("", "Estimate", result.iid.bootstrap), Column(name=["SD"], align="right", width=0.7)]
    rows: list[list[Text]] = []
    for fit, when in ((result.iid, "over the session"), (result.ar1, "at once")):
        for name, coefficient, spread in (
            ("Bias", fit.bias, fit.between_dyads.var_bias),
            ("Tracking", fit.tracking, fit.between_dyads.var_tracking),
            ("Tracking in units of SD", fit.tracking_standardised, None),
        ):
            spread_of = "" if spread is None else number(spread**0.5, 2)
            rows.append([[f"{name}, {when}"], *_numbers(coefficient, fit.bootstrap), [spread_of]])
    return Table(
        caption=say(
            "Bias: units the judge rates higher. Tracking: units the judge moves when the truth moves one. SD: how much"
            " dyads differ."
        ),
        columns=columns,
        rows=rows,
    )


def list_coefficients(coefficients: Sequence[Coefficient], bootstrap: DyadBootstrap | None, *, caption: str) -> Table:
    """List coefficients with what they rest on."""
    return Table(
        caption=[caption],
        columns=_columns("Moderator", "Change", bootstrap),
        rows=[[[sentence_case(each.name)], *_numbers(each, bootstrap, digits=3)] for each in coefficients],
    )


def list_excluded(result: CohortResult) -> Table:
    """List the dyads that were left out, and why."""
    columns = [Column(name=["Dyad"]), Column(name=["Reason"], width=5.0)]
    return Table(
        caption=["Left out, of everything or of what the reason names."],
        columns=columns,
        rows=[[[each.dyad], [sentence_case(each.reason)]] for each in result.excluded],
    )


def _columns(of: str, what: str, bootstrap: DyadBootstrap | None) -> list[Column]:
    columns = [
        Column(name=[of], width=2.2),
        Column(name=[what], align="right"),
        Column(name=["95 % interval"], align="right", width=1.7),
        Column(name=["df"], align="right", width=0.7),
        Column(name=[P], align="right", width=0.8),
    ]
    if bootstrap is not None:
        columns.insert(3, Column(name=[f"by resampling {bootstrap.drawn}"], align="right", width=1.7))
    return columns


def _numbers(coefficient: Coefficient, bootstrap: DyadBootstrap | None, *, digits: int = 2) -> list[Text]:
    drawn = [each.ci95 for each in bootstrap.coefficients if each.name == coefficient.name] if bootstrap else []
    return [
        [number(coefficient.b, digits)],
        *([f"{number(low, digits)} to {number(high, digits)}"] for low, high in (coefficient.ci95, *drawn)),
        [number(coefficient.df, 1)],
        [p_value(coefficient.p).removeprefix("=\N{NO-BREAK SPACE}")],
    ]
