import json
import time
from pathlib import Path

import av
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.e2e.harness_rate import texts
from tests.e2e.harness_rate.conftest import MakeRoom, OpenPage
from tests.e2e.harness_rate.film import FPS
from tests.e2e.harness_rate.frontend_tag import STATIC, chunks
from tests.e2e.harness_rate.pages import rate_page
from tests.e2e.harness_rate.room import Room
from tests.e2e.worker import prepare_worker, stored

from dialogram.capture import EventLog, assemble
from dialogram.capture.player import played
from dialogram.timeline import HELPFULNESS

pytestmark = pytest.mark.e2e


def title(page: Page, text: str, *, timeout_s: float = 8) -> None:
    expect(page.locator("[data-veil-title]")).to_have_text(text, timeout=timeout_s * 1000)


def begin(page: Page, key: str = "ArrowRight") -> None:
    title(page, "Touch the dial to begin")
    page.keyboard.press(key)
    title(page, "")


def value(page: Page) -> int:
    page.wait_for_timeout(60)
    return int(page.get_by_role("slider").get_attribute("aria-valuenow") or "")


def whole(room: Room) -> None:
    """Every stream is there from 0 on without a gap, everything was acknowledged, nothing contradicts anything."""
    for stream in room.log().streams:
        assert stream.seqs == tuple(range(len(stream.seqs)))
        assert stream.events[0].kind == "open"
    assert room.conflicts == []
    assert room.refused == []
    assert set(room.acknowledged) == set(room.records)


def wait_until(condition: object, *, timeout_s: float = 10, page: Page) -> None:
    assert callable(condition)
    until = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        page.wait_for_timeout(50)


def duration_s(recording: Path) -> float:
    """What the file says of itself, which is what the room takes for its end."""
    with av.open(str(recording)) as container:
        assert container.duration
        return container.duration / av.time_base


def drag(page: Page, degrees: list[float], *, radius: float = 0.85) -> None:
    """Drag round the dial's pivot through angles (from the left end over the top), without waiting for the page."""
    box = page.locator(".dial-drawing").bounding_box()
    assert box
    unit = box["width"] / 480
    pivot_x, pivot_y = box["x"] + 240 * unit, box["y"] + 236 * unit
    session = page.context.new_cdp_session(page)

    def send(kind: str, degree: float) -> None:
        angle = np.pi - np.radians(degree)
        x, y = pivot_x + 206 * unit * radius * np.cos(angle), pivot_y - 206 * unit * radius * np.sin(angle)
        buttons = {"button": "left", "buttons": 1, "clickCount": 1} if kind != "mouseMoved" else {"buttons": 1}
        session.send("Input.dispatchMouseEvent", {"type": kind, "x": float(x), "y": float(y), **buttons})

    send("mousePressed", degrees[0])
    for degree in degrees:
        send("mouseMoved", degree)
        page.wait_for_timeout(4)
    send("mouseReleased", degrees[-1])
    session.detach()


def test_nothing_is_lost_when_the_network_and_the_page_go(make_room: MakeRoom, open_page: OpenPage) -> None:
    opened = make_room({"rate": rate_page(end_s=27)})
    room = opened.room
    page = open_page(opened.url("rate"))
    begin(page)
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    assert value(page) == 60
    saved = page.locator("[data-saved]")
    expect(saved).to_contain_text("saved to", timeout=6000)

    room.swallow_answers = 1
    wait_until(lambda: room.swallow_answers == 0, page=page)
    room.down = True
    lost_at = time.monotonic()
    expect(saved).to_have_text("not saved – still trying", timeout=4500)
    expect(page.locator("[data-announced]")).to_have_text("not saved – still trying")
    drag(page, list(np.linspace(20, 56, 40)))
    assert value(page) == 80
    wait_until(lambda: time.monotonic() - lost_at > 10, page=page, timeout_s=12)
    room.down = False
    expect(saved).to_contain_text("saved to", timeout=12_000)
    assert any(count > 1 for count in room.deliveries.values()), "an answer was lost, so something came twice"

    page.reload()
    title(page, "Touch the dial to go on")
    assert value(page) == 80
    page.keyboard.press("ArrowLeft")
    title(page, "")
    page.wait_for_url("**/room/done", timeout=25_000)

    whole(room)
    first, second = room.log().streams
    assert room.finished == (second.stream, second.seqs[-1])
    assert second.events[-1].kind == "finish"
    assert stored(page) == {"keys": 0, "records": 0}

    assembly = assemble(room.log(), scale=HELPFULNESS, start_s=0, end_s=27)
    trace = assembly.trace
    assert assembly.clock == "frame"
    # the hand began some tenths of a second before the film moved; the reload lost at most what was not yet sent
    assert trace.coverage.min() > 0.9
    assert trace.values[1] == 60
    assert trace.values[-1] == pytest.approx(79)
    resumed_s = second.facts()["resumed_at_s"]
    assert abs(resumed_s - [event.number(0) for event in first.of_kind("clock")][-1]) < 0.3
    # a player says that it plays some frames before it moves; what was rated before the reload is not rated again
    assert played(second)[0].low_s == pytest.approx(resumed_s, abs=1 / FPS)


