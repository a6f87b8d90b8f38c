from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from dialogram.archive import TableError, holds_units, read_units


def _file(folder: Path, text: str, name: str = "units.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("header", "units"),
    [
        ("rater1,rater2", True),
        ("subject,rater1,rater2", True),
        ("unit,rater,value", True),
        ("second,a,b", False),
        ("rater,time,value", False),
    ],
)
def test_a_table_without_times_holds_units(tmp_path: Path, header: str, units: bool) -> None:  # noqa: FBT001  # a parameter of the test
    row = ",".join("1" for _ in header.split(","))
    assert holds_units(_file(tmp_path, f"{header}\n{row}\n")) == units


def test_a_column_of_units_is_no_rater_and_gaps_stay(tmp_path: Path) -> None:
    raters, ratings = read_units(_file(tmp_path, "Subject;a;b\n1;3,5;2\nx;NA;4\n"))
    assert raters == ("a", "b")
    np.testing.assert_array_equal(ratings, [[3.5, np.nan], [2, 4]])


def test_raters_below_each_other_in_any_order(tmp_path: Path) -> None:
    path = _file(tmp_path, "unit,rater,value\n2,b,5\n1,a,1\n2,a,2\n3,b,6\n")
    raters, ratings = read_units(path)
    assert raters == ("b", "a")
    np.testing.assert_array_equal(ratings, [[5, np.nan, 6], [2, 1, np.nan]])
    chosen, rows = read_units(path, ["a"])
    assert (chosen, rows.shape) == (("a",), (1, 3))


def test_parquet_and_row_names(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"case": ["x", "y"], "a": [1.0, 2.0], "b": [3, None]}), tmp_path / "units.parquet")
    assert holds_units(tmp_path / "units.parquet")
    raters, ratings = read_units(tmp_path / "units.parquet")
    assert raters == ("a", "b")
    np.testing.assert_array_equal(ratings, [[1, 2], [3, np.nan]])
    assert read_units(_file(tmp_path, '"","1","2"\n"a",3,4\n'))[0] == ("1", "2")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("9,2,5\n6,1,3\n", ["line 1", "a header row with the raters' names", "'9', '2', '5'"]),
        ("a,b\n1,2\nx,3\n", ["line 3", "a number or an empty cell in 'a'", "'x'"]),
        ("unit\n1\n", ["line 1", "a column per rater"]),
        ("rater,value\na,1\n", ["line 1", "a column of units"]),
        ("unit,rater,value\n1,a,1\n2,a,1\n1,a,3\n", ["line 4", "one rating of unit '1' by 'a'", "a second one"]),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(TableError) as refused:
        read_units(_file(tmp_path, text))
    for word in words:
        assert word in str(refused.value)
    assert "\n" not in str(refused.value)


def test_columns_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="a column 'c'"):
        read_units(_file(tmp_path, "a,b\n1,2\n"), ["a", "c"])
    with pytest.raises(TableError, match="a rater 'c'"):
        read_units(_file(tmp_path, "unit,rater,value\n1,a,1\n"), ["c"])
