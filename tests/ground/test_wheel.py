"""The wheel carries everything: in an empty environment, without Node, it shows the example study."""

import re
import socket
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [BIN / "uv", "build", "--wheel", "--no-build-isolation", "--quiet", "--out-dir", folder, ROOT], check=True
    )
    return next(folder.glob("*.whl"))


def test_it_carries_front_end_templates_designs_and_migrations(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        r"dialogram/server/static/manifest\.json",
        r"dialogram/server/static/assets/rate-.+\.js",
        r"dialogram/server/room/templates/room/rate\.html",
        r"dialogram/server/records/migrations/0001_initial\.py",
        r"dialogram/study/designs/helpfulness\.toml",
        r"dialogram/reports/report\.typ",
        r"dialogram/py\.typed",
    ):
        assert any(re.fullmatch(wanted, name) for name in names), wanted
    assert not [name for name in names if "node_modules" in name or name.startswith("tests/")]


@pytest.mark.e2e
def test_it_shows_the_example_study_in_an_empty_environment_without_node(wheel: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    subprocess.run([BIN / "uv", "venv", "--quiet", "--python", sys.executable, venv], check=True)
    subprocess.run(
        [BIN / "uv", "pip", "install", "--quiet", "--python", venv / "bin/python", "--constraints",
         ROOT / "requirements.lock", f"{wheel}[app]"],
        check=True,
    )  # fmt: skip
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(venv / "bin/dialogram"), "demo", "--port", str(port), "--no-browser"]
    environment = {"PATH": "", "HOME": str(Path.home())}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as demo:
        try:
            assert demo.stdout is not None
            address = next(line.strip() for line in demo.stdout if line.startswith(f"http://localhost:{port}/"))
            with urllib.request.build_opener(urllib.request.HTTPCookieProcessor()).open(address) as page:
                assert page.status == 200
                assert "What helped, moment by moment (example)" in page.read().decode()
        finally:
            demo.terminate()
            assert demo.wait(timeout=30) == 0
