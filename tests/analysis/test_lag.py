import numpy as np
import pytest

from dialogram.analysis.lag import find_lag


@pytest.mark.parametrize(("shift", "step_s"), [(4, 1.0), (-7, 0.5), (0, 1.0)])
def test_a_known_lag_is_found_by_sign_and_seconds(shift: int, step_s: float) -> None:
    rng = np.random.default_rng(7)
    whole = np.convolve(rng.normal(size=940), np.ones(15), "valid")
    a = whole[20:900]
    b = whole[20 - shift : 900 - shift] + 0.3 * rng.normal(size=880)
    b[100:120] = np.nan
    lag = find_lag(a, b, step_s=step_s)
    assert lag.seconds == shift * step_s
    assert lag.r > 0.9
    assert lag.p_shift < 0.01


def test_looking_for_the_best_lag_is_paid_for() -> None:
    """Of unrelated traces of 50 minutes about one in twenty reaches .05; its standard error over 200 is .015."""
    rng = np.random.default_rng(11)
    p = []
    for _ in range(200):
        a, b = (np.convolve(rng.normal(size=3009), np.ones(10), "valid") for _ in range(2))
        p.append(find_lag(a, b, step_s=1.0).p_shift)
    assert 0.01 <= np.mean(np.array(p) <= 0.05) <= 0.11


def test_no_surrogate_of_a_wider_window_holds_the_lag_it_is_set_against() -> None:
    rng = np.random.default_rng(7)
    whole = np.convolve(rng.normal(size=1520), np.ones(15), "valid")
    assert find_lag(whole[4:], whole[:-4], step_s=1.0, window_s=120.0).p_shift < 0.01


def test_short_traces_have_a_lag_but_no_p() -> None:
    a, b = np.random.default_rng(1).normal(size=(2, 50))
    lag = find_lag(a, b, step_s=1.0)
    assert abs(lag.seconds) <= 30
    assert np.isnan(lag.p_shift)
