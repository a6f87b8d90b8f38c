import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from tests.compute.tables import COLUMNS, rows, write

from dialogram import JudgedDyad, TableError, read_cohort
from dialogram.archive import CohortColumns, CohortParts, holds_parts

NAMES = [f"d{index}" for index in range(20)]


def read_in_parts(path: Path, columns: CohortColumns, moderators: tuple[str, ...] = ()) -> list[JudgedDyad]:
    parts = CohortParts(path, columns, moderators=moderators)
    cuts = [0, 7, 8, len(parts.dyads)]
    return [dyad for first, end in itertools.pairwise(cuts) for dyad in parts.part(first, end).read()]


def assert_same(some: list[JudgedDyad], others: list[JudgedDyad]) -> None:
    assert len(some) == len(others) > 0
    for one, other in zip(some, others, strict=True):
        assert (one.name, one.therapist, one.moderators) == (other.name, other.therapist, other.moderators)
        for trace, twin in ((one.judge, other.judge), (one.truth, other.truth)):
            np.testing.assert_array_equal(trace.values, twin.values)
            assert (trace.step_s, trace.start_s) == (twin.step_s, twin.start_s)


@pytest.mark.parametrize("order", ["as they come", "backwards", "mixed"])
def test_parts_are_the_whole(tmp_path: Path, order: str) -> None:
    """However rows lie: dyads in a row, the last first, or every dyad in every row group."""
    table = rows(NAMES)
    places = np.arange(table.num_rows)
    if order == "backwards":
        places = places[::-1]
    if order == "mixed":
        places = np.random.default_rng(2).permutation(places)
    path = write(tmp_path / "cohort.parquet", table.take(places), in_group=500)
    columns = replace(COLUMNS, therapist="by")
    whole = read_cohort(path, columns, moderators=["alliance"])
    assert_same(read_in_parts(path, columns, ("alliance",)), list(whole))


def test_a_part_touches_only_the_row_groups_it_lies_in(tmp_path: Path) -> None:
    path = write(tmp_path / "cohort.parquet", rows(NAMES), in_group=240)
    parts = CohortParts(path, COLUMNS)
    assert [group for _, group, _ in parts.part(0, 4).groups] == [0, 1]
    assert [group for _, group, _ in parts.part(3, 5).groups] == [1, 2]


def test_a_folder_is_its_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    folder = tmp_path / "cohort"
    (folder / "site=b").mkdir(parents=True)
    table = rows(NAMES)
    write(folder / "a.parquet", table.slice(0, 7 * 120))
    write(folder / "site=b" / "one.parquet", table.slice(7 * 120).combine_chunks())
    (folder / "notes.txt").write_text("not a table")
    whole = read_cohort(write(tmp_path / "whole.parquet", table), COLUMNS)
    assert_same(read_in_parts(folder, COLUMNS), list(whole))


def test_what_is_wrong_is_told_with_its_file_and_row(tmp_path: Path) -> None:
    folder = tmp_path / "cohort"
    folder.mkdir()
    write(folder / "a.parquet", rows(NAMES[:5]))
    bad = rows(NAMES[5:10]).to_pydict()
    bad["dial"][130] = 1e300
    write(folder / "b.parquet", pa.table(bad), in_group=100)
    with pytest.raises(TableError, match=r"^b\.parquet, row 131: expected a number or an empty cell in 'dial', found"):
        read_in_parts(folder, COLUMNS)
    bad["dial"][130], bad["s"][250] = 50.0, bad["s"][251]
    write(folder / "b.parquet", pa.table(bad), in_group=100)
    with pytest.raises(TableError, match=r"^b\.parquet, row 252: expected one row of 'c' in dyad 'd7'"):
        read_in_parts(folder, COLUMNS)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (replace(COLUMNS, judge="x"), r"^cohort\.parquet: expected the judge 'x' somewhere in 'who', found 'c', 'obs"),
        (replace(COLUMNS, value="bond"), r"^cohort\.parquet, row 1: expected a column 'bond', found the columns"),
        (replace(COLUMNS, dyad="couple"), r"^cohort\.parquet, row 1: expected a column 'couple'"),
    ],
)
def test_columns_and_roles_that_are_not_there(tmp_path: Path, columns: CohortColumns, words: str) -> None:
    path = write(tmp_path / "cohort.parquet", rows(NAMES))
    with pytest.raises(TableError, match=words):
        read_in_parts(path, columns)


def test_what_is_no_parquet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="expected Parquet files"):
        CohortParts(tmp_path, COLUMNS)
    path = write(tmp_path / "cohort.parquet", rows(NAMES))
    assert holds_parts(path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(TableError, match=r"cohort\.parquet: expected a whole file of Parquet"):
        CohortParts(path, COLUMNS)
    with pytest.raises(FileNotFoundError):
        holds_parts(tmp_path / "none.parquet")
    (tmp_path / "cohort.csv").write_text("dyad,who\n")
    assert not holds_parts(tmp_path / "cohort.csv")
