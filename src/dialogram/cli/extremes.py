from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dialogram.cli.ratings import (
    AsJson,
    ScaleHigh,
    ScaleLow,
    ScaleNeutral,
    Step,
    TimeColumn,
    check_times,
    read_ratings,
    warn_of_oddities,
)
from dialogram.cli.voice import print_json, refuse_bad_input

if TYPE_CHECKING:
    from dialogram.analysis import Extremes
    from dialogram.timeline import Trace


def extremes(  # noqa: PLR0917  # typer's way
    file: Annotated[Path, typer.Argument(help="File of ratings.", show_default=False)],
    column: Annotated[str | None, typer.Option(help="Which ratings, where the file holds several.")] = None,
    as_json: AsJson = False,
    window: Annotated[float, typer.Option(help="Length of a segment in seconds.")] = 30.0,
    per_kind: Annotated[int, typer.Option(help="How many of each kind.")] = 3,
    warm_up: Annotated[float, typer.Option(help="No segment starts in these first seconds.")] = 60.0,
    time_column: TimeColumn = None,
    step: Step = None,
    scale_low: ScaleLow = None,
    scale_high: ScaleHigh = None,
    scale_neutral: ScaleNeutral = None,
) -> None:
    """Pick the highest and the lowest rated segments of a trace."""
    check_times(time_column, step)
    from dialogram.analysis import ExtremesRule, pick_extremes

    try:
        rule = ExtremesRule(window_s=window, per_kind=per_kind, warm_up_s=warm_up)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    with refuse_bad_input():
        dial = (scale_low, scale_high, scale_neutral)
        traces = read_ratings(file, [column] if column else None, time_column=time_column, step_s=step, dial=dial)
        if len(traces) > 1:
            names = ", ".join(repr(trace.name) for trace in traces)
            raise typer.BadParameter(f"{file.name} holds {names}: name one with --column")
        warn_of_oddities(traces[0])
        picked = pick_extremes(traces[0], rule)
    if as_json:
        print_json(picked.to_dict())
    else:
        _print_table(traces[0], picked)


def _print_table(trace: "Trace", picked: "Extremes") -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=f"Extremes of {escape(trace.name)} ({picked.rule.name})", title_justify="left")
    for heading in ("", "from", "to", "mean", "coverage"):
        table.add_column(heading, justify="left" if heading == "" else "right")
    for extreme in picked.extremes:
        mark = "▲" if extreme.kind == "helpful" else "▼"
        less = {"helpful": "less hindering than the rest", "hindering": "less helpful than the rest"}[extreme.kind]
        table.add_row(
            f"{mark} {less if extreme.relative else extreme.kind} {extreme.rank}",
            clock(extreme.start_s),
            clock(extreme.end_s),
            f"{extreme.mean:.1f}",
            f"{extreme.coverage:.0%}",
        )
    console = Console()
    console.print(table)
    for note in picked.notes:
        console.print(note, highlight=False, markup=False)


def clock(media_s: float) -> str:
    """Write media seconds as minutes and seconds, ``12:05.5``."""
    minutes, seconds = divmod(round(media_s, 1), 60)
    return f"{int(minutes)}:{seconds:04.1f}".removesuffix(".0")
