"""One writer commits many raters' batches together; every batch gets its own answer after the commit."""

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from django.db import close_old_connections
from django.utils import timezone

from dialogram.server.records.domain.event_records import (
    Receipt,
    RecordBatch,
    SealedBatch,
    seal_batch,
    store_sealed,
)

MOST_TOGETHER = 256
ANSWER_WITHIN_S = 25.0


@dataclass(frozen=True)
class _Waiting:
    batch: SealedBatch
    answer: "Future[Receipt]"


class Writer:
    """A thread with its own connection and a queue; `store` returns after the commit that holds the batch."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[_Waiting] = queue.SimpleQueue()
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None

    def store(self, batch: RecordBatch) -> Receipt:
        """Store a batch durably; raises what the keys or the database raised for it, or `TimeoutError`."""
        waiting = _Waiting(seal_batch(batch), Future())
        self._ensure_thread()
        self._queue.put(waiting)
        return waiting.answer.result(timeout=ANSWER_WITHIN_S)

    def _ensure_thread(self) -> None:
        with self._start:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._write, name="ingest-writer", daemon=True)
                self._thread.start()

    def _write(self) -> None:
        while True:
            together = [self._queue.get()]
            while len(together) < MOST_TOGETHER:
                try:
                    together.append(self._queue.get_nowait())
                except queue.Empty:
                    break
            self._commit(together)

    def _commit(self, together: Sequence[_Waiting]) -> None:
        close_old_connections()
        try:
            receipts = store_sealed([waiting.batch for waiting in together], now=timezone.now())
        except Exception as error:  # noqa: BLE001  # whatever is wrong with one, its neighbours are stored
            if len(together) == 1:
                together[0].answer.set_exception(error)
                return
            for waiting in together:
                self._commit([waiting])
        else:
            for waiting, receipt in zip(together, receipts, strict=True):
                waiting.answer.set_result(receipt)


writer = Writer()
