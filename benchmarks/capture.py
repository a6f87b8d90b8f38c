"""Event sourcing beside sampling, in one Chromium run: what of a hand's movement is lost, and how wrong its times are.

`python -m benchmarks.capture [SECONDS]`. The mouse is moved through CDP 60 times a second without waiting for the page,
each input stamped with its time as a device's driver does it. What was on the screen meanwhile is read off the screen:
the browser's screencast tells when each picture was shown, the film's burned-in number which picture it was. The main
thread is first idle, then blocked for 50 of every 200 ms. Targets (DESIGN, section 11): 0 missed, p99 at most 33 ms, a
20 Hz timer at least 3 times worse; they hold for a machine that has its two cores to itself.
"""

import asyncio
import base64
import io
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from playwright.async_api import Browser, CDPSession, Page, async_playwright
from tests.e2e.conftest import ARGUMENTS
from tests.e2e.hand import Pivot
from tests.e2e.harness_rate.pages import SCALE, rate_page
from tests.e2e.harness_rate.room import OpenRoom, Room

from dialogram.capture import EventLog
from dialogram.capture.player import Played, played
from dialogram.simulate.recording import make_recording
from dialogram.simulate.scene import read_frame_number

FPS = 30
INPUTS_PER_S = 60
SPARE_S = 4.0
FROM, TO, STEP = 6.0, 94.0, 0.001
SETTLE_S = 1.5
LONGEST_UNSEEN_S = 0.1
WIDTH, HEIGHT = 1280, 800
LEAST_RATIO, LONGEST_MS = 3.0, 1000 / FPS
OURS, TIMER = "Dialogram: events", "setInterval 20 Hz"

SAMPLERS = """
(() => {
  const samples = { "setInterval 20 Hz": [], requestAnimationFrame: [], requestVideoFrameCallback: [] };
  Object.defineProperty(window, "samples", { value: samples });
  let hand = null;
  addEventListener("pointermove", (event) => { hand = [event.clientX, event.clientY]; }, true);
  const take = (name, media_s) => { if (hand) samples[name].push([...hand, media_s]); };
  addEventListener("DOMContentLoaded", () => {
    const film = document.querySelector("video");
    setInterval(() => take("setInterval 20 Hz", film.currentTime), 50);
    const paint = () => { requestAnimationFrame(paint); take("requestAnimationFrame", film.currentTime); };
    requestAnimationFrame(paint);
    const frame = (_now, { mediaTime }) => {
      film.requestVideoFrameCallback(frame);
      take("requestVideoFrameCallback", mediaTime);
    };
    film.requestVideoFrameCallback(frame);
  });
})();
"""
"""What other tools do: keep where the hand was seen last, and write it down with the player's time now and then."""

BLOCK = """
setInterval(() => { const until_ms = performance.now() + 50; while (performance.now() < until_ms); }, 200);
"""


