from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from dialogram.cli.ratings import FIGURES, REPORTS, AsJson, check_target
from dialogram.cli.voice import needs_extra, print_json, refuse_bad_input, show_progress, warn

if TYPE_CHECKING:
    from dialogram.analysis import CohortGuesses, CohortResult
    from dialogram.compute import Runner

WHO = "Who rated"
KNOWN = "What is known of the dyads"
WHERE = "Who does the work"


@dataclass(frozen=True)
class _Asked:
    """Columns of what is known of the dyads."""

    moderators: tuple[str, ...]
    whole_rating: str | None
    outcome: str | None
    profile: bool

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys((*self.moderators, *(name for name in (self.whole_rating, self.outcome) if name))))


def cohort(  # noqa: PLR0917  # typer's way
    table: Annotated[
        Path,
        typer.Argument(
            metavar="TABLE | DIR",
            help="A long table, a row per dyad, rater and bin, or a folder of such tables in Parquet;"
            " or a folder with a file a dyad.",
            show_default=False,
        ),
    ],
    judge: Annotated[
        str,
        typer.Option(
            metavar="VALUE",
            help="What stands there for the judge; or what the judge's ratings are called in a dyad's file.",
            show_default=False,
            rich_help_panel=WHO,
        ),
    ],
    truth: Annotated[
        str,
        typer.Option(
            metavar="VALUE",
            help="The same for the one who is judged.",
            show_default=False,
            rich_help_panel=WHO,
        ),
    ],
    dyad: Annotated[
        str | None,
        typer.Option(
            metavar="COL",
            help="Column of the dyad's name in a table; with a file a dyad in --moderators (default there: dyad).",
            show_default=False,
        ),
    ] = None,
    role: Annotated[
        str | None, typer.Option(metavar="COL", help="Column of who rated in a table.", rich_help_panel=WHO)
    ] = None,
    time: Annotated[
        str | None, typer.Option(metavar="COL", help="Column of the bin's start in seconds in a table.")
    ] = None,
    value: Annotated[str | None, typer.Option(metavar="COL", help="Column of the rating in a table.")] = None,
    as_json: AsJson = False,
    figure: Annotated[Path | None, typer.Option(help="Draw a figure: .svg, .png or .pdf.")] = None,
    of: Annotated[
        Literal["forest", "tracking", "profile", "parts", "surface", "guesses"],
        typer.Option(
            help="Of what: each dyad's correlation and their mean; bias and tracking of each; --profile;"
            " --whole-rating; --outcome; --guesses."
        ),
    ] = "forest",
    report: Annotated[Path | None, typer.Option(help="Write a report: .html or .pdf.")] = None,
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
    whole_rating: Annotated[
        str | None,
        typer.Option(
            metavar="COL",
            help="Column of the truth's rating of the session as a whole: does it go with mean, peak, trough or end"
            " of the truth's ratings?",
            show_default=False,
            rich_help_panel=KNOWN,
        ),
    ] = None,
    outcome: Annotated[
        str | None,
        typer.Option(
            metavar="COL",
            help="Column of an outcome of the truth: does it depend on how high both rate, and on whether they part?",
            show_default=False,
            rich_help_panel=KNOWN,
        ),
    ] = None,
    profile: Annotated[
        bool,
        typer.Option("--profile", help="Also look at tracking with other lags and widths of bins; takes its time."),
    ] = False,
    guesses: Annotated[
        Path | None,
        typer.Option(
            metavar="TABLE",
            help="Table of blind guesses, a row a dyad: dyad, therapist, right, of, told (whether sorted by known"
            " numbers): are they better than chance?",
            rich_help_panel=KNOWN,
        ),
    ] = None,
    therapist: Annotated[
        str | None,
        typer.Option(
            metavar="COL",
            help="Column of the therapist in the long table, with a file a dyad in --moderators: dyads then lie within"
            " therapists.",
            rich_help_panel=KNOWN,
        ),
    ] = None,
    client: Annotated[
        str | None,
        typer.Option(
            metavar="COL",
            help="Column of the client, there too: where one has several sessions, each a dyad, these are not taken for"
            " independent.",
            rich_help_panel=KNOWN,
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            help="Processes that share the work, 256 dyads at a time; default: one.",
            rich_help_panel=WHERE,
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
    asked = _Asked(tuple(moderator or ()), whole_rating, outcome, profile)
    places = (dyad, role, time, value)
    persons = {"therapist": therapist, "client": client}
    if judge == truth:
        raise typer.BadParameter(f"--judge and --truth: expected two roles, got {judge!r} for both")
    if workers is not None and scheduler not in {None, "local"}:
        raise typer.BadParameter("--workers: the scheduler has its own")
    with refuse_bad_input():
        check_target("--figure", figure, FIGURES)
        check_target("--report", report, REPORTS)
    of_files = None in places
    if of_files:
        _check_folder(table, role or time or value)
    _check_known(moderators, asked, therapist or client or dyad, of_files=of_files)
    with refuse_bad_input(), needs_extra("cluster" if scheduler else "figures"):
        runner = _runner(workers, scheduler)
        result = (
            _study_files(table, judge, truth, moderators, asked, dyad or "dyad", persons, runner)
            if of_files
            else _study_table(table, places, judge, truth, moderators, asked, persons, runner)
        )
        guessed = _read_guesses(guesses) if guesses is not None else None
        if figure is not None:
            _draw(result, guessed, of, figure)
        if report is not None:
            _report(result, guessed, judge, truth, report)
    if as_json:
        for each in result.excluded:
            warn(f"left out: dyad {each.dyad}, {each.reason}")
        for question in result.unanswered:
            warn(f"not answered: {question}")
        print_json({**result.to_dict(), "guesses": guessed and guessed.to_dict()})
    else:
        _print(result, guessed)


def _read_guesses(path: Path) -> "CohortGuesses":
    from dialogram.analysis import study_guesses
    from dialogram.archive import read_guesses

    scores, therapists = read_guesses(path)
    return study_guesses(scores, therapists)


def _check_folder(path: Path, place: str | None) -> None:
    if place is not None or not path.is_dir():
        raise typer.BadParameter("a table needs --dyad, --role, --time and --value; a folder with a file a dyad, none")


def _check_known(moderators: Path | None, asked: _Asked, beside: str | None, *, of_files: bool) -> None:
    if len(set(asked.moderators)) < len(asked.moderators):
        raise typer.BadParameter("--moderator: expected each column once")
    if of_files and moderators is None and (asked.names or beside):
        raise typer.BadParameter("--moderators: what is known of dyads in files stands in a table of its own")
    if moderators is not None and not asked.names and not (of_files and beside):
        raise typer.BadParameter("--moderators: name what may moderate with --moderator COL")


def _study_files(
    folder: Path,
    judge: str,
    truth: str,
    moderators: Path | None,
    asked: _Asked,
    dyad: str,
    persons: dict[str, str | None],
    runner: "Runner",
) -> "CohortResult":
    from dialogram.archive import CohortFolder
    from dialogram.compute import study_folder

    dyads = CohortFolder(
        folder,
        judge=judge,
        truth=truth,
        moderators_path=moderators,
        moderators=asked.names,
        dyad=dyad,
        **persons,
    )
    with show_progress("dyads") as progress:
        return study_folder(dyads, runner=runner, progress=progress, **vars(asked))


def _study_table(
    table: Path,
    places: "tuple[str | None, ...]",
    judge: str,
    truth: str,
    moderators: Path | None,
    asked: _Asked,
    persons: dict[str, str | None],
    runner: "Runner",
) -> "CohortResult":
    from dialogram.archive import CohortColumns
    from dialogram.compute import study_table

    dyad, role, time, value = (str(place) for place in places)
    columns = CohortColumns(dyad=dyad, role=role, judge=judge, truth=truth, time=time, value=value)
    columns = replace(columns, therapist=persons["therapist"], client=persons["client"])
    with show_progress("dyads") as progress:
        return study_table(table, columns, moderators_path=moderators, runner=runner, progress=progress, **vars(asked))


def _draw(result: "CohortResult", guesses: "CohortGuesses | None", of: str, path: Path) -> None:
    from dialogram import figures

    drawn = None
    if of == "forest" and result.meta:
        drawn = figures.draw_forest(result.per_dyad, result.meta)
    elif of == "tracking":
        drawn = figures.draw_tracking(result.iid)
    elif of == "profile" and result.tracking_profile:
        drawn = figures.draw_profile(result.tracking_profile)
    elif of == "parts" and result.whole_rating:
        drawn = figures.draw_parts(result.whole_rating)
    elif of == "surface" and (found := result.outcome_surface):
        drawn = figures.draw_surface(found.surface, found.truth, found.judge, names=("truth", "judge", found.outcome))
    elif of == "guesses" and guesses:
        drawn = figures.draw_guesses(guesses.pool)
    if drawn is None:
        raise ValueError(f"figure: nothing to draw of {of!r}: it was not asked for, or cannot be answered")
    figures.save(drawn, path)


def _report(result: "CohortResult", guesses: "CohortGuesses | None", judge: str, truth: str, path: Path) -> None:
    from dialogram import reports

    reports.write_cohort_report(path, reports.CohortReport(result=result, guesses=guesses, judge=judge, truth=truth))


def _runner(workers: int | None, scheduler: str | None) -> "Runner":
    from dialogram.compute import Cluster, Here, Processes

    if scheduler is not None:
        return Cluster(workers=workers) if scheduler == "local" else Cluster(scheduler)
    return Processes(workers) if workers is not None else Here()


def _print(result: "CohortResult", guesses: "CohortGuesses | None") -> None:
    from rich.console import Console

    told = [result.summary(), *([guesses.summary()] if guesses else [])]
    Console().print("\n".join(told), highlight=False, markup=False)
