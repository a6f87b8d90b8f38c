import numpy as np

from dialogram.analysis.coarse_bins import coarsen


def test_bins_are_joined_until_they_are_wide_enough() -> None:
    ratings = np.arange(24.0).reshape(2, 12)
    joined, step_s = coarsen(ratings, step_s=0.2, least_s=0.5)
    assert step_s == 0.2 * 3
    np.testing.assert_array_equal(joined, [[1, 4, 7, 10], [13, 16, 19, 22]])


def test_a_bin_of_which_less_than_half_is_there_is_missing() -> None:
    ratings = np.array([[1, np.nan, 3, np.nan, np.nan, 8]])
    joined, _ = coarsen(ratings, step_s=0.2, least_s=0.6)
    np.testing.assert_array_equal(joined, [[2, np.nan]])


def test_wide_bins_and_too_few_stay_as_they_are() -> None:
    ratings = np.arange(4.0).reshape(1, 4)
    assert coarsen(ratings, step_s=1.0, least_s=1.0) == (ratings, 1.0)
    assert coarsen(ratings, step_s=0.1, least_s=1.0) == (ratings, 0.1)
