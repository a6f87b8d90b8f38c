import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.db import connection, connections
from django.utils import timezone
from tests.server.factories import CLIENT_VALUES, LENGTH_S, MOMENTS_S, build_world, rate

from dialogram.capture import Finding, judge, read_event_log, write_event_log
from dialogram.capture.messages import Record, canonical
from dialogram.server.records.domain import recordings
from dialogram.server.records.domain.audit import participant_actor
from dialogram.server.records.domain.event_records import RecordBatch, store_batches, stored_records
from dialogram.server.records.domain.sittings import begin_sitting, close_partial
from dialogram.server.records.domain.traces import assemble_sitting, derive_trace, event_log_of, trace_of, verdict_of
from dialogram.server.records.models import DerivedTrace, EventRecord, Sitting, Stream
from dialogram.server.records.models.sealed import keyring, participant_key
from dialogram.study import Task
from dialogram.vault import KeyUnknown, SealingError

pytestmark = pytest.mark.django_db


def test_a_kept_trace_is_the_assembled_one() -> None:
    world = build_world()
    sitting = rate(world, world.client, CLIENT_VALUES)
    assembled = assemble_sitting(sitting).trace
    for _ in range(2):  # derived, then opened
        kept = trace_of(sitting, now=timezone.now())
        np.testing.assert_array_equal(kept.values, assembled.values)
        np.testing.assert_array_equal(kept.coverage, assembled.coverage)
        assert (kept.start_s, kept.step_s, kept.scale, kept.name) == (
            assembled.start_s,
            assembled.step_s,
            assembled.scale,
            assembled.name,
        )
    assert [float(kept.values[int(at_s) + 2]) for at_s in MOMENTS_S] == list(CLIENT_VALUES)
    assert kept.values.size == LENGTH_S


def test_a_trace_derived_again_is_the_same_and_says_so_by_its_digest() -> None:
    world = build_world()
    sitting = rate(world, world.client, CLIENT_VALUES)
    first = derive_trace(sitting_id=sitting.pk, now=timezone.now())
    second = derive_trace(sitting_id=sitting.pk, now=timezone.now())
    assert first.pk == second.pk
    assert bytes(first.digest) == bytes(second.digest)
    assert bytes(first.sealed_payload) != bytes(second.sealed_payload)
    assert (second.rule.split("/")[0], second.parameters["step_s"]) == ("assemble", 1.0)


def test_a_trace_begins_and_ends_where_the_recording_was_trimmed() -> None:
    world = build_world()
    recordings.trim(recording_id=world.recording.pk, start_s=5, end_s=90, user_id=world.owner.pk, now=timezone.now())
    recordings.confirm(
        recording_id=world.recording.pk, watched=recordings.PLACES, user_id=world.owner.pk, now=timezone.now()
    )
    sitting = rate(world, world.client, CLIENT_VALUES)
    trace = trace_of(sitting, now=timezone.now())
    assert (trace.start_s, trace.values.size) == (5.0, 85)
    assert trace.values[int(MOMENTS_S[0]) - 5 + 2] == CLIENT_VALUES[0]


def test_a_sealed_trace_opens_for_its_own_sitting_only() -> None:
    world = build_world()
    client, therapist = rate(world, world.client, CLIENT_VALUES), rate(world, world.therapist, CLIENT_VALUES)
    for sitting in (client, therapist):
        derive_trace(sitting_id=sitting.pk, now=timezone.now())
    kept = DerivedTrace.objects.get(sitting=client)
    DerivedTrace.objects.filter(sitting=therapist).update(sealed_payload=kept.sealed_payload)
    with pytest.raises(SealingError):
        trace_of(therapist, now=timezone.now())
    keyring().destroy_key(participant_key(world.client.pk))
    with pytest.raises(KeyUnknown):
        trace_of(client, now=timezone.now())


def test_a_rating_closed_before_its_first_touch_is_missing_throughout() -> None:
    world = build_world()
    sitting = begin_sitting(
        participant=world.client,
        session_id=world.session.pk,
        task=Task.RATE,
        actor=participant_actor(world.client.pk),
        now=timezone.now(),
    )
    close_partial(sitting_id=sitting.pk, reason="Did not come", user_id=world.owner.pk, now=timezone.now())
    trace = trace_of(Sitting.objects.get(pk=sitting.pk), now=timezone.now())
    assert np.isnan(trace.values).all()
    assert (trace.coverage == 0).all()


def test_an_event_log_comes_back_from_its_file_as_it_was_stored() -> None:
    world = build_world()
    sitting = rate(world, world.client, CLIENT_VALUES)
    log = event_log_of(sitting)
    ((stream, payloads),) = stored_records(sitting.pk, participant_id=world.client.pk)
    assert [one.stream for one in log.streams] == [stream.stream_id]
    assert log.streams[0].seqs == tuple(range(len(payloads)))
    assert len(payloads) > 300
    assert read_event_log(write_event_log(log)) == log


@pytest.mark.django_db(transaction=True)
def test_a_record_that_comes_while_a_trace_is_derived_is_not_missing_from_it() -> None:
    world = build_world()
    sitting = rate(world, world.client, CLIENT_VALUES, finish=False)
    close_partial(sitting_id=sitting.pk, reason="The tablet is lost", user_id=world.owner.pk, now=timezone.now())
    stream = Stream.objects.get(sitting=sitting)
    late = Record(seq=EventRecord.objects.filter(stream=stream).count(), events=[])
    batch = RecordBatch(
        stream_pk=stream.pk,
        sitting_id=sitting.pk,
        participant_id=world.client.pk,
        records=[(late.seq, canonical(late))],
        saved_to_s=None,
    )

    def send() -> None:
        try:
            store_batches([batch], now=timezone.now())
        finally:
            connections.close_all()

    sender = threading.Thread(target=send)

    def send_once_the_log_is_read(execute: Callable[..., Any], sql: str, *rest: object) -> Any:
        answer = execute(sql, *rest)
        if 'FROM "records_eventrecord"' in sql and sender.ident is None:
            sender.start()
            sender.join(1)  # it waits for the transaction, or is through at once where there is none
        return answer

    with connection.execute_wrapper(send_once_the_log_is_read):
        derive_trace(sitting_id=sitting.pk, now=timezone.now())
    sender.join()
    assert EventRecord.objects.filter(stream=stream, seq=late.seq).exists()
    assert not DerivedTrace.objects.exists(), "the trace that was kept knows nothing of the late record"


def test_a_kept_verdict_is_the_judged_one() -> None:
    world = build_world()
    sitting = rate(world, world.client, CLIENT_VALUES)
    for _ in range(2):  # derived, then opened
        assert verdict_of(sitting, now=timezone.now()) == judge(assemble_sitting(sitting))


def test_a_record_that_comes_again_with_other_content_changes_the_verdict_and_not_the_trace() -> None:
    world = build_world()
    sitting = rate(world, world.client, CLIENT_VALUES, finish=False)
    before = trace_of(sitting, now=timezone.now())
    stream = Stream.objects.get(sitting=sitting)
    other = RecordBatch(
        stream_pk=stream.pk,
        sitting_id=sitting.pk,
        participant_id=sitting.participant_id,
        records=[(3, b'{"events":[["dial",1,99,"pointer"]],"seq":3}')],
        saved_to_s=None,
    )
    store_batches([other], now=timezone.now())
    assert Finding("conflicts", count=1) in verdict_of(sitting, now=timezone.now()).reasons
    np.testing.assert_array_equal(trace_of(sitting, now=timezone.now()).values, before.values)
