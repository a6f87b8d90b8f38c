"""A rating that is under way learns within seconds that it was closed, or that its recording is used no more."""

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import SHORT_S, Film, OpenContext
from tests.e2e.desk import Desk, give_reason, short_design
from tests.e2e.room import Room
from tests.e2e.serving import Server

pytestmark = pytest.mark.e2e


def test_closing_and_voiding_end_what_is_being_rated(
    server: Server, desk: Desk, film: Film, open_context: OpenContext
) -> None:
    session = desk.prepare("Gone", design=short_design(practice=False), film=film(2 * SHORT_S))
    client, therapist = (
        begin(Room(open_context(base_url=server.address).new_page()), desk.make_link(session, role))
        for role in ("client", "therapist")
    )

    desk.page.goto(session)
    give_reason(desk.page.locator("#person-client form[action$='/close']"), "went home")
    over(client.page, "Your rating was ended here")
    assert plays(therapist.page)

    give_reason(desk.page.locator("#recording form[action$='/void']"), "another dyad")
    over(therapist.page, "This recording is not used any more")
    therapist.page.goto("/room/")
    expect(therapist.page.locator("h1")).to_have_text("This recording is not used any more")


def begin(room: Room, link: str) -> Room:
    room.come_in(link)
    room.agree()
    room.check()
    room.read()
    room.wait_for_dial()
    room.page.keyboard.press("ArrowUp")
    expect(room.page.locator("[data-saved]")).to_contain_text("saved to", timeout=10_000)
    assert plays(room.page)
    return room


def plays(page: Page) -> bool:
    is_paused: bool = page.locator("[data-media]").evaluate("media => media.paused")
    return not is_paused


def over(page: Page, said: str) -> None:
    expect(page.locator("[data-veil-title]")).to_have_text(said, timeout=10_000)
    expect(page.locator("[data-veil-help]")).to_contain_text("call your local emergency number")
    expect(page.locator("[data-media]")).to_be_hidden()
    assert not plays(page)
