"""Who a browser is, kept as Django keeps it, and remembered: every POST of a rating asks for it.

The one web process of a database file is all that writes sessions, so what it has read stays true until it writes.
"""

from copy import deepcopy
from datetime import datetime
from threading import Lock
from typing import Any

from django.contrib.sessions.backends import db
from django.db import transaction
from django.utils import timezone

MOST_REMEMBERED = 20_000


class _Memory:
    """What was read of sessions; what was read while one was being written is not kept, for it may be the old."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[dict[str, Any], datetime]] = {}
        self._lock = Lock()
        self.writes = 0

    def find(self, key: str) -> tuple[dict[str, Any], datetime] | None:
        return self._known.get(key)

    def keep(self, key: str, found: tuple[dict[str, Any], datetime], *, writes: int) -> None:
        with self._lock:
            if writes != self.writes:
                return
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[key] = found

    def forget(self, key: str) -> None:
        with self._lock:
            self.writes += 1
            self._known.pop(key, None)


_memory = _Memory()


class SessionStore(db.SessionStore):
    """Django's store; what it loads is remembered until it is written, ended or runs out."""

    def load(self) -> dict[str, Any]:
        """Return what the browser is known by; a key that is unknown or has run out is forgotten."""
        key = self.session_key
        found = (_memory.find(key) or self._read(key)) if key else None
        if found is None or found[1] <= timezone.now():
            self._session_key = None
            return {}
        return deepcopy(found[0])

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002  # Django's signature
        """Write it down."""
        super().save(must_create)
        self._forget(self.session_key)

    def delete(self, session_key: str | None = None) -> None:
        """End it."""
        super().delete(session_key)
        self._forget(session_key or self.session_key)

    def _read(self, key: str) -> tuple[dict[str, Any], datetime] | None:
        writes = _memory.writes
        row = self.model.objects.filter(session_key=key).first()
        if row is None:
            return None
        found = (self.decode(row.session_data), row.expire_date)
        _memory.keep(key, found, writes=writes)
        return found

    def _forget(self, key: str | None) -> None:
        if key:
            _memory.forget(key)  # for who wrote it
            transaction.on_commit(lambda: _memory.forget(key))  # for all others, who may have read the old till now
