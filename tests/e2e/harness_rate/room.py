"""A room of one sitting, in memory: the built pages, one film, and the capture protocol as the server will speak it."""

import json
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from django.template import Context, Engine
from tests.e2e.harness_rate.frontend_tag import STATIC

from dialogram.capture import EventLog, LoggedRecord, Saved, saved
from dialogram.capture.messages import MessageError, canonical, parse_finish, parse_records, parse_stream

FRONTEND = Path(__file__).parents[3] / "frontend"
TEMPLATES = Path(__file__).parents[3] / "src" / "dialogram" / "server" / "room" / "templates"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MOST_RANGE = 1024 * 1024
TYPES = {".js": "text/javascript", ".css": "text/css", ".mp4": "video/mp4", ".m4a": "audio/mp4"}
SILENCE_S = 6
SITTING = "3f1c"
ENGINE = Engine(dirs=[str(TEMPLATES)], libraries={"frontend": "tests.e2e.harness_rate.frontend_tag"})


def without_types(name: str) -> bytes:
    """A module of the front end as a browser can read it, for what no page uses yet."""
    strip = "process.stdout.write(require('node:module').stripTypeScriptTypes(require('fs').readFileSync(0, 'utf8')))"
    source = (FRONTEND / name).read_bytes()
    node = Path(sys.executable).with_name("node")
    return subprocess.run([node, "--no-warnings", "-e", strip], input=source, capture_output=True, check=True).stdout


class Room:
    """What the server would keep, and how it can fail."""

    def __init__(self, film: Path, *, pages: dict[str, dict[str, Any]]) -> None:
        self.film = film
        self.pages = pages
        self.epochs: dict[str, int] = {}
        self.records: dict[tuple[str, int], bytes] = {}
        self.deliveries: Counter[tuple[str, int]] = Counter()
        self.acknowledged: Counter[tuple[str, int]] = Counter()
        self.conflicts: list[tuple[str, int]] = []
        self.finished: tuple[str, int] | None = None
        self.down = False
        self.ended: tuple[int, str] | None = None
        self.film_reaches: int | None = None
        self.swallow_answers = 0
        self.stops = 0
        self.refused: list[str] = []
        self.heard_at = float("-inf")
        self.lock = threading.Lock()

    def logged(self) -> list[LoggedRecord]:
        return [LoggedRecord(stream, seq, json.loads(raw)["events"]) for (stream, seq), raw in self.records.items()]

    def log(self) -> EventLog:
        return EventLog.from_records(self.logged(), epochs=self.epochs)

    def events(self, *kinds: str) -> list[Any]:
        with self.lock:
            return [event for stream in self.log().streams for event in stream.of_kind(*kinds)]

    def saved(self) -> Saved:
        return saved(self.log()) if self.records else Saved(None, None)

    def post(self, verb: str, body: bytes) -> tuple[int, dict[str, Any]]:
        with self.lock:
            if self.ended is not None:
                status, code = self.ended
                return status, {"code": code}
            try:
                return getattr(self, f"_{verb}")(body)  # type: ignore[no-any-return]
            except MessageError as error:
                self.refused.append(str(error))
                return (413 if error.code == "too-large" else 400), {"code": error.code, "message": str(error)}

    def _streams(self, body: bytes) -> tuple[int, dict[str, Any]]:
        request = parse_stream(body)
        if not request.take_over and time.monotonic() - self.heard_at < SILENCE_S and not self.saved().left:
            return 409, {"code": "elsewhere"}
        self.epochs[request.stream] = len(self.epochs) + 1
        known = self.saved()
        resume = None if known.media_s is None else {"media_s": known.media_s, "value": known.value}
        return 200, {"epoch": self.epochs[request.stream], "resume": resume}

    def _records(self, body: bytes) -> tuple[int, dict[str, Any]]:
        request = parse_records(body)
        self.heard_at = time.monotonic()
        acknowledged, conflicts = [], []
        for record in request.records:
            key = (request.stream, record.seq)
            raw = canonical(record)
            self.deliveries[key] += 1
            if self.records.setdefault(key, raw) != raw:
                conflicts.append(record.seq)
                self.conflicts.append(key)
            else:
                acknowledged.append(record.seq)
        epoch = max(self.epochs.values())
        return 200, {
            "acknowledged": acknowledged,
            "conflicts": conflicts,
            "epoch": epoch,
            "saved_to_s": self.saved().media_s,
        }

    def _stopped(self, _body: bytes) -> tuple[int, dict[str, Any]]:
        self.stops += 1
        return 200, {}

    def _finish(self, body: bytes) -> tuple[int, dict[str, Any]]:
        request = parse_finish(body)
        there = {seq for stream, seq in self.records if stream == request.stream}
        absent = request.last_seq + 1 - len(there)
        if absent:
            return 409, {"code": "records-missing", "missing": absent}
        self.finished = (request.stream, request.last_seq)
        return 200, {"next": "/room/done"}


