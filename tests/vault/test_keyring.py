import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from dialogram.vault.keyring import Keyring, KeyringError, KeyUnknown
from dialogram.vault.root_key import make_key_file, read_key_file

ROOT = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    Keyring.create(tmp_path / "keyring.json", root_key=ROOT)
    return tmp_path / "keyring.json"


def test_keys_are_random_and_stay(path: Path) -> None:
    keyring = Keyring.open(path, root_key=ROOT)
    made = {name: keyring.create_key(name) for name in ("audit", "recording:5f1c", "participant:Zk-9_x")}
    assert {len(key) for key in made.values()} == {32}
    assert len(set(made.values())) == 3
    again = Keyring.open(path, root_key=ROOT)
    assert again.names() == ("audit", "participant:Zk-9_x", "recording:5f1c")
    assert {name: again.key(name) for name in made} == made
    assert path.stat().st_mode & 0o777 == 0o600


def test_file_holds_no_key_in_the_clear(path: Path) -> None:
    key = Keyring.open(path, root_key=ROOT).create_key("audit")
    text = path.read_text()
    assert json.loads(text)["keys"].keys() == {"audit"}
    assert key.hex() not in text
    assert ROOT.hex() not in text


@pytest.mark.parametrize("name", ["", "Audit", "audit:", "a/b", "../audit", "audit\n", "recording:a b", "x" * 50])
def test_odd_names_are_refused(path: Path, name: str) -> None:
    with pytest.raises(KeyringError, match="expected a name"):
        Keyring.open(path, root_key=ROOT).create_key(name)
    assert Keyring.open(path, root_key=ROOT).names() == ()


def test_taken_name_is_refused_and_its_key_kept(path: Path) -> None:
    keyring = Keyring.open(path, root_key=ROOT)
    key = keyring.create_key("audit")
    with pytest.raises(KeyringError, match="is there already"):
        keyring.create_key("audit")
    assert keyring.key("audit") == key


