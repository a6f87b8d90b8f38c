import math
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dialogram.cli.ratings import (
    FIGURES,
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
from dialogram.cli.voice import needs_extra, print_json, refuse_bad_input

if TYPE_CHECKING:
    from rich.table import Table

    from dialogram.analysis import Reliability
    from dialogram.timeline import Trace


def reliability(  # noqa: PLR0917  # typer's way
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help="A file of ratings a rater, or one for all; or one table with a row a unit and a column a rater.",
            show_default=False,
        ),
    ],
    column: Annotated[
        list[str] | None,
        typer.Option(
            help="Which ratings, again for each; default: all the file holds. Of several files: the one of each.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
    figure: Annotated[Path | None, typer.Option(help="Draw the consensus with the raters: .svg, .png or .pdf.")] = None,
    time_column: TimeColumn = None,
    step: Step = None,
    scale_low: ScaleLow = None,
    scale_high: ScaleHigh = None,
    scale_neutral: ScaleNeutral = None,
) -> None:
    """Measure how far several observers agree, and make one trace of theirs."""
    check_times(time_column, step)
    if len(files) > 1 and column and len(column) > 1:
        raise typer.BadParameter("--column: of several files name the one that is in each")
    with refuse_bad_input():
        check_target("--figure", figure, FIGURES)
    from dialogram.analysis import measure_reliability, measure_unit_reliability
    from dialogram.archive import holds_units, read_units

    with refuse_bad_input(), needs_extra("figures"):
        if len(files) == 1 and time_column is None and step is None and holds_units(files[0]):
            if figure is not None:
                raise ValueError(f"--figure: expected ratings over time, found no times in {files[0].name}")
            raters, ratings = read_units(files[0], column)
            result = measure_unit_reliability(ratings, raters)
        else:
            dial = (scale_low, scale_high, scale_neutral)
            traces = _read_raters(files, column, time_column=time_column, step_s=step, dial=dial)
            for trace in traces:
                warn_of_oddities(trace)
            result = measure_reliability(traces)
            if figure is not None:
                _draw(traces, result, figure)
    if as_json:
        print_json(result.to_dict())
    else:
        _print(result)


def _read_raters(
    files: list[Path],
    columns: list[str] | None,
    *,
    time_column: str | None,
    step_s: float | None,
    dial: tuple[float | None, float | None, float | None],
) -> "list[Trace]":
    if len(files) == 1:
        return list(read_ratings(files[0], columns, time_column=time_column, step_s=step_s, dial=dial))
    stems = Counter(file.stem for file in files)
    traces = []
    for file in files:
        found = read_ratings(file, columns, time_column=time_column, step_s=step_s, dial=dial)
        if len(found) > 1:
            names = ", ".join(repr(trace.name) for trace in found)
            raise typer.BadParameter(f"{file.name} holds {names}: name the one of each file with --column")
        traces.append(replace(found[0], name=file.stem if stems[file.stem] == 1 else str(file.with_suffix(""))))
    return traces


def _draw(traces: "list[Trace]", result: "Reliability", path: Path) -> None:
    from dialogram import figures

    assert result.consensus is not None
    figures.save(figures.draw_consensus(traces, result.consensus), path)


def _print(result: "Reliability") -> None:
    from rich.console import Console

    console = Console()
    what = "units" if math.isnan(result.step_s) else f"bins of {result.step_s:g} s"
    console.print(
        f"{len(result.raters)} raters, {result.units} {what}, of which all rated {result.icc.units}", highlight=False
    )
    console.print(_agreement(result))
    console.print(_raters(result))
    console.print(result.summary(), highlight=False, markup=False)


def _agreement(result: "Reliability") -> "Table":
    from rich.table import Table

    table = Table("", "value", "95 %")
    for form in result.icc.forms:
        whose = "a single rater" if form.name.endswith("1") else f"the mean of {len(result.raters)}"
        interval = "–" if math.isnan(form.ci95[0]) else f"{form.ci95[0]:.2f} to {form.ci95[1]:.2f}"
        table.add_row(f"ICC({form.name}) = ICC({form.mcgraw_wong}), {whose}", _number(form.value), interval)
    for alpha in result.alpha:
        table.add_row(f"Krippendorff's α, {alpha.measurement}", _number(alpha.value), "")
    return table


def _raters(result: "Reliability") -> "Table":
    from rich.markup import escape
    from rich.table import Table

    lags = result.consensus.lags_s if result.consensus else (math.nan,) * len(result.raters)
    table = Table("rater", "r with the others", "weight", "set back, s", "what stands out")
    for index, name in enumerate(result.raters):
        table.add_row(
            escape(name),
            _number(result.screening.with_others[index]),
            _number(result.weights[index]),
            _number(lags[index], 1),
            ", ".join(each.finding for each in result.screening.findings if each.rater == name),
        )
    return table


def _number(value: float, places: int = 2) -> str:
    return "–" if math.isnan(value) else f"{value:.{places}f}"
