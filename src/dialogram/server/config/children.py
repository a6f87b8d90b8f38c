"""The supervisor's children: the web process, the worker, and this machine's own door beside a door for others.

This module is what a child loads first, so that it loads nothing which one of them can do without.
"""

import asyncio
import ctypes
import fcntl
import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dialogram.server.config.data_folder import CHILDREN_LOCK

if TYPE_CHECKING:
    from dialogram.server.config.lan.door import Lan

BLOCKING_THREADS = 32
MOST_CONNECTIONS = 8192
"""A browser keeps its connections open: one that is not let in waits for somebody to go."""
EVERYWHERE = "0.0.0.0"  # noqa: S104  # meant: the door middleware shows other machines the room only
STOP_WITHIN_S = 10.0
WORKER_NICE = 19
"""An import can wait; somebody who rates cannot."""


def run_web(path: Path, root_key: bytes, port: int, lan: "Lan | None") -> None:
    """Be the web process: granian starts the application in a child of its own.

    It is one process for both doors, for a database file has one writer; with a door for others it speaks only TLS.
    """
    from granian import Granian  # noqa: PLC0415  # the worker does without it
    from granian.constants import HTTPModes, Interfaces, Loops  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    _end_with_parent()
    server = Granian(
        "dialogram",
        address=EVERYWHERE if lan else "127.0.0.1",
        port=lan.port if lan else port,
        ssl_cert=lan.files.certificate if lan else None,
        ssl_key=lan.files.key if lan else None,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=BLOCKING_THREADS,
        backlog=MOST_CONNECTIONS,
        backpressure=MOST_CONNECTIONS,
        loop=Loops.asyncio,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.error,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=int(STOP_WITHIN_S) - 2,
    )
    server.serve(target_loader=partial(_load_application, path, root_key, lan))


def run_relay(port: int, lan: "Lan") -> None:
    """Be this machine's own door while the web process speaks only TLS."""
    from dialogram.server.config.lan.relay import relay  # noqa: PLC0415  # the others do without it

    _end_with_parent()
    asyncio.run(relay(port=port, to_port=lan.port, authority_pem=lan.authority_pem))


def run_worker(path: Path, root_key: bytes) -> None:
    """Be the worker: take up jobs until told to stop."""
    _end_with_parent()
    os.nice(WORKER_NICE)
    _hold_lock(path)
    from dialogram.server.config.boot import boot  # noqa: PLC0415  # the web process itself does without Django

    boot(path, root_key=root_key)
    from dialogram.server.jobs.worker import work  # noqa: PLC0415  # models can be loaded only after boot

    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    work(stopping=stopping)


def _load_application(path: Path, root_key: bytes, lan: "Lan | None", _target: str) -> Callable[..., Any]:
    """Load the application; it answers when nobody else writes to the folder and the databases are up to date."""
    _end_with_parent()
    _return_large_blocks()
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415  # granian's own process does without Django
    from django.urls import get_resolver  # noqa: PLC0415

    from dialogram.server.config.boot import boot  # noqa: PLC0415

    boot(path, root_key=root_key, lan=lan)
    application = get_wsgi_application()
    get_resolver().url_patterns  # noqa: B018  # loads the pages while the databases are brought up to date
    _hold_lock(path)
    gc.freeze()  # what is loaded stays; looking through it again and again would hold everybody up
    return application


def _return_large_blocks() -> None:
    """Let the C library give blocks of 256 KiB and more back at once.

    Pieces of uploads and ranges of recordings are such blocks; kept for later by each of 32 threads they would fill
    hundreds of megabytes. Where the C library has no such choice, nothing is changed.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, 256 * 1024)


_M_MMAP_THRESHOLD = -3


def _hold_lock(path: Path) -> None:
    """Share the children's lock until this process ends, so that no supervisor starts others while it still writes.

    It waits for the supervisor, who has the lock alone while it brings the databases up to date.
    """
    lock = (path / CHILDREN_LOCK).open("w")
    fcntl.flock(lock, fcntl.LOCK_SH)
    _held.append(lock)


_held: list[Any] = []


def _end_with_parent() -> None:
    """End when the parent is gone, however and whenever it went; a killed supervisor leaves no orphan that writes."""
    parent = multiprocessing.parent_process()
    if parent is None:
        raise RuntimeError("expected to be started by a supervisor")

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
