"""Sealed files in a local folder, each under an opaque name."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from dialogram.vault.durable_file import durable_file, sync_folder

NAME = re.compile(r"[0-9a-z]+(-[0-9a-z]+)*")
MOST_CHARACTERS = 120
PARTIAL = ".partial"


class FolderVault:
    """Files that appear whole or not at all. It seals nothing: what is written must be sealed already.

    Names are small letters and digits, in groups joined by hyphens; anything else, and so every path, is refused.

    Parameters
    ----------
    root
        The folder; made, for its owner only, when it is not there.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = tempfile.TemporaryDirectory()
    >>> vault = FolderVault(pathlib.Path(folder.name))
    >>> with vault.write("5f1c09") as file:
    ...     _ = file.write(b"sealed")
    >>> vault.names(), vault.size("5f1c09")
    (('5f1c09',), 6)
    >>> vault.exists("../5f1c09")
    Traceback (most recent call last):
        ...
    ValueError: vault name: expected small letters, digits and hyphens, got '../5f1c09'
    >>> folder.cleanup()
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._partial = root / PARTIAL
        for folder in (root, self._partial):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def write(self, name: str, *, replace: bool = True) -> Iterator[BinaryIO]:
        """Give a file to write; it is in the vault, and safe from a power cut, when the block is left without error.

        Raises
        ------
        FileExistsError
            When the name is taken and `replace` is off.
        """
        partial = self._partial / f"{self._path(name).name}.{secrets.token_hex(8)}"
        with durable_file(self._path(name), partial=partial, replace=replace) as file:
            yield file

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading; FileNotFoundError when there is none."""
        return self._path(name).open("rb", buffering=0)

    def delete(self, name: str) -> None:
        """Remove a file; afterwards it is gone, also if it was not there."""
        self._path(name).unlink(missing_ok=True)
        sync_folder(self._root)

    def exists(self, name: str) -> bool:
        """Whether there is a file of this name."""
        return self._path(name).is_file()

    def size(self, name: str) -> int:
        """Bytes of the file as it lies here; FileNotFoundError when there is none."""
        return self._path(name).stat().st_size

    def names(self, prefix: str = "") -> tuple[str, ...]:
        """All names that begin so, sorted; none that is still being written."""
        return tuple(
            sorted(p.name for p in self._root.iterdir() if p.name.startswith(prefix) and NAME.fullmatch(p.name))
        )

    def clear_partial(self) -> int:
        """Remove what killed processes left half-written, and say how many; only while nobody writes."""
        left = list(self._partial.iterdir())
        for path in left:
            path.unlink()
        return len(left)

    def _path(self, name: str) -> Path:
        if len(name) > MOST_CHARACTERS or not NAME.fullmatch(name):
            raise ValueError(f"vault name: expected small letters, digits and hyphens, got {name[:MOST_CHARACTERS]!r}")
        return self._root / name
