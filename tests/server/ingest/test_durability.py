"""What was acknowledged is there after the process was killed at any moment; `storing.py` is that process."""

import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.thorough import times

PROGRAM = Path(__file__).with_name("storing.py")
KILLS = 10
ROUNDS = times(1, 10)

type Seqs = dict[str, set[int]]


def run(folder: Path, what: str) -> str:
    done = subprocess.run([sys.executable, PROGRAM, folder, what], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def seqs_of(lines: Iterable[str]) -> Seqs:
    """Read what was said, without a line that was cut off in the middle."""
    seqs: Seqs = defaultdict(set)
    for line in lines:
        if line.endswith("\n"):
            stream, *said = line.split()
            seqs[stream].update(map(int, said))
    return seqs


def store_until_killed(folder: Path, what: str, *, after: int) -> Seqs:
    """Kill the process right after so many acknowledgements; return all that it had said by then."""
    with subprocess.Popen([sys.executable, PROGRAM, folder, what], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(after)]
        process.kill()
        lines += process.stdout.readlines()
    assert all(line.strip() for line in lines[:after]), "the process ended by itself"
    return seqs_of(lines)


def lost(said: Seqs, stored: Seqs) -> int:
    return sum(len(seqs - stored.get(stream, set())) for stream, seqs in said.items())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("durability")
    run(path, "make")
    return path


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_nothing_acknowledged_is_lost_by_a_kill(folder: Path, seed: int) -> None:
    moments = random.Random(seed)
    for _ in range(KILLS):
        said = store_until_killed(folder, "store", after=moments.randint(1, 120))
        stored = seqs_of(run(folder, "read").splitlines(keepends=True))
        assert lost(said, stored) == 0
        assert all(len(seqs) % 8 == 0 for seqs in stored.values()), "a batch was stored in part"


def test_an_acknowledgement_before_the_commit_would_be_found_out(folder: Path) -> None:
    moments, losses = random.Random(7), 0
    for _ in range(KILLS):
        said = store_until_killed(folder, "early", after=moments.randint(1, 60))
        losses += lost(said, seqs_of(run(folder, "read").splitlines(keepends=True)))
        if losses:
            break
    assert losses > 0
