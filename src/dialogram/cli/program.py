import typer

from dialogram._version import __version__
from dialogram.cli.cohort import cohort
from dialogram.cli.convert import convert
from dialogram.cli.dyad import dyad
from dialogram.cli.extremes import extremes
from dialogram.cli.plan import plan
from dialogram.cli.reliability import reliability
from dialogram.cli.serve import demo, serve

program = typer.Typer(
    name="dialogram",
    help="Moment-by-moment ratings of psychotherapy sessions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@program.callback(invoke_without_command=True)
def _program(
    *,
    version: bool = typer.Option(False, "--version", help="Print the version."),
) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


program.command()(dyad)
program.command()(extremes)
program.command()(reliability)
program.command()(cohort)
program.command()(plan)
program.command()(convert)
program.command()(serve)
program.command()(demo)


def main() -> None:
    """Run the program."""
    program()
