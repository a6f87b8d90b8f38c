"""Somebody who uses only a keyboard gets from the link to the thank-you."""

import re

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import OpenContext, PreparedSession
from tests.e2e.desk import Desk
from tests.e2e.room import Room, tab_to
from tests.e2e.serving import Server

pytestmark = pytest.mark.e2e


def press(page: Page, selector: str, key: str = "Enter") -> None:
    tab_to(page, selector)
    page.keyboard.press(key)


def test_the_keyboard_alone_is_enough(
    server: Server, desk: Desk, prepared: PreparedSession, open_context: OpenContext
) -> None:
    session = prepared(desk)
    room = Room(open_context(base_url=server.address).new_page())
    page = room.page
    page.goto(desk.make_link(session, "client"))
    press(page, "form[method=post] button")
    room.expect_step("consent")
    press(page, "[name=agree]", "Space")
    press(page, "[name=clips]", "Space")
    press(page, "form:has([name=step]) button")

    room.expect_step("check")
    expect(page.locator("[data-clip-toggle]")).to_be_enabled()
    press(page, "[data-clip-toggle]")
    expect(page.locator("[data-clip]")).to_have_attribute("data-phase", "playing")
    press(page, "form:has([name=step]) button:not([type=button])")
    room.expect_step("instructions")
    press(page, "form:has([name=step]) button")

    room.turn_to_the_goals()
    expect(page.locator("[data-continue]")).to_be_focused(timeout=20_000)
    page.keyboard.press("Enter")

    room.wait_for_dial()
    for key in ("PageUp", "PageUp", "PageUp"):
        page.keyboard.press(key)
    expect(room.dial()).to_have_attribute("aria-valuenow", "80")
    expect(page.locator("[data-saved]")).not_to_be_empty()
    expect(page.locator("[data-veil]")).not_to_have_class(re.compile(r"\bshown\b"))
    page.wait_for_function("() => document.querySelector(`[data-media]`).currentTime > 12", timeout=20_000)
    page.keyboard.press("Home")
    room.wait_for_end_of_rating(timeout_s=25)

    room.expect_step("instructions")
    press(page, "form:has([name=step]) button")
    assert len(room.recall(lambda place, _segment: f"Typed without a mouse, {place}.")) == 2
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("form")).to_have_count(0)
    rows = desk.export(session).rows("moments.csv")
    assert {row["description"] for row in rows} == {f"Typed without a mouse, {place}." for place in range(2)}


def test_tab_does_not_find_what_cannot_be_reached(server: Server, open_context: OpenContext) -> None:
    page = open_context(base_url=server.address).new_page()
    page.set_content("<button>One</button><div id=lost>Two</div>")
    tab_to(page, "button")
    with pytest.raises(AssertionError):
        tab_to(page, "#lost")
