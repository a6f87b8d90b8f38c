"""A hand that follows a known curve, and a witness in the page that shares nothing with the code under test."""

import itertools
import time
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


class MediaSchedule:
    """Does things when the film is at a place: maps its clock onto this process's, again and again."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.zero_s = 0.0
        self.measured_s = -np.inf

    def wait_until(self, media_s: float) -> None:
        while True:
            now_s = time.monotonic()
            if now_s - self.measured_s > 1.0:
                self._measure()
                continue
            left_s = self.zero_s + media_s - now_s - LEAD_S
            if left_s <= 0:
                return
            # Playwright's own waiting, so that what the browser has to say is heard meanwhile.
            self.page.wait_for_timeout(min(left_s, 0.5) * 1000)

    def _measure(self) -> None:
        before_s = time.monotonic()
        now_ms, pair = self.page.evaluate("[performance.now(), witness.pairs.at(-1) ?? null]")
        after_s = time.monotonic()
        if pair is None:
            self.page.wait_for_timeout(20)
            return
        media_s = pair[1] + (now_ms - pair[0]) / 1000
        self.zero_s = (before_s + after_s) / 2 - media_s
        self.measured_s = after_s


def turn_by_keys(page: Page, curve: Curve) -> None:
    """Follow a curve with the arrow keys; a step is one unit, with shift five."""
    schedule = MediaSchedule(page)
    page.keyboard.press(" ")
    for (_, before), (at_s, after) in itertools.pairwise(zip(curve.at_s, curve.values, strict=True)):
        schedule.wait_until(at_s)
        key = "ArrowUp" if after > before else "ArrowDown"
        page.keyboard.press({1: key, 5: f"Shift+{key}"}[int(abs(after - before))])


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


def turn_by_pointer(page: Page, curve: Curve) -> None:
    """Follow a curve with the mouse held down all the while."""
    pivot = pivot_of(page)
    schedule = MediaSchedule(page)
    page.mouse.move(*pivot.point(NEUTRAL))
    page.mouse.down()
    for at_s, value in zip(curve.at_s[1:], curve.values[1:], strict=True):
        schedule.wait_until(at_s)
        page.mouse.move(*pivot.point(value))


def witnessed(page: Page, *, pivot: Pivot | None = None) -> Witnessed:
    """Work out from the raw inputs what the dial's value was when; geometry and keys as they are promised."""
    seen: dict[str, Any] = page.evaluate("witness")
    pairs = np.array(seen["pairs"], dtype=float)
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
        t_ms.append(at_ms)
        values.append(min(100.0, max(0.0, exact)))
    media_s = np.interp(t_ms, pairs[:, 0], pairs[:, 1])
    return Witnessed(np.asarray(media_s), np.round(values), pairs)
