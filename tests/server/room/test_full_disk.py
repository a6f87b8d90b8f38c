"""The disk gets full while somebody rates: they are told, nothing acknowledged is lost, and it goes on by itself."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.thorough import times

PROGRAM = Path(__file__).with_name("filling.py")
ROOT = Path(__file__).parents[3]
TIMES = times(10, 30)
DISK = "16m"


def rate_on_a_small_disk(folder: Path, *words: str) -> list[dict[str, Any]]:
    """Run the rating on a disk of its own, which nobody else sees and which goes with it."""
    mount = f'mount -t tmpfs -o size={DISK} tmpfs "$0" && exec "$@"'
    namespace: list[str | Path] = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, folder]
    done = subprocess.run(
        [*namespace, sys.executable, PROGRAM, folder, *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_full_disk_is_said_loses_nothing_and_is_forgotten_when_there_is_room(tmp_path: Path) -> None:
    found = rate_on_a_small_disk(tmp_path, str(TIMES))
    assert len(found) == TIMES
    for one in found:
        assert set(one["answers"][:-1]) <= {200}
        assert (one["answers"][-1], one["lost"], one["again"]) == (507, 0, 200)
    assert any(len(one["answers"]) > 1 for one in found), "now and then there was some room left"


def test_a_writer_that_takes_a_full_disk_for_a_commit_would_be_found_out(tmp_path: Path) -> None:
    assert sum(one["lost"] for one in rate_on_a_small_disk(tmp_path, "1", "deaf")) > 0
