"""Plain words put through every part of the vault are found in no file of it."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from dialogram.vault import (
    FolderVault,
    Keyring,
    SealingError,
    UploadPieces,
    make_key_file,
    open_recording,
    recording_context,
    seal_payload,
    seal_recording,
)

CANARY = b"CANARY-7c1f-she-told-him"


def hits(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files, "nothing was scanned"
    return [path.name for path in files if CANARY in path.read_bytes()]


def write_recording(vault: FolderVault, key: bytes) -> None:
    source = io.BytesIO(CANARY * 5000)
    seal_recording(vault, "5f1c", source, key=key, context=recording_context("5f1c", 1))


def write_upload(vault: FolderVault, key: bytes) -> None:
    pieces = UploadPieces(vault, "5f1c", key)
    pieces.write_piece(0, CANARY * 5000)
    with pieces.open() as file:
        assert file.read() == CANARY * 5000


def write_payload(vault: FolderVault, key: bytes) -> None:
    with vault.write("5f1c") as file:
        file.write(seal_payload(CANARY, key=key, context=CANARY))


def write_plain(vault: FolderVault, key: bytes) -> None:
    with vault.write("5f1c") as file:
        file.write(CANARY)


@pytest.mark.parametrize(
    ("write", "found"), [(write_recording, 0), (write_upload, 0), (write_payload, 0), (write_plain, 1)]
)
def test_no_file_holds_a_plain_word(tmp_path: Path, write: Callable[[FolderVault, bytes], None], found: int) -> None:
    root = make_key_file(tmp_path / "root.key")
    key = Keyring.create(tmp_path / "keyring.json", root_key=root).create_key("recording:5f1c")
    write(FolderVault(tmp_path / "vault"), key)
    assert len(hits(tmp_path)) == found
    assert not any(key in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_destroyed_key_makes_the_recording_unreadable(tmp_path: Path) -> None:
    root = make_key_file(tmp_path / "root.key")
    keyring = Keyring.create(tmp_path / "keyring.json", root_key=root)
    vault, context = FolderVault(tmp_path / "vault"), recording_context("5f1c", 1)
    write_recording(vault, keyring.create_key("recording:5f1c"))
    with open_recording(vault, "5f1c", key=keyring.key("recording:5f1c"), context=context) as reader:
        assert reader.read(0, len(CANARY)) == CANARY  # the control
    keyring.destroy_key("recording:5f1c")
    with pytest.raises(SealingError):
        open_recording(vault, "5f1c", key=keyring.create_key("recording:5f1c"), context=context)
