"""Parquet as other programs write it."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from dialogram.archive import TableError, read_traces, recognise

SECONDS = [0.0, 0.5, 1.0]


def put(tmp_path: Path, columns: dict[str, object], metadata: dict[bytes, bytes] | None = None) -> Path:
    path = tmp_path / "dyad.parquet"
    parquet.write_table(pa.table(columns, metadata=metadata), path)
    return path


def test_raters_beside_each_other(tmp_path: Path) -> None:
    columns: dict[str, object] = {"client": [50, None, 61], "second": SECONDS, "note": ["a", "b", None]}
    path = put(tmp_path, columns)
    assert recognise(path) == "parquet"
    (trace,) = read_traces(path, ["client"])
    assert (trace.step_s, trace.start_s) == (0.5, 0.0)
    np.testing.assert_array_equal(trace.values, [50, np.nan, 61])
    with pytest.raises(TableError, match="row 1: expected a number or an empty cell in 'note', found a column of type"):
        read_traces(path)


def test_raters_below_each_other_by_number_or_by_category(tmp_path: Path) -> None:
    numbers: dict[str, object] = {"person": [7, 7, 8, 8], "time": [0, 1, 0, 1], "dial": [1.5, 2, 3, np.nan]}
    categories = {**numbers, "person": pa.array(["7", "7", "8", "8"]).dictionary_encode()}
    for columns in (numbers, categories):
        seven, eight = read_traces(put(tmp_path, columns))
        assert (seven.name, eight.name) == ("7", "8")
        np.testing.assert_array_equal(seven.values, [1.5, 2])
        np.testing.assert_array_equal(eight.values, [3, np.nan])


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"second": [0, 1, 3, 3], "client": [1, 2, 3, 4]}, "row 4: expected a time after 3 s in 'second'"),
        (
            {"second": [0.0, None, 2.0], "client": [1, 2, 3]},
            "row 2: expected a time in seconds in 'second', found none",
        ),
        ({"second": SECONDS, "client": ["1", "2", "3"]}, "row 1: expected a number or an empty cell in 'client'"),
        ({"second": SECONDS, "client": [1.0, np.inf, 2.0]}, "row 2: expected a number or an empty cell .* found inf"),
        ({"second": SECONDS, "client": [[1], [2], [3]]}, "row 1: expected a number .* found a column of type list"),
        ({"client": [1.0, 2.0]}, r"row 1: expected a column of times .* found the columns 'client'"),
        ({"second": pa.array([], pa.float64())}, "row 1: expected a row per bin, found an empty table"),
        ({"rater": ["a", None], "second": [0, 1], "value": [1, 2]}, "row 2: expected who rated in 'rater'"),
    ],
)
def test_what_is_wrong_is_said_with_its_row(tmp_path: Path, columns: dict[str, object], message: str) -> None:
    with pytest.raises(TableError, match=message) as caught:
        read_traces(put(tmp_path, columns))
    assert str(caught.value).startswith("dyad.parquet, row ")


def test_a_column_of_nothing_is_missing_all_the_way(tmp_path: Path) -> None:
    (trace,) = read_traces(put(tmp_path, {"second": SECONDS, "client": [None, None, None]}))
    assert not trace.present.any()


@pytest.mark.parametrize(
    "kept", [b"no JSON", b"[]", b'{"client": {"low": 1}}', b'{"client": {"name": "a", "low": 99}}']
)
def test_scales_that_are_none_are_refused(tmp_path: Path, kept: bytes) -> None:
    columns: dict[str, object] = {"second": SECONDS, "client": [1, 2, 3]}
    assert len(read_traces(put(tmp_path, columns, {b"dialogram.scales": b"{}"}))) == 1
    with pytest.raises(TableError, match=r"dyad\.parquet: expected scales in the metadata, found: "):
        read_traces(put(tmp_path, columns, {b"dialogram.scales": kept}))


def test_a_file_cut_off_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, {"second": SECONDS, "client": [1, 2, 3]})
    whole = path.read_bytes()
    for length in range(4, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(TableError, match="expected a whole file of Parquet") as caught:
            read_traces(path)
        assert "\n" not in str(caught.value)
