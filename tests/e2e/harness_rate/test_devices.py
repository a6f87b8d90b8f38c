"""Every dial that is no part of the page, through a whole short sitting; hardware is faked, the rest is real."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.e2e.harness_rate.conftest import MakeRoom, OpenPage
from tests.e2e.harness_rate.fakes import FAKES, Fake
from tests.e2e.harness_rate.frontend_tag import STATIC, chunks
from tests.e2e.harness_rate.pages import practice_page, rate_page
from tests.e2e.harness_rate.room import Room
from tests.e2e.harness_rate.texts import RATE

from dialogram.capture import assemble
from dialogram.timeline import HELPFULNESS

pytestmark = pytest.mark.e2e

ALL = ["screen", "mouse-lock", "gamepad", "midi", "hid", "serial"]
DEVICES = ["mouse_lock", "gamepad", "midi", "hid", "serial"]
LENGTH_S = 2.0


def title(page: Page, text: str) -> None:
    expect(page.locator("[data-veil-title]")).to_have_text(text, timeout=8000)


def expect_value(page: Page, value: int) -> None:
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuenow", str(value))


def expect_loaded(page: Page, *kinds: str) -> None:
    """The page's own script, and that of no device but these."""
    scripts = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    assert any("/rate-" in name for name in scripts)
    for kind in DEVICES:
        assert any(f"/{kind}-" in name for name in scripts) == (kind in kinds), kind


def expect_logged(room: Room, *, source: str, name: str, device: list[str], ends_at: float) -> None:
    """What a sitting leaves behind: whose hand it was, when the device was there, and the trace."""
    facts = room.log().streams[0].facts()["device"]
    assert (facts["kind"], facts["name"]) == (source, name)
    assert facts["resolution"] >= 1
    dials = room.events("dial")
    assert {event.text(1) for event in dials} == {source}
    assert [(event.text(0), event.text(1)) for event in room.events("device")] == [(state, name) for state in device]
    assert room.refused == []
    trace = assemble(room.log(), scale=HELPFULNESS, start_s=0, end_s=LENGTH_S, step_s=0.5).trace
    assert trace.values[-1] == pytest.approx(ends_at)


@pytest.mark.parametrize("fake", FAKES.values(), ids=FAKES)
def test_a_device_rates_is_lost_and_comes_back(
    fake: Fake, make_room: MakeRoom, context: BrowserContext, open_page: OpenPage
) -> None:
    context.add_init_script(fake.init_script())
    opened = make_room({"rate": rate_page(end_s=LENGTH_S, dials=ALL)})
    page = open_page(opened.url("rate"))
    title(page, RATE["begin"])
    # What only trembles, or belongs to another knob, begins nothing.
    page.wait_for_timeout(250)
    title(page, RATE["begin"])
    expect_loaded(page, fake.kind)

    page.evaluate("fake.to(70, 50)")
    title(page, "")
    expect_value(page, 70)
    page.evaluate("fake.to(64, 70)")
    expect_value(page, 64)
    page.evaluate("fake.lose()")
    title(page, RATE["device_lost"])
    expect(page.locator("[data-veil-detail]")).to_have_text(RATE["device_lost_how"])
    assert page.evaluate("document.querySelector('video').paused")

    page.evaluate("fake.find()")
    title(page, RATE["go_on"])
    page.wait_for_timeout(250)
    assert page.evaluate("document.querySelector('video').paused")
    page.evaluate("fake.to(31, 64)")
    title(page, "")
    expect_value(page, 31)
    page.wait_for_url("**/room/done", timeout=15_000)
    states = ["found", "lost", "found"]
    if fake.kind == "serial":
        states.insert(0, "lost")  # a port says nothing until it was asked who is there
    expect_logged(opened.room, source=fake.kind, name=fake.name, device=states, ends_at=31)
    readings = opened.room.events("raw")
    if fake.form in {"turn", "twos-complement"}:
        assert readings == []
    else:
        dials = opened.room.events("dial")
        assert [event.t_ms for event in readings] == [event.t_ms for event in dials]


def test_a_stick_that_springs_back_moves_the_dial_while_it_is_pushed(
    make_room: MakeRoom, context: BrowserContext, open_page: OpenPage
) -> None:
    fake = Fake("gamepad", "Fake stick", FAKES["gamepad"].script, [0], "spring")
    context.add_init_script(fake.init_script(low=-1, neutral=0.2, high=1, dead_zone=0.2))
    opened = make_room({"rate": rate_page(end_s=LENGTH_S, dials=ALL)})
    page = open_page(opened.url("rate"))
    title(page, RATE["begin"])
    page.evaluate("fake.push(0.3)")
    page.wait_for_timeout(250)
    title(page, RATE["begin"])
    page.evaluate("fake.push(1)")
    title(page, "")
    expect_value(page, 100)
    page.evaluate("fake.push(0.2)")
    page.evaluate("fake.touch()")
    page.wait_for_url("**/room/done", timeout=15_000)
    expect_logged(opened.room, source="gamepad", name="Fake stick", device=["found"], ends_at=100)
    values = [event.number(0) for event in opened.room.events("dial")]
    assert values == sorted(values)
    assert len(values) > 10
    calibration = opened.room.log().streams[0].facts()["device"]["calibration"]
    assert calibration == {"low": -1, "neutral": 0.2, "high": 1, "dead_zone": 0.2}


