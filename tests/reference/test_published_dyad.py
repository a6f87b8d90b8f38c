"""The twin of the article's example dyad: its printed figures (Swift & Tompkins 2016), on invented traces."""

from pathlib import Path

import numpy as np
import pytest

from dialogram import compare, read_traces, score_guess
from dialogram.analysis import DyadResult
from dialogram.analysis.extremes import Kind
from dialogram.analysis.level import compare_level


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


def test_paired_t_from_the_printed_moments() -> None:
    """Two series with exactly the printed means, SDs and r, whatever their course."""
    n, r = 458, 0.13
    basis, _ = np.linalg.qr(np.column_stack([np.ones(n), np.random.default_rng(1).normal(size=(n, 2))]))
    u, v = np.sqrt(n - 1) * basis[:, 1:].T
    client, therapist = 52.20 + 8.44 * u, 53.07 + 13.96 * (r * u + np.sqrt(1 - r * r) * v)
    assert np.corrcoef(client, therapist)[0, 1] == pytest.approx(r, abs=1e-12)
    level = compare_level(client, therapist)
    assert (level.df, round(level.t, 3), round(level.p, 2)) == (457, 1.213, 0.23)


@pytest.mark.parametrize(("numbers_told", "printed"), [(False, 0.34375), (True, 0.50)])
def test_four_guesses_of_six(numbers_told: bool, printed: float) -> None:  # noqa: FBT001  # a parameter of the test
    truth: tuple[Kind, ...] = ("helpful", "helpful", "helpful", "hindering", "hindering", "hindering")
    guesses: tuple[Kind, ...] = ("helpful", "helpful", "hindering", "helpful", "hindering", "hindering")
    score = score_guess(truth, guesses, numbers_told=numbers_told)
    assert score.right == 4
    assert score.p == pytest.approx(printed, abs=1e-12)
