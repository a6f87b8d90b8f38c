"""Files that appear whole or not at all, also when the power goes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def durable_file(path: Path, *, partial: Path, replace: bool = True) -> Iterator[BinaryIO]:
    """Write `partial`, then let it become `path`: fsync, rename, fsync of the folder.

    Parameters
    ----------
    path
        Where the file is to appear, readable for its owner only.
    partial
        Where it is written, on the same file system. What a killed process left there is overwritten.
    replace
        Whether a file already there is replaced; else FileExistsError, and it stays as it was.

    Raises
    ------
    OSError
        When anything on the way fails; then `path` is what it was before.
    """
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if replace:
            partial.replace(path)
        else:
            path.hardlink_to(partial)  # unlike a rename, a link refuses a name that is taken
    finally:
        partial.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make names that came, went or changed in this folder last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
