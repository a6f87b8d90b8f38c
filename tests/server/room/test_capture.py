import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.server.factories import (
    CLIENT_VALUES,
    MOMENTS_S,
    World,
    agree,
    build_world,
    come_in,
    give_link,
    hand,
    records_of,
)

from dialogram.server.records.domain.links import revoke_link
from dialogram.server.records.domain.recordings import make_void
from dialogram.server.records.domain.sittings import close_partial
from dialogram.server.records.domain.traces import assemble_sitting, derive_trace, event_log_of
from dialogram.server.records.models import ConflictingRecord, DerivedTrace, EventRecord, Link, Sitting

# The one writer has a connection of its own: it sees only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)

STREAM = "5" * 32
OPEN: list[Any] = ["open", 0, {"format": 1}]


class Page:
    """A rating page: what it can say to the room."""

    def __init__(self, world: World, *, consent: bool = True) -> None:
        if consent:
            agree(world, world.client)
        self.browser = come_in(give_link(world, world.client))
        self.browser.get("/room/")
        self.sitting = Sitting.objects.get(participant=world.client)

    def say(self, verb: str, message: Any, *, browser: Client | None = None) -> Any:
        body = message if isinstance(message, bytes) else json.dumps(message)
        url = f"/room/sittings/{self.sitting.pk}/{verb}"
        return (browser or self.browser).post(url, body, content_type="application/json")

    def open(self, stream: str = STREAM, *, take_over: bool = True) -> Any:
        return self.say("streams", {"stream": stream, "take_over": take_over})

    def send(self, *records: dict[str, Any], stream: str = STREAM) -> Any:
        return self.say("records", {"stream": stream, "records": list(records)})

    def finish(self, last_seq: int, stream: str = STREAM) -> Any:
        return self.say("finish", {"stream": stream, "last_seq": last_seq})


def record(seq: int, *events: list[Any]) -> dict[str, Any]:
    return {"seq": seq, "events": list(events)}


def test_a_rating_is_recorded_handed_in_and_becomes_the_hands_trace() -> None:
    page = Page(build_world())
    ((name, records),) = records_of(hand(CLIENT_VALUES)).items()

    opened = page.open(name)
    assert opened.json() == {"epoch": 1, "resume": None}
    for first in range(0, len(records), 60):
        sent = records[first : first + 60]
        answer = page.send(*sent, stream=name).json()
        assert answer["acknowledged"] == [row["seq"] for row in sent]
        assert (answer["conflicts"], answer["epoch"]) == ([], 1)
    assert answer["saved_to_s"] == pytest.approx(100.0, abs=0.5)
    finished = page.finish(records[-1]["seq"], stream=name)

    assert (finished.status_code, finished.json()) == (200, {"next": "/room/"})
    assert page.finish(records[-1]["seq"], stream=name).status_code == 200
    trace = assemble_sitting(Sitting.objects.get()).trace
    assert [float(trace.values[int(at_s) + 2]) for at_s in MOMENTS_S] == list(CLIENT_VALUES)
    assert float(trace.coverage[5:95].min()) > 0.99


def test_records_sent_again_are_acknowledged_again_and_stored_once() -> None:
    page = Page(build_world())
    page.open()
    rows = [record(0, OPEN, ["dial", 5, 50, "wheel"]), record(1, ["dial", 9.50, 51, "wheel"])]

    first, again = page.send(*rows), page.send(*rows)
    respelt = page.send(record(1, ["dial", 9.5, 51.0, "wheel"]))

    assert first.json() == again.json()
    assert respelt.json()["conflicts"] == []
    assert EventRecord.objects.count() == 2


