#!/bin/sh
# Make .venv from the hashed lock and install the project into it.
set -eu
fail() { echo "dialogram: $1" >&2; exit 1; }
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 12))'; then
  rm -rf .venv
  python=$(sh tools/find_python.sh) || exit 1
  "$python" -m venv .venv || fail "could not make .venv with $python"
fi
if [ ! -x .venv/bin/uv ]; then
  .venv/bin/pip install --quiet --disable-pip-version-check uv || fail "could not install uv from the package index; is there a network?"
fi
export UV_PYTHON_DOWNLOADS=never
.venv/bin/uv pip sync --quiet --python .venv/bin/python requirements.lock || fail "could not install what requirements.lock names; is there a network?"
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable . || fail "could not install the project into .venv"
