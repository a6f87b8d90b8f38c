import operator
import socket
import subprocess
import sys

import distributed
import pytest

from dialogram.compute import Cluster


def test_a_scheduler_that_runs_already_is_used_by_its_address() -> None:
    with distributed.LocalCluster(n_workers=1, processes=False, dashboard_address=None) as there:
        assert list(Cluster(there.scheduler_address).run(operator.neg, [5])) == [(0, -5)]


def test_a_scheduler_that_does_not_answer_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(OSError, match=f"no Dask scheduler answers at '{address}'"):
            list(Cluster(address, timeout_s=0.5).run(operator.neg, [5]))
    with pytest.raises(OSError, match="no Dask scheduler answers at 'nonsense'"):
        list(Cluster("nonsense", timeout_s=0.5).run(operator.neg, [5]))


def test_compute_loads_no_dask_until_it_is_asked_to() -> None:
    code = "import sys, dialogram.compute; print('distributed' in sys.modules, 'pyarrow' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False False"
