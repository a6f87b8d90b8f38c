import json

import numpy as np
import pytest
from hypothesis import given, strategies as st

from dialogram.analysis.bouts import Stay, describe_bouts
from dialogram.analysis.correlation import Floats
from dialogram.analysis.description import describe
from dialogram.timeline import HELPFULNESS

NONE = (0.0, 0, None, None)


@given(st.lists(st.sampled_from([np.nan, 20.0, 44, 45, 50, 55, 56, 90]), min_size=1, max_size=60))
def test_bouts_add_up(values: list[float]) -> None:
    trace = np.array(values)
    bouts = describe_bouts(trace, step_s=0.5, scale=HELPFULNESS)
    stays = (bouts.hindering, bouts.neutral, bouts.helpful)
    rated_s = 0.5 * np.count_nonzero(~np.isnan(trace))
    assert sum(stay.seconds for stay in stays) == rated_s
    if rated_s:
        shares = describe(trace, name="client", scale=HELPFULNESS)
        assert bouts.helpful.seconds == pytest.approx(rated_s * shares.share_helpful)
    for stay in stays:
        assert stay.bouts == 0 or stay.longest_s * stay.bouts >= stay.seconds >= stay.longest_s >= stay.median_s
    runs_of_rated = np.count_nonzero(np.diff(np.concatenate([[0], ~np.isnan(trace), [0]]).astype(int)) == 1)
    assert sum(map(sum, bouts.transitions)) == sum(stay.bouts for stay in stays) - runs_of_rated
    assert [bouts.transitions[state][state] for state in range(3)] == [0, 0, 0]


def test_a_gap_ends_a_bout_and_is_no_transition() -> None:
    whole, broken = (np.array([80.0, 80, middle, 80, 80]) for middle in (80.0, np.nan))
    assert describe_bouts(whole, step_s=1.0, scale=HELPFULNESS).helpful == Stay(
        seconds=5.0, bouts=1, median_s=5.0, longest_s=5.0
    )
    bouts = describe_bouts(broken, step_s=1.0, scale=HELPFULNESS)
    assert bouts.helpful == Stay(seconds=4.0, bouts=2, median_s=2.0, longest_s=2.0)
    assert sum(map(sum, bouts.transitions)) == 0


def test_it_says_how_often_the_state_changed() -> None:
    values = np.array([50.0, 80, 80, 50, 20, 80])
    said = describe_bouts(values, step_s=1.0, scale=HELPFULNESS).summary()
    assert said == (
        "hindering for 1 s, neutral for 2 s in 2 bouts of 1 s (median), helpful for 3 s in 2 bouts of 1.5 s (median);"
        " the state changed 4 times."
    )


@pytest.mark.parametrize("values", [np.full(5, np.nan), np.array([50.0]), np.full(9, 100.0)])
def test_flat_and_empty_traces(values: Floats) -> None:
    bouts = describe_bouts(values, step_s=1.0, scale=HELPFULNESS)
    printed = json.loads(json.dumps(bouts.to_dict(), allow_nan=False))
    assert tuple(printed["hindering"].values()) == NONE
    assert bouts.summary().endswith("the state changed 0 times.")
