from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

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


class BrokenOff(list[Path]):
    """Tasks that are being handed out when somebody presses Ctrl-C."""

    def __iter__(self) -> Iterator[Path]:
        yield from super().__iter__()
        raise KeyboardInterrupt


def test_tasks_broken_off_while_they_are_handed_out_are_taken_back(tmp_path: Path) -> None:
    tasks = [tmp_path / str(number) for number in range(100)]
    with pytest.raises(KeyboardInterrupt):
        list(Processes(1).run(Path.touch, BrokenOff(tasks)))
    assert len(list(tmp_path.iterdir())) < 50
    list(Processes(1).run(Path.touch, tasks))
    assert len(list(tmp_path.iterdir())) == 100


def test_impossible_workers_are_refused() -> None:
    with pytest.raises(ValueError, match="workers: expected one or more, got 0"):
        Processes(0)
    with pytest.raises(ValueError, match="workers: expected one or more, got 0"):
        Cluster(workers=0)
    with pytest.raises(ValueError, match="the scheduler has its own"):
        Cluster("tcp://localhost:1", workers=2)
