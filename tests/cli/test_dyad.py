import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from dialogram import compare, describe_dynamics, read_traces, resample
from dialogram.cli.program import program


@pytest.fixture
def table(tmp_path: Path) -> Path:
    a, b = np.clip(50 + np.random.default_rng(1).normal(size=(2, 400)).cumsum(axis=1), 0, 100)
    rows = [f"{second},{x:.2f},{y:.2f}\n" for second, (x, y) in enumerate(zip(a, b, strict=True))]
    path = tmp_path / "dyad.csv"
    path.write_text("second,client,therapist\n" + "".join(rows))
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(program, list(map(str, arguments)))


def refused(done: Result, *words: str) -> None:
    """Bad input: exit code 3, nothing on stdout, one line on stderr with these words."""
    assert done.exit_code == 3, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    for word in words:
        assert word in line


def test_json_is_one_object_and_that_of_the_library(table: Path) -> None:
    done = run("dyad", table, "--columns", "client", "therapist", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1
    a, b = read_traces(table, ["client", "therapist"])
    assert json.loads(done.stdout) == compare(a, b).to_dict() | describe_dynamics(a, b).to_dict()


def test_what_takes_longer_is_told_when_asked_for_and_always_the_same(table: Path) -> None:
    plain, drawn, again = (
        run("dyad", table, "--columns", "client", "therapist", "--json", *more)
        for more in ([], ["--resample"], ["--resample"])
    )
    assert drawn.stdout == again.stdout
    printed = json.loads(drawn.stdout)
    a, b = read_traces(table, ["client", "therapist"])
    assert printed.pop("resampled") == resample(a, b, compare(a, b)).to_dict()
    assert printed == json.loads(plain.stdout)
    assert "wandering of the dial" in run("dyad", table, "--columns", "client", "therapist", "--resample").stdout


def test_two_files_are_client_and_therapist(table: Path, tmp_path: Path) -> None:
    client, therapist = tmp_path / "one.csv", tmp_path / "two.csv"
    lines = [line.split(",") for line in table.read_text().splitlines()]
    client.write_text("".join(f"{second},{x}\n" for second, x, _ in lines).replace("client", "rating"))
    therapist.write_text("".join(f"{second},{y}\n" for second, _, y in lines).replace("therapist", "rating"))
    printed = json.loads(run("dyad", client, therapist, "--json").stdout)
    assert (printed["a"]["name"], printed["b"]["name"]) == ("client", "therapist")
    assert printed == json.loads(run("dyad", table, "--columns", "client", "therapist", "--json").stdout)


def test_the_table_says_which_p_to_believe(table: Path) -> None:
    done = run("dyad", table, "--columns", "client", "therapist")
    assert done.exit_code == 0
    assert "Believe p_swings" in done.stdout
    assert "400 bins of 1 s" in done.stdout


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("second,therapist\n0,1\n1,2\n", ["dyad.csv", "line 1", "'client'", "'second', 'therapist'"]),
        ("second,client,therapist\n0,1,1\n1,inf,2\n", ["dyad.csv", "line 3", "a number", "'inf'"]),
        ("second,client,therapist\n0,1,1\n1,-Infinity,2\n", ["line 3", "a number", "'-Infinity'"]),
        ("second,client,therapist\n0,1,1\n1,1e300,2\n2,-1e300,3\n", ["line 3", "a number", "'1e300'"]),
        ("second,client,therapist\n0,50,5,61\n1,51,2,60\n", ["line 2", "3 cells", "found 4"]),
        ("second,client,therapist\n0,1,1\n2,1,2\n1,1,2\n", ["dyad.csv", "line 4", "a time after 2 s", "1 s"]),
        ("second,client,therapist\n0,1,1\n1,1,2\n5,1,2\n6,1,1\n", ["line 4", "even step"]),
        ("", ["dyad.csv", "an empty file"]),
    ],
)
def test_bad_tables_get_one_line_and_write_nothing(tmp_path: Path, content: str, words: list[str]) -> None:
    path, figure = tmp_path / "dyad.csv", tmp_path / "figure.svg"
    path.write_text(content)
    refused(run("dyad", path, "--columns", "client", "therapist", "--json", "--figure", figure), *words)
    assert not figure.exists()


def test_an_absent_file_gets_one_line(tmp_path: Path) -> None:
    refused(run("dyad", tmp_path / "none.csv", tmp_path / "none.csv"), "none.csv", "can be opened")


