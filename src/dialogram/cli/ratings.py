import math
from typing import TYPE_CHECKING, Annotated

import typer

from dialogram.cli.voice import warn

if TYPE_CHECKING:
    from dialogram.timeline import Scale, Trace

ScaleLow = Annotated[float, typer.Option(help="Lowest value of the dial.", rich_help_panel="The dial")]
ScaleHigh = Annotated[float, typer.Option(help="Highest value of the dial.", rich_help_panel="The dial")]
ScaleNeutral = Annotated[
    float | None, typer.Option(help="The value that is neither; default: half way.", rich_help_panel="The dial")
]
Step = Annotated[
    float | None, typer.Option(help="Seconds from row to row, for a table without times.", rich_help_panel="The table")
]
TimeColumn = Annotated[
    str | None,
    typer.Option(help="Column of times in seconds; default: found by its name.", rich_help_panel="The table"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, unrounded, and nothing else.")]


def check_times(time_column: str | None, step_s: float | None) -> None:
    """Refuse a step that is none, and two answers to when a row was rated."""
    if time_column is not None and step_s is not None:
        raise typer.BadParameter("give --time-column or --step, not both")
    if step_s is not None and not 0 < step_s < math.inf:
        raise typer.BadParameter(f"--step: expected a positive number of seconds, got {step_s:g}")


def make_scale(low: float, high: float, neutral: float | None) -> "Scale":
    """Make the scale of the dial that the options tell of."""
    from dialogram.timeline import Scale

    try:
        return Scale(
            name="helpfulness",
            low=low,
            high=high,
            neutral=(low + high) / 2 if neutral is None else neutral,
            step=min(1.0, abs(high - low) / 100 or 1.0),
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def warn_of_oddities(trace: "Trace") -> None:
    """Say on stderr what is missing from a trace, and what lies beyond its dial."""
    missing = int((~trace.present).sum())
    if missing:
        warn(f"{trace.name}: {missing} of {len(trace)} bins are missing; they stay in their place")
    rated = trace.values[trace.present]
    scale = trace.scale
    if rated.size and not (scale.low <= rated.min() and rated.max() <= scale.high):
        warn(
            f"{trace.name}: values from {rated.min():g} to {rated.max():g} lie beyond the dial's {scale.low:g} to"
            f" {scale.high:g}; give --scale-low, --scale-high and --scale-neutral"
        )
