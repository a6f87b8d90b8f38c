from functools import partial
from typing import Any

import numpy as np
import pytest

from dialogram import SupposedCohort, plan_study
from dialogram.compute import Here, Processes, Runner
from dialogram.simulate import simulate_studies

SUPPOSED = SupposedCohort(tracking=0.3)
plan_small = partial(plan_study, SUPPOSED, dyads=[3, 6], minutes=[5, 10])


@pytest.mark.parametrize("runner", [Here(), Processes(1), Processes(2)], ids=["here", "one", "two"])
def test_any_number_of_workers_finds_the_same(runner: Runner) -> None:
    told: list[tuple[int, int]] = []
    plan = plan_small(studies=12, seed=3, runner=runner, progress=lambda done, count: told.append((done, count)))
    assert plan.to_dict() == plan_small(studies=12, seed=3).to_dict()
    assert told[0] == (0, 12)
    assert told[-1] == (12, 12)
    assert len(told) == 4
    assert plan.to_dict() != plan_small(studies=12, seed=4).to_dict()


def test_the_sizes_come_in_order_and_each_once_with_the_shares_of_its_studies() -> None:
    plan = plan_study(SUPPOSED, dyads=[6, 3, 6], minutes=[10, 5], studies=12, seed=3)
    assert [(size.minutes, size.dyads) for size in plan.sizes] == [(5, 3), (5, 6), (10, 3), (10, 6)]
    found = simulate_studies(range(12), seed=3, supposed=SUPPOSED, dyads=[3, 6], minutes=[5, 10]).p <= 0.05
    np.testing.assert_array_equal([size.power for size in plan.sizes], found.mean(axis=0).ravel())
    assert [each.minutes for each in plan.needed] == [5, 10]
    assert (plan.studies, plan.seed, plan.wanted, plan.supposed) == (12, 3, 0.8, SUPPOSED)


def test_it_stops_where_it_is_told_to() -> None:
    def stop(done: int, _count: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        plan_small(studies=1_000_000, progress=stop)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dyads": [1, 5]}, "dyads: expected numbers from 2 on, got 1, 5"),
        ({"dyads": []}, "dyads: expected numbers from 2 on, got none"),
        ({"minutes": [0.5]}, "minutes: expected lengths from 1 minute on, got 0.5"),
        ({"minutes": [float("nan")]}, "minutes"),
        ({"wanted": 1.0}, "wanted: expected a power between 0 and 1, got 1"),
        ({"studies": 0}, "studies: expected one or more, got 0"),
        ({"seed": -1}, "seed: expected 0 or more, got -1"),
    ],
)
def test_a_plan_of_nothing_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        plan_small(**changes)
