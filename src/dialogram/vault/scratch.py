"""A temporary file to read, write and seek in, of which the disk never sees a plain byte."""

import os
import tempfile
from array import array
from collections import OrderedDict
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dialogram.vault.ranged_file import RangedFile
from dialogram.vault.sealing import KEY_BYTES, SealingError

BLOCK_BYTES = 64 * 1024
TAG_BYTES = 16
NONCE_BYTES = 12
MOST_BLOCKS = 64
"""Blocks held in memory: 4 MiB."""


class EncryptedScratch(RangedFile):
    """A scratch file whose blocks are encrypted under a key that exists in this object only.

    Sealed recordings are written once, in sequence; a remux with the index in front has to go back. Here a block may be
    written out many times: every time under the next number of a counter as nonce, so that none is used twice. The
    nonce that opens a block is kept in memory, so an older state of a block is refused as well. The file has no name
    and is gone with its last handle, also when the process is killed.

    Parameters
    ----------
    folder
        Where the file lies, on a disk with room for it.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder, EncryptedScratch(pathlib.Path(folder)) as scratch:
    ...     _ = scratch.write(b"mdat moov")
    ...     _ = scratch.seek(0)
    ...     _ = scratch.write(b"moov")
    ...     scratch.view().read()
    b'moov moov'
    """

    def __init__(self, folder: Path) -> None:
        self._blocks = _Blocks(folder)
        super().__init__(self._blocks, on_close=self._blocks.close)

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: bytes | bytearray | memoryview, /) -> int:  # type: ignore[override]  # the stub's Buffer has no length
        """Write at the position, and move it."""
        self._check_open()
        self._blocks.write(self._position, memoryview(data).cast("B"))
        self._position += memoryview(data).nbytes
        return memoryview(data).nbytes

    def truncate(self, size: int | None = None, /) -> int:
        """Cut or extend (by zeros) to `size`, or to the position."""
        self._check_open()
        size = self._position if size is None else size
        if size < 0:
            raise ValueError(f"truncate: expected a size >= 0, got {size}")
        self._blocks.truncate(size)
        return size

    def view(self) -> RangedFile:
        """Give a second file to read the same bytes, with its own position (FFmpeg's ``faststart`` wants one)."""
        self._check_open()
        return RangedFile(self._blocks)


class _Block:
    __slots__ = ("changed", "data")

    def __init__(self, data: bytearray) -> None:
        self.data = data
        self.changed = False


class _Blocks:
    """Bytes in blocks: the ones used last in memory, the others encrypted in a nameless file."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115  # closed by close()
        self._aead = AESGCM(os.urandom(KEY_BYTES))
        self._written = 0
        self._nonces = array("Q")  # of each block as it lies in the file; 0 = never written, all zeros
        self._held: OrderedDict[int, _Block] = OrderedDict()
        self.size = 0

    def read(self, start: int, length: int, /) -> bytes:
        stop = min(start + length, self.size)
        parts = []
        while start < stop:
            number, offset = divmod(start, BLOCK_BYTES)
            end = min(BLOCK_BYTES, offset + stop - start)
            parts.append(bytes(memoryview(self._hold(number).data)[offset:end]))
            start += end - offset
        return b"".join(parts)

    def write(self, start: int, data: memoryview) -> None:
        done = 0
        while done < len(data):
            number, offset = divmod(start + done, BLOCK_BYTES)
            part = data[done : done + BLOCK_BYTES - offset]
            block = self._hold(number)
            block.data[offset : offset + len(part)] = part
            block.changed = True
            done += len(part)
            self.size = max(self.size, start + done)

    def truncate(self, size: int) -> None:
        """Cut or extend; what was cut away is zeros if the file grows again."""
        if size < self.size:
            number, offset = divmod(size, BLOCK_BYTES)
            if offset:
                block = self._hold(number)
                block.data[offset:] = bytes(BLOCK_BYTES - offset)
                block.changed = True
                number += 1
            for gone in [held for held in self._held if held >= number]:
                del self._held[gone]
            del self._nonces[number:]
        self.size = size

    def close(self) -> None:
        self._held.clear()
        self._file.close()

    def _hold(self, number: int) -> _Block:
        """Bring a block into memory, making room for it first."""
        if self._file.closed:
            raise ValueError("scratch file: it is closed")
        if number in self._held:
            self._held.move_to_end(number)
            return self._held[number]
        while len(self._held) >= MOST_BLOCKS:
            oldest, block = next(iter(self._held.items()))
            if block.changed:
                self._put(oldest, block)
            del self._held[oldest]  # only now: if the disk is full, nothing is forgotten
        block = _Block(self._fetch(number))
        self._held[number] = block
        return block

    def _put(self, number: int, block: _Block) -> None:
        self._written += 1
        sealed = self._aead.encrypt(self._written.to_bytes(NONCE_BYTES), block.data, None)
        if os.pwrite(self._file.fileno(), sealed, number * (BLOCK_BYTES + TAG_BYTES)) != len(sealed):
            raise OSError("scratch file: not everything could be written")
        if number >= len(self._nonces):
            self._nonces.extend([0] * (number + 1 - len(self._nonces)))
        self._nonces[number] = self._written
        block.changed = False

    def _fetch(self, number: int) -> bytearray:
        nonce = self._nonces[number] if number < len(self._nonces) else 0
        if nonce == 0:
            return bytearray(BLOCK_BYTES)
        sealed = os.pread(self._file.fileno(), BLOCK_BYTES + TAG_BYTES, number * (BLOCK_BYTES + TAG_BYTES))
        data = bytearray(BLOCK_BYTES)
        try:
            self._aead.decrypt_into(nonce.to_bytes(NONCE_BYTES), sealed, None, data)
        except (InvalidTag, ValueError):
            raise SealingError(f"scratch file: block {number} was changed") from None
        return data
