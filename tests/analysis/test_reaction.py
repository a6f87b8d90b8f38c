import numpy as np
import pytest
from numpy.typing import NDArray

from dialogram.analysis import measure_following
from dialogram.simulate.raters import Rater, simulate_hand
from dialogram.study.practice import PATH_STEP_S, target_path
from dialogram.timeline import HELPFULNESS

STEP_S = 0.05
LENGTH_S = 30.0
AT_S = np.arange(0.0, LENGTH_S, STEP_S)


def target(number: int = 1) -> NDArray[np.float64]:
    path = target_path(number, scale=HELPFULNESS, length_s=LENGTH_S)
    return np.asarray(np.interp(AT_S, PATH_STEP_S * np.arange(len(path)), path))


def hand(rater: Rater, *, number: int = 1, seed: int = 1) -> NDArray[np.float64]:
    happening = target(number) - HELPFULNESS.neutral
    drawn = simulate_hand(np.random.default_rng(seed), happening, step_s=STEP_S, rater=rater, scale=HELPFULNESS)
    return drawn.value_at(AT_S)


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("lag_s", [0.0, 0.2, 0.437, 0.9, 1.7])
def test_the_delay_of_a_quiet_hand_is_found_to_a_fiftieth_of_a_second(number: int, lag_s: float) -> None:
    quiet = Rater(lag_s=lag_s, own_sd=0.0, threshold=0.0)
    following = measure_following(target(number), hand(quiet, number=number), step_s=STEP_S, tolerance=10)
    assert following.reaction_s == pytest.approx(lag_s, abs=0.02)
    assert following.r > 0.99
    assert following.share_within == 1.0, "trailing is not straying"


def test_of_hands_that_tremble_and_wait_the_delay_is_found_without_bias() -> None:
    shaky = Rater(lag_s=0.6, own_sd=6.0, own_memory_s=0.5, threshold=3.0)
    found = np.array(
        [
            measure_following(target(), hand(shaky, seed=seed), step_s=STEP_S, tolerance=10).reaction_s
            for seed in range(40)
        ]
    )
    # a hand that waits until it is off by its threshold is later by that
    assert np.abs(found - 0.6).max() < 0.2
    assert 0.6 <= found.mean() < 0.7


def test_a_hand_that_does_not_follow_has_no_delay() -> None:
    still = measure_following(target(), np.full(AT_S.size, 50.0), step_s=STEP_S, tolerance=10)
    assert np.isnan(still.reaction_s)
    assert np.isnan(still.r)
    assert still.share_within < 0.4
    against = measure_following(target(), hand(Rater(tracking=-1.0, own_sd=0.0)), step_s=STEP_S, tolerance=10)
    assert np.isnan(against.reaction_s)
    assert against.share_within < 0.4


def test_half_a_hand_is_half_within() -> None:
    good = hand(Rater(lag_s=0.5, own_sd=0.0, threshold=0.0))
    half = good.copy()
    half[: AT_S.size // 2] += 20.0
    assert measure_following(target(), half, step_s=STEP_S, tolerance=5).share_within == pytest.approx(0.5, abs=0.05)


def test_other_grids_are_refused() -> None:
    with pytest.raises(ValueError, match="expected the 600 points of the target"):
        measure_following(target(), np.zeros(3), step_s=STEP_S, tolerance=5)
