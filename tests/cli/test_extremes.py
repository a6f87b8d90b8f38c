import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from dialogram import pick_extremes, read_traces
from dialogram.cli.program import program


@pytest.fixture
def table(tmp_path: Path) -> Path:
    values = 50 + 40 * np.sin(np.arange(900) / 60)
    path = tmp_path / "client.csv"
    path.write_text("second,client\n" + "".join(f"{second},{value:.3f}\n" for second, value in enumerate(values)))
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(program, list(map(str, arguments)))


def test_json_is_that_of_the_library(table: Path) -> None:
    done = run("extremes", table, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(done.stdout) == pick_extremes(read_traces(table)[0]).to_dict()


def test_parameters_are_taken_and_printed(table: Path) -> None:
    printed = json.loads(run("extremes", table, "--json", "--window", "20", "--per-kind", "1", "--warm-up", "0").stdout)
    assert len(printed["extremes"]) == 2
    assert [printed["parameters"][name] for name in ("window_s", "per_kind", "warm_up_s")] == [20.0, 1, 0.0]


def test_the_table_marks_the_kinds_by_shape(table: Path) -> None:
    done = run("extremes", table)
    assert done.exit_code == 0
    assert done.stdout.count("▲ helpful") == done.stdout.count("▼ hindering") == 3


def test_several_columns_need_a_name(table: Path) -> None:
    table.write_text(table.read_text().replace(",", ",50,").replace("second,50,", "second,other,"))
    done = run("extremes", table)
    assert done.exit_code == 2
    assert "--column" in done.stderr
    assert run("extremes", table, "--column", "client").exit_code == 0


def test_wrong_use_and_bad_input(table: Path, tmp_path: Path) -> None:
    assert run("extremes", table, "--window", "0").exit_code == 2
    done = run("extremes", tmp_path / "none.csv")
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (3, "", 1)
