"""A hand that wanders like a rater's: bursts of small turns, by mouse and by keys in turn, and rests between them."""

import time

import numpy as np
from playwright.sync_api import Page
from tests.e2e.hand import pivot_of

LOWEST, HIGHEST = 5, 95
BURST_S, REST_S = (1.0, 6.0), (1.0, 8.0)
TURNS_PER_S = (5.0, 20.0)


class WanderingHand:
    """Turns the dial unit by unit; `hurried` times as fast as a rater, bursts and rests and all."""

    def __init__(self, page: Page, *, seed: int, hurried: float = 1.0) -> None:
        self.page = page
        self.turned = 0
        self._rng = np.random.default_rng(seed)
        self._hurried = hurried
        self._by_mouse = False

    def wander(self, seconds: float) -> None:
        """Go on for so many seconds on the clock on the wall, or a burst longer."""
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            self._by_mouse = not self._by_mouse
            self._burst()
            self.page.wait_for_timeout(1000 * self._rng.uniform(*REST_S) / self._hurried)

    def _burst(self) -> None:
        value = float(self.page.get_by_role("slider").get_attribute("aria-valuenow") or "nan")
        pivot = pivot_of(self.page)
        if self._by_mouse:
            self.page.mouse.move(*pivot.point(value))
            self.page.mouse.down()
        rate = self._rng.uniform(*TURNS_PER_S) * self._hurried
        way = 1 if value < self._rng.uniform(LOWEST, HIGHEST) else -1
        begun_s = time.monotonic()
        for place in range(round(self._rng.uniform(*BURST_S) * rate / self._hurried)):
            left_s = begun_s + place / rate - time.monotonic()
            if left_s > 0:
                self.page.wait_for_timeout(1000 * left_s)
            if not LOWEST <= value + way <= HIGHEST:
                way = -way
            value += way
            if self._by_mouse:
                self.page.mouse.move(*pivot.point(value))
            else:
                self.page.keyboard.press("ArrowUp" if way > 0 else "ArrowDown")
            self.turned += 1
        if self._by_mouse:
            self.page.mouse.up()
