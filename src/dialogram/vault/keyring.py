"""The keys of recordings and participants, wrapped, in one file beside the databases.

root key → epoch key → named keys, each step AES-256-GCM with what it wraps as additional data. Destroying a key
replaces the epoch key and wraps the others anew: an *old copy* of the file together with the root key still opens what
was in it, so only the newest copy may be kept, and never in one place with a backup of the data.
"""

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dialogram.vault.durable_file import durable_file
from dialogram.vault.sealing import KEY_BYTES

FORMAT = "dialogram-keyring/1"
NAME = re.compile(r"[a-z][a-z0-9-]{0,39}(:[A-Za-z0-9_-]{1,80})?")
NONCE_BYTES = 12


class KeyringError(ValueError):
    """A key or keyring cannot be used; the message says which and why, in one line."""


class KeyUnknown(KeyringError):  # noqa: N818  # said of a key: it was never made, or it was destroyed
    """No key of this name: never made, or destroyed."""


@dataclass(frozen=True)
class _Contents:
    """The file as it was read, with the epoch key unwrapped."""

    stamp: tuple[int, int, int]
    epoch: str
    epoch_key: bytes
    wrapped: dict[str, str]
    whole: bool


class Keyring:
    """Named 32-byte keys: ``"audit"``, ``"recording:<id>"``, ``"participant:<id>"``.

    Several threads and processes may use one file: each change is made under a lock and appears at once or not at all,
    and a file changed by another is read anew. Named keys are unwrapped when asked for and not kept.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = tempfile.TemporaryDirectory()
    >>> keyring = Keyring.create(pathlib.Path(folder.name) / "keyring.json", root_key=bytes(32))
    >>> made = keyring.create_key("recording:5f1c")
    >>> keyring.key("recording:5f1c") == made
    True
    >>> keyring.destroy_key("recording:5f1c")
    >>> keyring.has("recording:5f1c")
    False
    >>> folder.cleanup()
    """

    def __init__(self, path: Path, root_key: bytes) -> None:
        if len(root_key) != KEY_BYTES:
            raise KeyringError(f"root key: expected {KEY_BYTES} bytes, got {len(root_key)}")
        self._path = path
        self._root = AESGCM(root_key)
        self._contents: _Contents | None = None

    @classmethod
    def create(cls, path: Path, *, root_key: bytes) -> Self:
        """Make a new, empty keyring.

        Raises
        ------
        KeyringError
            When there is one already; it is left as it is.
        """
        keyring = cls(path, root_key)
        with keyring._locked():
            if path.exists():
                raise KeyringError(f"{path.name}: a keyring is there already and is not overwritten")
            keyring._write({})
        return keyring

    @classmethod
    def open(cls, path: Path, *, root_key: bytes) -> Self:
        """Open a keyring.

        Raises
        ------
        KeyringError
            When it is absent or damaged, or the root key is another's.
        """
        keyring = cls(path, root_key)
        keyring._read()
        return keyring

    def key(self, name: str) -> bytes:
        """Return the key of this name.

        Raises
        ------
        KeyUnknown
            When it was never made, or was destroyed.
        KeyringError
            When its entry is damaged; the others can still be read.
        """
        contents = self._read()
        if name not in contents.wrapped:
            raise KeyUnknown(f"key {name!r}: never made, or destroyed")
        return self._unwrap(contents, name)

    def create_key(self, name: str) -> bytes:
        """Make a random key and return it once it is safely on disk.

        Raises
        ------
        KeyringError
            When the name is taken, or is not a word with, perhaps, an id behind a colon.
        """
        if not NAME.fullmatch(name):
            raise KeyringError(f"key {name!r}: expected a name like 'audit' or 'recording:<id>'")
        with self._locked():
            contents = self._read_to_change()
            if name in contents.wrapped:
                raise KeyringError(f"key {name!r}: is there already")
            key = os.urandom(KEY_BYTES)
            wrapped = _wrap(AESGCM(contents.epoch_key), key, _about_key(contents.epoch, name))
            self._write({**contents.wrapped, name: wrapped}, epoch=contents.epoch, epoch_key=contents.epoch_key)
        return key

    def has(self, name: str) -> bool:
        """Whether there is a key of this name."""
        return name in self._read().wrapped

    def names(self) -> tuple[str, ...]:
        """Return the names of all keys, sorted."""
        return tuple(sorted(self._read().wrapped))

    def destroy_key(self, name: str) -> None:
        """Remove a key for good, and wrap all others anew under a new epoch key.

        Raises
        ------
        KeyUnknown
            When there is no such key.
        KeyringError
            When another entry is damaged; then nothing is changed.
        """
        with self._locked():
            contents = self._read_to_change()
            if name not in contents.wrapped:
                raise KeyUnknown(f"key {name!r}: never made, or destroyed")
            epoch, epoch_key = _new_epoch()
            aead = AESGCM(epoch_key)
            rewrapped = {
                other: _wrap(aead, self._unwrap(contents, other), _about_key(epoch, other))
                for other in contents.wrapped
                if other != name
            }
            self._write(rewrapped, epoch=epoch, epoch_key=epoch_key)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep others from changing the file; the lock lies beside it, for a rename replaces it."""
        descriptor = os.open(
            self._path.with_name(f"{self._path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _read(self) -> _Contents:
        """Return the contents, read anew when the file is another than last time."""
        known = self._contents
        try:
            if known is not None and known.stamp == _stamp(self._path.stat()):
                return known
            with self._path.open("rb") as file:
                stamp = _stamp(os.fstat(file.fileno()))
                text = file.read()
        except FileNotFoundError:
            raise KeyringError(f"{self._path.name}: there is no such keyring") from None
        contents = self._parse(text, stamp)
        self._contents = contents
        return contents

    def _read_to_change(self) -> _Contents:
        """Return the contents if they are whole: to write them again would hide the damage."""
        contents = self._read()
        if not contents.whole:
            raise KeyringError(
                f"{self._path.name}: the keyring is damaged; restore it before keys are made or destroyed"
            )
        return contents

    def _parse(self, text: bytes, stamp: tuple[int, int, int]) -> _Contents:
        try:
            document = json.loads(text)
            stated = document.pop("sha256")
            epoch, wrapped_epoch, keys = document["epoch"], document["epoch_key"], document["keys"]
            whole = stated == _checksum(document)
            sound = document["format"] == FORMAT and all(isinstance(value, str) for value in keys.values())
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise KeyringError(f"{self._path.name}: the keyring is damaged") from None
        if not sound:
            raise KeyringError(f"{self._path.name}: expected a keyring of the format {FORMAT}")
        try:
            epoch_key = _unwrap(self._root, wrapped_epoch, _about_epoch(epoch))
        except (InvalidTag, ValueError, TypeError):
            why = "this root key is not its own" if whole else "the keyring is damaged"
            raise KeyringError(f"{self._path.name}: {why}") from None
        return _Contents(stamp=stamp, epoch=epoch, epoch_key=epoch_key, wrapped=keys, whole=whole)

    def _unwrap(self, contents: _Contents, name: str) -> bytes:
        try:
            return _unwrap(AESGCM(contents.epoch_key), contents.wrapped[name], _about_key(contents.epoch, name))
        except (InvalidTag, ValueError):
            raise KeyringError(f"{self._path.name}: the entry of key {name!r} is damaged") from None

    def _write(self, wrapped: dict[str, str], *, epoch: str = "", epoch_key: bytes = b"") -> None:
        """Replace the file; called under the lock. The partial file has one fixed name, so none with old keys stays."""
        if not epoch:
            epoch, epoch_key = _new_epoch()
        document: dict[str, Any] = {
            "format": FORMAT,
            "epoch": epoch,
            "epoch_key": _wrap(self._root, epoch_key, _about_epoch(epoch)),
            "keys": wrapped,
        }
        document["sha256"] = _checksum(document)
        with durable_file(self._path, partial=self._path.with_name(f"{self._path.name}.partial")) as file:
            file.write(json.dumps(document, indent=1).encode())


def _stamp(status: os.stat_result) -> tuple[int, int, int]:
    """Tell one state of the file from another: it is never written in place."""
    return status.st_ino, status.st_mtime_ns, status.st_size


def _new_epoch() -> tuple[str, bytes]:
    return os.urandom(8).hex(), os.urandom(KEY_BYTES)


def _about_epoch(epoch: str) -> bytes:
    return f"{FORMAT} epoch {epoch}".encode()


def _about_key(epoch: str, name: str) -> bytes:
    return f"{FORMAT} epoch {epoch} key {name}".encode()


def _wrap(aead: AESGCM, key: bytes, about: bytes) -> str:
    nonce = os.urandom(NONCE_BYTES)
    return (nonce + aead.encrypt(nonce, key, about)).hex()


def _unwrap(aead: AESGCM, wrapped: str, about: bytes) -> bytes:
    sealed = bytes.fromhex(wrapped)
    return aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about)


def _checksum(document: dict[str, Any]) -> str:
    """Tell damage from a wrong root key; every key is authenticated apart from this."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
