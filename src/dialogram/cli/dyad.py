from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from dialogram.cli.voice import needs_extra, print_json, refuse_bad_input, warn

if TYPE_CHECKING:
    from dialogram.analysis import DyadResult, Resampled
    from dialogram.timeline import Trace


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
    report: Annotated[Path | None, typer.Option(help="Write a report: .html or .pdf.")] = None,
    resampled: Annotated[
        bool, typer.Option("--resample", help="Also say how sure it is and what stands out; a report does anyway.")
    ] = False,
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
        check_target("--figure", figure, FIGURES)
        check_target("--report", report, REPORTS)
    from dialogram.analysis import compare, resample

    with refuse_bad_input():
        dial = (scale_low, scale_high, scale_neutral)
        a, b = _read_two(files, columns, time_column=time_column, step_s=step, dial=dial)
        for trace in (a, b):
            warn_of_oddities(trace)
        result = compare(a, b)
        drawn = resample(a, b, result) if resampled or report is not None else None
        if figure is not None:
            _draw(a, b, result, figure)
        if report is not None:
            _report(a, b, result, drawn, report)
    if as_json:
        for note in result.notes:
            warn(note)
        print_json(result.to_dict() | ({"resampled": drawn.to_dict()} if drawn and resampled else {}))
    else:
        print_dyad(result, drawn if resampled else None)


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


def _draw(a: "Trace", b: "Trace", result: "DyadResult", path: Path) -> None:
    with needs_extra("figures"):
        from dialogram import figures
    figures.save(figures.draw_session(a, b, result), path)


def _report(a: "Trace", b: "Trace", result: "DyadResult", drawn: "Resampled | None", path: Path) -> None:
    with needs_extra("figures"):
        from dialogram import reports
    reports.write_dyad_report(path, reports.DyadReport(a=a, b=b, result=result, resampled=drawn))
