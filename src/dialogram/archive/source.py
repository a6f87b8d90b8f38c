import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from dialogram.timeline.trace import LARGEST

MISSING = frozenset({"", "na", "n/a", "nan", "null", "."})
"""Cells, upper or lower case, that stand for a missing bin."""


class TableError(ValueError):
    """A file that cannot be read or written: one line with file, line, what was expected and what was found."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked of a file beside its content; None where it is left to the file."""

    columns: tuple[str, ...] | None = None
    time_column: str | None = None
    step_s: float | None = None

    def choose[T](self, there: Mapping[str, T], source: "Source", *, what: str) -> tuple[T, ...]:
        """Give those of the named things that are asked for, in the order in which they are."""
        if self.columns is None:
            return tuple(there.values())
        for name in self.columns:
            if name not in there:
                raise source.error(1, f"{what} {name!r}", f"only {listed(there)}")
        return tuple(there[name] for name in self.columns)


class Row(NamedTuple):
    """The cells of one row and the number of its line."""

    line: int
    cells: list[str]


class Source:
    """The content of a file of ratings."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.raw = path.read_bytes()

    def error(self, line: int, expected: str, found: str) -> TableError:
        """Make the one line that refuses the file."""
        return TableError(f"{self.path.name}, line {line}: expected {expected}, found {found}")

    @cached_property
    def text(self) -> str:
        """The file as text: UTF-8 or UTF-16, else Windows-1252, each line ended by a line feed."""
        wide = self.raw.startswith((b"\xff\xfe", b"\xfe\xff"))
        for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
            try:
                text = self.raw.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\0" not in text:
                return text.replace("\r\n", "\n").replace("\r", "\n")
        raise self.error(1, "a table of text", "bytes that are not text")

    @cached_property
    def first_line(self) -> str:
        """The first line that is not empty."""
        return next((line for line in io.StringIO(self.text) if line.strip()), "").rstrip("\n")

    @cached_property
    def delimiter(self) -> str:
        """What parts the cells of the first line: tab, semicolon or comma, whatever its quotes hold."""
        outside = re.sub(r'"[^"]*"', "", self.first_line)
        return max("\t;,", key=outside.count)

    @cached_property
    def first_cells(self) -> list[str]:
        """The cells of the first line, but for empty ones at its end."""
        cells = next(csv.reader([self.first_line], delimiter=self.delimiter, skipinitialspace=True), [])
        while cells and not cells[-1].strip():
            cells.pop()
        return [cell.strip() for cell in cells]

    def rows(self, delimiter: str) -> list[Row]:
        """Split the text into rows of cells."""
        # Strict: a quote that is never closed would swallow all rows after it without a word.
        reader = csv.reader(io.StringIO(self.text), delimiter=delimiter, skipinitialspace=True, strict=True)
        try:
            return [Row(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
        except csv.Error as error:
            raise self.error(reader.line_num, "cells of text, each quote closed", str(error)) from error

    def number(self, cell: str, line: int, what: str) -> float:
        """Read a number with a decimal point or comma; NaN where the cell stands for a missing bin."""
        if cell.lower() in MISSING:
            return math.nan
        decimal = cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell
        try:
            value = float(decimal)
        except ValueError:
            value = math.nan
        # float() also takes "nan" with a sign, "infinity" and "1_0"; none of them is a rating.
        if not abs(value) <= LARGEST or "_" in cell:
            raise self.error(line, what, repr(cell[:40]))
        return value


def is_number(cell: str) -> bool:
    """Whether a cell is a number or NaN, to tell a row of data from a header."""
    try:
        return not math.isinf(float(cell.replace(",", ".")))
    except ValueError:
        return False


def listed(names: Mapping[str, object] | Sequence[str]) -> str:
    """Write names in a row, ``'client', 'therapist'``."""
    return ", ".join(repr(name) for name in names if name)
