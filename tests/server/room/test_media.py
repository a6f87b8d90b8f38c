from typing import Any

import pytest
from django.test import Client
from tests.server.factories import World, agree, build_world, come_in, give_link

from dialogram.server.records.models import Sitting

pytestmark = pytest.mark.django_db

MEDIA = bytes(range(256)) * 12_000


def watching(*, consent: bool = True) -> tuple[World, Client, str]:
    world = build_world(media=MEDIA)
    if consent:
        agree(world, world.client)
    browser = come_in(give_link(world, world.client))
    browser.get("/room/")
    return world, browser, f"/room/sittings/{Sitting.objects.get().pk}/media"


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)


def test_a_range_is_answered_with_just_its_bytes() -> None:
    _, browser, url = watching()

    answer = browser.get(url, headers={"Range": "bytes=100-199"})

    assert (answer.status_code, answer["Content-Range"]) == (206, f"bytes 100-199/{len(MEDIA)}")
    assert body(answer) == MEDIA[100:200]
    assert answer["Content-Type"] == "video/mp4"
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["Cache-Control"] == "no-store"


def test_a_player_that_asks_for_everything_gets_a_mebibyte() -> None:
    _, browser, url = watching()

    answer = browser.get(url, headers={"Range": "bytes=0-"})

    assert (answer.status_code, answer["Content-Length"]) == (206, str(1024 * 1024))
    assert body(answer) == MEDIA[: 1024 * 1024]


def test_without_a_range_the_whole_is_sent_and_the_file_closed() -> None:
    _, browser, url = watching()

    answer = browser.get(url)

    assert (answer.status_code, answer["Content-Length"]) == (200, str(len(MEDIA)))
    assert body(answer) == MEDIA


def test_a_range_beyond_the_end_cannot_be_had() -> None:
    _, browser, url = watching()

    answer = browser.get(url, headers={"Range": f"bytes={len(MEDIA)}-"})

    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(MEDIA)}")


def test_head_tells_the_size_and_sends_nothing() -> None:
    _, browser, url = watching()

    answer = browser.head(url, headers={"Range": "bytes=0-9"})

    assert (answer.status_code, answer["Content-Length"], answer.content) == (200, str(len(MEDIA)), b"")


@pytest.mark.parametrize(("tag", "status"), [("its own", 206), ('"another"', 200)])
def test_a_range_of_another_version_is_not_given(tag: str, status: int) -> None:
    _, browser, url = watching()
    own = browser.head(url)["ETag"]

    answer = browser.get(url, headers={"Range": "bytes=0-9", "If-Range": own if tag == "its own" else tag})

    assert answer.status_code == status
    assert body(answer) == (MEDIA[:10] if status == 206 else MEDIA)


def test_nothing_of_the_recording_is_served_before_consent() -> None:
    world, browser, url = watching(consent=False)

    for refused in (browser.get(url), browser.get(url, headers={"Range": "bytes=0-1"}), browser.head(url)):
        assert refused.status_code == 404
    agree(world, world.client)
    assert browser.get(url, headers={"Range": "bytes=0-1"}).status_code == 206


def test_a_recording_is_not_served_to_another_link_or_to_none() -> None:
    world, _, url = watching()
    agree(world, world.therapist)
    other = come_in(give_link(world, world.therapist))
    other.get("/room/")

    for stranger in (other, Client()):
        assert stranger.get(url, headers={"Range": "bytes=0-1"}).status_code == 404


def test_two_participants_never_meet_the_same_tag() -> None:
    world, browser, url = watching()
    agree(world, world.therapist)
    other = come_in(give_link(world, world.therapist))
    other.get("/room/")
    own = Sitting.objects.get(participant=world.therapist)

    assert browser.head(url)["ETag"] != other.head(f"/room/sittings/{own.pk}/media")["ETag"]


def test_a_void_recording_is_not_served() -> None:
    world, browser, url = watching()
    type(world.recording).objects.filter(pk=world.recording.pk).update(state="void")

    assert browser.get(url, headers={"Range": "bytes=0-1"}).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_a_recording_is_only_read(method: str) -> None:
    _, browser, url = watching()

    assert getattr(browser, method)(url).status_code == 405
