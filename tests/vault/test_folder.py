import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dialogram.vault.folder import FolderVault


@pytest.fixture
def vault(tmp_path: Path) -> FolderVault:
    return FolderVault(tmp_path / "vault")


def put(vault: FolderVault, name: str, data: bytes) -> None:
    with vault.write(name) as file:
        file.write(data)


def test_what_is_written_is_read_and_deleted(vault: FolderVault, tmp_path: Path) -> None:
    put(vault, "5f1c", b"sealed")
    with vault.open("5f1c") as file:
        assert file.read() == b"sealed"
    assert (vault.exists("5f1c"), vault.size("5f1c"), vault.names()) == (True, 6, ("5f1c",))
    assert (tmp_path / "vault").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "vault" / "5f1c").stat().st_mode & 0o777 == 0o600
    vault.delete("5f1c")
    vault.delete("5f1c")
    assert (vault.exists("5f1c"), vault.names()) == (False, ())


def test_absent_file_is_said_to_be_absent(vault: FolderVault) -> None:
    with pytest.raises(FileNotFoundError):
        vault.open("5f1c")
    with pytest.raises(FileNotFoundError):
        vault.size("5f1c")


def test_file_appears_only_when_it_is_whole(vault: FolderVault) -> None:
    with vault.write("5f1c") as file:
        file.write(b"half")
        file.flush()
        assert (vault.exists("5f1c"), vault.names()) == (False, ())
    assert vault.names() == ("5f1c",)


def test_error_while_writing_leaves_what_was_there(vault: FolderVault, tmp_path: Path) -> None:
    put(vault, "5f1c", b"first")

    def write_half_of(name: str) -> None:
        with vault.write(name) as file:
            file.write(b"half")
            raise OSError("the disk is full")

    for name in ("5f1c", "aaaa"):
        with pytest.raises(OSError, match="disk is full"):
            write_half_of(name)
    assert vault.names() == ("5f1c",)
    with vault.open("5f1c") as file:
        assert file.read() == b"first"
    assert list((tmp_path / "vault" / ".partial").iterdir()) == []


def test_taken_name_is_replaced_or_refused(vault: FolderVault) -> None:
    put(vault, "5f1c", b"first")
    with vault.open("5f1c") as still_open:
        put(vault, "5f1c", b"second")
        assert still_open.read() == b"first"
    with pytest.raises(FileExistsError), vault.write("5f1c", replace=False) as file:
        file.write(b"third")
    with vault.open("5f1c") as file:
        assert file.read() == b"second"


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "/etc",
        "a\\b",
        "a\0",
        "a\n",
        ".partial",
        "-a",
        "a-",
        "A",
        "é",
        "a.b",
        "a b",
        "x" * 121,
    ],
)
def test_names_that_are_paths_or_odd_are_refused(vault: FolderVault, tmp_path: Path, name: str) -> None:
    (tmp_path / "x").write_bytes(b"outside")
    for use in (vault.open, vault.delete, vault.exists, vault.size, lambda n: put(vault, n, b"")):
        with pytest.raises(ValueError, match="vault name"):
            use(name)
    assert (tmp_path / "x").read_bytes() == b"outside"


def test_names_begin_as_asked(vault: FolderVault) -> None:
    for name in ("upload-a-1", "upload-a-0", "upload-b-0", "5f1c"):
        put(vault, name, b"")
    assert vault.names("upload-a-") == ("upload-a-0", "upload-a-1")
    assert len(vault.names()) == 4


@pytest.mark.parametrize("at", ["os.fsync", "pathlib.Path.replace"])
def test_kill_before_the_rename_leaves_nothing_visible(vault: FolderVault, tmp_path: Path, at: str) -> None:
    put(vault, "5f1c", b"first")
    code = (
        "import os, pathlib, sys\nfrom dialogram.vault.folder import FolderVault\n"
        f"{at} = lambda *a: os.kill(os.getpid(), 9)\n"
        "with FolderVault(pathlib.Path(sys.argv[1])).write(sys.argv[2]) as file: file.write(b'second')"
    )
    for name in ("5f1c", "aaaa"):
        run = subprocess.run([sys.executable, "-c", code, str(tmp_path / "vault"), name], check=False)
        assert run.returncode == -signal.SIGKILL
    assert vault.names() == ("5f1c",)
    with vault.open("5f1c") as file:
        assert file.read() == b"first"
    assert vault.clear_partial() == 2
    assert vault.clear_partial() == 0


def test_file_and_its_name_reach_the_disk_in_order(vault: FolderVault, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noted_fsync(descriptor: int) -> None:
        kind = "folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file"  # noqa: PTH112  # a link to follow
        steps.append(f"fsync {kind}")
        fsync(descriptor)

    def noted_replace(self: Path, target: Path) -> Path:
        steps.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    put(vault, "5f1c", b"sealed")
    assert steps == ["fsync file", "rename", "fsync folder"]