def test_the_check_for_gaps_finds_one(film: Path) -> None:
    room = Room(film, pages={})
    room.epochs["a" * 32] = 1
    for seq in (0, 2):
        events = [["open", 0, {"epoch": 1}]] if seq == 0 else [["stop", 9]]
        room.post("records", json.dumps({"stream": "a" * 32, "records": [{"seq": seq, "events": events}]}).encode())
    room.acknowledged.update(room.records)
    with pytest.raises(AssertionError):
        whole(room)


def test_a_reload_while_the_last_seconds_are_saved(make_room: MakeRoom, open_page: OpenPage) -> None:
    opened = make_room({"rate": rate_page(end_s=2.5)})
    page = open_page(opened.url("rate"))
    begin(page)
    opened.room.down = True
    title(page, "Saving the last seconds…")
    expect(page.locator("[data-veil-detail]")).to_contain_text("Still trying", timeout=6000)
    assert opened.room.finished is None
    assert stored(page)["records"] > 0
    opened.room.down = False
    page.reload()
    page.wait_for_url("**/room/done", timeout=10_000)
    whole(opened.room)
    assert [event.kind for event in opened.room.events("finish")] == ["finish", "finish"]
    assert assemble(opened.room.log(), scale=HELPFULNESS, start_s=0, end_s=2.5).trace.coverage[1] > 0.9


def test_a_drag_never_jumps_and_loses_no_input(make_room: MakeRoom, open_page: OpenPage) -> None:
    opened = make_room({"rate": rate_page(end_s=19)})
    page = open_page(opened.url("rate"))
    title(page, "Touch the dial to begin")
    drag(page, [150, 150])
    title(page, "")
    assert value(page) == 50, "taking hold far from the knob must not turn it"
    drag(page, [*np.linspace(160, 70, 91), *np.linspace(70, 106, 37)])
    assert value(page) == 20
    wait_until(lambda: len(opened.room.events("dial")) > 50, page=page)
    dials = opened.room.events("dial")
    assert dials[0].fields == (50, "pointer")
    assert {event.text(1) for event in dials} == {"pointer"}
    values = np.array([event.number(0) for event in dials])
    assert values.min() == 0
    assert np.abs(np.diff(values)).max() <= 2
    assert np.all(np.diff([event.t_ms for event in dials]) >= 0)


def test_wheel_touch_and_buttons_turn_it_too(make_room: MakeRoom, open_page: OpenPage) -> None:
    opened = make_room({"rate": rate_page(end_s=19)})
    page = open_page(opened.url("rate"))
    begin(page)
    page.mouse.move(640, 200)
    page.mouse.wheel(0, -200)
    assert value(page) == 55
    page.get_by_role("button", name="Less").click()
    assert value(page) == 54
    page.get_by_role("button", name="More").press("Enter")
    assert value(page) == 55
    box = page.locator(".dial-drawing").bounding_box()
    assert box
    session = page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + 40
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 11):
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x + 5 * step, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert 60 <= value(page) <= 67
    wait_until(lambda: "touch" in {event.text(1) for event in opened.room.events("dial")}, page=page)
    assert {event.text(1) for event in opened.room.events("dial")} == {"keyboard", "wheel", "pointer", "touch"}


