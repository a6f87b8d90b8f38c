"""A real Dialogram on a folder and a port: the command line's own `serve`, in processes of its own."""

import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

READY_WITHIN_S = 60
PROGRAM = Path(sys.executable).with_name("dialogram")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """Started, stopped, killed and started again on the same folder and port."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data = data
        self.options = options
        self.port = free_port()
        self.log = data.with_suffix(".log")
        self.process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        with self.log.open("a") as errors:
            self.process = subprocess.Popen(
                [PROGRAM, "serve", "--data", self.data, "--port", str(self.port), "--no-browser", *self.options],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_read, args=(self.process, lines), daemon=True).start()
        while not re.fullmatch(rf"http://localhost:{self.port}/\S*", line := lines.get(timeout=READY_WITHIN_S)):
            assert line != END, f"the server ended: {self.log.read_text()}"

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the supervisor; its children notice and end by themselves."""
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(number)
        self.process.wait(timeout=20)
        self.process = None


END = "\0"


def _read(process: subprocess.Popen[str], lines: "queue.Queue[str]") -> None:
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            lines.put(line.strip())
    lines.put(END)
