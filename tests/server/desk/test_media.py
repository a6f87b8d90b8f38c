import pytest
from django.test import Client
from tests.server.factories import World, build_world

from dialogram.server.records.models import AuditEntry, Membership, Recording

pytestmark = pytest.mark.django_db

FILM = bytes(range(256)) * 6000
MIB = 1024 * 1024


@pytest.fixture
def world() -> World:
    return build_world(media=FILM)


@pytest.fixture
def browser(world: World) -> Client:
    browser = Client()
    browser.force_login(world.owner)
    return browser


def media(world: World) -> str:
    return f"/desk/recordings/{world.recording.pk}/media"


def test_a_range_is_answered_with_at_most_a_mebibyte(world: World, browser: Client) -> None:
    response = browser.get(media(world), headers={"Range": "bytes=5-"})

    assert response.status_code == 206
    assert response.content == FILM[5 : 5 + MIB]
    assert response["Content-Range"] == f"bytes 5-{4 + MIB}/{len(FILM)}"
    assert response["Content-Type"] == "video/mp4"
    assert response["Cache-Control"] == "no-store"


def test_the_whole_is_sent_whole_and_a_head_describes_it(world: World, browser: Client) -> None:
    whole = browser.get(media(world))
    head = browser.head(media(world))

    assert b"".join(whole.streaming_content) == FILM  # type: ignore[attr-defined]  # it is a stream
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Length"] == whole["Content-Length"] == str(len(FILM))
    assert head["ETag"] == whole["ETag"]


def test_a_range_beyond_the_end_is_refused(world: World, browser: Client) -> None:
    response = browser.get(media(world), headers={"Range": f"bytes={len(FILM)}-"})

    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(FILM)}")


def test_the_tag_is_each_viewer_s_own(world: World, browser: Client) -> None:
    other = build_world(media=FILM)
    Membership.objects.create(study=world.study, user=other.owner, role="researcher")
    theirs = Client()
    theirs.force_login(other.owner)

    tags = {one.head(media(world))["ETag"] for one in (browser, theirs)}

    assert len(tags) == 2


def test_a_look_is_written_down_once(world: World, browser: Client) -> None:
    for start in (0, 1000, 2000):
        browser.get(media(world), headers={"Range": f"bytes={start}-"})
    assert AuditEntry.objects.filter(action="recording.played").count() == 1

    again = Client()
    again.force_login(world.owner)
    again.get(media(world), headers={"Range": "bytes=0-"})

    assert AuditEntry.objects.filter(action="recording.played").count() == 2


def test_a_void_recording_is_shown_to_nobody(world: World, browser: Client) -> None:
    Recording.objects.update(state="void")

    assert browser.get(media(world)).status_code == 404
