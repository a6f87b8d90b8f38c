"""The block of keys that CARMA and DARMA write above their table."""

import math
import re

from dialogram.archive.columns import TextColumns
from dialogram.archive.source import Row, Source

_RULE = re.compile(r'^"?%%%%%%"?([,;\t])"?%%%%%%.*$', re.MULTILINE)
"""The row of signs between header and ratings, as it is with and without quotes."""


def has_key(source: Source, key: str) -> bool:
    """Whether a file has the row of signs, and above it a row that begins with a key."""
    rule = _RULE.search(source.text)
    return rule is not None and re.search(rf'^"?{key}"?[,;\t]', source.text[: rule.start()], re.MULTILINE) is not None


class Frame:
    """Rows found by their keys, a header and the ratings below the row of signs."""

    def __init__(self, source: Source) -> None:
        self._source = source
        rule = _RULE.search(source.text)
        rows = source.rows(rule[1] if rule else ",")
        at = next((index for index, row in enumerate(rows) if row.cells[:1] == ["%%%%%%"]), 0)
        if at == 0:
            raise source.error(1, "rows of keys and a header above the row of %%%%%%", "none")
        self._rows = {row.cells[0]: row for row in rows[: at - 1] if row.cells}
        self.header, self._rule, self._ratings = rows[at - 1], rows[at], rows[at + 1 :]

    def columns(self, names: list[str]) -> TextColumns:
        """Give the ratings under names; cells beyond them must be empty."""
        return TextColumns(self._source, [Row(self._rule.line, names), *self._ratings])

    def text(self, key: str) -> str:
        """Read what stands behind a key; in a file without quotes it may hold commas."""
        line, cells = self.row(key)
        if any(cells[2:]):
            return self._source.text.split("\n")[line - 1].partition(",")[2].strip(", ")
        return cells[1] if len(cells) > 1 else ""

    def number(self, key: str) -> float:
        """Read the number behind a key."""
        row = self.row(key)
        what = f"a number behind {key!r}"
        value = self._source.number(self.text(key), row.line, what)
        if math.isnan(value):
            raise self._source.error(row.line, what, "none")
        return value

    def row(self, key: str) -> Row:
        """Find the row that begins with a key."""
        if key not in self._rows:
            raise self._source.error(1, f"a row {key!r} above the ratings", "none")
        return self._rows[key]
