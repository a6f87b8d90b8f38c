import json
from pathlib import Path

import pytest
from tests.analysis.observers import draw_observers
from typer.testing import CliRunner, Result

from dialogram import measure_reliability, measure_unit_reliability, read_traces, read_units
from dialogram.cli.program import program


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(program, list(map(str, arguments)))


def refused(done: Result, *words: str) -> None:
    """Bad input: exit code 3, nothing on stdout, one line on stderr with these words."""
    assert done.exit_code == 3, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    for word in words:
        assert word in line


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "observers.csv"
    rows = draw_observers(1, 3, 400).T.round(2)
    path.write_text("second,a,b,c\n" + "".join(f"{at},{x},{y},{z}\n" for at, (x, y, z) in enumerate(rows)))
    return path


@pytest.fixture
def units(tmp_path: Path) -> Path:
    path = tmp_path / "units.csv"
    path.write_text("subject,one,other\n" + "".join(f"{at},{at % 5},{at % 4}\n" for at in range(20)))
    return path


def test_json_of_traces_is_one_object_and_that_of_the_library(table: Path) -> None:
    done = run("reliability", table, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1
    assert json.loads(done.stdout) == measure_reliability(read_traces(table)).to_dict()


def test_json_of_units_is_that_of_the_library(units: Path) -> None:
    done = run("reliability", units, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    raters, ratings = read_units(units)
    assert json.loads(done.stdout) == measure_unit_reliability(ratings, raters).to_dict()


def test_a_step_makes_rows_bins(units: Path) -> None:
    done = run("reliability", units, "--json", "--step", "2", "--column", "one", "--column", "other")
    printed = json.loads(done.stdout)
    assert printed["step_s"] == 2.0
    assert printed["consensus"] is not None


def test_a_file_a_rater_is_named_after_the_file(table: Path, tmp_path: Path) -> None:
    rows = [line.split(",") for line in table.read_text().splitlines()]
    files = [tmp_path / f"{name}.csv" for name in "abc"]
    for column, file in enumerate(files, start=1):
        file.write_text("second,rating\n" + "".join(f"{row[0]},{row[column]}\n" for row in rows[1:]))
    assert json.loads(run("reliability", *files, "--json").stdout) == json.loads(
        run("reliability", table, "--json").stdout
    )
    (tmp_path / "again").mkdir()
    twin = tmp_path / "again" / "a.csv"
    twin.write_text(files[0].read_text())
    printed = json.loads(run("reliability", files[0], twin, "--json").stdout)
    assert [name.rsplit("/", 1)[-1] for name in printed["weights"]] == ["a", "a"]
    assert printed["screening"][0]["finding"] == "duplicated"


def test_the_tables_say_both_names_and_who_stands_out(table: Path) -> None:
    text = table.read_text().splitlines()
    table.write_text("\n".join([text[0] + ",d", *(f"{line},50" for line in text[1:])]))
    done = run("reliability", table)
    assert done.exit_code == 0
    for words in (
        "4 raters, 400 bins of 1 s",
        "ICC(2,1) = ICC(A,1)",
        "flat",
        "d does not vary",
        "In the consensus count",
    ):
        assert words in done.stdout


@pytest.mark.parametrize(("name", "begins"), [("f.svg", b"<?xml"), ("f.png", b"\x89PNG"), ("f.pdf", b"%PDF")])
def test_a_figure_is_written_beside_the_json(table: Path, tmp_path: Path, name: str, begins: bytes) -> None:
    done = run("reliability", table, "--json", "--figure", tmp_path / name)
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["raters"] == 3
    assert (tmp_path / name).read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["file.csv", "an empty file"]),
        ("second,a\n0,1\n1,2\n", ["at least two, got 1"]),
        ("second,a,b\n0,1,1\n1,x,2\n", ["line 3", "'x'"]),
        ("second,a,b\n0,1,1\n1,1,2\n5,1,2\n6,1,1\n", ["line 4", "even step"]),
        ("a,b\n1,2\nthree,4\n", ["line 3", "'three'"]),
        ("4.5,2,3\n6,1,1\n", ["line 1", "a header row"]),
    ],
)
def test_bad_tables_get_one_line(tmp_path: Path, content: str, words: list[str]) -> None:
    path = tmp_path / "file.csv"
    path.write_text(content)
    refused(run("reliability", path, "--json"), *words)


def test_what_does_not_go_together_gets_one_line(table: Path, units: Path, tmp_path: Path) -> None:
    figure = tmp_path / "figure.svg"
    refused(run("reliability", units, "--figure", figure), "--figure", "no times", "units.csv")
    assert not figure.exists()
    other = tmp_path / "slow.csv"
    other.write_text("second,a\n0,1\n2,3\n4,5\n")
    refused(run("reliability", table, other, "--column", "a"), "one step", "1 s", "2 s")
    refused(run("reliability", tmp_path / "none.csv"), "none.csv", "can be opened")
    refused(run("reliability", table, "--figure", tmp_path / "absent" / "f.svg"), "no folder")
    refused(run("reliability", table, table, "--column", "a"), "a name of each rater's own")


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        ("TABLE", "TABLE"),
        ("TABLE", "TABLE", "--column", "a", "--column", "b"),
        ("TABLE", "--step", "0"),
        ("TABLE", "--step", "1", "--time-column", "second"),
        ("TABLE", "--figure", "figure.gif"),
    ],
)
def test_wrong_use_is_told_from_bad_input(table: Path, wrong: tuple[str, ...]) -> None:
    done = run("reliability", *(table if word == "TABLE" else word for word in wrong))
    assert (done.exit_code, done.stdout) == (2, "")


def test_missing_bins_and_values_beyond_the_dial_are_told_of(table: Path) -> None:
    text = table.read_text().splitlines()
    second, _, rest = text[9].split(",", 2)
    table.write_text("\n".join([*text[:9], f"{second},,{rest}", *text[10:]]))
    done = run("reliability", table, "--json", "--scale-high", "45", "--scale-neutral", "20")
    assert "a: 1 of 400 bins are missing" in done.stderr
    assert "beyond the dial" in done.stderr
    assert json.loads(done.stdout)["units_all_rated"] == 399


@pytest.mark.shared_data
def test_the_anxiety_raters(shared_data: Path) -> None:
    printed = json.loads(run("reliability", shared_data / "icc-anxiety/anxiety.csv", "--json").stdout)
    assert (printed["units"], printed["raters"]) == (20, 3)
    assert round(printed["icc"]["2,k"]["value"], 6) == 0.425499
