import json
import sys
from collections.abc import Iterator
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
def needs_extra(extra: str) -> Iterator[None]:
    """Name the extra of the distribution that is not installed: exit code 2."""
    try:
        yield
    except ModuleNotFoundError as error:
        warn(f"{error.name} is not installed; this needs the extra: pip install 'dialogram[{extra}]'")
        raise typer.Exit(WRONG_USE) from error


def warn(line: str) -> None:
    """Write one line to stderr."""
    print(f"dialogram: {line}", file=sys.stderr)  # noqa: T201  # the program's own voice


def print_json(result: dict[str, Any]) -> None:
    """Write one JSON object to stdout; NaN would not be JSON, so it is refused."""
    json.dump(result, sys.stdout, ensure_ascii=False, allow_nan=False)
    sys.stdout.write("\n")
