import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.alive import alive_in

from dialogram.compute import Cluster, Here, Processes, Runner
from dialogram.compute.runner import BLAS_THREADS, WorkersLostError


def half(number: object) -> float:
    if not isinstance(number, int):
        raise TypeError(f"no half of {number!r}")
    return number / 2


@pytest.mark.parametrize("runner", [Here(), Processes(2), Cluster(workers=1)], ids=["here", "processes", "dask"])
def test_what_goes_wrong_in_the_work_comes_out_as_it_is(runner: Runner) -> None:
    assert sorted(runner.run(half, [1, 2, 3])) == [(0, 0.5), (1, 1.0), (2, 1.5)]
    with pytest.raises(TypeError, match="no half of 'two'"), closing(runner.run(half, [1, "two"])) as done:
        list(done)


@pytest.mark.parametrize("before", [None, "2"])
def test_processes_leave_threads_to_each_other_and_the_program_as_it_was(
    before: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if before is None:
        monkeypatch.delenv(BLAS_THREADS, raising=False)
    else:
        monkeypatch.setenv(BLAS_THREADS, before)
    assert sorted(Processes(2).run(os.getenv, [BLAS_THREADS, BLAS_THREADS])) == [(0, "1"), (1, "1")]
    assert os.environ.get(BLAS_THREADS) == before


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


def touch_slowly(path: Path) -> None:
    time.sleep(0.02)
    path.touch()


@pytest.mark.parametrize("runner", [Here(), Processes(2), Cluster(workers=2)], ids=["here", "processes", "dask"])
def test_closing_takes_back_what_is_not_begun(tmp_path: Path, runner: Runner) -> None:
    tasks = [tmp_path / str(number) for number in range(100)]
    with closing(runner.run(touch_slowly, tasks)) as done:
        next(done)
    assert 0 < len(list(tmp_path.iterdir())) < 50
    list(runner.run(touch_slowly, tasks))
    assert len(list(tmp_path.iterdir())) == 100


def die(_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_that_is_killed_is_told_of() -> None:
    with pytest.raises(WorkersLostError, match="a process ended before its work was done"):
        list(Processes(1).run(die, [1]))


OUTLIVING = """
import operator, os, signal, sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from dialogram.compute import Processes

if sys.argv[1] == "ours":
    next(Processes(1).run(operator.neg, [1, 2]))
else:
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    pool.submit(operator.neg, 1).result()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_no_process_outlives_a_parent_that_is_killed() -> None:
    groups = {}
    for whose in ("plain", "ours"):
        with subprocess.Popen([sys.executable, "-c", OUTLIVING, whose], start_new_session=True) as parent:
            groups[whose] = parent.pid
        assert parent.returncode == -signal.SIGKILL
    try:
        while alive_in(groups["ours"]):
            time.sleep(0.01)
        assert alive_in(groups["plain"]), "the control waits for work for ever"
    finally:
        os.killpg(groups["plain"], signal.SIGKILL)


def test_impossible_workers_are_refused() -> None:
    with pytest.raises(ValueError, match="workers: expected one or more, got 0"):
        Processes(0)
    with pytest.raises(ValueError, match="workers: expected one or more, got 0"):
        Cluster(workers=0)
    with pytest.raises(ValueError, match="the scheduler has its own"):
        Cluster("tcp://localhost:1", workers=2)
