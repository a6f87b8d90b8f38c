import numpy as np
import pytest
from tests.analysis.observers import draw_observers

from dialogram import Trace, build_consensus
from dialogram.analysis.consensus import agree_with_others
from dialogram.analysis.correlation import Floats, correlate


def _traces(ratings: Floats) -> list[Trace]:
    return [Trace(values=row, step_s=1.0, name=f"r{index}") for index, row in enumerate(ratings)]


def test_each_counts_as_far_as_the_mean_r_with_the_others() -> None:
    ratings = draw_observers(1, 4, 600)
    ratings[3] = 100 - ratings[3]
    consensus = build_consensus(_traces(ratings))
    r = np.corrcoef(ratings)
    mean_r = (r.sum(axis=1) - 1) / 3
    np.testing.assert_allclose(consensus.agreement, mean_r, atol=1e-12)
    counted = np.maximum(mean_r, 0)
    np.testing.assert_allclose(consensus.weights, counted / counted.sum(), atol=1e-12)
    assert consensus.weights[3] == 0.0
    assert consensus.trace is not None
    np.testing.assert_allclose(consensus.trace.values, consensus.weights @ ratings, atol=1e-9)


def test_late_ones_are_set_back_before_they_count() -> None:
    ratings = draw_observers(2, 4, 1200, late=(0, 0, 0, 6), own=0.4)
    consensus = build_consensus(_traces(ratings))
    plain = agree_with_others(ratings)
    assert consensus.lags_s == pytest.approx((0, 0, 0, 6), abs=0.5)
    assert plain[3] < 0.9 * plain[:3].min(), "the control: late ones would count less"
    assert consensus.weights[3] == pytest.approx(0.25, abs=0.02)
    assert "set back were r3 by" in consensus.summary()


def test_a_bin_needs_half_of_the_weight_and_those_who_rated_it_make_it() -> None:
    ratings = np.tile(np.random.default_rng(1).normal(size=300), (3, 1))
    ratings[0, :10], ratings[:2, 20:30], ratings[:, 40:50] = np.nan, np.nan, np.nan
    trace = build_consensus(_traces(ratings)).trace
    assert trace is not None
    np.testing.assert_allclose(trace.values[:10], ratings[2, :10], atol=1e-12)
    assert np.isnan(trace.values[20:30]).all()
    assert np.isnan(trace.values[40:50]).all()
    np.testing.assert_allclose(trace.coverage[[0, 15, 25, 45]], [2 / 3, 1, 1 / 3, 0], atol=1e-12)


def test_it_comes_closer_to_what_was_there_than_any_rater() -> None:
    ratings = draw_observers(4, 6, 3000)
    trace = build_consensus(_traces(ratings)).trace
    truth = draw_observers(4, 6, 3000, own=0.0)[0]
    assert trace is not None
    assert correlate(trace.values, truth) > max(correlate(row, truth) for row in ratings) + 0.05


def test_where_nobody_goes_with_the_others_there_is_none() -> None:
    row = draw_observers(1, 1, 200)[0]
    for ratings in (np.stack([row, 100 - row]), np.full((3, 50), 5.0), np.full((2, 50), np.nan)):
        consensus = build_consensus(_traces(ratings))
        assert consensus.trace is None
        assert set(consensus.to_dict()["weights"].values()) == {None}
        assert "no consensus" in consensus.summary()


def test_starts_may_differ_and_one_alone_is_refused() -> None:
    row = draw_observers(1, 1, 200)[0]
    later = Trace(values=row[10:], step_s=1.0, start_s=10.0, name="later")
    consensus = build_consensus([Trace(values=row, step_s=1.0, name="first"), later], name="both")
    assert consensus.trace is not None
    assert (consensus.trace.name, consensus.trace.start_s, len(consensus.trace)) == ("both", 0.0, 200)
    np.testing.assert_allclose(consensus.trace.values, row, atol=1e-9)
    with pytest.raises(ValueError, match="at least two, got 1"):
        build_consensus([later])