def test_files_of_other_steps_are_refused(table: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("second,client\n0,1\n2,3\n4,5\n")
    refused(run("dyad", other, table, "--columns", "client", "therapist"), "one step", "2 s", "1 s")


def test_missing_cells_stay_missing_and_are_told_of(table: Path) -> None:
    lines = table.read_text().splitlines()
    for at, cell in ((30, "NaN"), (31, "")):
        second, _, therapist = lines[at].split(",")
        lines[at] = f"{second},{cell},{therapist}"
    table.write_text("\n".join(lines))
    done = run("dyad", table, "--columns", "client", "therapist", "--json")
    assert done.exit_code == 0
    assert done.stderr.splitlines() == ["dialogram: client: 2 of 400 bins are missing; they stay in their place"]
    printed = json.loads(done.stdout)
    assert printed["n"] == 398
    assert (printed["quality"]["a"]["coverage"], printed["quality"]["a"]["gaps"]) == (398 / 400, 1)


def test_values_beyond_the_dial_are_told_of(table: Path) -> None:
    names = ("--columns", "client", "therapist", "--json")
    assert "beyond the dial" in run("dyad", table, *names, "--scale-high", "10").stderr
    done = run("dyad", table, *names, "--scale-low", "-100", "--scale-high", "100", "--scale-neutral", "20")
    assert done.stderr == ""
    assert json.loads(done.stdout)["states"]["band"] == [10.0, 30.0]


@pytest.mark.parametrize(
    ("option", "name", "begins"),
    [
        ("--figure", "figure.svg", b"<?xml"),
        ("--figure", "figure.png", b"\x89PNG"),
        ("--figure", "figure.PDF", b"%PDF"),
        ("--report", "report.html", b"<!doctype html>"),
        ("--report", "report.pdf", b"%PDF"),
    ],
)
def test_figures_and_reports_are_written_beside_the_json(
    table: Path, tmp_path: Path, option: str, name: str, begins: bytes
) -> None:
    written = tmp_path / name
    done = run("dyad", table, "--columns", "client", "therapist", "--json", option, written)
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["n"] == 400
    assert written.read_bytes()[: len(begins)].lower() == begins.lower()


@pytest.mark.parametrize("of", ["difference", "lag", "windows", "states", "detection"])
def test_each_figure_can_be_asked_for_and_is_another(table: Path, tmp_path: Path, of: str) -> None:
    first, other = tmp_path / "first.svg", tmp_path / "other.svg"
    names = ("--columns", "client", "therapist", "--json")
    assert run("dyad", table, *names, "--figure", first).exit_code == 0
    done = run("dyad", table, *names, "--figure", other, "--of", of)
    assert done.exit_code == 0, done.stderr
    assert other.read_bytes()[:5] == b"<?xml"
    assert other.read_bytes() != first.read_bytes()


def test_the_windows_are_as_long_as_asked_for(table: Path) -> None:
    names = ("--columns", "client", "therapist", "--json")
    assert json.loads(run("dyad", table, *names).stdout)["windowed"]["window_s"] == 60
    assert json.loads(run("dyad", table, *names, "--window", "90").stdout)["windowed"]["window_s"] == 90
    refused(run("dyad", table, *names, "--window", "4000"), "--window", "fit 400 s")
    refused(run("dyad", table, *names, "--window", "-1"), "--window", "more than 0 s")


def test_a_recording_too_short_for_a_window_has_none_and_says_so(tmp_path: Path) -> None:
    path, figure = tmp_path / "short.csv", tmp_path / "windows.svg"
    path.write_text("second,client,therapist\n" + "".join(f"{at},{50 + at % 7},{50 + at % 5}\n" for at in range(40)))
    names = ("--columns", "client", "therapist", "--json")
    assert json.loads(run("dyad", path, *names).stdout)["windowed"] is None
    refused(run("dyad", path, *names, "--figure", figure, "--of", "windows"), "--of windows", "--window")
    assert not figure.exists()


def test_two_who_rated_no_bin_in_common_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    path, report = tmp_path / "apart.csv", tmp_path / "report.html"
    rows = [f"{at},{50 + at % 7 if at < 100 else ''},{'' if at < 100 else 40 + at % 5}\n" for at in range(200)]
    path.write_text("second,client,therapist\n" + "".join(rows))
    done = run("dyad", path, "--columns", "client", "therapist", "--json", "--report", report)
    assert (done.exit_code, done.stdout, report.exists()) == (3, "", False)
    assert done.stderr.splitlines()[-1] == (
        "dialogram: apart.csv: expected bins that both client and therapist rated, found none"
    )


def test_a_figure_into_no_folder_gets_one_line(table: Path, tmp_path: Path) -> None:
    absent = tmp_path / "absent" / "figure.svg"
    refused(run("dyad", table, "--columns", "client", "therapist", "--json", "--figure", absent), "figure.svg")


def test_nothing_is_written_where_the_report_has_no_folder(table: Path, tmp_path: Path) -> None:
    figure, report = tmp_path / "figure.svg", tmp_path / "absent" / "report.pdf"
    given = ("--figure", figure, "--report", report)
    refused(run("dyad", table, "--columns", "client", "therapist", *given), "--report", "no folder", "report.pdf")
    assert not figure.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        ("dyad.csv",),
        ("a.csv", "b.csv", "c.csv"),
        ("dyad.csv", "--columns", "client"),
        ("dyad.csv", "--columns", "client", "therapist", "--figure", "figure.gif"),
        ("dyad.csv", "--columns", "client", "therapist", "--report", "report.docx"),
        ("dyad.csv", "--columns", "client", "therapist", "--of", "lag"),
        ("dyad.csv", "--columns", "client", "therapist", "--figure", "figure.svg", "--of", "nonsense"),
        ("dyad.csv", "--columns", "client", "therapist", "--scale-low", "200"),
        ("dyad.csv", "--columns", "client", "therapist", "--step", "1", "--time-column", "second"),
        ("dyad.csv", "--columns", "client", "therapist", "--step", "0"),
        ("dyad.csv", "--columns", "client", "therapist", "--step", "nan"),
        ("dyad.csv", "--nonsense"),
    ],
)
def test_wrong_use_is_told_from_bad_input(table: Path, wrong: tuple[str, ...]) -> None:
    done = run("dyad", *(table if word == "dyad.csv" else word for word in wrong))
    assert done.exit_code == 2
    assert done.stdout == ""


@pytest.mark.shared_data
def test_the_published_dyad(shared_data: Path) -> None:
    path = shared_data / "published-dyad/dyad.csv"
    done = run("dyad", path, "--columns", "client", "therapist", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(done.stdout)["n"] == 458
