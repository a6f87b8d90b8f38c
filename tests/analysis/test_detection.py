import json

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.signal import lfilter
from scipy.special import ndtri
from tests.thorough import times

from dialogram.analysis.correlation import Floats
from dialogram.analysis.detection import Detected, Detection, detect_states
from dialogram.timeline import HELPFULNESS

ratings = st.lists(st.sampled_from([np.nan, 20.0, 50, 80]), min_size=2, max_size=40)


def _detect(a: object, b: object, *, tolerance_s: float = 0.0, step_s: float = 1.0) -> Detection:
    pair = (np.asarray(each, dtype=float) for each in (a, b))
    return detect_states(*pair, step_s=step_s, scale=HELPFULNESS, tolerance_s=tolerance_s)


def _counts(detected: Detected) -> tuple[float, float, float, float]:
    return detected.hits, detected.misses, detected.false_alarms, detected.correct_rejections


def _count_by_hand(a: Floats, b: Floats, reach: int) -> tuple[float, float, float, float]:
    counts = [0.0] * 4
    for t in range(a.size):
        if np.isnan(a[t]) or np.isnan(b[t]):
            continue
        near = slice(max(0, t - reach), t + reach + 1)
        if a[t] > 55:
            counts[0 if (b[near] > 55).any() else 1] += 1
        else:
            counts[2 if b[t] > 55 and not (a[near] > 55).any() else 3] += 1
    return counts[0], counts[1], counts[2], counts[3]


@given(ratings, ratings, st.integers(0, 4))
def test_seconds_are_those_of_a_loop(a: list[float], b: list[float], reach: int) -> None:
    n = min(len(a), len(b))
    one, other = np.array(a[:n]), np.array(b[:n])
    seconds = _detect(one, other, tolerance_s=2.0 * reach, step_s=2.0).helpful.seconds
    assert _counts(seconds) == tuple(2 * count for count in _count_by_hand(one, other, reach))


def test_every_shift_counts_as_a_loop_would() -> None:
    rng = np.random.default_rng(4)
    a, b = np.repeat(rng.choice([20.0, 50, 80], (2, 12)), 5, axis=1)
    for by in ("seconds", "moments"):
        found: Detected = getattr(_detect(a, b).helpful, by)
        shifted: list[Detected] = [getattr(_detect(a, np.roll(b, -shift)).helpful, by) for shift in range(1, 60)]
        as_large = sum(one.d_prime >= found.d_prime - 1e-9 for one in shifted)
        assert found.p_shift == pytest.approx((1 + as_large) / 60)
        assert found.hits_by_chance == pytest.approx(np.mean([one.hits for one in shifted]))
        assert found.d_prime_by_chance == pytest.approx(np.mean([one.d_prime for one in shifted]))


def test_d_prime_has_the_log_linear_correction() -> None:
    seconds = _detect([80] * 10 + [50] * 30, [80] * 10 + [50] * 30).helpful.seconds
    assert _counts(seconds) == (10, 0, 0, 30)
    assert seconds.d_prime == pytest.approx(ndtri(10.5 / 11) - ndtri(0.5 / 31), rel=1e-12)


@pytest.mark.parametrize(("late", "hits"), [(0, 3), (4, 3), (5, 0)])
def test_the_tolerance_forgives_a_late_hand_and_no_more(late: int, hits: int) -> None:
    a = np.full(200, 50.0)
    for start in (20, 80, 140):
        a[start] = 80
    moments = _detect(a, np.roll(a, late), tolerance_s=4.9).helpful.moments
    assert (moments.hits, moments.misses) == (hits, 3 - hits)
    assert moments.false_alarms == (0 if hits else 3)


def test_moments_in_which_the_other_did_not_rate_do_not_count() -> None:
    a = np.repeat([50.0, 80, 50, 80, 50], 20)
    b = a.copy()
    b[60:80] = np.nan
    moments = _detect(a, b).helpful.moments
    assert _counts(moments) == (1, 0, 0, 3)


def test_hindering_is_helpful_turned_round() -> None:
    rng = np.random.default_rng(7)
    a, b = np.repeat(rng.uniform(0, 100, (2, 40)), 6, axis=1)
    there, back = _detect(a, b, tolerance_s=3), _detect(100 - a, 100 - b, tolerance_s=3)
    assert there.helpful.seconds == back.hindering.seconds
    assert there.helpful.moments == back.hindering.moments


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([50.0] * 30, [80.0] * 30),
        ([80.0] * 30, [50.0] * 30),
        ([np.nan] * 30, [80.0] * 30),
        ([80.0], [80.0]),
        ([80.0, 50.0], [np.nan, 50.0]),
    ],
)
def test_without_a_moment_or_without_any_other_there_is_no_d_prime(a: list[float], b: list[float]) -> None:
    detection = _detect(a, b, tolerance_s=5)
    assert np.isnan(detection.helpful.seconds.d_prime)
    assert np.isnan(detection.helpful.seconds.p_shift)
    assert "Infinity" not in json.dumps(detection.to_dict(), allow_nan=False)
    assert "nan" not in detection.summary()


def test_a_flat_rater_sees_nothing() -> None:
    a = np.repeat([50.0, 80, 50, 80, 50], 20)
    seen = _detect(a, np.full(100, 50.0)).helpful
    assert _counts(seen.seconds) == (0, 40, 0, 60)
    assert (seen.seconds.p_shift, seen.moments.p_shift) == (1.0, 1.0)


def test_unrelated_raters_are_rarely_found_to_see() -> None:
    rng = np.random.default_rng(20241102)
    runs, found = times(150, 1000), np.zeros(3)
    d_primes = []
    for _ in range(runs):
        shocks = rng.normal(size=(2, 1100)) * np.sqrt(1 - 0.95**2)
        a, b = 50 + 15 * lfilter([1.0], [1.0, -0.95], shocks)[:, 200:]
        seen = _detect(a, b, tolerance_s=5).helpful
        related = _detect(a, 0.8 * a + 0.6 * b - 20, tolerance_s=5).helpful
        found += [seen.seconds.p_shift <= 0.05, seen.moments.p_shift <= 0.05, related.seconds.p_shift <= 0.05]
        d_primes.append((seen.seconds.d_prime, seen.seconds.d_prime_by_chance))
    found /= runs
    assert (found[:2] <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)).all(), found
    assert found[2] > 0.8, found
    alone, by_chance = np.array(d_primes).T
    error = np.nanstd(alone - by_chance) / np.sqrt(runs)
    assert abs(np.nanmean(alone - by_chance)) < 3 * error
    assert np.nanmean(alone) > 10 * error, "the control: d′ alone takes them for raters who see something"


@pytest.mark.parametrize("tolerance_s", [-1.0, np.nan, np.inf])
def test_a_tolerance_that_is_no_time_is_refused(tolerance_s: float) -> None:
    with pytest.raises(ValueError, match="tolerance_s"):
        _detect([50, 80], [50, 80], tolerance_s=tolerance_s)
