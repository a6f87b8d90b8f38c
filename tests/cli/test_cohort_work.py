"""Who does the work of `dialogram cohort`, what a terminal shows of it, and how it is ended."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from pyarrow.csv import read_csv, write_csv
from pyarrow.parquet import write_table
from tests.alive import alive_in
from tests.cli.test_cohort import NAMES, refused, run
from tests.compute.tables import rows, write

DYADS = [f"d{index}" for index in range(300)]
"""Two blocks."""
ROLES = ("--judge", "t", "--truth", "c")
WORKERS = [("--workers", "2"), ("--scheduler", "local", "--workers", "2")]


@pytest.fixture(scope="module", params=["parquet", "text", "files"])
def cohort(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """One cohort in each of the ways in which it may lie, and what the command is told of it."""
    folder = tmp_path_factory.mktemp(request.param)
    table = rows(DYADS)
    if request.param == "parquet":
        return (str(write(folder / "cohort.parquet", table)), *NAMES)
    if request.param == "text":
        write_csv(table.set_column(1, "who", table["who"].cast("string")), folder / "cohort.csv")
        return (str(folder / "cohort.csv"), *NAMES)
    both = table.filter([who != "observer" for who in table["who"].to_pylist()])
    (folder / "dyads").mkdir()
    for at, name in enumerate(DYADS):
        of_dyad = both.slice(80 * at, 80)
        wide = ["second,c,t"] + [
            f"{s},{c if c is not None else ''},{t if t is not None else ''}"
            for s, c, t in zip(
                range(40), of_dyad["dial"][:40].to_pylist(), of_dyad["dial"][40:].to_pylist(), strict=True
            )
        ]
        (folder / "dyads" / f"{name}.csv").write_text("\n".join(wide) + "\n")
    return (str(folder / "dyads"), *ROLES)


@pytest.mark.parametrize(
    "workers", [WORKERS[0], pytest.param(WORKERS[1], marks=pytest.mark.slow)], ids=["processes", "dask"]
)
def test_several_workers_print_what_one_does_and_leave_nothing(
    cohort: tuple[str, ...], workers: tuple[str, ...]
) -> None:
    alone, together = run(*cohort, "--json"), run(*cohort, *workers, "--json")
    assert (alone.exit_code, together.exit_code, together.stderr) == (0, 0, alone.stderr)
    one, other = json.loads(alone.stdout), json.loads(together.stdout)
    for key in ("dyads", "excluded", "per_dyad", "meta", "truth_and_bias"):
        assert one[key] == other[key]
    # The z of strangers are added up in as many threads as a worker has.
    assert {key: pytest.approx(number) for key, number in one["pseudo_dyads"].items()} == other["pseudo_dyads"]
    assert one["dyads"] == 300
    assert [each.name for each in Path(cohort[0]).parent.iterdir()] == [Path(cohort[0]).name]


def show(*command: str) -> tuple[int, str]:
    """What a terminal of 100 columns gets to see of a command."""
    inside, outside = pty.openpty()
    termios.tcsetwinsize(outside, (30, 100))
    environment = os.environ | {"TERM": "xterm"}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=outside, env=environment) as working:
        os.close(outside)
        seen = b""
        while piece := _read(inside):
            seen += piece
    os.close(inside)
    return working.returncode, seen.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other end is closed
        return b""


def shares(seen: str, count: int) -> list[tuple[int, str]]:
    """How many were done each time the bar was drawn, and the time left."""
    drawn = re.findall(rf" (\d+)/{count} *(-:--:--|\d:\d\d:\d\d|)", re.sub(r"\x1b\[[\d;?]*\w", "", seen))
    return [(int(done), left) for done, left in drawn]


def test_a_terminal_shows_how_many_dyads_are_done_however_they_lie(cohort: tuple[str, ...]) -> None:
    command = (sys.executable, "-m", "dialogram", "cohort", *cohort, "--json")
    code, seen = show(*command)
    assert code == 0
    done = [share for share, _ in shares(seen, 300)]
    assert done == sorted(done)
    assert set(done) == {0, 150, 300}
    assert shares(seen, 300)[-1] == (300, "0:00:00")
    piped = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not shares(piped.stderr, 300)


SLOW = """
import time
from dialogram.cli.voice import show_progress

with show_progress("dyads") as progress:
    for done in range(21):
        progress(done, 20)
        time.sleep(0.1)
