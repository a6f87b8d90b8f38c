import operator
from contextlib import closing

import pytest

from dialogram.compute import Cluster, Here, Processes, Runner


@pytest.mark.parametrize("runner", [Here(), Processes(2), Cluster(workers=1)], ids=["here", "processes", "dask"])
def test_what_goes_wrong_in_the_work_comes_out_as_it_is(runner: Runner) -> None:
    assert sorted(runner.run(operator.neg, [1, 2, 3])) == [(0, -1), (1, -2), (2, -3)]
    with pytest.raises(TypeError, match="bad operand"), closing(runner.run(operator.neg, [1, "two"])) as done:
        list(done)


def test_impossible_workers_are_refused() -> None:
    with pytest.raises(ValueError, match="workers: expected one or more, got 0"):
        Processes(0)
    with pytest.raises(ValueError, match="workers: expected one or more, got 0"):
        Cluster(workers=0)
    with pytest.raises(ValueError, match="the scheduler has its own"):
        Cluster("tcp://localhost:1", workers=2)
