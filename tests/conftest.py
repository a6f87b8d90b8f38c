import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("DIALOGRAM_SHARED", Path(__file__).parents[2] / "shared"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the slow tests unless a marker expression was given; skip what needs absent data."""
    absent = not (SHARED / "data").is_dir()
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        if absent and item.get_closest_marker("shared_data"):
            if os.environ.get("CI"):
                pytest.exit(f"the shared data are absent ({SHARED / 'data'}), and CI skips no test", returncode=1)
            item.add_marker(pytest.mark.skip(reason="the shared data are absent"))
        slow = item.get_closest_marker("slow") and not os.environ.get("DIALOGRAM_TEST_ALL")
        (left_out if slow else kept).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


@pytest.fixture(scope="session")
def shared_data() -> Path:
    return SHARED / "data"
