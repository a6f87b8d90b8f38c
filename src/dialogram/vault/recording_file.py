"""A recording in the vault: what it is sealed under, and how it is opened."""

from typing import BinaryIO

from dialogram.vault.folder import FolderVault
from dialogram.vault.sealing import SealedReader, seal


def recording_context(recording_id: str, version: int) -> bytes:
    """Say what a recording is sealed under, so that no other recording or version can be put in its place.

    Examples
    --------
    >>> recording_context("5f1c", 1)
    b'dialogram recording 5f1c version 1'
    """
    return f"dialogram recording {recording_id} version {version}".encode()


def seal_recording(vault: FolderVault, name: str, source: BinaryIO, *, key: bytes, context: bytes) -> int:
    """Seal what `source` still holds into the vault, in one pass, and return the plain bytes."""
    with vault.write(name) as sealed:
        return seal(source, sealed, key=key, context=context)


def open_recording(vault: FolderVault, name: str, *, key: bytes, context: bytes) -> SealedReader:
    """Open a sealed recording; close the reader when done.

    Raises
    ------
    FileNotFoundError
        When the vault has none of this name.
    SealingError
        When it does not open.
    """
    file = vault.open(name)
    try:
        return SealedReader(file, key=key, context=context)
    except BaseException:
        file.close()
        raise
