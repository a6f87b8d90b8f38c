"""Frames a second of the rating page while a hand moves, beside an empty page.

python -m benchmarks.rating_page [SECONDS]
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page, sync_playwright
from tests.e2e.conftest import ARGUMENTS
from tests.e2e.desk import Desk, short_design
from tests.e2e.hand import pivot_of
from tests.e2e.room import Room
from tests.e2e.serving import Server

from dialogram.simulate.recording import make_recording

COUNT = """
window.frames_ms = [];
(function count(now_ms) { window.frames_ms.push(now_ms); requestAnimationFrame(count); })(performance.now());
"""
SPARE_S = 4


def frames_while_moving(page: Page, *, seconds: float, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move the mouse through points round and round, and give the time of every frame."""
    page.mouse.move(*points[0])
    page.mouse.down()
    page.evaluate(COUNT)
    until_s = time.monotonic() + seconds
    place = 0
    while time.monotonic() < until_s:
        place = (place + 1) % len(points)
        page.mouse.move(*points[place])
    frames_ms: list[float] = page.evaluate("window.frames_ms")
    page.mouse.up()
    return np.array(frames_ms)


def row(name: str, frames_ms: NDArray[np.float64]) -> str:
    each_ms = np.diff(frames_ms)
    share_late = np.mean(each_ms > 25)
    return (
        f"{name:12} {1000 / each_ms.mean():8.1f} {1000 / np.median(each_ms):8.1f} "
        f"{np.quantile(each_ms, 0.99):8.1f} {100 * share_late:8.1f}"
    )


def main(seconds: float = 20) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        film = Path(folder, "film.mp4")
        make_recording(film, duration_s=seconds + SPARE_S, seed=1)
        server = Server(Path(folder, "data"))
        server.start()
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        try:
            desk = Desk(browser.new_context(base_url=server.address).new_page())
            desk.begin()
            session = desk.prepare("Frames", design=short_design(practice=False), film=film)
            link = desk.make_link(session, "client")
            desk.page.context.close()
            context = browser.new_context(base_url=server.address, viewport={"width": 1280, "height": 800})
            room = Room(context.new_page())
            room.come_in(link)
            room.agree()
            room.check()
            room.read()
            room.wait_for_dial()
            pivot = pivot_of(room.page)
            there = np.linspace(20, 80, 61)
            points = np.array([pivot.point(value) for value in np.concatenate([there, there[::-1]])])
            rating = frames_while_moving(room.page, seconds=seconds, points=points)
            room.page.goto("about:blank")
            empty = frames_while_moving(room.page, seconds=min(seconds, 5), points=points)
        finally:
            browser.close()
            server.stop()
    print("page         frames/s   median  p99 ms   % late")
    print(row("rating", rating))
    print(row("empty", empty))


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
