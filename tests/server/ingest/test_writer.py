import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone
from tests.server.factories import World, build_world, give_link, short_design

from dialogram.server.ingest.writer import Writer, writer
from dialogram.server.records.domain import sittings
from dialogram.server.records.domain.audit import participant_actor
from dialogram.server.records.domain.deliveries import Delivery
from dialogram.server.records.domain.event_records import Receipt, Standing, stored_records
from dialogram.server.records.models import ConflictingRecord, EventRecord, Link, Participant, Stream
from dialogram.server.records.models.ids import new_id
from dialogram.server.records.models.sealed import keyring, participant_key
from dialogram.server.records.queries.writing import Source
from dialogram.study import Task
from dialogram.vault import KeyUnknown

# The one writer has a connection of its own: it sees only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


def open_stream(world: World, person: Participant) -> Stream:
    now = timezone.now()
    if not Link.objects.filter(participant=person).exists():
        give_link(world, person)
    sitting = sittings.begin_sitting(
        participant=person, session_id=world.session.pk, task=Task.RATE, actor=participant_actor(person.pk), now=now
    )
    return sittings.open_stream(sitting_id=sitting.pk, stream_id=new_id(), now=now)


def payload(seq: int, word: str = "") -> bytes:
    return json.dumps({"seq": seq, "events": [["dial", seq, 50, word]]}).encode()


def deliver(stream: Stream, *seqs: int, word: str = "") -> Delivery:
    return Delivery(source=source_of(stream), records=[(seq, payload(seq, word)) for seq in seqs])


def source_of(stream: Stream, **changes: str) -> Source:
    link = Link.objects.get(participant=stream.sitting.participant)
    known = {"link_id": link.pk, "sitting_id": stream.sitting_id, "stream_id": stream.stream_id}
    return Source(**known | changes)


def receipt(acknowledged: list[int], conflicts: list[int] | None = None) -> Receipt:
    """Make what is to be equal to; how things stand is not compared."""
    return Receipt(acknowledged, conflicts or [], Standing(0, 0, None, is_stopped=False))


def seqs_of(stream: Stream) -> list[int]:
    return list(EventRecord.objects.filter(stream=stream).order_by("seq").values_list("seq", flat=True))


def store_together(*deliveries: Delivery) -> list[Receipt | Exception]:
    """Let a writer find all of these in its queue at once, in this order."""
    held = Writer()
    held._thread = threading.current_thread()  # alive, so that none is started yet
    with ThreadPoolExecutor(len(deliveries)) as pool:
        answers: list[Future[Receipt]] = []
        for one in deliveries:
            queued = held._queue.qsize()
            answers.append(pool.submit(held.store, one))
            while held._queue.qsize() == queued:
                time.sleep(0.001)
        held._thread = None
        held._ensure_thread()
    return [answer.exception() or answer.result() for answer in answers]  # type: ignore[misc]  # Exception or Receipt


def test_many_raters_at_once_each_get_their_own_answer() -> None:
    world = build_world()
    people = [world.client, world.therapist]
    streams = [open_stream(world, person) for person in people for _ in range(8)]

    def rate(stream: Stream) -> list[Receipt]:
        return [writer.store(deliver(stream, *range(first, first + 4))) for first in range(0, 40, 4)]

    with ThreadPoolExecutor(len(streams)) as pool:
        answers = list(pool.map(rate, streams))
    for stream, receipts in zip(streams, answers, strict=True):
        assert [seq for receipt in receipts for seq in receipt.acknowledged] == list(range(40))
        assert seqs_of(stream) == list(range(40))
    opened = stored_records(streams[0].sitting_id, participant_id=world.client.pk)
    assert {tuple(payloads) for _, payloads in opened} == {tuple(payload(seq) for seq in range(40))}


def test_one_bad_batch_fails_alone() -> None:
    world = build_world()
    good, gone = open_stream(world, world.client), open_stream(world, world.therapist)
    keyring().destroy_key(participant_key(world.therapist.pk))
    odd = Delivery(source=source_of(good), records=[(9, "no bytes")])  # type: ignore[list-item]  # a mistake of ours
    answers = store_together(deliver(good, 0), deliver(gone, 0), deliver(good, -1), odd, deliver(good, 1, 2))
    assert answers[0] == receipt([0])
    assert isinstance(answers[1], KeyUnknown)
    assert isinstance(answers[2], IntegrityError)
    assert isinstance(answers[3], TypeError)
    assert answers[4] == receipt([1, 2])
    assert (seqs_of(good), seqs_of(gone)) == ([0, 1, 2], [])


