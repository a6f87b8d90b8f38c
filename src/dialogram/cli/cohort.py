from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dialogram.cli.ratings import AsJson
from dialogram.cli.voice import needs_extra, print_json, refuse_bad_input, show_progress, warn

if TYPE_CHECKING:
    from dialogram.analysis import CohortResult
    from dialogram.compute import Runner

WHO = "Who rated"
KNOWN = "What is known of the dyads"
WHERE = "Who does the work"


def cohort(  # noqa: PLR0917  # typer's way
    table: Annotated[
        Path,
        typer.Argument(
            metavar="TABLE",
            help="A long table, a row per dyad, rater and bin; or a folder of such tables in Parquet.",
            show_default=False,
        ),
    ],
    dyad: Annotated[str, typer.Option(metavar="COL", help="Column of the dyad's name.", show_default=False)],
    role: Annotated[
        str, typer.Option(metavar="COL", help="Column of who rated.", show_default=False, rich_help_panel=WHO)
    ],
    judge: Annotated[
        str,
        typer.Option(metavar="VALUE", help="What stands there for the judge.", show_default=False, rich_help_panel=WHO),
    ],
    truth: Annotated[
        str,
        typer.Option(
            metavar="VALUE",
            help="What stands there for the one who is judged.",
            show_default=False,
            rich_help_panel=WHO,
        ),
    ],
    time: Annotated[str, typer.Option(metavar="COL", help="Column of the bin's start in seconds.", show_default=False)],
    value: Annotated[str, typer.Option(metavar="COL", help="Column of the rating.", show_default=False)],
    as_json: AsJson = False,
    moderators: Annotated[
        Path | None,
        typer.Option(
            metavar="TABLE",
            help="Table with the same column of dyads, for the moderators; default: the long table.",
            rich_help_panel=KNOWN,
        ),
    ] = None,
    moderator: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COL", help="Column of what may moderate; may be given several times.", rich_help_panel=KNOWN
        ),
    ] = None,
    therapist: Annotated[
        str | None,
        typer.Option(
            metavar="COL",
            help="Column of the therapist in the long table: dyads then lie within therapists.",
            rich_help_panel=KNOWN,
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="Processes that share the work on Parquet; default: one.", rich_help_panel=WHERE
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="A Dask scheduler whose workers see the same files; `local` starts one with --workers.",
            rich_help_panel=WHERE,
        ),
    ] = None,
) -> None:
    """Study the congruence of many dyads: meta-analysis, Truth-and-Bias, pseudo-dyads."""
    names = moderator or []
    if judge == truth:
        raise typer.BadParameter(f"--judge and --truth: expected two roles, got {judge!r} for both")
    if moderators is not None and not names:
        raise typer.BadParameter("--moderators: name what may moderate with --moderator COL")
    if len(set(names)) < len(names):
        raise typer.BadParameter("--moderator: expected each column once")
    if workers is not None and scheduler not in {None, "local"}:
        raise typer.BadParameter("--workers: the scheduler has its own")
    from dialogram.archive import CohortColumns
    from dialogram.compute import study_table

    columns = CohortColumns(dyad=dyad, role=role, judge=judge, truth=truth, time=time, value=value, therapist=therapist)
    with refuse_bad_input(), needs_extra("cluster" if scheduler else "figures"), show_progress("dyads") as progress:
        result = study_table(
            table,
            columns,
            moderators_path=moderators,
            moderators=names,
            runner=_runner(workers, scheduler),
            progress=progress,
        )
    if as_json:
        for each in result.excluded:
            warn(f"left out: dyad {each.dyad}, {each.reason}")
        print_json(result.to_dict())
    else:
        _print(result)


def _runner(workers: int | None, scheduler: str | None) -> "Runner":
    from dialogram.compute import Cluster, Here, Processes

    if scheduler is not None:
        return Cluster(workers=workers) if scheduler == "local" else Cluster(scheduler)
    return Processes(workers) if workers is not None else Here()


def _print(result: "CohortResult") -> None:
    from rich.console import Console

    Console().print(result.summary(), highlight=False, markup=False)
