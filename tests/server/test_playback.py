from pathlib import Path

import pytest
from django.test import RequestFactory
from tests.server.factories import build_world

from dialogram.server.playback import answer_player
from dialogram.server.records.models import Recording

pytestmark = pytest.mark.django_db


@pytest.fixture
def recording() -> Recording:
    return build_world(media=bytes(5000)).recording


def open_times(recording: Recording) -> int:
    """Count how often this process holds the sealed file open."""
    held = [link.readlink() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return sum(path.name == recording.vault_name for path in held)


@pytest.mark.parametrize("read", [0, 1])
def test_a_viewer_who_leaves_early_leaves_no_file_open(recording: Recording, read: int) -> None:
    answer = answer_player(RequestFactory().get("/"), recording, viewer="one")
    assert open_times(recording) == 1
    body = iter(answer)
    for _ in range(read):
        next(body)

    answer.close()

    assert open_times(recording) == 0


def test_an_answer_that_is_not_streamed_leaves_no_file_open(recording: Recording) -> None:
    answer_player(RequestFactory().get("/", headers={"Range": "bytes=0-9"}), recording, viewer="one")
    answer_player(RequestFactory().head("/"), recording, viewer="one")

    assert open_times(recording) == 0


def test_the_tag_is_one_for_a_viewer_and_another_for_the_next(recording: Recording) -> None:
    first, again, other = (
        answer_player(RequestFactory().head("/"), recording, viewer=viewer)["ETag"] for viewer in ("one", "one", "two")
    )

    assert first == again != other