def test_a_browser_that_wants_a_press_first_gets_one(
    make_room: MakeRoom, context: BrowserContext, open_page: OpenPage
) -> None:
    # as browsers do it for a wheel or a finger still down; driven from outside, Chromium takes everything for a press
    context.add_init_script(
        """let pressed = false;
        for (const kind of ["pointerup", "keydown"]) addEventListener(kind, () => { pressed = true; }, true);
        const play = HTMLMediaElement.prototype.play;
        HTMLMediaElement.prototype.play = function () {
            return pressed ? play.call(this) : Promise.reject(new DOMException("", "NotAllowedError"));
        };"""
    )
    opened = make_room({"rate": rate_page(end_s=19)})
    page = open_page(opened.url("rate"))
    title(page, "Touch the dial to begin")
    page.mouse.move(640, 600)
    page.mouse.wheel(0, -100)
    title(page, "Press once more, and it plays")
    assert value(page) == 52
    page.mouse.click(640, 600)
    title(page, "")
    page.wait_for_timeout(2500)
    assert [event.fields for event in opened.room.events("dial")] == [(52, "wheel")]
    assert opened.room.saved().media_s is not None


def test_the_slider_says_what_it_is(make_room: MakeRoom, open_page: OpenPage) -> None:
    page = open_page(make_room({"rate": rate_page(end_s=19)}).url("rate"))
    begin(page, "PageUp")
    slider = page.get_by_role("slider", name="How helpful is this moment?")
    for key, text in [("End", "100 helpful"), ("Home", "0 hindering"), ("Shift+ArrowRight", "5 hindering")]:
        page.keyboard.press(key)
        expect(slider).to_have_attribute("aria-valuetext", text)
    assert slider.get_attribute("aria-valuemin") == "0"
    assert slider.get_attribute("aria-valuemax") == "100"


def test_another_page_takes_over(make_room: MakeRoom, open_page: OpenPage) -> None:
    opened = make_room({"rate": rate_page(end_s=19)})
    first = open_page(opened.url("rate"))
    begin(first)
    first.wait_for_timeout(2500)
    second = open_page(opened.url("rate"))
    title(second, "This rating is open in another window")
    title(first, "")
    second.get_by_role("button", name="Go on here").click()
    title(second, "Touch the dial to go on")
    title(first, "This sitting goes on in another window")
    expect(first.get_by_role("slider")).to_have_attribute("aria-disabled", "true")
    first.keyboard.press("End")
    second.keyboard.press("End")
    second.wait_for_timeout(3000)
    whole(opened.room)
    old, new = opened.room.log().streams
    assert [event.number(0) for event in old.of_kind("dial")] == [51]
    assert [event.number(0) for event in new.of_kind("dial")] == [100]


def test_a_page_waits_unasked_for_another_that_has_gone_without_a_word(
    make_room: MakeRoom, open_page: OpenPage, browser: Browser
) -> None:
    opened = make_room({"rate": rate_page(end_s=19)})
    lost_device = browser.new_context()
    first = lost_device.new_page()
    first.goto(opened.url("rate"))
    begin(first)
    first.wait_for_timeout(2500)
    lost_device.set_offline(offline=True)
    second = open_page(opened.url("rate"))
    title(second, "This rating is open in another window")
    expect(second.get_by_role("button", name="Go on here")).to_be_visible()
    title(second, "Touch the dial to go on", timeout_s=12)
    expect(second.get_by_role("button", name="Go on here")).to_be_hidden()
    lost_device.close()


def test_stop_asks_nothing_and_loses_nothing(make_room: MakeRoom, open_page: OpenPage) -> None:
    opened = make_room({"rate": rate_page(end_s=19)})
    page = open_page(opened.url("rate"))
    begin(page)
    page.wait_for_timeout(700)
    page.get_by_role("button", name="Stop").click()
    page.wait_for_url("**/room/stopped")
    whole(opened.room)
    kinds = [event.kind for event in opened.room.log().streams[0].events]
    assert kinds.index("stop") < len(kinds) - 1 - kinds[::-1].index("pause")
    assert stored(page)["records"] == 0


def test_who_stops_without_a_network_finds_help_at_once_and_is_saved_beside_it(
    make_room: MakeRoom, open_page: OpenPage
) -> None:
    opened = make_room({"rate": rate_page(end_s=19)})
    page = open_page(opened.url("rate"))
    begin(page)
    page.wait_for_timeout(700)
    opened.room.down = True
    stop = page.get_by_role("button", name="Stop")
    stop.click()
    title(page, "You have stopped")
    expect(page.locator("[data-veil-help]")).to_contain_text("In danger? Call 112 now.")
    stop.click()
    expect(page.locator("[data-veil-detail]")).to_have_text(texts.RATE["saving_wait"], timeout=8000)
    expect(page.locator("[data-veil-help]")).to_be_visible()
    opened.room.down = False
    page.wait_for_url("**/room/stopped", timeout=20_000)
    whole(opened.room)


