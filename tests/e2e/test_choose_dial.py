"""A participant sets up a dial by keyboard, on the real pages, and rates with it."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import SHORT_S, Film, OpenContext
from tests.e2e.desk import Desk, short_design
from tests.e2e.harness_rate.fakes import FAKES
from tests.e2e.room import Room, tab_to
from tests.e2e.serving import Server

pytestmark = pytest.mark.e2e


def remembered(page: Page) -> dict[str, Any] | None:
    kept: dict[str, Any] | None = json.loads(page.evaluate("localStorage.getItem('dialogram-dial')") or "null")
    return kept


def press(page: Page, selector: str, key: str = "Enter") -> None:
    tab_to(page, selector)
    page.keyboard.press(key)


def test_a_dial_is_chosen_calibrated_and_rated_with(
    server: Server, desk: Desk, film: Film, open_context: OpenContext
) -> None:
    design = short_design(per_kind=1).replace("[rate]", '[rate]\ndials = ["screen", "gamepad", "hid"]')
    session = desk.prepare("Dials", design=design, film=film(SHORT_S))
    page = open_context(base_url=server.address).new_page()
    hid = FAKES["hid"].script.replace("GRANTED", "false").replace("window.fake", "window.wheel")
    page.add_init_script(f"(() => {{{hid}}})();(() => {{{FAKES['gamepad'].script}}})();")
    room = Room(page)
    room.come_in(desk.make_link(session, "therapist"))
    room.agree()
    room.check()
    room.read()

    room.choose_dial("hid")
    told, dial = page.locator("[data-told]"), page.locator(".dial-slider")
    expect(told).to_have_text("Plug it in, press Connect, and turn it.")
    assert remembered(page) is None
    press(page, "[data-connect]")
    expect(told).to_contain_text("Connected: Fake wheel")
    page.evaluate("wheel.to(60, 50)")
    expect(dial).to_have_attribute("aria-valuenow", "60")
    chosen = remembered(page)
    assert chosen
    assert (chosen["kind"], chosen["address"]) == ("hid", [1, 2])

    room.choose_dial("gamepad")
    expect(told).to_contain_text("Connected: Fake stick")
    page.evaluate("fake.push(0.9)")
    press(page, "[data-adjust] summary")
    tab_to(page, "[data-form]")
    page.locator("[data-form]").select_option("position")
    expect(dial).to_have_attribute("aria-valuenow", "95")
    press(page, "[data-set]")
    for reading, asked in ((-0.9, "helpful"), (0.7, "neutral"), (0.1, "Set.")):
        page.evaluate("(raw) => fake.push(raw)", reading)
        page.wait_for_timeout(100)
        page.keyboard.press("Enter")
        expect(page.locator("[data-set-told]")).to_contain_text(asked)
    page.evaluate("fake.push(0.7)")
    expect(dial).to_have_attribute("aria-valuenow", "100")
    chosen = remembered(page)
    assert chosen
    assert chosen["calibration"] == {"low": -0.9, "neutral": 0.1, "high": 0.7, "dead_zone": 0}
    assert set(chosen) == {"kind", "name", "address", "form", "calibration"}
    press(page, "form:has(input[name=step]) button")

    room.skip_practice()
    room.wait_for_dial()
    page.evaluate("fake.push(0.4)")
    expect(page.locator("[data-veil-title]")).to_have_text("")
    expect(dial).to_have_attribute("aria-valuenow", "75")
