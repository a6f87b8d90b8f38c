"""An upload on its way: pieces of at most 8 MiB, each sealed with its own salt under the recording's key."""

import io
import re
from bisect import bisect_right
from collections import OrderedDict
from itertools import accumulate

from dialogram.vault.folder import FolderVault
from dialogram.vault.ranged_file import RangedFile
from dialogram.vault.recording_file import open_recording
from dialogram.vault.sealing import SealedReader, SealingError, plain_size, seal

MOST_PIECE_BYTES = 8 * 1024 * 1024
MOST_PIECES = 1_000_000
READ_AHEAD_BYTES = 256 * 1024
MOST_OPEN_PIECES = 4
UPLOAD_ID = re.compile(r"[0-9a-z]{1,80}")


class PieceConflictError(ValueError):
    """A piece came again with other content; what was there stays."""


class UploadPieces:
    """The pieces of one upload.

    Parameters
    ----------
    vault
        Where they lie; best a folder of its own, for it is searched by name.
    upload_id
        Small letters and digits.
    key
        The recording's key.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = tempfile.TemporaryDirectory()
    >>> pieces = UploadPieces(FolderVault(pathlib.Path(folder.name)), "5f1c", bytes(32))
    >>> pieces.write_piece(1, b"session"); pieces.write_piece(0, b"a ")
    >>> pieces.received()
    {0: 2, 1: 7}
    >>> with pieces.open() as file:
    ...     file.read()
    b'a session'
    >>> folder.cleanup()
    """

    def __init__(self, vault: FolderVault, upload_id: str, key: bytes) -> None:
        if not UPLOAD_ID.fullmatch(upload_id):
            raise ValueError(f"upload id: expected small letters and digits, got {upload_id[:80]!r}")
        self._vault = vault
        self._id = upload_id
        self._key = key
        self._prefix = f"upload-{upload_id}-"

    def write_piece(self, number: int, data: bytes) -> None:
        """Store piece `number`, counted from 0, in any order; once this returns it is safe from a power cut.

        Raises
        ------
        PieceConflictError
            When another content is there under this number; the same content again is no error.
        ValueError
            For a number out of range, or no or too many bytes.
        """
        if not 0 <= number < MOST_PIECES:
            raise ValueError(f"piece number: expected 0 … {MOST_PIECES - 1}, got {number}")
        if not 0 < len(data) <= MOST_PIECE_BYTES:
            raise ValueError(f"piece: expected 1 … {MOST_PIECE_BYTES} bytes, got {len(data)}")
        name = self._name(number)
        if not self._vault.exists(name):
            try:
                with self._vault.write(name, replace=False) as file:
                    seal(io.BytesIO(data), file, key=self._key, context=self._context(number))
            except FileExistsError:
                pass  # the same piece came twice at once; the first is there, compare with it
            else:
                return
        with self.open_piece(number) as there:
            if there.read(0, there.size) != data:
                raise PieceConflictError(f"piece {number}: came again with other content")

    def received(self) -> dict[int, int]:
        """Which pieces are there and how many plain bytes each holds, by their length on disk."""
        return {
            int(name.removeprefix(self._prefix)): plain_size(self._vault.size(name))
            for name in self._vault.names(self._prefix)
        }

    def open_piece(self, number: int) -> SealedReader:
        """Open one piece."""
        return open_recording(self._vault, self._name(number), key=self._key, context=self._context(number))

    def open(self) -> io.BufferedReader:
        """All pieces as one file to read and seek, opened as they are come to; nothing plain touches the disk.

        That the last piece is not missing is for the caller to know: compare the size with what was announced.

        Raises
        ------
        SealingError
            When a piece between is missing; later, from a read, when one was changed or swapped.
        """
        received = self.received()
        missing = set(range(len(received))) - received.keys()
        if missing:
            raise SealingError(f"upload: piece {min(missing)} is missing")
        joined = _JoinedPieces(self, [received[number] for number in range(len(received))])
        return io.BufferedReader(RangedFile(joined, on_close=joined.close), READ_AHEAD_BYTES)

    def delete(self) -> None:
        """Remove all pieces; afterwards they are gone, also if there were none."""
        for name in self._vault.names(self._prefix):
            self._vault.delete(name)

    def _name(self, number: int) -> str:
        return f"{self._prefix}{number:06d}"

    def _context(self, number: int) -> bytes:
        return f"dialogram upload {self._id} piece {number}".encode()


class _JoinedPieces:
    """Ranges over all pieces, a few of them open at a time."""

    def __init__(self, pieces: UploadPieces, sizes: list[int]) -> None:
        self._pieces = pieces
        self._sizes = sizes
        self._starts = [0, *accumulate(sizes)]
        self._open: OrderedDict[int, SealedReader] = OrderedDict()

    @property
    def size(self) -> int:
        return self._starts[-1]

    def read(self, start: int, length: int, /) -> bytes:
        stop = min(start + length, self.size)
        parts = []
        while start < stop:
            number = bisect_right(self._starts, start) - 1
            end = min(stop, self._starts[number + 1])
            parts.append(self._reader(number).read(start - self._starts[number], end - start))
            start = end
        return b"".join(parts)

    def close(self) -> None:
        while self._open:
            self._open.popitem()[1].close()

    def _reader(self, number: int) -> SealedReader:
        if number in self._open:
            self._open.move_to_end(number)
            return self._open[number]
        reader = self._pieces.open_piece(number)
        if reader.size != self._sizes[number]:
            reader.close()
            raise SealingError(f"upload: piece {number} changed its length while it was being read")
        self._open[number] = reader
        if len(self._open) > MOST_OPEN_PIECES:
            self._open.popitem(last=False)[1].close()
        return reader
