"""Recordings at rest: the Cobblestone-256 format (C2SP chunked-encryption, version 1).

A sealed file is ``salt (24) ‖ commitment (32) ‖ chunk 0 ‖ chunk 1 …``. Plain bytes are cut into chunks of 16,384, the
last always shorter and perhaps empty; each is sealed with AES-256-GCM under its own nonce.

    key (32) ‖ base nonce (12) ‖ commitment (32)
        = HKDF-Expand-SHA512(input key, "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM" ‖ 0x00 ‖ salt ‖ context)
    nonce of chunk k = base nonce XOR k

Source: https://c2sp.org/chunked-encryption.
"""

import hmac
import io
from collections.abc import Iterator
from types import TracebackType
from typing import BinaryIO, Self

from cryptography.cobblestone import Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

KEY_BYTES = 32
CHUNK_BYTES = 16_384
TAG_BYTES = 16
SALT_BYTES = 24
NONCE_BYTES = 12
HEADER_BYTES = SALT_BYTES + 32
SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES
BLOCK_CHUNKS = 65
"""Chunks read and opened at once: 1 MiB, wherever in a chunk it starts."""

INFO = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00"


class SealingError(ValueError):
    """Sealed bytes do not open: truncated, changed, swapped, or sealed under another key or context."""


def seal(source: BinaryIO, sealed: BinaryIO, *, key: bytes, context: bytes) -> int:
    """Seal everything `source` still holds, in one pass and constant memory.

    Parameters
    ----------
    source
        Open for reading, blocking.
    sealed
        Open for writing; written strictly in sequence, never sought.
    key
        The recording's key: 32 random bytes.
    context
        What must not be swapped, for instance the recording's id and version. The same bytes open the file again.

    Returns
    -------
    int
        Plain bytes sealed.

    Raises
    ------
    ValueError
        For a key that is not 32 bytes.
    OSError
        When reading or writing fails.

    Examples
    --------
    >>> import io
    >>> sealed = io.BytesIO()
    >>> seal(io.BytesIO(b"a session"), sealed, key=bytes(32), context=b"recording 7")
    9
    >>> SealedReader(sealed, key=bytes(32), context=b"recording 7").read(2, 7)
    b'session'
    """
    encryptor = Cobblestone256Encryptor(_checked_key(key), context)
    plain_bytes = 0
    room = memoryview(bytearray((BLOCK_CHUNKS + 2) * SEALED_CHUNK_BYTES + HEADER_BYTES))
    while block := source.read(BLOCK_CHUNKS * CHUNK_BYTES):
        plain_bytes += len(block)
        _write_whole(sealed, room[: encryptor.update_into(block, room)])
    _write_whole(sealed, encryptor.finalize())
    return plain_bytes


def plain_size(sealed_bytes: int) -> int:
    """Plain bytes in a sealed file of this length; the length alone, which nothing has authenticated yet.

    Raises
    ------
    SealingError
        For a length no whole file can have.

    Examples
    --------
    >>> plain_size(56 + 16_400 + 16)
    16384
    """
    chunks, last = divmod(sealed_bytes - HEADER_BYTES, SEALED_CHUNK_BYTES)
    if chunks < 0:
        raise SealingError(f"sealed file: shorter than its header of {HEADER_BYTES} bytes ({sealed_bytes})")
    if last < TAG_BYTES:
        raise SealingError(f"sealed file: truncated, {sealed_bytes} bytes end in no last chunk")
    return chunks * CHUNK_BYTES + last - TAG_BYTES


