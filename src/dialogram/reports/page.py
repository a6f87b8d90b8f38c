"""What a report is made of, whatever it is written as."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dialogram.reports.text import Text


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; quiet ones stand back."""

    text: Text
    quiet: bool = False


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table, with its share of the width."""

    name: Text
    width: float = 1.0
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table; the first cell of a row names it."""

    caption: Text
    columns: Sequence[Column]
    rows: Sequence[Sequence[Text]]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"table: expected {len(self.columns)} cells in a row, got {len(row)}")


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A figure, what to know about it, and what it shows in words; one that is as high as wide stands narrow."""

    svg: bytes
    caption: Text
    alt: str
    narrow: bool = False


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One finding at a glance."""

    label: str
    value: str
    words: Text


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    blocks: Sequence[Paragraph | Table | Picture]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A whole report."""

    title: str
    subtitle: str
    finding: str
    opening: Sequence[Paragraph | Table | Picture]
    facts: Sequence[Fact]
    sections: Sequence[Section]
    foot: str
    colours: tuple[str, str]