def test_who_stops_without_a_network_before_anything_is_recorded_finds_help_too(
    make_room: MakeRoom, open_page: OpenPage
) -> None:
    opened = make_room({"rate": rate_page(end_s=19)})
    opened.room.heard_at = time.monotonic() + 60  # another page rates: this one has not opened a stream
    page = open_page(opened.url("rate"))
    title(page, texts.RATE["elsewhere"])
    opened.room.down = True
    page.get_by_role("button", name="Stop").click()
    title(page, "You have stopped")
    expect(page.locator("[data-veil-help]")).to_contain_text("In danger? Call 112 now.")
    opened.room.down = False
    page.wait_for_url("**/room/stopped", timeout=20_000)
    assert (opened.room.stops, opened.room.epochs) == (1, {})


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (409, "void", "This recording is not used any more"),
        (409, "closed", "Your rating was ended here"),
        (404, "not-found", "Your link does not lead here any more"),
    ],
)
def test_a_page_whose_sitting_is_gone_plays_nothing_more_and_says_why(
    make_room: MakeRoom, open_page: OpenPage, status: int, code: str, said: str
) -> None:
    opened = make_room({"rate": rate_page(end_s=19)})
    page = open_page(opened.url("rate"))
    begin(page)
    page.wait_for_timeout(700)
    assert page.evaluate("document.querySelector('[data-media]').paused") is False
    opened.room.ended = (status, code)
    title(page, said)
    assert page.evaluate("document.querySelector('[data-media]').paused") is True
    expect(page.locator("[data-media]")).to_be_hidden()
    expect(page.get_by_role("slider")).to_be_hidden()
    expect(page.locator("[data-veil-help]")).to_contain_text("In danger? Call 112 now.")
    page.wait_for_timeout(4500)
    title(page, said)
    assert (stored(page)["records"] > 0) == (code == "not-found")
    page.get_by_role("button", name="Stop").click()
    page.wait_for_url("**/room/stopped")


def test_a_rating_that_is_closed_while_it_is_handed_in_ends_calmly(make_room: MakeRoom, open_page: OpenPage) -> None:
    opened = make_room({"rate": rate_page(end_s=4)})
    page = open_page(opened.url("rate"))
    begin(page)
    opened.room.down = True
    title(page, "Saving the last seconds…")
    opened.room.ended = (409, "closed")
    opened.room.down = False
    title(page, "Your rating was ended here", timeout_s=20)
    page.wait_for_timeout(4500)
    title(page, "Your rating was ended here")


def test_a_break_with_the_picture_hidden_says_only_what_is_true(make_room: MakeRoom, open_page: OpenPage) -> None:
    page = open_page(make_room({"rate": rate_page(end_s=19)}).url("rate"))
    begin(page)
    page.get_by_role("button", name="Hide picture").click()
    told = page.get_by_text("The picture is hidden. The sound goes on.")
    expect(told).to_be_visible()
    page.get_by_role("button", name="Take a break").click()
    title(page, "A break")
    expect(told).to_be_hidden()
    expect(page.locator("[data-curtain]")).to_be_visible()


def test_a_break_pauses_until_the_dial_is_touched(make_room: MakeRoom, open_page: OpenPage) -> None:
    opened = make_room({"rate": rate_page(end_s=19, break_after_min=0.02)})
    page = open_page(opened.url("rate"))
    begin(page)
    expect(page.locator("[data-offer]")).to_contain_text("Take a break whenever you like", timeout=4000)
    page.get_by_role("button", name="Take a break").click()
    title(page, "A break")
    page.wait_for_timeout(600)
    page.keyboard.press("ArrowRight")
    title(page, "")
    wait_until(lambda: len(opened.room.events("awake")) == 3, page=page)
    assert [event.fields for event in opened.room.events("break")] == [("start",), ("end",)]
    assert [event.kind for event in opened.room.events("play", "pause")] == ["play", "pause", "play"]
    assert [event.fields for event in opened.room.events("awake")] == [("held",), ("released",), ("held",)]


