"""The power goes while raters are stored: whatever the disk then holds, what was acknowledged is in it."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from tests.server.ingest.power_cut import Call, Disk, cut, read_calls, recorded
from tests.server.ingest.test_durability import PROGRAM, Seqs, lost, run, seqs_of
from tests.thorough import times

ACKNOWLEDGEMENTS = 300
"""So many that the write-ahead log is carried over into the database in between."""
IMAGES = 200
ROUNDS = times(1, 10)
HASTY_IMAGES = 40


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("power") / "data"
    run(path, "make")
    return path


def record(made: Path, folder: Path, what: str) -> list[Call]:
    """Let a process store into a copy of the folder until it is killed; give what it did to its files."""
    shutil.copytree(made, folder)
    log = folder.with_suffix(".strace")
    words = [*recorded(log), sys.executable, PROGRAM, folder, what]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as tracer:
        assert tracer.stdout is not None
        lines = [tracer.stdout.readline() for _ in range(ACKNOWLEDGEMENTS)]
        (program,) = Path(f"/proc/{tracer.pid}/task/{tracer.pid}/children").read_text().split()
        os.kill(int(program), signal.SIGKILL)
        tracer.stdout.read()
    assert all(line.strip() for line in lines), "the process ended by itself"
    return read_calls(log)


class Finder:
    """Looks into the images of a folder: a process that has its keys, from a copy of it."""

    def __init__(self, made: Path, place: Path) -> None:
        self.place = place
        keys = place.with_name("keys")
        shutil.copytree(made, keys)
        self.process = subprocess.Popen(
            [sys.executable, PROGRAM, keys, "check"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def find(self, image: dict[str, bytes]) -> Seqs | None:
        """Give what is stored in an image; None when it cannot be read."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.place.mkdir()
        for name, content in image.items():
            (self.place / name).write_bytes(content)
        print(self.place / "records.sqlite3", file=self.process.stdin, flush=True)
        words = self.process.stdout.readline().split()
        shutil.rmtree(self.place)
        if words[:1] == ["unreadable"]:
            return None
        return {stream: set(range(int(count))) for stream, count in (word.split(":") for word in words)}


@pytest.fixture
def finder(made: Path, tmp_path: Path) -> Iterator[Finder]:
    finder = Finder(made, tmp_path / "image")
    yield finder
    finder.process.communicate()


def losses(made: Path, folder: Path, what: str, finder: Finder, *, images: int, seed: int) -> list[int | None]:
    """Count for each image what was acknowledged and is lost; None where nothing can be read."""
    found: list[int | None] = []
    for image, said in cut(Disk(folder, before=made), record(made, folder, what), count=images, random=Random(seed)):
        stored = finder.find(image)
        lines = seqs_of(said.decode().splitlines(keepends=True))
        found.append(None if stored is None else lost(lines, stored))
    return found


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_nothing_acknowledged_is_lost_when_the_power_goes(
    made: Path, tmp_path: Path, finder: Finder, seed: int
) -> None:
    assert losses(made, tmp_path / "data", "store", finder, images=IMAGES, seed=seed) == [0] * IMAGES


def test_a_commit_that_does_not_wait_for_the_disk_would_be_found_out(
    made: Path, tmp_path: Path, finder: Finder
) -> None:
    found = losses(made, tmp_path / "data", "hasty", finder, images=HASTY_IMAGES, seed=7)
    assert sum(count != 0 for count in found) > HASTY_IMAGES / 2


def test_what_was_synced_is_there_and_what_was_not_may_be_whole_torn_or_gone(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    disk = Disk(tmp_path, before=tmp_path)
    path = str(tmp_path / "file")
    safe, later = bytes([1]) * 1024, bytes([2]) * 1024
    disk.take(Call(1, 2, "pwrite64", 3, path, safe, 0))
    disk.take(Call(3, 4, "fsync", 3, path))
    disk.take(Call(5, 6, "pwrite64", 3, path, later, 1024))
    found = {disk.image(Random(seed))["file"] for seed in range(100)}
    torn = bytes(512) + later[:512]
    assert found == {safe, safe + later, safe + later[:512], safe + torn}
