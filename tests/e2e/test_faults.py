"""The network goes, the page goes, the server is killed: nothing that was acknowledged is lost."""

import itertools
import re
import time
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from tests.e2e.conftest import Film, OpenContext
from tests.e2e.desk import Desk, short_design
from tests.e2e.room import Room
from tests.e2e.serving import Server
from tests.e2e.worker import prepare_worker
from tests.thorough import times

from dialogram.capture import EventLog, LoggedRecord, assemble
from dialogram.timeline import HELPFULNESS

pytestmark = pytest.mark.e2e

CUT_S = times(45, 600)
LENGTH_S = times(64, 200)
LOADED_S = 22.5
"""So much at least a player has loaded ahead; what it has not can be rated only when the network is back."""
FILM_AT = "document.querySelector('[data-media]').currentTime"
EAR = """
new BroadcastChannel("ear").onmessage = ({ data }) => window.acknowledged(...data);
"""
WORKER_EAR = """
{
  const real = self.fetch;
  const ear = new BroadcastChannel("ear");
  self.fetch = async (url, options) => {
    const answer = await real(url, options);
    if (String(url).endsWith("/records") && answer.ok) {
      const { acknowledged } = await answer.clone().json();
      ear.postMessage([JSON.parse(options.body).stream, acknowledged]);
    }
    return answer;
  };
}
"""
"""Tells this process of every acknowledgement before the page hears of it."""

type Records = set[tuple[str, int]]


def lost(acknowledged: Records, log: EventLog) -> Records:
    """What was acknowledged and is not there."""
    return acknowledged - {(stream.stream, seq) for stream in log.streams for seq in stream.seqs}


class Hand:
    """Turns the dial one unit at a time and remembers it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.values: list[float] = []
        self.value = 50

    def turn(self, steps: int) -> None:
        for _ in range(abs(steps)):
            self.page.keyboard.press("ArrowUp" if steps > 0 else "ArrowDown")
            self.value += int(np.sign(steps))
            self.values.append(self.value)
        expect(self.page.get_by_role("slider")).to_have_attribute("aria-valuenow", str(self.value))


def film_at(page: Page) -> float:
    at_s: float = page.evaluate(FILM_AT)
    return at_s


def test_a_rating_outlives_network_page_and_server(empty_server: Server, film: Film, open_context: OpenContext) -> None:
    server = empty_server
    desk = Desk(open_context(base_url=server.address).new_page())
    desk.begin()
    session = desk.prepare("Faults", design=short_design(practice=False), film=film(LENGTH_S))
    context = open_context(base_url=server.address)
    acknowledged: Records = set()

    def note(_source: Any, stream: str, seqs: Iterable[int]) -> None:
        acknowledged.update((stream, seq) for seq in seqs)

    context.expose_binding("acknowledged", note)
    context.add_init_script(EAR)
    prepare_worker(context, WORKER_EAR)
    room = Room(context.new_page())
    page = room.page
    link = desk.make_link(session, "client")
    room.come_in(link)
    room.agree(clips=True)
    room.check()
    room.read()

    hand = Hand(page)
    saved = page.locator("[data-saved]")
    troubled = page.locator("[data-saved].troubled")
    room.wait_for_dial()
    hand.turn(10)
    expect(saved).to_have_text(re.compile(r"\d:\d\d"))

    context.set_offline(True)
    cut_at = time.monotonic()
    hand.turn(1)
    expect(troubled).to_be_visible(timeout=8_000)
    reached_s = before_s = film_at(page)
    for turn in itertools.count():
        if time.monotonic() - cut_at > CUT_S:
            break
        page.wait_for_timeout(1_500)
        hand.turn(1 if turn // 10 % 2 == 0 else -1)
        reached_s = max(reached_s, film_at(page))
        expect(troubled).to_be_visible()
    assert reached_s > before_s + LOADED_S, "rating goes on without a network"
    held_back = len(acknowledged)
    context.set_offline(False)
    expect(troubled).to_have_count(0, timeout=20_000)
    expect(saved).to_have_text(re.compile(r"\d:\d\d"))
    page.wait_for_function(f"(at) => {FILM_AT} > at", arg=reached_s, timeout=30_000)
    assert len(acknowledged) > held_back + CUT_S + 15, "what was rated in the meantime has arrived"

    reloaded_at_s = film_at(page)
    page.reload()
    room.wait_for_dial()
    expect(room.dial()).to_have_attribute("aria-valuenow", str(hand.value))
    assert abs(film_at(page) - reloaded_at_s) < 1.0
    hand.turn(-2)
    expect(saved).to_have_text(re.compile(r"\d:\d\d"))

    server.kill()
    hand.turn(-2)
    expect(troubled).to_be_visible(timeout=8_000)
    page.locator("[data-break]").click()  # a busy machine may take longer to start than the film has left
    server.start()
    hand.turn(-1)
    room.wait_for_end_of_rating(timeout_s=LENGTH_S)
    room.expect_step("instructions")

    bundle = desk.export(session)
    log = bundle.event_log("client")
    assert len(acknowledged) > 2 * (LENGTH_S - 10)
    assert lost(acknowledged, log) == set()
    (sitting,) = bundle.rows("sittings.csv", role="client", task="rate")
    assert sitting["state"] == "finished"
    first, second = log.streams
    for stream in (first, second):
        assert stream.seqs == tuple(range(len(stream.seqs)))
    assert second.events[-1].kind == "finish"
    turned = [event.number(0) for stream in log.streams for event in stream.of_kind("dial")]
    assert turned == hand.values, "every movement is there, once, in order"

    values, coverage = bundle.trace("client")
    said = assemble(log, scale=HELPFULNESS, start_s=0, end_s=LENGTH_S).gaps
    for second_s in np.flatnonzero(coverage < 0.95):
        assert any(gap.start_s < second_s + 1 and gap.end_s > second_s for gap in said), (second_s, said)
    assert np.mean(coverage >= 0.95) > 0.95
    assert max(hand.values) - 2 < np.nanmax(values) <= max(hand.values)
    assert values[-1] == pytest.approx(hand.values[-1])

    room.press_on()
    words_outlive_reload_and_session(room, link=link)


def words_outlive_reload_and_session(room: Room, *, link: str) -> None:
    """What was typed without a network, or after the visit had run out, stands there when the page is opened again."""
    page, words = room.page, room.page.locator("#text")
    saved = page.locator("[data-saved]")
    expect(page.locator("[data-clip-toggle]")).to_be_enabled()
    page.context.set_offline(True)
    words.press_sequentially("Typed without a network.")
    expect(saved).to_contain_text("Not saved yet")
    page.route("**/segments/*", lambda route: route.abort())
    page.context.set_offline(False)
    page.reload()
    expect(words).to_have_value("Typed without a network.")
    page.unroute("**/segments/*")
    expect(saved).to_have_text("Saved", timeout=20_000)

    page.context.clear_cookies(name="dialogram")
    words.fill("Typed after the visit had run out.")
    expect(saved).to_contain_text("out of date")
    page.locator("[name=moment]").first.check()
    page.locator("button[name=act][value=next]").click()
    expect(page.locator("form")).to_have_count(0)
    room.come_in(link)
    expect(words).to_have_value("Typed after the visit had run out.")
    expect(saved).to_have_text("Saved")


def test_the_count_of_lost_records_finds_one() -> None:
    log = EventLog.from_records([LoggedRecord("a" * 32, 0, [["open", 0, {"format": 1, "epoch": 1}]])])
    assert lost({("a" * 32, 0)}, log) == set()
    assert lost({("a" * 32, 0), ("a" * 32, 1)}, log) == {("a" * 32, 1)}
