"""One writer commits many raters' records together; every delivery gets its own answer after the commit.

A commit costs five times what one more delivery in it does, so who comes first waits a moment for others. The writer
also asks, for all of them at once, who may write: its own connection keeps the pages of the database it has opened,
while those of thirty others would be opened anew after each commit.
"""

import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import close_old_connections
from django.utils import timezone

from dialogram.server.records.domain.deliveries import Delivery, store_deliveries
from dialogram.server.records.domain.event_records import Receipt

MOST_TOGETHER = 256
TOGETHER_WITHIN_S = 0.015
"""Some ten come in this time when as many rate as one process can take."""
ANSWER_WITHIN_S = 25.0


@dataclass(frozen=True)
class _Waiting:
    delivery: Delivery
    answer: "queue.SimpleQueue[Receipt | Exception]"


class Writer:
    """A thread with its own connection and a queue; `store` returns after the commit that holds the records."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[_Waiting] = queue.SimpleQueue()
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None

    def store(self, delivery: Delivery) -> Receipt:
        """Store records durably; raises why they are refused, what keys or database raised for them, `TimeoutError`."""
        waiting = _Waiting(delivery, queue.SimpleQueue())
        self._ensure_thread()
        self._queue.put(waiting)
        try:
            answer = waiting.answer.get(timeout=ANSWER_WITHIN_S)
        except queue.Empty:
            raise TimeoutError("the writer has not answered") from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _ensure_thread(self) -> None:
        with self._start:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._write, name="ingest-writer", daemon=True)
                self._thread.start()

    def _write(self) -> None:
        while True:
            together = [self._queue.get()]
            time.sleep(TOGETHER_WITHIN_S)
            while len(together) < MOST_TOGETHER:
                try:
                    together.append(self._queue.get_nowait())
                except queue.Empty:
                    break
            self._commit(together)

    def _commit(self, together: Sequence[_Waiting]) -> None:
        close_old_connections()
        try:
            answers = store_deliveries([waiting.delivery for waiting in together], now=timezone.now())
        except Exception as error:  # noqa: BLE001  # whatever is wrong with one, its neighbours are stored
            if len(together) == 1:
                together[0].answer.put(error)
                return
            for waiting in together:
                self._commit([waiting])
        else:
            for waiting, answer in zip(together, answers, strict=True):
                waiting.answer.put(answer)


writer = Writer()
