import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer

WRONG_USE = 2
BAD_INPUT = 3


@contextmanager
def refuse_bad_input() -> Iterator[None]:
    """Turn what is wrong with the input into one line on stderr and exit code 3."""
    try:
        yield
    except OSError as error:
        found = f"{error.filename}: expected a file that can be opened, found: {error.strerror}"
        warn(found if error.filename and error.strerror else str(error))
        raise typer.Exit(BAD_INPUT) from error
    except ValueError as error:
        warn(" ".join(str(error).split()))
        raise typer.Exit(BAD_INPUT) from error


@contextmanager
def name_option(parameter: str, option: str) -> Iterator[None]:
    """Say what the user wrote where the library names its own parameter."""
    try:
        yield
    except (ValueError, OSError) as error:
        if not str(error).startswith(f"{parameter}: "):
            raise
        raise ValueError(f"{option}{str(error).removeprefix(parameter)}") from error


@contextmanager
def needs_extra(extra: str) -> Iterator[None]:
    """Name the extra of the distribution that is not installed: exit code 2."""
    try:
        yield
    except ModuleNotFoundError as error:
        warn(f"{error.name} is not installed; this needs the extra: pip install 'dialogram[{extra}]'")
        raise typer.Exit(WRONG_USE) from error


@contextmanager
def show_progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal's stderr how much of something is done, and the time left; give what is to be told of it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, count: bar.update(task, completed=done, total=count, refresh=True)


def warn(line: str) -> None:
    """Write one line to stderr."""
    print(f"dialogram: {line}", file=sys.stderr)  # noqa: T201  # the program's own voice


def print_json(result: dict[str, Any]) -> None:
    """Write one JSON object to stdout; NaN would not be JSON, so it is refused."""
    json.dump(result, sys.stdout, ensure_ascii=False, allow_nan=False)
    sys.stdout.write("\n")
