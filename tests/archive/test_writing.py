"""What a format cannot hold is refused, and nothing half-written stands anywhere."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dialogram.archive import TableError, read_traces, write_traces
from dialogram.timeline import HELPFULNESS, Scale, Trace

CLIENT = Trace(values=[50, 60, np.nan, 70.5], step_s=0.5, name="client")
THERAPIST = replace(CLIENT, name="therapist")
WHOLE = Scale(name="rating", low=-100.0, neutral=0.0, high=100.0)
HELD = Trace(values=[1, 2, 3], step_s=1.0, name="client", scale=WHOLE)
X, Y = (replace(CLIENT, name=name, scale=WHOLE) for name in "XY")


@pytest.mark.parametrize(
    ("format_", "held"),
    [
        ("wide", [CLIENT, THERAPIST]),
        ("long", [CLIENT, replace(THERAPIST, step_s=1.0)]),
        ("carma", [CLIENT]),
        ("darma", [X, Y]),
        ("pagan", [HELD]),
    ],
)
def test_what_a_format_holds_is_written(tmp_path: Path, format_: str, held: list[Trace]) -> None:
    assert write_traces(tmp_path / "out.csv", held, format=format_).exists()


ASKEW = replace(CLIENT, scale=replace(HELPFULNESS, neutral=30.0))


@pytest.mark.parametrize(
    ("format_", "traces", "message"),
    [
        ("wide", [CLIENT, CLIENT], "expected each trace to have a name of its own, found 'client', 'client'"),
        ("wide", [CLIENT, replace(THERAPIST, step_s=1.0)], "on one grid .* 'long' or 'parquet' holds both"),
        ("wide", [CLIENT, replace(THERAPIST, start_s=1.0)], "found 'client' with 4 bins of 0.5 s from 0 s and"),
        ("wide", [replace(CLIENT, name="second")], "expected names that no column of times or of a long table has"),
        ("wide", [replace(CLIENT, name="Rater"), replace(CLIENT, name="value")], "of a long table has"),
        ("wide", [replace(CLIENT, name=" client")], "no blank round them, found ' client'"),
        ("long", [replace(CLIENT, name="cli\nent")], "expected a name or label of printable letters"),
        ("long", [Trace(values=[1], step_s=1, name="client")], "at least two bins of 'client', to tell the step"),
        ("carma", [CLIENT, THERAPIST], "expected one trace, as a file of CARMA holds, found 2: 'client', 'therapist'"),
        ("carma", [ASKEW], "expected 50 to be neither, as half way between 0 and 100 always is for CARMA, found 30"),
        ("carma", [replace(CLIENT, start_s=0.2)], "to begin a whole number of bins after 0, .* found 0.2 s with"),
        ("carma", [replace(CLIENT, start_s=1e30)], "to begin a whole number of bins after 0, .* found 1e.30 s with"),
        ("carma", [replace(CLIENT, start_s=-0.5)], "to begin a whole number of bins after 0, .* found -0.5 s with"),
        ("carma-14.00", [replace(CLIENT, scale=replace(HELPFULNESS, low_label="no, not"))], "without any of"),
        ("carma-12", [replace(CLIENT, scale=replace(HELPFULNESS, low_label=""))], "expected a name or label"),
        ("carma-dump", [CLIENT, THERAPIST], "expected one trace"),
        ("darma", [X], "expected two traces, or three with the button, as a file of DARMA holds, found 'X'"),
        ("darma", [X, replace(Y, scale=HELPFULNESS)], "expected axes from minus to plus .* found 0 to 100"),
        ("darma", [X, replace(Y, name="Button")], "expected the axes before the button"),
        ("darma", [X, Y, replace(Y, name="Button")], "bin at 0 s: expected 0 or 1 for the button, found 50"),
        ("darma", [X, replace(Y, step_s=1.0)], "expected traces on one grid"),
        ("darma-log", [X, Y], "expected three traces, X, Y and the button"),
        ("pagan", [replace(HELD, scale=HELPFULNESS)], "a scale from -100 to 100 round 0, .* found 0 to 100"),
        ("pagan", [Trace(values=[1, 2.5], step_s=1, name="a", scale=WHOLE)], "'a', bin at 1 s: expected a whole"),
        ("pagan", [Trace(values=[1, np.nan, 2], step_s=1, name="a", scale=WHOLE)], "'a', bin at 1 s: expected no"),
        ("pagan", [replace(HELD, name="a,b")], "without any of ',', found 'a,b'"),
    ],
)  # fmt: skip
def test_what_a_format_cannot_hold_is_refused_and_nothing_is_written(
    tmp_path: Path, format_: str, traces: Sequence[Trace], message: str
) -> None:
    path = tmp_path / "out.csv"
    path.write_text("as it was")
    with pytest.raises(TableError, match=message) as caught:
        write_traces(path, traces, format=format_)
    assert str(caught.value).startswith("out.csv: ")
    assert (path.read_text(), list(tmp_path.iterdir())) == ("as it was", [path])


@pytest.mark.parametrize(
    ("name", "format_", "message"),
    [
        ("out.xlsx", None, "expected a name that ends in .csv, .tsv, .parquet, .annotation, got 'out.xlsx'"),
        ("out.csv", "elan", "format: expected one of 'parquet', 'nova', .*, got 'elan'"),
        ("out.csv", "nova", "a file of 'nova' ends in .annotation, got 'out.csv'"),
        ("out.parquet", "carma", "a file of 'carma' ends in .csv, got 'out.parquet'"),
    ],
)
def test_a_name_that_is_none_of_the_format_s_is_refused(
    tmp_path: Path, name: str, format_: str | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        write_traces(tmp_path / name, [CLIENT], format=format_)
    assert not list(tmp_path.iterdir())


def test_no_trace_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one"):
        write_traces(tmp_path / "out.csv", [])


def test_the_ending_says_how_a_table_is_written(tmp_path: Path) -> None:
    assert (
        write_traces(tmp_path / "out.TSV", [CLIENT]).read_text() == "second\tclient\n0\t50\n0.5\t60\n1\t\n1.5\t70.5\n"
    )
    write_traces(tmp_path / "out.annotation", [CLIENT])
    assert (tmp_path / "out.annotation~").read_text() == "50;1\n60;1\nNaN;0\n70.5;1\n"


def test_into_no_folder_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no folder .* to write 'out.csv' into"):
        write_traces(tmp_path / "absent" / "out.csv", [CLIENT])


@pytest.mark.parametrize("name", ["out.annotation", "out.annotation~"])
def test_of_two_files_neither_is_written_when_one_cannot_be(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(IsADirectoryError, match=f"'{name}' is a folder"):
        write_traces(tmp_path / "out.annotation", [CLIENT])
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_same_traces_give_the_same_bytes(tmp_path: Path) -> None:
    for name, format_ in (("a.csv", "carma"), ("a.parquet", None), ("a.annotation", None)):
        first = write_traces(tmp_path / name, [CLIENT], format=format_).read_bytes()
        assert write_traces(tmp_path / name, [CLIENT], format=format_).read_bytes() == first


def test_a_file_is_read_before_it_is_replaced_by_itself(tmp_path: Path) -> None:
    path = write_traces(tmp_path / "client.csv", [CLIENT])
    write_traces(path, read_traces(path), format="carma")
    (trace,) = read_traces(path)
    np.testing.assert_array_equal(trace.values, CLIENT.values)
