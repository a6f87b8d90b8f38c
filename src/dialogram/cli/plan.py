import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dialogram.cli.ratings import FIGURES, AsJson, check_target
from dialogram.cli.voice import needs_extra, print_json, refuse_bad_input, show_progress

if TYPE_CHECKING:
    from dialogram.analysis import PowerPlan

SUPPOSED = "What is taken to be true"
SIMULATION = "The simulation"


def plan(  # noqa: PLR0917  # typer's way
    tracking: Annotated[
        float,
        typer.Option(
            help="Correlation of judge and truth in the average dyad.", show_default=False, rich_help_panel=SUPPOSED
        ),
    ],
    between_sd: Annotated[
        float, typer.Option(help="SD between dyads, on the scale of Fisher's z.", rich_help_panel=SUPPOSED)
    ] = 0.11,
    memory: Annotated[
        float,
        typer.Option(help="Seconds in which the autocorrelation of a rating falls to 1/e.", rich_help_panel=SUPPOSED),
    ] = 24.0,
    lag: Annotated[
        float, typer.Option(help="Whole seconds by which the judge trails the truth.", rich_help_panel=SUPPOSED)
    ] = 0.0,
    dyads: Annotated[str, typer.Option(metavar="N,N,…", help="Numbers of dyads to look at.")] = "5,10,20,40",
    minutes: Annotated[str, typer.Option(metavar="M,M,…", help="Minutes that both rate, to look at.")] = "20,50",
    power: Annotated[float, typer.Option(help="The power that is wanted.")] = 0.8,
    as_json: AsJson = False,
    figure: Annotated[Path | None, typer.Option(help="Draw power against dyads: .svg, .png or .pdf.")] = None,
    studies: Annotated[int, typer.Option(help="How many studies to simulate.", rich_help_panel=SIMULATION)] = 500,
    seed: Annotated[int, typer.Option(help="Where chance begins.", rich_help_panel=SIMULATION)] = 1,
    workers: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="Processes that share the work; default: one.", rich_help_panel=SIMULATION
        ),
    ] = None,
) -> None:
    """Plan a study: how many dyads of how many minutes it takes to find that judges track."""
    of_dyads, of_minutes = _read_list("--dyads", dyads, int), _read_list("--minutes", minutes, float)
    with refuse_bad_input():
        check_target("--figure", figure, FIGURES)
    from dialogram.analysis import SupposedCohort
    from dialogram.compute import Here, Processes, plan_study

    try:
        supposed = SupposedCohort(tracking=tracking, between_sd=between_sd, memory_s=memory, lag_s=lag)
        with show_progress("studies") as progress:
            found = plan_study(
                supposed,
                dyads=of_dyads,
                minutes=of_minutes,
                wanted=power,
                studies=studies,
                seed=seed,
                runner=Processes(workers) if workers is not None else Here(),
                progress=progress,
            )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if figure is not None:
        with refuse_bad_input(), needs_extra("figures"):
            from dialogram import figures

            figures.save(figures.draw_power(found), figure)
    if as_json:
        print_json(found.to_dict())
    else:
        _print(found)


def _read_list[Number: (int, float)](option: str, given: str, kind: Callable[[str], Number]) -> list[Number]:
    try:
        return [kind(each) for each in given.split(",")]
    except ValueError as error:
        what = "whole numbers" if kind is int else "numbers"
        raise typer.BadParameter(f"{option}: expected {what} with commas between, got {given!r}") from error


def _print(found: "PowerPlan") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{found.studies} simulated studies of r = {found.supposed.tracking:.2f}", title_justify="left")
    for heading in ("minutes", "dyads", "power", "simulated", "interval of r", "power where r = 0"):
        table.add_column(heading, justify="right")
    for size in found.sizes:
        low, high = size.power_ci95
        table.add_row(
            f"{size.minutes:g}",
            f"{size.dyads}",
            f"{size.power:.2f}",
            f"{low:.2f} to {high:.2f}",
            "none" if math.isnan(size.width) else f"{size.width:.2f} wide",
            f"{size.level:.3f}",
        )
    console = Console()
    console.print(table)
    console.print(found.summary(), highlight=False, markup=False)