def test_keyring_is_never_overwritten(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(KeyringError, match="not overwritten"):
        Keyring.create(path, root_key=ROOT)
    assert path.read_bytes() == before


def test_unknown_key_is_said_to_be_unknown(path: Path) -> None:
    keyring = Keyring.open(path, root_key=ROOT)
    assert not keyring.has("audit")
    for ask in (keyring.key, keyring.destroy_key):
        with pytest.raises(KeyUnknown, match="never made, or destroyed"):
            ask("audit")


def test_another_reader_sees_changes(path: Path) -> None:
    one, two = (Keyring.open(path, root_key=ROOT) for _ in range(2))
    key = one.create_key("audit")
    assert two.key("audit") == key
    two.destroy_key("audit")
    assert not one.has("audit")


def test_destroyed_key_cannot_be_had_from_anything_kept(path: Path) -> None:
    keyring = Keyring.open(path, root_key=ROOT)
    gone, stays = keyring.create_key("participant:a"), keyring.create_key("participant:b")
    before = json.loads(path.read_text())
    keyring.destroy_key("participant:a")
    after = json.loads(path.read_text())

    assert Keyring.open(path, root_key=ROOT).key("participant:b") == stays
    assert gone != stays
    assert after["epoch"] != before["epoch"]
    # Whoever kept one wrapped entry, but not the epoch key it was wrapped under, cannot bring it back.
    planted = {**after, "keys": {**after["keys"], "participant:a": before["keys"]["participant:a"]}}
    path.write_text(json.dumps(planted))
    with pytest.raises(KeyringError, match="entry of key 'participant:a' is damaged"):
        Keyring.open(path, root_key=ROOT).key("participant:a")
    # The control, and the documented limit: a whole old copy with the root key still opens it.
    path.write_text(json.dumps(before))
    assert Keyring.open(path, root_key=ROOT).key("participant:a") == gone


def test_no_other_file_keeps_what_was_destroyed(path: Path) -> None:
    keyring = Keyring.open(path, root_key=ROOT)
    keyring.create_key("participant:a")
    wrapped = json.loads(path.read_text())["keys"]["participant:a"]
    # A process killed while it wrote left its half-finished file behind, with the key in it.
    left = path.with_name("keyring.json.partial")
    left.write_bytes(path.read_bytes())
    assert any(wrapped in file.read_text() for file in path.parent.iterdir())
    keyring.destroy_key("participant:a")
    assert not any(wrapped in file.read_text() for file in path.parent.iterdir())


def test_wrong_root_key_and_damage_are_told_apart(path: Path) -> None:
    Keyring.open(path, root_key=ROOT).create_key("audit")
    with pytest.raises(KeyringError, match=r"^keyring.json: this root key is not its own$"):
        Keyring.open(path, root_key=bytes(32))
    with pytest.raises(KeyringError, match="expected 32 bytes, got 31"):
        Keyring.open(path, root_key=bytes(31))
    with pytest.raises(KeyringError, match="no such keyring"):
        Keyring.open(path.with_name("absent.json"), root_key=ROOT)


def _damage(document: dict[str, Any], field: str) -> None:
    target = document["keys"] if field not in document else document
    digit = target[field][-1]
    target[field] = target[field][:-1] + ("0" if digit != "0" else "1")


@pytest.mark.parametrize("field", ["epoch", "epoch_key"])
def test_damaged_epoch_is_damage(path: Path, field: str) -> None:
    document = json.loads(path.read_text())
    _damage(document, field)
    path.write_text(json.dumps(document))
    with pytest.raises(KeyringError, match=r"^keyring.json: the keyring is damaged$"):
        Keyring.open(path, root_key=ROOT)


def test_one_damaged_entry_leaves_the_rest_readable_and_stops_changes(path: Path) -> None:
    keyring = Keyring.open(path, root_key=ROOT)
    keyring.create_key("audit")
    links = keyring.create_key("links")
    document = json.loads(path.read_text())
    _damage(document, "audit")
    path.write_text(json.dumps(document))
    before = path.read_bytes()

    assert keyring.key("links") == links
    with pytest.raises(KeyringError, match="entry of key 'audit' is damaged"):
        keyring.key("audit")
    for change in (keyring.create_key, keyring.destroy_key):
        with pytest.raises(KeyringError, match="restore it"):
            change("links")
    assert path.read_bytes() == before


def test_swapped_entries_are_refused(path: Path) -> None:
    keyring = Keyring.open(path, root_key=ROOT)
    keyring.create_key("participant:a")
    keyring.create_key("participant:b")
    document = json.loads(path.read_text())
    keys = document["keys"]
    keys["participant:a"], keys["participant:b"] = keys["participant:b"], keys["participant:a"]
    path.write_text(json.dumps(document))
    for name in keys:
        with pytest.raises(KeyringError, match="damaged"):
            keyring.key(name)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"null", b"{}", b'{"sha256": 1}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_keyring_is_one_clear_line(path: Path, text: bytes) -> None:
    path.write_bytes(text)
    with pytest.raises(KeyringError, match=r"^keyring.json: the keyring is damaged$"):
        Keyring.open(path, root_key=ROOT)


def test_cut_file_is_damaged_at_every_length(path: Path) -> None:
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        with pytest.raises(KeyringError, match="damaged"):
            Keyring.open(path, root_key=ROOT)


def run_child(code: str, path: Path, *arguments: str) -> subprocess.Popen[str]:
    head = f"import os, sys, pathlib\nfrom dialogram.vault.keyring import Keyring\nROOT = bytes(range(32))\n{code}"
    return subprocess.Popen([sys.executable, "-c", head, str(path), *arguments], stdout=subprocess.PIPE, text=True)


ADD_MANY = """
keyring = Keyring.open(pathlib.Path(sys.argv[1]), root_key=ROOT)
for number in range(int(sys.argv[3])):
    name = f"participant:{sys.argv[2]}{number}"
    print(name, keyring.create_key(name).hex(), flush=True)
"""


def acknowledged(output: str) -> dict[str, str]:
    return {line.split()[0]: line.split()[1] for line in output.splitlines() if line.count(" ") == 1 and len(line) > 76}


def test_processes_that_add_at_once_lose_nothing(path: Path) -> None:
    children = [run_child(ADD_MANY, path, who, "25") for who in ("a", "b", "c")]
    made: dict[str, str] = {}
    for child in children:
        made |= acknowledged(child.communicate(timeout=60)[0])
        assert child.returncode == 0
    keyring = Keyring.open(path, root_key=ROOT)
    assert len(made) == 75
    assert {name: keyring.key(name).hex() for name in keyring.names()} == made


@pytest.mark.parametrize("change", ["create_key('links')", "destroy_key('audit')"])
def test_kill_between_write_and_rename_changes_nothing(path: Path, change: str) -> None:
    key = Keyring.open(path, root_key=ROOT).create_key("audit")
    before = path.read_bytes()
    die = "pathlib.Path.replace = lambda *a: os.kill(os.getpid(), 9)\n"
    child = run_child(f"{die}Keyring.open(pathlib.Path(sys.argv[1]), root_key=ROOT).{change}", path)
    child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL
    assert path.with_name("keyring.json.partial").exists()  # so it died where it should
    assert path.read_bytes() == before

    keyring = Keyring.open(path, root_key=ROOT)
    assert keyring.key("audit") == key
    keyring.create_key("links")
    assert keyring.names() == ("audit", "links")
    assert not path.with_name("keyring.json.partial").exists()


def test_kills_at_any_time_lose_no_key_that_was_given_out(path: Path) -> None:
    made: dict[str, str] = {}
    for kill in range(10):
        child = run_child(ADD_MANY, path, f"k{kill}x", "100000")
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(0.003 * kill)
        child.kill()
        made |= acknowledged(first + child.communicate(timeout=60)[0])
        keyring = Keyring.open(path, root_key=ROOT)
        assert {name: keyring.key(name).hex() for name in made} == made
    assert len(made) >= 10


def test_key_file_is_private_and_read_back(tmp_path: Path) -> None:
    key = make_key_file(tmp_path / "root.key")
    assert len(key) == 32
    assert read_key_file(tmp_path / "root.key") == key
    assert (tmp_path / "root.key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["root.key"]


def test_key_file_is_never_overwritten(tmp_path: Path) -> None:
    key = make_key_file(tmp_path / "root.key")
    with pytest.raises(KeyringError, match="not overwritten"):
        make_key_file(tmp_path / "root.key")
    assert read_key_file(tmp_path / "root.key") == key


@pytest.mark.parametrize("text", [b"", b"abc", bytes(range(200, 232)), b"0" * 63, b"0" * 66, b"G" * 64])
def test_what_is_no_key_file_is_one_clear_line(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "root.key").write_bytes(text)
    with pytest.raises(KeyringError, match=r"^root.key: expected a key file of 64 hexadecimal digits$"):
        read_key_file(tmp_path / "root.key")
    with pytest.raises(KeyringError, match="no such key file"):
        read_key_file(tmp_path / "absent.key")
