import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator

type Path = tuple[str | int, ...]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}#\n]+")
_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BASIC = re.compile(r'"(?:[^"\\]|\\.)*"')
_LITERAL = re.compile(r"'[^']*'")
_LONG_BASIC = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}', re.DOTALL)
_LONG_LITERAL = re.compile(r"'''.*?'{3,5}", re.DOTALL)


def line_index(text: str) -> dict[Path, int]:
    r"""Tell on which line each table, key and list item of a TOML document stands.

    ``tomllib`` gives values without places, and an error that names no line helps nobody.

    Parameters
    ----------
    text
        A document that ``tomllib`` has already accepted; of any other the answer means nothing.

    Returns
    -------
    dict
        From path to line, counted from 1. Items of lists and of arrays of tables have their number in the path.

    Examples
    --------
    >>> line_index('a = 1\n[[b]]\nc = ["x",\n "y"]')
    {('a',): 1, ('b',): 2, ('b', 0): 2, ('b', 0, 'c'): 3, ('b', 0, 'c', 0): 3, ('b', 0, 'c', 1): 4}
    """
    return _Scanner(text).index()


class _Scanner:
    """Walks over a valid document once, from statement to statement."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.newlines = [found.start() for found in re.finditer("\n", text)]
        self.lines: dict[Path, int] = {}
        self.items: dict[Path, int] = {}  # how many tables each array of tables has so far

    def index(self) -> dict[Path, int]:
        table: Path = ()
        self._skip_space()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip_space()
        return self.lines

    def _header(self) -> Path:
        place = self.at
        is_item = self.text.startswith("[[", self.at)
        self.at += 2 if is_item else 1
        path: Path = ()
        keys = list(self._keys())
        for part in keys[:-1]:
            path = self._newest((*path, part))
            self._note(path, place)
        path = (*path, keys[-1])
        self._note(path, place)
        if is_item:
            self.items[path] = self.items.get(path, -1) + 1
            path = self._newest(path)
            self._note(path, place)
        self.at += 2 if is_item else 1
        return path

    def _newest(self, path: Path) -> Path:
        return (*path, self.items[path]) if path in self.items else path

    def _pair(self, table: Path) -> None:
        place, path = self.at, table
        for part in self._keys():
            path = (*path, part)
            self._note(path, place)
        self.at += 1  # the equals sign
        self._value(path)

    def _keys(self) -> Iterator[str]:
        while True:
            self._skip_space()
            yield self._key()
            self._skip_space()
            if self.text[self.at] != ".":
                return
            self.at += 1

    def _key(self) -> str:
        if self.text[self.at] == '"':
            return str(tomllib.loads("key = " + self._take(_BASIC))["key"])
        if self.text[self.at] == "'":
            return self._take(_LITERAL)[1:-1]
        return self._take(_BARE_KEY)

    def _value(self, path: Path) -> None:
        self._skip_space()
        opening = self.text[self.at]
        if opening == "[":
            self._list(path)
        elif opening == "{":
            self._inline_table(path)
        elif opening == '"':
            self._take(_LONG_BASIC if self.text.startswith('"""', self.at) else _BASIC)
        elif opening == "'":
            self._take(_LONG_LITERAL if self.text.startswith("'''", self.at) else _LITERAL)
        else:
            self._take(_BARE_VALUE)

    def _list(self, path: Path) -> None:
        for number, _ in enumerate(self._entries("]")):
            self._note((*path, number), self.at)
            self._value((*path, number))

    def _inline_table(self, path: Path) -> None:
        for _ in self._entries("}"):
            self._pair(path)

    def _entries(self, closing: str) -> Iterator[None]:
        """Stop at the start of each entry up to the closing bracket; the caller reads the entry."""
        self.at += 1
        self._skip_space()
        while self.text[self.at] != closing:
            yield
            self._skip_space()
            if self.text[self.at] == ",":
                self.at += 1
                self._skip_space()
        self.at += 1

    def _note(self, path: Path, place: int) -> None:
        self.lines.setdefault(path, bisect_right(self.newlines, place - 1) + 1)

    def _skip_space(self) -> None:
        self._take(_SPACE)

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise ValueError(f"text: expected a TOML document that tomllib accepts, stopped at character {self.at}")
        self.at = found.end()
        return found.group()