def test_the_mouse_is_held_without_a_button_and_let_go_by_escape(
    make_room: MakeRoom, context: BrowserContext, open_page: OpenPage
) -> None:
    mouse = Fake("mouse-lock", "mouse", "", form="turn")
    context.add_init_script(mouse.init_script())
    opened = make_room({"rate": rate_page(end_s=LENGTH_S, dials=ALL)})
    page = open_page(opened.url("rate"))
    title(page, RATE["mouse_free"])
    page.mouse.move(600, 300)
    page.mouse.move(700, 300)
    title(page, RATE["mouse_free"])
    page.mouse.click(640, 300)
    title(page, "")
    page.mouse.move(710, 300, steps=5)
    expect_value(page, 60)
    page.evaluate("document.exitPointerLock()")
    title(page, RATE["mouse_free"])
    page.mouse.move(640, 300)
    expect_value(page, 60)
    page.keyboard.press("m")
    title(page, "")
    page.mouse.move(640, 440, steps=4)
    expect_value(page, 40)
    page.wait_for_url("**/room/done", timeout=15_000)
    states = ["lost", "found", "lost", "found"]
    expect_logged(opened.room, source="mouse-lock", name="mouse", device=states, ends_at=40)


def test_a_dial_that_falls_silent_is_lost_and_the_one_on_the_screen_goes_on(
    make_room: MakeRoom, context: BrowserContext, open_page: OpenPage
) -> None:
    context.add_init_script(FAKES["serial"].init_script())
    opened = make_room({"rate": rate_page(end_s=LENGTH_S, dials=ALL)})
    page = open_page(opened.url("rate"))
    title(page, RATE["begin"])
    page.evaluate("fake.mute()")
    title(page, RATE["device_lost"])
    page.keyboard.press("ArrowRight")
    title(page, "")
    page.wait_for_url("**/room/done", timeout=15_000)
    assert [event.text(0) for event in opened.room.events("device")] == ["lost", "found", "lost"]
    assert [event.fields for event in opened.room.events("dial")] == [(51, "keyboard")]


def test_a_home_built_dial_shows_the_number_and_practises(
    make_room: MakeRoom, context: BrowserContext, open_page: OpenPage
) -> None:
    context.add_init_script(FAKES["serial"].init_script(low=1000, neutral=500, high=0, dead_zone=0.1))
    page = open_page(make_room({"practice": practice_page(length_s=1.0, dials=ALL)}).url("practice"))
    title(page, "Turn the dial all the way to “helpful”")
    # A dial is turned once it was asked who is there, and has told where it stands.
    page.wait_for_function("fake.told.length > 0")
    page.wait_for_timeout(250)
    page.evaluate("fake.to(0)")
    title(page, "Now all the way to “hindering”")
    page.evaluate("fake.to(100)")
    title(page, "And back to the middle: “neutral”")
    page.evaluate("fake.to(48)")
    title(page, "Now touch the dial, and the recording plays")
    told = page.evaluate("fake.told")
    assert told[0] == "?\n"
    assert {"n 100\n", "n 0\n", "n 50\n"} <= set(told)
    page.evaluate("fake.touch()")
    expect(page.locator("[data-drawn]")).to_be_visible(timeout=8000)


def test_a_device_the_design_does_not_name_is_not_even_loaded(
    make_room: MakeRoom, context: BrowserContext, open_page: OpenPage
) -> None:
    context.add_init_script(FAKES["gamepad"].init_script())
    page = open_page(make_room({"rate": rate_page(end_s=LENGTH_S, dials=["screen", "serial"])}).url("rate"))
    title(page, RATE["begin"])
    expect_loaded(page)
    page.evaluate("fake.to(90)")
    page.wait_for_timeout(250)
    title(page, RATE["begin"])


def test_the_rating_page_with_any_device_stays_light() -> None:
    loaded = sum((STATIC / chunk["file"]).stat().st_size for chunk in chunks("rate"))
    devices = [file for kind in DEVICES for file in (STATIC / "assets").glob(f"{kind}-*.js")]
    assert len(devices) >= len(DEVICES)
    assert loaded + sum(file.stat().st_size for file in devices) < 200_000
