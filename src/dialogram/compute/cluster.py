"""The only place that knows Dask."""

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING

from dialogram.compute.runner import WorkersLostError

if TYPE_CHECKING:
    import distributed

_NO_PORT_OF_ALL = "127.0.0.1:0"
"""Without an address Dask takes the one port that any other on this machine takes, and warns when it is taken."""
_LEAVE_CTRL_C_TO_THE_PARENT = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"


class Cluster:
    """On a Dask cluster, whose workers see the same files under the same paths.

    Parameters
    ----------
    address
        The scheduler's, ``tcp://host:8786``; None for a cluster of processes on this machine.
    workers
        How many of them; only without an address. Default: one a core.
    timeout_s
        How long a scheduler may take to answer.
    """

    def __init__(self, address: str | None = None, *, workers: int | None = None, timeout_s: float = 10) -> None:
        if address is not None and workers is not None:
            raise ValueError("workers: the scheduler has its own; give an address or a number of workers")
        if workers is not None and workers < 1:
            raise ValueError(f"workers: expected one or more, got {workers}")
        self._address, self._workers, self._timeout_s = address, workers, timeout_s

    def run[Task, Result](self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Generator[tuple[int, Result]]:
        """Do the tasks wherever the scheduler sends them.

        Raises
        ------
        ModuleNotFoundError
            Without the extra ``cluster``.
        OSError
            When no scheduler answers; as WorkersLostError when one is lost on the way, or workers die of the work. Of
            one that dies alone another one takes over what it had to do.
        """
        import distributed  # noqa: PLC0415  # of an extra

        if self._address is None:
            with (
                distributed.LocalCluster(
                    n_workers=self._workers,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address=_NO_PORT_OF_ALL,
                    scheduler_kwargs={"dashboard": False},
                    preload=[_LEAVE_CTRL_C_TO_THE_PARENT],
                ) as cluster,
                distributed.Client(cluster) as client,
            ):
                yield from _gather(client, work, tasks)
        else:
            try:
                client = distributed.Client(self._address, timeout=self._timeout_s)
            except (OSError, ValueError) as error:
                raise OSError(f"scheduler: no Dask scheduler answers at {self._address!r}") from error
            with client:
                yield from _gather(client, work, tasks)


def _gather[Task, Result](
    client: "distributed.Client", work: Callable[[Task], Result], tasks: Sequence[Task]
) -> Generator[tuple[int, Result]]:
    import distributed  # noqa: PLC0415  # of an extra

    futures = client.map(work, tasks, pure=False)
    places = {future.key: place for place, future in enumerate(futures)}
    try:
        for future in distributed.as_completed(futures):
            yield places[future.key], future.result()
            future.release()
    except distributed.KilledWorker as error:
        raise WorkersLostError("each that was given one piece of the work ended before it was done") from error
    except distributed.CancelledError as error:
        raise WorkersLostError("the scheduler is gone") from error
    finally:
        client.cancel(futures)
