"""Intervals that know how little a slow hand tells.

Coverage is simulated on pairs of AR(.95) traces of 458 bins with r = .5 and half an SD between their levels. The bounds
are two to three standard errors of 600 runs wide.
"""

import json

import numpy as np
import pytest
from scipy.signal import lfilter
from tests.analysis.session_intervals import APART, R, cover
from tests.thorough import times

from dialogram.analysis.agreement import compare_values
from dialogram.analysis.block_bootstrap import (
    block_length,
    bootstrap_agreement,
    integral_time_scale,
    resample_sums,
)
from dialogram.analysis.correlation import Floats, correlate

PHI, BINS = 0.95, 458


def _pair(rng: np.random.Generator, bins: int = BINS) -> Floats:
    shocks = rng.normal(size=(2, bins + 200)) * np.sqrt(1 - PHI**2)
    shocks[1] = R * shocks[0] + np.sqrt(1 - R**2) * shocks[1]
    traces = lfilter([1.0], [1.0, -PHI], shocks, axis=-1)[:, 200:]
    return np.asarray(traces + np.array([[0.0], [APART]]))


def test_it_gives_the_numbers_of_the_plain_definitions_with_gaps_too() -> None:
    a, b = _pair(np.random.default_rng(1), 900)
    a[100:160], b[700:710] = np.nan, np.nan
    sure = bootstrap_agreement(a, b + 60, step_s=1.0, rng=np.random.default_rng(1), replicates=50)
    agreement = compare_values(a, b + 60)
    assert sure.r.value == pytest.approx(correlate(a, b), rel=1e-12)
    assert sure.ccc.value == pytest.approx(agreement.ccc, rel=1e-12)
    assert sure.icc_a1.value == pytest.approx(agreement.icc_a1, rel=1e-12)


def test_replicates_are_sums_over_the_drawn_blocks() -> None:
    rows = np.random.default_rng(2).normal(size=(3, 50))
    drawn = resample_sums(rows, length=7, replicates=4, rng=np.random.default_rng(3))
    starts = np.random.default_rng(3).integers(50, size=(7, 4))
    for replicate in range(4):
        bins = (starts[:, replicate, np.newaxis] + np.arange(7)).ravel() % 50
        assert drawn[:, replicate] == pytest.approx(rows[:, bins].sum(axis=1), rel=1e-9, abs=1e-12)


def test_the_same_seed_gives_the_same_interval() -> None:
    a, b = _pair(np.random.default_rng(1))
    one, same, other = (bootstrap_agreement(a, b, step_s=1.0, rng=np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert one == same
    assert one.r.ci95 != other.r.ci95
    assert one.r.ci95 == pytest.approx(other.r.ci95, abs=0.05)


def test_blocks_hold_what_hangs_together() -> None:
    a, b = _pair(np.random.default_rng(4), 3000)
    sure = bootstrap_agreement(a, b, step_s=2.0, rng=np.random.default_rng(1), replicates=10)
    assert sure.block_s >= 2 * 2.0 * max(integral_time_scale(a), integral_time_scale(b))
    assert sure.blocks == 3000 // round(sure.block_s / 2.0)


@pytest.mark.parametrize("time_scale", [0.5, 3.0, 50.0, 400.0])
@pytest.mark.parametrize("bins", [1, 3, 8, 458, 3000])
def test_a_block_is_never_under_two_time_scales_and_at_least_four_fit(time_scale: float, bins: int) -> None:
    length = block_length(time_scale, bins)
    assert length == 0 or (length >= 2 * time_scale and bins // length >= 4 and bins // length <= 100)
    assert (length == 0) == (bins // 4 < max(1, 2 * time_scale))


def test_coverage() -> None:
    """The long run (`benchmarks.calibration sessions`) gives .95, .91 and .91."""
    held = cover(20241101, times(600, 3000), bins=BINS, phi=PHI, replicates=200).mean(axis=0)
    assert 0.925 <= held[0] <= 0.975, held
    assert (held[1:3] >= 0.885).all(), held
    assert (held[3:] < 0.5).all(), "the controls take every bin for independent"


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        (np.full(300, 50.0), np.arange(300.0), "does not vary"),
        (np.full(300, np.nan), np.arange(300.0), "hardly overlap"),
        (np.array([50.0]), np.array([60.0]), "does not vary"),
        (np.arange(40.0), np.arange(40.0)[::-1].copy(), "too short"),
        (np.random.default_rng(1).normal(size=300), None, "without exception"),
    ],
)
def test_where_there_is_no_interval_a_note_says_why(a: Floats, b: Floats | None, words: str) -> None:
    sure = bootstrap_agreement(a, a.copy() if b is None else b, step_s=1.0, rng=np.random.default_rng(1))
    assert words in sure.note
    assert words in sure.summary()
    printed = json.loads(json.dumps(sure.to_dict(), allow_nan=False))
    assert printed["r"]["ci95"] == [None, None]


def test_islands_of_what_is_missing_keep_their_place() -> None:
    a, b = _pair(np.random.default_rng(9), 1000)
    a[np.arange(1000) % 50 < 25] = np.nan
    sure = bootstrap_agreement(a, b, step_s=1.0, rng=np.random.default_rng(1))
    low, high = sure.r.ci95
    assert -1 < low < sure.r.value < high < 1
    assert f"{sure.blocks} blocks" in sure.summary()


def test_too_few_replicates_are_refused() -> None:
    with pytest.raises(ValueError, match="replicates"):
        bootstrap_agreement(np.arange(9.0), np.arange(9.0), step_s=1.0, rng=np.random.default_rng(1), replicates=1)
