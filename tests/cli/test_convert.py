import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from dialogram import Scale, Trace, read_traces, write_traces
from dialogram.cli.program import program

DIAL = Scale(name="rating", low=-100.0, neutral=0.0, high=100.0, low_label="bad", high_label="good")


@pytest.fixture
def client() -> Trace:
    walk = np.random.default_rng(1).normal(size=400).cumsum()
    return Trace(values=np.clip(np.round(4 * walk), -100, 100), step_s=1.0, name="client", scale=DIAL)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(program, list(map(str, arguments)))


def refused(done: Result, code: int, *words: str) -> None:
    assert done.exit_code == code, done.stderr
    assert done.stdout == ""
    if code == 3:
        assert len(done.stderr.splitlines()) == 1
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize(
    ("name", "to"),
    [
        ("out.csv", "carma"),
        ("out.csv", "carma-14.00"),
        ("out.csv", "carma-12"),
        ("out.csv", "pagan"),
        ("out.parquet", "parquet"),
        ("out.annotation", "nova"),
    ],
)
def test_there_and_back_through_every_format_with_a_scale(tmp_path: Path, client: Trace, name: str, to: str) -> None:
    carma = write_traces(tmp_path / "client.csv", [client], format="carma")
    done = run("convert", carma, tmp_path / name, "--to", to)
    assert (done.exit_code, done.stdout) == (0, f"client.csv (carma) to {name} ({to}): client\n"), done.stderr
    assert run("convert", tmp_path / name, tmp_path / "back.csv", "--to", "carma").exit_code == 0
    (back,) = read_traces(tmp_path / "back.csv")
    np.testing.assert_array_equal(back.values, client.values)
    assert (back.step_s, back.scale.low, back.scale.high) == (1.0, -100.0, 100.0)


def test_one_of_several_and_the_dial_of_a_table(tmp_path: Path) -> None:
    table = tmp_path / "dyad.csv"
    table.write_text("second,client,therapist\n0,1,5\n2,,4\n4,3,3\n")
    out = tmp_path / "out.csv"
    refused(run("convert", table, out, "--to", "carma"), 3, "out.csv", "expected one trace", "'client', 'therapist'")
    assert not out.exists()
    options = ("--to", "carma", "--column", "client", "--scale-low", "0", "--scale-high", "5")
    done = run("convert", table, out, *options)
    assert done.exit_code == 0
    assert done.stderr == "dialogram: client: 1 of 3 bins are missing; they stay in their place\n"
    (trace,) = read_traces(out)
    assert (trace.step_s, trace.scale.low, trace.scale.neutral, trace.scale.high) == (2.0, 0.0, 2.5, 5.0)
    np.testing.assert_array_equal(trace.values, [1, np.nan, 3])
    assert run("convert", table, out, "--column", "therapist", "--column", "client").exit_code == 0
    assert [trace.name for trace in read_traces(out)] == ["therapist", "client"]


def test_changes_are_put_into_bins_of_the_step(tmp_path: Path) -> None:
    (tmp_path / "dump.csv").write_text("0,0\n0.5,10\n1.5,20\n2,20\n")
    out = tmp_path / "out.csv"
    assert run("convert", tmp_path / "dump.csv", out, "--step", "0.5").exit_code == 0
    assert out.read_text() == "second,dump\n0,0\n0.5,10\n1,10\n1.5,20\n"
    assert run("convert", tmp_path / "dump.csv", out).exit_code == 0
    assert out.read_text() == "second,dump\n0,5\n1,15\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["line 1", "an empty file"]),
        (b"second,client\n0,1\n1,bad\n", ["line 3", "'bad'"]),
        (b"second,client\n0,1;2\n1,3\n", ["line 2", "'1;2'"]),
        (b"\x00\xff\x00", ["line 1", "not text"]),
        (b"PAR1\x00", ["Parquet"]),
        (b"<annotation/>", ["line 1", "<info>"]),
    ],
)
def test_what_cannot_be_read_gets_one_line_and_leaves_what_stands_there(
    tmp_path: Path, content: bytes, words: list[str]
) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes(content)
    out.write_text("as it was")
    refused(run("convert", source, out), 3, "in.csv", *words)
    assert out.read_text() == "as it was"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


def test_an_absent_file_and_an_absent_folder(tmp_path: Path, client: Trace) -> None:
    refused(run("convert", tmp_path / "none.csv", tmp_path / "out.csv"), 3, "none.csv", "can be opened")
    table = write_traces(tmp_path / "client.csv", [client])
    refused(run("convert", table, tmp_path / "absent" / "out.csv"), 3, "out.csv", "no folder")


