"""The root key in a file: whoever has it and the keyring opens everything."""

import os
import re
from pathlib import Path

from dialogram.vault.durable_file import durable_file
from dialogram.vault.keyring import KeyringError
from dialogram.vault.sealing import KEY_BYTES

FORM = re.compile(r"[0-9a-f]{64}\n?")


def make_key_file(path: Path) -> bytes:
    """Make a root key and write it to a new file, 64 hexadecimal digits, readable for its owner only.

    Raises
    ------
    KeyringError
        When the file is there already; it is never overwritten, for everything sealed hangs on it.
    """
    key = os.urandom(KEY_BYTES)
    try:
        with durable_file(path, partial=path.with_name(f"{path.name}.partial"), replace=False) as file:
            file.write(f"{key.hex()}\n".encode())
    except FileExistsError:
        raise KeyringError(f"{path.name}: a key file is there already and is not overwritten") from None
    return key


def read_key_file(path: Path) -> bytes:
    """Read the root key.

    Raises
    ------
    KeyringError
        When there is no such file or it does not hold a key.
    """
    try:
        text = path.read_bytes().decode("ascii")
    except FileNotFoundError:
        raise KeyringError(f"{path.name}: there is no such key file") from None
    except UnicodeDecodeError:
        text = ""
    if not FORM.fullmatch(text):
        raise KeyringError(f"{path.name}: expected a key file of 64 hexadecimal digits")
    return bytes.fromhex(text)
