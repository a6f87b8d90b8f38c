"""The reference page of the commands holds every command, argument and option as the program has it, and no other."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from dialogram.cli.program import program

PAGE = (Path(__file__).parents[2] / "docs/reference/commands.md").read_text()
GROUP: Any = typer.main.get_command(program)


def rows(command: Any) -> list[str]:
    """Write a command's parameters as the page's tables do."""
    found = []
    for parameter in command.params:
        name = parameter.opts[0] if parameter.opts[0].startswith("--") else parameter.metavar or parameter.name.upper()
        named = f"{name} {parameter.metavar}" if parameter.metavar and name.startswith("--") else name
        cell = f"`{named}`".replace("|", "\\|")
        found.append(f"| {cell} | {default_of(parameter)} | {parameter.help} |")
    return found


def default_of(parameter: Any) -> str:
    """Write a parameter's default, the home folder as `~`."""
    if parameter.required:
        return "required"
    if parameter.default is None or parameter.default is False:
        return f"`{parameter.envvar}`" if parameter.envvar else "–"
    if isinstance(parameter.default, Path):
        return f"`~/{parameter.default.relative_to(Path.home())}`"
    return f"`{parameter.default}`" if isinstance(parameter.default, str) else f"`{parameter.default:g}`"


def section(name: str) -> str:
    return next(part for part in PAGE.split("\n## ") if part.startswith(f"`dialogram {name}`"))


def test_every_command_has_its_section_and_no_other_is_there() -> None:
    assert re.findall(r"^## `dialogram (.+)`$", PAGE, re.MULTILINE) == list(GROUP.commands)


@pytest.mark.parametrize("name", list(GROUP.commands))
def test_a_command_s_section_says_what_it_does_and_takes(name: str) -> None:
    command = GROUP.commands[name]
    lines = section(name).splitlines()

    assert command.help in lines
    assert [line for line in lines if line.startswith("| `")] == rows(command)
