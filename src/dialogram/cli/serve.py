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
LAN = typer.Option(False, "--lan", help="Let phones and tablets in this network reach the room, on the next port.")


def serve(data: Path = DATA, port: int = PORT, no_browser: bool = NO_BROWSER, lan: bool = LAN) -> None:
    """Run the web application on this machine."""

    def announce(address: str, lan_address: str | None) -> None:
        if lan_address is not None:
            typer.echo("For phones and tablets in this network, the room only; how to trust it:")
            typer.echo(f"{lan_address}trust")
            typer.echo("For this machine, the desk:")
        _open(f"{address}desk/", no_browser=no_browser)

    _serve(data, port=port, announce=announce, lan=lan)


def demo(port: int = PORT, no_browser: bool = NO_BROWSER) -> None:
    """Show a finished example study, with an open link to try the dial; the data are thrown away."""
    with tempfile.TemporaryDirectory(prefix="dialogram-demo-") as folder:
        typer.echo("Making the example study.", err=True)
        example: dict[str, str] = {}

        def prepared() -> None:
            from dialogram.server.stewardship.example_study import make_example_study

            made = make_example_study(progress=lambda what: typer.echo(f"  {what}", err=True))
            example.update(desk=made.desk_path, room=made.room_path)

        def announce(address: str, _lan_address: str | None) -> None:
            base = address.rstrip("/")
            typer.echo("The study, at the desk:")
            _open(f"{base}{example['desk']}", no_browser=no_browser)
            typer.echo("A client's link, to try the dial (in a private window, for it signs the desk out):")
            typer.echo(f"{base}{example['room']}")
            typer.echo("Ctrl-C ends it, and the data are gone.")

        _serve(Path(folder), port=port, announce=announce, prepared=prepared)


def _serve(
    data: Path,
    *,
    port: int,
    announce: "Callable[[str, str | None], None]",
    prepared: "Callable[[], None] | None" = None,
    lan: bool = False,
) -> None:
    with needs_extra("app"):
        from dialogram.server.config import supervisor
    with refuse_bad_input():
        supervisor.serve(data, port=port, when_ready=announce, prepared=prepared, lan=lan)


def _open(address: str, *, no_browser: bool) -> None:
    typer.echo(address)
    if not no_browser:
        webbrowser.open(address)
