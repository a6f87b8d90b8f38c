"""Each guard of the ground is given a planted violation that it must catch."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tools.check_files import findings

ROOT = Path(__file__).parents[2]

PLANTED = {
    "a statistic that imports the web": ("analysis/planted.py", "import django\n", "never needs the web"),
    "a statistic that draws": ("analysis/planted.py", "import matplotlib\n", "numpy and scipy only"),
    "a layer that looks up": ("timeline/planted.py", "import dialogram.cli\n", "Layers of the distribution"),
    "a junk drawer": ("helpers/__init__.py", "", "Layers of the distribution"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_import_linter_catches(name: str, tmp_path: Path) -> None:
    path, text, contract = PLANTED[name]
    shutil.copytree(
        ROOT / "src/dialogram", tmp_path / "dialogram", ignore=shutil.ignore_patterns("__pycache__", "static")
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    planted = tmp_path / "dialogram" / path
    planted.parent.mkdir(exist_ok=True)
    (planted.parent / "__init__.py").touch()
    planted.write_text(text)
    run = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(tmp_path), "PATH": ""},
    )
    assert run.returncode == 1, run.stdout + run.stderr
    broken = re.findall(r"^(.+) BROKEN", run.stdout, flags=re.MULTILINE)
    assert any(contract in line for line in broken), run.stdout


def test_file_check_catches_length_registry_and_machine_paths() -> None:
    host, path = "py" + "pi.org", "/ro" + "ot/data"
    assert findings(Path("src/a.py"), "x\n" * 601) == ["src/a.py: 601 lines, at most 600"]
    assert findings(Path("tests/a.py"), "x\n" * 900) == []
    assert findings(Path("a.md"), f"see {host}") == ["a.md:1: names a package registry's host"]
    assert findings(Path("a.md"), f"in {path}") == ["a.md:1: carries a path of one machine"]
    assert findings(Path("a.md"), "src/work/room and homework") == []


def test_importing_the_library_loads_nothing_heavy() -> None:
    heavy = ("django", "matplotlib", "pydantic", "scipy", "dask")
    code = f"import sys, dialogram; print([m for m in {heavy} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
