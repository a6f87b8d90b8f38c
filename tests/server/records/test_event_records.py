import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.server.factories import CLIENT_VALUES, build_world, rate

from dialogram.server.records.domain import sittings
from dialogram.server.records.domain.audit import participant_actor
from dialogram.server.records.domain.event_records import (
    Receipt,
    RecordBatch,
    Standing,
    record_context,
    store_batches,
    stored_records,
)
from dialogram.server.records.domain.traces import derive_trace, trace_of
from dialogram.server.records.models import ConflictingRecord, DerivedTrace, EventRecord, Sitting, Stream
from dialogram.server.records.models.ids import new_id
from dialogram.server.records.models.sealed import sealer
from dialogram.study import Task
from dialogram.vault import SealingError

pytestmark = pytest.mark.django_db


def make_stream() -> Stream:
    world, now = build_world(), timezone.now()
    sitting = sittings.begin_sitting(
        participant=world.client,
        session_id=world.session.pk,
        task=Task.RATE,
        actor=participant_actor(world.client.pk),
        now=now,
    )
    return sittings.open_stream(sitting_id=sitting.pk, stream_id=new_id(), now=now)


def payload(seq: int, value: float = 50) -> bytes:
    return json.dumps({"seq": seq, "events": [["dial", seq * 250, value, "pointer"]]}).encode()


def batch(stream: Stream, *records: tuple[int, bytes], saved_to_s: float | None = None) -> RecordBatch:
    return RecordBatch(
        stream_pk=stream.pk,
        sitting_id=stream.sitting_id,
        participant_id=stream.sitting.participant_id,
        records=records,
        saved_to_s=saved_to_s,
    )


def store(*batches: RecordBatch) -> list[Receipt]:
    return store_batches(batches, now=timezone.now())


def receipt(acknowledged: list[int], conflicts: list[int] | None = None) -> Receipt:
    """Make what is to be equal to; how things stand is not compared."""
    return Receipt(acknowledged, conflicts or [], Standing(0, 0, None, is_stopped=False))


def test_what_is_sent_again_is_acknowledged_again_and_stored_once() -> None:
    stream = make_stream()
    records = [(seq, payload(seq)) for seq in range(3)]
    assert store(batch(stream, *records)) == [receipt([0, 1, 2])]
    before = list(EventRecord.objects.values())
    assert store(batch(stream, *records[1:], (3, payload(3)))) == [receipt([1, 2, 3])]
    assert list(EventRecord.objects.order_by("pk").values())[:3] == before


def test_other_content_under_a_known_number_is_kept_aside_and_overwrites_nothing() -> None:
    stream = make_stream()
    store(batch(stream, (0, payload(0))))
    for _ in range(2):
        assert store(batch(stream, (0, payload(0, 99)), (1, payload(1)))) == [receipt([1], [0])]
    assert store(batch(stream, (0, payload(0, 98)))) == [receipt([], [0])]
    ((_, payloads),) = stored_records(stream.sitting_id, participant_id=stream.sitting.participant_id)
    assert payloads == [payload(0), payload(1)]
    seal = sealer(stream.sitting.participant_id)
    aside = {
        seal.open(bytes(row.sealed_payload), context=record_context(stream.pk, 0))
        for row in ConflictingRecord.objects.all()
    }
    assert aside == {payload(0, 99), payload(0, 98)}


def test_numbers_of_other_streams_do_not_conflict() -> None:
    stream = make_stream()
    other = sittings.open_stream(sitting_id=stream.sitting_id, stream_id=new_id(), now=timezone.now())
    answers = store(
        batch(stream, (0, payload(0))), batch(other, (0, payload(0, 99))), batch(other, (0, payload(0, 99)))
    )
    assert answers == [receipt([0]), receipt([0]), receipt([0])]
    opened = stored_records(stream.sitting_id, participant_id=stream.sitting.participant_id)
    assert [(found.pk, payloads) for found, payloads in opened] == [
        (stream.pk, [payload(0)]),
        (other.pk, [payload(0, 99)]),
    ]


def test_what_is_stored_holds_no_plain_byte_and_cannot_be_moved() -> None:
    stream = make_stream()
    store(batch(stream, (0, payload(0, 77.0625)), (1, payload(1, 77.0625))))
    first, second = EventRecord.objects.order_by("seq")
    for row in (first, second):
        assert b"77.0625" not in bytes(row.sealed_payload) + bytes(row.digest)
        assert b"dial" not in bytes(row.sealed_payload)
    EventRecord.objects.filter(pk=first.pk).update(sealed_payload=second.sealed_payload)
    with pytest.raises(SealingError):
        stored_records(stream.sitting_id, participant_id=stream.sitting.participant_id)


def test_a_late_batch_never_takes_back_how_far_a_rating_is_safe() -> None:
    stream = make_stream()
    far = []
    for seq, saved_to_s in enumerate((None, 10.0, 20.5, 12.0, None, 21.0)):
        store(batch(stream, (seq, payload(seq)), saved_to_s=saved_to_s))
        far.append(Sitting.objects.get().saved_to_s)
    assert far == [None, 10.0, 20.5, 20.5, 20.5, 21.0]


def test_a_receipt_tells_how_things_stand_after_all_that_was_stored_with_it() -> None:
    stream = make_stream()
    fenced = stream
    stream = sittings.open_stream(sitting_id=fenced.sitting_id, stream_id=new_id(), take_over=True, now=timezone.now())
    sittings.note_stop(sitting_id=stream.sitting_id, now=timezone.now())
    answers = store(
        batch(fenced, (0, payload(0)), saved_to_s=4.0),
        batch(stream, (0, payload(0)), saved_to_s=9.5),
        batch(stream, (1, payload(1))),
    )
    assert [answer.standing for answer in answers] == [
        Standing(1, 2, 9.5, is_stopped=True),
        Standing(2, 2, 9.5, is_stopped=True),
        Standing(2, 2, 9.5, is_stopped=True),
    ]
    assert Sitting.objects.get().saved_to_s == 9.5


def test_a_sitting_is_seen_with_every_batch() -> None:
    stream, later = make_stream(), timezone.now() + timedelta(minutes=3)
    store_batches([batch(stream, (0, payload(0)))], now=later)
    assert Sitting.objects.get().last_seen_at == later


def test_a_trace_is_derived_again_when_records_come_late_and_only_then() -> None:
    world, now = build_world(), timezone.now()
    sitting = rate(world, world.client, CLIENT_VALUES)
    derive_trace(sitting_id=sitting.pk, now=now)
    stream = Stream.objects.get()
    ((_, payloads),) = stored_records(sitting.pk, participant_id=world.client.pk)
    store(batch(stream, (0, payloads[0])))
    assert DerivedTrace.objects.get().derived_at == now
    store(batch(stream, (len(payloads), payload(len(payloads)))))
    assert not DerivedTrace.objects.exists()
    assert trace_of(sitting, now=timezone.now()).values.size == 100


def test_a_commit_of_many_new_batches_asks_as_often_as_one_of_one() -> None:
    stream = make_stream()
    store(batch(stream, (0, payload(0))))

    def count(batches: int) -> int:
        first = EventRecord.objects.count()
        with CaptureQueriesContext(connection) as queries:
            store(*(batch(stream, (first + n, payload(n)), saved_to_s=1.0) for n in range(batches)))
        return len(queries)

    assert count(21) == count(1)
