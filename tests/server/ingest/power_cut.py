"""What a disk can hold after the power went: a process's writes are replayed up to a moment, and its disk is cruel.

The process runs under strace. What was written before an fsync that has returned is there; of what was written later
each write may be there, or not, or in some of its sectors, in any order. A new file, a new name or a deletion is there
for sure once its folder was synced.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

SECTOR = 512
STDOUT = 1
SYNCS = frozenset({"fsync", "fdatasync"})
CALLS = "openat,pwrite64,write,ftruncate,fsync,fdatasync,unlink,rename"
WHOLE = re.compile(rb"^(\d+) +(\w+)\((.*)\) += (-?\d+)")
BEGUN = re.compile(rb"^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$")
ENDED = re.compile(rb"^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+)")
FILE = re.compile(rb"^(\d+)<((?:\\x[0-9a-f]{2})*)>")
TEXT = re.compile(rb'"((?:\\x[0-9a-f]{2})*)"')


def recorded(log: Path) -> list[str | Path]:
    """Give the words before a program's own that write down what it does to its files."""
    return ["strace", "-f", "--seccomp-bpf", "-y", "-xx", "-s", "1048576", "-e", f"trace={CALLS}", "-o", log]


@dataclass(frozen=True)
class Call:
    """A system call: when it began and ended (places in the log), on which open file, with what."""

    begun: int
    ended: int
    name: str
    descriptor: int
    path: str
    data: bytes = b""
    offset: int = 0

    @property
    def counts_from(self) -> int:
        """A write may be there as soon as it began; a sync holds when it has ended."""
        return self.ended if self.name in SYNCS else self.begun


def read_calls(log: Path) -> list[Call]:
    """Read what strace wrote, in the order in which it counts; a sync that never returned is none."""
    begun: dict[tuple[bytes, bytes], tuple[int, bytes]] = {}
    calls: list[Call] = []
    with log.open("rb") as lines:
        for place, line in enumerate(lines):
            if whole := WHOLE.match(line):
                calls += _call(place, place, whole[2], whole[3], int(whole[4]))
            elif start := BEGUN.match(line):
                begun[start[1], start[2]] = (place, start[3])
            elif (end := ENDED.match(line)) and (end[1], end[2]) in begun:
                at, words = begun.pop((end[1], end[2]))
                calls += _call(at, place, end[2], words + end[3], int(end[4]))
    return sorted(calls, key=lambda call: call.counts_from)


def _call(begun: int, ended: int, name: bytes, words: bytes, result: int) -> Iterator[Call]:
    """Turn the words of a call that did not fail into one that can be replayed."""
    kind = name.decode()
    if result < 0 or (kind == "openat" and b"O_CREAT" not in words):
        return
    texts = [_unhex(text) for text in TEXT.findall(words)]
    if kind in {"openat", "unlink", "rename"}:
        yield Call(begun, ended, kind, -1, texts[0].decode())
        return
    file = FILE.match(words)
    if file is None:
        return
    number = int(words.rpartition(b",")[2]) if kind in {"ftruncate", "pwrite64"} else 0
    data = texts[0][:result] if texts else b""
    yield Call(begun, ended, kind, int(file[1]), _unhex(file[2]).decode(), data, number)


def _unhex(text: bytes) -> bytes:
    return bytes.fromhex(text.replace(b"\\x", b"").decode())


@dataclass
class _File:
    safe: bytes = b""
    named: bool = True
    waiting: list[Call] = field(default_factory=list)


class Disk:
    """The files right in a folder as they could be found, from what they held and what a process did since."""

    def __init__(self, folder: Path, *, before: Path) -> None:
        self.folder = folder
        self.files = {path.name: _File(path.read_bytes()) for path in before.iterdir() if path.is_file()}

    def take(self, call: Call) -> None:
        """Let a call happen."""
        path = Path(call.path)
        if path == self.folder and call.name in SYNCS:
            for file in self.files.values():
                file.named = True
        if path.parent != self.folder or path.name.endswith("-shm"):  # shared memory is made anew by who comes next
            return
        if call.name == "openat":
            self.files.setdefault(path.name, _File(named=False))
        elif call.name in SYNCS:
            self._sync(self.files[path.name], call)
        elif call.name in {"pwrite64", "ftruncate"}:
            self.files[path.name].waiting.append(call)
        else:
            raise NotImplementedError(f"{call.name} of {path.name}: expected only what a database does while it stores")

    def image(self, random: Random) -> dict[str, bytes]:
        """Give the files as they could be found if the power went now."""
        found = {}
        for name, file in self.files.items():
            if not file.named and random.random() < 0.5:
                continue
            content = bytearray(file.safe)
            for call in file.waiting:
                fate = random.choice(("kept", "lost", "torn"))
                if fate != "lost":
                    _apply(content, call, lambda fate=fate: fate == "kept" or random.random() < 0.5)  # type: ignore[misc]  # bound at once
            found[name] = bytes(content)
        return found

    def _sync(self, file: _File, sync: Call) -> None:
        content = bytearray(file.safe)
        for call in file.waiting:
            if call.ended < sync.begun:
                _apply(content, call, lambda: True)
        file.safe = bytes(content)
        file.waiting = [call for call in file.waiting if call.ended >= sync.begun]


def _apply(content: bytearray, call: Call, keeps: Callable[[], bool]) -> None:
    """Let a call change a file, sector by sector, where the disk kept the sector."""
    if call.name == "ftruncate":
        if keeps():
            del content[call.offset :]
            content.extend(bytes(call.offset - len(content)))
        return
    end = call.offset + len(call.data)
    at = call.offset
    while at < end:
        until = min(end, at - at % SECTOR + SECTOR)
        if keeps():
            content.extend(bytes(max(0, until - len(content))))
            content[at:until] = call.data[at - call.offset : until - call.offset]
        at = until


def cut(disk: Disk, calls: Sequence[Call], *, count: int, random: Random) -> Iterator[tuple[dict[str, bytes], bytes]]:
    """Cut the power so many times, at any moment after the process first said something.

    Gives the files found, and all that the process had said by then.
    """
    said = bytearray()
    first = next(place for place, call in enumerate(calls) if call.descriptor == STDOUT)
    moments = sorted(random.randrange(first, len(calls)) for _ in range(count))
    for place, call in enumerate(calls):
        if call.descriptor == STDOUT and call.name == "write":
            said += call.data
        else:
            disk.take(call)
        while moments and moments[0] == place:
            moments.pop(0)
            yield disk.image(random), bytes(said)
