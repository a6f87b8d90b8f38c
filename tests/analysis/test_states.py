import numpy as np
import pytest

from dialogram.analysis.states import compare_states, neutral_band
from dialogram.timeline import HELPFULNESS, Scale


def test_table_in_seconds_and_kappa_by_hand() -> None:
    a = np.array([20.0, 20, 50, 80, 80, 80, np.nan, 45])
    b = np.array([20.0, 50, 50, 80, 80, 20, 80, 55])
    states = compare_states(a, b, step_s=6.5, scale=HELPFULNESS)
    assert states.table == ((6.5, 6.5, 0.0), (0.0, 13.0, 0.0), (6.5, 0.0, 13.0))
    agreed, chance = 5 / 7, (2 * 2 + 2 * 3 + 3 * 2) / 49
    assert states.kappa == pytest.approx((agreed - chance) / (1 - chance), rel=1e-12)
    assert states.band == (45.0, 55.0)


def test_kappa_of_shifts_is_that_of_a_loop() -> None:
    rng = np.random.default_rng(9)
    a, b = rng.uniform(0, 100, (2, 40))
    kappas = [compare_states(a, np.roll(b, -s), step_s=1.0, scale=HELPFULNESS).kappa for s in range(1, 40)]
    shifted = compare_states(a, b, step_s=1.0, scale=HELPFULNESS).kappa_of_shifts
    assert shifted == pytest.approx(tuple(np.quantile(kappas, [0.025, 0.975])), abs=1e-12)


def test_one_state_all_the_time_has_no_kappa() -> None:
    states = compare_states(np.full(5, 80.0), np.full(5, 90.0), step_s=1.0, scale=HELPFULNESS)
    assert np.isnan(states.kappa)
    assert states.table[2] == (0.0, 0.0, 5.0)


@pytest.mark.parametrize("band_share", [-0.1, 0.5, np.nan])
def test_a_band_beyond_the_scale_is_refused(band_share: float) -> None:
    with pytest.raises(ValueError, match="band_share"):
        neutral_band(HELPFULNESS, band_share)
    assert neutral_band(Scale(name="x", low=-1, high=1, neutral=0, step=0.1), 0.05) == (-0.1, 0.1)
