import math
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from dialogram.study.design_keys import REQUIRED, Key
from dialogram.study.toml_lines import Path, line_index

LONGEST = 1_000_000
"""A design file has at most so many characters."""

LONGEST_SHOWN = 60
"""A message shows at most so much of a key or a value."""


class DesignError(ValueError):
    """A design file that cannot be used: one line naming file, line, key, what was expected and what was found."""

    def __init__(self, *, file: str, line: int | None, key: str, expected: str, found: str) -> None:
        self.file, self.line, self.key, self.expected, self.found = file, line, key, expected, found
        place = ", ".join(part for part in (file, f"line {line}" if line else "", key) if part)
        super().__init__(f"{place}: expected {expected}, found {found}")


class DesignReader:
    """The tables of one design file, read key by key, with errors that name the line."""

    def __init__(self, text: str, *, file: str) -> None:
        self.file = file
        if len(text) > LONGEST:
            raise self._refusal(None, "", f"at most {LONGEST} characters", str(len(text)))
        try:
            self.data: dict[str, Any] = tomllib.loads(text.removeprefix("\ufeff"))  # some editors put a mark in front
            self.lines = line_index(text.removeprefix("\ufeff"))
        except tomllib.TOMLDecodeError as error:
            what, _, place = str(error).partition(" (at ")
            line = re.match(r"line (\d+)", place)
            number = int(line.group(1)) if line else text.count("\n") + 1
            raise self._refusal(number, "", "valid TOML", what[:1].lower() + what[1:]) from error
        except RecursionError as error:
            raise self._refusal(None, "", "valid TOML", "lists in lists, too deep to read") from error
        except ValueError as error:
            raise self._refusal(None, "", "valid TOML", "a number of thousands of digits") from error

    def table(self, path: Path, *, required: bool = False) -> dict[str, Any]:
        """Give the table at a path, or an empty one where there is none."""
        table = self._at(path)
        if table is None and not required:
            return {}
        if not isinstance(table, dict):
            raise self.refusal(path, f"a table [{_dotted(path)}]", table)
        return table

    def tables(self, path: Path) -> list[Path]:
        """Give the paths of the tables in an array of tables, or none where there is none."""
        rows = self._at(path)
        if rows is None:
            return []
        if not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
            raise self.refusal(path, f"tables [[{_dotted(path)}]]", rows)
        return [(*path, number) for number in range(len(rows))]

    def read(self, path: Path, keys: Iterable[Key], *, required: bool = False) -> dict[str, Any]:
        """Read the keys of a table, with defaults filled in; its sub-tables are left to the caller."""
        table = self.table(path, required=required)
        values: dict[str, Any] = {}
        for key in keys:
            if key.name in table:
                values[key.name] = self._checked((*path, key.name), key, table[key.name])
            elif key.default is REQUIRED:
                raise self.refusal((*path, key.name), key.expected, None)
            else:
                values[key.name] = key.default
        return values

    def refuse_unknown(self, path: Path, known: Collection[str]) -> None:
        """Refuse a key nobody reads: it is a typing error, and what it was to say would be lost."""
        for name in self.table(path):
            if name not in known:
                near = get_close_matches(name, known, n=1, cutoff=0.5)
                hint = f"; did you mean {near[0]}?" if near else ""
                choices = ", ".join(sorted(known))
                raise self._refusal(
                    self.line((*path, name)),
                    _dotted((*path, name)),
                    f"one of {choices}",
                    f"the unknown key {_shown(name)}{hint}",
                )

    def refusal(self, path: Path, expected: str, found: object) -> DesignError:
        """Make the error for a value at a path; ``None`` says that it is absent."""
        return self._refusal(self.line(path), _dotted(path), expected, "nothing" if found is None else _shown(found))

    def line(self, path: Path) -> int | None:
        """On which line a path stands, or else what it would stand in; None for an absent table."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)

    def _at(self, path: Path) -> Any:
        value: Any = self.data
        for part in path:
            if isinstance(value, Mapping):
                value = value.get(str(part))
            elif isinstance(value, list) and isinstance(part, int):
                value = value[part]
            else:
                return None
        return value

    def _checked(self, path: Path, key: Key, value: Any) -> Any:
        if key.kind in {"list", "numbers"}:
            if not isinstance(value, list):
                raise self.refusal(path, key.expected, value)
            for number, item in enumerate(value):
                if not (item in key.choices if key.kind == "list" else _counts(item)):
                    raise self.refusal((*path, number), key.expected, item)
                if item in value[:number]:
                    raise self.refusal((*path, number), "each only once", item)
            return tuple(value)
        if not _fits(key, value):
            raise self.refusal(path, key.expected, value)
        return float(value) if key.kind == "number" else value

    def _refusal(self, line: int | None, key: str, expected: str, found: str) -> DesignError:
        return DesignError(file=self.file, line=line, key=key, expected=expected, found=found)


def _fits(key: Key, value: object) -> bool:
    if key.choices and value not in key.choices:
        return False
    match key.kind:
        case "yes or no":
            return isinstance(value, bool)
        case "text":
            return isinstance(value, str) and bool(value.strip())
        case _:
            if isinstance(value, bool) or not isinstance(value, int if key.kind == "whole number" else int | float):
                return False
            try:
                number = float(value)
            except OverflowError:  # a whole number can be longer than any scale
                return False
            return math.isfinite(number) and (
                (key.least is None or key.least <= number) and (key.most is None or number <= key.most)
            )


def _counts(item: object) -> bool:
    return isinstance(item, int) and not isinstance(item, bool) and item >= 1


def _dotted(path: Path) -> str:
    """Write a path as people read it: ``scales[1].low``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            name = part if part.isprintable() and 0 < len(part) <= LONGEST_SHOWN else _shown(part)
            text += f".{name}" if text else name
    return text


def _shown(value: object) -> str:
    """Show a found value on one line, shortened."""
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "a table"
        case str():
            text = (
                '"' + value.encode("unicode_escape").decode("ascii") + '"' if not value.isprintable() else f'"{value}"'
            )
        case _:
            text = str(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "…"
