import numpy as np
import pytest
from scipy.fft import dct
from scipy.signal import lfilter

from dialogram.analysis.correlation import Floats, correlate
from dialogram.analysis.swings import swing_p


def _smooth(size: int, *, seed: int) -> Floats:
    return np.asarray(lfilter([1.0], [1.0, -0.9], np.random.default_rng(seed).normal(size=(2, size)), axis=-1))


def _patterns(swings: int) -> Floats:
    """Every word of the code, in full: signs of swing k, of which the first 12 stand for themselves."""
    words = [1]
    for _ in range(swings - 1):
        doubled = 2 * words[-1]
        words.append(doubled ^ 0b1000001010011 if doubled > 4095 else doubled)
    return np.array([[(-1.0) ** (word & pattern).bit_count() for word in words] for pattern in range(4096)])


def _by_definition(a: Floats, b: Floats, lags: range) -> float:
    """Fit each drift and take it out, turn the products of what is left by every pattern, and count."""
    n = a.size
    p = []
    for drift in range(7):
        largest = np.zeros(4096)
        for lag in lags:
            pair = np.stack([a[max(0, -lag) : n - max(0, lag)], b[max(0, lag) : n - max(0, -lag)]])
            pair = pair[:, ~np.isnan(pair).any(axis=0)]
            at = np.arange(pair.shape[1]) + 0.5
            waves = np.cos(np.pi * np.outer(np.arange(drift + 1), at) / at.size)
            rest = pair - np.linalg.lstsq(waves.T, pair.T, rcond=None)[0].T @ waves
            of_a, of_b = dct(rest / np.linalg.norm(rest, axis=1, keepdims=True), norm="ortho")
            turned = _patterns(at.size) @ (of_a * of_b)
            assert turned[0] == pytest.approx(correlate(*rest), abs=1e-12), "no change gives r itself"
            largest = np.maximum(largest, np.abs(turned))
        p.append(np.mean(largest >= largest[0] - 1e-12))
    return float(np.mean(p))


@pytest.mark.parametrize(("step_s", "lags"), [(1.0, range(-5, 6)), (2.0, range(-2, 3)), (0.5, range(-10, 11, 2))])
@pytest.mark.parametrize("gaps", [False, True])
def test_equals_its_definition(step_s: float, lags: range, gaps: bool) -> None:  # noqa: FBT001  # a parameter of the test
    a, b = _smooth(110, seed=4)
    b += 0.4 * a
    if gaps:
        a[20:35], b[::9] = np.nan, np.nan
    assert swing_p(a, b, step_s=step_s) == pytest.approx(_by_definition(a, b, lags), abs=1e-12)


def test_the_patterns_are_a_group_complete_on_twelve_neighbours() -> None:
    """Both are what the exactness of the p rests on."""
    patterns = _patterns(60)
    assert len(np.unique(patterns, axis=0)) == 4096
    rows = {row.tobytes() for row in patterns}
    assert all((patterns[i] * patterns[j]).tobytes() in rows for i, j in ((5, 9), (77, 4000), (123, 2048)))
    for first in (0, 7, 31, 48):
        assert len(np.unique(patterns[:, first : first + 12], axis=0)) == 4096


@pytest.mark.parametrize("shift", [-4, 0, 4])
def test_who_follows_a_few_seconds_later_is_found(shift: int) -> None:
    whole, noise = _smooth(420, seed=3)
    late = np.roll(whole, shift)[10:410] + 0.5 * noise[10:410]
    assert swing_p(whole[10:410], late, step_s=1.0) < 0.01
    assert swing_p(whole[10:410], noise[10:410], step_s=1.0) > 0.05


def test_what_hangs_on_two_slow_swings_alone_is_not_believed() -> None:
    """A common rise and fall is one event, however many bins it has."""
    a, b = _smooth(600, seed=11)
    wave = 20 * np.sin(np.linspace(0, 2 * np.pi, 600))
    assert correlate(a + wave, b + wave) > 0.9
    assert swing_p(a + wave, b + wave, step_s=1.0) > 0.05


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e9])
def test_neither_unit_nor_offset_nor_sign_matters(unit: float) -> None:
    a, b = _smooth(200, seed=8)
    assert swing_p(unit * (a + 1000), -unit * b, step_s=1.0) == pytest.approx(swing_p(a, b, step_s=1.0), abs=1e-3)


def test_where_nothing_is_left_once_drift_is_out_nothing_is_found() -> None:
    half_wave = np.cos(np.pi * (np.arange(100) + 0.5) / 100)
    assert swing_p(half_wave, half_wave, step_s=100.0) == 1.0


@pytest.mark.parametrize(("n", "defined"), [(0, False), (19, False), (20, True)])
def test_too_short(n: int, defined: bool) -> None:  # noqa: FBT001  # a parameter of the test
    a, b = np.random.default_rng(1).normal(size=(2, n))
    assert np.isnan(swing_p(a, b, step_s=1.0)) != defined


def test_a_flat_trace_has_no_swings() -> None:
    a = np.random.default_rng(1).normal(size=50)
    assert np.isnan(swing_p(a, np.full(50, 3.0), step_s=1.0))
    assert np.isnan(swing_p(a, np.full(50, np.nan), step_s=1.0))
