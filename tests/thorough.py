"""How often a fault is tried: seldom in CI, often in `make test-all`."""

import os

ALL = bool(os.environ.get("DIALOGRAM_TEST_ALL"))


def times(seldom: int, often: int) -> int:
    return often if ALL else seldom
