import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from threading import Thread
from typing import Protocol

BLAS_THREADS = "OPENBLAS_NUM_THREADS"


class WorkersLostError(OSError):
    """Workers ended before their work was done: killed, out of memory, or gone with their machine."""

    def __init__(self, who: str) -> None:
        super().__init__(f"workers: {who} (killed, or out of memory?); what is done is kept, run it again to go on")


class Runner(Protocol):
    """Where work is done.

    Work is a function of a module and what it is given, small both ways: whoever works reads the data himself.
    """

    def run[Task, Result](self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Generator[tuple[int, Result]]:
        """Do every task, and give the place of each and its result as they get ready.

        Closing it takes back what was not begun.
        """


class Here:
    """In this process, one task after the other."""

    def run[Task, Result](self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Generator[tuple[int, Result]]:
        """Do the tasks in their order."""
        for place, task in enumerate(tasks):
            yield place, work(task)


class Processes:
    """In processes of their own on this machine.

    Parameters
    ----------
    workers
        How many, one at least.
    """

    def __init__(self, workers: int) -> None:
        if workers < 1:
            raise ValueError(f"workers: expected one or more, got {workers}")
        self._workers = workers

    def run[Task, Result](self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Generator[tuple[int, Result]]:
        """Do the tasks side by side.

        Raises
        ------
        WorkersLostError
            When a process ends before its time.
        """
        # Spawned: a fork would copy the locks of threads that numpy and pyarrow hold.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(
            min(self._workers, len(tasks) or 1), mp_context=context, initializer=_follow_the_parent
        ) as pool:
            try:
                with _one_thread_a_process():
                    places = {pool.submit(work, task): place for place, task in enumerate(tasks)}
                for done in as_completed(places):
                    yield places[done], done.result()
            except BrokenProcessPool as error:
                raise WorkersLostError("a process ended before its work was done") from error
            finally:
                pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _one_thread_a_process() -> Iterator[None]:
    """Begin processes in which OpenBLAS has no threads: those of several wait busily, and all get slower."""
    before = os.environ.get(BLAS_THREADS)
    os.environ[BLAS_THREADS] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[BLAS_THREADS]
        else:
            os.environ[BLAS_THREADS] = before


def _follow_the_parent() -> None:
    """Leave Ctrl-C to the parent, and do not outlive it: killed, it takes leave of nobody."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)
