"""Start and stop: one supervisor holds the data folder's lock; a web process and a worker are its children.

The root key reaches the children through the pipe that starts them, never by environment or command line.
"""

import asyncio
import ctypes
import errno
import fcntl
import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from multiprocessing import process
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import django
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connections

from dialogram.server.config.data_folder import FolderError, lock_folder, make_folder, open_folder, refuse_foreign

if TYPE_CHECKING:
    from dialogram.server.config.lan.door import Lan

BLOCKING_THREADS = 32
MOST_CONNECTIONS = 8192
"""A browser keeps its connections open: one that is not let in waits for somebody to go."""
EVERYWHERE = "0.0.0.0"  # noqa: S104  # meant: the door middleware shows other machines the room only
READY_WITHIN_S = 60.0
STOP_WITHIN_S = 10.0
CHILDREN_LOCK = "children.lock"

_spawn = multiprocessing.get_context("spawn")


def boot(path: Path, *, root_key: bytes | None = None, lan: "Lan | None" = None) -> None:
    """Open the data folder and set Django up on it."""
    open_folder(path, root_key=root_key, lan=lan)
    os.environ["DJANGO_SETTINGS_MODULE"] = "dialogram.server.config.settings"
    django.setup()


def prepare(path: Path) -> bytes:
    """Make the folder if need be, bring its databases up to date, and return the root key."""
    make_folder(path)
    folder = open_folder(path)
    root_key = folder.root_key
    for vault in (folder.vault, folder.uploads):
        vault.clear_partial()
    boot(path, root_key=root_key)
    for alias in ("default", "identity"):
        try:
            call_command("migrate", database=alias, verbosity=0, interactive=False)
        except DatabaseError as error:
            raise FolderError(f"{path}: {error}") from error
    connections.close_all()
    return root_key


def serve(
    path: Path,
    *,
    port: int,
    when_ready: Callable[[str, str | None], None],
    prepared: Callable[[], None] | None = None,
    lan: bool = False,
) -> None:
    """Serve a data folder on this machine until SIGTERM or SIGINT.

    With `lan` the room can be reached by other devices, over TLS on the next port. `when_ready` is told both addresses.
    """
    refuse_foreign(path)  # before the first file of ours is made in it
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    with lock_folder(path):
        _refuse_taken(port)
        if lan:
            _refuse_taken(port + 1, own=EVERYWHERE)
        with lock_folder(path, name=CHILDREN_LOCK):  # those of a killed supervisor have ended now
            root_key = prepare(path)
        door = _open_lan(path, root_key, port=port + 1) if lan else None
        try:
            _Supervisor(path, root_key, port, door).run(when_ready, prepared=prepared)
        finally:
            if door is not None:
                door.files.remove()


def _open_lan(path: Path, root_key: bytes, *, port: int) -> "Lan":
    from dialogram.server.config.lan.opening import open_lan  # noqa: PLC0415  # cryptography's x509 is needed only here

    return open_lan(open_folder(path, root_key=root_key), port=port)


class PortTakenError(ValueError):
    """Something else listens on the port."""


def _refuse_taken(port: int, *, own: str = "127.0.0.1") -> None:
    """Refuse a port on which anything else answers for localhost: browsers try ::1 first, and would bring it links."""
    for family, address in ((socket.AF_INET, own), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except OSError as error:
            if family == socket.AF_INET or error.errno == errno.EADDRINUSE:  # a machine may have no IPv6
                raise PortTakenError(f"port {port} is in use; choose another with --port") from None


class _Supervisor:
    def __init__(self, path: Path, root_key: bytes, port: int, lan: "Lan | None") -> None:
        self.targets: dict[str, Callable[[], process.BaseProcess]] = {
            "web": lambda: _spawn.Process(name="dialogram-web", target=run_web, args=(path, root_key, port, lan)),
            "worker": lambda: _spawn.Process(name="dialogram-worker", target=run_worker, args=(path, root_key)),
            "relay": lambda: _spawn.Process(name="dialogram-relay", target=run_relay, args=(port, lan)),
        }
        self.lan = lan
        self.children: dict[str, process.BaseProcess] = {}
        self.port = port
        self.stopping = threading.Event()
        self.preparing = False

    def run(self, when_ready: Callable[[str, str | None], None], *, prepared: Callable[[], None] | None) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._start("web")
        if self.lan is not None:
            self._start("relay")
        try:
            if prepared is not None:  # while the web process loads; the worker would take its jobs away
                self._prepare(prepared)
            self._start("worker")
            threading.Thread(target=self._announce, args=(when_ready,), daemon=True).start()
            while not self.stopping.wait(0.5):
                for name, child in list(self.children.items()):
                    if not child.is_alive() and not self.stopping.is_set():
                        logging.getLogger("dialogram.server").error("the %s process ended; starting it again", name)
                        time.sleep(1.0)
                        self._start(name)
        finally:
            self._end_children()

    def _start(self, name: str) -> None:
        child = self.targets[name]()
        child.start()
        self.children[name] = child

    def _prepare(self, prepared: Callable[[], None]) -> None:
        self.preparing = True
        try:
            prepared()
        finally:
            self.preparing = False
            connections.close_all()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()
        if self.preparing:  # it takes a minute and does not look; nothing of it is needed any more
            raise KeyboardInterrupt

    def _announce(self, when_ready: Callable[[str, str | None], None]) -> None:
        address = f"http://localhost:{self.port}/"
        until = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < until and not self.stopping.is_set():
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=2):  # our own
                    when_ready(address, f"{self.lan.address}/" if self.lan else None)
                    return
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)

    def _end_children(self) -> None:
        for child in self.children.values():
            child.terminate()
        until = time.monotonic() + STOP_WITHIN_S
        for child in self.children.values():
            child.join(max(0.0, until - time.monotonic()))
            if child.is_alive():
                child.kill()


def run_web(path: Path, root_key: bytes, port: int, lan: "Lan | None") -> None:
    """Be the web process: granian starts the application in a child of its own.

    It is one process for both doors, for a database file has one writer; with a door for others it speaks only TLS.
    """
    from granian import Granian  # noqa: PLC0415  # the supervisor and the worker do without it
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
    _hold_lock(path)
    boot(path, root_key=root_key)
    from dialogram.server.jobs.worker import work  # noqa: PLC0415  # models can be loaded only after boot

    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    work(stopping=stopping)


def _load_application(path: Path, root_key: bytes, lan: "Lan | None", _target: str) -> Callable[..., Any]:
    _end_with_parent()
    _return_large_blocks()
    _hold_lock(path)
    boot(path, root_key=root_key, lan=lan)
    return get_wsgi_application()


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
    """Share the children's lock until this process ends, so that no supervisor starts others while it still writes."""
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
