import contextlib
from pathlib import Path


def alive_in(group: int) -> list[str]:
    """Who of a process group has not ended."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # gone meanwhile
            state, _, in_group, *_ = file.read_text().rpartition(")")[2].split()
            if state != "Z" and int(in_group) == group:
                found.append(file.parent.name)
    return found
