"""A whole rating in real time: what the page holds on to, what the log comes to, how soon the desk shows its trace.

`python -m benchmarks.long_sitting [MINUTES]`. Not part of `make bench`: it takes as long as the recording, 60 minutes.
One rater in a real browser on the served program, a hand that wanders by mouse and keys. Memory is read after garbage
was collected: what the page's scripts made, the whole heaps of page and worker (with what the browser compiled), and
what the browser's renderers hold for themselves, which grows by what they keep of the film: beside a page with nothing
but the film in it, by no more. Limits: the page's memory flat, the log under 5 MB, the desk's page under 1 s.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright
from tests.e2e.conftest import ARGUMENTS
from tests.e2e.desk import Desk, short_design
from tests.e2e.long_film import make_long_film
from tests.e2e.page_memory import PageMemory
from tests.e2e.room import Room
from tests.e2e.serving import Server
from tests.e2e.wandering import WanderingHand

from dialogram.server.config.boot import prepare

LOOKS = 12
MOST_LOG_MB, MOST_DESK_S = 5.0, 1.0


def renderers_mb(browser: Browser) -> float:
    """Give what all renderers of the browser hold for themselves."""
    cdp = browser.new_browser_cdp_session()
    told = cdp.send("SystemInfo.getProcessInfo")["processInfo"]
    cdp.detach()
    statuses = [Path(f"/proc/{one['id']}/status").read_text() for one in told if one["type"] == "renderer"]
    return sum(int(status.split("RssAnon:")[1].split()[0]) for status in statuses) / 1000


def rate(browser: Browser, page: Page, *, minutes: int) -> None:
    """Rate to the end, and print now and then what the page holds on to."""
    hand = WanderingHand(page, seed=1)
    memory = PageMemory(page)
    page.keyboard.press("ArrowUp")
    heads = ("changes", "made MB", "page MB", "worker MB", "nodes", "listeners", "renderers MB")
    print(f"{'film min':>8}" + "".join(f"{head:>14}" for head in heads))
    held: list[tuple[float, float]] = []
    for look in range(LOOKS + 1):
        # the last look is half a minute before the end: the page is still there then
        due_s = 60 * minutes * look / LOOKS - (30 if look == LOOKS else 0)
        while (at_s := _film_s(page)) < due_s:
            hand.wander(min(15.0, due_s - at_s))
        now = memory.read()
        held.append((at_s, now.made_bytes / 1e6))
        print(
            f"{at_s / 60:>8.1f}{hand.turned:>14,}{now.made_bytes / 1e6:>14.3f}{now.page_bytes / 1e6:>14.2f}"
            f"{now.worker_bytes / 1e6:>14.2f}{now.nodes:>14,}{now.listeners:>14,}{renderers_mb(browser):>14.1f}",
            flush=True,
        )
    later_s, later_mb = np.array(held[len(held) // 2 :]).T
    print(f"made in the second half and still held: {3600 * np.polyfit(later_s, later_mb, 1)[0]:+.3f} MB an hour")
    Room(page).wait_for_end_of_rating(timeout_s=120)


def _film_s(page: Page) -> float:
    at_s: float = page.evaluate("document.querySelector('[data-media]').currentTime")
    return at_s


def answer_s(page: Page, address: str) -> tuple[float, float]:
    """Give how long the server takes to answer, and the browser to show the page."""
    begun_s = time.monotonic()
    page.goto(address, wait_until="load")
    shown_s = time.monotonic() - begun_s
    timing = "(({ responseEnd, requestStart }) => responseEnd - requestStart)"
    answered_ms: float = page.evaluate(f"{timing}(performance.getEntriesByType('navigation')[0])")
    return answered_ms / 1000, shown_s


def stored_mb(data: Path) -> tuple[float, int]:
    """Give what the log's rows hold in the database, and how many there are."""
    prepare(data)
    from django.db.models import Sum
    from django.db.models.functions import Length

    from dialogram.server.records.models import EventRecord

    total = EventRecord.objects.aggregate(total=Sum(Length("sealed_payload") + Length("digest")))["total"]
    return total / 1e6, EventRecord.objects.count()


def main(minutes: int = 60) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film = make_long_film(folder, minutes=minutes)
        server = Server(folder / "data")
        server.start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
            try:
                desk = Desk(browser.new_context(base_url=server.address).new_page())
                desk.begin()
                session = desk.prepare("Long", design=short_design(practice=False), film=film)
                link = desk.make_link(session, "client", tasks={"rate"})
                desk.page.goto("about:blank")
                room = Room(browser.new_context(base_url=server.address).new_page())
                room.come_in(link)
                room.agree()
                room.check()
                room.read()
                room.wait_for_dial()
                rate(browser, room.page, minutes=minutes)
                room.page.context.close()
                times_s = [answer_s(desk.page, session) for _ in range(2)]
                log = next(
                    content for file, content in desk.export(session).files.items() if file.endswith("client.jsonl")
                )
            finally:
                browser.close()
                server.stop()
        sealed_mb, rows = stored_mb(folder / "data")
        print(f"the log: {len(log) / 1e6:.2f} MB as a file, {sealed_mb:.2f} MB sealed in {rows:,} rows", end="")
        print(f" (limit {MOST_LOG_MB:.0f} MB)")
        for what, (answered_s, shown_s) in zip(("opened first", "opened again"), times_s, strict=True):
            print(f"the desk's page, {what}: answered in {answered_s:.2f} s, shown in {shown_s:.2f} s", end="")
            print(f" (limit {MOST_DESK_S:.0f} s)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
