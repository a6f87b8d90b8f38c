"""The folder that holds everything: its files, its keys, and who has it open."""

import fcntl
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dialogram.vault import FolderVault, Keyring, make_key_file, read_key_file


@dataclass(frozen=True)
class DataFolder:
    """An opened data folder: where its parts lie and the keyring that opens them."""

    path: Path
    root_key: bytes
    keyring: Keyring
    vault: FolderVault
    uploads: FolderVault

    @property
    def records_file(self) -> Path:
        """The database of studies."""
        return self.path / "records.sqlite3"

    @property
    def identity_file(self) -> Path:
        """The database of names and contacts."""
        return self.path / "identity.sqlite3"


_opened: DataFolder | None = None


def make_folder(path: Path) -> None:
    """Make a data folder with its key file and keyring, if there is none yet."""
    path.mkdir(parents=True, exist_ok=True)
    os.chmod(path, 0o700)  # noqa: PTH101  # also for a folder that was there
    key_file = path / "root.key"
    if not key_file.exists():
        make_key_file(key_file)
    if not (path / "keyring.json").exists():
        keyring = Keyring.create(path / "keyring.json", root_key=read_key_file(key_file))
        for name in ("records-database", "identity-database", "audit", "links", "cards", "web"):
            keyring.create_key(name)


def open_folder(path: Path, *, root_key: bytes | None = None) -> DataFolder:
    """Open a data folder for this process; without a root key it is read from the key file."""
    global _opened  # noqa: PLW0603  # one process, one data folder: settings read it from here
    key = root_key if root_key is not None else read_key_file(path / "root.key")
    _opened = DataFolder(
        path=path,
        root_key=key,
        keyring=Keyring.open(path / "keyring.json", root_key=key),
        vault=FolderVault(path / "vault"),
        uploads=FolderVault(path / "uploads"),
    )
    return _opened


def opened_folder() -> DataFolder | None:
    """Return the folder this process has opened; None for tools that only read the models."""
    return _opened


class FolderInUseError(ValueError):
    """Another Dialogram has this data folder open."""


def lock_folder(path: Path, *, patience_s: float = 5.0) -> IO[str]:
    """Take the folder's lock for as long as the returned file stays open; children of a killed one get time to end."""
    lock = (path / "lock").open("w")
    until = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                lock.close()
                raise FolderInUseError(f"another Dialogram has {path} open; stop it first") from None
            time.sleep(0.1)
        else:
            return lock
