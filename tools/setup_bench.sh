#!/bin/sh
# Add the peers that benchmarks measure beside to .venv; the next change of requirements.lock takes them out again.
set -eu
UV_PYTHON_DOWNLOADS=never .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r benchmarks/requirements.lock || {
  echo "dialogram: could not install what benchmarks/requirements.lock names; is there a network?" >&2
  exit 1
}
