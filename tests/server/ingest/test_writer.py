import json
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone
from tests.server.factories import World, build_world, short_design

from dialogram.server.ingest.writer import Writer, writer
from dialogram.server.records.domain import sittings
from dialogram.server.records.domain.audit import participant_actor
from dialogram.server.records.domain.event_records import Receipt, RecordBatch, stored_records
from dialogram.server.records.models import ConflictingRecord, EventRecord, Participant, Stream
from dialogram.server.records.models.ids import new_id
from dialogram.server.records.models.sealed import keyring, participant_key
from dialogram.study import Task
from dialogram.vault import KeyUnknown

# The one writer has a connection of its own: it sees only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


def open_stream(world: World, person: Participant) -> Stream:
    now = timezone.now()
    sitting = sittings.begin_sitting(
        participant=person, session_id=world.session.pk, task=Task.RATE, actor=participant_actor(person.pk), now=now
    )
    return sittings.open_stream(sitting_id=sitting.pk, stream_id=new_id(), now=now)


def payload(seq: int, word: str = "") -> bytes:
    return json.dumps({"seq": seq, "events": [["dial", seq, 50, word]]}).encode()


def batch(stream: Stream, *seqs: int, word: str = "") -> RecordBatch:
    return RecordBatch(
        stream_pk=stream.pk,
        sitting_id=stream.sitting_id,
        participant_id=stream.sitting.participant_id,
        records=[(seq, payload(seq, word)) for seq in seqs],
        saved_to_s=None,
    )


def seqs_of(stream: Stream) -> list[int]:
    return list(EventRecord.objects.filter(stream=stream).order_by("seq").values_list("seq", flat=True))


def store_together(*batches: RecordBatch) -> list[Receipt | Exception]:
    """Let a writer find all of these in its queue at once, in this order."""
    held = Writer()
    held._thread = threading.current_thread()  # alive, so that none is started yet
    with ThreadPoolExecutor(len(batches)) as pool:
        answers: list[Future[Receipt]] = []
        for one in batches:
            queued = held._queue.qsize()
            answers.append(pool.submit(held.store, one))
            while held._queue.qsize() == queued and not answers[-1].done():  # what cannot be sealed is never queued
                time.sleep(0.001)
        held._thread = None
        held._ensure_thread()
    return [answer.exception() or answer.result() for answer in answers]  # type: ignore[misc]  # Exception or Receipt


def test_many_raters_at_once_each_get_their_own_answer() -> None:
    world = build_world()
    people = [world.client, world.therapist]
    streams = [open_stream(world, person) for person in people for _ in range(8)]

    def rate(stream: Stream) -> list[Receipt]:
        return [writer.store(batch(stream, *range(first, first + 4))) for first in range(0, 40, 4)]

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
    nowhere = RecordBatch(
        stream_pk="f" * 32,
        sitting_id=good.sitting_id,
        participant_id=world.client.pk,
        records=[(0, payload(0))],
        saved_to_s=None,
    )
    odd = RecordBatch(
        stream_pk=good.pk,
        sitting_id=good.sitting_id,
        participant_id=world.client.pk,
        records=[(9, "no bytes")],  # type: ignore[list-item]  # a mistake of ours
        saved_to_s=None,
    )
    answers = store_together(batch(good, 0), batch(gone, 0), nowhere, odd, batch(good, 1, 2))
    assert answers[0] == Receipt([0])
    assert isinstance(answers[1], KeyUnknown)
    assert isinstance(answers[2], IntegrityError)
    assert isinstance(answers[3], TypeError)
    assert answers[4] == Receipt([1, 2])
    assert (seqs_of(good), seqs_of(gone)) == ([0, 1, 2], [])


def test_the_writer_goes_on_after_a_bad_batch() -> None:
    world = build_world()
    stream = open_stream(world, world.client)
    own = Writer()
    nowhere = RecordBatch(
        stream_pk="f" * 32,
        sitting_id=stream.sitting_id,
        participant_id=world.client.pk,
        records=[(0, payload(0))],
        saved_to_s=None,
    )
    with pytest.raises(IntegrityError):
        own.store(nowhere)
    thread = own._thread
    assert own.store(batch(stream, 0)) == Receipt([0])
    assert own._thread is thread


def test_the_same_new_record_twice_in_one_commit_is_stored_once() -> None:
    world = build_world()
    stream = open_stream(world, world.client)
    answers = store_together(batch(stream, 0, 1), batch(stream, 1, 2), batch(stream, 2, word="other"))
    assert answers[:2] == [Receipt([0, 1]), Receipt([1, 2])]
    assert answers[2] == Receipt([], [2])
    assert seqs_of(stream) == [0, 1, 2]
    assert ConflictingRecord.objects.count() == 1


def test_racing_resends_of_one_record_agree() -> None:
    world = build_world(design=short_design())
    stream = open_stream(world, world.client)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: writer.store(batch(stream, *range(10))), range(64)))
    assert answers == [Receipt(list(range(10)))] * 64
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
    answers = store_together(*(batch(stream, *range(64)) for stream in streams))
    assert answers == [Receipt(list(range(64)))] * len(streams)
    assert EventRecord.objects.values("received_at").distinct().count() == 1