def test_a_page_out_of_sight_pauses(make_room: MakeRoom, open_page: OpenPage) -> None:
    opened = make_room({"rate": rate_page(end_s=19)})
    page = open_page(opened.url("rate"))
    begin(page)
    hide = "(on) => { Object.defineProperty(document, 'hidden', {value: on, configurable: true});"
    hide += " document.dispatchEvent(new Event('visibilitychange')); }"
    page.evaluate(hide, True)
    title(page, "Touch the dial to go on")
    page.evaluate(hide, False)
    wait_until(lambda: len(opened.room.events("hidden", "pause", "visible")) == 3, page=page)
    assert sorted(event.kind for event in opened.room.events("hidden", "pause", "visible")) == [
        "hidden",
        "pause",
        "visible",
    ]


def test_a_hidden_picture_keeps_its_clock(make_room: MakeRoom, open_page: OpenPage) -> None:
    opened = make_room({"rate": rate_page(end_s=19)})
    page = open_page(opened.url("rate"))
    begin(page)
    page.get_by_role("button", name="Hide picture").click()
    expect(page.get_by_text("The picture is hidden. The sound goes on.")).to_be_visible()
    page.wait_for_timeout(4500)
    hidden_ms = opened.room.events("picture")[0].t_ms
    pairs = [event.t_ms for event in opened.room.events("clock") if event.t_ms > hidden_ms]
    assert len(pairs) > 6
    assert np.diff(pairs).max() < 300


def test_clock_pairs_lie_on_the_film(make_room: MakeRoom, open_page: OpenPage) -> None:
    opened = make_room({"rate": rate_page(start_s=2.0, end_s=6.0)})
    page = open_page(opened.url("rate"))
    begin(page)
    page.wait_for_url("**/room/done", timeout=12_000)
    pairs = opened.room.events("clock")
    media_s = np.array([event.number(0) for event in pairs])
    assert np.allclose(media_s * 30, np.round(media_s * 30), atol=1e-3), "each pair is a frame of the film"
    assert media_s.min() >= 2.0
    assert media_s.max() < 6.0
    assert np.diff([event.t_ms for event in pairs]).max() <= 300
    trace = assemble(opened.room.log(), scale=HELPFULNESS, start_s=2, end_s=6).trace
    assert trace.coverage.min() > 0.9
    whole(opened.room)


def test_sound_alone_is_told_by_current_time_and_a_pause_leaves_nothing_out(
    make_room: MakeRoom, open_page: OpenPage, sound: Path
) -> None:
    opened = make_room({"rate": rate_page(end_s=2.8, has_video=False)}, sound)
    page = open_page(opened.url("rate"))
    expect(page.get_by_text("Sound only")).to_be_attached()
    begin(page)
    page.wait_for_timeout(1200)
    page.get_by_role("button", name="Take a break").click()
    wait_until(lambda: opened.room.events("pause"), page=page)
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/room/done", timeout=10_000)
    assert {event.text(1) for event in opened.room.events("clock")} == {"current_time"}
    assembly = assemble(opened.room.log(), scale=HELPFULNESS, start_s=0, end_s=2.8)
    assert assembly.trace.coverage[:2].min() > 0.95
    assert assembly.gaps == ()
    # the control: the same log, had it gone on half a second farther ahead
    paused_ms = opened.room.events("pause")[0].t_ms
    skipped = [
        record._replace(
            events=[
                [kind, t_ms, *([fields[0] + 0.5, *fields[1:]] if kind == "clock" and t_ms > paused_ms else fields)]
                for kind, t_ms, *fields in record.events
            ]
        )
        for record in opened.room.logged()
    ]
    found = assemble(EventLog.from_records(skipped), scale=HELPFULNESS, start_s=0, end_s=2.8)
    assert [gap.reason for gap in found.gaps] == ["not-played"]


def test_sound_goes_on_being_told_where_the_picture_has_ended(
    make_room: MakeRoom, open_page: OpenPage, half_seen: Path
) -> None:
    opened = make_room({"rate": rate_page(end_s=8)}, half_seen)
    page = open_page(opened.url("rate"))
    begin(page)
    page.wait_for_url("**/room/done", timeout=14_000)
    assembly = assemble(opened.room.log(), scale=HELPFULNESS, start_s=0, end_s=8)
    assert assembly.clock == "mixed"
    assert float(assembly.trace.coverage[1:7].min()) > 0.9
    whole(opened.room)


