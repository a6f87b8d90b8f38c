"""What keeps a server from starting is said in one line, before anything is served."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dialogram.server.config.data_folder import RECORDS, make_folder

PROGRAM = Path(sys.executable).with_name("dialogram")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def refused(data: Path, *, port: int) -> str:
    ended = subprocess.run(
        [PROGRAM, "serve", "--data", data, "--port", str(port), "--no-browser"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (3, "")
    (line,) = ended.stderr.splitlines()
    return line


def test_a_folder_that_holds_something_else_gets_no_file_of_ours(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    assert "expected an empty folder" in refused(tmp_path, port=free_port())
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_damaged_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    make_folder(tmp_path)
    (tmp_path / RECORDS).write_bytes(b"no database" * 1000)
    assert "the file is damaged" in refused(tmp_path, port=free_port())


@pytest.mark.parametrize(("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_port_where_another_program_answers_for_localhost_is_refused(
    tmp_path: Path, family: socket.AddressFamily, address: str
) -> None:
    with socket.socket(family) as other:
        other.bind((address, 0))
        other.listen()
        port: int = other.getsockname()[1]
        assert "is in use" in refused(tmp_path / "data", port=port)
