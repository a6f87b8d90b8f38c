"""Database wrapper: opens with a raw key, and makes sure that what durability rests on is really on.

``OPTIONS = {"key": 32 bytes, or a callable that gives them}``. Everything else is Django's SQLite backend; only what
ties it to the standard library's `sqlite3` is said again here for `sqlcipher3`.
"""

import datetime as dt
import decimal
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.sqlite3 import base as django_sqlite
from django.db.backends.sqlite3._functions import register as register_functions  # type: ignore[import-untyped]
from django.db.backends.sqlite3.features import DatabaseFeatures as SqliteFeatures
from django.utils.dateparse import parse_date, parse_datetime, parse_time
from sqlcipher3 import dbapi2 as Database  # noqa: N812  # the name Django's backends use

OLDEST_SQLITE = (3, 51, 3)
"""Before it, two connections that checkpoint at once could corrupt a database in WAL mode."""

BUSY_TIMEOUT_MS = 10_000
KEY_BYTES = 32

DEMANDED = {
    "cipher_status": "1",
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: a sample is acknowledged after an fsync
    "foreign_keys": 1,
    "secure_delete": 1,
    "temp_store": 2,  # in memory: sorting must not spill plain rows to disk
    "busy_timeout": BUSY_TIMEOUT_MS,
}
LIMITS = {sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 250_000, sqlite3.SQLITE_LIMIT_COLUMN: 2_000}
"""As sqlcipher3 is compiled; it has no `getlimit` to ask."""


def _register_types() -> None:
    """Teach sqlcipher3 what Django taught sqlite3: each has its own register."""
    for name, parse in (
        ("date", parse_date),
        ("time", parse_time),
        ("datetime", parse_datetime),
        ("timestamp", parse_datetime),
    ):
        Database.register_converter(name, lambda value, parse=parse: parse(value.decode()))
    Database.register_converter("bool", b"1".__eq__)
    Database.register_adapter(decimal.Decimal, str)
    Database.register_adapter(dt.date, django_sqlite.adapt_date)
    Database.register_adapter(dt.datetime, django_sqlite.adapt_datetime)


_register_types()


class CipherConnection(Database.Connection):  # type: ignore[misc]  # sqlcipher3 has no types
    """A connection that can say its limits."""

    def getlimit(self, category: int, /) -> int:
        """Say a limit by the standard library's constant for it."""
        return LIMITS[category]


class CipherCursor(Database.Cursor):  # type: ignore[misc]  # sqlcipher3 has no types
    """A cursor that takes Django's ``%s`` and ``%(name)s``."""

    convert_query = django_sqlite.SQLiteCursorWrapper.convert_query

    def execute(self, query: str, params: Sequence[Any] | Mapping[str, Any] | None = None) -> "CipherCursor":
        """Run one statement."""
        if params is None:
            super().execute(query)
        else:
            names = list(params) if isinstance(params, Mapping) else None
            super().execute(self.convert_query(query, param_names=names), params)
        return self

    def executemany(self, query: str, param_list: Iterable[Sequence[Any] | Mapping[str, Any]]) -> "CipherCursor":
        """Run one statement for each set of parameters; the first shows how they are given."""
        rest = iter(param_list)
        first = next(rest, None)
        if first is not None:
            names = list(first) if isinstance(first, Mapping) else None
            super().executemany(self.convert_query(query, param_names=names), chain([first], rest))
        return self


class DatabaseFeatures(SqliteFeatures):
    """As SQLite's, judged by the version inside sqlcipher3 where Django looks at the standard library's."""

    supports_aggregate_order_by_clause = True


class DatabaseWrapper(django_sqlite.DatabaseWrapper):
    """A connection to one encrypted database."""

    display_name = "SQLCipher"
    Database: Any = Database
    features_class = DatabaseFeatures
    init_commands: list[str]

    def get_connection_params(self) -> dict[str, Any]:
        """Django's parameters, with transactions that take the write lock when they begin."""
        parameters = super().get_connection_params()
        self.transaction_mode: str = self.transaction_mode or "IMMEDIATE"
        return {**parameters, "factory": CipherConnection}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open, unlock, set and check; one clear error, and no open file left behind, when anything is amiss."""
        parameters = dict(conn_params)
        key_option = parameters.pop("key", None)
        key = key_option() if callable(key_option) else key_option
        if not isinstance(key, bytes) or len(key) != KEY_BYTES:
            raise ImproperlyConfigured(f"database {self.alias!r}: OPTIONS['key'] must be {KEY_BYTES} bytes")
        if Database.sqlite_version_info < OLDEST_SQLITE:
            raise ImproperlyConfigured(
                f"database {self.alias!r}: expected SQLite 3.51.3 or newer, got {Database.sqlite_version}"
            )
        connection = Database.connect(**parameters)
        try:
            self._unlock(connection, key)
            self._set(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def create_cursor(self, name: str | None = None) -> CipherCursor:  # noqa: ARG002  # Django asks with a name
        """Make a cursor of ours."""
        cursor: CipherCursor = self.connection.cursor(factory=CipherCursor)
        return cursor

    def _unlock(self, connection: Any, key: bytes) -> None:
        """Give the raw key, before anything else is said to the database, and see whether it fits."""
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except Database.OperationalError:
            raise  # locked, or not to be opened: not a matter of the key
        except Database.DatabaseError:
            raise Database.OperationalError(
                f"database {self.alias!r}: the key does not open it, or the file is damaged or not encrypted"
            ) from None

    def _set(self, connection: Any) -> None:
        """Set what this backend demands, then ask for it: a setting that did not take must not go unnoticed."""
        register_functions(connection)
        for command in (
            "foreign_keys = ON",
            "legacy_alter_table = OFF",
            "journal_mode = WAL",
            "synchronous = FULL",
            "secure_delete = ON",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {command}")
        for command in filter(None, (command.strip() for command in self.init_commands)):
            connection.execute(command)
        for pragma, demanded in DEMANDED.items():
            if pragma == "journal_mode" and self.is_in_memory_db():
                continue  # nothing to lose there, and no journal to keep
            row = connection.execute(f"PRAGMA {pragma}").fetchone()
            if row is None or row[0] != demanded:
                got = None if row is None else row[0]
                raise ImproperlyConfigured(f"database {self.alias!r}: expected {pragma} {demanded!r}, got {got!r}")
