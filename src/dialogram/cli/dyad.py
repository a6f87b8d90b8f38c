from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from dialogram.cli.dyad_table import print_dyad
from dialogram.cli.ratings import (
    FIGURES,
    REPORTS,
    AsJson,
    ScaleHigh,
    ScaleLow,
    ScaleNeutral,
    Step,
    TimeColumn,
    check_target,
    check_times,
    read_ratings,
    warn_of_oddities,
)
from dialogram.cli.voice import name_option, needs_extra, print_json, refuse_bad_input, warn

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from dialogram.analysis import DyadResult, Dynamics
    from dialogram.timeline import Trace

type Drawing = Literal["session", "difference", "lag", "windows", "states", "detection"]


def dyad(  # noqa: PLR0917  # typer's way
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="CLIENT THERAPIST | FILE", help="A file of ratings each, or one for both.", show_default=False
        ),
    ],
    columns: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="A B", help="The client's and the therapist's ratings in it.", show_default=False),
    ] = None,
    as_json: AsJson = False,
    figure: Annotated[Path | None, typer.Option(help="Draw the two traces: .svg, .png or .pdf.")] = None,
    of: Annotated[Drawing, typer.Option(help="Which figure to draw instead.")] = "session",
    report: Annotated[Path | None, typer.Option(help="Write a report: .html or .pdf.")] = None,
    resampled: Annotated[
        bool, typer.Option("--resample", help="Also say how sure it is and what stands out; a report does anyway.")
    ] = False,
    window: Annotated[
        float | None,
        typer.Option(
            help="Length in seconds of the windows of the windowed correlation (default: 60).", show_default=False
        ),
    ] = None,
    time_column: TimeColumn = None,
    step: Step = None,
    scale_low: ScaleLow = None,
    scale_high: ScaleHigh = None,
    scale_neutral: ScaleNeutral = None,
) -> None:
    """Compare two ratings of one session: level, shape, lag, agreement, extremes, discrepancies."""
    _check_files(files, columns)
    check_times(time_column, step)
    with refuse_bad_input():
        if figure is None and of != "session":
            raise typer.BadParameter(f"--of {of} says which figure: give --figure FILE too")
        check_target("--figure", figure, FIGURES)
        check_target("--report", report, REPORTS)
    from dialogram.analysis import compare, describe_dynamics, resample

    with refuse_bad_input():
        dial = (scale_low, scale_high, scale_neutral)
        a, b = _read_two(files, columns, time_column=time_column, step_s=step, dial=dial)
        for trace in (a, b):
            warn_of_oddities(trace)
        result = compare(a, b)
        if result.n == 0:
            names = " and ".join(dict.fromkeys(file.name for file in files))
            raise ValueError(f"{names}: expected bins that both {a.name} and {b.name} rated, found none")
        with name_option("window_s", "--window"):
            dynamics = describe_dynamics(a, b, window_s=window)
        drawn = resample(a, b, result) if resampled or report is not None else None
        if figure is not None:
            with needs_extra("figures"):
                from dialogram import figures
            figures.save(_draw(of, a, b, result, dynamics), figure)
        if report is not None:
            with needs_extra("figures"):
                from dialogram import reports
            told = reports.DyadReport(a=a, b=b, result=result, dynamics=dynamics, resampled=drawn)
            reports.write_dyad_report(report, told)
    if as_json:
        for note in result.notes:
            warn(note)
        print_json(
            result.to_dict() | dynamics.to_dict() | ({"resampled": drawn.to_dict()} if drawn and resampled else {})
        )
    else:
        print_dyad(result, dynamics, drawn if resampled else None)


def _check_files(files: list[Path], columns: tuple[str, str] | None) -> None:
    if len(files) > 2:
        raise typer.BadParameter(f"give one file or two, not {len(files)}")
    if len(files) == 1 and columns is None:
        raise typer.BadParameter("name the two columns of one file: --columns CLIENT THERAPIST")


def _read_two(
    files: list[Path],
    columns: tuple[str, str] | None,
    *,
    time_column: str | None,
    step_s: float | None,
    dial: tuple[float | None, float | None, float | None],
) -> "tuple[Trace, Trace]":
    if len(files) == 1:
        a, b = read_ratings(files[0], columns, time_column=time_column, step_s=step_s, dial=dial)
        return a, b
    traces = []
    for index, (file, role) in enumerate(zip(files, ("client", "therapist"), strict=True)):
        wanted = [columns[index]] if columns else None
        found = read_ratings(file, wanted, time_column=time_column, step_s=step_s, dial=dial)
        if len(found) > 1:
            names = ", ".join(repr(trace.name) for trace in found)
            raise typer.BadParameter(f"{file.name} holds {names}: name one of each file with --columns")
        traces.append(replace(found[0], name=role))
    return traces[0], traces[1]


def _draw(of: Drawing, a: "Trace", b: "Trace", result: "DyadResult", dynamics: "Dynamics") -> "Figure":
    from dialogram import figures

    match of:
        case "session":
            return figures.draw_session(a, b, result)
        case "difference":
            return figures.draw_difference(a, b, result)
        case "lag":
            return figures.draw_lag_curve(dynamics.lag_curve)
        case "windows":
            if dynamics.windowed is None:
                raise ValueError("--of windows: the recording is too short for one; give a shorter --window")
            return figures.draw_windows(dynamics.windowed)
        case "states":
            return figures.draw_states(result, scale=a.scale)
        case "detection":
            return figures.draw_detection(a, b, result)
