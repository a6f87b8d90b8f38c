"""Slowing down guesses at a password, without handing anybody a way to lock a colleague out.

Failures are counted per account, but apart for each browser that has signed in to it before (it holds a signed mark):
somebody who tries names and passwords from elsewhere slows down strangers, never the browser its owner works with.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from django.core import signing

FREE_FAILURES = 5
FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 300.0
MOST_COUNTED = 10_000
MARK_DAYS = 90
MARK_COOKIE = "dialogram_known"
_SALT = "dialogram.accounts.known-browser"


@dataclass
class _Failures:
    count: int = 0
    wait_until_s: float = 0.0


class FailureCounter:
    """Failed sign-ins, in memory: a restart of the server forgives them, and Argon2 stays slow."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: OrderedDict[tuple[str, str], _Failures] = OrderedDict()

    def wait_s(self, username: str, *, browser: str) -> float:
        """Return for how many seconds more no attempt is looked at."""
        with self._lock:
            known = self._failures.get(_key(username, browser))
            return max(0.0, known.wait_until_s - self._clock()) if known else 0.0

    def note_failure(self, username: str, *, browser: str) -> None:
        """Count a failure; from the sixth on the waits double."""
        with self._lock:
            key = _key(username, browser)
            known = self._failures.setdefault(key, _Failures())
            self._failures.move_to_end(key)
            known.count += 1
            if known.count > FREE_FAILURES:
                doublings = min(known.count - FREE_FAILURES - 1, 16)
                known.wait_until_s = self._clock() + min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**doublings)
            while len(self._failures) > MOST_COUNTED:
                self._failures.popitem(last=False)

    def note_success(self, username: str, *, browser: str) -> None:
        """Forget the failures of an account from this browser."""
        with self._lock:
            self._failures.pop(_key(username, browser), None)


def browser_mark(username: str) -> str:
    """Return what a browser keeps to be known again for this account."""
    return signing.dumps(username.casefold(), salt=_SALT)


def known_browser(mark: str | None, *, username: str) -> str:
    """Return a browser's own name in the count, or that of all strangers."""
    try:
        known = signing.loads(mark or "", salt=_SALT, max_age=MARK_DAYS * 24 * 60 * 60)
    except signing.BadSignature:
        return "stranger"
    return str(mark) if known == username.casefold() else "stranger"


def _key(username: str, browser: str) -> tuple[str, str]:
    return username.casefold()[:150], browser


failures = FailureCounter()
