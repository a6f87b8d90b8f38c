from contextlib import closing

import pytest

from dialogram.compute import Cluster, Here, Processes, Runner


def half(number: object) -> float:
    if not isinstance(number, int):
        raise TypeError(f"no half of {number!r}")
    return number / 2


@pytest.mark.parametrize("runner", [Here(), Processes(2), Cluster(workers=1)], ids=["here", "processes", "dask"])
def test_what_goes_wrong_in_the_work_comes_out_as_it_is(runner: Runner) -> None:
    assert sorted(runner.run(half, [1, 2, 3])) == [(0, 0.5), (1, 1.0), (2, 1.5)]
    with pytest.raises(TypeError, match="no half of 'two'"), closing(runner.run(half, [1, "two"])) as done:
        list(done)


def test_impossible_workers_are_refused() -> None:
    with pytest.raises(ValueError, match="workers: expected one or more, got 0"):
        Processes(0)
    with pytest.raises(ValueError, match="workers: expected one or more, got 0"):
        Cluster(workers=0)
    with pytest.raises(ValueError, match="the scheduler has its own"):
        Cluster("tcp://localhost:1", workers=2)
