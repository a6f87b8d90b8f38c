"""Two ratings as they come: no crash, no silent nonsense, a clear word each."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.cli.test_dyad import refused, run

BOTH = ("--columns", "client", "therapist")


def wander(seed: int, bins: int = 400) -> np.ndarray:
    return np.clip(50 + np.random.default_rng(seed).normal(size=bins).cumsum(), 0, 100).round(2)


def write(path: Path, client: np.ndarray, therapist: np.ndarray, *, step_s: float = 1) -> Path:
    rows = (
        ",".join([f"{at * step_s:g}", *("" if np.isnan(value) else f"{value:g}" for value in pair)])
        for at, pair in enumerate(zip(client, therapist, strict=True))
    )
    path.write_text("second,client,therapist\n" + "\n".join(rows) + "\n")
    return path


def printed(path: Path, *more: str, warned: int = 0) -> dict[str, Any]:
    done = run("dyad", path, *BOTH, "--json", *more)
    assert done.exit_code == 0, done.stderr
    assert len(done.stderr.splitlines()) == warned, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dyad.csv"


def test_a_flat_rater_correlates_with_nobody_and_both_are_described(path: Path) -> None:
    found = printed(write(path, wander(1), np.full(400, 50)), warned=1)
    assert found["shape"]["r"] is None
    assert {found["shape"][name] for name in ("p", "p_effective", "p_shift", "p_truncated", "p_swings")} == {None}
    assert found["lag"]["r"] is None
    assert (found["b"]["mean"], found["b"]["sd"], found["b"]["share_neutral"]) == (50, 0, 1)
    words = " ".join(run("dyad", path, *BOTH).stdout.split())
    assert "The trace 'therapist' does not vary, so nothing correlates with it." in words
    assert printed(write(path, wander(1), wander(2)))["shape"]["r"] is not None, "the control varies"


def test_one_rating_twice_is_asked_about(path: Path) -> None:
    done = run("dyad", write(path, wander(1), wander(1)), *BOTH, "--json")
    assert done.exit_code == 0
    assert done.stderr == "dialogram: The two traces are identical; is it the same rating twice?\n"
    assert json.loads(done.stdout)["shape"]["r"] == 1
    assert "identical" in run("dyad", path, *BOTH).stdout


def test_islands_of_missing_bins_stay_and_what_both_rated_counts(path: Path) -> None:
    client, therapist = wander(1), wander(2)
    client[50:120] = np.nan
    client[130:300:2] = np.nan
    found = printed(write(path, client, therapist), warned=1)
    both = ~np.isnan(client)
    assert found["n"] == int(both.sum())
    assert found["shape"]["r"] == pytest.approx(np.corrcoef(client[both], therapist[both])[0, 1], rel=1e-9)
    assert (found["quality"]["a"]["gaps"], found["quality"]["b"]["gaps"]) == (86, 0)
    filled = np.interp(np.arange(400), np.flatnonzero(both), client[both])
    assert printed(write(path, filled, therapist))["shape"]["r"] != pytest.approx(found["shape"]["r"], rel=1e-3)


@pytest.mark.parametrize("bins", [1, 2])
def test_a_bin_or_two_define_hardly_anything_and_a_line_says_so(path: Path, bins: int) -> None:
    client = np.full(400, np.nan)
    client[7 : 7 + bins] = wander(1)[:bins]
    done = run("dyad", write(path, client, wander(2)), *BOTH, "--json")
    assert done.exit_code == 0
    assert "fewer than three rated bins in common" in done.stderr
    found = json.loads(done.stdout)
    assert (found["n"], found["shape"]["p"], found["shape"]["p_swings"], found["lag"]["r"]) == (bins, None, None, None)


def test_raters_of_unequal_length_are_compared_where_both_rated(tmp_path: Path) -> None:
    for name, values in (("long", wander(1)), ("short", wander(2)[:250])):
        rows = "".join(f"{at},{value}\n" for at, value in enumerate(values))
        (tmp_path / f"{name}.csv").write_text(f"second,dial\n{rows}")
    done = run("dyad", tmp_path / "long.csv", tmp_path / "short.csv", "--json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert found["n"] == 250
    assert found["shape"]["r"] == pytest.approx(np.corrcoef(wander(1)[:250], wander(2)[:250])[0, 1], rel=1e-9)


def test_raters_at_unequal_rates_are_refused_with_both(tmp_path: Path) -> None:
    for name, step_s in (("slow", 2), ("quick", 0.5)):
        rows = "".join(f"{at * step_s},{value}\n" for at, value in enumerate(wander(1)))
        (tmp_path / f"{name}.csv").write_text(f"second,dial\n{rows}")
    refused(run("dyad", tmp_path / "slow.csv", tmp_path / "quick.csv", "--json"), "one step", "2 s", "0.5 s")


@pytest.mark.parametrize("cell", ["inf", "1e999", "fifty", "0x32", "5 0", "1_0", "--", "12:30"])
def test_text_where_a_number_belongs_is_named_with_its_line(path: Path, cell: str) -> None:
    lines = write(path, wander(1), wander(2)).read_text().splitlines()
    lines[94] = f"93,50,{cell}"
    path.write_text("\n".join(lines))
    refused(run("dyad", path, *BOTH, "--json"), "dyad.csv, line 95", "a number", cell)


@pytest.mark.parametrize(
    "more", [(), pytest.param(("--resample",), marks=pytest.mark.slow)], ids=["plain", "resampled"]
)
def test_a_million_rows_of_one_dyad(path: Path, more: tuple[str, ...]) -> None:
    """A day of ten values a second: in the memory of a laptop, and what a textbook's formulas give."""
    bins = 1_000_000
    client, therapist = (50 + np.cumsum(np.random.default_rng(seed).normal(size=bins)) % 40 for seed in (1, 2))
    client[1000:2000] = np.nan
    rows = zip(np.arange(bins) / 10, client, therapist, strict=True)
    path.write_text(
        "second,client,therapist\n" + "".join(f"{s:.1f},{'NA' if np.isnan(a) else a},{b}\n" for s, a, b in rows)
    )
    found = printed(path, *more, warned=1)
    both = ~np.isnan(client)
    assert (found["n"], found["step_s"]) == (bins - 1000, pytest.approx(0.1))
    assert found["shape"]["r"] == pytest.approx(np.corrcoef(client[both], therapist[both])[0, 1], rel=1e-6)
    assert found["b"]["mean"] == pytest.approx(therapist[both].mean())
    assert 0 < found["shape"]["p_swings"] <= 1
    assert len(found["extremes"]["a"]) == 6
    assert ("resampled" in found) == bool(more)
