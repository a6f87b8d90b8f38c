"""The only place that knows Dask."""

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import distributed


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
            When no scheduler answers.
        """
        import distributed  # noqa: PLC0415  # of an extra

        if self._address is None:
            with (
                distributed.LocalCluster(
                    n_workers=self._workers, threads_per_worker=1, processes=True, dashboard_address=None
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
    finally:
        client.cancel(futures)
