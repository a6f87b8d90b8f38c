import json

import numpy as np
import pytest
from tests.analysis.observers import draw_observers

from dialogram import Trace, build_consensus, measure_alpha, measure_reliability, measure_unit_reliability
from dialogram.analysis import correlate_intraclass, split_observers


def _traces(late: tuple[int, ...] = (0, 0, 0)) -> list[Trace]:
    ratings = draw_observers(1, 3, 600, late=late)
    return [Trace(values=row, step_s=0.5, name=name) for name, row in zip("abc", ratings, strict=True)]


def test_traces_give_what_each_function_gives() -> None:
    traces = _traces()
    found, ratings = measure_reliability(traces).to_dict(), np.array([trace.values for trace in traces])
    assert (found["units"], found["units_all_rated"], found["raters"], found["step_s"]) == (600, 600, 3, 0.5)
    assert found["icc"]["2,k"]["value"] == correlate_intraclass(ratings)["A,k"].value
    assert list(found["icc"]) == ["1,1", "2,1", "3,1", "1,k", "2,k", "3,k"]
    assert found["alpha"]["ordinal"] == measure_alpha(ratings, "ordinal").value
    consensus = build_consensus(traces).to_dict()
    assert (found["consensus"], found["weights"]) == (consensus, consensus["weights"])
    by_second = ratings.reshape(3, 300, 2).mean(axis=2)
    assert found["split_half"] == split_observers(by_second).to_dict()


def test_the_same_seed_gives_the_same_numbers_and_json_takes_them() -> None:
    first, second, other = (measure_reliability(_traces(), seed=seed).to_dict() for seed in (1, 1, 2))
    assert json.dumps(first, allow_nan=False) == json.dumps(second, allow_nan=False)
    assert first["icc"]["2,1"]["ci95"] != other["icc"]["2,1"]["ci95"]


def test_units_have_f_intervals_and_no_consensus() -> None:
    ratings = draw_observers(1, 3, 40)
    found = measure_unit_reliability(ratings, ["a", "b", "c"]).to_dict()
    plain = correlate_intraclass(ratings)
    assert found["icc"]["1,1"]["ci95"] == list(plain["1"].ci95)
    assert (found["consensus"], found["step_s"]) == (None, None)
    assert sum(found["weights"].values()) == pytest.approx(1.0)


def test_who_was_late_is_named_and_set_back() -> None:
    traces = _traces(late=(0, 8, 0))
    found = measure_reliability(traces)
    assert found.consensus is not None
    assert found.consensus.lags_s == pytest.approx((0, 4, 0), abs=0.5)
    assert [(each.rater, each.finding) for each in found.screening.findings] == [("b", "lagging")]
    assert "b answers" in found.summary()


def test_one_without_a_rating_leaves_alpha_of_the_others() -> None:
    traces = [*_traces(), Trace(values=np.full(600, np.nan), step_s=0.5, name="d")]
    found, three = measure_reliability(traces).to_dict(), measure_reliability(traces[:3]).to_dict()
    assert found["alpha"] == three["alpha"]
    assert found["icc"]["1,1"]["value"] is None
    assert found["icc_intervals"] == "0 units that all rated, fewer than 2"
    assert found["weights"] == three["weights"] | {"d": 0.0}


def test_wrong_use_is_refused() -> None:
    trace = _traces()[0]
    with pytest.raises(ValueError, match="at least two, got 1"):
        measure_reliability([trace])
    with pytest.raises(ValueError, match="'a' twice"):
        measure_reliability([trace, trace])
    with pytest.raises(ValueError, match="at least two, got 1"):
        measure_unit_reliability(np.zeros((2, 5)), ["a"])
