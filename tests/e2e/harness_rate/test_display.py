import numpy as np
import pytest
from playwright.sync_api import Page, expect
from tests.e2e.harness_rate.conftest import MakeRoom, OpenPage
from tests.e2e.harness_rate.pages import DISPLAY, rate_page
from tests.e2e.harness_rate.test_rate import begin, title, value, wait_until

from dialogram.capture import assemble
from dialogram.timeline import HELPFULNESS

pytestmark = pytest.mark.e2e


def drawn(kind: str, **others: object) -> dict[str, object]:
    return DISPLAY | {"kind": kind} | others


def pull(page: Page, *, right_px: float = 0, up_px: float = 0, hold_at: tuple[float, float] = (0.5, 0.5)) -> None:
    """Take hold somewhere on the drawing and pull, in steps, without letting go."""
    box = page.locator(".dial-drawing").bounding_box()
    assert box
    x, y = box["x"] + hold_at[0] * box["width"], box["y"] + hold_at[1] * box["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right_px, y - up_px, steps=8)


@pytest.mark.parametrize(("kind", "orientation"), [("slider", "horizontal"), ("meter", "vertical")])
def test_every_display_is_the_same_dial(make_room: MakeRoom, open_page: OpenPage, kind: str, orientation: str) -> None:
    opened = make_room({"rate": rate_page(end_s=19, display=drawn(kind))})
    page = open_page(opened.url("rate"))
    begin(page, "PageUp")
    slider = page.get_by_role("slider", name="How helpful is this moment?")
    expect(slider).to_have_attribute("aria-orientation", orientation)
    expect(slider).to_have_attribute("aria-valuetext", "60 helpful")
    expect(page.locator(".dial-number")).to_have_text("60")
    page.get_by_role("button", name="Less").click()
    page.mouse.move(640, 200)
    page.mouse.wheel(0, -100)
    assert value(page) == 61

    # wherever the hand takes hold, it pulls: a quarter of the scale is a quarter of its length on the screen
    box = page.locator(".dial-track").bounding_box()
    assert box
    pull(page, right_px=box["width"] / 4, up_px=box["height"] / 4, hold_at=(0.2, 0.3))
    assert value(page) == pytest.approx(86, abs=1)
    page.mouse.up()
    wait_until(lambda: "pointer" in {event.text(1) for event in opened.room.events("dial")}, page=page)
    values = [event.number(0) for event in opened.room.events("dial") if event.text(1) == "pointer"]
    assert np.all(np.diff(values) >= -1)


def test_what_a_design_hides_is_not_there(make_room: MakeRoom, open_page: OpenPage) -> None:
    shown = {"number": False, "labels": False, "ticks": False, "colours": False}
    opened = make_room({"rate": rate_page(end_s=19, display=drawn("dial", **shown))})
    page = open_page(opened.url("rate"))
    begin(page)
    whole = open_page(make_room({"rate": rate_page(end_s=19)}).url("rate"))
    assert value(page) == 51
    colours = [
        one.evaluate("dial => getComputedStyle(dial).getPropertyValue('--role')")
        for one in (page.locator("[data-dial]"), whole.locator("[data-dial]"))
    ]
    assert colours[0] != colours[1]
    expect(page.locator(".dial-number")).to_have_text("")
    for name, count in ((".dial-tick", 2), (".dial-label", 1), (".recent", 0)):
        expect(page.locator(name)).to_have_count(0)
        expect(whole.locator(name)).to_have_count(count)
    expect(page.locator(".dial-high")).to_have_text("▲")
    expect(whole.locator(".dial-high")).to_have_text("▲ helpful")
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuetext", "51 helpful")


def test_it_plays_only_while_it_is_held_and_goes_back_when_let_go(make_room: MakeRoom, open_page: OpenPage) -> None:
    page_data = rate_page(end_s=7, hold_to_play=True, rewind_s=1.5, display=drawn("meter", trace_s=10))
    opened = make_room({"rate": page_data})
    page = open_page(opened.url("rate"))
    title(page, "Touch the dial to begin")
    page.keyboard.press("PageUp")
    page.wait_for_timeout(300)
    assert opened.room.events("play") == [], "turning it is not holding it"
    page.keyboard.down(" ")
    title(page, "")
    page.wait_for_timeout(2500)
    page.keyboard.press("PageUp")
    page.wait_for_timeout(500)
    page.keyboard.up(" ")
    title(page, "Touch the dial to go on")
    page.keyboard.press("Home")
    pull(page)
    title(page, "")
    page.wait_for_timeout(500)
    page.mouse.up()
    title(page, "Touch the dial to go on")
    assert (page.locator(".recent-line").get_attribute("d") or "").startswith("M ")
    page.get_by_role("button", name="More").focus()
    page.locator("body").evaluate("() => document.activeElement.blur()")
    page.keyboard.down(" ")
    page.wait_for_url("**/room/done", timeout=15_000)

    log = opened.room.log()
    kinds = [event.kind for event in opened.room.events("play", "pause", "seeked")]
    assert kinds[:6] == ["play", "pause", "seeked", "play", "pause", "seeked"]
    paused_s, again_s = ([event.number(0) for event in opened.room.events(kind)][:2] for kind in ("pause", "seeked"))
    assert again_s[0] == pytest.approx(paused_s[0] - 1.5, abs=0.1)
    assert again_s[1] == pytest.approx(again_s[0], abs=0.1), "short pauses in a row do not lead farther back"
    trace = assemble(log, scale=HELPFULNESS, start_s=0, end_s=7, step_s=0.25).trace
    assert np.nanmin(trace.coverage[1:]) > 0.8
    at = {moment_s: trace.values[int(moment_s / 0.25)] for moment_s in (0.5, paused_s[0] - 0.4, 6.0)}
    assert list(at.values()) == [60, 0, 0], "what was rated the second time counts"
