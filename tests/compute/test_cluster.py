import json
import operator
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import dask
import distributed
import pytest

from dialogram.compute import Cluster
from dialogram.compute.runner import WorkersLostError


def test_a_scheduler_that_runs_already_is_used_by_its_address() -> None:
    with distributed.LocalCluster(n_workers=1, processes=False, dashboard_address="127.0.0.1:0") as there:
        assert list(Cluster(there.scheduler_address).run(operator.neg, [5])) == [(0, -5)]


def test_a_second_cluster_of_one_machine_warns_of_nothing(recwarn: pytest.WarningsRecorder) -> None:
    with distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=None):
        recwarn.clear()
        assert list(Cluster(workers=1).run(operator.neg, [5])) == [(0, -5)]
        assert not recwarn.list
        with distributed.LocalCluster(n_workers=0, processes=False, dashboard_address=None):
            assert "already in use" in str(recwarn.pop(UserWarning).message)


def test_a_scheduler_that_does_not_answer_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(OSError, match=f"no Dask scheduler answers at '{address}'"):
            list(Cluster(address, timeout_s=0.5).run(operator.neg, [5]))
    with pytest.raises(OSError, match="no Dask scheduler answers at 'nonsense'"):
        list(Cluster("nonsense", timeout_s=0.5).run(operator.neg, [5]))


def die(_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_work_that_kills_whoever_does_it_is_given_up() -> None:
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        pytest.raises(WorkersLostError, match="each that was given one piece of the work ended"),
    ):
        list(Cluster(workers=1).run(die, [1]))


SCHEDULER = "from distributed.cli.dask_scheduler import main; main()"
WORKER = "from distributed.cli.dask_worker import main; main()"


def test_a_scheduler_of_its_own_gives_back_what_is_cancelled_and_is_missed_when_it_dies(tmp_path: Path) -> None:
    """As on a cluster: scheduler and worker in processes of their own, started by somebody else."""
    where = tmp_path / "scheduler.json"
    common = ["--scheduler-file", str(where), "--no-dashboard"]
    scheduler = subprocess.Popen(
        [sys.executable, "-c", SCHEDULER, *common, "--host", "127.0.0.1", "--port", "0"], stderr=subprocess.DEVNULL
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, *common, "--no-nanny", "--nthreads", "1", "--host", "127.0.0.1"],
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
    )
    try:
        while not (where.exists() and where.read_text().endswith("}")):
            assert scheduler.poll() is None
            time.sleep(0.01)
        cluster = Cluster(json.loads(where.read_text())["address"])
        with closing(cluster.run(time.sleep, [0.1] * 600)) as cancelled:
            next(cancelled)
        # A minute of work was taken back, or this would wait for it.
        assert list(cluster.run(operator.neg, [5])) == [(0, -5)]
        with closing(cluster.run(time.sleep, [0.1] * 600)) as done:
            next(done)
            scheduler.kill()
            with pytest.raises(WorkersLostError, match="the scheduler is gone"):
                list(done)
    finally:
        for process in (worker, scheduler):
            process.kill()
            process.wait()


def test_compute_loads_no_dask_until_it_is_asked_to() -> None:
    code = "import sys, dialogram.compute; print('distributed' in sys.modules, 'pyarrow' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False False"
