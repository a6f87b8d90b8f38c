from pathlib import Path

import pytest

from dialogram.server.config.data_folder import IDENTITY, RECORDS, FolderError, make_folder
from dialogram.vault import Keyring, KeyringError, read_key_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "data"
    make_folder(path)
    return path


def keyring_of(folder: Path) -> Keyring:
    return Keyring.open(folder / "keyring.json", root_key=read_key_file(folder / "root.key"))


def test_a_folder_that_holds_something_else_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    tmp_path.chmod(0o755)
    with pytest.raises(FolderError, match="expected an empty folder"):
        make_folder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_data_without_their_keyring_get_no_new_one(folder: Path) -> None:
    (folder / RECORDS).touch()
    (folder / "keyring.json").unlink()
    with pytest.raises(FolderError):
        make_folder(folder)
    assert not (folder / "keyring.json").exists()


def test_a_making_that_was_broken_off_is_finished(folder: Path) -> None:
    (folder / "keyring.json").unlink()
    make_folder(folder)
    assert keyring_of(folder).has("audit")


def test_a_keyring_without_its_key_file_gets_no_new_one(folder: Path) -> None:
    (folder / "root.key").unlink()
    with pytest.raises(KeyringError):
        make_folder(folder)
    assert not (folder / "root.key").exists()


@pytest.mark.parametrize("lost", [RECORDS, IDENTITY])
def test_a_lost_database_is_not_made_anew_over_the_keys_of_what_was_in_it(folder: Path, lost: str) -> None:
    make_folder(folder)  # nobody has a key yet: the first run may have been broken off before the databases
    keyring_of(folder).create_key("participant:5f1c")
    for name in {RECORDS, IDENTITY} - {lost}:
        (folder / name).touch()
    with pytest.raises(FolderError, match=f"{lost} is not there"):
        make_folder(folder)
    (folder / lost).touch()
    make_folder(folder)
