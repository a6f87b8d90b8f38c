"""Sealed recordings beside plain files, in one run: throughput, first byte of a seek, small payloads.

`python benchmarks/sealing.py [MiB]`. The target (DESIGN, section 11): the first byte of a seek at most 10 ms later than
from an unsealed file.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from dialogram.vault import FolderVault, PayloadSealer, open_recording, seal_recording

MIB = 1024 * 1024
SEEKS = 300
PAYLOADS = 20_000
KEY, CONTEXT = os.urandom(32), b"benchmark"


def seconds(what: Callable[[], object]) -> float:
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def drop_cache(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def seek_times_ms(read: Callable[[int], object], path: Path, size: int, *, cold: bool) -> list[float]:
    times = []
    for _ in range(SEEKS):
        if cold:
            drop_cache(path)
        start = random.randrange(size - MIB)
        times.append(1000 * seconds(lambda start=start: read(start)))  # type: ignore[misc]  # bound at once
    return sorted(times)


def throughput(folder: Path, size: int) -> None:
    plain = folder / "plain"
    with plain.open("wb") as file:
        for _ in range(size // MIB):
            file.write(os.urandom(MIB))
    vault = FolderVault(folder / "vault")
    copy = folder / "copy"

    def seal_it() -> None:
        with plain.open("rb") as source:
            seal_recording(vault, "sealed", source, key=KEY, context=CONTEXT)

    def copy_it() -> None:
        with plain.open("rb") as source, copy.open("wb") as file:
            while block := source.read(MIB):
                file.write(block)
            os.fsync(file.fileno())

    def open_it() -> None:
        with open_recording(vault, "sealed", key=KEY, context=CONTEXT) as reader:
            for _ in reader.blocks():
                pass

    def read_it() -> None:
        with plain.open("rb", buffering=0) as file:
            while file.read(MIB):
                pass

    print(f"\n{size // MIB} MiB, median of 5, page cache warm{'sealed':>14}{'plain':>12}{'ratio':>8}")
    for name, sealed, beside in (
        ("write and fsync, MiB/s", seal_it, copy_it),
        ("read all, MiB/s", open_it, read_it),
    ):
        fast = [size / MIB / statistics.median(seconds(what) for _ in range(5)) for what in (sealed, beside)]
        print(f"{name:<40}{fast[0]:>12.0f}{fast[1]:>12.0f}{fast[0] / fast[1]:>8.2f}")


def seeks(folder: Path, size: int) -> None:
    vault, plain = FolderVault(folder / "vault"), folder / "plain"
    sealed_path = folder / "vault" / "sealed"

    def sealed_read(length: int) -> Callable[[int], object]:
        def read(start: int) -> object:
            with open_recording(vault, "sealed", key=KEY, context=CONTEXT) as reader:
                return reader.read(start, length)

        return read

    def plain_read(length: int) -> Callable[[int], object]:
        def read(start: int) -> object:
            descriptor = os.open(plain, os.O_RDONLY)
            try:
                return os.pread(descriptor, length, start)
            finally:
                os.close(descriptor)

        return read

    print(f"\nseek, file opened anew each time, ms{'sealed p50':>16}{'p95':>8}{'plain p50':>12}{'p95':>8}{'added':>12}")
    for cold in (False, True):
        for name, length in (("first byte", 1), ("64 KiB", 64 * 1024), ("1 MiB", MIB)):
            ours = seek_times_ms(sealed_read(length), sealed_path, size, cold=cold)
            theirs = seek_times_ms(plain_read(length), plain, size, cold=cold)
            label = f"{name}, page cache {'dropped' if cold else 'warm'}"
            p50, p95 = SEEKS // 2, SEEKS * 95 // 100
            row = (ours[p50], ours[p95], theirs[p50], theirs[p95], ours[p95] - theirs[p95])
            print(f"{label:<36}{row[0]:>16.3f}{row[1]:>8.3f}{row[2]:>12.3f}{row[3]:>8.3f}{row[4]:>12.3f}")


def payloads() -> None:
    sealer, plain = PayloadSealer(KEY), os.urandom(600)
    sealed = sealer.seal(plain, context=CONTEXT)
    print(f"\n{'payloads of 600 bytes, one key':<40}{'a second':>12}")
    for name, call in (
        ("seal", lambda: sealer.seal(plain, context=CONTEXT)),
        ("open", lambda: sealer.open(sealed, context=CONTEXT)),
        ("digest", lambda: sealer.digest(plain, context=CONTEXT)),
        ("make a PayloadSealer", lambda: PayloadSealer(KEY)),
    ):
        taken = seconds(lambda call=call: [call() for _ in range(PAYLOADS)])  # type: ignore[misc]  # bound at once
        print(f"{name:<40}{PAYLOADS / taken:>12,.0f}")


def main() -> None:
    size = int(sys.argv[1] if len(sys.argv) > 1 else 256) * MIB
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        throughput(Path(name), size)
        seeks(Path(name), size)
    payloads()


if __name__ == "__main__":
    main()
