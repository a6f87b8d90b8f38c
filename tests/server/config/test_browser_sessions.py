from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
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
