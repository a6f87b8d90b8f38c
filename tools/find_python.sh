#!/bin/sh
# Print a Python of at least 3.12: the newest on PATH, else one of pyenv's, else one that uv knows.
set -u
good() { "$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; }
for name in python3.14 python3.13 python3.12 python3 python; do
  path=$(command -v "$name" 2>/dev/null) && good "$path" && { echo "$path"; exit 0; }
done
for path in $(/bin/ls -dr "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python 2>/dev/null); do
  good "$path" && { echo "$path"; exit 0; }
done
if command -v uv >/dev/null 2>&1; then
  path=$(UV_PYTHON_DOWNLOADS=never uv python find '>=3.12' 2>/dev/null) && good "$path" && { echo "$path"; exit 0; }
fi
echo "dialogram: no Python 3.12 or newer found (on PATH, under pyenv, or known to uv); install one, e.g. 'apt-get install python3.12 python3.12-venv', and run make again" >&2
exit 1
