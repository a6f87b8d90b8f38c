"""A long rating in a short time: what the page holds on to must not grow with what was rated."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page
from tests.e2e.harness_rate.conftest import MakeRoom, OpenPage
from tests.e2e.harness_rate.pages import DISPLAY, rate_page
from tests.e2e.harness_rate.test_rate import begin, whole
from tests.e2e.long_film import make_long_film
from tests.e2e.page_memory import Memory, PageMemory
from tests.e2e.wandering import WanderingHand

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

MINUTES = 60
HURRIED = 16
"""No browser plays faster."""

SPED_UP = """
{
  const rate = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "playbackRate");
  Object.defineProperty(HTMLMediaElement.prototype, "playbackRate", { ...rate, set() {} });
  addEventListener("play", ({ target }) => rate.set.call(target, 16), true);
}
"""
"""What an extension that speeds films up does to a page: the page says 1, and it stays 16."""

KEEP = "(count) => { window.kept = Array.from({ length: count }, (_, at) => ['dial', at + 0.5, at % 100, 'pointer']); }"
SENT_MS = 2_500


def film_s(page: Page) -> float:
    at_s: float = page.evaluate("document.querySelector('[data-media]').currentTime")
    return at_s


def test_what_the_page_holds_does_not_grow_with_what_was_rated(
    make_room: MakeRoom, context: BrowserContext, open_page: OpenPage, tmp_path: Path
) -> None:
    context.add_init_script(SPED_UP)
    shown = rate_page(end_s=60 * MINUTES, display=DISPLAY | {"trace_s": 30}, break_after_min=MINUTES // 4)
    opened = make_room({"rate": shown}, make_long_film(tmp_path, minutes=MINUTES))
    page = open_page(opened.url("rate"))
    begin(page)
    memory = PageMemory(page)
    hand = WanderingHand(page, seed=1, hurried=HURRIED)

    def rated_until(share: float) -> tuple[Memory, int]:
        while film_s(page) < 60 * MINUTES * share:
            hand.wander(1.0)
        page.wait_for_timeout(SENT_MS)
        return memory.read(), len(opened.room.events("dial"))

    early, changes_early = rated_until(0.35)
    late, changes_late = rated_until(0.8)
    page.evaluate(KEEP, changes_late - changes_early)
    # the control: a page that had kept each change once would be seen to
    kept_bytes = memory.read().made_bytes - late.made_bytes
    assert changes_late - changes_early > 50 * MINUTES
    assert kept_bytes > 20 * (changes_late - changes_early)
    assert late.made_bytes - early.made_bytes < kept_bytes / 4
    assert late.worker_made_bytes - early.worker_made_bytes < kept_bytes / 4
    assert late.nodes - early.nodes < MINUTES
    assert late.listeners - early.listeners < MINUTES

    left_s = (60 * MINUTES - film_s(page)) / HURRIED
    page.wait_for_url("**/room/done", timeout=1000 * (left_s + 30))
    whole(opened.room)
