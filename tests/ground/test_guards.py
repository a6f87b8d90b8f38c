"""Each guard of the ground is given a planted violation that it must catch."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tools.check_files import findings

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent

PLANTED = {
    "a statistic that imports the web": ("analysis/planted.py", "import django\n", "never needs the web"),
    "a statistic that draws": ("analysis/planted.py", "import matplotlib\n", "numpy and scipy only"),
    "a layer that looks up": ("timeline/planted.py", "import dialogram.cli\n", "Layers of the distribution"),
    "a junk drawer": ("helpers/__init__.py", "", "Layers of the distribution"),
    "a command that loads the server": (
        "cli/extremes.py",
        "import dialogram.server\n",
        "serve and demo load the server",
    ),
    "a command that talks to the cluster": ("cli/extremes.py", "import distributed\n", "Only compute knows Dask"),
    "a face that knows the other": ("server/room/planted.py", "import dialogram.server.desk.doors\n", "the server"),
    "a junk drawer in the server": ("server/common/__init__.py", "", "the server"),
    "a model that knows what happens": (
        "server/records/models/planted.py",
        "import dialogram.server.records.domain.audit\n",
        "record keeper",
    ),
    "a participant's page that knows names": (
        "server/room/planted.py",
        "import dialogram.server.identity.models\n",
        "people's names",
    ),
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
        [BIN / "lint-imports", "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(tmp_path), "PATH": ""},
    )
    assert run.returncode == 1, run.stdout + run.stderr
    broken = re.findall(r"^(.+) BROKEN", run.stdout, flags=re.MULTILINE)
    assert any(contract in line for line in broken), run.stdout


PLANTED_IN_FRONT_END = {
    "the DOM in core": ("core/planted.ts", "export const title = document.title;\n", ("tsc", "--build"), "document"),
    "a page in core": (
        "core/planted.ts",
        'import { sleep } from "../pages/parts/elements.ts";\n\nexport const wait = sleep;\n',
        ("biome", "check", "core"),
        "noRestrictedImports",
    ),
    "a type that does not fit": (
        "dial/planted.ts",
        "export const angle: number = 'x';\n",
        ("tsc", "--build"),
        "TS2322",
    ),
}


@pytest.mark.parametrize("name", PLANTED_IN_FRONT_END)
def test_front_end_checks_catch(name: str, tmp_path: Path) -> None:
    path, text, command, said = PLANTED_IN_FRONT_END[name]
    front_end = tmp_path / "frontend"
    shutil.copytree(ROOT / "frontend", front_end, ignore=shutil.ignore_patterns("node_modules", ".tsc"))
    (front_end / "node_modules").symlink_to(ROOT / "frontend/node_modules")
    (front_end / path).write_text(text)
    run = subprocess.run(
        [ROOT / "frontend/node_modules/.bin" / command[0], *command[1:]],
        cwd=front_end, capture_output=True, text=True, check=False, env=os.environ | {"PATH": f"{BIN}:/usr/bin:/bin"},
    )  # fmt: skip
    assert run.returncode != 0
    assert said in run.stdout + run.stderr


def test_set_up_says_in_one_line_that_there_is_no_python(tmp_path: Path) -> None:
    run = subprocess.run(
        ["/bin/sh", ROOT / "tools/find_python.sh"],
        capture_output=True, text=True, check=False, env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
    )  # fmt: skip
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.startswith("dialogram: no Python 3.12 or newer found")
    assert run.stderr.count("\n") == 1


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