def test_the_same_number_with_other_content_is_kept_aside_and_overwrites_nothing() -> None:
    page = Page(build_world())
    page.open()
    page.send(record(0, OPEN, ["dial", 5, 50, "wheel"]))

    answer = page.send(record(0, OPEN, ["dial", 5, 99, "wheel"]), record(1, ["dial", 9, 51, "wheel"]))

    assert (answer.json()["acknowledged"], answer.json()["conflicts"]) == ([1], [0])
    assert ConflictingRecord.objects.count() == 1
    assert EventRecord.objects.count() == 2
    events = [event for stream in event_log_of(Sitting.objects.get()).streams for event in stream.of_kind("dial")]
    assert [event.number(0) for event in events] == [50.0, 51.0]


def test_a_rating_is_not_handed_in_while_a_record_is_missing() -> None:
    page = Page(build_world())
    page.open()
    page.send(record(0, OPEN), record(2, ["dial", 9, 51, "wheel"]))

    early = page.finish(4)

    assert early.status_code == 409
    assert early.json() == {
        "code": "records-missing",
        "message": "3 records are still on their way.",
        "missing": 3,
    }
    assert Sitting.objects.get().state == "open"
    page.send(record(1), record(3), record(4, ["finish", 99]))
    assert page.finish(4).status_code == 200


def test_a_page_that_takes_over_fences_the_one_before_and_its_late_records_are_still_taken() -> None:
    page = Page(build_world())
    page.open()
    page.send(record(0, OPEN, ["dial", 5, 64, "wheel"], ["clock", 6, 7.5, "current_time"]))

    taken_over = page.open("6" * 32)
    late = page.send(record(1, ["dial", 9, 51, "wheel"]))

    assert taken_over.json() == {"epoch": 2, "resume": {"media_s": 7.5, "value": 64}}
    assert (late.json()["acknowledged"], late.json()["epoch"]) == ([1], 2)
    assert page.open().json()["epoch"] == 1


def test_a_page_is_told_that_another_still_rates() -> None:
    page = Page(build_world())
    page.open()
    page.send(record(0, OPEN, ["heartbeat", 5, 0, None]))

    refused = page.open("6" * 32, take_over=False)

    assert (refused.status_code, refused.json()["code"]) == (409, "elsewhere")
    assert page.send(record(1, ["heartbeat", 1005, 1, None])).json()["epoch"] == 1


def test_a_stop_in_the_log_is_noted_but_not_one_that_comes_late() -> None:
    page = Page(build_world())
    page.open()
    page.send(record(0, OPEN, ["stop", 5]))
    assert Sitting.objects.get().stopped_at is not None

    page.open("6" * 32)
    page.send(record(1, ["stop", 5]))

    assert Sitting.objects.get().stopped_at is None


def test_a_rating_that_is_handed_in_takes_nothing_more() -> None:
    page = Page(build_world())
    page.open()
    page.send(record(0, OPEN, ["finish", 5]))
    page.finish(0)

    answers = [page.open("6" * 32), page.send(record(1, ["dial", 9, 51, "wheel"]))]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "closed")] * 2
    assert EventRecord.objects.count() == 1


def test_a_rating_that_staff_closed_is_over_for_its_page_and_its_trace_stays_as_it_is() -> None:
    world = build_world()
    page = Page(world)
    page.open()
    page.send(record(0, OPEN, ["dial", 5, 50, "wheel"]))
    close_partial(sitting_id=page.sitting.pk, reason="went home", user_id=world.owner.pk, now=world.session.created_at)
    kept = derive_trace(sitting_id=page.sitting.pk, now=timezone.now()).pk

    refused = [page.open("6" * 32), page.send(record(1, ["dial", 9, 51, "wheel"])), page.finish(1)]

    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(409, "closed")] * 3
    assert EventRecord.objects.count() == 1
    assert DerivedTrace.objects.get().pk == kept


