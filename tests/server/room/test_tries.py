import json
from typing import Any

import pytest
from django.test import Client
from tests.server.factories import World, agree, build_world, come_in, give_link, page_data
from tests.server.records.test_practice import DESIGN, following

from dialogram.server.records.models import PracticeTry, Sitting
from dialogram.study import Task

pytestmark = pytest.mark.django_db


def at_practice(world: World) -> tuple[Client, dict[str, Any]]:
    agree(world, world.client)
    browser = come_in(give_link(world, world.client, Task.RATE))
    for step in ("check", "instructions"):
        browser.post("/room/", {"step": step})
    return browser, dict(page_data(browser.get("/room/")))


def send(browser: Client, data: dict[str, Any], body: object) -> Any:
    return browser.post(f"{data['base']}/tries", json.dumps(body), content_type="application/json")


def test_the_page_has_the_path_and_a_try_brings_the_next() -> None:
    browser, data = at_practice(build_world(design=DESIGN))
    assert data["target"]["number"] == 1
    assert "is kept" in data["texts"]["target_how"], "what a hand does at the ring stays, and it is told so"
    assert len(data["target"]["values"]) == 121
    answer = send(browser, data, {"number": 1, "moves": [[0, 50]]})
    assert answer.status_code == 200
    assert answer.json()["verdict"] == "again"
    assert answer.json()["target"]["number"] == 2
    assert page_data(browser.get("/room/"))["target"] == answer.json()["target"], "a reload goes on where it was"
    assert send(browser, data, {"number": 2, "moves": following(2, late_s=0.5)}).json()["verdict"] == "met"


def test_a_practice_without_a_ring_has_none() -> None:
    browser, data = at_practice(build_world())
    assert data["target"] is None
    assert send(browser, data, {"number": 1, "moves": [[0, 50]]}).status_code == 409
    assert not PracticeTry.objects.exists()


@pytest.mark.parametrize(
    "moves",
    [
        [],
        [[1, 50]],
        [[0, 50], [2, 50], [1, 50]],
        [[0]],
        [[0, "50"]],
        [[0, 50, 1]],
        [[0, 1], [9e9, 1]],
        [[0, 1]] * 20_001,
    ],
)
def test_what_is_no_try_is_refused(moves: object) -> None:
    browser, data = at_practice(build_world(design=DESIGN))
    assert send(browser, data, {"number": 1, "moves": moves}).status_code in {400, 413}
    assert not PracticeTry.objects.exists()


def test_nobody_tries_for_another() -> None:
    world = build_world(design=DESIGN)
    _, data = at_practice(world)
    other = come_in(give_link(world, world.therapist, Task.RATE))
    assert send(other, data, {"number": 1, "moves": [[0, 50]]}).status_code == 404
    assert Client().post(f"{data['base']}/tries", "{}", content_type="application/json").status_code == 404
    assert Sitting.objects.exists()
    assert not PracticeTry.objects.exists()
