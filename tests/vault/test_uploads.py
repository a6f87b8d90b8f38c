import io
import os
import threading
from pathlib import Path

import pytest

from dialogram.vault import uploads
from dialogram.vault.folder import FolderVault
from dialogram.vault.sealing import SealingError
from dialogram.vault.uploads import PieceConflictError, UploadPieces

KEY = bytes(range(32))


@pytest.fixture
def vault(tmp_path: Path) -> FolderVault:
    return FolderVault(tmp_path)


@pytest.fixture
def pieces(vault: FolderVault) -> UploadPieces:
    return UploadPieces(vault, "5f1c", KEY)


def test_pieces_in_any_order_are_one_file(pieces: UploadPieces) -> None:
    data = [os.urandom(size) for size in (70_000, 1, 16_384, 50_000, 3, 40_000, 100)]
    for number in (3, 0, 6, 1, 5, 2, 4):
        pieces.write_piece(number, data[number])
    assert pieces.received() == {number: len(piece) for number, piece in enumerate(data)}
    plain = b"".join(data)
    with pieces.open() as file:
        assert file.read() == plain
        assert file.seek(0, io.SEEK_END) == len(plain)
        for start in (69_990, 0, 86_380, 136_380, 100_000):
            file.seek(start)
            assert file.read(50_000) == plain[start : start + 50_000]


def test_same_piece_again_is_no_error_and_another_is_refused(pieces: UploadPieces) -> None:
    pieces.write_piece(0, b"one")
    pieces.write_piece(0, b"one")
    for other in (b"two", b"on", b"one more"):
        with pytest.raises(PieceConflictError, match="piece 0"):
            pieces.write_piece(0, other)
    with pieces.open() as file:
        assert file.read() == b"one"


def test_of_pieces_that_race_one_wins_whole(pieces: UploadPieces) -> None:
    lost: list[int] = []

    def write(who: int) -> None:
        try:
            pieces.write_piece(0, bytes([who]) * 100_000)
        except PieceConflictError:
            lost.append(who)

    threads = [threading.Thread(target=write, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with pieces.open() as file:
        content = file.read()
    assert content == content[:1] * 100_000
    assert sorted([*lost, content[0]]) == list(range(8))


@pytest.mark.parametrize(("number", "data"), [(-1, b"x"), (1_000_000, b"x"), (0, b"")])
def test_pieces_out_of_range_are_refused(pieces: UploadPieces, number: int, data: bytes) -> None:
    with pytest.raises(ValueError, match="expected"):
        pieces.write_piece(number, data)
    assert pieces.received() == {}


def test_piece_too_long_is_refused(pieces: UploadPieces) -> None:
    with pytest.raises(ValueError, match="8388608"):
        pieces.write_piece(0, bytes(8 * 1024 * 1024 + 1))
    assert pieces.received() == {}


def test_missing_piece_is_named(pieces: UploadPieces) -> None:
    for number in (0, 1, 3):
        pieces.write_piece(number, b"x")
    with pytest.raises(SealingError, match="piece 2 is missing"):
        pieces.open()


def test_no_pieces_are_an_empty_file(pieces: UploadPieces) -> None:
    with pieces.open() as file:
        assert file.read() == b""


@pytest.mark.parametrize("upload_id", ["", "a-b", "../a", "A"])
def test_odd_upload_ids_are_refused(vault: FolderVault, upload_id: str) -> None:
    with pytest.raises(ValueError, match="upload id"):
        UploadPieces(vault, upload_id, KEY)


def test_swapped_foreign_and_changed_pieces_are_refused(
    vault: FolderVault, pieces: UploadPieces, tmp_path: Path
) -> None:
    other = UploadPieces(vault, "aaaa", KEY)
    for upload in (pieces, other):
        for number in range(3):
            upload.write_piece(number, bytes([number]) * 20_000)
    names = [tmp_path / f"upload-5f1c-{number:06d}" for number in range(3)]
    whole = [name.read_bytes() for name in names]
    changed = bytearray(whole[1])
    changed[300] ^= 1
    for second in (whole[0], (tmp_path / "upload-aaaa-000001").read_bytes(), bytes(changed), whole[1][:-1]):
        names[1].write_bytes(second)
        with pytest.raises(SealingError), pieces.open() as file:
            file.read()
    names[1].write_bytes(whole[1])
    with pieces.open() as file:  # the control
        assert len(file.read()) == 60_000


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_few_pieces_are_open_at_once_and_none_after(pieces: UploadPieces) -> None:
    for number in range(12):
        pieces.write_piece(number, bytes([number]) * 10)
    before = open_files()
    file = pieces.open()
    assert file.read() == b"".join(bytes([number]) * 10 for number in range(12))
    assert open_files() - before == uploads.MOST_OPEN_PIECES
    file.close()
    assert open_files() == before


def test_deleted_upload_leaves_nothing_and_no_other_harmed(vault: FolderVault, pieces: UploadPieces) -> None:
    other = UploadPieces(vault, "5f1cb", KEY)
    for number in range(3):
        pieces.write_piece(number, b"x")
        other.write_piece(number, b"y")
    pieces.delete()
    pieces.delete()
    assert pieces.received() == {}
    assert other.received() == {0: 1, 1: 1, 2: 1}
