import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler
from django.utils.functional import empty
from sqlcipher3 import dbapi2

CANARY = "CANARY-9f2e-she-told-him"
KEY = bytes(range(32))


def settings_of(path: Path | str, key: Any = KEY, **options: Any) -> dict[str, dict[str, Any]]:
    engine = "dialogram.server.config.sqlcipher"
    return {"default": {"ENGINE": engine, "NAME": str(path), "OPTIONS": {"key": key, **options}}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.sqlite3"


@pytest.fixture(autouse=True)
def django_settings(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let connections be opened: past pytest-django's guard, or with settings for the length of one test."""
    if settings.configured:
        with request.getfixturevalue("django_db_blocker").unblock():
            yield
        return
    settings.configure(DATABASES={})
    yield
    settings._wrapped = empty


@pytest.fixture
def connect() -> Iterator[Any]:
    """Connections of our own, each a handler's default, closed at the end; the project's are not touched."""
    opened: list[BaseDatabaseWrapper] = []

    def make(path: Path | str, key: Any = KEY, **options: Any) -> BaseDatabaseWrapper:
        connection = ConnectionHandler(settings_of(path, key, **options))["default"]
        connection.inc_thread_sharing()
        opened.append(connection)
        return connection

    yield make
    for connection in opened:
        if connection.connection is not None:
            connection.connection.close()


def rows(connection: BaseDatabaseWrapper, query: str, parameters: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


def test_settings_that_durability_rests_on_are_on(connect: Any, path: Path) -> None:
    connection = connect(path)
    found = {
        name: rows(connection, f"PRAGMA {name}")[0][0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "temp_store", "busy_timeout")
    }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "temp_store": 2,
        "busy_timeout": 10_000,
    }
    assert connection.get_database_version() >= (3, 51, 3)
    assert (connection.vendor, connection.transaction_mode) == ("sqlite", "IMMEDIATE")


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("PRAGMA synchronous = NORMAL", "synchronous 2, got 1"),
        ("PRAGMA journal_mode = DELETE", "journal_mode 'wal', got 'delete'"),
        ("PRAGMA foreign_keys = OFF", "foreign_keys 1, got 0"),
        ("PRAGMA secure_delete = OFF", "secure_delete 1, got 0"),
        ("PRAGMA temp_store = FILE", "temp_store 2, got 1"),
        ("PRAGMA busy_timeout = 5", "busy_timeout 10000, got 5"),
    ],
)
def test_setting_that_did_not_take_is_refused(connect: Any, path: Path, command: str, named: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=named):
        connect(path, init_command=command).ensure_connection()


def test_old_sqlite_is_refused(connect: Any, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dbapi2, "sqlite_version_info", (3, 51, 2))
    with pytest.raises(ImproperlyConfigured, match=r"3\.51\.3 or newer"):
        connect(path).ensure_connection()
    assert not path.exists()


