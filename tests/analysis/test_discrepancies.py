from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as arrays

from dialogram.analysis.correlation import Floats
from dialogram.analysis.discrepancies import Discrepancy, DiscrepancyRule, find_discrepancies
from dialogram.timeline import HELPFULNESS, Scale

bins = st.integers(1, 80).flatmap(
    lambda n: arrays.arrays(np.float64, (2, n), elements=st.sampled_from([np.nan, 20.0, 44, 50, 56, 61, 70, 90]))
)


def _find(a: Floats, b: Floats, step_s: float = 1.0) -> list[Discrepancy]:
    return [one for one in find_discrepancies(a, b, step_s=step_s, scale=HELPFULNESS) if not one.relative]


@given(bins, st.sampled_from([0.5, 1.0, 6.5]))
def test_what_is_found_keeps_the_rule(pair: Floats, step_s: float) -> None:
    found = find_discrepancies(pair[0], pair[1], step_s=step_s, scale=HELPFULNESS)
    assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)
    for one in found:
        assert 0 <= one.start_s
        assert one.end_s <= pair.shape[1] * step_s
        assert one.segment.duration_s >= 10
        assert ("a_higher" in one.kind or one.kind.startswith("a_helpful")) == (one.mean_a > one.mean_b)
    for one, other in combinations([one for one in found if not one.relative], 2):
        if _side(one) == _side(other):
            assert one.segment.gap_s(other.segment) >= -1e-9


def _side(one: Discrepancy) -> bool:
    return one.mean_a > one.mean_b


def test_it_opens_at_the_threshold_and_ends_below_half_of_it() -> None:
    b = np.full(60, 50.0)
    a = b.copy()
    a[5:10], a[10:25], a[25:30], a[30:40] = 65, 70, 60, 59.9
    assert [(one.kind, one.start_s, one.end_s) for one in _find(a, b)] == [("a_higher", 10.0, 30.0)]


def test_opposite_states_part_below_the_threshold() -> None:
    a, b = np.full(60, 50.0), np.full(60, 50.0)
    a[10:30], b[10:30] = 56, 44
    (found,) = _find(a, b)
    assert (found.kind, found.start_s, found.end_s) == ("a_helpful_b_hindering", 10.0, 30.0)
    # On the edge of the band a rating is still neutral.
    a[10:30], b[10:30] = 55, 45
    assert _find(a, b) == []


@pytest.mark.parametrize(("gap_s", "count"), [(4, 1), (5, 2)])
def test_gaps_under_five_seconds_are_merged(gap_s: int, count: int) -> None:
    a, b = np.full(100, 50.0), np.full(100, 50.0)
    a[10:30] = a[30 + gap_s : 50 + gap_s] = 90
    assert len(_find(a, b)) == count
    a[30 : 30 + gap_s] = np.nan
    assert len(_find(a, b)) == count


def test_a_gap_in_which_the_other_is_far_ahead_is_not_merged_away() -> None:
    a, b = np.full(100, 50.0), np.full(100, 50.0)
    a[10:22] = a[26:38] = 61
    a[10] = a[26] = 75
    b[22:26] = 100
    assert [(one.kind, one.start_s, one.end_s) for one in _find(a, b)] == [
        ("a_higher", 10.0, 22.0),
        ("a_higher", 26.0, 38.0),
    ]


@pytest.mark.parametrize(("length", "count"), [(9, 0), (10, 1)])
def test_it_lasts_ten_seconds(length: int, count: int) -> None:
    a, b = np.full(60, 50.0), np.full(60, 50.0)
    b[20 : 20 + length] = 80
    found = _find(a, b)
    assert [one.kind for one in found] == ["b_higher"] * count


def test_how_long_it_must_last_does_not_hang_on_the_scale() -> None:
    wide = Scale(name="x", low=0.0, high=1e10, neutral=5e9)
    a, b = np.full(60, 5e9), np.full(60, 5e9)
    b[20:29] = 8e9
    assert find_discrepancies(a, b, step_s=1.0, scale=wide) == ()


def test_a_change_of_side_is_another_discrepancy() -> None:
    a, b = np.full(60, 50.0), np.full(60, 50.0)
    a[10:30], b[30:50] = 90, 90
    assert [(one.kind, one.start_s) for one in _find(a, b)] == [("a_higher", 10.0), ("b_higher", 30.0)]


def test_a_constant_difference_is_none_once_own_means_are_taken_out() -> None:
    a = 50 + 5 * np.sin(np.arange(100) / 5)
    found = find_discrepancies(a, a + 30, step_s=1.0, scale=HELPFULNESS)
    assert [one.kind for one in found] == ["b_higher"]


def test_the_worst_comes_first() -> None:
    a, b = np.full(200, 50.0), np.full(200, 50.0)
    a[10:30], a[60:75] = 75, 95
    assert [one.start_s for one in _find(a, b)] == [60.0, 10.0]


def test_a_rule_refuses_by_name() -> None:
    with pytest.raises(ValueError, match="threshold_share"):
        DiscrepancyRule(threshold_share=0)
    with pytest.raises(ValueError, match="least_s"):
        DiscrepancyRule(least_s=-1)