class Door(BaseHTTPRequestHandler):
    """HTTP in front of a room."""

    room: ClassVar[Room]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self._cut():
            return
        path = self.path.partition("?")[0]
        if page := re.fullmatch(rf"/room/sittings/{SITTING}/(\w+)", path):
            name = page[1]
            context = Context({"page_data": self.room.pages[name], "texts": self.room.pages[name]["texts"]})
            html = ENGINE.get_template(f"room/{name}.html").render(context)
            self._answer(200, html.encode(), "text/html; charset=utf-8", {"Content-Security-Policy": CSP})
        elif path == "/media/film":
            self._film()
        elif path.startswith("/static/") and (file := STATIC / path.removeprefix("/static/")).is_file():
            self._answer(200, file.read_bytes(), TYPES.get(file.suffix, "application/octet-stream"))
        elif path == "/source/page":
            self._answer(200, b"<!doctype html><title>Clip</title><video muted></video>", "text/html; charset=utf-8")
        elif path.startswith("/source/"):
            self._answer(200, without_types(path.removeprefix("/source/")), TYPES[".js"])
        elif path in {"/room/done", "/room/stopped"}:
            self._answer(200, b"<!doctype html><title>Done</title><h1>Done</h1>", "text/html; charset=utf-8")
        else:
            self._answer(404, b"", "text/plain")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self._cut():
            return
        verb = self.path.rpartition("/")[2]
        if self.headers.get("X-CSRFToken") != "token":
            self._answer(403, b"{}", "application/json")
            return
        status, answer = self.room.post(verb, body)
        if verb == "records" and self.room.swallow_answers > 0:
            self.room.swallow_answers -= 1
            self.close_connection = True
            self.connection.close()
            return
        self._answer(status, json.dumps(answer).encode(), "application/json")
        if status == 200 and verb == "records":
            stream = json.loads(body)["stream"]
            self.room.acknowledged.update((stream, seq) for seq in answer["acknowledged"])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
        pass

    def _cut(self) -> bool:
        if self.room.down:
            self.close_connection = True
            self.connection.close()
        return self.room.down

    def _film(self) -> None:
        size = self.room.film.stat().st_size
        asked = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "bytes=0-"))
        assert asked
        start = int(asked[1])
        end = min(int(asked[2] or size - 1), size - 1, start + MOST_RANGE - 1)
        if (reaches := self.room.film_reaches) is not None:
            # a line so slow that of the film nothing beyond this byte comes through
            while start >= reaches and self.room.film_reaches is not None:
                time.sleep(0.05)
            end = max(min(end, reaches - 1), start)
        if start >= size:
            self._answer(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, b"", "text/plain")
            return
        with self.room.film.open("rb") as file:
            file.seek(start)
            part = file.read(end - start + 1)
        headers = {
            "Content-Range": f"bytes {start}-{end}/{size}",
            "Accept-Ranges": "bytes",
            "Cache-Control": "no-store",
        }
        self._answer(206, part, TYPES[self.room.film.suffix], headers)

    def _answer(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        try:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


class OpenRoom:
    """A room that answers on a port of its own."""

    def __init__(self, room: Room) -> None:
        self.room = room
        door = type("ThisDoor", (Door,), {"room": room})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), door)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()
        self.address = f"http://localhost:{self.server.server_address[1]}"

    def url(self, page: str) -> str:
        return f"{self.address}/room/sittings/{SITTING}/{page}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        time.sleep(0.05)