def test_wrong_key_is_one_clear_error(connect: Any, path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rows(connect(path), "CREATE TABLE words (said text)")
    before = path.read_bytes()
    with pytest.raises(OperationalError, match="database 'default': the key does not open it") as refused:
        connect(path, bytes(32)).ensure_connection()
    assert bytes(32).hex() not in str(refused.value)
    assert KEY.hex() not in str(refused.value)
    assert capfd.readouterr() == ("", "")
    assert path.read_bytes() == before
    assert rows(connect(path), "SELECT count(*) FROM words") == [(0,)]


def test_plain_database_and_damage_are_the_same_clear_error(connect: Any, path: Path) -> None:
    plain = sqlite3.connect(path)
    plain.execute("CREATE TABLE words (said text)")
    plain.close()
    with pytest.raises(OperationalError, match="not encrypted"):
        connect(path).ensure_connection()
    path.write_bytes(os.urandom(8192))
    with pytest.raises(OperationalError, match="damaged"):
        connect(path).ensure_connection()


def test_flipped_bit_in_any_page_is_an_error_and_never_other_words(connect: Any, path: Path) -> None:
    connection = connect(path)
    rows(connection, "CREATE TABLE words (said text)")
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO words VALUES (%s)", [[f"{i} calm" * 50] for i in range(100)])
    connection.connection.close()  # the last connection moves the journal into the file
    whole = path.read_bytes()
    assert len(rows(connect(path), "SELECT * FROM words")) == 100  # the control
    for at in range(100, len(whole), 4096):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(DatabaseError):
            rows(connect(path), "SELECT * FROM words")


def test_backup_of_an_open_database_is_encrypted_and_whole(connect: Any, path: Path, tmp_path: Path) -> None:
    connection, copy = connect(path), connect(tmp_path / "copy.sqlite3")
    rows(connection, "CREATE TABLE words (said text)")
    rows(connection, "INSERT INTO words VALUES (%s)", [CANARY])
    copy.ensure_connection()
    connection.connection.backup(copy.connection)
    assert rows(copy, "SELECT said FROM words") == [(CANARY,)]
    copy.connection.close()
    assert CANARY.encode() not in (tmp_path / "copy.sqlite3").read_bytes()
    assert rows(connect(tmp_path / "copy.sqlite3"), "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("key", [None, b"", bytes(31), "0" * 64, lambda: bytes(5)])
def test_what_is_no_key_is_refused_before_a_file_is_made(connect: Any, path: Path, key: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match="32 bytes"):
        connect(path, key).ensure_connection()
    assert not path.exists()


def test_key_may_be_given_by_a_function(connect: Any, path: Path) -> None:
    rows(connect(path, lambda: KEY), "CREATE TABLE words (said text)")
    assert rows(connect(path), "SELECT * FROM words") == []


def test_no_file_holds_a_plain_word_and_a_plain_database_does(connect: Any, tmp_path: Path) -> None:
    connection = connect(tmp_path / "cipher.sqlite3")
    plain = sqlite3.connect(tmp_path / "plain.sqlite3")
    for execute in (lambda q, p=None: rows(connection, q, p), lambda q, p=(): plain.execute(q.replace("%s", "?"), p)):
        execute("CREATE TABLE words (said text)")
        execute("INSERT INTO words VALUES (%s)", [CANARY])
    plain.commit()
    plain.close()
    names = sorted(file.name for file in tmp_path.iterdir() if CANARY.encode() in file.read_bytes())
    assert (tmp_path / "cipher.sqlite3-wal").stat().st_size > 0  # it was scanned, too
    assert names == ["plain.sqlite3"]


@pytest.mark.parametrize("query", ["SELECT %s || '%%'", "SELECT %(word)s || '%%'"])
def test_both_styles_of_parameters(connect: Any, path: Path, query: str) -> None:
    parameters: Any = {"word": "calm"} if "(word)" in query else ["calm"]
    assert rows(connect(path), query, parameters) == [("calm%",)]
    assert rows(connect(path), "SELECT '%s %%'") == [("%s %%",)]


def test_many_rows_at_once_also_from_a_generator(connect: Any, path: Path) -> None:
    connection = connect(path)
    rows(connection, "CREATE TABLE n (i integer)")
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO n VALUES (%s)", ((i,) for i in range(500)))
        cursor.executemany("INSERT INTO n VALUES (%(i)s)", [{"i": 500}, {"i": 501}])
        cursor.executemany("INSERT INTO n VALUES (%s)", [])
    assert rows(connection, "SELECT count(*), sum(i) FROM n") == [(502, 502 * 501 // 2)]


def test_limits_are_those_of_the_library(connect: Any, path: Path) -> None:
    connection = connect(path)
    compiled = {row[0] for row in rows(connection, "PRAGMA compile_options")}
    assert f"MAX_VARIABLE_NUMBER={connection.features.max_query_params}" in compiled
    many = list(range(connection.features.max_query_params))
    query = f"SELECT 1 WHERE 7 IN ({','.join(['%s'] * len(many))})"
    assert rows(connection, query, many) == [(1,)]


def test_writers_wait_for_each_other(connect: Any, path: Path) -> None:
    first = connect(path)
    rows(first, "CREATE TABLE n (i integer)")
    rows(first, "INSERT INTO n VALUES (0)")
    failed: list[Exception] = []

    def count(connection: BaseDatabaseWrapper) -> None:
        try:
            connection.ensure_connection()
            for _ in range(25):
                connection._start_transaction_under_autocommit()  # type: ignore[attr-defined]  # as atomic() begins
                ((i,),) = rows(connection, "SELECT i FROM n")
                rows(connection, "UPDATE n SET i = %s", [i + 1])
                connection.connection.commit()
        except Exception as error:  # noqa: BLE001  # carried to the main thread
            failed.append(error)

    threads = [threading.Thread(target=count, args=(connect(path),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert rows(first, "SELECT i FROM n") == [(100,)]


def test_memory_database_works_and_is_shared(connect: Any) -> None:
    name = "file:memorydb_sqlcipher_test?mode=memory&cache=shared"
    one, two = connect(name), connect(name)
    rows(one, "CREATE TABLE words (said text)")
    rows(one, "INSERT INTO words VALUES ('calm')")
    assert rows(two, "SELECT * FROM words") == [("calm",)]


@pytest.mark.parametrize(
    "check", ["migrations", "types", "lookups", "functions", "schema_changes", "nested_transactions", "test_database"]
)
def test_django_on_it(tmp_path: Path, check: str) -> None:
    """In a process of its own: Django's settings and registry of models are made once in a process."""
    script = Path(__file__).with_name("django_on_sqlcipher.py")
    run = subprocess.run(
        [sys.executable, "-W", "error", script, tmp_path / "records.sqlite3", check],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines()[-1] == f"{check}: done"