def test_a_page_is_told_that_its_recording_was_made_void() -> None:
    world = build_world()
    page = Page(world)
    page.open()
    stranger = come_in(give_link(world, world.therapist))
    make_void(recording_id=world.recording.pk, reason="another dyad", user_id=world.owner.pk, now=timezone.now())

    told = [page.open("6" * 32), page.send(record(0, OPEN)), page.finish(0)]
    strangers = page.say("records", {"stream": STREAM, "records": [record(0, OPEN)]}, browser=stranger)

    assert [(answer.status_code, answer.json()) for answer in told] == [(409, {"code": "void", "message": ""})] * 3
    assert (strangers.status_code, strangers.json()["code"]) == (404, "not-found")
    assert not EventRecord.objects.exists()


def test_a_page_whose_link_is_closed_is_told_no_more_than_anybody() -> None:
    world = build_world()
    page = Page(world)
    page.open()
    revoke_link(link_id=Link.objects.get().pk, user_id=world.owner.pk, now=timezone.now())
    make_void(recording_id=world.recording.pk, reason="another dyad", user_id=world.owner.pk, now=timezone.now())

    told = [page.open("6" * 32), page.send(record(0, OPEN)), page.finish(0)]

    assert [(answer.status_code, answer.json()) for answer in told] == [(404, {"code": "not-found", "message": ""})] * 3
    assert not EventRecord.objects.exists()


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("streams", b"{"),
        ("streams", {"stream": "short"}),
        ("streams", {"stream": STREAM, "epoch": 9}),
        ("records", {"stream": STREAM, "records": []}),
        ("records", {"stream": STREAM, "records": [{"seq": -1, "events": []}]}),
        ("records", {"stream": STREAM, "records": [{"seq": 0, "events": [["dial"]]}]}),
        ("records", b'{"stream": "%s", "records": [{"seq": 0, "events": [["dial", NaN]]}]}' % STREAM.encode()),
        ("finish", {"stream": STREAM, "last_seq": "4"}),
    ],
)
def test_a_malformed_message_is_refused_without_being_quoted(verb: str, body: Any) -> None:
    page = Page(build_world())
    page.open()

    answer = page.say(verb, body)

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert not EventRecord.objects.exists()


def test_records_of_a_page_that_opened_no_stream_are_refused() -> None:
    page = Page(build_world())

    answer = page.send(record(0, OPEN))

    assert (answer.status_code, answer.json()["code"]) == (400, "no-stream")


@pytest.mark.parametrize("size", [300_000, 10_000_000])
def test_too_much_at_once_is_said_to_be_too_large(size: int) -> None:
    page = Page(build_world())
    page.open()

    answer = page.send(record(0, ["open", 0, "x" * size]))

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_too_many_records_at_once_are_too_large() -> None:
    page = Page(build_world())
    page.open()

    assert page.send(*(record(seq) for seq in range(65))).status_code == 413


def test_a_sitting_belongs_to_its_link_alone() -> None:
    world = build_world()
    page = Page(world)
    page.open()
    agree(world, world.therapist)
    therapist = come_in(give_link(world, world.therapist))
    therapist.get("/room/")

    for stranger in (therapist, Client()):
        for verb, message in (
            ("streams", {"stream": "6" * 32}),
            ("records", {"stream": STREAM, "records": [record(0, OPEN)]}),
            ("finish", {"stream": STREAM, "last_seq": 0}),
        ):
            assert page.say(verb, message, browser=stranger).status_code == 404
    assert not EventRecord.objects.exists()


def test_no_stream_opens_before_consent() -> None:
    page = Page(build_world(), consent=False)

    assert page.open().status_code == 404


def test_a_request_without_the_pages_token_is_refused() -> None:
    page = Page(build_world())
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = page.browser.cookies

    assert page.say("streams", {"stream": STREAM}, browser=strict).status_code == 403


@pytest.mark.parametrize("verb", ["streams", "records", "finish"])
def test_the_protocol_is_spoken_by_post_only(verb: str) -> None:
    page = Page(build_world())

    assert page.browser.get(f"/room/sittings/{page.sitting.pk}/{verb}").status_code == 405