@dataclass
class Screen:
    """What was on the screen: pictures with the time they were shown at, on CLOCK_MONOTONIC."""

    cdp: CDPSession
    pictures: list[tuple[float, str]] = field(default_factory=list)

    async def watch(self) -> None:
        self.cdp.on("Page.screencastFrame", self._take)
        await self.cdp.send(
            "Page.startScreencast", {"format": "jpeg", "quality": 60, "maxWidth": WIDTH // 2, "maxHeight": HEIGHT // 2}
        )

    def _take(self, frame: dict[str, Any]) -> None:
        self.pictures.append((frame["metadata"]["monotonicTimestamp"], frame["data"]))
        _soon(self.cdp, "Page.screencastFrameAck", sessionId=frame["sessionId"])

    def shown(self, box: tuple[float, float, float, float]) -> NDArray[np.float64]:
        """Read the numbers off the film's part of each picture; rows of (time in s, media time in s), no repeats."""
        left, top, width, height = (part / 2 for part in box)
        rows: list[tuple[float, float]] = []
        for at_s, data in self.pictures:
            with av.open(io.BytesIO(base64.b64decode(data)), "r", format="jpeg_pipe") as picture:
                luma = np.asarray(next(picture.decode(video=0)).to_ndarray(format="gray"), dtype=np.uint8)
            number = read_frame_number(luma[round(top) : round(top + height), round(left) : round(left + width)])
            if number is not None and (not rows or number / FPS > rows[-1][1]):
                rows.append((at_s, number / FPS))
        return np.array(rows)


@dataclass(frozen=True)
class Taken:
    """One run: when the hand was where, what the film showed, and what each way of capture made of it."""

    sent: NDArray[np.float64]
    shown: NDArray[np.float64]
    samples: dict[str, NDArray[np.float64]]
    log: EventLog


def _soon(cdp: CDPSession, method: str, **parameters: Any) -> None:
    _under_way.add(task := asyncio.ensure_future(cdp.send(method, parameters)))
    task.add_done_callback(_under_way.discard)


_under_way: set[asyncio.Future[Any]] = set()


async def turn(page: Page, cdp: CDPSession, *, seconds: float) -> NDArray[np.float64]:
    """Hold the dial and turn it once from end to end; rows of (time in s, x, y, value), no value twice."""
    box = await page.locator(".dial-drawing").bounding_box()
    assert box
    unit = box["width"] / 480
    pivot = Pivot(box["x"] + 240 * unit, box["y"] + 236 * unit, 175 * unit)

    def point(kind: str, value: float, **others: Any) -> tuple[float, float]:
        x, y = pivot.point(value)
        _soon(cdp, "Input.dispatchMouseEvent", type=kind, x=x, y=y, buttons=1, timestamp=time.time(), **others)
        return x, y

    point("mousePressed", FROM, button="left", clickCount=1)
    await asyncio.sleep(SETTLE_S)
    values = np.linspace(FROM, TO, round(seconds * INPUTS_PER_S) + 1)[1:]
    begun_s = time.monotonic()
    sent = []
    for place, value in enumerate(values):
        await asyncio.sleep(begun_s + place / INPUTS_PER_S - time.monotonic())
        at_s = time.monotonic()
        sent.append((at_s, *point("mouseMoved", float(value)), value))
    await asyncio.sleep(0.5)
    return np.array(sent)


async def run(browser: Browser, film: Path, *, seconds: float, blocked: bool) -> Taken:
    fine = {**SCALE, "neutral": FROM, "step": STEP}
    room = OpenRoom(Room(film, pages={"rate": rate_page(end_s=seconds + SPARE_S, scale=fine)}))
    context = await browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    try:
        await context.add_init_script(SAMPLERS)
        page = await context.new_page()
        await page.goto(room.url("rate"))
        await page.wait_for_selector("[role=slider][aria-disabled=false]")
        video = await page.locator("video").bounding_box()
        assert video
        cdp = await context.new_cdp_session(page)
        screen = Screen(cdp)
        await screen.watch()
        if blocked:
            await page.evaluate(BLOCK)
        sent = await turn(page, cdp, seconds=seconds)
        await cdp.send("Page.stopScreencast")
        samples = {name: np.array(rows) for name, rows in (await page.evaluate("samples")).items()}
        await page.wait_for_url("**/room/done", timeout=60_000)
    finally:
        await context.close()
        room.close()
    assert room.room.finished, "the rating was handed in"
    shown = screen.shown((video["x"], video["y"], video["width"], video["height"]))
    return Taken(sent, shown, samples, room.room.log())


def changes(taken: Taken) -> dict[str, tuple[NDArray[np.intp], NDArray[np.float64]]]:
    """Give, for each way of capture, which inputs it holds and the media time it gives to each of them, in seconds."""
    found = {}
    (stream,) = taken.log.streams
    stretches = played(stream)
    turned = [event for event in stream.of_kind("dial") if event.t_ms < stretches[-1].to_ms]
    values = np.array([event.number(0) for event in turned])
    media_s = np.array([_media_at(event.t_ms, stretches) for event in turned])
    kept = {OURS: (values[:, None], media_s, taken.sent[:, 3:])}
    kept |= {name: (rows[:, :2], rows[:, 2], taken.sent[:, 1:3]) for name, rows in taken.samples.items()}
    for name, (places, at_s, inputs) in kept.items():
        apart = np.linalg.norm(places[:, None] - inputs[None], axis=2)
        near = apart.min(axis=1) < np.linalg.norm(np.diff(inputs, axis=0), axis=1).min() / 2
        which, first = np.unique(apart.argmin(axis=1)[near], return_index=True)
        found[name] = (which, at_s[near][first])
    return found


def _media_at(t_ms: float, stretches: list[Played]) -> float:
    """Where the film was; a change while it stood still belongs to where it went on."""
    stretch = next(stretch for stretch in stretches if stretch.to_ms > t_ms)
    return float(stretch.media_at(max(t_ms, stretch.from_ms)))


def table(name: str, taken: Taken) -> None:
    """Print what each way of capture missed, and how far its times are from what was on the screen."""
    at_s, shown_s = taken.shown.T
    true_s = np.interp(taken.sent[:, 0], at_s, shown_s)
    gap = np.diff(at_s)[np.clip(np.searchsorted(at_s, taken.sent[:, 0]) - 1, 0, len(at_s) - 2)]
    seen = gap <= LONGEST_UNSEEN_S
    print(f"\nmain thread {name}: {len(true_s)} changes, {seen.sum()} of them with the screen seen around them")
    print(f"{'':28}{'missed':>10}{'%':>8}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'max ms':>9}")
    tail_ms = {}
    for way, (which, media_s) in changes(taken).items():
        judged = seen[which]
        off_ms = 1000 * np.abs(media_s - true_s[which])[judged]
        p50, p95, p99 = np.quantile(off_ms, [0.5, 0.95, 0.99])
        missed = len(true_s) - len(which)
        tail_ms[way] = p99
        times = "".join(f"{time_ms:>9.1f}" for time_ms in (p50, p95, p99, off_ms.max()))
        print(f"{way:28}{missed:>10}{100 * missed / len(true_s):>8.1f}{times}")
    ours, timer = tail_ms[OURS], tail_ms[TIMER]
    limits = f"limits: {LONGEST_MS:.0f} ms, {LEAST_RATIO:.0f} times"
    print(f"p99 {ours:.1f} ms; the 20 Hz timer is {timer / ours:.1f} times worse ({limits})")


async def runs(seconds: float) -> dict[str, Taken]:
    """Rate the same film twice in one browser."""
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder, "film.mp4")
        make_recording(film, duration_s=seconds + SPARE_S, seed=1, size=(640, 360), fps=FPS)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
            try:
                return {
                    name: await run(browser, film, seconds=seconds, blocked=blocked)
                    for name, blocked in (("idle", False), ("blocked 50 of every 200 ms", True))
                }
            finally:
                await browser.close()


def main(seconds: float = 30) -> None:
    for name, taken in asyncio.run(runs(seconds)).items():
        table(name, taken)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
