from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from tests.e2e.harness_rate.film import make_film
from tests.e2e.harness_rate.room import OpenRoom, Room

type OpenPage = Callable[..., Page]
type MakeRoom = Callable[..., OpenRoom]


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(tmp_path_factory.mktemp("film") / "film.mp4", seconds=28, picture_s=28)


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(tmp_path_factory.mktemp("film") / "sound.m4a", seconds=3, picture_s=0)


@pytest.fixture(scope="session")
def half_seen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a film whose picture ends long before its sound."""
    return make_film(tmp_path_factory.mktemp("film") / "half.mp4", seconds=8, picture_s=2)


@pytest.fixture
def make_room(film: Path) -> Iterator[MakeRoom]:
    opened: list[OpenRoom] = []

    def make(pages: dict[str, dict[str, Any]], recording: Path = film) -> OpenRoom:
        opened.append(OpenRoom(Room(recording, pages=pages)))
        return opened[-1]

    yield make
    for room in opened:
        room.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context
    context.close()


@pytest.fixture
def open_page(context: BrowserContext) -> Iterator[OpenPage]:
    """Open pages that must not complain: no uncaught error, no refusal by the content security policy."""
    complaints: list[str] = []

    def open_url(url: str) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )
        page.goto(url)
        return page

    yield open_url
    assert complaints == []
