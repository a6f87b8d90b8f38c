import atexit
import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest
from tests.thorough import ALL

SHARED = Path(os.environ.get("DIALOGRAM_SHARED", Path(__file__).parents[2] / "shared"))


def pytest_configure() -> None:
    """Open a throw-away data folder before Django reads its settings, and hear Ctrl-C whoever started this.

    A shell lets what it starts in the background ignore it, and all that comes of it: a test of Ctrl-C would not end.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from dialogram.server.config.boot import boot
    from dialogram.server.config.data_folder import make_folder

    folder = Path(tempfile.mkdtemp(prefix="dialogram-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    make_folder(folder)
    boot(folder)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the slow tests unless all are asked for; skip what needs absent data, but never in CI."""
    absent = not (SHARED / "data").is_dir()
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        if absent and item.get_closest_marker("shared_data"):
            if os.environ.get("CI"):
                pytest.exit(f"the shared data are absent ({SHARED / 'data'}), and CI skips no test", returncode=1)
            item.add_marker(pytest.mark.skip(reason="the shared data are absent"))
        slow = item.get_closest_marker("slow") and not ALL
        (left_out if slow else kept).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


@pytest.fixture(scope="session")
def shared_data() -> Path:
    return SHARED / "data"
