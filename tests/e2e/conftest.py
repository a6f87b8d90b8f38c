from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.e2e.desk import Desk, short_design
from tests.e2e.serving import Server

from dialogram.simulate.recording import make_recording

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

type OpenContext = Callable[..., BrowserContext]
type Film = Callable[[float], Path]
type PreparedSession = Callable[[Desk], str]

SHORT_S = 20


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Not for the whole run: while it is open, its event loop keeps Django's databases shut in this process.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """Make recordings of a length, each once."""
    folder = tmp_path_factory.mktemp("films")

    def make(duration_s: float) -> Path:
        path = folder / f"{duration_s:g}.mp4"
        if not path.exists():
            make_recording(path, duration_s=duration_s, seed=7, size=(320, 180))
        return path

    return make


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for everybody, with the owner's account made by whoever comes first."""
    yield from _serving(tmp_path_factory.mktemp("server") / "data")


@pytest.fixture
def empty_server(tmp_path: Path) -> Iterator[Server]:
    """A server of one's own, on an empty folder."""
    yield from _serving(tmp_path / "data")


def _serving(folder: Path) -> Iterator[Server]:
    server = Server(folder)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def open_context(browser: Browser) -> Iterator[OpenContext]:
    """Open browsers of different people, whose pages must not complain: no uncaught error, nothing the CSP refused."""
    complaints: list[str] = []
    opened: list[BrowserContext] = []

    def listen(page: Page) -> None:
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                complaints.append(f"{page.url}: {message.text}")
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )

    def open_new(*, base_url: str, width: int = 1280, height: int = 800, **others: Any) -> BrowserContext:
        context = browser.new_context(base_url=base_url, viewport={"width": width, "height": height}, **others)
        context.on("page", listen)
        opened.append(context)
        return context

    yield open_new
    for context in opened:
        context.close()
    assert complaints == []


@pytest.fixture
def desk(server: Server, open_context: OpenContext) -> Desk:
    """A researcher at the desk of the shared server."""
    desk = Desk(open_context(base_url=server.address).new_page())
    desk.sign_in()
    return desk


@pytest.fixture(scope="session")
def prepared(film: Film) -> PreparedSession:
    """Make a session whose links can open, once, for whoever needs just some session."""
    made: list[str] = []

    def session(desk: Desk) -> str:
        if not made:
            made.append(desk.prepare("Short", design=short_design(per_kind=1), film=film(SHORT_S)))
        return made[0]

    return session