def test_a_recording_that_runs_out_by_itself_is_handed_in(
    make_room: MakeRoom, open_page: OpenPage, sound: Path, film: Path
) -> None:
    for recording, has_video in ((sound, False), (film, True)):
        # the sound is shorter than promised, as a player may find it; the picture ends a little before its own sound
        end_s = duration_s(recording) + (0 if has_video else 0.04)
        opened = make_room({"rate": rate_page(start_s=end_s - 3, end_s=end_s, has_video=has_video)}, recording)
        page = open_page(opened.url("rate"))
        begin(page)
        page.wait_for_url("**/room/done", timeout=12_000)
        assert len(opened.room.events("ended")) == 1
        whole(opened.room)


def test_an_unreachable_recording_goes_on_where_it_was(make_room: MakeRoom, open_page: OpenPage) -> None:
    opened = make_room({"rate": rate_page(end_s=12, start_s=6)})
    page = open_page(opened.url("rate"))
    begin(page)
    page.wait_for_timeout(1500)
    page.route("**/media/film", lambda route: route.abort())
    page.evaluate("document.querySelector('video').dispatchEvent(new Event('error'))")
    title(page, "The recording cannot be reached")
    wait_until(lambda: page.evaluate("document.querySelector('video').readyState") == 0, page=page)
    for _ in range(2):
        page.get_by_role("button", name="Take a break").click()
        title(page, "A break")
        page.keyboard.press("ArrowRight")
        title(page, "The recording cannot be reached")
    page.unroute("**/media/film")
    page.wait_for_url("**/room/done", timeout=30_000)
    heard = opened.room.events("play", "pause", "clock", "heartbeat")
    assert min(event.number(0) for event in heard) >= 6.0, "an empty player stands at 0, the sitting does not"
    whole(opened.room)


def test_a_film_that_does_not_come_through_is_waited_for_and_nothing_is_rated_meanwhile(
    make_room: MakeRoom, open_page: OpenPage, film: Path
) -> None:
    opened = make_room({"rate": rate_page(end_s=17)})
    opened.room.film_reaches = film.stat().st_size // 2
    page = open_page(opened.url("rate"))
    begin(page)
    title(page, "One moment…", timeout_s=25)
    stood_s = page.evaluate("document.querySelector('[data-media]').currentTime")
    page.keyboard.press("End")
    page.wait_for_timeout(1500)
    assert page.evaluate("document.querySelector('[data-media]').currentTime") == stood_s
    opened.room.film_reaches = None
    title(page, "")
    page.wait_for_url("**/room/done", timeout=30_000)
    whole(opened.room)
    waiting, *_ = opened.room.events("waiting")
    assert [event.t_ms for event in opened.room.events("playing") if event.t_ms > waiting.t_ms + 1500]
    assembly = assemble(opened.room.log(), scale=HELPFULNESS, start_s=0, end_s=17)
    assert assembly.gaps == ()
    values = assembly.trace.values
    turned_at = int(stood_s)
    assert set(values[1:turned_at]) == {51}
    assert set(values[turned_at + 1 :]) == {100}


def test_without_a_database_the_page_says_so(make_room: MakeRoom, context: BrowserContext, open_page: OpenPage) -> None:
    prepare_worker(context, "Object.defineProperty(self, 'indexedDB', {value: undefined});")
    opened = make_room({"rate": rate_page(end_s=1.5)})
    page = open_page(opened.url("rate"))
    begin(page)
    expect(page.locator("[data-memory]")).to_have_text("please keep this window open until the end")
    page.wait_for_url("**/room/done", timeout=8000)
    whole(opened.room)


def test_it_fits_without_scrolling(make_room: MakeRoom, open_page: OpenPage) -> None:
    page = open_page(make_room({"rate": rate_page(end_s=19)}).url("rate"))
    for width, height in [(1280, 800), (1024, 768), (390, 844), (844, 390), (640, 400)]:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(100)
        size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert size == [width, height]
        for button in page.get_by_role("button").all():
            box = button.bounding_box()
            assert box
            assert box["height"] >= 44
            assert box["width"] >= 44


def test_the_script_stays_small() -> None:
    (worker,) = (STATIC / "assets").glob("outbox_worker-*.js")
    loaded = [worker, *(STATIC / chunk["file"] for chunk in chunks("rate"))]
    assert sum(file.stat().st_size for file in loaded) < 200_000
