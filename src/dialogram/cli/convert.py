from pathlib import Path
from typing import Annotated

import typer

from dialogram.cli.ratings import (
    ScaleHigh,
    ScaleLow,
    ScaleNeutral,
    Step,
    TimeColumn,
    check_times,
    read_ratings,
    warn_of_oddities,
)
from dialogram.cli.voice import name_option, needs_extra, refuse_bad_input


def convert(  # noqa: PLR0917  # typer's way
    source: Annotated[Path, typer.Argument(metavar="IN", help="File of ratings.", show_default=False)],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="File to write; replaced.", show_default=False)],
    to: Annotated[str | None, typer.Option(help="Format to write; default: by the ending of OUT.")] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="Which ratings, again for each; default: all the file holds.")
    ] = None,
    time_column: TimeColumn = None,
    step: Step = None,
    scale_low: ScaleLow = None,
    scale_high: ScaleHigh = None,
    scale_neutral: ScaleNeutral = None,
) -> None:
    """Write a file of ratings in another format."""
    check_times(time_column, step)
    from dialogram.archive import format_for, recognise, write_traces

    try:
        with name_option("path", "OUT"):
            written = format_for(target, to).name
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    with refuse_bad_input():
        dial = (scale_low, scale_high, scale_neutral)
        traces = read_ratings(source, column, time_column=time_column, step_s=step, dial=dial)
        with name_option("path", "OUT"), needs_extra("figures"):
            write_traces(target, traces, format=to)
        names = ", ".join(trace.name for trace in traces)
        for trace in traces:
            warn_of_oddities(trace)
        typer.echo(f"{source.name} ({recognise(source)}) to {target.name} ({written}): {names}")
