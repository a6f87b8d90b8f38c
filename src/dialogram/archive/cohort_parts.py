"""A cohort in Parquet, one file or a folder of them, read some dyads at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dialogram.analysis import JudgedDyad
from dialogram.archive.cohort_table import CohortColumns, check_roles, read_dyads
from dialogram.archive.parquet import MAGIC, ArrowColumns
from dialogram.archive.source import TableError

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import parquet


@dataclass(frozen=True, kw_only=True)
class CohortPart:
    """Some dyads of a cohort, and where their rows lie.

    Parameters
    ----------
    dyads
        Their names.
    groups
        The row groups that hold rows of theirs: file, number in it, and how many rows of all files come before.
    files
        Each file's name with the rows before it.
    columns, moderators
        What stands where, and which moderators stand beside the ratings.
    """

    dyads: tuple[str, ...]
    groups: tuple[tuple[Path, int, int], ...]
    files: tuple[tuple[int, str], ...]
    columns: CohortColumns
    moderators: tuple[str, ...]

    def read(self) -> tuple[JudgedDyad, ...]:
        """Read the dyads.

        Raises
        ------
        TableError
            As :func:`dialogram.archive.cohort_table.read_cohort`.
        OSError
            When a file cannot be opened.
        """
        import pyarrow as pa  # noqa: PLC0415  # of an extra

        columns = self.columns
        named = [columns.dyad, columns.role, columns.time, columns.value, *self.moderators]
        named += [person for person in (columns.therapist, columns.client) if person is not None]
        opened = {path: _open(path) for path in dict.fromkeys(path for path, _, _ in self.groups)}
        tables, lines = [], []
        for path, group, before in self.groups:
            table = _read(opened[path], group, named, self.files)
            rows = _rows_of(ArrowColumns(table, self.files), columns, set(self.dyads))
            tables.append(table if rows.size == table.num_rows else table.take(rows))
            lines.append(rows + before + 1)
        whole = ArrowColumns(
            pa.concat_tables(tables, promote_options="permissive"), self.files, np.concatenate(lines).tolist()
        )
        by_name = {dyad.name: dyad for dyad in read_dyads(whole, columns, moderators=self.moderators)}
        return tuple(by_name[name] for name in self.dyads)


class CohortParts:
    """Where in a cohort's Parquet which dyads lie.

    Parameters
    ----------
    path
        A file, or a folder with files at any depth, taken in the order of their names.
    columns
        What stands where.
    moderators
        Columns of moderators beside the ratings.

    Raises
    ------
    TableError
        For a folder without Parquet, a file that is none, a column that is not there, nobody of either role.
    OSError
        When a file cannot be opened.

    Notes
    -----
    Only the columns of dyads and roles are read, a row group at a time.
    """

    def __init__(self, path: Path, columns: CohortColumns, *, moderators: Sequence[str] = ()) -> None:
        self._columns, self._moderators = columns, tuple(moderators)
        self.paths = _files_of(path)
        self._files: list[tuple[int, str]] = []
        self._groups: list[tuple[Path, int, int]] = []
        self._groups_of: dict[str, list[int]] = {}
        roles: dict[str, None] = {}
        before = 0
        for file in self.paths:
            self._files.append((before, str(file.relative_to(path)) if path.is_dir() else file.name))
            opened = _open(file)
            for group in range(opened.num_row_groups):
                table = _read(opened, group, [columns.dyad, columns.role], self._files)
                self._groups.append((file, group, before))
                before += table.num_rows
                if table.num_rows:
                    self._note(ArrowColumns(table, self._files), columns, roles)
        check_roles(list(roles), columns, self._error)
        self.dyads = [name for name, groups in self._groups_of.items() if groups]

    def _error(self, expected: str, found: str) -> TableError:
        return TableError(f"{self._files[0][1]}: expected {expected}, found {found}")

    def _note(self, table: ArrowColumns, columns: CohortColumns, roles: dict[str, None]) -> None:
        which, names = table.labels(columns.dyad)
        role, there = table.labels(columns.role)
        roles |= dict.fromkeys(there)
        wanted = np.isin(role, [at for at, each in enumerate(there) if each in {columns.judge, columns.truth}])
        rated = set(np.flatnonzero(np.bincount(which[wanted])).tolist())
        # Every dyad in the order in which it first appears, whoever rated; its row groups are those that matter.
        for at, name in enumerate(names):
            groups = self._groups_of.setdefault(name, [])
            if at in rated:
                groups.append(len(self._groups) - 1)

    def part(self, first: int, end: int) -> CohortPart:
        """Give the part that holds some of the dyads, in the order in which they first appear."""
        dyads = self.dyads[first:end]
        groups = sorted({group for name in dyads for group in self._groups_of[name]})
        return CohortPart(
            dyads=tuple(dyads),
            groups=tuple(self._groups[group] for group in groups),
            files=tuple(self._files),
            columns=self._columns,
            moderators=self._moderators,
        )


def holds_parts(path: Path) -> bool:
    """Whether a cohort can be read in parts: a folder, or a file that begins as Parquet does."""
    if path.is_dir():
        return True
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _rows_of(table: ArrowColumns, columns: CohortColumns, wanted: set[str]) -> NDArray[np.intp]:
    which, names = table.labels(columns.dyad)
    if wanted.issuperset(names):
        return np.arange(which.size)
    return np.flatnonzero(np.isin(which, [at for at, name in enumerate(names) if name in wanted]))


def _files_of(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(path.rglob("*.parquet"))
    if not found:
        raise TableError(f"{path.name}: expected Parquet files (*.parquet) in the folder, found none")
    return found


def _open(path: Path) -> "parquet.ParquetFile":
    import pyarrow as pa  # noqa: PLC0415  # of an extra
    from pyarrow import parquet  # noqa: PLC0415  # the same

    with path.open("rb"):  # a file that cannot be opened is told by Python's own error
        pass
    try:
        names = parquet.read_schema(path).names
        return parquet.ParquetFile(path, memory_map=True, read_dictionary=names)
    except pa.ArrowException as error:
        raise TableError(f"{path.name}: expected a whole file of Parquet, found: {error}") from error


def _read(
    file: "parquet.ParquetFile", group: int, columns: Sequence[str], files: Sequence[tuple[int, str]]
) -> "pa.Table":
    """Read some columns of a row group, in which blanks round a column's name do not count."""
    schema = file.schema_arrow
    header = ArrowColumns(schema.empty_table(), files, lines=[1])
    wanted = list(dict.fromkeys(schema.names[header.position(column)] for column in columns))
    return file.read_row_group(group, columns=wanted, use_threads=False)
