import math
from itertools import combinations

import numpy as np
import pytest
from scipy.stats import spearmanr

from dialogram.analysis.correlation import Floats
from dialogram.analysis.split_half import _all_pairs, _spearman, split_observers


def _ratings(observers: int, bins: int = 200, seed: int = 1) -> Floats:
    rng = np.random.default_rng(seed)
    return np.asarray(rng.normal(size=bins) + rng.normal(size=(observers, bins)))


@pytest.mark.parametrize("observers", [2, 5, 6])
def test_all_splits_are_those_of_a_loop_of_spearmanr(observers: int) -> None:
    x = np.round(_ratings(observers), 1)
    found = split_observers(x)
    for size in found.by_size:
        pairs = [
            (one, other)
            for one in combinations(range(observers), size.observers)
            for other in combinations(range(observers), size.observers)
            if one < other and not set(one) & set(other)
        ]
        curves = [(x[list(one)].sum(axis=0).round(6), x[list(other)].sum(axis=0).round(6)) for one, other in pairs]
        r = [spearmanr(one, other).statistic for one, other in curves]
        assert size.splits == len(pairs)
        assert (size.mean, size.lowest, size.highest) == pytest.approx((np.mean(r), min(r), max(r)), abs=1e-12)
    assert found.halves.splits == math.comb(observers, observers // 2) // (1 if observers % 2 else 2)
    assert found.reliability == pytest.approx(2 * found.halves.mean / (1 + found.halves.mean), abs=1e-12)


def test_reliability_is_what_it_says() -> None:
    """Each observer is half truth: the mean of n has the reliability n / (n + 1) (a little less in ranks)."""
    assert split_observers(_ratings(8, bins=4000)).reliability == pytest.approx(8 / 9, abs=0.02)


def test_of_too_many_splits_some_are_drawn_and_always_the_same() -> None:
    x = _ratings(7)
    drawn, every = split_observers(x, most_splits=30), split_observers(x)
    assert (drawn.complete, every.complete) == (False, True)
    assert drawn.halves.splits == 30
    assert drawn == split_observers(x, most_splits=30)
    assert drawn.halves.mean == pytest.approx(every.halves.mean, abs=0.05)
    assert every.summary().startswith("Over all 35 splits")
    assert drawn.summary().startswith("Over 30 splits")


def test_parts_are_worked_on_as_the_whole() -> None:
    x, pairs = _ratings(6), _all_pairs(6, 3, 3)
    parts = [_spearman(x, pairs[start : start + 3]) for start in range(0, 10, 3)]
    np.testing.assert_array_equal(np.concatenate(parts), _spearman(x, pairs))


def test_bins_that_not_all_rated_are_left_out() -> None:
    x = _ratings(4)
    gaps = np.concatenate([x, np.full((4, 9), 3.0)], axis=1)
    gaps[1, 200:] = np.nan
    assert split_observers(gaps) == split_observers(x)


@pytest.mark.parametrize(
    "ratings", [np.zeros((1, 9)), np.zeros((4, 9)), np.full((3, 9), np.nan), np.ones((2, 1)), np.zeros((3, 0))]
)
def test_nothing_to_tell_is_none(ratings: Floats) -> None:
    found = split_observers(ratings)
    assert found.to_dict()["halves"]["mean"] is None
    assert found.summary().startswith("Halves of the observers cannot be compared")


def test_halves_that_go_against_each_other_have_no_reliability() -> None:
    row = np.random.default_rng(1).normal(size=50)
    found = split_observers(np.stack([row, -row]))
    assert found.halves.mean == pytest.approx(-1.0)
    assert math.isnan(found.reliability)
