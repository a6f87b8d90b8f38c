from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.sessions.models import Session
from django.db import connections, transaction
from django.utils import timezone

from dialogram.server.config.browser_sessions import SessionStore

pytestmark = pytest.mark.django_db


def kept(**content: str) -> str:
    store = SessionStore()
    store.update(content)
    store.create()
    assert store.session_key
    return store.session_key


def test_a_browser_is_known_by_its_key_alone() -> None:
    mine, other = kept(link="a"), kept(link="b")
    assert SessionStore(mine).get("link") == "a"
    assert SessionStore(other).get("link") == "b"


@pytest.mark.parametrize("key", [None, "", "x" * 32, "' OR 1=1 --"])
def test_an_unknown_key_is_forgotten(key: str | None) -> None:
    kept(link="a")
    store = SessionStore(key)
    assert store.get("link") is None
    assert store.session_key is None


def test_a_key_that_has_run_out_is_forgotten() -> None:
    key = kept(link="a")
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    store = SessionStore(key)
    assert store.get("link") is None
    assert store.session_key is None


def test_a_key_whose_content_was_changed_opens_nothing() -> None:
    key = kept(link="a")
    Session.objects.update(session_data="forged:content")
    assert SessionStore(key).get("link") is None


def test_what_is_remembered_is_forgotten_when_it_is_written_or_ended() -> None:
    key = kept(link="a")
    for link in ("b", "c"):
        assert SessionStore(key).get("link") is not None
        store = SessionStore(key)
        store["link"] = link
        store.save()
        assert SessionStore(key).get("link") == link
    SessionStore(key).flush()
    assert SessionStore(key).get("link") is None


def test_what_is_remembered_runs_out() -> None:
    store = SessionStore()
    store["link"] = "a"
    store.set_expiry(timedelta(seconds=1))
    store.create()
    key = store.session_key
    assert SessionStore(key).get("link") == "a"
    with patch.object(timezone, "now", return_value=timezone.now() + timedelta(seconds=2)):
        assert SessionStore(key).get("link") is None


def test_what_one_changes_of_what_it_was_given_is_not_what_others_are_given() -> None:
    key = kept(link="a")
    SessionStore(key).load()["link"] = "b"
    assert SessionStore(key).get("link") == "a"


@pytest.mark.django_db(transaction=True)
def test_a_session_that_ends_while_another_reads_it_is_not_remembered() -> None:
    key = kept(link="a")
    read, ended = Event(), Event()

    class Slow(SessionStore):
        def decode(self, session_data: bytes | str) -> dict[str, Any]:
            read.set()
            assert ended.wait(10)
            return super().decode(session_data)

    Slow.__qualname__ = SessionStore.__qualname__  # the signature's salt
    with ThreadPoolExecutor() as pool:
        reading = pool.submit(Slow(key).load)
        assert read.wait(10)
        SessionStore(key).flush()
        ended.set()
        assert reading.result() == {"link": "a"}
        pool.submit(connections.close_all).result()
    assert SessionStore(key).get("link") is None


@pytest.mark.django_db(transaction=True)
def test_a_session_that_was_read_before_the_end_of_it_was_committed_is_not_remembered() -> None:
    key = kept(link="a")

    def look() -> Any:
        try:
            return SessionStore(key).get("link")
        finally:
            connections.close_all()

    with ThreadPoolExecutor() as pool:
        with transaction.atomic():
            SessionStore(key).flush()
            assert pool.submit(look).result() == "a"
        assert pool.submit(look).result() is None
