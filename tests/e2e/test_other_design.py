"""Another design than the shipped one: a stretch, a ring to follow, a meter that is held to play and rewinds."""

import re
import time

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import Film, OpenContext
from tests.e2e.desk import Desk, short_design
from tests.e2e.room import Room
from tests.e2e.serving import Server

pytestmark = pytest.mark.e2e

FILM_S = 18.0
START_S, LENGTH_S = 6.0, 10.0
REWIND_S = 2.0
CHANGES = {
    "[tasks]": f'[sampling]\nsessions = "numbers"\nnumbers = [3, 6]\npart = "from_start"\npart_start_s = {START_S}\n'
    f"part_length_s = {LENGTH_S}\n\n[tasks]",
    'pause = "allowed"': f'pause = "rewind"\nrewind_s = {REWIND_S}\nhold_to_play = true\ndisplay = "meter"\n'
    "show_trace_s = 20",
    "recording_s = 10": "recording_s = 10\ntarget_s = 10\ntries = 2",
}


def other_design() -> str:
    text = short_design(per_kind=1)
    for old, new in CHANGES.items():
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return text


def title(page: Page, text: str, *, timeout_s: float = 10) -> None:
    expect(page.locator("[data-veil-title]")).to_have_text(text, timeout=timeout_s * 1000)


def follow_the_ring(page: Page) -> None:
    """Pull the handle after the ring, from what can be seen of both on the screen."""
    handle, ring = page.locator(".dial-face"), page.locator(".dial-ring")
    box = handle.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    title(page, "Follow the ring")
    expect(ring).to_have_attribute("visibility", "visible")
    until = time.monotonic() + 20
    while ring.get_attribute("visibility") == "visible" and time.monotonic() < until:
        at = page.evaluate("document.querySelector('.dial-ring').getBoundingClientRect().toJSON()")
        page.mouse.move(x, at["y"] + at["height"] / 2)
    page.mouse.up()


def test_a_stretch_is_practised_held_rewound_and_handed_in(
    server: Server, desk: Desk, film: Film, open_context: OpenContext
) -> None:
    session = desk.prepare("Other", design=other_design(), film=film(FILM_S))
    expect(desk.page.locator("#recording")).to_contain_text("rated from 0:06 to 0:16")
    page = open_context(base_url=server.address).new_page()
    room = Room(page)
    room.come_in(desk.make_link(session, "client", tasks={"rate"}, whole_course=True))
    expect(page.get_by_text("Session 1 of 2")).to_be_visible()
    room.agree()
    room.check()
    room.read()

    # practice: both ends and the middle, a ring that nobody follows, one that is followed, some of the recording
    title(page, "Move the meter all the way to “helpful”")
    steps = page.locator("[data-dots] .done")
    for done, keys in enumerate((["End"], ["Home"], ["PageUp"] * 5), start=1):
        for key in keys:
            page.keyboard.press(key)
        expect(steps).to_have_count(done)
    title(page, "Follow the ring with your hand")
    page.keyboard.press("ArrowUp")
    title(page, "Once more, in your own time", timeout_s=20)
    follow_the_ring(page)
    title(page, "Now hold the meter, or the space bar")
    expect(steps).to_have_count(4)
    page.keyboard.down(" ")
    title(page, "")
    page.wait_for_timeout(800)
    page.keyboard.up(" ")
    title(page, "Hold the meter, or the space bar, to go on")
    page.locator("[data-skip]").click()

    # rating: it plays while it is held, and goes back when it is let go
    title(page, "Hold the meter, or the space bar")
    expect(page.locator(".facts")).to_contain_text("Session 1 of 2")
    page.keyboard.press("PageUp")
    page.keyboard.down(" ")
    title(page, "")
    page.wait_for_timeout(4500)
    page.keyboard.up(" ")
    title(page, "Hold the meter, or the space bar, to go on")
    for _ in range(3):
        page.keyboard.press("PageDown")
    page.keyboard.down(" ")
    room.wait_for_end_of_rating(timeout_s=25)
    page.keyboard.up(" ")
    expect(page.get_by_text("Done: 1 of 2 sessions")).to_be_visible()

    bundle = desk.export(session)
    tries = bundle.rows("practice.csv", role="client")
    assert [row["verdict"] for row in tries] == ["again", "met"]
    assert tries[0]["reaction_s"] == ""
    assert 0 <= float(tries[1]["reaction_s"]) < 0.5, "a hand that looks and pulls at once"
    assert float(tries[1]["share_within"]) > 0.9
    log = bundle.event_log("client")
    (stream,) = log.streams
    pause, seeked = stream.of_kind("pause")[0], stream.of_kind("seeked")[-1]
    assert pause.number(0) - seeked.number(0) == pytest.approx(REWIND_S, abs=0.1)
    starts = [float(row["start_s"]) for row in bundle.rows("traces.csv", role="client")]
    values, coverage = bundle.trace("client")
    assert (starts[0], len(starts)) == (START_S, LENGTH_S)
    assert coverage[1:].min() > 0.8
    again_s = seeked.number(0)
    before = [value for start_s, value in zip(starts[1:], values[1:], strict=True) if start_s + 1 < again_s]
    after = [value for start_s, value in zip(starts, values, strict=True) if start_s > again_s]
    assert set(np.round(before)) == {60}
    assert set(np.round(after)) == {30}, "what was rated the second time counts"

    desk.page.goto(session)
    expect(desk.page.locator("#person-client")).to_contain_text(re.compile(r"2 tries\s*the hand is 0\.\d s late"))
