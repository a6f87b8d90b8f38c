import numpy as np
from tests.analysis.observers import draw_observers

from dialogram.analysis.rater_lags import estimate_rater_lags


def test_late_raters_are_told_from_the_earliest() -> None:
    found = [estimate_rater_lags(draw_observers(seed, 5, 1500, late=(0, 3, 0, 0, 3)), step_s=1.0) for seed in range(5)]
    np.testing.assert_allclose(found, np.tile([0.0, 3, 0, 0, 3], (5, 1)), atol=0.4)


def test_who_answers_alike_is_not_set_back() -> None:
    assert not any(estimate_rater_lags(draw_observers(seed, 4, 1000), step_s=1.0).any() for seed in range(10))


def test_the_step_of_the_bins_is_counted_in_seconds() -> None:
    ratings = draw_observers(1, 3, 3000, late=(0, 0, 12))
    for step_s in (0.25, 2.0):
        lags = estimate_rater_lags(ratings, step_s=step_s, most_s=30.0)
        np.testing.assert_allclose(lags, [0, 0, 12 * step_s], atol=step_s)


def test_missing_bins_stay_in_their_place() -> None:
    ratings = draw_observers(2, 3, 1500, late=(0, 0, 4))
    ratings[0, 300:420], ratings[2, ::7] = np.nan, np.nan
    np.testing.assert_allclose(estimate_rater_lags(ratings, step_s=1.0), [0, 0, 4], atol=0.5)


def test_of_whom_nothing_is_known_nothing_is_said() -> None:
    ratings = draw_observers(3, 5, 1500, late=(0, 4, 0, 0, 0))
    ratings[2], ratings[3], ratings[4] = 50.0, np.nan, 100 - ratings[0]
    lags = estimate_rater_lags(ratings, step_s=1.0)
    assert lags[2:].tolist() == [0, 0, 0]
    np.testing.assert_allclose(lags[:2], [0, 4], atol=0.5)
    assert estimate_rater_lags(ratings[:, :3], step_s=1.0).tolist() == [0] * 5
