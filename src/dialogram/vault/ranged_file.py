"""A file to read, over anything that gives out ranges."""

import io
from collections.abc import Callable
from typing import Protocol


class Ranged(Protocol):
    """Bytes that are read by ranges."""

    @property
    def size(self) -> int:
        """Bytes in all."""

    def read(self, start: int, length: int, /) -> bytes:
        """Bytes ``[start, start + length)``, fewer at the end."""


class RangedFile(io.RawIOBase):
    """A seekable file over ranges, for readers that know only files (PyAV).

    Parameters
    ----------
    source
        What is read. Several files over one source each have their own position.
    on_close
        Called once, when the file is closed.

    Examples
    --------
    >>> import io
    >>> from dialogram.vault.sealing import SealedReader, seal
    >>> sealed = io.BytesIO()
    >>> _ = seal(io.BytesIO(b"a session"), sealed, key=bytes(32), context=b"")
    >>> file = RangedFile(SealedReader(sealed, key=bytes(32), context=b""))
    >>> file.seek(-7, io.SEEK_END), file.read()
    (2, b'session')
    """

    def __init__(self, source: Ranged, *, on_close: Callable[[], None] | None = None) -> None:
        self._source = source
        self._on_close = on_close
        self._position = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # the stub's Buffer has no length
        """Read at the position, and move it."""
        self._check_open()
        data = self._source.read(self._position, len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move the position: from the start, from here, or from the end."""
        self._check_open()
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._source.size}
        if whence not in origin:
            raise ValueError(f"seek: expected whence 0, 1 or 2, got {whence}")
        position = origin[whence] + offset
        if position < 0:
            raise ValueError(f"seek: expected a position >= 0, got {position}")
        self._position = position
        return position

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            super().close()
            if self._on_close is not None:
                self._on_close()

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("file: it is closed")
