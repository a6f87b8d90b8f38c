import json

import numpy as np
import pytest
from scipy import signal
from tests.analysis.smooth_pairs import draw_pairs

from dialogram.analysis import Coherence, measure_coherence
from dialogram.timeline import Trace


def _measure(a: np.ndarray, b: np.ndarray, *, segment_s: float = 120.0, step_s: float = 1.0) -> Coherence:
    traces = (Trace(values=values, step_s=step_s, name=name) for values, name in ((a, "client"), (b, "therapist")))
    return measure_coherence(*traces, segment_s=segment_s)


def _swing(lag_s: float, *, seed: int = 1) -> np.ndarray:
    """A swing of about 40 s a cycle that waxes, wanes and slips, so much later, and noise of its own."""
    shocks = np.random.default_rng(7).normal(size=(2, 2400))
    turned = signal.lfilter([1.0], [1.0, -0.97 * np.exp(2j * np.pi / 40)], shocks[0] + 1j * shocks[1])[600:]
    noise = np.random.default_rng(seed).normal(size=1800)
    return np.asarray(50 + (turned * np.exp(-2j * np.pi * lag_s / 40)).real + 0.3 * noise)


def test_complete_ratings_give_what_scipy_gives() -> None:
    a, b = np.random.default_rng(3).normal(size=(2, 1000)).cumsum(axis=1)
    found = _measure(a, b, step_s=0.5)
    x, y = signal.detrend(a), signal.detrend(b)
    frequencies, expected = signal.coherence(x, y, fs=2.0, nperseg=240, noverlap=120)
    cross = signal.csd(x, y, fs=2.0, nperseg=240, noverlap=120)[1][1:]
    powers = [signal.welch(each, fs=2.0, nperseg=240, noverlap=120)[1][1:] for each in (x, y)]
    # One-sided densities count every frequency but the last twice.
    weights = np.sqrt(powers[0] * powers[1]) * np.where(np.arange(120) < 119, 1, 2)
    at = np.argmax(np.abs(cross))
    assert (found.segments, found.segments_left_out) == ((1000 - 240) // 120 + 1, 0)
    assert found.frequencies_hz == pytest.approx(frequencies[1:], rel=1e-12)
    assert found.coherence == pytest.approx(expected[1:], abs=1e-10)
    assert found.mean_coherence == pytest.approx(np.average(expected[1:], weights=weights), abs=1e-10)
    assert found.phases_degrees[:-1] == pytest.approx(np.degrees(-np.angle(cross))[:-1], abs=1e-6)
    assert found.phase_degrees == pytest.approx(np.degrees(-np.angle(cross[at])), abs=1e-6)
    assert found.period_s == pytest.approx(1 / frequencies[1 + at], rel=1e-12)


@pytest.mark.parametrize(("lag_s", "behind"), [(5.0, "therapist"), (-5.0, "client"), (10.0, "therapist")])
def test_a_known_phase_is_found_and_its_sign_is_that_of_a_lag(lag_s: float, behind: str) -> None:
    found = _measure(_swing(0.0), _swing(lag_s, seed=2))
    assert found.period_s == pytest.approx(40.0)
    assert found.phase_s == pytest.approx(lag_s, abs=0.5)
    assert found.phase_degrees == pytest.approx(9 * lag_s, abs=4)
    assert abs(found.phase_s - lag_s) < 3 * found.phase_se_s < 2
    assert found.p_shift < 0.05
    assert f"in which {behind} is" in found.summary()


def test_two_who_swing_against_each_other_are_not_late() -> None:
    found = _measure(_swing(0.0), _swing(20.0, seed=2))
    assert abs(found.phase_degrees) == pytest.approx(180, abs=4)
    assert found.mean_coherence > 0.9
    assert found.summary().endswith("against each other.")


def test_a_common_slope_is_no_coherence() -> None:
    slope = np.linspace(0, 60, 1800)
    rng = np.random.default_rng(5)
    with_slope, without = (
        _measure(*(times * slope + each for each in rng.normal(size=(2, 1800)))) for times in (1.0, 0.0)
    )
    assert with_slope.mean_coherence < 2 * without.mean_coherence
    assert "phase says nothing" in with_slope.summary()


def test_a_segment_with_a_missing_bin_is_left_out_and_nothing_is_filled_in() -> None:
    a, b = _swing(0.0), _swing(5.0, seed=2)
    a[125], b[1500:1570] = np.nan, np.nan
    found = _measure(a, b)
    starts = range(0, 1800 - 120 + 1, 60)
    both = ~(np.isnan(a) | np.isnan(b))
    whole = [both[start : start + 120].all() for start in starts]
    assert (found.segments, found.segments_left_out) == (sum(whole), len(whole) - sum(whole)) == (24, 5)
    assert found.phase_s == pytest.approx(5.0, abs=0.5)
    # What stands in a bin that is left out plays no part.
    b[125] = 1e6
    assert _measure(a, b).to_dict() == found.to_dict()


def test_unrelated_ratings_share_what_chance_gives_and_the_related_more() -> None:
    unrelated = [_measure(a, b) for a, b in draw_pairs(1, 200)]
    assert np.mean([found.p_shift <= 0.05 for found in unrelated]) <= 0.09
    of, by_chance = (
        np.mean([getattr(found, f"mean_coherence{of}") for found in unrelated]) for of in ("", "_by_chance")
    )
    assert of == pytest.approx(by_chance, abs=0.03)
    related = [_measure(a, b) for a, b in draw_pairs(1, 100, r=0.9)]
    assert np.mean([found.p_shift <= 0.05 for found in related]) >= 0.8


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (np.full(900, 50.0), _swing(0.0)[:900]),
        (np.full(900, np.nan), _swing(0.0)[:900]),
        (_swing(0.0)[:200], _swing(1.0)[:200]),
        (np.where(np.arange(900) % 100, _swing(0.0)[:900], np.nan), _swing(1.0)[:900]),
        (np.array([50.0]), np.array([60.0])),
    ],
)
def test_where_nothing_can_be_told_that_is_said(a: np.ndarray, b: np.ndarray) -> None:
    found = _measure(a, b)
    assert "No coherence can be told" in found.summary()
    printed = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert [printed[key] for key in ("mean_coherence", "p_shift", "period_s", "phase_s", "phase_se_s")] == [None] * 5


@pytest.mark.parametrize("segment_s", [3.0, 0.0, -1.0, np.nan, np.inf])
def test_a_segment_that_holds_no_rhythm_is_refused(segment_s: float) -> None:
    with pytest.raises(ValueError, match="segment_s: expected 4 bins"):
        _measure(_swing(0.0), _swing(1.0), segment_s=segment_s)
