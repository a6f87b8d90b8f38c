import numpy as np
import pytest

from dialogram.simulate import Rater, simulate_hand, simulate_noise
from dialogram.timeline import HELPFULNESS, Scale

STEP_S = 0.25
HAPPENING = 20.0 * np.sin(np.arange(8_000) * STEP_S / 40.0)


def _dial(rater: Rater, *, scale: Scale = HELPFULNESS, seed: int = 1) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    hand = simulate_hand(np.random.default_rng(seed), HAPPENING, step_s=STEP_S, rater=rater, scale=scale)
    return hand.bins(start_s=0.0, end_s=2_000.0, step_s=STEP_S)[0]


def test_tracking_bias_and_lag_are_found_again() -> None:
    exact = Rater(tracking=0.5, bias=7.0, lag_s=5.0, own_sd=0.0, threshold=0.0)
    dial = _dial(exact)
    slope, intercept = np.polyfit(HAPPENING[:-20], dial[20:], 1)
    assert slope == pytest.approx(0.5, abs=0.01)
    assert intercept == pytest.approx(57.0, abs=0.1)
    correlations = [np.corrcoef(HAPPENING[: 8_000 - shift], dial[shift:])[0, 1] for shift in range(60)]
    assert int(np.argmax(correlations)) == pytest.approx(20, abs=1)


def test_noise_has_the_spread_and_memory_asked_for() -> None:
    noise = simulate_noise(np.random.default_rng(2), size=100_000, step_s=0.5, sd=3.0, memory_s=5.0)
    assert noise.std() == pytest.approx(3.0, rel=0.05)
    assert np.corrcoef(noise[:-10], noise[10:])[0, 1] == pytest.approx(np.exp(-1), abs=0.04)


def test_a_high_threshold_makes_a_hand_of_steps() -> None:
    gliding, stepping = (_dial(Rater(own_sd=0.0, threshold=threshold)) for threshold in (0.0, 10.0))
    changes = np.diff(stepping)
    assert np.count_nonzero(np.diff(gliding)) > 3 * np.count_nonzero(changes)
    assert abs(changes[changes != 0]).min() >= 9.0


def test_values_stay_on_the_scale_and_on_its_steps() -> None:
    scale = Scale(name="mood", low=-3.0, high=3.0, neutral=0.0, step=0.5)
    dial = _dial(Rater(own_sd=2.0, bias=1.0), scale=scale)
    assert (dial.min(), dial.max()) == (-3.0, 3.0)
    np.testing.assert_allclose(dial * 2, np.round(dial * 2))


@pytest.mark.parametrize("changes", [{"lag_s": -1}, {"own_sd": -1}, {"threshold": np.nan}, {"own_memory_s": 0}])
def test_an_impossible_rater_is_refused(changes: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(changes))):
        Rater(**changes)
