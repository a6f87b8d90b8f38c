"""Start and stop: one supervisor holds the data folder's lock; a web process and a worker are its children.

The root key reaches the children through the pipe that starts them, never by environment or command line.
"""

import errno
import logging
import multiprocessing
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from multiprocessing import process
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from dialogram.server.config.children import EVERYWHERE, STOP_WITHIN_S, run_relay, run_web, run_worker
from dialogram.server.config.data_folder import CHILDREN_LOCK, lock_folder, make_folder, open_folder, refuse_foreign

if TYPE_CHECKING:
    from dialogram.server.config.lan.door import Lan

READY_WITHIN_S = 60.0

_spawn = multiprocessing.get_context("spawn")


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
        make_folder(path)
        root_key = open_folder(path).root_key
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
        self.path = path
        self.lan = lan
        self.children: dict[str, process.BaseProcess] = {}
        self.port = port
        self.stopping = threading.Event()
        self.preparing = False

    def run(self, when_ready: Callable[[str, str | None], None], *, prepared: Callable[[], None] | None) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        alone = lock_folder(self.path, name=CHILDREN_LOCK)  # those of a killed supervisor have ended now
        try:
            self._start("web")  # it loads meanwhile, and waits for the lock before it answers
            if self.lan is not None:
                self._start("relay")
            self._prepare(prepared)
            alone.close()
            self._await_answer(when_ready)
            if not self.stopping.is_set():
                self._start("worker")  # last, for it would take the processor from what people wait for
            while not self.stopping.wait(0.5):
                self._restart_ended()
        finally:
            self._end_children()
            alone.close()

    def _start(self, name: str) -> None:
        child = self.targets[name]()
        child.start()
        self.children[name] = child

    def _restart_ended(self) -> None:
        for name, child in list(self.children.items()):
            if not child.is_alive() and not self.stopping.is_set():
                logging.getLogger("dialogram.server").error("the %s process ended; starting it again", name)
                time.sleep(1.0)
                self._start(name)

    def _prepare(self, prepared: Callable[[], None] | None) -> None:
        from django.db import connections  # noqa: PLC0415  # the web process is not kept waiting for Django here

        from dialogram.server.config.boot import prepare  # noqa: PLC0415

        self.preparing = True
        try:
            prepare(self.path)
            if prepared is not None:
                prepared()
        finally:
            self.preparing = False
            connections.close_all()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()
        if self.preparing:  # it takes a minute and does not look; nothing of it is needed any more
            raise KeyboardInterrupt

    def _await_answer(self, when_ready: Callable[[str, str | None], None]) -> None:
        until = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < until and not self.stopping.wait(0.05):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=2).close()  # our own
            except (OSError, urllib.error.URLError):
                self._restart_ended()
            else:
                addresses = f"http://localhost:{self.port}/", f"{self.lan.address}/" if self.lan else None
                threading.Thread(target=when_ready, args=addresses, daemon=True).start()  # a browser may hold it
                return

    def _end_children(self) -> None:
        for child in self.children.values():
            child.terminate()
        until = time.monotonic() + STOP_WITHIN_S
        for child in self.children.values():
            child.join(max(0.0, until - time.monotonic()))
            if child.is_alive():
                child.kill()