def test_the_writer_goes_on_after_a_bad_batch() -> None:
    world = build_world()
    stream = open_stream(world, world.client)
    own = Writer()
    with pytest.raises(IntegrityError):
        own.store(deliver(stream, -1))
    thread = own._thread
    assert own.store(deliver(stream, 0)) == receipt([0])
    assert own._thread is thread


def test_the_same_new_record_twice_in_one_commit_is_stored_once() -> None:
    world = build_world()
    stream = open_stream(world, world.client)
    answers = store_together(deliver(stream, 0, 1), deliver(stream, 1, 2), deliver(stream, 2, word="other"))
    assert answers[:2] == [receipt([0, 1]), receipt([1, 2])]
    assert answers[2] == receipt([], [2])
    assert seqs_of(stream) == [0, 1, 2]
    assert ConflictingRecord.objects.count() == 1


def test_racing_resends_of_one_record_agree() -> None:
    world = build_world(design=short_design())
    stream = open_stream(world, world.client)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: writer.store(deliver(stream, *range(10))), range(64)))
    assert answers == [receipt(list(range(10)))] * 64
    assert seqs_of(stream) == list(range(10))


def test_the_writers_connection_is_durable() -> None:
    """What `store` rests on: write-ahead log, an fsync for each commit."""
    found: dict[str, object] = {}

    def ask() -> None:
        with connection.cursor() as cursor:
            for pragma in ("journal_mode", "synchronous", "cipher_status"):
                cursor.execute(f"PRAGMA {pragma}")
                found[pragma] = cursor.fetchone()[0]
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == {"journal_mode": "wal", "synchronous": 2, "cipher_status": "1"}


def test_what_many_raters_held_back_is_stored_in_one_commit() -> None:
    world = build_world()
    streams = [open_stream(world, world.client) for _ in range(120)]
    answers = store_together(*(deliver(stream, *range(64)) for stream in streams))
    assert answers == [receipt(list(range(64)))] * len(streams)
    assert EventRecord.objects.values("received_at").distinct().count() == 1


@pytest.mark.parametrize(("within_s", "commits"), [(1.0, 1), (0.0, 2)])
def test_who_comes_a_moment_later_shares_the_commit(
    monkeypatch: pytest.MonkeyPatch, within_s: float, commits: int
) -> None:
    monkeypatch.setattr("dialogram.server.ingest.writer.TOGETHER_WITHIN_S", within_s)
    world = build_world()
    stream = open_stream(world, world.client)
    own = Writer()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(own.store, deliver(stream, 0))
        if within_s:
            time.sleep(0.05)
        else:
            first.result()
        second = pool.submit(own.store, deliver(stream, 1))
        assert (first.result(), second.result()) == (receipt([0]), receipt([1]))
    assert EventRecord.objects.values("received_at").distinct().count() == commits


def hand_in(world: World, stream: Stream) -> None:
    sittings.finish_rating(sitting_id=stream.sitting_id, stream_id=stream.stream_id, last_seq=0, now=timezone.now())


def revoke(world: World, stream: Stream) -> None:
    Link.objects.filter(participant=stream.sitting.participant).update(revoked_at=timezone.now())


@pytest.mark.parametrize(("change", "code"), [(hand_in, "closed"), (revoke, "not-found")])
def test_who_may_not_write_any_more_is_refused_alone(change: Callable[[World, Stream], None], code: str) -> None:
    world = build_world()
    good, over = open_stream(world, world.client), open_stream(world, world.therapist)
    assert store_together(deliver(good, 0), deliver(over, 0)) == [receipt([0]), receipt([0])]
    change(world, over)
    answers = store_together(deliver(over, 1), deliver(good, 1), deliver(over, 2))
    assert [getattr(answer, "code", None) for answer in answers] == [code, None, code]
    assert (seqs_of(good), seqs_of(over)) == ([0, 1], [0])


def test_a_stream_that_was_not_opened_or_is_a_phones_takes_nothing() -> None:
    world = build_world()
    stream = open_stream(world, world.client)
    unknown = Delivery(source=source_of(stream, stream_id="6" * 32), records=[(0, payload(0))])
    as_phone = Delivery(source=source_of(stream, phone_id="7" * 22), records=[(0, payload(0))])
    answers = store_together(unknown, as_phone, deliver(stream, 0))
    assert [getattr(answer, "code", None) for answer in answers] == ["no-stream", "no-stream", None]
