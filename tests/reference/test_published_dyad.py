"""The twin of the article's example dyad: its printed figures (Swift & Tompkins 2016), on invented traces."""

from pathlib import Path

import pytest

from dialogram import compare, read_traces
from dialogram.analysis import DyadResult


@pytest.fixture(scope="module")
def result(shared_data: Path) -> DyadResult:
    return compare(*read_traces(shared_data / "published-dyad/dyad.csv", ["client", "therapist"]))


@pytest.mark.shared_data
def test_printed_figures_come_back(result: DyadResult) -> None:
    assert (result.n, result.step_s) == (458, 6.5)
    assert [round(number, 2) for number in (result.a.mean, result.b.mean)] == [52.20, 53.07]
    assert [round(number, 2) for number in (result.a.sd, result.b.sd)] == [8.44, 13.96]
    assert (result.level.df, round(result.level.t, 2), round(result.level.p, 2)) == (457, 1.22, 0.22)
    assert round(result.shape.r, 2) == 0.13
    assert result.shape.p < 0.01


@pytest.mark.shared_data
def test_no_honest_p_is_small_on_the_twin(result: DyadResult) -> None:
    shape = result.shape
    assert shape.shifts == 457
    assert min(shape.p_shift, shape.p_truncated, shape.p_swings, shape.p_effective, result.level.p_effective) > 0.05
    assert 2 < shape.n_effective < 100
    assert f"{shape.p_swings:.3f}" in result.summary()
