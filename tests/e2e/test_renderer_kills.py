"""The browser kills the page in the middle of a rating, again and again, while there is no network."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from tests.e2e.conftest import Film, OpenContext
from tests.e2e.desk import Bundle, Desk, short_design
from tests.e2e.room import Room
from tests.e2e.serving import Server
from tests.thorough import times

from dialogram.capture import assemble
from dialogram.timeline import HELPFULNESS

pytestmark = pytest.mark.e2e

KILLS = 10
ROUNDS = times(1, 10)
LENGTH_S = 24
SHORT_S = 6
TURN_S = 2.0
STEP_S = 0.05
MOST_LOST_S = 0.5
NOTICE_S = 0.5
"""The spare renderer was killed too; until the browser has noticed, it would give it to the next page."""
WITHOUT_STORE = "Object.defineProperty(self, 'indexedDB', { value: undefined });\n"


@dataclass
class Killed:
    """One page's life: what the hand did and when it had done it, and when the page was killed."""

    values: list[float] = field(default_factory=list)
    done_s: list[float] = field(default_factory=list)
    killed_s: float = 0.0

    def lost_s(self, logged: list[float]) -> float:
        """How long before the kill the first movement was that is not in the log."""
        assert logged == self.values[: len(logged)], "what is logged is what was done, in order"
        return self.killed_s - self.done_s[len(logged)] if len(logged) < len(self.values) else 0.0


def kill_renderers(browser: Browser) -> None:
    session = browser.new_browser_cdp_session()
    for process in session.send("SystemInfo.getProcessInfo")["processInfo"]:
        if process["type"] == "renderer":
            os.kill(process["id"], signal.SIGKILL)
    session.detach()


def rate_until_killed(browser: Browser, page: Page, *, key: str, from_value: float) -> Killed:
    """Turn the dial without a network for a while, then kill the page."""
    life, value = Killed(), from_value
    page.route("**/records", lambda route: route.abort("connectionreset"))  # a cut network that dies with the page
    until_s = time.monotonic() + TURN_S
    while time.monotonic() < until_s:
        page.keyboard.press(key)
        value += 1 if key == "ArrowUp" else -1
        life.values.append(value)
        life.done_s.append(time.monotonic())
        page.wait_for_timeout(STEP_S * 1000)
    with page.expect_event("crash"):
        life.killed_s = time.monotonic()
        kill_renderers(browser)
    page.close()
    time.sleep(NOTICE_S)
    return life


def go_on_here(room: Room) -> None:
    """Come back before the server has noticed that the page before is gone: it asks."""
    here = room.page.locator("[data-veil-act]")
    ready = room.page.locator("[role=slider][aria-disabled=false]")
    expect(here.or_(ready).filter(visible=True).first).to_be_visible(timeout=20_000)
    if here.is_visible():
        here.click()
    room.wait_for_dial()


def without_store(route: Route) -> None:
    """Serve what keeps and sends the records to a browser that has nowhere to keep them."""
    answer = route.fetch()
    route.fulfill(response=answer, body=WITHOUT_STORE + answer.text())


def lives(browser: Browser, context: BrowserContext, room: Room, *, kills: int) -> Iterator[Killed]:
    """Rate, be killed, come back; the last time until the recording ends."""
    for number in range(kills):
        value = float(room.dial().get_attribute("aria-valuenow") or "")
        address = room.page.url
        key = "ArrowUp" if number % 2 == 0 else "ArrowDown"
        yield rate_until_killed(browser, room.page, key=key, from_value=value)
        room = Room(context.new_page())
        room.page.goto(address)
        go_on_here(room)
    room.page.keyboard.press("ArrowUp")
    room.wait_for_end_of_rating(timeout_s=LENGTH_S + 20)


def rate_through(
    browser: Browser, context: BrowserContext, desk: Desk, film: Path, *, kills: int
) -> tuple[list[Killed], Bundle]:
    session = desk.prepare(f"Kills {kills} {time.monotonic_ns()}", design=short_design(practice=False), film=film)
    link = desk.make_link(session, "client")
    staff = desk.page.context
    desk.page.close()
    room = Room(context.new_page())
    room.come_in(link)
    room.agree(clips=True)
    room.check()
    room.read()
    room.wait_for_dial()
    told = list(lives(browser, context, room, kills=kills))
    return told, Desk(staff.new_page()).export(session)


def losses_s(told: list[Killed], bundle: Bundle) -> list[float]:
    streams = bundle.event_log("client").streams
    return [
        life.lost_s([event.number(0) for event in stream.of_kind("dial") if event.text(1) == "keyboard"])
        for life, stream in zip(told, streams, strict=False)
    ]


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_killed_page_loses_half_a_second_at_most_and_no_gap_is_hidden(
    browser: Browser, server: Server, open_context: OpenContext, desk: Desk, film: Film, _round: int
) -> None:
    told, bundle = rate_through(browser, open_context(base_url=server.address), desk, film(LENGTH_S), kills=KILLS)

    assert max(losses_s(told, bundle)) <= MOST_LOST_S
    log = bundle.event_log("client")
    assert len(log.streams) == KILLS + 1
    for stream in log.streams:
        assert stream.seqs == tuple(range(len(stream.seqs))), "a crash leaves no hole"
    (sitting,) = bundle.rows("sittings.csv", role="client", task="rate")
    assert sitting["state"] == "finished"
    _, coverage = bundle.trace("client")
    said = assemble(log, scale=HELPFULNESS, start_s=0, end_s=LENGTH_S).gaps
    for second_s in np.flatnonzero(coverage < 0.95):
        assert any(gap.start_s < second_s + 1 and gap.end_s > second_s for gap in said), (second_s, said)


def test_a_page_that_keeps_its_records_in_memory_would_be_found_out(
    browser: Browser, server: Server, open_context: OpenContext, desk: Desk, film: Film
) -> None:
    context = open_context(base_url=server.address)
    context.route("**/outbox_worker-*.js", without_store)
    told, bundle = rate_through(browser, context, desk, film(SHORT_S), kills=1)
    assert max(losses_s(told, bundle)) > MOST_LOST_S
