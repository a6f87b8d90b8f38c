"""A hand that follows a known curve, and a witness in the page that shares nothing with the code under test."""

import itertools
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import BrowserContext, Page

from dialogram.capture import StepFunction

WITNESS = """
(() => {
  const seen = { pairs: [], inputs: [] };
  Object.defineProperty(window, "witness", { value: seen });
  const watch = (film) => film.requestVideoFrameCallback((_now, frame) => {
    if (!film.paused) seen.pairs.push([frame.expectedDisplayTime, frame.mediaTime]);
    watch(film);
  });
  addEventListener("DOMContentLoaded", () => { for (const film of document.querySelectorAll("video")) watch(film); });
  addEventListener("keydown", (event) => seen.inputs.push([event.timeStamp, "key", event.key, event.shiftKey]), true);
  for (const kind of ["pointerdown", "pointermove"]) addEventListener(kind, (event) => {
    const inputs = kind === "pointermove" ? event.getCoalescedEvents() : [event];
    for (const input of inputs) seen.inputs.push([input.timeStamp, kind, input.clientX, input.clientY]);
  }, true);
})();
"""
"""Notes the time and the frame on screen at every input, before the page hears of it."""

NEUTRAL = 50
SWEEP_DEG = 180.0
LEAD_S = 0.005


@dataclass(frozen=True)
class Curve:
    """What the hand is to do: values at media times, the first at 0."""

    at_s: NDArray[np.float64]
    values: NDArray[np.float64]

    def held(self, *, end_s: float) -> StepFunction:
        """Give the curve as a dial would hold it."""
        ends = np.append(self.at_s[1:], end_s)
        return StepFunction(self.at_s, ends, self.values)


def make_curve(plateaus: Sequence[tuple[float, float]], *, step: int, rate: float) -> Curve:
    """Join plateaus (start in seconds, value) by steps of some units, so many a second, arriving at each start."""
    at_s, values = [0.0], [float(NEUTRAL)]
    for start_s, value in plateaus:
        here = values[-1]
        count = int(abs(value - here) / step)
        assert count * step == abs(value - here), "a plateau must be reached in whole steps"
        first_s = start_s - (count - 1) / rate
        assert first_s > at_s[-1], f"no time to reach {value} by {start_s} s"
        at_s += [first_s + place / rate for place in range(count)]
        values += [here + np.sign(value - here) * step * (place + 1) for place in range(count)]
    return Curve(np.array(at_s), np.array(values))


@dataclass(frozen=True)
class Witnessed:
    """What the witness saw: the dial's true value over media time."""

    at_s: NDArray[np.float64]
    values: NDArray[np.float64]
    pairs: NDArray[np.float64]

    def held(self, *, end_s: float) -> StepFunction:
        """Give it as a step function from the first touch on; of changes within one microsecond the last counts."""
        ends = np.append(self.at_s[1:], end_s)
        real = ends - self.at_s > 1e-6
        return StepFunction(self.at_s[real], ends[real], self.values[real])


def set_witness(context: BrowserContext) -> None:
    context.add_init_script(WITNESS)


class Hand:
    """Does what a curve asks when the film is there: maps its clock onto this process's, again and again."""

    def __init__(self, page: Page, curve: Curve, *, film: Page | None = None) -> None:
        self.page = page
        self.film = film or page
        self.moves = deque(
            (float(at_s), float(before), float(after))
            for (_, before), (at_s, after) in itertools.pairwise(zip(curve.at_s, curve.values, strict=True))
        )
        self._zero_s = 0.0
        self._measured_s = -np.inf

    def take_hold(self) -> None:
        """Touch the dial where it stands; the film begins."""
        raise NotImplementedError

    def turn(self, before: float, after: float) -> None:
        raise NotImplementedError

    def due_s(self) -> float:
        """When the next move is due, on this process's clock."""
        while time.monotonic() - self._measured_s > 1.0:
            self._measure()
        return self._zero_s + self.moves[0][0] - LEAD_S

    def move(self) -> None:
        _, before, after = self.moves.popleft()
        self.turn(before, after)

    def _measure(self) -> None:
        before_s = time.monotonic()
        now_ms, pair = self.film.evaluate("[performance.now(), witness.pairs.at(-1) ?? null]")
        after_s = time.monotonic()
        if pair is None:
            self.film.wait_for_timeout(20)
            return
        self._zero_s = (before_s + after_s) / 2 - pair[1] - (now_ms - pair[0]) / 1000
        self._measured_s = after_s


