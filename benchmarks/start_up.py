"""How long the program and the library take to start, beside the least that any such program takes.

`python -m benchmarks.start_up`. The targets (DESIGN, section 11): `dialogram --help` at most twice a typer program of
one command, `import dialogram` at most twice `import numpy`, the server ready in under 3 s.
"""

import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPEATS, SERVER_REPEATS = 15, 3
READY_S = 60
ONE_COMMAND = """
import typer

program = typer.Typer()


@program.command()
def one(name: str = "you") -> None:
    print(name)


program()
"""


def run_ms(*command: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    return 1000 * (time.perf_counter() - start)


def median_ms(*command: str) -> float:
    run_ms(*command)
    return statistics.median(run_ms(*command) for _ in range(REPEATS))


def ready_ms(data: Path, *, port: int) -> float:
    """Start the server on a folder and wait for the line with its address."""
    serve = ["-m", "dialogram", "serve", "--data", str(data), "--port", str(port), "--no-browser"]
    start = time.perf_counter()
    with subprocess.Popen([sys.executable, *serve], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = next((line for line in server.stdout if line.startswith("http://localhost")), None)
        taken_ms = 1000 * (time.perf_counter() - start)
        server.send_signal(signal.SIGTERM)
        server.wait(READY_S)
    if address is None:
        raise SystemExit("the server ended before it printed its address")
    return taken_ms


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        peer = Path(folder) / "one_command.py"
        peer.write_text(ONE_COMMAND)
        print(f"\n{f'a new process each, median of {REPEATS}':<40}{'ms':>12}{'peer, ms':>12}{'ratio':>8}{'target':>8}")
        for name, ours, theirs in (
            ("dialogram --help / one command", ("-m", "dialogram", "--help"), (str(peer), "--help")),
            ("import dialogram / import numpy", ("-c", "import dialogram"), ("-c", "import numpy")),
        ):
            taken_ms, peer_ms = median_ms(*ours), median_ms(*theirs)
            print(f"{name:<40}{taken_ms:>12.0f}{peer_ms:>12.0f}{taken_ms / peer_ms:>8.2f}{'≤ 2':>8}")

        data = Path(folder) / "data"
        first_ms = ready_ms(data, port=free_port())
        later_ms = statistics.median(ready_ms(data, port=free_port()) for _ in range(SERVER_REPEATS))
        print(f"\n{'dialogram serve, until it answers':<40}{'s':>12}{'target':>12}")
        print(f"{'first run, makes the folder':<40}{first_ms / 1000:>12.2f}")
        print(f"{'later runs':<40}{later_ms / 1000:>12.2f}{'< 3':>12}")


if __name__ == "__main__":
    main()
