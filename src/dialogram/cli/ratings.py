import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dialogram.cli.voice import needs_extra, warn

if TYPE_CHECKING:
    from dialogram.timeline import Trace

ScaleLow = Annotated[
    float | None,
    typer.Option(help="Lowest value of the dial; default: what the file says, else 0.", rich_help_panel="The dial"),
]
ScaleHigh = Annotated[
    float | None,
    typer.Option(help="Highest value of the dial; default: what the file says, else 100.", rich_help_panel="The dial"),
]
ScaleNeutral = Annotated[
    float | None,
    typer.Option(
        help="The value that is neither; default: what the file says, else half way.", rich_help_panel="The dial"
    ),
]
Step = Annotated[
    float | None,
    typer.Option(
        help="Seconds a bin, for a table without times (a row a bin) and for files of changes (default there: 1).",
        rich_help_panel="The file",
    ),
]
TimeColumn = Annotated[
    str | None,
    typer.Option(help="Column of times in seconds of a table; default: found by its name.", rich_help_panel="The file"),
]
FIGURES = (".svg", ".png", ".pdf")
REPORTS = (".html", ".pdf")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, unrounded, and nothing else.")]


def check_times(time_column: str | None, step_s: float | None) -> None:
    """Refuse a step that is none, and two answers to when a row was rated."""
    if time_column is not None and step_s is not None:
        raise typer.BadParameter("give --time-column or --step, not both")
    if step_s is not None and not 0 < step_s < math.inf:
        raise typer.BadParameter(f"--step: expected a positive number of seconds, got {step_s:g}")


def check_target(option: str, path: Path | None, endings: tuple[str, ...]) -> None:
    """Refuse a file to write whose ending does not say how, or whose folder is not there."""
    if path is None:
        return
    if path.suffix.lower() not in endings:
        raise typer.BadParameter(f"{option} ends in {', '.join(endings)}, got {path.name!r}")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{option}: no folder {str(path.parent)!r} to write {path.name!r} into")


def read_ratings(
    file: Path,
    columns: Sequence[str] | None,
    *,
    time_column: str | None,
    step_s: float | None,
    dial: tuple[float | None, float | None, float | None],
) -> "tuple[Trace, ...]":
    """Read a file of any format, on the dial that the file tells of but for what the options say."""
    from dialogram.archive import read_traces

    with needs_extra("figures"):
        traces = read_traces(file, columns, time_column=time_column, step_s=step_s)
    return tuple(_on_dial(trace, *dial) for trace in traces)


def _on_dial(trace: "Trace", low: float | None, high: float | None, neutral: float | None) -> "Trace":
    if low is None and high is None and neutral is None:
        return trace
    low = trace.scale.low if low is None else low
    high = trace.scale.high if high is None else high
    neutral = (low + high) / 2 if neutral is None else neutral
    try:
        scale = replace(trace.scale, low=low, high=high, neutral=neutral, step=min(1.0, abs(high - low) / 100 or 1.0))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return replace(trace, scale=scale)


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
