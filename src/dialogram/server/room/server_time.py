"""The clock by which pages and phones of one sitting find each other."""

import time

_ZERO_MS = time.time() * 1000 - time.monotonic() * 1000
"""Taken once: from here on it runs without jumps, whatever is done to the computer's clock."""


def server_ms() -> float:
    """Return the server's time in milliseconds; only differences mean something."""
    return round(_ZERO_MS + time.monotonic() * 1000, 3)
