import math

import numpy as np
import pytest

from dialogram import correlate_within


def test_differences_between_dyads_do_not_count() -> None:
    within = correlate_within("aaabbb", [1, 2, 3, 101, 102, 103], [3, 2, 1, 53, 52, 51])
    assert within.r == pytest.approx(-1.0)
    assert np.corrcoef([1, 2, 3, 101, 102, 103], [3, 2, 1, 53, 52, 51])[0, 1] > 0.9


def test_what_is_missing_and_lone_pairs_are_left_out() -> None:
    within = correlate_within("aaaabc", [1, 2, 4, math.nan, 5, 6], [1, 3, 3, 9, 7, 8])
    assert (within.n, within.dyads, within.df) == (3, 1, 1)


def test_nothing_to_correlate_is_not_a_number() -> None:
    within = correlate_within("ab", [1, 2], [3, 4])
    assert (within.n, within.dyads, within.df) == (0, 0, 0)
    assert within.to_dict()["r"] is None
    assert math.isnan(correlate_within("aaa", [1, 1, 1], [1, 2, 3]).r)


def test_unequal_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="expected 3 numbers each"):
        correlate_within("aaa", [1, 2], [1, 2, 3])
