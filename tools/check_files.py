"""Refuse committed files that are too long to read, name a registry's host, or carry a path of one machine."""

import re
import subprocess
import sys
from pathlib import Path

MOST_LINES = 600
MOST_LINES_TEST = 900
CODE = {".py", ".ts", ".css", ".html", ".sh"}
REGISTRY = re.compile(r"py" r"pi\.org|python" r"hosted\.org|registry\.npm" r"js|deb\.deb" r"ian\.org")
MACHINE = re.compile(r"(?<![\w.~-])/(?:ro" r"ot|wo" r"rk|ho" r"me/[a-z])")


def findings(path: Path, text: str) -> list[str]:
    """Say what is wrong with one file, a line each."""
    found = []
    lines = text.splitlines()
    is_test = path.parts[0] == "tests" or path.name.endswith(".test.ts")
    most = MOST_LINES_TEST if is_test else MOST_LINES
    if path.suffix in CODE and "migrations" not in path.parts and len(lines) > most:
        found.append(f"{path}: {len(lines)} lines, at most {most}")
    for number, line in enumerate(lines, 1):
        if REGISTRY.search(line):
            found.append(f"{path}:{number}: names a package registry's host")
        if MACHINE.search(line):
            found.append(f"{path}:{number}: carries a path of one machine")
    return found


def main() -> int:
    """Check every file git tracks or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], capture_output=True, text=True, check=True
    ).stdout.split("\n")
    found = []
    for name in filter(None, listed):
        path = Path(name)
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
        found += findings(path, text)
    print("\n".join(found) or f"{len(listed)} files: none too long, no registry host, no machine path")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
