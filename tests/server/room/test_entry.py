from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.server.factories import build_world, come_in, give_link

from dialogram.server.records.domain.links import revoke_link
from dialogram.server.records.models import AuditEntry, Link
from dialogram.study import Task

pytestmark = pytest.mark.django_db


def answers(client: Client, path: str) -> list[tuple[int, dict[str, str], bytes]]:
    responses = [client.get(path), client.post(path)]
    return [(response.status_code, dict(response.headers), response.content) for response in responses]


def test_a_link_shows_a_door_and_is_used_only_by_opening_it() -> None:
    world = build_world()
    token = give_link(world, world.client)

    door = Client().get(f"/r/{token}")
    preview = Client().head(f"/r/{token}")

    assert (door.status_code, preview.status_code) == (200, 200)
    assert Link.objects.get().first_used_at is None
    opened = Client().post(f"/r/{token}")
    assert (opened.status_code, opened["Location"]) == (302, "/room/")
    assert Link.objects.get().first_used_at is not None
    assert AuditEntry.objects.filter(action="link.entered").count() == 1


def test_a_link_opens_again_on_another_day_and_device() -> None:
    world = build_world()
    token = give_link(world, world.client)

    pages = [come_in(token).get("/room/") for _ in range(2)]

    assert [page.status_code for page in pages] == [200, 200]
    assert AuditEntry.objects.filter(action="link.entered").count() == 1


def test_wrong_expired_and_revoked_links_answer_with_the_same_bytes() -> None:
    world = build_world()
    expired = give_link(world, world.client, lifetime=timedelta(seconds=-1))
    revoked = give_link(world, world.client)
    link = Link.objects.latest("created_at")
    revoke_link(link_id=link.pk, user_id=world.owner.pk, now=timezone.now())

    wrong, gone, closed = (answers(Client(), f"/r/{token}") for token in ("x" * 32, expired, revoked))

    assert [status for status, _, _ in wrong] == [404, 404]
    assert wrong == gone == closed
    assert wrong != answers(Client(), f"/r/{give_link(world, world.client)}")
    page = Client().get(f"/r/{expired}").content.decode()
    assert "This link has run out" in page
    assert "Please ask the person who gave it to you for a new one." in page
    assert "once more" not in page


def test_coming_in_ends_the_session_that_was_open_in_this_browser() -> None:
    world = build_world()
    browser = Client()
    browser.force_login(world.owner)

    browser.post(f"/r/{give_link(world, world.client)}")

    assert "_auth_user_id" not in browser.session


def test_the_room_is_shut_once_its_link_is_revoked() -> None:
    world = build_world()
    browser = come_in(give_link(world, world.client))
    stranger = Client().get("/room/")
    link = Link.objects.get()
    revoke_link(link_id=link.pk, user_id=world.owner.pk, now=timezone.now())

    shut = browser.get("/room/")

    assert (shut.status_code, shut.content) == (404, stranger.content)


def test_a_link_opens_no_task_that_is_not_its_own() -> None:
    world = build_world()
    browser = come_in(give_link(world, world.therapist, Task.GUESS))

    page = browser.get("/room/")

    assert page.status_code == 200
    assert b"There is nothing to do now" in page.content


def test_the_token_is_nowhere_but_in_the_address_of_the_door() -> None:
    world = build_world()
    token = give_link(world, world.client)
    browser = Client()
    door = browser.get(f"/r/{token}")
    opened = browser.post(f"/r/{token}")

    assert door["Referrer-Policy"] in {"no-referrer", "same-origin"}
    for response in (door, opened, browser.get("/room/")):
        assert token.encode() not in response.content
        assert token not in str(response.headers) + str(response.cookies)
