"""The folder that holds everything: its files, its keys, and who has it open."""

import fcntl
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from dialogram.vault import FolderVault, Keyring, make_key_file, read_key_file

if TYPE_CHECKING:
    from dialogram.server.config.lan.door import Lan

RECORDS, IDENTITY = "records.sqlite3", "identity.sqlite3"


@dataclass(frozen=True)
class DataFolder:
    """An opened data folder: where its parts lie and the keyring that opens them."""

    path: Path
    root_key: bytes
    keyring: Keyring
    vault: FolderVault
    uploads: FolderVault
    lan: "Lan | None" = None

    @property
    def records_file(self) -> Path:
        """The database of studies."""
        return self.path / RECORDS

    @property
    def identity_file(self) -> Path:
        """The database of names and contacts."""
        return self.path / IDENTITY


_opened: DataFolder | None = None


KEYS = ("records-database", "identity-database", "audit", "links", "cards", "web", "lan-authority")
CHILDREN_LOCK = "children.lock"
OURS = frozenset({"lock", CHILDREN_LOCK, "root.key", "root.key.partial"})
"""What may lie in a folder in which there is no keyring yet: what a first run leaves that was broken off early."""


class FolderError(ValueError):
    """A folder that cannot be taken as a data folder."""


def refuse_foreign(path: Path) -> None:
    """Refuse a folder that holds something else, or data whose keyring is not there; nothing is changed in it.

    Raises
    ------
    FolderError
        For such a folder.
    """
    if path.is_dir() and not (path / "keyring.json").exists():
        others = {entry.name for entry in path.iterdir() if not entry.name.startswith("keyring.json")}
        if not others <= OURS:
            raise FolderError(f"{path}: expected an empty folder or one of Dialogram's with its keyring.json")


def make_folder(path: Path) -> None:
    """Make a data folder with its key file and keyring, or finish one whose making was broken off.

    Raises
    ------
    FolderError
        When the folder holds something else, or lacks a database that was written to: a new, empty one in its place
        would look like a first run and hide the loss.
    KeyringError
        When the key file is not there, or is another's.
    """
    refuse_foreign(path)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    key_file, keyring_file = path / "root.key", path / "keyring.json"
    if keyring_file.exists():
        keyring = Keyring.open(keyring_file, root_key=read_key_file(key_file))
        was_used = not set(KEYS).issuperset(keyring.names())  # somebody or a recording has a key of their own
        lost = [name for name in (RECORDS, IDENTITY) if was_used and not (path / name).exists()]
        if lost:
            raise FolderError(f"{path}: {lost[0]} is not there, though the keys of what was in it are; put it back")
    else:
        if not key_file.exists():
            make_key_file(key_file)
        keyring = Keyring.create(keyring_file, root_key=read_key_file(key_file))
    path.chmod(0o700)  # also for a folder that was there
    for name in KEYS:
        if not keyring.has(name):
            keyring.create_key(name)


def open_folder(path: Path, *, root_key: bytes | None = None, lan: "Lan | None" = None) -> DataFolder:
    """Open a data folder for this process; without a root key it is read from the key file.

    `lan` is the door at which a web process serves other devices, if it does.
    """
    global _opened  # noqa: PLW0603  # one process, one data folder: settings read it from here
    os.umask(0o077)  # what is made in it from here on is its owner's only
    key = root_key if root_key is not None else read_key_file(path / "root.key")
    _opened = DataFolder(
        path=path,
        root_key=key,
        keyring=Keyring.open(path / "keyring.json", root_key=key),
        vault=FolderVault(path / "vault"),
        uploads=FolderVault(path / "uploads"),
        lan=lan,
    )
    return _opened


def opened_folder() -> DataFolder | None:
    """Return the folder this process has opened; None for tools that only read the models."""
    return _opened


class FolderInUseError(ValueError):
    """Another Dialogram has this data folder open."""


def lock_folder(path: Path, *, name: str = "lock", patience_s: float = 5.0) -> IO[str]:
    """Take a lock of the folder's for as long as the returned file stays open; who has it gets some time to end."""
    lock = (path / name).open("w")
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
