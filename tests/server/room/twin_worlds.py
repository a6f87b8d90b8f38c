"""Two worlds that differ in blinded facts alone, and everything a therapist's browser can get out of each."""

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import django.contrib.sessions.middleware
import django.http.response
import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from tests.server.factories import World, page_data

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")

type Act = Callable[[World], object]
type Answer = tuple[str, int, tuple[tuple[str, str], ...], str, bytes]


@contextmanager
def chance(name: str) -> Iterator[None]:
    """Let every id, key and token that is drawn in here be the same whenever the name is the same."""
    source = random.Random(name)  # the opposite of secret is what is wanted
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(random, "_urandom", source.randbytes)
        patch.setattr(timezone, "now", lambda: NOW)
        clock = SimpleNamespace(time=NOW.timestamp)
        patch.setattr(django.http.response, "time", clock)
        patch.setattr(django.contrib.sessions.middleware, "time", clock)
        yield


@dataclass(frozen=True)
class Door:
    """How the therapist comes in, and the sittings whose addresses she knows or tries."""

    token: str
    sittings: Sequence[str]


def answers_in(world: World, act: Act, door: Door, *, walk: Callable[[Client, list[Answer]], None]) -> list[Answer]:
    """Let `act` make the blinded facts, walk and crawl as the therapist, then undo it all."""
    answers: list[Answer] = []
    with transaction.atomic():
        with chance("blinded"):
            act(world)
        with chance("therapist"):
            browser = Client()
            answers.append(heard("door", browser.get(f"/r/{door.token}")))
            answers.append(heard("enter", browser.post(f"/r/{door.token}")))
            walk(browser, answers)
            answers += crawl(browser, door)
        transaction.set_rollback(True)
    return answers


def heard(what: str, response: Any) -> Answer:
    """Keep all that a browser gets of an answer: status, headers, cookies and every byte."""
    body = b"".join(response.streaming_content) if response.streaming else bytes(response.content)
    headers = tuple(sorted((name, str(value)) for name, value in response.headers.items()))
    return what, response.status_code, headers, response.cookies.output(), body


def crawl(browser: Client, door: Door) -> list[Answer]:
    """Ask every address of the room by every method, for what is one's own, somebody else's, and made up."""
    page = browser.get("/room/")
    text = page.content.decode()
    own = re.findall(r"/room/sittings/(\w+)", text)
    data = page_data(page) if own else {}
    answers = []
    sittings = [*dict.fromkeys([*own, *door.sittings]), "0" * 32]
    paths = ["/room/", "/room/stop", "/room/practised", f"/r/{door.token}", "/r/made-up", "/room", "/room/sittings"]
    paths += [f"/room/sittings/{sitting}/{end}" for sitting in sittings for end in ENDS]
    for path in paths:
        answers += [heard(f"{method} {path}", browser.generic(method, path)) for method in METHODS]
    for sitting in sittings:
        base = f"/room/sittings/{sitting}"
        media = browser.get(f"{base}/media", headers={"Range": "bytes=10-30"})
        answers.append(heard(f"range {base}", media))
        for end, body in BODIES:
            sent = browser.post(f"{base}/{end}", body, content_type="application/json")
            answers.append(heard(f"POST {base}/{end} {body[:60]}", sent))
    for clip in data.get("cards", {}):
        placed = json.dumps({"placed": {clip: "helpful"}})
        answers.append(heard("place", browser.post(data["save_url"], placed, content_type="application/json")))
    for fields in FORMS:
        answers.append(heard(f"form {fields}", browser.post("/room/", fields)))
        answers.append(heard("then", browser.get("/room/")))
    answers.append(heard("stop", browser.post("/room/stop")))
    return answers


ENDS = ("streams", "records", "finish", "media", f"segments/{'0' * 32}", "cards", "")
BODIES = (
    ("streams", "{"),
    ("streams", json.dumps({"stream": "a" * 32})),
    ("records", json.dumps({"stream": "b" * 32, "records": [{"seq": 0, "events": []}]})),
    ("finish", json.dumps({"stream": "b" * 32, "last_seq": 0})),
    (f"segments/{'0' * 32}", json.dumps({"text": "?", "moment": "", "vetoed": False})),
    ("cards", json.dumps({"placed": {}})),
    ("cards", json.dumps({"placed": {"made-up": "helpful"}})),
)
FORMS: tuple[dict[str, str], ...] = (
    {},
    {"step": "sort"},
    {"step": "segment", "segment": "0" * 32, "act": "skip"},
    {"step": "made-up"},
    {"step": "debrief"},
)


def differences(one: Sequence[Answer], other: Sequence[Answer]) -> list[str]:
    """Name the requests that were answered differently."""
    found = [a[0] for a, b in zip(one, other, strict=False) if a != b]
    return found + (["one crawl is longer"] if len(one) != len(other) else [])