@pytest.mark.parametrize(
    "wrong",
    [
        ("out.xlsx",),
        ("out.csv", "--to", "elan"),
        ("out.csv", "--to", "parquet"),
        ("out.csv", "--step", "0"),
        ("out.csv", "--step", "1", "--time-column", "second"),
        ("out.csv", "--scale-low", "200"),
        (),
    ],
)
def test_wrong_use_is_told_from_bad_input(tmp_path: Path, client: Trace, wrong: tuple[str, ...]) -> None:
    table = write_traces(tmp_path / "client.csv", [client])
    refused(run("convert", table, *(tmp_path / word if word.startswith("out") else word for word in wrong)), 2)
    assert [path.name for path in tmp_path.iterdir()] == ["client.csv"]


HOLDS_ONE = {"carma": ".csv", "carma-12": ".csv", "carma-dump": ".csv", "nova": ".annotation"}
HOLDS_SEVERAL = {"parquet": ".parquet", "pagan": ".csv", "darma": ".csv", "long": ".csv", "wide": ".tsv"}


@pytest.mark.parametrize("format_", [*HOLDS_ONE, *HOLDS_SEVERAL])
def test_dyad_and_extremes_read_what_convert_reads(tmp_path: Path, client: Trace, format_: str) -> None:
    other = Trace(values=client.values[::-1], step_s=1.0, name="other", scale=DIAL)
    dial = ("--scale-low", "-100", "--scale-high", "100")
    table = write_traces(tmp_path / "table.csv", [client, other])
    expected = json.loads(run("dyad", table, "--columns", "client", "other", *dial, "--json").stdout)

    traces = [client] if format_ in HOLDS_ONE else [client, other]
    path = write_traces(tmp_path / f"client{(HOLDS_ONE | HOLDS_SEVERAL)[format_]}", traces, format=format_)
    done = run("dyad", path, table, "--columns", "client", "other", *dial, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    expected["b"]["name"] = "therapist"
    assert json.loads(done.stdout) == expected
    picked = json.loads(run("extremes", path, "--column", "client", *dial, "--json").stdout)
    assert picked == json.loads(run("extremes", table, "--column", "client", *dial, "--json").stdout)


def test_dyad_takes_the_dial_from_the_files_unless_told(tmp_path: Path, client: Trace) -> None:
    other = Trace(values=client.values[::-1], step_s=1.0, name="other", scale=DIAL)
    one = write_traces(tmp_path / "one.csv", [client], format="carma")
    two = write_traces(tmp_path / "two.csv", [other], format="carma")
    done = run("dyad", one, two, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(done.stdout)["states"]["band"] == [-10.0, 10.0]
    told = json.loads(run("dyad", one, two, "--json", "--scale-neutral", "20").stdout)
    assert told["states"]["band"] == [10.0, 30.0]
    table = write_traces(tmp_path / "two.csv", [other])
    unlike = run("dyad", one, table, "--json")
    assert (unlike.exit_code, unlike.stdout) == (3, "")
    assert "expected one scale" in unlike.stderr.splitlines()[-1]


WITHOUT_PYARROW = """
import sys
sys.modules["pyarrow"] = None
sys.argv[0] = "dialogram"
from dialogram.cli import main
main()
"""


def test_parquet_without_its_extra_gets_one_line(tmp_path: Path, client: Trace) -> None:
    table = write_traces(tmp_path / "client.csv", [client])
    kept = write_traces(tmp_path / "client.parquet", [client])
    for arguments in (
        ["convert", table, tmp_path / "out.parquet"],
        ["convert", kept, tmp_path / "out.csv"],
        ["extremes", kept],
        ["dyad", kept, table],
    ):
        program_ = [sys.executable, "-c", WITHOUT_PYARROW, *map(str, arguments)]
        done = subprocess.run(program_, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.splitlines()[-1] == (
            "dialogram: pyarrow is not installed; this needs the extra: pip install 'dialogram[figures]'"
        )
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PYARROW, "convert", table, tmp_path / "out.tsv"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert not (tmp_path / "out.parquet").exists()
    assert not (tmp_path / "out.csv").exists()


def test_where_it_cannot_be_written_is_told_by_the_name_it_was_given(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("second,client\n0,1\n1,2\n")
    refused(run("convert", table, tmp_path / "absent" / "out.csv"), 3, "dialogram: OUT: no folder", "out.csv")
    refused(run("convert", table, tmp_path / "out.nonsense"), 2, "OUT: expected a name that ends in")
