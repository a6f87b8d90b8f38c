import tempfile
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from dialogram.cli.voice import needs_extra, refuse_bad_input

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = typer.Option(Path.home() / "dialogram-data", help="The folder that holds everything; made at the first run.")
PORT = typer.Option(8420, min=1, max=65535, help="The port on this machine.")
NO_BROWSER = typer.Option(False, "--no-browser", envvar="DIALOGRAM_NO_BROWSER", help="Open no browser window.")


def serve(data: Path = DATA, port: int = PORT, no_browser: bool = NO_BROWSER) -> None:
    """Run the web application on this machine."""
    _serve(data, port=port, announce=lambda address: _open(f"{address}desk/", no_browser=no_browser))


def demo(port: int = PORT, no_browser: bool = NO_BROWSER) -> None:
    """Show a finished example study, with an open link to try the dial; the data are thrown away."""
    with tempfile.TemporaryDirectory(prefix="dialogram-demo-") as folder:
        typer.echo("Making the example study; the first time this takes about a minute.", err=True)
        example: dict[str, str] = {}

        def prepared() -> None:
            from dialogram.server.stewardship.example_study import make_example_study

            made = make_example_study(progress=lambda what: typer.echo(f"  {what}", err=True))
            example.update(desk=made.desk_path, room=made.room_path)

        def announce(address: str) -> None:
            base = address.rstrip("/")
            typer.echo("The study, at the desk:")
            _open(f"{base}{example['desk']}", no_browser=no_browser)
            typer.echo("A client's link, to try the dial (in a private window, for it signs the desk out):")
            typer.echo(f"{base}{example['room']}")
            typer.echo("Ctrl-C ends it, and the data are gone.")

        _serve(Path(folder), port=port, announce=announce, prepared=prepared)


def _serve(
    data: Path, *, port: int, announce: "Callable[[str], None]", prepared: "Callable[[], None] | None" = None
) -> None:
    with needs_extra("app"):
        from dialogram.server.config import processes
    with refuse_bad_input():
        processes.serve(data, port=port, when_ready=announce, prepared=prepared)


def _open(address: str, *, no_browser: bool) -> None:
    typer.echo(address)
    if not no_browser:
        webbrowser.open(address)
