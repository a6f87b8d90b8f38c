import json
import subprocess
import sys
from pathlib import Path

import dialogram

SHOW_HELP = """
import sys, contextlib, dialogram.cli
sys.argv = ["dialogram", "--help"]
with contextlib.suppress(SystemExit):
    dialogram.cli.main()
"""


def _loaded(code: str) -> set[str]:
    script = f"{code}\nimport sys; print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_help_loads_no_numbers() -> None:
    loaded = _loaded(SHOW_HELP)
    assert "typer" in loaded
    assert not loaded & {"numpy", "scipy", "django", "matplotlib"}


def test_what_is_named_is_loaded_when_it_is_asked_for() -> None:
    assert "numpy" not in _loaded("import dialogram")
    assert "numpy" in _loaded("import dialogram; dialogram.Trace")
    assert {"Trace", "compare", "read_traces", "__version__"} <= set(dir(dialogram))
    for name in dir(dialogram):
        assert getattr(dialogram, name) is not None


def test_the_program_runs_as_a_process_of_its_own(tmp_path: Path) -> None:
    """Exit codes and streams as a script sees them, warnings being errors."""
    table = tmp_path / "dyad.csv"
    table.write_text("second,a,b\n" + "".join(f"{second},{second % 7},{second % 5}\n" for second in range(200)))
    program = [sys.executable, "-W", "error", "-m", "dialogram", "dyad", str(table), "--columns", "a"]
    done = subprocess.run([*program, "b", "--json"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["n"] == 200
    assert done.stderr == ""
    bad = subprocess.run([*program, "c", "--json"], capture_output=True, text=True, check=False)
    assert (bad.returncode, bad.stdout, bad.stderr.count("\n")) == (3, "", 1)
