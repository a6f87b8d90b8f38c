"""Tables as they come: no crash, no silent nonsense, a clear word each."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet
from tests.cli.test_cohort import NAMES, refused, run


def _rows(name: str, who: str, values: np.ndarray, *, step_s: float = 2.0) -> list[str]:
    return [f"{name},{who},{at * step_s:g},{'NA' if np.isnan(value) else value}" for at, value in enumerate(values)]


def _table(path: Path, *rows: list[str]) -> Path:
    path.write_text("\n".join(["dyad,who,s,dial", *(row for each in rows for row in each)]) + "\n")
    return path


def _pair(seed: int, bins: int = 90) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = 50 + 5 * rng.normal(size=bins)
    return truth.round(3), (truth + 4 * rng.normal(size=bins)).round(3)


@pytest.fixture
def good() -> list[list[str]]:
    return [_rows(f"g{seed}", who, values) for seed in range(4) for who, values in zip("ct", _pair(seed), strict=True)]


def test_islands_of_missing_bins_count_what_both_rated(tmp_path: Path, good: list[list[str]]) -> None:
    truth, judge = _pair(9)
    truth[10:30] = np.nan
    judge[25:80:2] = np.nan
    table = _table(tmp_path / "t.csv", *good, _rows("islands", "c", truth), _rows("islands", "t", judge))
    done = run(table, *NAMES, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    (found,) = [each for each in json.loads(done.stdout)["per_dyad"] if each["dyad"] == "islands"]
    assert found["n"] == int((~np.isnan(truth) & ~np.isnan(judge)).sum())


def test_two_who_never_rated_at_once_are_left_out_with_the_reason(tmp_path: Path, good: list[list[str]]) -> None:
    truth, judge = _pair(9)
    truth[45:] = np.nan
    judge[:45] = np.nan
    table = _table(tmp_path / "t.csv", *good, _rows("apart", "c", truth), _rows("apart", "t", judge))
    done = run(table, *NAMES, "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["excluded"] == [{"dyad": "apart", "reason": "0 bins that both rated, fewer than 3"}]


def test_raters_of_unequal_length_are_compared_where_both_rated(tmp_path: Path, good: list[list[str]]) -> None:
    truth, judge = _pair(9)
    table = _table(tmp_path / "t.csv", *good, _rows("short", "c", truth[:40]), _rows("short", "t", judge))
    printed = json.loads(run(table, *NAMES, "--json").stdout)
    assert [each["n"] for each in printed["per_dyad"]] == [90, 90, 90, 90, 40]


def test_dyads_at_unequal_rates_go_into_the_models_and_raters_at_unequal_rates_are_refused(
    tmp_path: Path, good: list[list[str]]
) -> None:
    truth, judge = _pair(9)
    other = [_rows("quick", who, values, step_s=0.5) for who, values in (("c", truth), ("t", judge))]
    printed = json.loads(run(_table(tmp_path / "t.csv", *good, *other), *NAMES, "--json").stdout)
    assert printed["dyads"] == 5
    # People who never met are laid on one another bin by bin, which takes bins of one width.
    assert printed["pseudo_dyads"] is None
    (asked,) = printed["unanswered"]
    assert (asked["question"], "0.5 s and 2 s" in asked["reason"]) == ("pseudo_dyads", True)
    odd = [_rows("odd", "c", truth), _rows("odd", "t", judge, step_s=3.0)]
    refused(run(_table(tmp_path / "odd.csv", *good, *odd), *NAMES, "--json"), "'odd'", "2 s", "3 s")


def test_a_dyad_with_a_million_rows_beside_short_ones(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    count = 500_000
    truth = rng.normal(size=count).cumsum() / 100 + 50
    long = (truth, truth + rng.normal(size=count))
    parts = [("long", *long), *((f"g{seed}", *_pair(seed)) for seed in range(4))]
    columns: dict[str, list[np.ndarray]] = {"dyad": [], "who": [], "s": [], "dial": []}
    for name, *pair in parts:
        for who, values in zip("ct", pair, strict=True):
            columns["dyad"].append(np.full(values.size, name))
            columns["who"].append(np.full(values.size, who))
            columns["s"].append(2.0 * np.arange(values.size))
            columns["dial"].append(values)
    table = tmp_path / "long.parquet"
    parquet.write_table(pa.table({name: np.concatenate(each) for name, each in columns.items()}), table)
    done = run(table, *NAMES, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    printed = json.loads(done.stdout)
    assert [each["n"] for each in printed["per_dyad"]] == [count, 90, 90, 90, 90]
    assert printed["truth_and_bias"]["iid"]["n"] == count + 360
    # One long session is one dyad: the mean is not its own.
    assert abs(printed["meta"]["z"] - printed["per_dyad"][0]["z"]) > 0.1


@pytest.mark.parametrize("cell", ["inf", "1e999", "50,5", "fifty", "0x32", "5 0"])
def test_text_where_a_number_belongs_is_named_with_its_line(tmp_path: Path, good: list[list[str]], cell: str) -> None:
    good[1][3] = f'g0,t,6,"{cell}"'
    done = run(_table(tmp_path / "t.csv", *good), *NAMES, "--json")
    if cell == "50,5":
        assert done.exit_code == 0  # a decimal comma in quotes is a number
    else:
        refused(done, "t.csv, line 95", "a number", cell)


def _known(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows) + "\n")
    return path


def test_moderators_that_are_all_constant_are_named_each(tmp_path: Path, good: list[list[str]]) -> None:
    known = _known(tmp_path / "k.csv", "dyad,site,wave", *(f"g{at},3,1" for at in range(4)))
    asked = ("--moderators", known, "--moderator", "site", "--moderator", "wave", "--json")
    done = run(_table(tmp_path / "t.csv", *good), *NAMES, *asked)
    assert done.exit_code == 0
    printed = json.loads(done.stdout)
    assert [(each["question"], each["name"]) for each in printed["unanswered"]] == [
        ("moderators", "site"),
        ("moderators", "wave"),
    ]
    assert (printed["meta"]["k"], printed["meta_regression"]) == (4, [])
    assert len(done.stderr.splitlines()) == 2


def test_text_in_a_moderator_is_named_with_its_line(tmp_path: Path, good: list[list[str]]) -> None:
    table = _table(tmp_path / "t.csv", *good)
    known = _known(tmp_path / "k.csv", "dyad,alliance", "g0,5", "g1,", "g2,high", "g3,6")
    asked = ("--moderators", known, "--moderator", "alliance", "--json")
    refused(run(table, *NAMES, *asked), "k.csv, line 4", "a number or an empty cell in 'alliance'", "'high'")
    _known(known, "dyad,alliance", "g0,5", "g1,", "g2,7", "g3,6")
    assert run(table, *NAMES, *asked).exit_code == 0, "the control has an empty cell and no text"


def test_one_dyad_is_no_cohort(tmp_path: Path, good: list[list[str]]) -> None:
    refused(run(_table(tmp_path / "t.csv", *good[:2]), *NAMES, "--json"), "at least two dyads", "found 1")


def test_a_row_that_comes_twice_is_named_with_its_line(tmp_path: Path, good: list[list[str]]) -> None:
    rows = [row for each in good for row in each]
    again = [*rows, rows[0]]
    refused(run(_table(tmp_path / "t.csv", again), *NAMES, "--json"), "t.csv, line 722", "one row of 'c' in dyad 'g0'")
    known = _known(tmp_path / "k.csv", "dyad,alliance", "g0,5", "g0,6", "g1,4", "g2,7", "g3,6")
    asked = ("--moderators", known, "--moderator", "alliance", "--json")
    refused(run(_table(tmp_path / "t.csv", rows), *NAMES, *asked), "k.csv, line 3", "one 'alliance' of dyad 'g0'")


@pytest.mark.parametrize("column", ["therapist", "client"])
def test_a_person_who_is_missing_is_named_with_the_line(tmp_path: Path, good: list[list[str]], column: str) -> None:
    rows = [f"{row},P{at // 4}" for at, each in enumerate(good) for row in each]
    table = _known(tmp_path / "t.csv", f"dyad,who,s,dial,{column}", *rows)
    assert json.loads(run(table, *NAMES, f"--{column}", column, "--json").stdout)["units"]["count"] == 2
    rows[5] = rows[5].removesuffix("P0")
    _known(table, f"dyad,who,s,dial,{column}", *rows)
    refused(run(table, *NAMES, f"--{column}", column, "--json"), "t.csv, line 7", f"the name of a {column}", "none")
    rows[5] += "P1"
    _known(table, f"dyad,who,s,dial,{column}", *rows)
    refused(run(table, *NAMES, f"--{column}", column, "--json"), "t.csv", f"the {column} 'P0' of dyad 'g0'", "'P1'")
