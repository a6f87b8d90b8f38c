"""A phone as the dial: who gets in with a code, what a phone may do, and when a sitting may end."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from tests.server.factories import World, agree, build_world, come_in, give_link, page_data, short_design, words_of

from dialogram.server.config.lan.certificates import ServerFiles
from dialogram.server.config.lan.door import Lan
from dialogram.server.records.domain import phones
from dialogram.server.records.domain.links import revoke_link
from dialogram.server.records.domain.recordings import make_void
from dialogram.server.records.domain.sittings import close_partial
from dialogram.server.records.domain.traces import event_log_of
from dialogram.server.records.models import AuditEntry, EventRecord, Link, Phone, Sitting, Stream
from dialogram.server.room import phone_signs

# The one writer has a connection of its own: it sees only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)

PAGE, PHONE, AGAIN = "5" * 32, "6" * 32, "7" * 32
OPEN: list[Any] = ["open", 0, {"format": 1}]
PHONE_OPEN: list[Any] = ["open", 0, {"format": 1, "device": {"kind": "phone", "name": "phone", "resolution": 1}}]
ADDRESS = "https://192.168.7.5:8421"


@pytest.fixture(autouse=True)
def lan(settings: Settings) -> Iterator[None]:
    files = ServerFiles(Path("none.crt"), Path("none.key"))
    settings.LAN = Lan(8421, ("192.168.7.5",), files, "PEM", "AA:BB")
    yield
    phone_signs._by_sitting.clear()


def with_phone() -> str:
    return short_design(("show_number = true", 'show_number = true\ndials = ["screen", "phone"]'))


class Page:
    """A rating page that may have a phone."""

    def __init__(self, world: World) -> None:
        agree(world, world.client)
        self.world = world
        self.browser = come_in(give_link(world, world.client))
        self.browser.get("/room/")
        self.sitting = Sitting.objects.get(participant=world.client)

    def say(self, verb: str, message: Any) -> Any:
        url = f"/room/sittings/{self.sitting.pk}/{verb}"
        return self.browser.post(url, json.dumps(message), content_type="application/json")

    def offer(self) -> str:
        answer = self.say("phone/offer", {})
        assert answer.status_code == 200
        address: str = answer.json()["address"]
        return address.removeprefix(ADDRESS)

    def look(self) -> Any:
        return self.browser.get(f"/room/sittings/{self.sitting.pk}/phone").json()["phone"]

    def end(self) -> bool:
        settled: bool = self.say("phone/end", {}).json()["settled"]
        return settled

    def rate(self) -> None:
        self.say("streams", {"stream": PAGE})
        self.say("records", {"stream": PAGE, "records": [{"seq": 0, "events": [OPEN]}]})

    def finish(self) -> int:
        status: int = self.say("finish", {"stream": PAGE, "last_seq": 0}).status_code
        return status


class Handset:
    """A phone that came in by a code."""

    def __init__(self, path: str) -> None:
        self.browser = Client()
        self.came_in = self.browser.post(path)
        newest = Phone.objects.exclude(paired_at=None).order_by("paired_at").last()
        self.base = f"/phone/of/{newest.pk if newest else 'nobody'}"

    def say(self, verb: str, message: Any) -> Any:
        return self.browser.post(f"{self.base}/{verb}", json.dumps(message), content_type="application/json")

    def open(self, stream: str = PHONE) -> Any:
        return self.say("streams", {"stream": stream})

    def send(self, seq: int, *events: list[Any], stream: str = PHONE) -> Any:
        return self.say("records", {"stream": stream, "records": [{"seq": seq, "events": list(events)}]})

    def sign(self, *, last_seq: int = 0, t_ms: float = 1000, stream: str = PHONE, **others: Any) -> Any:
        sign = {"stream": stream, "t_ms": t_ms, "value": 50, "touched_ms": None, "here": True, "last_seq": last_seq}
        return self.say("now", sign | others)

    def finish(self, last_seq: int, stream: str = PHONE) -> int:
        status: int = self.say("finish", {"stream": stream, "last_seq": last_seq}).status_code
        return status


@pytest.fixture
def page() -> Page:
    return Page(build_world(design=with_phone()))


def answers(path: str) -> list[tuple[int, dict[str, str], bytes]]:
    responses = [Client().get(path), Client().post(path)]
    return [(response.status_code, dict(response.headers), response.content) for response in responses]


def test_a_code_shows_a_door_and_is_used_once(page: Page) -> None:
    path = page.offer()

    assert [Client().get(path).status_code, Client().head(path).status_code] == [200, 200]
    assert Phone.objects.get().paired_at is None
    handset = Handset(path)
    assert (handset.came_in.status_code, handset.came_in["Location"]) == (302, "/phone/")
    assert handset.browser.get("/phone/").status_code == 200
    assert Handset(path).came_in.status_code == 404
    assert AuditEntry.objects.filter(action="phone.paired").count() == 1


def test_used_expired_foreign_and_wrong_codes_answer_with_the_same_bytes(page: Page) -> None:
    used = page.offer()
    Handset(used)
    expired = page.offer()
    late = page.offer()  # makes the one before void
    Phone.objects.filter(paired_at=None).update(expires_at=timezone.now() - timedelta(seconds=1))
    revoked = page.offer()
    link = Link.objects.latest("created_at")
    revoke_link(link_id=link.pk, user_id=page.world.owner.pk, now=timezone.now())

    found = [answers(path) for path in (used, expired, late, revoked, f"/phone/with/{'x' * 22}")]

    assert all(one == found[0] for one in found)
    assert [status for status, _, _ in found[0]] == [404, 404]
    # the control: a code that is good is told apart
    other = Page(build_world(design=with_phone()))
    assert answers(other.offer()) != found[0]


def test_only_hashes_of_code_and_key_are_stored(page: Page) -> None:
    path = page.offer()
    handset = Handset(path)
    code, key = path.rpartition("/")[2], handset.browser.cookies["dialogram_phone"].value
    row = Phone.objects.get()
    stored = f"{row.pk} {bytes(row.code_hash)!r} {bytes(row.key_hash or b'')!r}"
    assert code not in stored
    assert key not in stored
    assert not any(code in str(entry.details) or key in str(entry.details) for entry in AuditEntry.objects.all())


def test_the_cookie_is_narrow_and_opens_nothing_else(page: Page) -> None:
    handset = Handset(page.offer())
    cookie = handset.browser.cookies["dialogram_phone"]

    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/phone/", True, "Strict")
    assert set(handset.browser.cookies) <= {"dialogram_phone", "dialogram_csrf"}
    for path in ("/room/", f"/room/sittings/{page.sitting.pk}/media", f"/room/sittings/{page.sitting.pk}/phone"):
        assert handset.browser.get(path).status_code == 404
        assert Client().get(path).status_code == 404
    assert page.browser.get("/room/").status_code == 200


def test_without_the_key_there_is_no_phone(page: Page) -> None:
    Handset(page.offer())
    stranger = Handset("/phone/with/nothing")
    assert stranger.browser.get("/phone/").status_code == 404
    assert stranger.open().status_code == 404
    assert stranger.send(0, PHONE_OPEN).status_code == 404
    assert stranger.sign().status_code == 404
    assert stranger.finish(0) == 404
    stranger.browser.cookies["dialogram_phone"] = ""
    assert stranger.sign().status_code == 404


def test_a_phone_is_shown_the_dial_and_nothing_of_the_session(page: Page) -> None:
    handset = Handset(page.offer())
    shown = handset.browser.get("/phone/")
    data = page_data(shown)
    assert set(data) == {"base", "csrf", "role", "display", "scale", "value", "texts"}
    text = words_of(shown)
    for secret in (page.sitting.pk, page.world.recording.pk, page.world.client.pk, page.world.session.pk, "K7"):
        assert secret not in text


def test_a_phone_writes_the_dial_and_nothing_a_page_could_know(page: Page) -> None:
    page.rate()
    handset = Handset(page.offer())
    assert handset.open().json() == {"epoch": 1, "resume": None}

    taken = handset.send(0, PHONE_OPEN, ["dial", 5, 60, "touch"], ["sync", 6, 7, 8], ["heartbeat", 9, None, 60])
    for forged in (["playing", 5, 0], ["clock", 5, 0.5, "frame"], OPEN, ["device", 5, "lost", "phone"], ["stop", 5]):
        assert handset.send(1, forged).status_code == 400
    assert handset.send(0, PHONE_OPEN, stream=PAGE).status_code == 400

    assert taken.json() == {"acknowledged": [0], "conflicts": [], "epoch": 1, "saved_to_s": None}
    assert EventRecord.objects.count() == 2
    sent_again = handset.send(0, PHONE_OPEN, ["dial", 5, 60, "touch"], ["sync", 6, 7, 8], ["heartbeat", 9, None, 60])
    assert (sent_again.json()["acknowledged"], EventRecord.objects.count()) == ([0], 2)


def test_a_phone_fences_no_page_and_no_page_writes_into_a_phone_s_stream(page: Page) -> None:
    page.rate()
    handset = Handset(page.offer())
    handset.open()

    body = {"stream": PAGE, "records": [{"seq": 0, "events": [OPEN]}]}
    assert page.say("records", body).json()["epoch"] == 1
    assert page.say("streams", {"stream": PHONE}).status_code == 400
    assert page.say("records", body | {"stream": PHONE}).status_code == 400
    assert [stream.is_phone for stream in event_log_of(page.sitting).streams] == [False]
    handset.send(0, PHONE_OPEN)
    assert sorted(stream.is_phone for stream in event_log_of(page.sitting).streams) == [False, True]


def test_the_page_hears_what_the_phone_tells_and_both_hear_the_server_s_time(page: Page) -> None:
    assert page.look() is None
    handset = Handset(page.offer())
    handset.open()
    told = handset.sign(value=63.5, touched_ms=900).json()

    heard = page.look()
    assert {key: heard[key] for key in ("stream", "t_ms", "value", "touched_ms", "here")} == {
        "stream": PHONE,
        "t_ms": 1000,
        "value": 63.5,
        "touched_ms": 900,
        "here": True,
    }
    assert 0 <= heard["age_ms"] < 60_000
    assert told["over"] is False
    later = page.browser.get(f"/room/sittings/{page.sitting.pk}/phone").json()["server_ms"]
    assert later > told["server_ms"]
    handset.sign(t_ms=500, value=1)  # overtaken on its way
    assert page.look()["value"] == 63.5


def test_another_s_phone_is_not_heard_here(page: Page) -> None:
    other = Page(build_world(design=with_phone()))
    handset = Handset(other.offer())
    handset.open()
    handset.sign()
    assert other.look() is not None
    assert page.look() is None
    assert page.browser.get(f"/room/sittings/{other.sitting.pk}/phone").status_code == 404
    assert page.browser.post(f"/room/sittings/{other.sitting.pk}/phone/end").status_code == 404
    assert page.browser.post(f"/room/sittings/{other.sitting.pk}/phone/offer").status_code == 404


def test_a_sitting_waits_for_a_phone_that_is_heard_to_send_its_last_word(page: Page) -> None:
    page.rate()
    handset = Handset(page.offer())
    handset.open()
    handset.send(0, PHONE_OPEN)
    handset.sign(last_seq=1)

    assert page.finish() == 409
    assert page.end() is False
    assert handset.sign(last_seq=2, t_ms=1500).json()["over"] is True
    assert page.look() is None
    handset.send(1, ["dial", 5, 60, "touch"])
    assert handset.finish(2) == 204
    assert page.end() is True
    assert page.finish() == 409  # record 2 is on its way
    handset.send(2, ["finish", 9])
    assert page.finish() == 200


def test_what_a_phone_was_heard_to_have_written_must_arrive_though_it_is_gone(page: Page) -> None:
    page.rate()
    handset = Handset(page.offer())
    handset.open()
    handset.send(0, PHONE_OPEN)
    handset.sign(last_seq=1)
    known = phone_signs._by_sitting[page.sitting.pk]
    phone_signs._by_sitting[page.sitting.pk] = replace(known, at_s=known.at_s - 60)

    assert page.end() is True
    assert page.finish() == 409
    handset.send(1, ["dial", 5, 60, "touch"])  # it comes back after all
    assert page.finish() == 200


def test_a_phone_gone_with_a_record_leaves_the_sitting_to_be_closed_as_partial(page: Page) -> None:
    page.rate()
    handset = Handset(page.offer())
    handset.open()
    handset.send(0, PHONE_OPEN)
    handset.send(2, ["dial", 5, 60, "touch"])
    assert page.end() is True
    assert page.finish() == 409
    reason, owner = "the phone fell into the lake", page.world.owner.pk
    close_partial(sitting_id=page.sitting.pk, reason=reason, user_id=owner, now=timezone.now())
    assert Sitting.objects.get(pk=page.sitting.pk).state == "partial"


def test_a_phone_whose_recording_is_made_void_learns_that_it_need_keep_nothing(page: Page) -> None:
    page.rate()
    handset = Handset(page.offer())
    handset.open()
    assert handset.send(0, PHONE_OPEN).status_code == 200
    reason, owner = "another dyad", page.world.owner.pk
    make_void(recording_id=page.world.recording.pk, reason=reason, user_id=owner, now=timezone.now())
    assert handset.sign().json()["over"] is True
    refused = handset.send(1, ["dial", 5, 60, "touch"])
    assert (refused.status_code, refused.json()["code"]) == (409, "void")
    # the control: behind a link that leads nowhere any more it keeps what it has
    revoke_link(link_id=Link.objects.get().pk, user_id=owner, now=timezone.now())
    refused = handset.send(1, ["dial", 5, 60, "touch"])
    assert (refused.status_code, refused.json()["code"]) == (404, "not-found")


def test_a_phone_loaded_again_begins_a_new_stream_and_ends_the_one_before(page: Page) -> None:
    page.rate()
    handset = Handset(page.offer())
    handset.open()
    handset.send(0, PHONE_OPEN, ["dial", 5, 60, "touch"])
    handset.sign(value=60)
    assert page_data(handset.browser.get("/phone/"))["value"] == 60
    assert handset.open(AGAIN).status_code == 200
    assert Stream.objects.get(stream_id=PHONE).last_seq == 0
    handset.send(0, PHONE_OPEN, stream=AGAIN)
    handset.finish(0, stream=AGAIN)
    assert page.end() is True
    assert page.finish() == 200


def test_a_second_phone_takes_the_first_one_s_place(page: Page) -> None:
    first = Handset(page.offer())
    first.open()
    first.send(0, PHONE_OPEN)
    first.sign()
    second = Handset(page.offer())

    assert first.sign(t_ms=2000).json()["over"] is True
    assert page.look() is None
    assert first.open("8" * 32).status_code == 409
    assert "dial any more" in first.browser.get("/phone/").content.decode()
    assert second.open(AGAIN).status_code == 200
    second.sign(stream=AGAIN)
    assert page.look()["stream"] == AGAIN
    assert first.send(1, ["dial", 9, 10, "touch"]).status_code == 200  # late, and still taken


def test_a_design_that_does_not_name_the_phone_offers_none() -> None:
    page = Page(build_world())
    assert page.say("phone/offer", {}).status_code == 404


def test_without_a_door_for_others_no_phone_is_offered(page: Page, settings: Settings) -> None:
    settings.LAN = None
    assert page.say("phone/offer", {}).status_code == 404


def test_a_key_ends_after_half_a_day_and_with_its_link(page: Page) -> None:
    handset = Handset(page.offer())
    handset.open()
    assert handset.sign().status_code == 200
    Phone.objects.update(paired_at=timezone.now() - phones.PAIRED_FOR)
    assert handset.sign().status_code == 404
    Phone.objects.update(paired_at=datetime.now(UTC))
    assert handset.sign().status_code == 200
    revoke_link(link_id=Link.objects.get().pk, user_id=page.world.owner.pk, now=timezone.now())
    assert handset.sign().status_code == 404


def test_a_page_left_open_on_a_phone_writes_nothing_in_another_sitting_s_name(page: Page) -> None:
    first = Handset(page.offer())
    other = Page(build_world(design=with_phone()))
    second = Handset(other.offer())
    first.browser.cookies = second.browser.cookies  # one phone, used again
    assert first.open().status_code == 404
    assert first.sign().status_code == 404
    assert second.open().status_code == 200


def test_a_phone_that_is_heard_is_no_page_that_rates(page: Page) -> None:
    page.rate()
    handset = Handset(page.offer())
    handset.open()
    Sitting.objects.update(last_seen_at=None)
    handset.send(0, PHONE_OPEN)
    assert Sitting.objects.get(pk=page.sitting.pk).last_seen_at is None
    page.say("records", {"stream": PAGE, "records": [{"seq": 1, "events": [["dial", 5, 60, "touch"]]}]})
    assert Sitting.objects.get(pk=page.sitting.pk).last_seen_at is not None
