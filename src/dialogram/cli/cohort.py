from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dialogram.cli.ratings import AsJson
from dialogram.cli.voice import needs_extra, print_json, refuse_bad_input, warn

if TYPE_CHECKING:
    from dialogram.analysis import CohortResult

WHO = "Who rated"
KNOWN = "What is known of the dyads"


def cohort(  # noqa: PLR0917  # typer's way
    table: Annotated[
        Path,
        typer.Argument(metavar="TABLE", help="A long table, a row per dyad, rater and bin.", show_default=False),
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
) -> None:
    """Study the congruence of many dyads: meta-analysis, Truth-and-Bias, pseudo-dyads."""
    names = moderator or []
    if judge == truth:
        raise typer.BadParameter(f"--judge and --truth: expected two roles, got {judge!r} for both")
    if moderators is not None and not names:
        raise typer.BadParameter("--moderators: name what may moderate with --moderator COL")
    if len(set(names)) < len(names):
        raise typer.BadParameter("--moderator: expected each column once")
    from dialogram.analysis import study_cohort
    from dialogram.archive import CohortColumns, read_cohort

    columns = CohortColumns(dyad=dyad, role=role, judge=judge, truth=truth, time=time, value=value, therapist=therapist)
    with refuse_bad_input():
        with needs_extra("figures"):
            dyads = read_cohort(table, columns, moderators_path=moderators, moderators=names)
        result = study_cohort(dyads, moderators=names, within_therapists=therapist is not None)
    if as_json:
        for each in result.excluded:
            warn(f"left out: dyad {each.dyad}, {each.reason}")
        print_json(result.to_dict())
    else:
        _print(result)


def _print(result: "CohortResult") -> None:
    from rich.console import Console

    Console().print(result.summary(), highlight=False, markup=False)
