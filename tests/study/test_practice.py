import numpy as np
import pytest

from dialogram.study import load_design, shipped_text
from dialogram.study.practice import MARGIN, PATH_STEP_S, STILL_S, target_path
from dialogram.timeline import HELPFULNESS, Scale

MOOD = Scale(name="mood", low=-3, high=3, neutral=0, step=0.5, low_label="a", neutral_label="b", high_label="c")


@pytest.mark.parametrize("scale", [HELPFULNESS, MOOD])
@pytest.mark.parametrize("number", range(1, 8))
def test_a_path_can_be_followed(number: int, scale: Scale) -> None:
    path = np.array(target_path(number, scale=scale, length_s=30.0))
    span = scale.high - scale.low
    assert path.size == 301
    assert np.all(path[: round(STILL_S / PATH_STEP_S)] == scale.neutral)
    assert path.min() >= scale.low + MARGIN * span
    assert path.max() <= scale.high - MARGIN * span
    assert np.abs(np.diff(path)).max() / PATH_STEP_S <= 1.1 * span, "never faster than the whole scale in a second"
    assert np.ptp(path) > 0.4 * span


def test_everybody_has_the_same_path_at_a_try_and_another_at_the_next() -> None:
    first = target_path(1, scale=HELPFULNESS, length_s=20.0)
    assert first == target_path(1, scale=HELPFULNESS, length_s=20.0)
    assert first != target_path(2, scale=HELPFULNESS, length_s=20.0)
    assert target_path(1, scale=HELPFULNESS, length_s=30.0)[: len(first)] == first


def test_without_a_target_there_is_no_criterion() -> None:
    assert load_design(shipped_text("helpfulness"), name="mine.toml").practice.target_s == 0