class SealedReader:
    """Ranges of a sealed file.

    Making one checks the commitment, in constant time, and authenticates the last chunk, so that `size` is true before
    the first byte is given out. Not for several threads at once: it moves the file's position.

    Parameters
    ----------
    file
        The sealed file, open for reading and seekable. Closed with the reader.
    key, context
        As it was sealed.

    Raises
    ------
    SealingError
        When the file is truncated or changed, or was sealed under another key or context; also from any read that
        meets a changed chunk. No byte of such a chunk is released.
    """

    def __init__(self, file: BinaryIO, *, key: bytes, context: bytes) -> None:
        self._file = file
        self._sealed, self._plain = bytearray(), bytearray()
        self._sealed_bytes = file.seek(0, io.SEEK_END)
        self._size = plain_size(self._sealed_bytes)
        header = bytes(self._take(0, HEADER_BYTES))
        info = INFO + header[:SALT_BYTES] + context
        derived = HKDFExpand(SHA512(), KEY_BYTES + NONCE_BYTES + 32, info).derive(_checked_key(key))
        if not hmac.compare_digest(derived[KEY_BYTES + NONCE_BYTES :], header[SALT_BYTES:]):
            raise SealingError("sealed file: another key or context, or a damaged header")
        self._aead = AESGCM(derived[:KEY_BYTES])
        self._base_nonce = int.from_bytes(derived[KEY_BYTES : KEY_BYTES + NONCE_BYTES])
        last = self._size // CHUNK_BYTES
        self._open(last, last + 1)

    @property
    def size(self) -> int:
        """Plain bytes in the file."""
        return self._size

    def read(self, start: int, length: int) -> bytes:
        """Read plain bytes ``[start, start + length)``, fewer where the file ends.

        Raises
        ------
        ValueError
            For a negative start or length.
        SealingError
            When a chunk in the range was changed.
        """
        return b"".join(self.blocks(start, length))

    def blocks(self, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Give the same bytes in order, about 1 MiB at a time; everything from `start` without a length."""
        if start < 0 or (length is not None and length < 0):
            raise ValueError(f"sealed file: expected start and length >= 0, got {start} and {length}")
        stop = self._size if length is None else min(start + length, self._size)
        if start >= stop:
            return
        end = -(-stop // CHUNK_BYTES)
        for first in range(start // CHUNK_BYTES, end, BLOCK_CHUNKS):
            plain = self._open(first, min(first + BLOCK_CHUNKS, end))
            origin = first * CHUNK_BYTES
            yield bytes(plain[max(start - origin, 0) : stop - origin])

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _open(self, first: int, end: int) -> memoryview:
        """Open the chunks ``[first, end)`` into the reader's buffer, where they stay until the next call."""
        start = HEADER_BYTES + first * SEALED_CHUNK_BYTES
        stop = min(HEADER_BYTES + end * SEALED_CHUNK_BYTES, self._sealed_bytes)
        sealed = self._take(start, stop - start)
        length = stop - start - (end - first) * TAG_BYTES
        self._plain = _room(self._plain, length)
        plain = memoryview(self._plain)[:length]
        for number in range(end - first):
            nonce = (self._base_nonce ^ (first + number)).to_bytes(NONCE_BYTES)
            chunk = sealed[number * SEALED_CHUNK_BYTES : (number + 1) * SEALED_CHUNK_BYTES]
            opened = plain[number * CHUNK_BYTES : (number + 1) * CHUNK_BYTES]
            try:
                self._aead.decrypt_into(nonce, chunk, None, opened)
            except InvalidTag:
                raise SealingError(f"sealed file: chunk {first + number} was changed") from None
        return plain

    def _take(self, start: int, length: int) -> memoryview:
        """Read exactly these sealed bytes into the reader's other buffer."""
        self._sealed = _room(self._sealed, length)
        taken = memoryview(self._sealed)[:length]
        self._file.seek(start)
        done = 0
        while done < length:
            more = self._file.readinto(taken[done:])  # type: ignore[attr-defined]  # every binary file has it
            if not more:
                raise SealingError("sealed file: it became shorter while it was being read")
            done += more
        return taken


def _room(buffer: bytearray, length: int) -> bytearray:
    """Keep the buffer if it is long enough: fresh memory for each block costs more than AES does."""
    return buffer if len(buffer) >= length else bytearray(length)


def _checked_key(key: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        raise ValueError(f"key: expected {KEY_BYTES} bytes, got {len(key)}")
    return key


def _write_whole(sealed: BinaryIO, data: bytes | memoryview) -> None:
    if sealed.write(data) != len(data):
        raise OSError("sealed file: not everything could be written")