"""


def test_a_terminal_shows_the_time_left_as_soon_as_it_can_be_told() -> None:
    _, seen = show(sys.executable, "-c", SLOW)
    left = dict(shares(seen, 20))
    assert left[0] in {"", "-:--:--"}
    assert re.fullmatch(r"0:00:\d\d", left[15])
    assert "0:00:00" < left[10] <= "0:00:09"
    assert left[20] == "0:00:00"


def in_work(tmp_path: Path, *workers: str) -> "tuple[subprocess.Popen[str], Path]":
    """A command that has kept its first block of many, and the folder where it keeps them."""
    path = write(tmp_path / "big.parquet", rows([f"d{index}" for index in range(1000)]))
    command = [sys.executable, "-m", "dialogram", "cohort", str(path), *NAMES, *workers, "--json"]
    working = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    kept = tmp_path / ".big.parquet.parts"
    while not list(kept.glob("*.npz")):
        assert working.poll() is None
        time.sleep(0.01)
    return working, kept


RUNNERS = [(), *WORKERS]
NAMED = ["here", "processes", "dask"]


@pytest.mark.parametrize("workers", RUNNERS, ids=NAMED)
def test_ctrl_c_stops_all_and_leaves_what_is_whole(tmp_path: Path, workers: tuple[str, ...]) -> None:
    working, kept = in_work(tmp_path, *workers)
    with working:
        os.killpg(working.pid, signal.SIGINT)
        printed, said = working.communicate()
    assert (working.returncode, printed) == (130, "")
    assert "Traceback" not in said
    assert {each.suffix for each in kept.iterdir()} == {".npz"}
    while alive_in(working.pid):  # the last of them closes its door
        time.sleep(0.01)


@pytest.mark.parametrize("workers", [*RUNNERS[:2], pytest.param(RUNNERS[2], marks=pytest.mark.slow)], ids=NAMED)
def test_a_killed_command_takes_its_workers_with_it_and_is_gone_on_with(
    tmp_path: Path, workers: tuple[str, ...]
) -> None:
    working, kept = in_work(tmp_path, *workers)
    with working:
        working.kill()
    while alive_in(working.pid):
        time.sleep(0.01)
    before = {each.name: each.stat().st_mtime_ns for each in kept.glob("*.npz")}
    assert before
    code, seen = show(
        sys.executable, "-m", "dialogram", "cohort", str(tmp_path / "big.parquet"), *NAMES, *workers, "--json"
    )
    assert code == 0
    assert shares(seen, 1000)[0][0] == 250 * len(before)
    assert not kept.exists()


def test_a_worker_that_is_killed_gets_one_line_and_the_next_run_goes_on(tmp_path: Path) -> None:
    working, kept = in_work(tmp_path, "--workers", "1")
    (spawned,) = [
        pid for pid in alive_in(working.pid) if b"spawn_main" in (Path("/proc") / pid / "cmdline").read_bytes()
    ]
    with working:
        os.kill(int(spawned), signal.SIGKILL)
        printed, said = working.communicate()
    assert (working.returncode, printed) == (3, "")
    (line,) = said.splitlines()
    assert "a process ended before its work was done" in line
    assert {each.suffix for each in kept.iterdir()} == {".npz"}


def test_a_text_where_nothing_can_be_laid_out_is_refused_to_workers_in_one_line(tmp_path: Path) -> None:
    table = rows(DYADS[:9])
    path = tmp_path / "cohort.csv"
    write_csv(table.set_column(1, "who", table["who"].cast("string")), path)
    (tmp_path / ".cohort.csv.dyads").write_text("in the way")
    refused(run(path, *NAMES, "--workers", "2", "--json"), "cohort.csv", "a folder beside it", "File exists")
    assert run(path, *NAMES, "--json").exit_code == 0


def test_a_parquet_and_its_text_are_one_cohort(tmp_path: Path) -> None:
    table = rows(DYADS[:9])
    path = tmp_path / "cohort.csv"
    write_csv(table.set_column(1, "who", table["who"].cast("string")), path)
    write_table(read_csv(path), path.with_suffix(".parquet"))
    one, other = (run(path.with_suffix(suffix), *NAMES, "--json") for suffix in (".csv", ".parquet"))
    assert one.stdout == other.stdout != ""