def follow(*hands: Hand) -> None:
    """Let hands follow their curves, each on a page of its own, all at once."""
    for hand in hands:
        hand.take_hold()
    while busy := [hand for hand in hands if hand.moves]:
        hand = min(busy, key=Hand.due_s)
        left_s = hand.due_s() - time.monotonic()
        if left_s <= 0:
            hand.move()
        else:
            # Playwright's own waiting, so that what the browser has to say is heard meanwhile.
            hand.page.wait_for_timeout(min(left_s, 0.5) * 1000)


class KeyHand(Hand):
    """Uses the arrow keys: a step is one unit, with shift five."""

    def take_hold(self) -> None:
        self.page.keyboard.press(" ")

    def turn(self, before: float, after: float) -> None:
        key = "ArrowUp" if after > before else "ArrowDown"
        self.page.keyboard.press({1: key, 5: f"Shift+{key}"}[int(abs(after - before))])


@dataclass(frozen=True)
class Pivot:
    """Where the dial turns round, in page pixels, and how far out the hand holds it."""

    x: float
    y: float
    radius: float

    def point(self, value: float) -> tuple[float, float]:
        angle = np.pi * (1 - value / 100)
        return float(self.x + self.radius * np.cos(angle)), float(self.y - self.radius * np.sin(angle))


def pivot_of(page: Page) -> Pivot:
    """Find the middle of the dial's half circle on the screen."""
    box = page.locator(".dial-drawing").bounding_box()
    assert box
    unit = box["width"] / 480
    return Pivot(box["x"] + 240 * unit, box["y"] + 236 * unit, 175 * unit)


class PointerHand(Hand):
    """Holds the mouse down all the while."""

    def take_hold(self) -> None:
        self.pivot = pivot_of(self.page)
        self.page.mouse.move(*self.pivot.point(NEUTRAL))
        self.page.mouse.down()

    def turn(self, _before: float, after: float) -> None:
        self.page.mouse.move(*self.pivot.point(after))


def witnessed(page: Page, *, pivot: Pivot | None = None, film: Page | None = None) -> Witnessed:
    """Work out from the raw inputs what the dial's value was when; geometry and keys as they are promised.

    Where the film is on another page, both pages' times are told on this computer's clock.
    """
    seen: dict[str, Any] = page.evaluate("witness")
    pairs = np.array((film or page).evaluate("witness.pairs"), dtype=float)
    later_ms = 0.0
    if film is not None:
        later_ms = page.evaluate("performance.timeOrigin") - film.evaluate("performance.timeOrigin")
    t_ms, values = [], []
    exact = float(NEUTRAL)
    last: tuple[float, float] | None = None
    for at_ms, kind, first, second in seen["inputs"]:
        if kind == "key":
            sign = {"ArrowUp": 1, "ArrowDown": -1, " ": 0}.get(first)
            if sign is None:
                continue
            exact += sign * (5 if second else 1)
        elif pivot is not None:
            angle = float(np.degrees(np.arctan2(pivot.y - second, first - pivot.x)))
            if kind == "pointerdown":
                last = (angle, exact)
            elif last is None:
                continue
            else:
                exact = last[1] + (last[0] - angle) / SWEEP_DEG * 100
        t_ms.append(at_ms + later_ms)
        values.append(min(100.0, max(0.0, exact)))
    media_s = np.interp(t_ms, pairs[:, 0], pairs[:, 1])
    return Witnessed(np.asarray(media_s), np.round(values), pairs)
